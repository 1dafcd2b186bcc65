"""The calculator of the book: what its form asks and shows, and everything that its script needs.

The page's script passes numbers to the compiled kernel and shows what comes back. Coefficients,
constants, limits and the sentences of refusals are written into the page here, from the same
functions that `rebuilt cost` calls.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from rebuilt import page
from rebuilt.cost import inference, load_model
from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.algebra.program import FIRST
from rebuilt.cost.algebra.sizes import multiple_of
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.layouts import BEST, DEGREES, MAX_CLUSTER
from rebuilt.cost.hardware.rates import MOST_RENT
from rebuilt.cost.hardware.software import CACHES, FORMATS, KERNELS, software_names
from rebuilt.cost.models import choices
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import Model
from rebuilt.cost.models.codes import (
    BEYOND,
    MAX_FRAMES,
    MAX_PASSES,
    MAX_SIDE,
    MAX_STEPS,
    MAX_TEXT,
    NOT_COUNTED,
    NOT_WHOLE,
    REFUSALS,
    SENTENCES,
)
from rebuilt.cost.models.groups import main_blocks
from rebuilt.cost.models.latent import default_clip, job_of, rules_of
from rebuilt.evidence.inputs import open_input
from rebuilt.page import provenance
from rebuilt.page.blocks import Block
from rebuilt.widgets import calculator_runs, form
from rebuilt.widgets.calculator_module import MODULE, PRODUCTS, PROGRAM, ROOM, TERMS
from rebuilt.widgets.calculator_rows import model_rows, offered, stand_ins
from rebuilt.widgets.calculator_runs import MAX_BATCH, USUAL
from rebuilt.widgets.calculator_text import ANSWER, ASKED, CLIP, COUNTED_FROM, PEAK

FIRST_MODEL, FIRST_MACHINE = "hunyuanvideo", "h100-sxm"
LONGEST_S = 60  # seconds that the slider of a video model reaches
LONGEST_FRAMES = 240  # frames, where the model names no rate
WIDEST = 2048  # pixels
UNDATED = "date unknown"
FIELDS = (
    ("frames", "Frames", "of the clip"),
    ("height", "Height", "pixels"),
    ("width", "Width", "pixels"),
    ("steps", "Steps", "of the sampler"),
    ("passes", "Passes", "per step"),
    ("gpus", "Accelerators", "of one job"),
)
# How a job is run: name, label, and what is read of each value.
AS_PROFILE = "as the profile says"
MENUS = (
    ("software", "Software", {name: name for name in software_names()}),
    ("attention", "Attention kernel", {"": AS_PROFILE, **{name: name for name in KERNELS}}),
    (
        "compiled",
        "Steps between products",
        {"": AS_PROFILE, "compiled": "fused (compiled)", "eager": "one by one (eager)"},
    ),
    ("format", "Number format of weights", {name: name for name in FORMATS}),
    ("cache", "Cache", {"": "none", **{name: name for name in CACHES}}),
    (
        "offload",
        "Offload to the host",
        {
            "none": "nothing",
            "model": "networks that wait",
            "blocks": "blocks, while others compute",
            "sequential": "each layer before it runs",
        },
    ),
    (
        "tile",
        "Decoding",
        {"": "whole where it fits, else in tiles", "tile": "in tiles", "no-tile": "whole"},
    ),
    (
        "layout",
        "Layout of several accelerators",
        {"": "Ulysses, a ring for the rest", BEST: "the best, searched", "own": "degrees below"},
    ),
)
SHARES = (
    ("computed", "Steps computed", "share, 0 to 1"),
    ("density", "Attention computed", "share, 0 to 1"),
)
OF_DEGREES = {
    "guidance": ("Guidance", "passes"),
    "ulysses": ("Ulysses", "heads"),
    "ring": ("Ring", "sequence"),
    "tensor": ("Tensor", "width"),
    "pipeline": ("Pipeline", "layers"),
    "data": ("Data", "clips"),
}
# What can be changed of an architecture: name, label, unit, end and step of the slider.
CHOICES = (
    ("blocks", "Blocks", "kind", 0, 0),
    ("depth", "Depth", "blocks of this kind", 96, 1),
    ("more_blocks", "More blocks", "kind", 0, 0),
    ("more_depth", "Depth of these", "blocks", 96, 1),
    ("width", "Model width", "channels", 8192, "heads"),
    ("heads", "Heads", "per block", 96, 1),
    ("hidden", "Feed-forward width", "channels", 32_768, 64),
    ("patch_frames", "Patch length", "latent frames", 4, 1),
    ("patch_side", "Patch side", "latent pixels", 8, 1),
    ("frames_rule", "Compression of time", "rule", 0, 0),
    ("frames_stride", "Stride in time", "frames", 16, 1),
    ("side_stride", "Stride of a side", "pixels", 64, 1),
    ("channels", "Latent channels", "values", 128, 1),
    ("text_tokens", "Text", "tokens", 1024, 1),
)
OF_CHOICES = {
    "none": "none",
    "full": "self-attention (DiT)",
    "full-text": "self- and cross-attention (Wan 2.1)",
    "spatial": "within frames (Latte)",
    "spatial-text": "within frames and to text (Open-Sora 1.2)",
    "temporal": "over time (Latte)",
    "temporal-text": "over time and to text (Open-Sora 1.2)",
    "joint": "two streams (HunyuanVideo)",
    "parallel": "one stream, parallel (HunyuanVideo)",
    "expert": "one stream, expert (CogVideoX)",
    "image": "images only",
    "each": "every frame by itself",
    "even": "groups of frames",
    "causal": "first frame alone, then groups",
    "chunked": "chunks of frames",
}
CURVES = {
    "seconds": "Run time",
    "flops": "FLOPs",
    "joules": "Energy",
    "usd": "Rent",
    "memory_bytes": "Memory",
    "tokens": "Tokens",
}
SHOWN = {
    "length": "Length",
    "parameters": "Parameters",
    "tokens": "Tokens",
    "forward": "One forward pass",
    "flops": "Whole clip",
    "seconds": "Run time",
    "interval": "90 % interval",
    "joules": "Energy",
    "usd": "Rent",
    "memory_bytes": "Memory",
}
NO_CURVE = {
    "lengths": "There is only one length at these sizes, or none, so there is no curve.",
    "rent": "No source gives a rent for this accelerator, so there is no curve.",
}
CONFIG = {  # of a configuration that the reader brings
    "told": "The config.json of a transformer of diffusers: drop the file on this form, choose it "
    "or paste its text. It is read on your machine and sent nowhere, so the address of the page "
    "does not hold it.",
    "name": "{name} of {where}",
    "read": "{name} is the first in the list of models now. What the file does not say is assumed:",
    "beyond": "{where}: this {name} does not fit the whole numbers and tables of the page; "
    "`rebuilt cost --config {word}` counts it",
    "blank": "No numbers are shown, because the configuration was refused for the reason that "
    "stands beside it; choose a model, or change a field, to go on.",
    "lost": "{file} of this site could not be read, so no configuration can be; load the page "
    "again, or use `rebuilt cost --config {word}`",
}
SPENT = ("products", "attention", "memory traffic", "exchange", "waiting", "text, decoder, loading")
FILLS = ("weights", "activations", "buffers", "decoding", "encoding", "reserve")  # of memory
PINS = 3  # jobs beside the present one
ADVICE = {  # what the page says of memory, of accelerators, and of jobs side by side
    "title": "Memory at its peak: {word} (probability that it fits: {percent} %)",
    "mark": "{has} available",
    "late": "Most is needed while the clip is decoded.",
    "early": "Most is needed while the text encoder runs.",
    "remedy": "The cheapest of the options tried that surely fits: {change}. A clip then takes "
    "{seconds} and {cost}; as chosen it would be {before} and {now}.",
    "free": "The cheapest of the options tried that surely fits: {change}. It comes at no extra "
    "time or cost: a clip takes {seconds} and {cost} either way.",
    "none": "None of the options tried, and no two of them together, surely fits: fused steps, "
    "8-bit or 4-bit weights, offload, tiles, one clip at a time, two to eight accelerators.",
    "assumed": "Assumed: {note}.",
    "changed": ", changed",
    "own": "measured: {runs} runs",
    "one": "measured: one run",
    "rates": "measured: rates of bare kernels, no run of a model",
    "hourly": "{usd} at {hour} USD an hour",
    "rent": "Rent of the {chip}, in USD an hour: {hour} ({basis}).",
    "unrented": "No source gives a rent for the {chip}.",
    "unpinned": "A pinned job of the address is left out: {words}",
}
COMPARED = {
    "model": "Model",
    "clip": "Clip",
    "sampler": "Steps, passes",
    "gpu": "Accelerators",
    "software": "Software",
    "layout": "Layout",
    "batch": "Batch",
    "flops": "Whole clip",
    "seconds": "Run time",
    "interval": "90 % interval",
    "joules": "Energy",
    "usd": "Rent",
    "memory_bytes": "Memory",
}
LISTED = {  # columns of the table of accelerators, by what they are sorted by
    "name": "Accelerator",
    "usd": "Rent for a clip",
    "seconds": "Run time",
    "memory": "Memory",
    "hourly": "Rent, USD/h",
    "joules": "Energy for a clip",
}
LISTS = (
    "Figures of one clip, with the software, layout and batch chosen above. Jobs that fit come "
    "first, then those that are uncertain; those that do not fit are faded and last. Measured: so "
    "many runs of this accelerator are behind its constants. Otherwise they are borrowed as it "
    "says, with a wider interval."
)


def show() -> Block:
    """Show the calculator."""
    models = offered()
    page.used(provenance.of_models(*models).get_column("source").to_list())
    page.used(calculator_runs.rent_sources())
    return form.block(
        "calculator",
        "What does a clip cost?",
        exported(),
        _fields(),
        form.curve("Curve over length", CURVES),
        form.line(form.button("keep", "Pin this job to compare")),
        form.said("compared"),
        form.wide("compared", "Jobs side by side"),
        form.folded(
            "The same job on every accelerator",
            form.note("listed", LISTS),
            form.menu("sort", "Sorted by", LISTED, "usd"),
            form.wide("chips", "The same job on every accelerator"),
        ),
        form.command("As published"),
        found=(
            form.figures(SHOWN, brief=True),
            form.note("basis"),
            form.bars("groups", "spent", "memory"),
            form.note("advice"),
            form.line(form.button("remedy", "Take this option", hidden=True)),
            form.note("assumed"),
        ),
        lacks=("The calculator needs", "the worked cases below do not"),
        kind="form",
    )


LARGEST = (
    *(MAX_FRAMES, MAX_SIDE, MAX_SIDE, MAX_TEXT, MAX_STEPS, MAX_PASSES, MAX_CLUSTER, MAX_BATCH),
)
TOO_MANY = (
    "a count of this job passes 64 bits; `rebuilt cost` counts it with whole numbers of any size"
)


def exported() -> dict[str, Any]:
    """Everything that the page's script reads: names of places, terms, sentences and the module."""
    clip = [(name, 1, most) for name, most in zip(CLIP, LARGEST, strict=True)]
    limits = ((name, *ends) for name, ends in choices.LIMITS.items())
    return {
        "module": form.encoded(open_input(MODULE).read_bytes()),
        "sizes": {
            **{"program": PROGRAM, "room": ROOM, "first": FIRST, "figures": len(p.FIGURES)},
            **{"products": PRODUCTS, "terms": TERMS},
        },
        "clip": CLIP,
        "job": p.JOB,
        "rules": p.RULES,
        "answer": ANSWER,
        "groups": [group.replace("_", " ") for group in GROUPS],
        "spent": SPENT,
        "largest": LARGEST,
        "sentences": [
            *_told(sentences(), len(REFUSALS), 2 * clip),
            TOO_MANY,
            *_told([NOT_COUNTED] * len(DEGREES), 0, ((name, 1, MAX_CLUSTER) for name in DEGREES)),
            *calculator_runs.sentences(),
        ],
        "choices": choices.CHOICES,
        "names": choices.NAMES,
        "least": choices.LEAST,
        "most": choices.LARGEST,
        "choiceSentences": _told(choices.sentences(), 1, limits),
        "standIns": stand_ins(),
        "noCurve": NO_CURVE,
        "longest": {"seconds": LONGEST_S, "frames": LONGEST_FRAMES, "side": WIDEST},
        "config": {key: said for key, said in CONFIG.items() if key != "told"},
        "models": {name: _model(name) for name in offered()},
        "asked": ASKED,
        "peak": PEAK,
        "fills": FILLS,
        "advice": ADVICE,
        "pins": PINS,
        "compared": COMPARED,
        "listed": LISTED,
        **calculator_runs.runs(),
    }


