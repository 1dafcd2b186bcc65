"""The calculator of the book: a form, and everything that it needs, inside the page.

The page's script passes numbers to the compiled kernel and shows what comes back. Coefficients,
constants, limits and the sentences of refusals are written into the page here, from the same
functions that `rebuilt cost` calls, and the module itself as base64, so that it works from a file.
"""

import base64
import html
import json
import math
from typing import Any

from rebuilt import page
from rebuilt.cost import inference, load_model
from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.engine import calculator, custom_rows
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.models import choices, custom
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.latent import rules_of
from rebuilt.page import markup, provenance
from rebuilt.page.blocks import Block
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
CURVES = (
    ("seconds", "Run time"),
    ("flops", "FLOPs"),
    ("joules", "Energy"),
    ("usd", "Rent"),
    ("memory_gb", "Memory"),
    ("tokens", "Tokens"),
)
SPENT = ("products", "attention", "memory traffic", "exchange", "waiting for host", "text, decoder")


def show() -> Block:
    """Show the calculator; without scripts its place says so and points to the table."""
    models = calculator.offered()
    page.used(provenance.of_models(*models).get_column("source").to_list())
    data = json.dumps(exported(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    body = "\n".join(
        [
            '<section class="rb-calc" aria-labelledby="calculator-name">',
            '<p class="rb-title" id="calculator-name">What does a clip cost?</p>',
            '<p class="rb-calc-off">The calculator needs JavaScript and WebAssembly; the worked '
            "cases below do not.</p>",
            f'<div class="rb-calc-on" hidden>\n{_form()}\n{_results()}\n</div>',
            '<script type="application/json" class="rb-calc-data">'
            f"{markup.json_in_html(data)}</script>",
            "</section>",
        ]
    )
    return Block("calculator", {"html": body}, "<p>A calculator, on the site.</p>", "a calculator")


def exported() -> dict[str, Any]:
    """Everything that the page's script reads: names of places, rows, sentences and the module."""
    return {
        "module": base64.b64encode(MODULE.read_bytes()).decode("ascii"),
        "clip": calculator.CLIP,
        "result": calculator.RESULT,
        "model": calculator.MODEL,
        "groups": [group.replace("_", " ") for group in GROUPS],
        "spent": SPENT,
        "largest": calculator.LARGEST,
        "sentences": calculator.sentences(),
        "choices": choices.CHOICES,
        "names": choices.NAMES,
        "least": choices.LEAST,
        "most": choices.LARGEST,
        "composed": choices.COMPOSED,
        "choiceSentences": choices.sentences(),
        "standIns": [_number(value) for value in custom_rows.stand_in_rows()],
        "first": {"model": FIRST_MODEL, "gpu": FIRST_MACHINE},
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
            "text_tokens": job.forward.text_tokens,
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


def _form() -> str:
    models = {name: load_model(name).name for name in calculator.offered()}
    machines = {name: load_accelerator(name).name for name in calculator.machines()}
    menus = _menu("model", "Model", models, FIRST_MODEL)
    menus += _menu("gpu", "Accelerator", machines, FIRST_MACHINE)
    fields = "\n".join(_field(*field) for field in FIELDS)
    return (
        '<form class="rb-calc-form" aria-label="Clip and hardware">\n'
        f'<div class="rb-calc-menus">{menus}</div>\n<div class="rb-calc-fields">{fields}</div>\n'
        f"{_architecture()}\n"
        '<p class="rb-calc-problem" role="alert"></p></form>'
    )


def _architecture() -> str:
    """Lay out the choices that make another architecture of the chosen model."""
    fields = "\n".join(_choice(*choice) for choice in CHOICES)
    return (
        '<details class="rb-calc-own"><summary>Change the architecture</summary>\n'
        '<p class="rb-calc-said-of"></p>\n'
        f'<div class="rb-calc-fields" role="group" aria-label="Architecture">{fields}</div>'
        "</details>"
    )


def _choice(name: str, label: str, unit: str, end: int, step: int | str) -> str:
    """One choice: a menu of names, or a number with its slider."""
    own = f"set-{name}"
    if name in choices.NAMES:
        options = {str(place): OF_CHOICES[text] for place, text in enumerate(choices.NAMES[name])}
        if name == "blocks":
            del options["0"]
        return _menu(own, f"{label}, {unit}", options, "", ordered=False)
    least, most = choices.LIMITS[name]
    steps = f'data-step="{step}"' if isinstance(step, str) else f'step="{step}"'
    return (
        f'<p class="rb-calc-field"><label for="calc-{own}">{label} '
        f'<span class="rb-calc-unit">{unit}</span></label>'
        f'<input type="number" id="calc-{own}" name="{own}" min="{least}" max="{most}" step="any" '
        f'inputmode="numeric"><input type="range" name="{own}" min="{least}" max="{end}" {steps} '
        f'aria-label="{label}, slider"></p>'
    )


def _menu(
    name: str, label: str, options: dict[str, str], first: str, *, ordered: bool = True
) -> str:
    items = list(options.items())
    if ordered:
        items.sort(key=lambda item: item[1].casefold())
    choices = "".join(
        f'<option value="{key}"{" selected" if key == first else ""}>{html.escape(text)}</option>'
        for key, text in items
    )
    return (
        f'<p><label for="calc-{name}">{label}</label>'
        f'<select id="calc-{name}" name="{name}">{choices}</select></p>'
    )


def _field(name: str, label: str, unit: str) -> str:
    return (
        f'<p class="rb-calc-field"><label for="calc-{name}">{label} '
        f'<span class="rb-calc-unit">{unit}</span></label>'
        f'<input type="number" id="calc-{name}" name="{name}" step="any" inputmode="numeric">'
        f'<input type="range" name="{name}" aria-label="{label}, slider"></p>'
    )


def _results() -> str:
    rows = (
        ("length", "Length"),
        ("parameters", "Parameters"),
        ("tokens", "Tokens"),
        ("forward", "One forward pass"),
        ("flops", "Whole clip"),
        ("seconds", "Run time"),
        ("interval", "90 % interval"),
        ("joules", "Energy"),
        ("usd", "Rent"),
        ("memory_gb", "Memory"),
    )
    figures = "".join(
        f'<div><dt>{label}</dt><dd data-shows="{name}"></dd></div>' for name, label in rows
    )
    curves = "".join(f'<option value="{name}">{label}</option>' for name, label in CURVES)
    return (
        f'<dl class="rb-calc-figures">{figures}</dl>\n'
        '<div class="rb-calc-bar" data-bar="groups"></div>\n'
        '<div class="rb-calc-bar" data-bar="spent"></div>\n'
        '<p class="rb-calc-curve-of"><label for="calc-curve">Curve over length</label>'
        f'<select id="calc-curve" name="curve">{curves}</select></p>\n'
        '<div class="rb-calc-curve"></div>\n'
        '<p class="rb-calc-command"><code tabindex="0" role="group"'
        ' aria-label="The same as a command"></code>'
        '<button type="button" class="rb-calc-button rb-calc-copy">Copy command</button>'
        '<button type="button" class="rb-calc-button rb-calc-reset">As published</button>'
        '<span class="rb-calc-copied rb-hidden" role="status"></span>'
        '<span class="rb-calc-said rb-hidden" role="status"></span></p>'
    )
