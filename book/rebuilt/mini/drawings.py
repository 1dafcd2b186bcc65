"""Two forms of chart for what the runs of the miniature measured: over a number, or by case."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from rebuilt.page import charts

Y_TITLE = "Trait as asked (%)"
ROW = 15  # pixels


def lines(
    frame: pl.DataFrame, field: str, title: str, traits: Sequence[str], *, log: bool = False
) -> alt.LayerChart:
    """Draw the share of each trait over `field`, with intervals.

    Parameters
    ----------
    frame : polars.DataFrame
        Of `results.quality`.
    field, title : str
        Column of the horizontal axis, and its title with the unit in brackets.
    traits : sequence of str
        In the order of the legend.
    log : bool
        Whether the axis is logarithmic.
    """
    x = alt.X(
        f"{field}:Q",
        title=title,
        scale=alt.Scale(type="log") if log else alt.Scale(zero=False),
        axis=alt.Axis(values=frame[field].unique().sort().to_list(), format="~g"),
    )
    y = alt.Y("share:Q", title=Y_TITLE, scale=alt.Scale(domain=[0, 100]))
    low = alt.Y("low:Q", title=Y_TITLE)
    base, colour, shape = alt.Chart(frame), _colour(traits), _shape(traits)
    drawn: alt.LayerChart = (
        base.mark_line(strokeWidth=1.5).encode(x=x, y=y, color=colour)
        + base.mark_rule(opacity=0.6).encode(x=x, y=low, y2="high:Q", color=colour)
        + base.mark_point(filled=True, size=70, opacity=1).encode(
            x=x, y=y, color=colour, shape=shape
        )
    )
    return drawn.properties(height=240)


def dots(
    frame: pl.DataFrame, cases: Sequence[str], title: str, traits: Sequence[str]
) -> alt.LayerChart:
    """Draw the share of each trait in each `case`, with intervals; one row for each of both.

    Labels of cases are broken at commas, so that they fit a narrow screen.
    """
    broken = alt.Axis(labelLimit=230, labelExpr="split(datum.label, ', ')")
    y = alt.Y("case:N", title=title or None, sort=list(cases), axis=broken)
    offset = alt.YOffset("trait:N", sort=list(traits))
    x = alt.X("share:Q", title=Y_TITLE, scale=alt.Scale(domain=[0, 100]))
    low = alt.X("low:Q", title=Y_TITLE)
    base, colour, shape = alt.Chart(frame), _colour(traits), _shape(traits)
    drawn: alt.LayerChart = base.mark_rule(strokeWidth=1.5).encode(
        y=y, yOffset=offset, x=low, x2="high:Q", color=colour
    ) + base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y, yOffset=offset, x=x, color=colour, shape=shape
    )
    return drawn.properties(height=alt.Step(ROW * len(traits)))


def table(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return what a chart's table holds: the columns, counts, and shares to one decimal."""
    kept = frame.select(*columns, "trait", "clips", "held", "share", "low", "high")
    return kept.with_columns(pl.col("share", "low", "high").round(1))


def _colour(traits: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=list(traits), range=list(charts.CATEGORIES[: len(traits)]))
    return alt.Color("trait:N", title="Trait", sort=list(traits), scale=scale)


def _shape(traits: Sequence[str]) -> alt.Shape:
    scale = alt.Scale(domain=list(traits), range=list(charts.SHAPES[: len(traits)]))
    return alt.Shape("trait:N", title="Trait", sort=list(traits), scale=scale)
