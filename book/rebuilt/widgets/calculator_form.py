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
from rebuilt.cost.counting.latent import rules_of
from rebuilt.cost.counting.operations import GROUPS
from rebuilt.cost.engine import calculator, custom_rows
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.models import choices, custom
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.codes import REFUSALS
from rebuilt.page import provenance
from rebuilt.page.blocks import Block
from rebuilt.widgets import form
from rebuilt.widgets.calculator_module import MODULE

FIRST_MODEL, FIRST_MACHINE = "hunyuanvideo", "h100-sxm"
LONGEST_S = 60  # seconds that the slider of a video model reaches
LONGEST_FRAMES = 240  # frames, where the model names no rate
WIDEST = 2048  # pixels
FIELDS = (
    ("frames", "Frames", "of the clip"),
    ("height", "Height", "pixels"),
    ("width", "Width", "pixels"),
    ("steps", "Steps", "of the sampler"),
    ("passes", "Passes", "per step"),
    ("gpus", "Accelerators", "of one server"),
)
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
    "memory_gb": "Memory",
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
    "memory_gb": "Memory",
}
NO_CURVE = {
    "lengths": "There is only one length at these sizes, or none, so there is no curve.",
    "rent": "No source gives a rent for this accelerator, so there is no curve.",
}
SPENT = ("products", "attention", "memory traffic", "exchange", "waiting for host", "text, decoder")


def show() -> Block:
    """Show the calculator."""
    models = calculator.offered()
    page.used(provenance.of_models(*models).get_column("source").to_list())
    return form.block(
        "calculator",
        "What does a clip cost?",
        exported(),
        _fields(),
        form.figures(SHOWN, stay=True),
        form.bars("groups", "spent"),
        form.curve("Curve over length", CURVES),
        form.command("As published"),
        lacks=("The calculator needs", "the worked cases below do not"),
        kind="form",
    )


def exported() -> dict[str, Any]:
    """Everything that the page's script reads: names of places, rows, sentences and the module."""
    clip = [(name, 1, most) for name, most in zip(calculator.CLIP, calculator.LARGEST, strict=True)]
    limits = ((name, *ends) for name, ends in choices.LIMITS.items())
    return {
        "module": form.encoded(MODULE.read_bytes()),
        "clip": calculator.CLIP,
        "result": calculator.RESULT,
        "model": calculator.MODEL,
        "groups": [group.replace("_", " ") for group in GROUPS],
        "spent": SPENT,
        "largest": calculator.LARGEST,
        "sentences": _told(calculator.sentences(), len(REFUSALS), 2 * clip),
        "choices": choices.CHOICES,
        "names": choices.NAMES,
        "least": choices.LEAST,
        "most": choices.LARGEST,
        "composed": choices.COMPOSED,
        "choiceSentences": _told(choices.sentences(), 1, limits),
        "standIns": [_number(value) for value in custom_rows.stand_in_rows()],
        "noCurve": NO_CURVE,
        "longest": {"seconds": LONGEST_S, "frames": LONGEST_FRAMES},
        "models": {name: _model(name) for name in calculator.offered()},
        "machines": {
            name: {
                "name": load_accelerator(name).name,
                "numbers": [_number(value) for value in calculator.machine_row(name)],
            }
            for name in calculator.machines()
        },
    }


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
        },
        "sliders": _sliders(model),
        "choices": list(custom.choices_of(model).values()),
        "own": [_number(value) for value in custom_rows.own_row(model)],
        "numbers": [_number(value) for value in calculator.model_row(name)],
    }


def _sliders(model: Transformer) -> dict[str, list[int]]:
    """Least value, greatest value and step of each slider; kept near what the model takes."""
    rules = rules_of(model)
    clip = model.clip
    longest = int(LONGEST_S * clip.fps) if clip.fps else LONGEST_FRAMES
    first = {2: rules.stride, 3: 1}.get(rules.rule, 1)
    step = rules.stride if rules.rule in (2, 3) else 1
    frames = 1 if rules.rule == 0 else rules.frames_maximum or first + longest // step * step
    least = -(-rules.side_minimum // rules.side_multiple) * rules.side_multiple
    widest = rules.side_maximum or max(WIDEST, clip.default.height, clip.default.width)
    side = [least, widest // rules.side_multiple * rules.side_multiple, rules.side_multiple]
    steps = max(100, 2 * model.sampler.steps)
    return {
        "frames": [first, frames, step],
        "height": side,
        "width": side,
        "steps": [1, steps, 1],
        "passes": [1, 3, 1],
        "gpus": [1, 8, 1],
    }


def _number(value: float) -> float | int | None:
    """Whole numbers without a point; None for what no source gives, since JSON has no nan."""
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value


def _told(said: Sequence[str], first: int, fields: Iterable[tuple[str, int, int]]) -> list[str]:
    """Write into the sentences from `first` on which field and limits they are about."""
    told = list(said)
    for place, (field, least, most) in enumerate(fields, start=first):
        marks = {"field}": field, "least}": str(least), "limit}": str(most), "value": f"{{{field}"}
        for mark, words in marks.items():
            told[place] = told[place].replace("{" + mark, words)
    return told


def _fields() -> str:
    models = {name: load_model(name).name for name in calculator.offered()}
    machines = {name: load_accelerator(name).name for name in calculator.machines()}
    shape = form.grid(*(_choice(*choice) for choice in CHOICES), label="Architecture")
    return form.grid(
        form.menu("model", "Model", _sorted(models), FIRST_MODEL),
        form.menu("gpu", "Accelerator", _sorted(machines), FIRST_MACHINE),
        *(form.number(*field, slider={}, inputmode="numeric") for field in FIELDS),
    ) + form.folded("Change the architecture", form.note("changes"), shape)


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
