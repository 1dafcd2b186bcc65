"""The chart contract: what `charts.show` accepts, refuses and hands to the page."""

import itertools
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import altair as alt
import polars as pl
import pytest

from rebuilt import page
from rebuilt.errors import DataError
from rebuilt.evidence import bibliography
from rebuilt.page import charts, palette, svg

CSS = Path(svg.__file__).parents[1] / "site" / "static" / "rebuilt.css"
BIB = Path(__file__).parents[1] / "site" / "fixture_book" / "sources.bib"
FACTS = pl.DataFrame(
    {
        "chip": ["Q1", "Q2"],
        "bandwidth_tb_s": [2.039, 4.8],
        "source": ["acme-datasheet-2023", "acme-blog-2023"],
    }
)
X = alt.X("bandwidth_tb_s:Q", title="Bandwidth (TB/s)")
Y = alt.Y("chip:N", title=None)


@pytest.fixture(autouse=True)
def _fresh_page(monkeypatch):
    monkeypatch.setattr(bibliography, "FILE", BIB)
    page.reset()
    yield
    page.reset()


def bars(x=X, y=Y, **mark):
    return alt.Chart(FACTS).mark_bar(**mark).encode(x=x, y=y)


def show(chart=None, **changes):
    values = {
        "name": "bandwidth",
        "title": "The Q2 moves more than twice the bytes",
        "description": "Two bars, the second more than twice as long.",
        "rows": FACTS,
    }
    return charts.show(chart or bars(), **(values | changes))


def bundle(block):
    return block._repr_mimebundle_()


def payload(block):
    return bundle(block)["application/vnd.rebuilt.chart+json"]


def test_bundle_has_payload_html_and_text():
    """Our mime type, a self-contained figure and plain text, in this order."""
    shown = bundle(show())

    assert list(shown) == ["application/vnd.rebuilt.chart+json", "text/html", "text/plain"]
    assert shown["text/plain"].startswith("The Q2 moves more than twice the bytes\nTwo bars")
    assert "<svg" in shown["text/html"]
    assert "<script" not in shown["text/html"]


def test_payload_names_its_sources_and_holds_its_data():
    """The caption's sources come from the rows; table and CSV hold the data."""
    held = payload(show())

    assert held["sources"] == [
        {"key": "acme-blog-2023", "label": "Acme Corporation (2023b)"},
        {"key": "acme-datasheet-2023", "label": "Acme Corporation (2023a)"},
    ]
    assert held["rows"][1] == ["Q2", "4.8", "Acme Corporation (2023b)"]
    assert held["csv"].splitlines()[0] == "chip,bandwidth_tb_s,source"
    assert page.used_keys() == ["acme-blog-2023", "acme-datasheet-2023"]


def test_same_chart_gives_the_same_bytes():
    """No id, date or counter of Vega or Python reaches the output."""
    first = json.dumps(bundle(show(bars(clip=True))))
    page.reset()
    second = json.dumps(bundle(show(bars(clip=True))))

    assert first == second


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_drawing_is_one_described_image_without_styles(size):
    """Role, name and description are there; style attributes and foreign ids are not."""
    root = ET.fromstring(payload(show(bars(clip=True)))[size])
    ids = [element.get("id") for element in root.iter() if element.get("id")]

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"bandwidth-{size}-title"
    assert root.find("{*}title").text == "The Q2 moves more than twice the bytes"
    assert root.find("{*}desc").text == "Two bars, the second more than twice as long."
    assert all(identifier.startswith(f"bandwidth-{size}-") for identifier in ids)
    assert not [element for element in root.iter() if element.get("style")]


def test_ids_of_two_drawings_never_meet():
    """Clip paths of the wide and the narrow form, and of two charts, differ."""
    texts = [payload(show(bars(clip=True), name=name)) for name in ("one", "two")]
    found = [
        identifier
        for held in texts
        for size in ("wide", "narrow")
        for identifier in re.findall(r' id="([^"]+)"', held[size])
    ]

    assert len(found) == len(set(found))
    assert any(identifier.endswith("-wide-0") for identifier in found)


