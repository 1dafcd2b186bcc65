"""The sizes that a transformer sees: patched frames, tokens per frame, text tokens."""

from dataclasses import dataclass

from rebuilt.cost.algebra.polynomial import Size, symbol


@dataclass(frozen=True, slots=True)
class Grid:
    """Token grid of one clip; integers for a count, polynomials for its coefficients."""

    frames: Size
    area: Size
    text: Size

    @property
    def video(self) -> Size:
        """Video tokens: frames x tokens per frame."""
        return self.frames * self.area

    def rows(self, name: str) -> Size:
        """Rows of a layer by the name that the model files use."""
        sizes: dict[str, Size] = {
            "one": 1,
            "text": self.text,
            "video": self.video,
            "frames": self.frames,
            "area": self.area,
            "frames_text": self.frames * self.text,
        }
        return sizes[name]


SYMBOLS = Grid(frames=symbol("frames"), area=symbol("area"), text=symbol("text"))
