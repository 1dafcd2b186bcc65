"""How a chart fills the width it is given: one view or many, legend, and title of the y axis."""

import copy
import textwrap
from collections.abc import Iterator
from typing import Any

from rebuilt.page import svg, vega

MAX_CORRECTIONS = 8
LEAST_VIEW_PX = 30
STEP_PX = 26  # height of one category where the chart does not say
COMPOSED = ("hconcat", "vconcat", "concat", "facet", "repeat")
LEGENDS = ("color", "fill", "stroke", "shape", "size", "strokeDash")
CHARACTER_PX, SYMBOL_PX = 6.6, 40  # mean width of a legend's letter; its symbol and gaps
TITLE_ABOVE = {
    "titleAngle": 0,
    "titleAlign": "left",
    "titleAnchor": "end",
    "titleX": 0,
    "titleY": -10,
    "titleBaseline": "bottom",
}
EDGE_PX = 10  # right padding of the theme
TITLE_PX = 28  # what a title above the y axis needs below a legend


def is_composed(spec: dict[str, Any]) -> bool:
    """Whether the chart holds several views side by side, stacked or faceted."""
    facets = {"row", "column", "facet"} & set(spec.get("encoding", {}))
    return bool(facets) or any(key in spec for key in COMPOSED)


def arrange(spec: dict[str, Any], plot_px: float) -> dict[str, Any]:
    """Return a copy whose legend and x title wrap at `plot_px`, with the y title above its axis.

    Legends of one field (colour, shape, dash) are made to merge into one. Panels with headers keep
    the rotated title, which would collide with the header.
    """
    arranged = copy.deepcopy(spec)
    config = arranged.setdefault("config", {})
    columns = _legend_columns(spec, plot_px)
    if columns:
        config["legend"] = config.get("legend", {}) | {"columns": columns}
    if not is_composed(spec):
        _name_domains(arranged)
        _fix_height(arranged)
        _wrap_x_titles(arranged, plot_px)
        config["axisY"] = config.get("axisY", {}) | TITLE_ABOVE
        if _has_y_title(spec):
            config["legend"] = config.get("legend", {}) | {"offset": TITLE_PX}
    return arranged


def fit(spec: dict[str, Any], width_px: int) -> dict[str, Any]:
    """Return a copy of `spec` that is exactly `width_px` wide, axes and legends included.

    One view (layers too) is fitted by Vega-Lite itself. Composed charts cannot be: the total width
    is nearly a linear function of the width of one view, so two trial drawings give
    a first answer and a few more correct it. The trials are wide: the header of a panel or a legend
    may be wider than a narrow view, and would hide how the width grows.
    """
    if not is_composed(spec):
        size = {"width": width_px, "autosize": {"type": "fit-x", "contains": "padding"}}
        # Legend and x title have the width of the plot, which only a drawing tells.
        trial = vega.drawing(arrange(spec, width_px) | size)
        return arrange(spec, width_px - svg.origin(trial) - EDGE_PX) | size
    spec = arrange(spec, width_px)
    low, high = width_px, 2 * width_px
    total_low, total_high = (_drawn_width(_set_views(spec, view)) for view in (low, high))
    slope = max(0.5, (total_high - total_low) / (high - low))
    view = int(high + (width_px - total_high) / slope)
    for _ in range(MAX_CORRECTIONS):  # bars and ticks snap to pixels: linear only nearly
        excess = _drawn_width(_set_views(spec, view)) - width_px
        if excess <= 0 or view <= LEAST_VIEW_PX:
            break
        view -= max(1, int(excess / slope))
    return _set_views(spec, view)