@pytest.mark.parametrize(("size", "width_px"), [("wide", 680), ("narrow", 300)])
def test_drawing_has_the_width_of_its_screen(size, width_px):
    """Axes and labels are inside the width."""
    assert svg.width(payload(show())[size]) == width_px


def test_panels_stand_side_by_side_on_wide_and_stacked_on_narrow_screens():
    """A composed chart fits both widths; its narrow form is higher."""
    held = payload(show(bars() | bars()))
    height = {
        size: float(re.search(r'height="([\d.]+)"', held[size])[1]) for size in ("wide", "narrow")
    }

    assert 640 <= svg.width(held["wide"]) <= 684
    assert 270 <= svg.width(held["narrow"]) <= 304
    assert height["narrow"] > 1.5 * height["wide"]


def test_colours_are_variables_with_the_light_colour_as_fallback():
    """A page can recolour the drawing; a notebook without style sheet sees the light one."""
    drawn = payload(show())["wide"]

    assert f'fill="var(--rb-1,{palette.BLUE})"' in drawn
    assert not re.search(r'(?:fill|stroke)="#', drawn)


def test_no_letter_is_smaller_than_eleven_pixels():
    """The narrow form is shown at its own size on a 320-pixel screen."""
    sizes = re.findall(r'font-size="([\d.]+)px"', payload(show())["narrow"])

    assert min(map(float, sizes)) >= 11


def test_legends_of_one_field_merge():
    """Colour, shape and dash explain a series once."""
    series = alt.Chart(FACTS).encode(
        x=X,
        y=Y,
        color=alt.Color("chip:N", title=None),
        shape=alt.Shape("chip:N", title=None),
    )
    drawn = payload(show(series.mark_line() + series.mark_point()))["wide"]

    assert drawn.count(">Q1<") == 2  # the axis and one legend


CASES = {
    "name is no slug": (
        {"name": "Band width"},
        "chart name 'Band width' is not a slug; use lower-case letters, digits and single "
        "hyphens, for instance memory-by-generation",
    ),
    "title is blank": (
        {"title": " "},
        "chart bandwidth: title is empty; a reader who cannot see it needs one",
    ),
    "description is blank": (
        {"description": ""},
        "chart bandwidth: description is empty; a reader who cannot see it needs one",
    ),
    "data is empty": (
        {"data": FACTS.head(0)},
        "chart bandwidth: data has 0 rows, allowed 1 to 500; aggregate or filter it before drawing",
    ),
    "data is too long": (
        {"data": pl.concat([FACTS] * 251)},
        "chart bandwidth: data has 502 rows, allowed 1 to 500; "
        "aggregate or filter it before drawing",
    ),
    "rows have no source column": (
        {"rows": FACTS.drop("source")},
        "chart bandwidth: rows have no `source` column (columns: chip, bandwidth_tb_s); "
        "pass the fact rows from which it was made",
    ),
    "a row has no source": (
        {"rows": FACTS.with_columns(source=pl.Series(["acme-blog-2023", None]))},
        "chart bandwidth: row 1 has no source; every fact needs a key of sources.bib",
    ),
    "several frames without data": (
        {"rows": [FACTS, FACTS]},
        "chart bandwidth: 2 frames of rows; pass data= with the table to show",
    ),
    "axis without title": (
        {"chart": bars(x=alt.X("bandwidth_tb_s:Q"))},
        "chart bandwidth: x of 'bandwidth_tb_s' has no title; give it one, for instance "
        'title="Memory bandwidth (TB/s)"',
    ),
    "axis without unit": (
        {"chart": bars(x=alt.X("bandwidth_tb_s:Q", title="Bandwidth"))},
        "chart bandwidth: x of 'bandwidth_tb_s' has the title 'Bandwidth' without a unit; end it "
        "with the unit in brackets, for instance (TB/s), (%), (ratio) or (count)",
    ),
    "category axis that shows a column name": (
        {"chart": bars(y=alt.Y("chip:N"))},
        "chart bandwidth: y of 'chip' has no title; give it one, for instance "
        'title="Vendor" or title=None',
    ),
    "bar on a log scale": (
        {"chart": bars(x=alt.X("bandwidth_tb_s:Q", title="B (TB/s)", scale=alt.Scale(type="log")))},
        "chart bandwidth: a bar along x has no zero to stand on a log scale; "
        "draw points, or give x2 for where it starts",
    ),
    "foreign colour": (
        {"chart": bars(color="steelblue")},
        "chart bandwidth: colour 'steelblue' is not of the palette; use charts.BLUE, "
        "charts.CONTEXT and so on, which follow light and dark pages",
    ),
}


