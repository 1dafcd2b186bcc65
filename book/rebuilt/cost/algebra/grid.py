"""The sizes that a transformer sees: patched frames, tokens per frame, text tokens."""

import re
from dataclasses import dataclass

from rebuilt.cost.algebra.polynomial import Polynomial, Size, symbol


@dataclass(frozen=True, slots=True)
class Grid:
    """Token grid of one clip; integers for a count, polynomials for its coefficients."""

    frames: Size
    area: Size
    text: Size
    audio: Size = 0
    half_area: Size = 0
    quarter_area: Size = 0

    @property
    def video(self) -> Size:
        """Video tokens: frames x tokens per frame."""
        return self.frames * self.area

    def rows(self, rows: Size | str) -> Size:
        """Rows of a layer as the model files write them: names and numbers with + or - between.

        A polynomial stands for itself.
        """
        if isinstance(rows, Polynomial):
            return rows
        sizes: dict[str, Size] = {
            "one": 1,
            "text": self.text,
            "video": self.video,
            "frames": self.frames,
            "area": self.area,
            "frames_text": self.frames * self.text,
            "audio": self.audio,
            "half_area": self.half_area,
            "quarter_area": self.quarter_area,
        }
        found: Size = 0
        for sign, term in row_terms(rows):
            found = found + int(f"{sign}1") * (sizes[term] if term in sizes else int(term))
        return found


ROWS = (
    *("one", "text", "video", "frames", "area", "frames_text"),
    *("audio", "half_area", "quarter_area"),
)


def row_terms(rows: int | str) -> list[tuple[str, str]]:
    """Signs, and names and numbers, of which the rows of a layer are the sum."""
    return re.findall(r"([+-]?)\s*([^\s+-]+)", str(rows))


SYMBOLS = Grid(
    **{
        name: symbol(name)
        for name in ("frames", "area", "text", "audio", "half_area", "quarter_area")
    }
)
