"""Measured run times of every table, as jobs that the bill can price.

One laboratory's runs (`run_times`), figures that makers print (`published_run_times`) and runs
under other software (`software_runs`) become the same thing: a job, what it ran on and how, and
seconds. What a source does not state is taken from the model and from the software's profile, and
makes the row count for less; what cannot be expressed is left aside with its reason.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.estimate import Timed, timed
from rebuilt.cost.hardware.layouts import Layout, check_layout
from rebuilt.cost.hardware.machines import kind_of
from rebuilt.cost.hardware.software import CACHES, FORMATS, KERNELS, Software, load_software
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.latent import Clip, default_clip
from rebuilt.errors import ShapeError
from rebuilt.evidence import tables

LABORATORY = "mlenergy-leaderboard-2025"
AVERAGED, STATED, ASSUMED = 0.05, 0.1, 0.3  # expected relative errors of a row
PARALLEL = 1.5  # times as much on several accelerators
WHOLE_JOB, DENOISING, ONE_STEP = "end to end", "denoise", "one step"
ENGINES = {
    "vllm": "vllm-omni",
    "vendor repo (pytorch": "pytorch",
    "sglang": "sglang",
    "lightx2v": "lightx2v",
    "xdit": "xdit",
    "fastvideo": "fastvideo",
    "tensorrt": "tensorrt-llm",
}
# What a row that says no more than a family of kernels ran on accelerators of each family.
LIKELY = {"sdpa": {}, "fa": {"Hopper": "fa3"}, "sage": {}, "trtllm": {}}
STANDS_FOR = {"sdpa": "fa2", "fa": "fa2", "sage": "sage2", "trtllm": "cudnn"}
NOT_TOLD = ("assumed", "not stated")  # how flags end that name what a source leaves open
QUESTIONABLE = ("outlier", "doubtful", "throughput", "cold")
DOWN = 8  # frames by which a pipeline may round a clip down


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run.

    `seconds` are of what `scope` says; `error` is the relative error that is expected of the row;
    `joules` and `power_w` are 0 where nobody measured them; `pair` joins runs of one comparison.
    """

    table: str
    row: str
    model: str
    gpu: str
    layout: Layout
    batch: int
    counted: Timed
    software: Software
    scope: str
    seconds: float
    source: str
    error: float
    distilled: bool = False
    held_out: bool = False
    joules: float = 0.0
    power_w: float = 0.0
    pair: str = ""

    @property
    def told(self) -> bool:
        """Whether its source tells clip, steps, accelerator and passes."""
        return self.error < ASSUMED

    @property
    def single(self) -> bool:
        """Whether one accelerator did it."""
        return self.layout.gpus == 1

    @property
    def kernel(self) -> str:
        """Attention kernel that it ran."""
        return self.software.kernel(load_accelerator(self.gpu).family)

    @property
    def kind(self) -> str:
        """What about it is hardest to foresee."""
        return "distilled" if self.distilled else kind_of(self.software, self.layout.gpus)


class AsideError(Exception):
    """A row is no run that can be expressed; the message is the reason."""


@cache
def runs() -> tuple[Run, ...]:
    """Every measured run that can be expressed, table by table."""
    return (*_laboratory(), *_published(), *(run for run in _software() if isinstance(run, Run)))


def left_aside() -> dict[str, int]:
    """Rows of data/software_runs.csv that are no run of ours, by reason."""
    return dict(Counter(reason for reason in _software() if isinstance(reason, str)))


@cache
def held_out() -> frozenset[str]:
    """Name the sources that are never fitted."""
    split = tables.load("software_split").filter(role="never fitted")
    return frozenset(split["source"])


def _laboratory() -> Iterator[Run]:
    for row in tables.load("run_times").iter_rows(named=True):
        single = row["gpus"] == 1
        yield Run(
            "run_times",
            f"{row['model']}, {row['gpu']}, {row['ulysses']} x {row['ring']}, {row['batch']}",
            row["model"],
            row["gpu"],
            Layout(ulysses=row["ulysses"], ring=row["ring"]),
            row["batch"],
            counted_job(row["model"], clip_of(row), row["steps"], None),
            load_software(),
            WHOLE_JOB,
            row["seconds"],
            row["source"],
            AVERAGED * (1 if single else PARALLEL),
            held_out=row["source"] in held_out(),
            joules=row["joules_per_clip"] * row["batch"],
            power_w=row["power_w"],
        )


def _published() -> Iterator[Run]:
    rows = tables.load("published_run_times").iter_rows(named=True)
    for place, row in enumerate(rows, start=1):
        one = row["scope"] == ONE_STEP
        kernel = row["attention"] if row["attention"] in KERNELS else ""
        yield Run(
            "published_run_times",
            str(place),
            row["model"],
            row["gpu"],
            Layout(guidance=row["cfg_parallel"], ulysses=row["ulysses"], ring=row["ring"]),
            1,
            counted_job(row["model"], clip_of(row), 1 if one else row["steps"], row["passes"]),
            replace(load_software(), attention=kernel if kernel != "fa2" else ""),
            ONE_STEP if one else WHOLE_JOB,
            row["seconds"],
            row["source"],
            STATED,
            held_out=row["source"] in held_out(),
        )


@cache
def _software() -> tuple[Run | str, ...]:
    rows = tables.load("software_runs").iter_rows(named=True)
    return tuple(_run_or_reason(row) for row in rows)


def _run_or_reason(row: Mapping[str, Any]) -> Run | str:
    try:
        return _run(row)
    except AsideError as reason:
        return str(reason)


