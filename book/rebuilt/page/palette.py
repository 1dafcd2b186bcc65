"""Colours of charts (badges: `site/static/rebuilt.css`); `rebuilt.page.theme` puts them to use.

A chart is drawn with the LIGHT colours below. `rebuilt.page.svg` replaces each of them by the CSS
variable of the same name, with the light colour as fallback, so that a page can follow its theme
while a notebook without our style sheet still shows the light chart. All sentinel colours are
therefore distinct. Hues follow Okabe and Ito, darkened or lightened until each has a contrast of at
least 3:1 to its background; series differ in shape and dash as well, never in colour alone.
"""

import functools

FONT = "Inter"
FONT_SIZE_PX = 12
WIDE_PX = 680
NARROW_PX = 300  # a 320-pixel screen less its margins

LIGHT = {
    "ink": "#1f2a37",
    "muted": "#4f5b69",
    "axis": "#8791a0",
    "grid": "#e3e7ec",
    "surface": "#fffffe",
    "context": "#818b98",
    "1": "#0068a8",
    "2": "#c64f0b",
    "3": "#00805d",
    "4": "#97478a",
    "5": "#6b4a00",
    "6": "#59636f",
}
DARK = {
    "ink": "#e8edf3",
    "muted": "#b3bdc9",
    "axis": "#6f7b89",
    "grid": "#2c3540",
    "surface": "#14181e",
    "context": "#7f8a98",
    "1": "#5ab2f2",
    "2": "#ff9a5e",
    "3": "#3cc89c",
    "4": "#e295d2",
    "5": "#f0cf4f",
    "6": "#959fab",
}
BLUE, ORANGE, GREEN, PURPLE, OCHRE, GREY = CATEGORIES = tuple(LIGHT[str(n)] for n in range(1, 7))
INK, MUTED, CONTEXT, SURFACE = LIGHT["ink"], LIGHT["muted"], LIGHT["context"], LIGHT["surface"]
# How claims stand, in the order of `scoring.Standing`; hues as of the badges of verdicts.
STANDING_COLOURS = (GREEN, PURPLE, OCHRE, ORANGE, CONTEXT, BLUE)
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
RAMP = ("#cfe3f3", "#8fbfe0", "#4b96c9", "#0068a8", "#00406b")  # stays as it is in dark mode
ON_RAMP = ("#14202c", "#fffffd")  # words on its light and on its dark half; they stay as well


@functools.cache
def variables() -> dict[str, str]:
    """Light colour -> the CSS value that replaces it in a drawn chart."""
    return {colour: f"var(--rb-{name},{colour})" for name, colour in LIGHT.items()}
