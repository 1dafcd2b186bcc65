"""Vega-Lite specification -> SVG as Vega draws it, kept from one run to the next.

A drawing follows from the specification, the converter and the fonts alone. Half of the time of a
chapter would go into drawing again what was drawn when the chapter last ran, so each drawing stands
in `_build/drawings` under the digest of these three, below a digest of its own; one that is damaged
is drawn again.
"""

import hashlib
import json
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

from rebuilt.evidence.inputs import open_input
from rebuilt.paths import BUILD

FOLDER = BUILD / "drawings"
FONTS = Path(__file__).with_name("fonts")  # pages load the same as WOFF2


def drawing(spec: dict[str, Any], folder: Path = FOLDER) -> str:
    """Return the SVG of a specification whose width is set, with the ids that Vega gave.

    Parameters
    ----------
    spec : dict
        Of Vega-Lite.
    folder : Path
        Where drawings are kept; one that cannot be written to keeps none.
    """
    text = json.dumps(spec)
    file = folder / f"{_digest(_converter() + text)}.svg"
    try:
        seal, _, svg = file.read_text(encoding="utf-8").partition("\n")
        if seal == _digest(svg):
            return svg
    except (OSError, UnicodeDecodeError):  # not drawn yet, or damaged
        pass
    svg = str(vl_convert.vegalite_to_svg(text))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        whole = file.with_suffix(f".{os.getpid()}")  # two kernels may draw the same at once
        whole.write_text(f"{_digest(svg)}\n{svg}", encoding="utf-8")
        whole.replace(file)
    except OSError:
        pass
    return svg


def picture(svg: str) -> bytes:
    """Return an SVG as PNG, in the fonts of the pages."""
    _converter()
    return bytes(vl_convert.svg_to_png(svg))


@cache
def _converter() -> str:
    """Tell Vega which fonts there are; return what all drawings follow from."""
    fonts = [open_input(font).read_bytes() for font in sorted(FONTS.iterdir())]
    vl_convert.register_font_directory(str(FONTS))
    return f"{version('vl-convert-python')} {hashlib.sha256(b''.join(fonts)).hexdigest()} "


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