@pytest.mark.parametrize(("changes", "message"), CASES.values(), ids=CASES.keys())
def test_a_chart_that_breaks_the_contract_is_refused(changes, message):
    """The message names the chart, what is wrong and the way out."""
    with pytest.raises(DataError) as caught:
        show(**changes)

    assert str(caught.value) == message
    assert page.used_keys() == []


def test_a_name_is_used_once_on_a_page():
    """Names are addresses."""
    show()

    with pytest.raises(DataError) as caught:
        show()

    assert str(caught.value) == (
        "chart name 'bandwidth' is used twice on this page; names are addresses, choose another"
    )


def test_style_sheet_has_the_colours_of_the_palette():
    """CSS and Python agree, in light, in dark and in the list that the script reads."""
    text = CSS.read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--rb-(\w+): (#\w+);", block))
        for block in (
            text[text.index(":root {") : text.index("}")],
            text[text.index('html[data-theme="dark"] {') : text.index("@font-face")],
        )
    )
    listed = dict(
        pair.split("=") for pair in re.search(r'--rb-palette: "([^"]+)"', text)[1].split()
    )

    assert {name: light[name] for name in palette.LIGHT} == palette.LIGHT
    assert {name: dark[name] for name in palette.DARK} == palette.DARK
    assert listed == palette.LIGHT


def linear(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(first, second):
    weights = (0.2126, 0.7152, 0.0722)
    low, high = sorted(
        sum(w * part for w, part in zip(weights, linear(colour), strict=True))
        for colour in (first, second)
    )
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_palette_contrasts_with_its_page(theme):
    """WCAG 1.4.11 asks 3:1 of marks, 1.4.3 asks 4.5:1 of text."""
    background = theme["surface"]

    assert min(contrast(theme[str(n)], background) for n in range(1, 7)) >= 3
    assert contrast(theme["context"], background) >= 3
    assert min(contrast(theme[name], background) for name in ("ink", "muted")) >= 4.5


def test_words_on_the_ramp_can_be_read():
    """The ramp does not follow the theme, so its words must not either."""
    dark, light = palette.ON_RAMP

    assert not set(palette.ON_RAMP) & set(palette.LIGHT.values())
    assert min(contrast(dark, step) for step in palette.RAMP[:3]) >= 4.5
    assert min(contrast(light, step) for step in palette.RAMP[3:]) >= 4.5


# Machado, Oliveira and Fernandes (2009), severity 1.
BLINDNESS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}


def lab(rgb):
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(m * c for m, c in zip(row, rgb, strict=True)) for row in to_xyz]
    x, y, z = (max(value, 0) / white for value, white in zip(xyz, (0.9505, 1, 1.089), strict=True))
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(first, second, matrix):
    seen = [
        lab([sum(m * c for m, c in zip(row, linear(colour), strict=True)) for row in matrix])
        for colour in (first, second)
    ]
    return sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize("theme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_colours_differ_for_colour_blind_readers(theme, kind):
    """A colour difference (CIE 1976) of ten is plain to see, for each pair of the six."""
    pairs = itertools.combinations([theme[str(n)] for n in range(1, 7)], 2)

    assert min(distance(*pair, BLINDNESS[kind]) for pair in pairs) >= 10