def sentences() -> list[str]:
    """Sentence of every code of a job but the last, in the order of codes.

    Refusals of models first, then, for each field of CLIP, what is said of a value that is not
    whole, and of one that is too large (or below 1, where the field counts something).
    """
    counted = len(CLIP) - COUNTED_FROM
    return [
        *SENTENCES.values(),
        *([NOT_WHOLE] * COUNTED_FROM + [NOT_COUNTED] * counted),
        *([BEYOND] * COUNTED_FROM + [NOT_COUNTED] * counted),
    ]


def _model(name: str) -> dict[str, Any]:
    model = load_model(name)
    if not isinstance(model, Transformer):  # `offered` names transformers only
        raise TypeError(name)
    job = inference(model)
    clip = job.forward.clip
    return {
        "name": model.name,
        "fps": model.clip.fps,
        "published": {
            "frames": clip.frames,
            "height": clip.height,
            "width": clip.width,
            "steps": job.steps,
            "passes": job.passes,
            "gpus": 1,
            "batch": 1,
        },
        "sliders": _sliders(model),
        "heads": math.gcd(*(block.heads for block in main_blocks(model))),
        **model_rows(name),
    }


def _sliders(model: Transformer) -> dict[str, list[int]]:
    """Least value, greatest value and step of each slider; kept near what the model takes."""
    rules, job, clip = rules_of(model), job_of(model, default_clip(model)), model.clip
    rule, stride = rules[p.R_RULE], int(job[p.J_FRAMES_STRIDE])
    side, patch = job[p.J_SIDE_STRIDE], job[p.J_PATCH_SIDE]
    longest = int(LONGEST_S * clip.fps) if clip.fps else LONGEST_FRAMES
    first, step = (stride if rule == p.EVEN else 1), (stride if rule in (p.EVEN, p.CAUSAL) else 1)
    frames = (
        1 if rule == p.IMAGE else int(rules[p.R_FRAMES_MAXIMUM]) or first + longest // step * step
    )
    multiple, least = int(multiple_of(rules, side, patch)), int(side)
    widest = int(rules[p.R_SIDE_PATCHES] * patch * side) or max(
        WIDEST, clip.default.height, clip.default.width
    )
    sides = [-(-least // multiple) * multiple, widest // multiple * multiple, multiple]
    steps = max(100, 2 * model.sampler.steps)
    return {
        "frames": [first, frames, step],
        "height": sides,
        "width": sides,
        "steps": [1, steps, 1],
        "passes": [1, 3, 1],
        "gpus": [1, 8, 1],
    }


def _told(said: Sequence[str], first: int, fields: Iterable[tuple[str, int, int]]) -> list[str]:
    """Write into the sentences from `first` on which field and limits they are about."""
    told = list(said)
    for place, (field, least, most) in enumerate(fields, start=first):
        marks = {"field}": field, "least}": str(least), "limit}": str(most), "value": f"{{{field}"}
        for mark, words in marks.items():
            told[place] = told[place].replace("{" + mark, words)
    return told


def _fields() -> str:
    machines = {name: load_accelerator(name).name for name in accelerator_ids()}
    shape = form.grid(*(_choice(*choice) for choice in CHOICES), label="Architecture")
    return (
        form.grid(
            form.menu("model", "Model", by_family(offered()), FIRST_MODEL),
            form.menu("gpu", "Accelerator", _sorted(machines), FIRST_MACHINE),
            *(form.number(*field, slider={}, inputmode="numeric") for field in FIELDS),
            form.number("rent", "Rent", "USD per GPU-hour", min=0, max=MOST_RENT),
        )
        + form.folded("How it is run", form.note("run"), _run_fields(), _degrees())
        + form.folded("Change the architecture", form.note("changes"), shape)
        + form.folded(
            "Count a config.json of your own",
            form.note("config-told", CONFIG["told"]),
            form.pasted("config", "Text of a config.json", rows=6, described="config-told"),
            form.line(
                form.chosen_file("config-file", "Or its file", ".json,application/json"),
                form.button("config-read", "Count it"),
            ),
            form.said("config"),
        )
    )


def _run_fields() -> str:
    """Make what `rebuilt cost` asks by options: profile, formats, caches, memory, batch."""
    return form.grid(
        *(form.menu(name, label, options, str(USUAL[name])) for name, label, options in MENUS),
        *(form.number(*share, value=USUAL[share[0]], min=0, max=1) for share in SHARES),
        _from_one("batch", "Batch", "clips together"),
        label="Software and memory",
    )


def _degrees() -> str:
    """Make the degrees of a layout of one's own, whose product is the number of accelerators."""
    numbers = (_from_one(name, label, unit) for name, (label, unit) in OF_DEGREES.items())
    shard = form.menu("shard", "Weights", {"": "whole on each", "shard": "shared by all (FSDP)"})
    return form.grid(*numbers, shard, label="Degrees of the layout")


def _from_one(name: str, label: str, unit: str) -> str:
    return form.number(name, label, unit, value=1, step=1, min=1, inputmode="numeric")


def by_family(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Models by family, in a family from the oldest to the newest, each with its year."""
    models = sorted((load_model(name) for name in names), key=_age)
    found: dict[str, dict[str, str]] = {}
    for model in sorted(models, key=lambda model: str(model.family).casefold()):
        year = model.released.year if model.released else None
        found.setdefault(str(model.family), {})[model.id] = f"{model.name} ({year or UNDATED})"
    return found


def _age(model: Model) -> tuple[str, str]:
    """Order of models in time; one without a date comes last."""
    date = model.released.date if model.released else None
    return date or "9999", model.name.casefold()


def _choice(name: str, label: str, unit: str, end: int, step: int | str) -> str:
    """One choice: a menu of names, or a number with its slider."""
    own = f"set-{name}"
    if name in choices.NAMES:
        offered = choices.NAMES[name][name == "blocks" :]  # there is no model without blocks
        return form.menu(own, f"{label}, {unit}", {text: OF_CHOICES[text] for text in offered})
    least, most = choices.LIMITS[name]
    slider = {"min": least, "max": end, "data_step" if isinstance(step, str) else "step": step}
    return form.number(own, label, unit, slider=slider, min=least, max=most, inputmode="numeric")


def _sorted(options: dict[str, str]) -> dict[str, str]:
    return dict(sorted(options.items(), key=lambda item: item[1].casefold()))
