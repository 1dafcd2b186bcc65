"""How the forms of charts look: colours, shapes and dashes of groups, axes, labels that wrap.

A group has a colour and a shape or dash of its own, so that no meaning hangs on colour alone.
"""

import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from rebuilt.page.headings import heading
from rebuilt.page.palette import BLUE, CATEGORIES, CONTEXT, DASHES, INK, SHAPES

STEP_PX, LINE_PX = 28, 14  # height of a category, and of one line of its label
LETTERS_WIDE, LETTERS_NARROW = 36, 17  # of a category before it wraps
LONG_NUMBER = 1e9  # from here on, ticks of a log axis are powers of ten
FEW_DECADES = 2  # below, a log axis also names twos and fives
SOME_DECADES = 3.5  # below, it also names threes
BAR_SYMBOL = "M-1,-0.45H1V0.45H-1Z"  # of a window of time, in a legend
NEAR = 0.1  # of the largest amount; a scale that begins so low begins at zero
LATE = 0.6  # part of a plot behind which the names of lines read to the left
EDGE_PX = 12  # between the outermost points and the edge of a scale that has no zero


@dataclass(frozen=True, slots=True)
class Look:
    """One frame at one size: what groups it, which groups recede, how long a label may be."""

    frame: pl.DataFrame
    group: str | None = None
    faded: Sequence[str] = ()
    letters: int = LETTERS_WIDE

    def groups(self) -> list[str]:
        """Return the groups in the order of the frame."""
        return [] if self.group is None else in_order(self.frame, self.group)

    def colour(self, symbol: str | None = None) -> Any:
        """Colour of a mark by its group; faded ones have that of context.

        `symbol` is what the legend draws where no shape says it.
        """
        if self.group is None:
            return alt.value(BLUE)
        free = iter(CATEGORIES * 2)
        colours = [CONTEXT if name in self.faded else next(free) for name in self.groups()]
        settings = self._of_groups(colours)
        if symbol is not None:
            settings["legend"] = alt.Legend(symbolOpacity=1, symbolType=symbol)
        return alt.Color(f"{self.group}:N", **settings)

    def shape(self, bars: Sequence[str] = ()) -> Any:
        """Shape of a point by its group; a group of `bars` has no point, and theirs in legends."""
        if self.group is None:
            return alt.value(SHAPES[0])
        free = [*SHAPES, *SHAPES]
        own = [BAR_SYMBOL if name in bars else free[n] for n, name in enumerate(self.groups())]
        return alt.Shape(f"{self.group}:N", **self._of_groups(own))

    def dash(self) -> Any:
        """Dashes of a line by its group."""
        if self.group is None:
            return alt.value([1, 0])
        return alt.StrokeDash(f"{self.group}:N", **self._of_groups(DASHES))

    def _of_groups(self, values: Sequence[Any]) -> dict[str, Any]:
        groups = self.groups()
        scale = alt.Scale(domain=groups, range=[*values, *values][: len(groups)])
        legend = alt.Legend(symbolOpacity=1)  # where a band lies behind a line, its own is paler
        return {"title": None, "sort": groups, "scale": scale, "legend": legend}

    def tips(self, titles: Mapping[str, str]) -> list[alt.Tooltip]:
        """Return what the explored chart says of a mark: its group and these fields, by title."""
        named = {} if self.group is None else {self.group: heading(self.group)}
        return [self._tip(field, title) for field, title in (named | dict(titles)).items()]

    def _tip(self, field: str, title: str) -> alt.Tooltip:
        dtype = self.frame.schema[field]
        if dtype.is_temporal():
            return alt.Tooltip(f"{field}:T", title=title, format="%Y-%m-%d")
        if dtype.is_numeric():
            return alt.Tooltip(f"{field}:Q", title=title, format=",.4~r")
        return alt.Tooltip(f"{field}:N", title=title)

    def wrapped(self, *fields: str | None) -> pl.DataFrame:
        """Return the frame with the categories of these fields broken into lines."""
        drawn = self.frame.drop("source", strict=False)  # for the caption, in no order
        return drawn.with_columns(
            pl.col(field)
            .cast(pl.String)
            .replace_strict(
                {name: wrap(name, self.letters) for name in map(str, in_order(self.frame, field))}
            )
            for field in fields
            if field is not None
        )

    def category(self, field: str) -> alt.Y:
        """Return a y axis of categories in the order of the frame."""
        names = [wrap(str(name), self.letters) for name in in_order(self.frame, field)]
        return alt.Y(f"{field}:N", sort=names, title=None, axis=_lines(names))

    def height_px(self, field: str, step_px: float = STEP_PX) -> float:
        """Return the height of a plot that has a line for each category of a field."""
        names = in_order(self.frame, field)
        deepest = max(wrap(str(name), self.letters).count("\n") + 1 for name in names)
        return max(60, len(names) * max(step_px, LINE_PX * deepest + 8))