def stack(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a copy whose views stand one below the other, for narrow screens."""
    stacked = copy.deepcopy(spec)
    if "hconcat" in stacked:
        stacked["vconcat"] = stacked.pop("hconcat")
    if "concat" in stacked or isinstance(stacked.get("facet"), dict):
        stacked["columns"] = 1
    facet = stacked.get("encoding", {})
    if "facet" in facet:
        facet["facet"]["columns"] = 1
    elif "column" in facet and "row" not in facet:
        facet["facet"] = facet.pop("column") | {"columns": 1}
    return stacked


def _drawn_width(spec: dict[str, Any]) -> float:
    return svg.width(vega.drawing(spec))


def _set_views(spec: dict[str, Any], view_px: int) -> dict[str, Any]:
    """Return a copy in which every single view is `view_px` wide."""
    changed = copy.deepcopy(spec)
    children = [
        child
        for key in COMPOSED
        for child in changed.get(key, [])
        if key in changed and isinstance(changed[key], list)
    ]
    inner = changed.get("spec")
    if children:
        for key in COMPOSED:
            if isinstance(changed.get(key), list):
                changed[key] = [_set_views(child, view_px) for child in changed[key]]
    elif isinstance(inner, dict):
        changed["spec"] = _set_views(inner, view_px)
    else:
        changed["width"] = view_px
    return changed


def _views(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield spec
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for view in spec.get(key, []):
            yield from _views(view)
    if isinstance(spec.get("spec"), dict):
        yield from _views(spec["spec"])


def _name_domains(spec: dict[str, Any]) -> None:
    """Write out the categories of every legend: Vega-Lite merges only legends of equal domains."""
    for encoding in _legends(spec):
        scale = encoding.get("scale", {})
        if scale is None or "domain" in scale:
            continue
        order = encoding.get("sort")
        domain = order if isinstance(order, list) else sorted(_categories(spec, encoding["field"]))
        encoding["scale"] = scale | {"domain": domain}


def _fix_height(spec: dict[str, Any]) -> None:
    """Turn a height per category into pixels: Vega-Lite fits a width only beside a known height."""
    height = spec.get("height")
    if isinstance(height, int | float):
        return
    fields = {
        view["encoding"]["y"]["field"]
        for view in _views(spec)
        if view.get("encoding", {}).get("y", {}).get("type") in {"nominal", "ordinal"}
        and "field" in view["encoding"]["y"]
    }
    if not fields:
        return
    count = max(len(_categories(spec, field)) for field in fields)
    spec["height"] = count * (height["step"] if isinstance(height, dict) else STEP_PX)


def _wrap_x_titles(spec: dict[str, Any], plot_px: float) -> None:
    """Break a title that is longer than its axis."""
    for view in _views(spec):
        axis = view.get("encoding", {}).get("x", {})
        for holder in (axis, axis.get("axis") or {}):
            if isinstance(holder.get("title"), str):
                letters = max(12, int(plot_px / CHARACTER_PX))
                lines = textwrap.wrap(holder["title"], letters)
                holder["title"] = lines if len(lines) > 1 else holder["title"]


def _legends(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every encoding that a legend explains by categories."""
    for view in _views(spec):
        for channel in LEGENDS:
            encoding = view.get("encoding", {}).get(channel, {})
            if encoding.get("type") in {"nominal", "ordinal"} and encoding.get("field"):
                yield encoding


def _categories(spec: dict[str, Any], field: str) -> set[Any]:
    rows = [row for data in spec.get("datasets", {}).values() for row in data]
    return {row[field] for row in rows if row.get(field) is not None}


def _has_y_title(spec: dict[str, Any]) -> bool:
    axes = [view.get("encoding", {}).get("y", {}) for view in _views(spec)]
    return any(axis.get("title", (axis.get("axis") or {}).get("title")) for axis in axes)


def _legend_columns(spec: dict[str, Any], width_px: float) -> int:
    """Columns a legend must have to stay inside; 0 where one row is enough."""
    columns = 0
    for encoding in _legends(spec):
        labels = {str(value) for value in _categories(spec, encoding["field"])}
        widths = [CHARACTER_PX * len(label) + SYMBOL_PX for label in labels]
        if sum(widths) > width_px:
            fitting = max(1, int(width_px // max(widths)))
            columns = min(columns or fitting, fitting)
    return columns
