"""The miniature in the page: a form, the grammar of prompts, and a script with the weights.

The form lies in the page; weights and kernels lie in a script of their own, which is loaded when
the reader asks for a clip (a script and not a file of data, because pages opened from a folder may
load nothing else).
"""

import base64
import html
import json
from typing import Any

from rebuilt.mini import captions, scenes
from rebuilt.mini.autoencoder import DECODER
from rebuilt.mini.sampler import GUIDANCE_MOST, SEEDS, load
from rebuilt.mini.weights import Vector
from rebuilt.page import markup
from rebuilt.page.blocks import Block
from rebuilt.page.pictures import GREY, PLAYER
from rebuilt.widgets.miniature_module import MODULE

SCRIPT = "miniature-data.js"
NAME = "rebuiltMiniatureData"
STEPS_MOST = 100
UNSEEN_SIZES = ((40, 40), (48, 48), (24, 64))  # height, width; no clip of the training had them
UNSEEN_FRAMES = (5, 25)
EXAMPLES = (
    "a red circle moves to the left on a black background in a square clip of two seconds",
    "a yellow square bounces off the right edge on a white background in a wide clip",
    "a blue triangle moves up behind a magenta cross on a black background in a tall clip",
    "green cross grows",
    "cyan ball falls, white background",
)


def show() -> Block:
    """Show the form; without scripts its place says so."""
    data = json.dumps(grammar(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    body = "\n".join(
        [
            '<section class="rb-mini" id="sampler" aria-labelledby="miniature-name">',
            '<p class="rb-title" id="miniature-name">Make a clip here</p>',
            '<p class="rb-mini-off">Making clips needs JavaScript and WebAssembly; everything '
            "else on this page does not.</p>",
            f'<div class="rb-mini-on" hidden>\n{_form()}\n{_results()}\n</div>',
            '<script type="application/json" class="rb-mini-data">'
            f"{markup.json_in_html(data)}</script>",
            "</section>",
        ]
    )
    return Block("miniature", {"html": body}, "<p>A form, on the site.</p>", "a form for prompts")


def grammar() -> dict[str, Any]:
    """Everything that the page's script needs before it loads the weights."""
    miniature = load()
    return {
        "script": SCRIPT,
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
        "steps": miniature.steps,
        "guidance": miniature.guidance,
        "shift": miniature.shift,
        "fps": miniature.fps,
        "grey": f"rgb{GREY[:3]}",
        "side": 4 * miniature.transformer.patch,
        "limits": {"seed": SEEDS - 1, "steps": STEPS_MOST, "guidance": GUIDANCE_MOST},
    }


def script() -> str:
    """Return the script that the page loads for its first clip: kernels and weights as base64."""
    miniature = load()
    transformer, codec = miniature.transformer, miniature.autoencoder
    content = {
        "module": _base64(MODULE.read_bytes()),
        "patch": transformer.patch,
        "transformer": _exported(transformer.vector) | {"sizes": transformer.sizes.tolist()},
        "decoder": _exported(codec.decoder)
        | {"layers": [number for row in DECODER for number in row]},
    }
    return f"window.{NAME} = {json.dumps(content, separators=(',', ':'))};\n"


def _exported(vector: Vector) -> dict[str, Any]:
    """Learned values as float16, which holds them exactly, and the computed ones as float32."""
    learned, computed = vector.values[: vector.learned], vector.values[vector.learned :]
    raw = learned.astype("<f2").tobytes() + computed.astype("<f4").tobytes()
    return {"values": _base64(raw), "learned": vector.learned, "places": vector.places.tolist()}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _form() -> str:
    examples = "".join(f"<option>{html.escape(text)}</option>" for text in EXAMPLES)
    rows = (
        '<p class="rb-mini-wide"><label for="mini-example">Examples</label>'
        f'<select id="mini-example"><option value="">Choose one</option>{examples}</select></p>',
        '<p class="rb-mini-wide"><label for="mini-prompt">Prompt</label>'
        '<input id="mini-prompt" name="prompt" type="text" maxlength="200" autocomplete="off" '
        f'spellcheck="false" value="{html.escape(EXAMPLES[0])}" '
        'aria-describedby="mini-caption"></p>',
        _menu("size", "Size", _sizes()),
        _menu("frames", "Length", _lengths()),
        _number("seed", "Seed", 0, SEEDS - 1, 1),
        _number("steps", "Steps", 1, STEPS_MOST, 1),
        _number("guidance", "Guidance", 0, GUIDANCE_MOST, "any"),
    )
    return (
        '<form class="rb-mini-form" aria-label="Prompt and format" novalidate>\n'
        f'<div class="rb-mini-fields">{"".join(rows)}</div>\n'
        '<p class="rb-mini-caption" id="mini-caption"></p>\n'
        '<p class="rb-mini-problem" role="alert"></p>\n'
        '<p class="rb-mini-buttons">'
        '<button type="submit" class="rb-mini-make">Make the clip</button>'
        '<button type="button" class="rb-mini-cancel" disabled>Cancel</button>'
        '<progress value="0" max="1" aria-label="Progress" hidden></progress>'
        '<span class="rb-mini-said" role="status"></span></p></form>'
    )


def _results() -> str:
    return (
        '<div class="rb-mini-result" hidden>'
        f'{PLAYER}<canvas class="rb-sheet" role="img" aria-label="No clip yet"></canvas>'
        '<p class="rb-mini-about"></p></div>'
    )


def _menu(name: str, label: str, options: dict[str, str]) -> str:
    choices = "".join(
        f'<option value="{value}">{html.escape(text)}</option>' for value, text in options.items()
    )
    return (
        f'<p class="rb-mini-menu"><label for="mini-{name}">{label}</label>'
        f'<select id="mini-{name}" name="{name}">{choices}</select></p>'
    )


def _number(name: str, label: str, least: float, most: float, step: float | str) -> str:
    return (
        f'<p><label for="mini-{name}">{label}</label><input id="mini-{name}" name="{name}" '
        f'type="number" min="{least:g}" max="{most}" step="{step}" inputmode="decimal"></p>'
    )


def _sizes() -> dict[str, str]:
    """Sizes by `height x width`; first of all the one that the prompt asks for."""
    trained = {f"{h}x{w}": f"{w} wide, {h} high" for h, w in scenes.SIZES}
    unseen = {f"{h}x{w}": f"{w} wide, {h} high (never trained on)" for h, w in UNSEEN_SIZES}
    return {"": "as the prompt says"} | trained | unseen


def _lengths() -> dict[str, str]:
    trained = {str(count): f"{count} frames" for count in scenes.FRAMES}
    unseen = {str(count): f"{count} frames (never trained on)" for count in UNSEEN_FRAMES}
    return {"": "as the prompt says"} | trained | unseen
