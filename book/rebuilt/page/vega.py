"""Vega-Lite specification -> SVG as Vega draws it, kept from one run to the next.

A drawing follows from the specification, the converter and the fonts alone. Half of the time of a
chapter would go into drawing again what was drawn when the chapter last ran, so each drawing stands
in `_build/drawings` under the digest of these three, below a digest of its own; one that is damaged
is drawn again.

Vega is a program in JavaScript: its engine takes half a second to start, and several times as long
for its first charts as for later ones. So a build has one process that draws for all its chapters.
A chapter whose environment names none draws for itself.
"""

import hashlib
import json
import os
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Any

import vl_convert

from rebuilt.evidence.inputs import open_input
from rebuilt.paths import BUILD

FOLDER = BUILD / "drawings"
DRAWER_VARIABLE = "REBUILT_DRAWER"  # address of the socket of the process that draws for others
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
    svg = _asked(text) or _drawn(text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        whole = file.with_suffix(f".{os.getpid()}")  # two kernels may draw the same at once
        whole.write_text(f"{_digest(svg)}\n{svg}", encoding="utf-8")
        whole.replace(file)
    except OSError:
        pass
    return svg


def draw_for_others(address: str) -> None:
    """Draw for whoever asks at a socket, one after another, until this process is ended."""
    _converter()
    with Listener(address, "AF_UNIX") as listener:
        while True:
            # Who hears nothing draws for itself, and meets what is wrong beside its chart.
            with listener.accept() as asking, suppress(ValueError, OSError, EOFError):
                asking.send_bytes(_drawn(asking.recv_bytes().decode()).encode())


def picture(svg: str) -> bytes:
    """Return an SVG as PNG, in the fonts of the pages."""
    _converter()
    return bytes(vl_convert.svg_to_png(svg))


def _asked(text: str) -> str:
    """Drawing by the process that draws for others; nothing where there is none or it fails."""
    address = os.environ.get(DRAWER_VARIABLE)
    if not address:
        return ""
    try:
        with Client(address, "AF_UNIX") as drawer:
            drawer.send_bytes(text.encode())
            return drawer.recv_bytes().decode()
    except (OSError, EOFError):
        return ""


def _drawn(text: str) -> str:
    return str(vl_convert.vegalite_to_svg(text))


@cache
def _converter() -> str:
    """Tell Vega which fonts there are; return what all drawings follow from."""
    fonts = [open_input(font).read_bytes() for font in sorted(FONTS.iterdir())]
    vl_convert.register_font_directory(str(FONTS))
    return f"{version('vl-convert-python')} {hashlib.sha256(b''.join(fonts)).hexdigest()} "


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
