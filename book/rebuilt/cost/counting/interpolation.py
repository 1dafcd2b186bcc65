"""Exact coefficients of a count that can only be asked for numbers.

`lowering.py` runs the model's operations on symbols; counts that divide, round or compare cannot
be run so, and yet many of them are polynomials on the clips that exist. They are solved for here
with fractions and then checked on sizes that the solution has not seen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from operator import mul

from rebuilt.cost.counting import exact
from rebuilt.cost.models.codes import MONOMIALS
from rebuilt.errors import ShapeError

Count = Callable[[int, int, int], int]
Powers = tuple[int, int, int]
Row = tuple[int, ...]


def row_of(
    count: Count, frames: Sequence[int], areas: Sequence[int], texts: Sequence[int]
) -> Row | None:
    """Coefficients over codes.MONOMIALS of a count, None if it is no such polynomial.

    Parameters
    ----------
    count : function of (frames, area, text)
        Latent frames, tokens per frame and text tokens to a whole number.
    frames, areas, texts : sequences of int
        Sizes at which the count may be asked, at least four of a size that matters and one of
        another. All combinations are compared; the first that tell the monomials apart give the
        coefficients.
    """
    basis = _basis(tuple(frames), tuple(areas), tuple(texts))
    values = [count(*point) for point in basis.points]
    solved = [sum(map(mul, weights, values), start=Fraction()) for weights in basis.inverse]
    if any(value.denominator > 1 for value in solved):
        return None
    by_powers = {item: int(value) for item, value in zip(basis.powers, solved, strict=True)}
    found = tuple(by_powers.get(item, 0) for item in MONOMIALS)
    asked = product(frames, areas, texts)
    return found if all(exact.evaluate(found, *point) == count(*point) for point in asked) else None


@dataclass(frozen=True, slots=True)
class Basis:
    """Monomials that vary over some sizes, points that tell them apart, and the way back."""

    powers: list[Powers]
    points: list[Powers]
    inverse: list[list[Fraction]]


@cache
def _basis(frames: tuple[int, ...], areas: tuple[int, ...], texts: tuple[int, ...]) -> Basis:
    powers = [item for item in MONOMIALS if _varies(item, frames, areas, texts)]
    points, rows = _independent(product(frames, areas, texts), powers)
    if len(rows) < len(powers):
        raise ShapeError(
            f"sizes {frames}, {areas} and {texts} cannot tell {len(powers)} monomials apart; "
            "ask for more of them"
        )
    return Basis(powers, points, _inverse(rows))


def _varies(powers: Powers, *sizes: Sequence[int]) -> bool:
    """Whether sizes are asked for at which the monomial is more than a constant."""
    return all(power == 0 or len(asked) > 1 for power, asked in zip(powers, sizes, strict=True))


def _independent(
    points: Iterable[Powers], powers: Sequence[Powers]
) -> tuple[list[Powers], list[list[Fraction]]]:
    """First points whose monomials are linearly independent, and the monomials there."""
    kept: list[Powers] = []
    rows: list[list[Fraction]] = []
    reduced: list[tuple[int, list[Fraction]]] = []
    for point in points:
        row = [Fraction(point[0] ** a * point[1] ** b * point[2] ** c) for a, b, c in powers]
        rest = list(row)
        for pivot, other in reduced:
            rest = [x - rest[pivot] * y for x, y in zip(rest, other, strict=True)]
        first = next((place for place, value in enumerate(rest) if value), None)
        if first is not None:
            reduced.append((first, [value / rest[first] for value in rest]))
            kept.append(point)
            rows.append(row)
    return kept, rows


def _inverse(square: list[list[Fraction]]) -> list[list[Fraction]]:
    """Invert a regular matrix by Gauss and Jordan."""
    size = len(square)
    rows = [
        [*row, *(Fraction(int(place == n)) for place in range(size))]
        for n, row in enumerate(square)
    ]
    for column in range(size):
        place = next(n for n in range(column, size) if rows[n][column])
        rows[column], rows[place] = rows[place], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for n, row in enumerate(rows):
            if n != column:
                factor = row[column]
                rows[n] = [x - factor * y for x, y in zip(row, rows[column], strict=True)]
    return [row[size:] for row in rows]
