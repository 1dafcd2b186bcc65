"""What a chart must have before it is drawn: titles, units, colours of the palette, few rows."""

import re
from collections.abc import Iterator
from typing import Any

import altair as alt

from rebuilt.errors import DataError
from rebuilt.page import theme
from rebuilt.page.palette import LIGHT, ON_RAMP, RAMP

MAX_ROWS = 500  # a page holds every row three times: table, CSV and specification
AXES = ("x", "y")
LEGENDS = ("color", "fill", "stroke", "shape", "size", "strokeDash", "opacity")
UNIT = re.compile(r"\([^()]+\)\s*$")
HEX = re.compile(r"#[0-9a-fA-F]{3,8}")
COLOUR_KEYS = {"color", "fill", "stroke"}
theme.enable()
ALLOWED = {*LIGHT.values(), *RAMP, *ON_RAMP, "transparent", "none"}


def checked(owner: str, chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return the Vega-Lite dictionary of a chart whose axes, legends and colours keep the contract.

    Raises
    ------
    DataError
        Naming the chart, the channel or colour, and what to write instead.
    """
    spec = chart.to_dict()
    for channel, encoding in _encodings(spec):
        _check_title(owner, channel, encoding)
    _check_bars(owner, spec)
    _check_colours(owner, {key: value for key, value in spec.items() if key != "datasets"})
    for rows in spec.get("datasets", {}).values():
        if len(rows) > MAX_ROWS:
            msg = (
                f"{owner}: its specification holds {len(rows)} rows, allowed 1 to {MAX_ROWS}; "
                "aggregate or filter before drawing"
            )
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


def _check_bars(owner: str, spec: dict[str, Any]) -> None:
    """Check that no bar stands on a logarithmic scale, which has no zero: it is not even drawn."""
    mark = spec.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    for channel in AXES if kind == "bar" else ():
        encoding = spec.get("encoding", {}).get(channel, {})
        logarithmic = (encoding.get("scale") or {}).get("type") == "log"
        between = f"{channel}2" in spec["encoding"] or "bin" in encoding
        if logarithmic and not between:
            msg = (
                f"{owner}: a bar along {channel} has no zero to stand on a log scale; "
                f"draw points, or give {channel}2 for where it starts"
            )
            raise DataError(msg)
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for view in spec.get(key, []):
            _check_bars(owner, view)


def _check_title(owner: str, channel: str, encoding: dict[str, Any]) -> None:
    """Check that a drawn scale has a title, and a quantitative one its unit in brackets."""
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
        wanted = (
            'title="Memory bandwidth (TB/s)"' if quantitative else 'title="Vendor" or title=None'
        )
        msg = f"{what} has no title; give it one, for instance {wanted}"
        raise DataError(msg)
    if quantitative and not UNIT.search(" ".join([title] if isinstance(title, str) else title)):
        msg = (
            f"{what} has the title {title!r} without a unit; end it with the unit in brackets, "
            "for instance (TB/s), (%), (ratio) or (count)"
        )
        raise DataError(msg)


def _check_colours(owner: str, part: Any, key: str = "") -> None:
    """Check that colours come from the palette, or dark pages and some readers would lose them."""
    if isinstance(part, list):
        for value in part:
            _check_colours(owner, value, key)
    elif isinstance(part, dict):
        for inner, value in part.items():
            _check_colours(owner, value, key if inner == "value" else inner)
    elif isinstance(part, str) and _is_foreign(part, key):
        msg = (
            f"{owner}: colour {part!r} is not of the palette; use charts.BLUE, charts.CONTEXT "
            "and so on, which follow light and dark pages"
        )
        raise DataError(msg)


def _is_foreign(text: str, key: str) -> bool:
    is_colour = key in COLOUR_KEYS or HEX.fullmatch(text) is not None
    return is_colour and text.lower() not in ALLOWED
