"""The one way to show a chart: chapters make an `alt.Chart` of a frame, this does the rest.

`show` refuses a chart that a reader could not trust or read: no finding in the title, an axis
without a title or unit, data without a source. Colours, shapes and dashes to use in a chart are
re-exported from `rebuilt.page.palette`.
"""

from typing import Any

import altair as alt
import polars as pl

from rebuilt.errors import DataError
from rebuilt.page import blocks, chart_rules, layout, markup, prose, svg
from rebuilt.page.blocks import Block, Rows
from rebuilt.page.palette import (
    BLUE,
    CATEGORIES,
    CONTEXT,
    DASHES,
    GREEN,
    GREY,
    INK,
    MUTED,
    NARROW_PX,
    OCHRE,
    ON_RAMP,
    ORANGE,
    PURPLE,
    SHAPES,
    STANDING_COLOURS,
    SURFACE,
    WIDE_PX,
)

__all__ = [
    "BLUE",
    "CATEGORIES",
    "CONTEXT",
    "DASHES",
    "GREEN",
    "GREY",
    "INK",
    "MUTED",
    "OCHRE",
    "ON_RAMP",
    "ORANGE",
    "PURPLE",
    "SHAPES",
    "STANDING_COLOURS",
    "SURFACE",
    "show",
]


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
    prose.check_name(name, "chart")
    owner = f"chart {name}"
    prose.check_text(owner, "title", title)
    prose.check_text(owner, "description", description)
    frame = _table_frame(owner, rows, data)
    keys = blocks.source_keys(rows, owner)
    spec = chart_rules.checked(owner, chart)
    narrow_spec = layout.stack(spec) if narrow is None else chart_rules.checked(owner, narrow)
    payload = {
        "name": name,
        "title": title,
        "description": description,
        "note": note,
        "sources": blocks.named(keys),
        **blocks.grid(frame),
        **_drawings(name, title, description, spec, narrow_spec),
    }
    prose.used(keys)
    prose.claim_name(name)
    html = markup.figure(payload, csv_href=prose.data_address(payload), live=False)
    return Block("chart", payload, html, f"{title}\n{description}")


def _drawings(
    name: str, title: str, description: str, spec: dict[str, Any], narrow_spec: dict[str, Any]
) -> dict[str, Any]:
    """Both drawings and both specifications; the narrow one borrows the data of the wide one."""
    drawn: dict[str, Any] = {}
    for size, source, width_px in (("wide", spec, WIDE_PX), ("narrow", narrow_spec, NARROW_PX)):
        fitted = layout.fit(source, width_px)
        drawn[size] = svg.draw(
            fitted, prefix=f"{name}-{size}", title=title, description=description
        )
        actual_px = svg.width(drawn[size])
        if actual_px > width_px + 4:
            msg = (
                f"chart {name}: the {size} form is {actual_px:.0f} px wide, allowed {width_px}; "
                "shorten labels, use fewer columns or pass narrow="
            )
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
    if not 1 <= data.height <= chart_rules.MAX_ROWS:
        msg = (
            f"{owner}: data has {data.height} rows, allowed 1 to {chart_rules.MAX_ROWS}; "
            "aggregate or filter it before drawing"
        )
        raise DataError(msg)
    return data
