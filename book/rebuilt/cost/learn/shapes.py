"""Shapes on which a network is counted, and the products of sizes that its counts may hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from rebuilt.cost.algebra.polynomial import Monomial

TOKENS = 2  # a count holds at most this many factors of tokens: attention multiplies two


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Patched frames, rows and columns of one input; text and audio tokens, 0 where there are none.

    Solving takes nothing below 2: with an axis of one, tensors are broadcast or not copied.
    """

    frames: int = 1
    rows: int
    columns: int
    text: int = 0
    audio: int = 0

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes that polynomials are in, by name of places.SIZES."""
        return {
            "frames": self.frames,
            "area": self.rows * self.columns,
            "text": self.text,
            "audio": self.audio,
        }

    def __str__(self) -> str:
        streams = ", ".join(
            f"{count} {name} tokens"
            for name, count in (("text", self.text), ("audio", self.audio))
            if count
        )
        grid = f"{self.frames} x {self.rows} x {self.columns}"
        return f"{grid} and {streams}" if streams else grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Which sizes a network has, and of what each must be a multiple."""

    video: bool = True
    text: bool = True
    audio: bool = False
    frames_step: int = 1
    side_step: int = 1
    text_step: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sizes, in the order of monomials."""
        has = {"frames": self.video, "area": True, "text": self.text, "audio": self.audio}
        return tuple(name for name, there in has.items() if there)

    def shape(self, frames: int, rows: int, columns: int, text: int, audio: int) -> Shape:
        """Return a shape of so many steps each; a size that the network lacks stays out."""
        return Shape(
            frames=frames * self.frames_step if self.video else 1,
            rows=rows * self.side_step,
            columns=columns * self.side_step,
            text=text * self.text_step if self.text else 0,
            audio=audio if self.audio else 0,
        )

    def small(self) -> Iterator[Shape]:
        """Shapes to solve on, small ones first, no two sizes alike."""
        grids = ((2, 3), (3, 3), (3, 4), (2, 4))
        choices = product((2, 4, 5), grids, (7, 11, 13), (17, 19, 23))
        seen = set()
        for frames, (rows, columns), text, audio in sorted(choices, key=_volume):
            shape = self.shape(frames, rows, columns, text, audio)
            if shape not in seen:
                seen.add(shape)
                yield shape

    def large(self) -> tuple[Shape, ...]:
        """Shapes to verify on: longer, odd in every way, and one grid turned by a right angle."""
        sizes = ((7, 8, 15, 58, 41), (7, 15, 8, 58, 41), (9, 7, 9, 37, 74), (3, 13, 17, 101, 29))
        return tuple(self.shape(*size) for size in sizes)

    def series(self, name: str, count: int) -> tuple[Shape, ...]:
        """Shapes in which one size grows and the others stand still."""
        start = self.shape(4, 3, 4, 11, 19)
        field = {"area": "columns"}.get(name, name)
        steps = {"frames": self.frames_step, "area": self.side_step, "text": self.text_step}
        step = steps.get(name, 1)
        first = getattr(start, field)
        return tuple(replace(start, **{field: first + step * turn}) for turn in range(count))


def monomials(names: Sequence[str]) -> tuple[Monomial, ...]:
    """Products of sizes that a count may hold: at most TOKENS factors of tokens.

    A video token is frames x area, so both may appear as often as there are factors of tokens.
    """
    powers = [range(TOKENS + 1)] * len(names)
    found = []
    for exponents in product(*powers):
        by_name = dict(zip(names, exponents, strict=True))
        video = max(by_name.get("frames", 0), by_name.get("area", 0))
        if video + by_name.get("text", 0) + by_name.get("audio", 0) <= TOKENS:
            found.append(tuple(sorted(n for n, times in by_name.items() for _ in range(times))))
    return tuple(sorted(found, key=lambda monomial: (len(monomial), monomial)))


def value(monomial: Monomial, sizes: Mapping[str, int]) -> int:
    """Product of the sizes of a monomial."""
    return prod(sizes[name] for name in monomial)


def _volume(sizes: tuple[int, tuple[int, int], int, int]) -> int:
    frames, (rows, columns), text, audio = sizes
    return frames * rows * columns + text + audio