def _run(row: Mapping[str, Any]) -> Run:
    _check(row)
    flags = (row["flags"] or "").split(";")
    one = row["seconds"] is None
    counted = counted_job(row["model"], clip_of(row), 1 if one else row["steps"], row["passes"])
    layout = layout_of(row)
    try:
        check_layout(counted.model, layout, counted.job.passes, row["batch"])
    except ShapeError:
        raise AsideError("a layout that the heads do not allow") from None
    assumed = any(flag.endswith(NOT_TOLD) for flag in flags) or row["passes"] is None
    return Run(
        "software_runs",
        row["id"],
        row["model"],
        row["gpu"],
        layout,
        row["batch"],
        counted,
        _software_of(row),
        ONE_STEP if one else (DENOISING if row["scope"] == DENOISING else WHOLE_JOB),
        row["seconds_per_step"] if one else row["seconds"],
        row["source"],
        (ASSUMED if assumed else STATED) * (1 if layout.gpus == 1 else PARALLEL),
        distilled=row["distilled"] == "yes",
        pair=row["pair_id"] or "",
        held_out=row["source"] in held_out(),
    )


def _check(row: Mapping[str, Any]) -> None:
    """Raise AsideError for a row that says too little, or something else than a run time."""
    flags = (row["flags"] or "").split(";")
    for said, reason in (
        (row["also_in"], "stands in another table"),
        (not row["model"], "a model that the catalogue lacks"),
        (row["gpu"] not in accelerator_ids(), "an accelerator that is not told or lacks figures"),
        (row["seconds"] is None and row["seconds_per_step"] is None, "no run time"),
        (row["scope"] == "throughput", "a throughput"),
        (set(flags) & set(QUESTIONABLE), "an outlier, cold or doubtful by its source"),
        (row["layout_known"] == "unstated" and row["gpus"] > 1, "a layout that is not told"),
        (row["cache"] not in ("none", *CACHES), "a cache of which no pair is known"),
        (row["sparse"] != "no" and row["density"] is None, "a density that is not told"),
        (format_of(row) is None, "a number format that is mixed or emulated"),
        (_stepwise(row), "integers without compiled kernels: widened step by step"),
        (_kernel(row) is None, "an attention kernel without a rate"),
    ):
        if said:
            raise AsideError(reason)


def _software_of(row: Mapping[str, Any]) -> Software:
    engine = (row["engine"] or "").lower()
    name = next((one for text, one in ENGINES.items() if engine.startswith(text)), None)
    software = load_software(name or "diffusers")
    fused = {"yes": True, "no": False}.get(row["compiled"], software.compiled)
    return replace(
        software,
        attention=_kernel(row) or "",
        compiled=fused,
        format=format_of(row) or "bf16",
        cache="" if row["cache"] == "none" else row["cache"],
        density=row["density"] or 1.0,
        offload=row["offload"] if row["offload"] in ("model", "blocks", "sequential") else "none",
    )


def format_of(row: Mapping[str, Any]) -> str | None:
    """Format of our own for what a row says of weights and products."""
    weights, products = row["weights_format"], row["compute_format"]
    if weights in ("bf16", "fp16"):
        return "bf16" if products in ("bf16", "fp16") else None
    if products in ("bf16", "fp16", "unstated"):
        weights = f"{weights}-weights" if weights != "fp32" else weights
    elif products != weights:
        return None
    return weights if weights in FORMATS else None


def _stepwise(row: Mapping[str, Any]) -> bool:
    """Whether integers were computed by eager code, which unpacks them kernel by kernel."""
    return (format_of(row) or "").startswith("int") and row["compiled"] == "no"


def _kernel(row: Mapping[str, Any]) -> str | None:
    """Kernel that a row names; empty for the engine's own, None for one without a rate."""
    kernel, form = row["attention"], row["attention_format"]
    if kernel == "unstated":
        return ""
    if row["gpu"] in accelerator_ids():
        family = load_accelerator(row["gpu"]).family
        kernel = LIKELY.get(kernel, {}).get(family, STANDS_FOR.get(kernel, kernel))
    kernel = f"{kernel}-fp8" if form == "fp8" and f"{kernel}-fp8" in KERNELS else kernel
    return kernel if kernel in KERNELS else None


def layout_of(row: Mapping[str, Any]) -> Layout:
    """Degrees of a row."""
    return Layout(
        guidance=row["cfg_parallel"],
        ulysses=row["ulysses"],
        ring=row["ring"],
        tensor=row["tensor"],
        pipeline=row["pipeline"],
        data=row["data_parallel"],
        shard=row["fsdp"] > 1,
    )


def clip_of(row: Mapping[str, Any]) -> Clip:
    """Clip of a row; what it does not tell is as the model was published."""
    model = load_model(row["model"])
    if not isinstance(model, Transformer):
        raise AsideError("a model that is no transformer")
    published = default_clip(model)
    return Clip(
        frames=row["frames"] or published.frames,
        height=row["height"] or published.height,
        width=row["width"] or published.width,
    )


@cache
def counted_job(
    name: str, clip: Clip, steps: int | None, passes: int | None, *, tiled: bool = False
) -> Timed:
    """Count a job; a pipeline rounds frames down to what its model takes, and so do we."""
    model = load_model(name)
    for fewer in range(DOWN):
        try:
            shorter = replace(clip, frames=clip.frames - fewer)
            return timed(model, shorter, steps=steps, passes=passes, tiled=tiled)
        except ShapeError as error:
            reason = str(error)
    raise AsideError(f"a clip that the model refuses ({reason.split(' does not take ')[0]})")
