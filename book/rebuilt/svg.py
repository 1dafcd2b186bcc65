"""Vega-Lite specification -> SVG that a page can hold: fixed width, CSS colours, no shared ids.

Text stays text. Attributes that would fight a strict Content-Security-Policy (`style`) or that
screen readers must not hear inside one image (`role`, `aria-*`) are removed.
"""

import copy
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import vl_convert

from rebuilt.palette import FONT, variables

FONTS = Path(__file__).parent / "site" / "static" / "fonts"
SVG = "http://www.w3.org/2000/svg"
MAX_CORRECTIONS = 8
COMPOSED = ("hconcat", "vconcat", "concat", "facet", "repeat")
_LINKS = re.compile(r"url\(#([^)]+)\)")
# What Vega writes on every element although it is the default.
_DEFAULTS = {
    ("opacity", "1"),
    ("pointer-events", "none"),
    ("font-family", FONT),
    ("text-anchor", "start"),
}

ET.register_namespace("", SVG)
vl_convert.register_font_directory(str(FONTS))


def is_composed(spec: dict[str, Any]) -> bool:
    """Whether the chart holds several views side by side, stacked or faceted."""
    facets = {"row", "column", "facet"} & set(spec.get("encoding", {}))
    return bool(facets) or any(key in spec for key in COMPOSED)


def fit(spec: dict[str, Any], width_px: int) -> dict[str, Any]:
    """Return a copy of `spec` that is exactly `width_px` wide, axes and legends included.

    One view (layers too) is fitted by Vega-Lite itself. Composed charts cannot be: the total width
    is nearly a linear function of the width of one view, so two trial drawings give
    a first answer and a few more correct it.
    """
    if not is_composed(spec):
        return copy.deepcopy(spec) | {"width": width_px, "autosize": {"type": "fit-x", "contains": "padding"}}
    low, high = 60, 160
    total_low, total_high = (_drawn_width(_set_views(spec, view)) for view in (low, high))
    slope = max(0.5, (total_high - total_low) / (high - low))
    view = int(high + (width_px - total_high) / slope)
    for _ in range(MAX_CORRECTIONS):  # bars and ticks snap to pixels: linear only nearly
        excess = _drawn_width(_set_views(spec, view)) - width_px
        if excess <= 0 or view <= low / 2:
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
        facet["row"] = facet.pop("column")
    return stacked


def draw(spec: dict[str, Any], *, prefix: str, title: str, description: str) -> str:
    """Draw `spec` as one SVG element whose ids all begin with `prefix`.

    Parameters
    ----------
    spec : dict
        Vega-Lite specification with its width already set (`fit`).
    prefix : str
        Unique on the page, for instance `memory-by-generation-wide`.
    title, description : str
        Accessible name and description of the image.
    """
    root = ET.fromstring(vl_convert.vegalite_to_svg(spec))
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_empty(child):
                parent.remove(child)
    for element in root.iter():
        _clean(element, prefix)
    root.attrib.pop("version", None)
    root.attrib.update(
        {
            "class": "rb-svg",
            "role": "img",
            "font-family": f"{FONT},sans-serif",
            "aria-labelledby": f"{prefix}-title",
            "aria-describedby": f"{prefix}-desc",
        }
    )
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        note = ET.Element(f"{{{SVG}}}{tag}", {"id": f"{prefix}-{tag}"})
        note.text = text
        root.insert(position, note)
    return ET.tostring(root, encoding="unicode")


def width(svg: str) -> float:
    """Width in pixels of a drawing."""
    found = re.search(r'<svg[^>]* width="([\d.]+)"', svg)
    return float(found[1]) if found else 0.0


def _drawn_width(spec: dict[str, Any]) -> float:
    return width(vl_convert.vegalite_to_svg(spec))


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


def _is_empty(element: ET.Element) -> bool:
    """Vega's invisible group backgrounds and foregrounds: nothing is drawn by them."""
    painted = {"fill", "stroke"} & set(element.attrib)
    return element.get("class") in {"background", "foreground"} and not painted


def _clean(element: ET.Element, prefix: str) -> None:
    """Drop noise, replace sentinel colours by variables, make ids unique."""
    attributes = element.attrib
    for key in [key for key in attributes if key in {"role", "style", "class"} or "aria-" in key]:
        del attributes[key]
    for key, value in list(attributes.items()):
        if (key, value) in _DEFAULTS:
            del attributes[key]
        elif key == "id":
            attributes[key] = f"{prefix}-{value}"
        elif key in {"fill", "stroke", "stop-color"}:
            attributes[key] = variables().get(value, value)
        if "url(#" in value:
            attributes[key] = _LINKS.sub(rf"url(#{prefix}-\1)", value)
        if key.endswith("href") and value.startswith("#"):
            attributes[key] = f"#{prefix}-{value[1:]}"
