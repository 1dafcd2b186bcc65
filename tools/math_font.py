"""Cut the mathematics font of the site from STIX: the characters of its formulas, and their sizes.

Few systems have a font with the table that stretches brackets and places fractions, so the site
brings one. `fonttools` and `brotli` do the work and belong to no environment of the book:

    pip install fonttools brotli
    python -m tools.math_font STIXMath-Regular.otf  # of Debian's fonts-stix

The licence (OFL) wants another name for what was changed.
"""

import argparse
import string
from pathlib import Path

from rebuilt.paths import PACKAGE

FONT = PACKAGE / "site" / "static" / "fonts" / "RebuiltMath.woff2"
NAME = "Rebuilt Math"
SIGNS = "·×±−′ℓ√∑∏∞∝≈≠≤≥→∈⌈⌉⌊⌋⏞⏟αβγδεζηθκλμνξπρστφχψωΔΣΩ"
ITALICS = range(0x1D434, 0x1D468)  # what MathML draws a single letter as
OTHER_H = 0x210E  # its italic h stands elsewhere


def characters() -> set[int]:
    """Return what a formula may have."""
    plain = {ord(one) for one in string.ascii_letters + string.digits + string.punctuation + " "}
    return plain | {ord(one) for one in SIGNS} | set(ITALICS) | {OTHER_H}


def main() -> None:
    """Write the font of the site."""
    from fontTools import subset  # type: ignore[import-not-found]

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("font", type=Path, help="STIXMath-Regular.otf")
    options = subset.Options(flavor="woff2", layout_features=["ssty"], hinting=False)
    options.drop_tables += ["FFTM"]
    font = subset.load_font(parser.parse_args().font, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    for place, text in ((1, NAME), (4, NAME), (6, NAME.replace(" ", ""))):
        font["name"].setName(text, place, 3, 1, 0x409)
    subset.save_font(font, FONT, options)


if __name__ == "__main__":
    main()
