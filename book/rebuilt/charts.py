"""The one way to show a chart. Chapters write functions from frame to `alt.Chart`; this does the rest.

`show` refuses a chart that a reader could not trust or read: no finding in the title, an axis
without a title or unit, data without a source. Colours, shapes and dashes to use in a chart are
re-exported from `rebuilt.palette`.
"""

import re
from collections.abc import Iterator
from typing import Any

import altair as alt
import polars as pl

from rebuilt import blocks, markup, page, svg
from rebuilt.blocks import Block, Rows
from rebuilt.errors import DataError
from rebuilt.palette import (
    BLUE,
    CATEGORIES,
    CONTEXT,
    DASHES,
    GREEN,
    GREY,
    INK,
    LIGHT,
    MUTED,
    NARROW_PX,
    OCHRE,
    ORANGE,
    PURPLE,
    RAMP,
    SHAPES,
    SURFACE,
    WIDE_PX,
)

__all__ = ["BLUE", "CATEGORIES", "CONTEXT", "DASHES", "GREEN", "GREY", "INK", "MUTED", "OCHRE",
           "ORANGE", "PURPLE", "SHAPES", "SURFACE", "show"]

MAX_ROWS = 500  # a page holds every row three times: table, CSV and specification
AXES = ("x", "y")
LEGENDS = ("color", "fill", "stroke", "shape", "size", "strokeDash", "opacity")
_UNIT = re.compile(r"\([^()]+\)\s*$")


def show(
    chart: alt.TopLevelMixin,
    *,
    name: str,
    title: str,
    description: str,
    rows: Rows,
    data: pl.DataFrame | None = None,
    note: str = "",
    narrow: alt.TopLevelMixin | None = None,
) -> Block:
    """Show a chart with everything its reader may ask for.

    Parameters
    ----------
    chart : altair chart
        Without width, title or colours of its own; heights are pixels of the plot.
    name : str
        Slug, once per page; gives the address `#chart-<name>` and the name of the CSV.
    title : str
        The finding, as a sentence.
    description : str
        What a reader who cannot see the chart should know: form, range, main comparison.
    rows : polars.DataFrame or list of them
        Fact rows behind the chart; the caption's sources are made of their `source` columns.
    data : polars.DataFrame, optional
        What the table and the CSV hold, 1 to 500 rows; by default `rows`.
    note : str
        One sentence under the chart on how to read it or what it leaves out.
    narrow : altair chart, optional
        Another form for narrow screens; by default the same chart, views stacked.

    Raises
    ------
    DataError
        If the name is no slug or taken, a text is empty, an axis lacks title or unit, a colour is
        not of the palette, data is empty or too long, or a source is missing.
    """
    page.check_name(name, "chart")
    owner = f"chart {name}"
    page.check_text(owner, "title", title)
    page.check_text(owner, "description", description)
    frame = _table_frame(owner, rows, data)
    keys = blocks.source_keys(rows, owner)
    spec = _checked_spec(owner, chart)
    narrow_spec = svg.stack(spec) if narrow is None else _checked_spec(owner, narrow)
    payload = {
        "name": name, "title": title, "description": description, "note": note,
        "sources": blocks.named(keys),
        **blocks.grid(frame), **_drawings(name, title, description, spec, narrow_spec),
    }
    page.used(keys)
    page.claim_name(name)
    html = markup.figure(payload, csv_href=page.data_address(payload), live=False)
    return Block("chart", payload, html, f"{title}\n{description}")


def _drawings(name: str, title: str, description: str, spec: dict[str, Any],
              narrow_spec: dict[str, Any]) -> dict[str, Any]:
    """Both drawings and both specifications; the narrow one borrows the data of the wide one."""
    drawn: dict[str, Any] = {}
    for size, source, width_px in (("wide", spec, WIDE_PX), ("narrow", narrow_spec, NARROW_PX)):
        fitted = svg.fit(source, width_px)
        drawn[size] = svg.draw(fitted, prefix=f"{name}-{size}", title=title,
                               description=description)
        actual_px = svg.width(drawn[size])
        if actual_px > width_px + 4:
            msg = (f"chart {name}: the {size} form is {actual_px:.0f} px wide, allowed {width_px}; "
                   "shorten labels, use fewer columns or pass narrow=")
            raise DataError(msg)
        drawn["spec" if size == "wide" else "narrow_spec"] = fitted
    shared = drawn["spec"].get("datasets", {})
    own = drawn["narrow_spec"].pop("datasets", {})
    drawn["spec"]["datasets"] = shared | own
    return drawn


