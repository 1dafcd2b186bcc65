"""The miniature in the page: what its form asks, the grammar of prompts, a script with the weights.

The form lies in the page, with a clip that plays before anything is asked. Weights and kernels lie
in a script of their own, which is loaded when the reader asks for a clip (a script and not a file
of data, because pages opened from a folder may load nothing else).
"""

import base64
import json
from functools import cache
from typing import Any

from rebuilt.evidence.inputs import open_input
from rebuilt.mini import captions, scenes
from rebuilt.mini.autoencoder import DECODER
from rebuilt.mini.sampler import GUIDANCE_MOST, SEEDS, load, pixels
from rebuilt.mini.weights import Vector
from rebuilt.page.blocks import Block
from rebuilt.page.pictures import GREY, PLAYER, png, sheet
from rebuilt.widgets import form
from rebuilt.widgets.miniature_module import MODULE

SCRIPT = "miniature-data.js"
NAME = "rebuiltMiniatureData"
STEPS_MOST = 100
UNSEEN_SIZES = ((40, 40), (48, 48), (24, 64))  # height, width; no clip of the training had them
UNSEEN_FRAMES = (5, 25)
COLUMNS = 6  # of the sheet of frames
EXAMPLES = (  # the first one is made with the page, and plays at once
    "a yellow circle moves to the right behind a blue square in a wide clip",
    "a yellow square bounces off the right edge on a white background in a wide clip",
    "a blue triangle moves up behind a magenta cross on a black background in a tall clip",
    "green cross grows",
    "cyan ball falls, white background",
)
BUTTONS = (
    '<p class="rb-form-buttons">'
    '<button type="submit" class="rb-form-button rb-form-main">Make the clip</button>'
    '<button type="button" class="rb-form-button rb-form-cancel" disabled>Cancel</button>'
    '<progress value="0" max="1" aria-label="Progress" hidden></progress>'
    '<span class="rb-form-said" role="status"></span></p>'
)
KNOWN = (
    f"It knows {len(scenes.SHAPES)} shapes ({', '.join(scenes.SHAPES)}) in {len(scenes.COLOURS)} "
    "colours, and how they move."
)
UNDRAWN = {  # {words}: what a prompt holds and the miniature does not know
    "en": f"The miniature cannot draw {{words}}. {KNOWN} You get the sentence below.",
    "zh-Hans": "这个小模型画不出{words}。它只懂英文，只会画"
    f"{len(scenes.COLOURS)}种颜色的圆形、方形、三角形和十字形；它画的是下面这句话。",
}


def show() -> Block:
    """Show the form."""
    return form.block(
        "miniature",
        "Make a clip here",
        grammar(),
        _fields(),
        BUTTONS,
        above=_result(),
        lacks=("Making clips needs", "everything else on this page does not"),
        kind="miniature",
    )


def grammar() -> dict[str, Any]:
    """Everything that the page's script needs before it loads the weights."""
    miniature = load()
    return {
        "first": _first(),
        "undrawn": UNDRAWN,
        "columns": COLUMNS,
        "script": SCRIPT,
        "digest": form.digest(_content()),
        "aliases": captions.ALIASES,
        "silent": sorted(captions._SILENT),
        "formats": sorted(captions._FORMATS),
        "colours": list(scenes.COLOURS),
        "shapes": scenes.SHAPES,
        "backgrounds": list(scenes.BACKGROUNDS),
        "directions": list(scenes.DIRECTIONS),
        "edges": captions.EDGES,
        "passing": scenes.PASSING_LENGTH_LEAST,
        "framesPassing": scenes.FRAMES_PASSING,
        "framesLeast": scenes.FRAMES[0],
        "sizes": scenes.SIZES,
        "vocabulary": captions.VOCABULARY,
        "longest": captions.TOKENS_MOST,
        "shift": miniature.shift,
        "fps": miniature.fps,
        "grey": f"rgb{GREY[:3]}",
        "side": 4 * miniature.transformer.patch,
    }


