"""Pictures of a chapter: sheets of small frames as PNG, with words for who cannot see them.

A sheet of frames reads and prints without scripts; where the frames are a clip, the page's script
adds a player with a pause button above it. Nothing here knows what the frames show.
"""

import base64
import html
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rebuilt.errors import ShapeError
from rebuilt.page import prose
from rebuilt.page.blocks import Block

Pixels = NDArray[np.uint8]
GAP = 1  # grey pixels around frames, without which white ones could not be told from the page
GREY = (129, 139, 152, 255)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGBA = 6  # colour type of PNG


def png(pixels: Pixels) -> bytes:
    """Write pixels (height, width, red green blue opacity) as a PNG file.

    Raises
    ------
    ShapeError
        If they have another shape or type.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 4:
        msg = (
            f"pixels are {pixels.dtype} of shape {pixels.shape}; a picture needs uint8 of shape "
            "(height, width, 4)"
        )
        raise ShapeError(msg)
    height, width, _ = pixels.shape
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, RGBA, 0, 0, 0])
    lines = np.zeros((height, 1 + 4 * width), np.uint8)  # each line begins with its filter, none
    lines[:, 1:] = pixels.reshape(height, -1)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in parts)


def sheet(frames: Sequence[Pixels], columns: int) -> Pixels:
    """Lay frames of one size out in rows of `columns`, each in a grey frame one pixel wide.

    Raises
    ------
    ShapeError
        If there are no frames or they differ in size.
    """
    sizes = {frame.shape for frame in frames}
    if len(sizes) != 1 or columns < 1:
        msg = f"{len(frames)} frames of {len(sizes)} sizes in {columns} columns; expected one size"
        raise ShapeError(msg)
    height, width, _ = frames[0].shape
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    out = np.zeros((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, 4), np.uint8)
    for number in range(len(frames)):
        y, x = (number // columns) * (height + GAP), (number % columns) * (width + GAP)
        out[y : y + height + 2 * GAP, x : x + width + 2 * GAP] = GREY
    for number, frame in enumerate(frames):
        y, x = (number // columns) * (height + GAP) + GAP, (number % columns) * (width + GAP) + GAP
        out[y : y + height, x : x + width] = frame
    return out


def show(
    frames: Sequence[Pixels],
    *,
    name: str,
    title: str,
    alt: str,
    columns: int,
    note: str = "",
    fps: int = 0,
) -> Block:
    """Show a sheet of frames; with `fps` as a clip that can be played.

    Parameters
    ----------
    frames : sequence of uint8 (height, width, 4)
        In reading order.
    name : str
        Slug, once per page; gives the address `#picture-<name>`.
    title, alt, note : str
        What it shows, what it looks like, and what else a reader must know.
    columns : int
        Frames beside each other.
    fps : int
        Frames a second of a clip; 0 where the frames are no clip.

    Raises
    ------
    DataError
        If the name is no slug or taken, or title or alt are empty.
    ShapeError
        If the frames do not make a sheet.
    """
    prose.check_name(name, "picture")
    for field, text in (("title", title), ("alt", alt)):
        prose.check_text(f"picture {name}", field, text)
    pixels = sheet(frames, columns)
    height, width, _ = frames[0].shape
    payload = {
        "name": name,
        "title": title,
        "description": alt,
        "note": note,
        "size": [pixels.shape[1], pixels.shape[0]],
        "frame": [width, height, len(frames), min(columns, len(frames)), GAP, fps],
        "png": base64.b64encode(png(pixels)).decode("ascii"),
    }
    prose.claim_name(name)
    shown = figure(payload, href=f"data:image/png;base64,{payload['png']}", live=False)
    return Block("picture", payload, shown, f"{title} ({alt})")


PLAYER = '<div class="rb-player"></div>\n'  # filled by the page's script


def figure(payload: dict[str, Any], *, href: str, live: bool) -> str:
    """Return the figure of a sheet; the page's script finds a clip by its data."""
    name, (width, height) = payload["name"], payload["size"]
    frame = payload["frame"]
    kinds = ("width", "height", "count", "columns", "gap", "fps")
    data = "".join(f' data-{kind}="{size}"' for kind, size in zip(kinds, frame, strict=True))
    anchor = (
        f'<a class="headerlink" href="#picture-{name}" aria-label="Link to this picture">#</a>'
        if live
        else ""
    )
    note = f"<figcaption><p>{html.escape(payload['note'])}</p></figcaption>"
    return (
        f'<figure class="rb-figure{" rb-clip" if frame[5] else ""}" id="picture-{name}"{data}>\n'
        f'<p class="rb-title">{html.escape(payload["title"])}{anchor}</p>\n'
        f"{PLAYER if frame[5] else ''}"
        f'<img class="rb-sheet" src="{html.escape(href)}" width="{3 * width}" '
        f'height="{3 * height}" alt="{html.escape(payload["description"])}">\n'
        f"{note if payload['note'] else ''}</figure>"
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return len(content).to_bytes(4) + checked + zlib.crc32(checked).to_bytes(4)