def _lines(names: Sequence[str]) -> alt.Axis:
    """Return an axis whose labels may have several lines; Vega centres only the first of them."""
    counts = sorted({name.count("\n") for name in names} - {0})
    raised = [
        {"test": f"length(split(datum.value, '\\n')) == {more + 1}", "value": -more * LINE_PX / 2}
        for more in counts
    ]
    return alt.Axis(
        labelExpr="split(datum.value, '\\n')",
        labelLimit=400,
        labelLineHeight=LINE_PX,
        labelOffset={"condition": raised, "value": 0} if raised else 0,
    )


def in_order(frame: pl.DataFrame, field: str) -> list[Any]:
    """Return the values of a field, each once, in the order of the frame."""
    return frame[field].drop_nulls().unique(maintain_order=True).to_list()


def wrap(text: str, letters: int) -> str:
    """Break a label into lines."""
    return "\n".join(textwrap.wrap(text, letters, break_long_words=False)) or text


def scale_of(
    values: pl.Series, *, log: bool, domain: Sequence[Any] | None, zero: bool
) -> tuple[alt.Scale, alt.Axis]:
    """Return scale and axis of a quantity: what they span, and where ticks stand."""
    if not log and domain is None and _near_zero(values):
        zero = True  # or the room at the edge would be below zero
    options: dict[str, Any] = {"padding": EDGE_PX} if not zero else {}
    if domain is not None:
        options = {"domain": list(domain), "nice": False}
        zero = False  # or the scale would reach down to zero all the same
    if not log:
        return alt.Scale(zero=zero, **options), alt.Axis(tickCount=6)
    ticks = log_ticks(*((domain[0], domain[-1]) if domain else ends(values)))
    words: dict[str, Any] = {"labelExpr": _powers(ticks)} if ticks[-1] >= LONG_NUMBER else {}
    return alt.Scale(type="log", **({"nice": False} | options)), alt.Axis(values=ticks, **words)


def _powers(ticks: Sequence[float]) -> str:
    """Return an expression that writes the ticks of a log scale as powers of ten, from one up."""
    raised = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    words = {}
    for tick in ticks:
        step, power = f"{tick:.0e}".split("e")
        if tick >= 1:
            ten = f"10{str(int(power)).translate(raised)}"
            words[f"{tick:.0f}"] = ten if step == "1" else f"{step}·{ten}"
    return f"{json.dumps(words, ensure_ascii=False)}[toString(datum.value)] || datum.label"


def _near_zero(values: pl.Series) -> bool:
    low, high = ends(values)
    return 0 <= low < NEAR * high


def places(values: pl.Series) -> pl.Series:
    """Return amounts, or days as the days since a first one, as numbers."""
    return values.to_physical().cast(pl.Float64)


def ends(values: pl.Series) -> tuple[float, float]:
    """Return the least and the greatest of some numbers."""
    known = values.drop_nulls().cast(pl.Float64).to_list()
    return min(known), max(known)


def log_ticks(low: float, high: float) -> list[float]:
    """Return powers of ten around a range, with twos and fives where it is short.

    Examples
    --------
    >>> log_ticks(0.5, 30)
    [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
    >>> log_ticks(1.8, 309)
    [3.0, 10.0, 30.0, 100.0, 300.0, 1000.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = math.log10(high / low)
    few, some = (1, 2, 5), (1, 3) if decades <= SOME_DECADES else (1,)
    steps = few if decades <= FEW_DECADES else some
    ticks = [float(f"{step}e{power}") for power in range(first, last + 1) for step in steps]
    inside = [tick for tick in ticks if low <= tick <= high]
    below, above = [t for t in ticks if t < low][-1:], [t for t in ticks if t > high][:1]
    return (below if not inside or inside[0] > low * 2 else []) + inside + above


def reference_lines(
    frame: pl.DataFrame, marks: Mapping[str, Any], axis: Any, *, above: bool
) -> list[alt.Chart]:
    """Return dashed lines across x, each with its name at the top: `above` the plot or inside.

    A name reads from its line to the right, or to the left where the plot ends soon.
    """
    encoding = axis.to_dict()
    field, scale = encoding["field"], encoding.get("scale", {})
    spanned = pl.concat([frame[field], pl.Series(field, list(marks.values()), frame.schema[field])])
    low, high = scale.get("domain") or ends(places(spanned))
    logarithmic = scale.get("type") == "log"
    drawn = []
    for position, (name, value) in enumerate(sorted(marks.items(), key=lambda mark: mark[1])):
        line = alt.Chart(pl.DataFrame({field: [value], "mark": [name]})).encode(x=axis)
        dy = -6 - LINE_PX * (len(marks) - 1 - position) if above else 8 + LINE_PX * position
        drawn.append(line.mark_rule(color=INK, strokeWidth=1.5, strokeDash=[5, 3]))
        (at,) = places(pl.Series([value]))
        part = (
            (math.log(at / low) / math.log(high / low))
            if logarithmic
            else (at - low) / (high - low or 1)
        )
        side: dict[str, Any] = {"align": "left", "dx": -3 if above else 4}
        if part > LATE:
            side = {"align": "right", "dx": 3 if above else -4}
        words = line.mark_text(**side, dy=dy, color=INK, fontSize=11, clip=False)
        drawn.append(words.encode(y=alt.value(0), text="mark:N"))
    return drawn
