"""The one Altair theme of the book; whoever draws a chart imports it.

It stands apart from the colours, which pages are written with and which need no Altair.
"""

from typing import Any

import altair as alt

from rebuilt.page.palette import (
    BLUE,
    CATEGORIES,
    FONT,
    FONT_SIZE_PX,
    LIGHT,
    MUTED,
    RAMP,
    SHAPES,
)


def _axis() -> dict[str, Any]:
    return {
        "labelFontSize": FONT_SIZE_PX,
        "titleFontSize": FONT_SIZE_PX,
        "titleFontWeight": "normal",
        "labelColor": MUTED,
        "titleColor": MUTED,
        "domainColor": LIGHT["axis"],
        "tickColor": LIGHT["axis"],
        "gridColor": LIGHT["grid"],
        "labelPadding": 5,
        "titlePadding": 8,
        "tickSize": 4,
        "labelLimit": 260,
        "titleLimit": 640,
    }


def _legend() -> dict[str, Any]:
    return {
        "orient": "top",
        "direction": "horizontal",
        "labelFontSize": FONT_SIZE_PX,
        "titleFontSize": FONT_SIZE_PX,
        "titleFontWeight": "normal",
        "labelColor": LIGHT["ink"],
        "titleColor": MUTED,
        "titleOrient": "top",
        "labelLimit": 260,
        "titleLimit": 640,
        "symbolSize": 90,
        "symbolStrokeWidth": 2.5,
        "columnPadding": 16,
        "offset": 10,
    }


def enable() -> None:
    """Draw all charts of this process so, unless somebody chooses another theme."""
    alt.theme.register("rebuilt", enable=True)(theme)


def theme() -> alt.theme.ThemeConfig:
    """Quiet axes, legend above the plot; `rebuilt.page.layout` arranges what depends on width."""
    config = {
        "background": "transparent",
        "font": FONT,
        "padding": {"left": 2, "right": 10, "top": 2, "bottom": 2},  # last label of the x axis
        "view": {"stroke": None, "continuousHeight": 300},
        "axis": _axis(),
        "axisY": {"domain": False, "ticks": False},
        "axisX": {"grid": False, "labelFlush": False},
        "axisYQuantitative": {"tickCount": 6},
        "axisXQuantitative": {
            "grid": True,
            "tickCount": 6,
            "domain": False,
            "ticks": False,
            "labelSeparation": 5,
        },
        "legend": _legend(),
        "title": {"color": LIGHT["ink"], "fontSize": 13, "anchor": "start", "offset": 8},
        "header": {
            "labelFontSize": 13,
            "titleFontSize": 13,
            "labelColor": LIGHT["ink"],
            "labelFontWeight": "bold",
            "labelAnchor": "start",
            "titleColor": MUTED,
        },
        "range": {
            "category": list(CATEGORIES),
            "symbol": list(SHAPES),
            "ramp": list(RAMP),
            "ordinal": list(RAMP),
            "heatmap": list(RAMP),
        },
        "mark": {"color": BLUE, "tooltip": True},
        "line": {"strokeWidth": 2.5},
        "point": {"filled": True, "size": 70, "opacity": 1},
        "rule": {"color": MUTED},
        "text": {"color": LIGHT["ink"], "fontSize": FONT_SIZE_PX},
        "area": {"opacity": 0.25},
    }
    return alt.theme.ThemeConfig(config=config)  # type: ignore[typeddict-item]
