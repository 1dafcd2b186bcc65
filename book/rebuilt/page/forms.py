"""The forms of our charts: each draws a frame in one call, with scales, colours, labels settled.

Categories stand in the order of the frame, and long ones wrap, sooner on a phone. What a reader
who does not see the chart should know is computed from the frame. Beside their own parameters all
forms share these:

group : str, optional
    Field that gives a mark its colour and its shape or dash; named in the legend.
faded : sequence of str
    Groups that are context: drawn in grey.
marks : mapping of str to number or date
    Dashed lines across the plot, by the name that the legend gives them.
log : bool
    Whether the scale of amounts is logarithmic; the title of its axis must say so.
domain : pair, optional
    What the scale of amounts spans.
panels : str, optional
    Field with a panel for each of its values, side by side, and one below the other on a phone.
name, title, note, rows, data
    As in `rebuilt.page.charts.show`; `rows` and `data` are the frame where they are not given.

A frame without rows, without a column that was named, or with amounts that its logarithmic scale
cannot show is refused with a DataError.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, Unpack

import altair as alt
import polars as pl

from rebuilt.errors import DataError
from rebuilt.page import charts, described, naming
from rebuilt.page.blocks import Block, Rows
from rebuilt.page.headings import heading
from rebuilt.page.looks import (
    BAR_SYMBOL,
    EDGE_PX,
    LETTERS_NARROW,
    LETTERS_WIDE,
    LINE_PX,
    STEP_PX,
    Look,
    ends,
    in_order,
    places,
    reference_lines,
    scale_of,
)
from rebuilt.page.palette import GREY, MUTED, NARROW_PX, RAMP, WIDE_PX

POINT_PX2, BAR_PX, LETTER_PX = 100, 15, 6.6
PLOT_PX = 260  # height of a plot whose y axis is a scale
PANELS = 2  # side by side
HALF_YEARS = (500, 1500)  # days; a timeline that spans so much has a tick each half year
DOT_SHARE = 0.05  # of the width of a phone's plot that a dot takes
POINT_SHARE = 1 / 60  # of the days shown; a bar of a shorter window would be less wide than a point
BESIDE_PX = 52  # of a scatter's width that its y axis and its edge take
NAME_EDGE_PX = 22  # between the highest point and the edge, where its name may stand above it
APART_PX = 10  # between the words of two ticks, or every other one is left out
MONTH_PX = 52  # the words of a tick: month and year


class Caption(TypedDict, total=False):
    """What stands around a chart, as `rebuilt.page.charts.show` takes it."""

    name: str
    title: str
    note: str
    rows: Rows
    data: pl.DataFrame


def dots(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    x_title: str,
    group: str | None = None,
    low: str | None = None,
    high: str | None = None,
    faded: Sequence[str] = (),
    marks: Mapping[str, float] | None = None,
    log: bool = False,
    domain: Sequence[float] | None = None,
    panels: str | None = None,
    together: bool = False,
    **caption: Unpack[Caption],
) -> Block:
    """Draw amounts as dots, a line for each category; `low` and `high` draw an interval behind.

    Several groups of one category lie one below the other where they have intervals, unless those
    are the category's own, or where a dot would cover another.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each dot.
    x, y : str
        Fields of the amount and of the category.
    x_title : str
        Title of the amounts, with the unit in brackets.
    low, high : str, optional
        Fields of the ends of an interval.
    together : bool
        Whether an interval is that of its category, so that all groups share one line.
    """
    _check(frame, caption, x, y, group, low, high, panels, positive=(x, low, high) if log else ())
    spans = [field for field in (x, low, high) if field is not None]
    spanned = pl.concat([frame[field].cast(pl.Float64).alias("x") for field in spans])
    apart = group is not None and not together
    apart = apart and (low is not None or _covered(frame, x, y, log=log))

    def draw(look: Look) -> alt.TopLevelMixin:
        scale, axis = scale_of(spanned, log=log, domain=domain, zero=False)
        amount = alt.X(f"{x}:Q", title=x_title, scale=scale, axis=axis)
        placed: dict[str, Any] = {"y": look.category(y)}
        beside = apart and _share_a_line(frame, y, group or "")
        if beside:
            placed["yOffset"] = alt.YOffset(f"{group}:N", sort=look.groups())
        base = alt.Chart().encode(**placed)
        layers = []
        if low is not None and high is not None:
            start = alt.X(f"{low}:Q", title=x_title, scale=scale, axis=axis)
            rule = base.mark_rule(color=GREY, strokeWidth=3, opacity=1)
            layers.append(rule.encode(x=start, x2=f"{high}:Q"))
        points = base.mark_point(filled=True, size=POINT_PX2, opacity=1)
        layers.append(points.encode(x=amount, color=look.colour(), shape=look.shape()))
        told = {x: x_title} | {field: heading(field) for field in spans[1:]}
        total_px = look.height_px(y, BAR_PX * len(look.groups()) + 12 if beside else STEP_PX)
        return _composed(look, layers, marks, amount, (y,), told, total_px, panels)

    told = described.amounts("Dots", frame, x, x_title, y, group)
    return _shown(frame, group, faded, draw, told, caption)


def bars(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    x_title: str,
    group: str | None = None,
    stacked: bool = False,
    faded: Sequence[str] = (),
    marks: Mapping[str, float] | None = None,
    domain: Sequence[float] | None = None,
    panels: str | None = None,
    **caption: Unpack[Caption],
) -> Block:
    """Draw amounts as bars from zero, a line for each category; groups side by side or stacked.

    Parameters are those of `dots`; amounts must stand on a linear scale, which has a zero.
    """
    _check(frame, caption, x, y, group, panels)

    def draw(look: Look) -> alt.TopLevelMixin:
        scale, axis = scale_of(frame[x], log=False, domain=domain, zero=True)
        amount = alt.X(
            f"{x}:Q", title=x_title, scale=scale, axis=axis, stack="zero" if stacked else None
        )
        groups = look.groups()
        beside = group is not None and not stacked and _share_a_line(frame, y, group)
        height = max(6, BAR_PX - 2 * len(groups)) if beside else BAR_PX
        encoded: dict[str, Any] = {"x": amount, "y": look.category(y), "color": look.colour()}
        if beside:
            encoded["yOffset"] = alt.YOffset(f"{group}:N", sort=groups)
        if stacked:
            encoded["order"] = alt.Order("rank:Q")
        drawn = alt.Chart().mark_bar(height=height).encode(**encoded)
        step_px = (height + 3) * len(groups) + 12 if beside else BAR_PX + 12
        total_px = look.height_px(y, step_px)
        return _composed(look, [drawn], marks, amount, (y,), {x: x_title}, total_px, panels)

    ranked = _ranked(frame, group) if stacked else frame
    told = described.amounts("Stacked bars" if stacked else "Bars", frame, x, x_title, y, group)
    return _shown(ranked, group, faded, draw, told, {"data": frame, "rows": frame} | caption)


def columns(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    y_title: str,
    x_title: str = "",
    group: str | None = None,
    stacked: bool = False,
    faded: Sequence[str] = (),
    **caption: Unpack[Caption],
) -> Block:
    """Draw amounts as columns from zero, for categories that follow one another, such as quarters.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each column.
    x, y : str
        Fields of the category and of the amount.
    y_title : str
        Title of the amounts, with the unit in brackets.
    x_title : str
        Title of the categories; none where they speak for themselves.
    stacked : bool
        Whether the groups of a category stand on each other.
    """
    _check(frame, caption, x, y, group)

    def draw(look: Look) -> alt.TopLevelMixin:
        order = [str(name) for name in in_order(frame, x)]
        narrow = look.letters < LETTERS_WIDE
        every = max(1, len(order) * LINE_PX // (200 if narrow else 560))
        letters = sum(len(name) + 2 for name in order)
        flat = letters * LETTER_PX < (230 if narrow else 600)
        axis = alt.Axis(values=order[:: 1 if flat else every], labelAngle=0 if flat else -90)
        amount = alt.Y(f"{y}:Q", title=y_title, stack="zero" if stacked else None)
        encoded: dict[str, Any] = {
            "x": alt.X(f"{x}:N", sort=order, title=x_title or None, axis=axis),
            "y": amount,
            "color": look.colour(),
        }
        if stacked:
            encoded["order"] = alt.Order("rank:Q")
        drawn = alt.Chart().mark_bar().encode(**encoded)
        return _composed(
            look, [drawn], None, amount, (), {x: x_title or x, y: y_title}, PLOT_PX, None
        )

    ranked = _ranked(frame, group) if stacked else frame
    told = described.amounts("Columns", frame, y, y_title, x, group)
    return _shown(ranked, group, faded, draw, told, {"data": frame, "rows": frame} | caption)


def lines(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    y_title: str,
    x_title: str = "",
    group: str | None = None,
    low: str | None = None,
    high: str | None = None,
    points: bool | str = True,
    step: bool = False,
    faded: Sequence[str] = (),
    marks: Mapping[str, Any] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    domain: Sequence[float] | None = None,
    panels: str | None = None,
    **caption: Unpack[Caption],
) -> Block:
    """Draw how an amount changes along another or in time; `marks` stand across x.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each point of a line.
    x, y : str
        Fields; an x of dates is time and needs no title.
    x_title, y_title : str
        Titles of the amounts, each with its unit in brackets.
    low, high : str, optional
        Fields of the edges of a band around the line.
    points : bool or str
        Whether each row is drawn as a point too; or the field that says so of a row.
    step : bool
        Whether a value holds until the next one.
    log_x, log_y : bool
        Which scales are logarithmic.
    domain : pair, optional
        What the y scale spans.
    """
    up_from_zero = (y, low, high) if log_y else ()
    _check(frame, caption, x, y, group, low, high, panels, positive=up_from_zero)
    _check(frame, caption, x, positive=(x,) if log_x else ())
    timed = frame.schema[x].is_temporal()
    edges = [field for field in (y, low, high) if field is not None]
    spanned = pl.concat([frame[field].cast(pl.Float64).alias("y") for field in edges])

    def draw(look: Look) -> alt.TopLevelMixin:
        across = _across(frame, x, x_title, log=log_x)
        scale, axis = scale_of(spanned, log=log_y, domain=domain, zero=not log_y)
        up = alt.Y(f"{y}:Q", title=y_title, scale=scale, axis=axis)
        layers = []
        if low is not None and high is not None:
            edge = alt.Y(f"{low}:Q", title=y_title, scale=scale, axis=axis)
            band = alt.Chart().mark_area(opacity=0.18)
            layers.append(band.encode(x=across, y=edge, y2=f"{high}:Q", color=look.colour()))
        line = alt.Chart().mark_line(interpolate="step-after" if step else "linear")
        layers.append(line.encode(x=across, y=up, color=look.colour(), strokeDash=look.dash()))
        if points:
            dot = alt.Chart().mark_point(filled=True, size=45, opacity=1)
            dot = dot.transform_filter(alt.datum[points]) if isinstance(points, str) else dot
            layers.append(dot.encode(x=across, y=up, color=look.colour(), shape=look.shape()))
        return _composed(
            look, layers, marks, across, (), {x: x_title or x, y: y_title}, PLOT_PX, panels
        )

    told = " ".join(
        ("" if panels is None else f"{name}: ")
        + described.courses(part, x, "" if timed else x_title, y, y_title, group)
        for name, part in _parts(frame, panels)
    )
    return _shown(frame, group, faded, draw, told, caption)


def scatter(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    y_title: str,
    x_title: str = "",
    group: str | None = None,
    labels: str | None = None,
    low: str | None = None,
    high: str | None = None,
    faded: Sequence[str] = (),
    marks: Mapping[str, Any] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    equal: bool = False,
    **caption: Unpack[Caption],
) -> Block:
    """Draw points of two amounts; `marks` stand across x.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each point.
    x, y, x_title, y_title, log_x, log_y
        As in `lines`.
    labels : str, optional
        Field with the name of a point; a null is not written, nor what would be printed over a
        point or another name.
    low, high : str, optional
        Fields of the ends of an interval of y, drawn behind its point.
    equal : bool
        Whether a line shows where both amounts are equal.
    """
    logarithmic = [field for field, log in ((x, log_x), (y, log_y), (low, log_y)) if log]
    _check(frame, caption, x, y, group, labels, low, high, positive=logarithmic)
    spans = [field for field in (y, low, high) if field is not None]
    spanned = pl.concat([frame[field].cast(pl.Float64).alias("y") for field in spans])

    def draw(look: Look) -> alt.TopLevelMixin:
        across = _across(frame, x, x_title, log=log_x)
        scale, axis = scale_of(spanned, log=log_y, domain=None, zero=False)
        if labels is not None and "padding" in scale.to_dict():
            scale = alt.Scale(**(scale.to_dict() | {"padding": NAME_EDGE_PX}))
        up = alt.Y(f"{y}:Q", title=y_title, scale=scale, axis=axis)
        layers = []
        if equal:
            layers.append(_equal_line(frame, x, y).encode(x=across, y=up))
        if low is not None and high is not None:
            start = alt.Y(f"{low}:Q", title=y_title, scale=scale, axis=axis)
            rule = alt.Chart().mark_rule(color=GREY, strokeWidth=3, opacity=1)
            layers.append(rule.encode(x=across, y=start, y2=f"{high}:Q"))
        dot = alt.Chart().mark_point(filled=True, size=70, opacity=1)
        layers.append(dot.encode(x=across, y=up, color=look.colour(), shape=look.shape()))
        if labels is not None:
            layers += _names(look, labels, (across, up), marks or {}, (low, high))
        words_of = [field for field in (labels, low, high) if field is not None]
        names = {field: heading(field) for field in words_of}
        told = names | {x: x_title or x, y: y_title}
        return _composed(look, layers, marks, across, (), told, PLOT_PX + 40, None)

    told = described.cloud(frame, x, x_title, y, y_title, labels)
    return _shown(frame, group, faded, draw, told, caption)


def timeline(
    frame: pl.DataFrame,
    *,
    start: str,
    end: str,
    y: str,
    group: str | None = None,
    faded: Sequence[str] = (),
    marks: Mapping[str, Any] | None = None,
    **caption: Unpack[Caption],
) -> Block:
    """Draw windows of time as bars, those shorter than a point as points, a line for each category.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each window.
    start, end : str
        Fields of its first and last day; both the same for a day.
    y : str
        Field of the category.
    """
    _check(frame, caption, start, end, y, group)
    first, last = min(frame[start].to_list()), max(frame[end].to_list())
    days = (pl.col(end) - pl.col(start)).dt.total_days()
    long = (days > 0) & (days >= POINT_SHARE * (last - first).days)

    def draw(look: Look) -> alt.TopLevelMixin:
        when = _across(frame, start, "", log=False)
        if HALF_YEARS[0] < (last - first).days < HALF_YEARS[1]:
            ticks: dict[str, Any] = {"interval": "month", "step": 6}
            when = when.axis(format="%b %Y", tickCount=ticks)
        shown = look.wrapped(y)
        points = {str(name) for name in shown.filter(~long)[group]} if group else set()
        colour = look.colour(symbol=None if points else BAR_SYMBOL)
        line, groups = look.category(y), look.groups()
        beside = group is not None and _share_a_line(frame, y, group)
        offset = {"yOffset": alt.YOffset(f"{group}:N", sort=groups)} if beside else {}
        height = max(6, BAR_PX - 2 * len(groups)) if beside else BAR_PX
        window = alt.Chart(shown.filter(long)).mark_bar(height=height, cornerRadius=3)
        day = alt.Chart(shown.filter(~long)).mark_point(filled=True, size=POINT_PX2, opacity=1)
        layers = [window.encode(x=when, x2=f"{end}:T", y=line, color=colour, **offset)]
        if not frame.filter(~long).is_empty():  # or the legend would show points
            shape = look.shape(bars=[name for name in groups if str(name) not in points])
            layers.append(day.encode(x=when, y=line, color=colour, shape=shape, **offset))
        tall_px = look.height_px(y, (height + 3) * len(groups) + 12 if beside else BAR_PX + 12)
        told = {start: "from", end: "to"}
        return _composed(look, layers, marks, when, (y,), told, tall_px, None)

    told = described.windows(frame, start, end, y, group)
    return _shown(frame, group, faded, draw, told, caption)


def tiles(
    frame: pl.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    value_title: str,
    x_title: str,
    text: str | None = None,
    **caption: Unpack[Caption],
) -> Block:
    """Draw amounts as the shades of a table of tiles.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each tile.
    x, y, value : str
        Fields of the column, of the line and of the amount.
    x_title, value_title : str
        Titles; that of the amount with its unit in brackets.
    text : str, optional
        Field that is written on a tile.
    """
    _check(frame, caption, x, y, value, text)

    def draw(look: Look) -> alt.TopLevelMixin:
        across = alt.X(
            f"{x}:O", sort=in_order(frame, x), title=x_title, axis=alt.Axis(labelAngle=0)
        )
        line = look.category(y)
        shade = alt.Color(f"{value}:Q", title=value_title, scale=alt.Scale(range=list(RAMP)))
        base = alt.Chart().encode(x=across, y=line)
        layers = [base.mark_rect().encode(color=shade)]
        if text is not None:
            middle = sum(ends(frame[value])) / 2
            ink = alt.condition(
                alt.datum[value] < middle,
                alt.value(charts.ON_RAMP[0]),
                alt.value(charts.ON_RAMP[1]),
            )
            layers.append(base.mark_text(fontSize=11).encode(text=f"{text}:N", color=ink))
        height_px = look.height_px(y)
        return _composed(
            look, layers, None, across, (y,), {x: x_title, value: value_title}, height_px, None
        )

    told = described.amounts("Tiles", frame, value, value_title, y, x)
    return _shown(frame, None, (), draw, told, caption)


def _check(
    frame: pl.DataFrame,
    caption: Any,
    *fields: str | None,
    positive: Sequence[str | None] = (),
) -> None:
    """Refuse a frame that a form cannot draw, or would draw without some of its rows.

    Raises
    ------
    DataError
        If it has no rows, lacks a column, or has an amount that no logarithmic scale can show.
    """
    owner = f"chart {caption.get('name', '')}"
    if frame.is_empty():
        msg = f"{owner}: the frame has no rows; check the filter that made it"
        raise DataError(msg)
    for field in fields:
        if field is not None and field not in frame.columns:
            msg = f"{owner}: no column {field!r}; the frame has {', '.join(frame.columns)}"
            raise DataError(msg)
    for field in positive:
        least = 1.0 if field is None else ends(frame[field])[0]
        if least <= 0:
            msg = f"{owner}: {field} goes down to {least:g}, which no logarithmic scale can show"
            raise DataError(msg)


def _across(frame: pl.DataFrame, x: str, x_title: str, *, log: bool) -> alt.X:
    if frame.schema[x].is_temporal():
        axis = alt.Axis(
            format="%b %Y",
            tickCount=5,
            labelOverlap="parity",
            labelSeparation=APART_PX,
            labelFlush=MONTH_PX / 2,  # one so near to an end would run out of the drawing
        )
        return alt.X(f"{x}:T", title=None, axis=axis, scale=alt.Scale(padding=EDGE_PX))
    scale, axis = scale_of(frame[x], log=log, domain=None, zero=False)
    return alt.X(f"{x}:Q", title=x_title, scale=scale, axis=axis)


def _parts(frame: pl.DataFrame, field: str | None) -> list[tuple[str, pl.DataFrame]]:
    """Return the rows of each value of a field with that value; all rows where there is none."""
    if field is None:
        return [("", frame)]
    return [(str(name), frame.filter(pl.col(field) == name)) for name in in_order(frame, field)]


def _ranked(frame: pl.DataFrame, group: str | None) -> pl.DataFrame:
    """Return the frame with the place of each group, by which groups are stacked."""
    order = {} if group is None else {name: n for n, name in enumerate(in_order(frame, group))}
    return frame.with_columns(rank=pl.col(group).replace_strict(order) if group else pl.lit(0))


def _share_a_line(frame: pl.DataFrame, y: str, group: str) -> bool:
    """Whether some category has marks of more than one group."""
    return frame.group_by(y).agg(pl.col(group).n_unique())[group].max() != 1


def _covered(frame: pl.DataFrame, x: str, y: str, *, log: bool) -> bool:
    """Whether a dot would cover another one of its category."""
    amount = frame[x].cast(pl.Float64).log10() if log else frame[x].cast(pl.Float64)
    low, high = ends(amount)
    placed = frame.select(pl.col(y).alias("y"), at=amount).sort("at")
    near = placed.select((pl.col("at").diff().over("y") < DOT_SHARE * (high - low)).any())
    return bool(near.item())


def _composed(
    look: Look,
    layers: Sequence[alt.Chart],
    marks: Mapping[str, Any] | None,
    axis: Any,
    categories: Sequence[str],
    amounts: Mapping[str, str],
    height_px: float,
    panels: str | None,
) -> alt.TopLevelMixin:
    """Join layers and reference lines over one frame, in panels if there are any."""
    above = bool(categories) and panels is None
    tips = look.tips({field: heading(field) for field in categories} | dict(amounts))
    layers = [layer.encode(tooltip=tips) for layer in layers]
    lines = reference_lines(look.frame, marks, axis, above=above) if marks else []
    whole = alt.layer(*layers, *lines, data=look.wrapped(*categories)).properties(height=height_px)
    if panels is not None:
        header = alt.Header(labelFontWeight="bold", labelAnchor="start")
        order = in_order(look.frame, panels)
        facet = alt.Facet(f"{panels}:N", title=None, sort=order, header=header)
        whole = whole.facet(facet=facet, columns=PANELS if look.letters == LETTERS_WIDE else 1)
    return whole.configure_legend(offset=LINE_PX * len(marks) + 8) if marks and above else whole


def _equal_line(frame: pl.DataFrame, x: str, y: str) -> alt.Chart:
    """Draw where two amounts are equal, as far as both are on the plot."""
    (left, right), (bottom, top) = ends(frame[x]), ends(frame[y])
    both = [max(left, bottom), min(right, top)]
    straight = alt.Chart(pl.DataFrame({x: both, y: both}))
    dashed: alt.Chart = straight.mark_line(color=MUTED, strokeDash=[5, 3], strokeWidth=1.5)
    return dashed


def _names(
    look: Look,
    labels: str,
    axes: tuple[alt.X, alt.Y],
    marks: Mapping[str, Any],
    intervals: tuple[str | None, str | None],
) -> list[alt.Chart]:
    """Write the names of points, a layer for each side on which some stand."""
    spots = pl.Series(_spots(look, labels, axes, marks, intervals), dtype=pl.Int64)
    named, layers = look.wrapped().with_columns(spot=spots), []
    for turn, spot in enumerate(naming.SPOTS):
        own = named.filter(pl.col("spot") == turn).drop("spot")
        if not own.is_empty():
            words = alt.Chart(own).mark_text(color=MUTED, fontSize=11, **spot._asdict())
            layers.append(words.encode(x=axes[0], y=axes[1], text=f"{labels}:N"))
    return layers


def _spots(
    look: Look,
    labels: str,
    axes: tuple[alt.X, alt.Y],
    marks: Mapping[str, Any],
    intervals: tuple[str | None, str | None],
) -> list[int | None]:
    """Return on which of `naming.SPOTS` the name of each point stands; None where on none."""
    said: list[Any] = [axis.to_dict() for axis in axes]
    frame, (x, y) = look.frame, said
    narrow = look.letters == LETTERS_NARROW
    size = ((NARROW_PX if narrow else WIDE_PX) - BESIDE_PX, float(PLOT_PX + 40))
    lines = places(pl.Series(list(marks.values()), dtype=frame.schema[x["field"]])).to_list()
    values = [places(frame[axis["field"]]).to_list() for axis in (x, y)]
    timed = {"nice": False} if frame.schema[x["field"]].is_temporal() else {}
    lefts = naming.along([*values[0], *lines], (x.get("scale") or {}) | timed, size[0], lines)
    spans = [places(frame[field]).to_list() for field in intervals if field is not None]
    spanned = [value for span in spans for value in span if value is not None]
    levels = [
        naming.along(span, y.get("scale") or {}, size[1], [*spanned, *ends(frame[y["field"]])])
        for span in (values[1], *spans)
    ]
    downs, *edges = ([None if up is None else size[1] - up for up in level] for level in levels)
    points = list(zip(lefts, downs, strict=False))
    drawn: Any = zip(lefts, *edges, strict=False) if spanned else ()
    taken = [
        naming.Box(left - 2, top, left + 2, bottom)
        for left, bottom, top in drawn
        if None not in (left, bottom, top)
    ]
    taken += [
        box
        for place, (name, left) in enumerate(zip(marks, lefts[frame.height :], strict=True))
        if left is not None
        for box in naming.of_line(name, left, size, LINE_PX * (place + 1))
    ]
    found = naming.placed(points, frame[labels].to_list(), size, taken)
    return [None if spot is None else naming.SPOTS.index(spot) for spot in found]


def _shown(
    frame: pl.DataFrame,
    group: str | None,
    faded: Sequence[str],
    draw: Callable[[Look], alt.TopLevelMixin],
    description: str,
    caption: Any,
) -> Block:
    """Draw at both sizes and show what was drawn."""
    return charts.show(
        draw(Look(frame, group, faded, LETTERS_WIDE)),
        narrow=draw(Look(frame, group, faded, LETTERS_NARROW)),
        description=description,
        **({"rows": frame, "data": frame} | caption),
    )
