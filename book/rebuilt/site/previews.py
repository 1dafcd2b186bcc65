"""A picture of each page for whoever links to it: its first chart, under the title of that chart.

Other sites show it when somebody shares an address (the Open Graph protocol, https://ogp.me). It
is drawn from the chart of the page, so it cannot fall behind.
"""

import hashlib
import html
import re
import textwrap
from pathlib import Path

from docutils import nodes

from rebuilt.page import palette, svg, vega
from rebuilt.site.figures import BlockNode

FOLDER = "_static/previews"
WIDTH_PX, HEIGHT_PX, MARGIN_PX = 1200, 630, 48  # what the sites that show previews ask for
TITLE_PX, SMALL_PX, LETTERS_A_LINE, MOST_LINES = 40, 24, 54, 2
CHART_TOP_PX = 196
_VARIABLE = re.compile(r"var\(--rb-[\w-]+,(#[0-9a-f]{6})\)")
_DRAWING = re.compile(
    r'<svg[^>]* class="rb-svg".*?<title[^>]*>(?P<title>[^<]*)</title>.*?</svg>', re.DOTALL
)
_SIZE = re.compile(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"')


def first_drawing(doctree: nodes.document) -> tuple[str, str] | None:
    """Return title and SVG of the first chart of a page, None where there is none."""
    for node in doctree.findall(BlockNode):
        found = _DRAWING.search(node["payload"].get("wide") or node["payload"].get("html", ""))
        if found:
            return html.unescape(found["title"]), found[0]
    return None


def card(title: str, drawing: str, book: str, page: str) -> str:
    """Return the picture of a page as SVG: names of book and page, title of a chart, the chart."""
    drawing = _VARIABLE.sub(r"\1", drawing)
    width, height = map(float, _SIZE.findall(drawing)[0])
    room = WIDTH_PX - 2 * MARGIN_PX, HEIGHT_PX - CHART_TOP_PX - MARGIN_PX // 2
    scale = min(room[0] / width, room[1] / height)
    left = (WIDTH_PX - scale * width) / 2
    lines = textwrap.wrap(title, LETTERS_A_LINE, max_lines=MOST_LINES, placeholder=" …")
    heading = "".join(
        f'<text x="{MARGIN_PX}" y="{110 + 50 * number}" font-size="{TITLE_PX}" font-weight="bold"'
        f' fill="{palette.INK}">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="{svg.SVG}" width="{WIDTH_PX}" height="{HEIGHT_PX}"'
        f' font-family="{palette.FONT}, sans-serif">'
        f'<rect width="100%" height="100%" fill="{palette.SURFACE}"/>'
        f'<text x="{MARGIN_PX}" y="54" font-size="{SMALL_PX}" fill="{palette.MUTED}">'
        f"{html.escape(book)} · {html.escape(page)}</text>{heading}"
        f'<g transform="translate({left:.1f} {CHART_TOP_PX}) scale({scale:.4f})">{drawing}</g>'
        "</svg>"
    )


def write(picture: str, page: str, outdir: Path) -> str:
    """Write the picture of a page, unless it stands there, and return its path below the site."""
    folder = outdir / FOLDER
    name = page.replace("/", "-")
    file = folder / f"{name}-{hashlib.sha256(picture.encode()).hexdigest()[:8]}.png"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{name}-????????.png"):
            old.unlink()
        file.write_bytes(vega.picture(picture))
    return f"{FOLDER}/{file.name}"