@cache
def _first() -> dict[str, Any]:
    """Return the clip that plays before a reader asks for one: what it shows, and its frames."""
    miniature = load()
    found = captions.expand(EXAMPLES[0])
    record = found.record
    size = {"frames": record.frames, "height": record.height, "width": record.width}
    made = sheet(list(pixels(miniature.generate(found.caption, **size))), COLUMNS)
    drawn = {"sheet": list(made.shape[1::-1]), "png": base64.b64encode(png(made)).decode("ascii")}
    return {"caption": found.caption, **size, **drawn}


def _result() -> str:
    """Make the place of the clip; its sheet has its size from the first paint on."""
    width, height = _first()["sheet"]
    own = {"role": "img", "aria_label": "No clip yet", "width": width, "height": height}
    canvas = form.tag("canvas", class_="rb-sheet", **own)
    said = (
        f"{_first()['caption']}. Seed 0, {load().steps} steps, guidance {load().guidance:g}; "
        "made with this page, by the same kernels."
    )
    about = f"<div>{form.note('about', said)}{canvas}</div>"
    return f'<div class="rb-form-result">{PLAYER}{about}</div>'


def script() -> str:
    """Return the script that the page loads for its first clip: kernels and weights as text.

    It is JSON in a text, so that the page can compare its digest before it reads it.
    """
    return f"window.{NAME} = {json.dumps(_content())};\n"


def _content() -> str:
    miniature = load()
    transformer, codec = miniature.transformer, miniature.autoencoder
    content = {
        "module": form.encoded(open_input(MODULE).read_bytes()),
        "patch": transformer.patch,
        "transformer": _exported(transformer.vector) | {"sizes": transformer.sizes.tolist()},
        "decoder": _exported(codec.decoder)
        | {"layers": [number for row in DECODER for number in row]},
    }
    return json.dumps(content, separators=(",", ":"))


def _exported(vector: Vector) -> dict[str, Any]:
    """Learned values as float16, which holds them exactly, and the computed ones as float32."""
    learned, computed = vector.values[: vector.learned], vector.values[vector.learned :]
    raw = learned.astype("<f2").tobytes() + computed.astype("<f4").tobytes()
    return {
        "values": form.encoded(raw),
        "learned": vector.learned,
        "places": vector.places.tolist(),
    }


def _fields() -> str:
    miniature = load()
    examples = {"": "Choose one"} | {text: text for text in EXAMPLES}
    return (
        form.line(
            form.menu("example", "Examples", examples, kind="wide"),
            form.text("prompt", "Prompt", EXAMPLES[0], most=200, described="caption"),
            form.menu("size", "Size", _sizes()),
            form.menu("frames", "Length", _lengths()),
            _number("seed", "Seed", 0, 0, SEEDS - 1),
            _number("steps", "Steps", miniature.steps, 1, STEPS_MOST),
            _number("guidance", "Guidance", miniature.guidance, 0, GUIDANCE_MOST, "any"),
        )
        + form.warning("warned")
        + form.note("caption")
    )


def _number(name: str, label: str, first: float, least: int, most: float, step: object = 1) -> str:
    kind = "whole number" if step == 1 else "number"
    refusal = f"{label} is {{value}}; expected a {kind} from {least} to {most:.15g}."
    own: dict[str, Any] = {"value": f"{first:g}", "min": least, "max": f"{most:.15g}", "step": step}
    return form.number(name, label, required=True, data_refusal=refusal, **own)


def _sizes() -> dict[str, str]:
    """Sizes by `height x width`; first of all the one that the prompt asks for."""
    trained = {f"{h}x{w}": f"{w} wide, {h} high" for h, w in scenes.SIZES}
    unseen = {f"{h}x{w}": f"{w} wide, {h} high (never trained on)" for h, w in UNSEEN_SIZES}
    return {"": "as the prompt says"} | trained | unseen


def _lengths() -> dict[str, str]:
    trained = {str(count): f"{count} frames" for count in scenes.FRAMES}
    unseen = {str(count): f"{count} frames (never trained on)" for count in UNSEEN_FRAMES}
    return {"": "as the prompt says"} | trained | unseen
