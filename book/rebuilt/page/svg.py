"""Vega-Lite specification -> SVG that a page can hold: CSS colours, text as text, own ids.

Vega numbers ids over all charts it ever drew, so they are numbered anew. Attributes that would
fight a strict Content-Security-Policy (`style`) or that screen readers must not hear inside one
image (`role`, `aria-*`) are removed.
"""

import re
from typing import Any
from xml.etree import ElementTree as ET

from rebuilt.page import vega
from rebuilt.page.palette import FONT, variables

SVG = "http://www.w3.org/2000/svg"
_LINKS = re.compile(r"url\(#([^)]+)\)")
# What Vega writes on every element although it is the default.
_DEFAULTS = {
    ("opacity", "1"),
    ("pointer-events", "none"),
    ("font-family", FONT),
    ("text-anchor", "start"),
}

ET.register_namespace("", SVG)


def draw(spec: dict[str, Any], *, prefix: str, title: str, description: str) -> str:
    """Draw `spec` as one SVG element whose ids all begin with `prefix`.

    Parameters
    ----------
    spec : dict
        Vega-Lite specification with its width already set (`rebuilt.page.layout.fit`).
    prefix : str
        Unique on the page, for instance `memory-by-generation-wide`.
    title, description : str
        Accessible name and description of the image.
    """
    root = ET.fromstring(vega.drawing(spec))
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_empty(child):
                parent.remove(child)
    _smooth_legend(root)
    found = [element.get("id", "") for element in root.iter() if "id" in element.attrib]
    names = {old: f"{prefix}-{number}" for number, old in enumerate(found)}
    for element in root.iter():
        _clean(element, names)
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


def origin(svg: str) -> float:
    """Return the distance in pixels from the left edge of a drawing to that of its plot."""
    found = re.search(r'transform="translate\(([\d.]+)', svg)
    return float(found[1]) if found else 0.0


def width(svg: str) -> float:
    """Width in pixels of a drawing."""
    found = re.search(r'<svg[^>]* width="([\d.]+)"', svg)
    return float(found[1]) if found else 0.0


def _is_empty(element: ET.Element) -> bool:
    """Vega's invisible group backgrounds and foregrounds: nothing is drawn by them."""
    painted = {"fill", "stroke"} & set(element.attrib)
    return element.get("class") in {"background", "foreground"} and not painted


def _smooth_legend(root: ET.Element) -> None:
    """Draw the outline of filled legend symbols solid; a dash would make it ragged."""
    for group in root.iter():
        if "role-legend-symbol" in group.get("class", ""):
            for symbol in group:
                if symbol.get("fill") not in {None, "none", "transparent"}:
                    symbol.attrib.pop("stroke-dasharray", None)


def _clean(element: ET.Element, names: dict[str, str]) -> None:
    """Drop noise, replace sentinel colours by variables, rename ids."""
    attributes = element.attrib
    for key in [key for key in attributes if key in {"role", "style", "class"} or "aria-" in key]:
        del attributes[key]
    for key, value in list(attributes.items()):
        if (key, value) in _DEFAULTS:
            del attributes[key]
        elif key == "id":
            attributes[key] = names[value]
        elif "url(#" in value:
            attributes[key] = _LINKS.sub(lambda link: f"url(#{names[link[1]]})", value)
        elif key in {"fill", "stroke", "stop-color"}:
            attributes[key] = variables().get(value, value)
