"""Measured peaks and steps of training beside ours, and the constants that are of training alone.

`training_kept` is fitted to peaks of publishers that may be fitted, `attention_backward` is a
median of printed kernel rates; steps have no constant of their own, so that every one of them is
foretold from inference. Deviations are those of what is printed, without what a source leaves open.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from statistics import median
from typing import Any

from scipy.optimize import least_squares

from rebuilt.cost.counting.totals import Training, training
from rebuilt.cost.fit.fitting import bounded
from rebuilt.cost.fit.kernel_medians import long_rates
from rebuilt.cost.fit.kinds import FITTED, publisher_of
from rebuilt.cost.fit.quantiles import weighted_quantile
from rebuilt.cost.fit.runs import AsideError, clip_of
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.efficiencies import constant
from rebuilt.cost.hardware.layouts import Layout
from rebuilt.cost.hardware.software import Software, load_software
from rebuilt.cost.hardware.training import (
    FROZEN,
    FULL,
    LORA,
    OPTIMIZERS,
    Trained,
    memory_of,
    priced_training,
)
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import load_model
from rebuilt.evidence import tables
from rebuilt.evidence.bibliography import load

KEPT, ERROR = 0.5, 0.1  # where the share of kept values is expected: half; error of a peak
MEDIAN_DEVIATION = 0.6745  # median of the absolute value of a normal variable of deviation 1
STANDS_IN = "a100-sxm-80gb"  # a peak does not depend on the accelerator where none is told
COLUMNS = (
    *("table", "row", "role", "told", "measure", "train", "measured_by", "model", "gpu", "gpus"),
    *("layout", "recipe", "measured", "predicted", "unit"),
)
PEAKS, STEP, RATE = ("peak", "requirement"), "step time", "step rate"
KERNELS = {"Hopper": "fa3", "Blackwell": "cudnn"}  # what trainers of 2026 install on each family


@dataclass(frozen=True, slots=True)
class Session:
    """One published figure of a training: a peak in GB, or the seconds of a step."""

    table: str
    row: str
    held_out: bool
    told: bool
    measure: str
    model: Transformer
    job: Training
    gpu: str
    layout: Layout
    recipe: Trained
    software: Software
    source: str
    measured: float

    @property
    def is_peak(self) -> bool:
        """Whether memory was measured, and not time."""
        return self.measure in PEAKS

    def predicted(self, constants: Mapping[str, float]) -> float:
        """GB or seconds under given constants of training."""

        def read(name: str, accelerator: str) -> float:
            return constants[name] if name in constants else constant(name, accelerator)

        chip = load_accelerator(self.gpu)
        _, found = priced_training(
            self.model, self.job, chip, self.layout, self.recipe, self.software, read
        )
        return memory_of(found, chip, read).total if self.is_peak else found["seconds"]


@cache
def sessions() -> tuple[Session, ...]:
    """Every published figure of training that can be expressed, table by table."""
    return (*_own(), *_of_memory())


@cache
def training_constants() -> dict[str, float]:
    """Constants of training by name, with how far off peaks and steps are."""
    found = {"attention_backward": backward_rate()}
    used = [one for one in sessions() if one.is_peak and one.told and not one.held_out]
    measured = [one for one in used if one.measure == "peak"]

    def missed(point: Any) -> list[float]:
        told = found | {"training_kept": math.exp(point[0])}
        off = [math.log(one.predicted(told) / one.measured) / ERROR for one in measured]
        return [*bounded(off), point[0] - math.log(KEPT)]  # type: ignore[arg-type]

    found["training_kept"] = math.exp(least_squares(missed, [math.log(KEPT)]).x[0])
    peaks, steps = (_off(found, is_peak=is_peak) for is_peak in (True, False))
    return found | {
        "deviation_training": weighted_quantile(peaks, 0.5) / MEDIAN_DEVIATION,
        "interval_training": weighted_quantile(steps),
    }


def backward_rate() -> float:
    """How much slower attention runs backward, FLOP by FLOP: median over kernels and parts."""
    rows = [
        {name: "" if cell is None else str(cell) for name, cell in row.items()}
        for row in tables.load("kernel_rates").iter_rows(named=True)
    ]
    ways = [
        {(rate.kernel, rate.gpu, rate.head_dim, rate.format): rate.tflops for rate in found}
        for found in (long_rates(rows), long_rates(rows, "backward"))
    ]
    return median(ways[0][key] / ways[1][key] for key in ways[0].keys() & ways[1].keys())


def training_lines() -> Iterable[list[str | int]]:
    """Rows of data/training_errors.csv."""
    for one in sessions():
        yield [
            one.table,
            one.row,
            "held out" if one.held_out else "fitted",
            "in full" if one.told else "in part",
            one.measure,
            one.recipe.kind,
            one.source,
            one.model.id,
            one.gpu,
            one.layout.gpus,
            str(one.layout),
            str(one.recipe),
            f"{one.measured:.6g}",
            f"{one.predicted(training_constants()):.6g}",
            "GB" if one.is_peak else "s",
        ]


def _off(constants: Mapping[str, float], *, is_peak: bool) -> list[tuple[str, float]]:
    return [
        (one.source, abs(math.log(one.predicted(constants) / one.measured)))
        for one in sessions()
        if one.is_peak == is_peak and (one.told or not is_peak)
    ]


def _own() -> Iterator[Session]:
    """Rows of data/training_runs.csv."""
    for row in tables.load("training_runs").iter_rows(named=True):
        recipe = Trained(
            kind=row["train"],
            rank=row["rank"] or 1,
            target=row["target"] or "attention",
            optimizer=row["optimizer"],
            recompute=row["recompute"],
            zero=row["zero_stage"],
            offload=row["offload"],
        )
        layout = Layout(
            ulysses=row["ulysses"],
            ring=row["ring"],
            tensor=row["tensor"],
            data=row["data_parallel"],
            shard=row["zero_stage"] == 3 and row["gpus"] > 1,
        )
        yield from _figures("training_runs", row, layout, recipe, told=row["told"] == "in full")


def _of_memory() -> Iterator[Session]:
    """Rows of data/software_memory.csv that are of training and tell model and size."""
    for row in tables.load("software_memory").iter_rows(named=True):
        figure = row["memory_gb"] or row["seconds_per_step"]
        if row["job"] == "inference" or row["also_in"]:
            continue
        if not (row["model"] and row["height"] and figure):
            continue
        zero = row["zero_stage"] or (3 if row["fsdp"] > 1 else 0)
        layout = Layout(
            ulysses=row["ulysses"],
            data=max(row["fsdp"] // row["ulysses"], 1),
            shard=zero == 3 and row["fsdp"] > 1,
        )
        recipe = Trained(
            kind=LORA if row["job"] == LORA else FULL,
            rank=row["lora_rank"] or 16,
            optimizer=(row["optimizer"] or "adamw").lower(),
            zero=zero,
            offload="optimizer" if row["offload"] == "optimizer" else "none",
        )
        told = not (row["measure_printed"] or "").startswith("about")
        yield from _figures("software_memory", row, layout, recipe, told=told)


def _figures(
    table: str, row: Mapping[str, Any], layout: Layout, recipe: Trained, *, told: bool
) -> Iterator[Session]:
    """Yield what a row tells: a peak, a step, or both."""
    if row["memory_gb"]:
        yield _session(table, row, layout, recipe, told=told)
    if row["seconds_per_step"] or row["tflops_per_gpu"]:
        step = row["measure"] if row["measure"] == RATE else STEP
        yield _session(table, {**row, "measure": step}, layout, recipe, told=told)


@cache
def _fitted() -> frozenset[str]:
    """Name the publishers whose rows may be fitted, by the split from before fitting."""
    return frozenset(tables.load("software_split").filter(role=FITTED)["publisher"])


def _publisher(source: str) -> str:
    return publisher_of(load()[source].url)


def _session(
    table: str, row: Mapping[str, Any], layout: Layout, recipe: Trained, *, told: bool
) -> Session:
    model = load_model(row["model"])
    if not isinstance(model, Transformer) or recipe.optimizer not in OPTIMIZERS:
        raise AsideError(f"{row['id']} of {table} cannot be expressed")
    gpu = row["gpu"] if row["gpu"] in accelerator_ids() else STANDS_IN
    family = load_accelerator(gpu).family
    batch = row["batch"] if table == "training_runs" else layout.data * row["batch"]
    job = training(model, clip_of(row), clips=batch, recompute=recipe.recompute != "none")
    step = row["seconds_per_step"]
    if row["measure"] == RATE:
        flops = 3 * job.forward.flops * batch
        step = flops / (row["tflops_per_gpu"] * 1e12 * layout.gpus)
    return Session(
        table=table,
        row=row["id"] if row["measure"] not in (STEP, RATE) else f"{row['id']}, step",
        held_out=_publisher(row["source"]) not in _fitted(),
        told=told,
        measure=row["measure"],
        model=model,
        job=job,
        gpu=gpu,
        layout=layout,
        recipe=recipe,
        software=replace(
            load_software(),
            attention=KERNELS.get(family, ""),
            compiled=row["compiled"] == "yes",
            format=row["weights_format"] if row["weights_format"] in FROZEN else "bf16",
        ),
        source=row["source"],
        measured=row["memory_gb"] if row["measure"] in PEAKS else step,
    )
