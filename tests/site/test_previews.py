"""Pictures for links to pages: the first chart under its title, one file a page."""

import struct
from xml.etree import ElementTree as ET

import pytest
from docutils.utils import new_document

from rebuilt.site import previews
from rebuilt.site.figures import BlockNode

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="400" class="rb-svg">'
    '<title id="a-title">Faster &amp; larger</title><path stroke="var(--rb-1,#0068a8)"/></svg>'
)
WIDE = DRAWING.format(width=680)


def page_of(*payloads):
    """Return a page with blocks of these payloads."""
    document = new_document("page")
    document += [BlockNode(kind="chart", payload=payload) for payload in payloads]
    return document


@pytest.mark.parametrize("field", ["wide", "html"])
def test_the_first_drawing_of_a_page_is_taken(field):
    """Of a chart, or of a block that is HTML already, such as the findings of the front page."""
    page = page_of({"html": "<ul></ul>"}, {field: f"<li>{WIDE}</li>"}, {"wide": "<svg/>"})

    assert previews.first_drawing(page) == ("Faster & larger", WIDE)


def test_a_page_without_a_chart_has_none():
    """Its links are shown without a picture."""
    assert previews.first_drawing(page_of({"html": "<p>words</p>"})) is None


@pytest.mark.parametrize("width", [200, 680, 3000])
def test_a_card_holds_its_chart(width):
    """Scaled into the room under the title, in plain colours, as well-formed SVG."""
    text = previews.card("A & b " * 40, DRAWING.format(width=width), "The book", "A <page>")
    root = ET.fromstring(text)
    *_, group = root
    left, scale = float(group.get("transform")[10:].split()[0]), text.split("scale(")[1]

    assert "var(" not in text
    assert (root.get("width"), root.get("height")) == ("1200", "630")
    assert left >= previews.MARGIN_PX - 1
    assert left + width * float(scale.split(")")[0]) <= 1200 - previews.MARGIN_PX + 1
    assert len(root.findall("{*}text")) == 1 + previews.MOST_LINES
    assert root.findall("{*}text")[-1].text.endswith("…")


def test_a_picture_is_drawn_once_and_replaced_when_it_changes(tmp_path):
    """Files that no page names any more are gone."""
    card = previews.card("One", WIDE, "The book", "A page")
    first = tmp_path / previews.write(card, "a/page", tmp_path)
    drawn = first.stat().st_mtime_ns
    again = tmp_path / previews.write(card, "a/page", tmp_path)
    other = tmp_path / previews.write(card.replace("One", "Two"), "a/page", tmp_path)

    assert (again, again.exists()) == (first, False)
    assert other != first
    assert [file.name for file in other.parent.iterdir()] == [other.name]
    assert drawn < other.stat().st_mtime_ns


def test_every_page_with_a_chart_has_its_picture(html):
    """The tag names a file of the site, of the size that such pictures have."""
    named = 0
    for page in html.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        if 'class="rb-svg"' not in text:
            continue
        _, found, after = text.partition('<meta property="og:image" content="')
        assert found, page.name
        picture = (html / after.split('"')[0]).read_bytes()
        assert picture[:4] == b"\x89PNG"
        assert struct.unpack(">II", picture[16:24]) == (1200, 630)
        assert "summary_large_image" in text
        named += 1
    assert named