def _table_frame(owner: str, rows: Rows, data: pl.DataFrame | None) -> pl.DataFrame:
    if data is None:
        frames = [rows] if isinstance(rows, pl.DataFrame) else list(rows)
        if len(frames) != 1:
            msg = f"{owner}: {len(frames)} frames of rows; pass data= with the table to show"
            raise DataError(msg)
        data = frames[0]
    if not 1 <= data.height <= MAX_ROWS:
        msg = (f"{owner}: data has {data.height} rows, allowed 1 to {MAX_ROWS}; "
               "aggregate or filter it before drawing")
        raise DataError(msg)
    return data


def _checked_spec(owner: str, chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Vega-Lite dictionary of a chart whose axes, legends and colours keep the contract."""
    spec = chart.to_dict()
    for channel, encoding in _encodings(spec):
        _check_title(owner, channel, encoding)
    _check_colours(owner, {key: value for key, value in spec.items() if key != "datasets"})
    for rows in spec.get("datasets", {}).values():
        if len(rows) > MAX_ROWS:
            msg = (f"{owner}: its specification holds {len(rows)} rows, allowed 1 to {MAX_ROWS}; "
                   "aggregate or filter before drawing")
            raise DataError(msg)
    return spec


def _encodings(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every axis and legend channel of a chart and of the views inside it."""
    for channel, encoding in spec.get("encoding", {}).items():
        if channel in AXES + LEGENDS and isinstance(encoding, dict):
            yield channel, encoding
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for view in spec.get(key, []):
            yield from _encodings(view)
    if isinstance(spec.get("spec"), dict):
        yield from _encodings(spec["spec"])


def _check_title(owner: str, channel: str, encoding: dict[str, Any]) -> None:
    """A drawn scale has a title; a quantitative one ends with its unit in brackets."""
    if not {"field", "aggregate"} & set(encoding):
        return
    guide = encoding.get("axis" if channel in AXES else "legend", {})
    if guide is None:
        return
    missing = object()
    title = encoding.get("title", guide.get("title", missing))
    what = f"{owner}: {channel} of {encoding.get('field', encoding.get('aggregate'))!r}"
    quantitative = encoding.get("type") == "quantitative"
    if title is missing or (quantitative and not title):
        wanted = 'title="Memory bandwidth (TB/s)"' if quantitative else 'title="Vendor" or title=None'
        msg = f"{what} has no title; give it one, for instance {wanted}"
        raise DataError(msg)
    if quantitative and not _UNIT.search(" ".join([title] if isinstance(title, str) else title)):
        msg = (f"{what} has the title {title!r} without a unit; end it with the unit in brackets, "
               "for instance (TB/s), (%), (ratio) or (count)")
        raise DataError(msg)


_COLOUR_KEYS = {"color", "fill", "stroke"}
_ALLOWED = {*LIGHT.values(), *RAMP, "transparent", "none"}


def _check_colours(owner: str, part: Any, key: str = "") -> None:
    """Colours come from the palette, or dark pages and colour-blind readers would lose them."""
    if isinstance(part, dict):
        for inner, value in part.items():
            colours = value if inner == "range" and key == "scale" else [value]
            named = inner in _COLOUR_KEYS or inner == "value" and key in _COLOUR_KEYS
            for colour in colours if isinstance(colours, list) else []:
                literal = isinstance(colour, str) and (named or colour.startswith("#"))
                if literal and colour.lower() not in _ALLOWED:
                    msg = f"{owner}: colour {colour!r} is not of rebuilt.palette; use charts.BLUE etc."
                    raise DataError(msg)
            _check_colours(owner, value, inner)
    elif isinstance(part, list):
        for value in part:
            _check_colours(owner, value, key)
