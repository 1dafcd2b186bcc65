"""Polynomials out of counts, exactly: rational elimination, whole coefficients, other shapes.

Nothing here knows what is counted. A counter takes a shape and gives whole numbers by name; every
name is taken for a polynomial with whole coefficients in the sizes of the shape, and refused where
it is none. No least squares: as many shapes as unknowns are solved, the rest must agree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from rebuilt.cost.algebra.polynomial import Monomial, Polynomial
from rebuilt.cost.learn.shapes import Axes, Shape, monomials, value
from rebuilt.errors import ShapeError

Counts = Mapping[str, int]
Counter = Callable[[Shape], Counts]
Row = list[Fraction]
PERIODS = 4  # roundings that are looked for go by steps of at most this many


@dataclass(frozen=True, slots=True)
class Solved:
    """Polynomials by name, and the shapes they were solved and verified on.

    `verified` holds for every shape what was expected and what was counted, by name.
    """

    polynomials: dict[str, Polynomial]
    solved_on: tuple[Shape, ...]
    verified: tuple[tuple[Shape, dict[str, tuple[int, int]]], ...]


def solve(counter: Counter, axes: Axes) -> Solved:
    """Find the polynomials of a counter.

    Parameters
    ----------
    counter : callable
        From a Shape to whole numbers by name; a name that is missing counts zero.
    axes : Axes
        The sizes that shapes have.

    Returns
    -------
    Solved
        Every polynomial agrees with every count of `axes.large()`, on which nothing was solved.

    Raises
    ------
    ShapeError
        If a count is no polynomial with whole coefficients in these sizes: the sentence names the
        count, the shape, what was expected and found, and which size is not smooth.

    Examples
    --------
    >>> tokens = lambda shape: {"tokens": shape.frames * shape.rows * shape.columns}
    >>> solve(tokens, Axes(text=False)).polynomials["tokens"].terms
    {('area', 'frames'): 1}
    """
    basis = monomials(axes.names)
    shapes, inverse = _independent(axes, basis)
    counted = [counter(shape) for shape in shapes]
    names = sorted({name for counts in counted for name in counts})
    polynomials = {
        name: _combined(basis, inverse, [counts.get(name, 0) for counts in counted])
        for name in names
    }
    found: dict[str, Polynomial] = {}
    broken: dict[str, str] = {}
    for name, result in polynomials.items():
        if isinstance(result, Polynomial):
            found[name] = result
        else:
            broken[name] = result
    verified = []
    for shape in axes.large():
        counts = counter(shape)
        pairs = {
            name: (found[name].value(**shape.sizes), counts.get(name, 0)) for name in found
        } | {name: (0, count) for name, count in counts.items() if name not in polynomials}
        verified.append((shape, pairs))
        for name, (expected, seen) in pairs.items():
            if expected != seen and name not in broken:
                broken[name] = f"at {shape} its polynomial gives {expected} and {seen} is counted"
    if broken:
        raise ShapeError(_refusal(counter, axes, broken))
    return Solved(found, shapes, tuple(verified))


def period(series: Sequence[int]) -> int:
    """Least number of steps after which a series is smooth: 1 for a quadratic, 0 where none is.

    Every residue must have vanishing third differences; a ceiling by p shows the period p.
    """
    for steps in range(1, PERIODS + 1):
        parts = [series[start::steps] for start in range(steps)]
        if all(len(part) > 3 and not any(_differences(part, 3)) for part in parts):
            return steps
    return 0


def _differences(series: Sequence[int], times: int) -> list[int]:
    found = list(series)
    for _ in range(times):
        found = [after - before for before, after in pairwise(found)]
    return found


def _independent(axes: Axes, basis: Sequence[Monomial]) -> tuple[tuple[Shape, ...], list[Row]]:
    """Small shapes that tell all monomials apart, and the inverse of their matrix."""
    chosen: list[Shape] = []
    reduced: list[tuple[int, Row]] = []
    for shape in axes.small():
        row = [Fraction(value(monomial, shape.sizes)) for monomial in basis]
        for pivot, other in reduced:
            factor = row[pivot]
            row = [own - factor * their for own, their in zip(row, other, strict=True)]
        pivot = next((place for place, entry in enumerate(row) if entry), -1)
        if pivot >= 0:
            reduced.append((pivot, [entry / row[pivot] for entry in row]))
            chosen.append(shape)
        if len(chosen) == len(basis):
            return tuple(chosen), _inverse(
                [[Fraction(value(one, shape.sizes)) for one in basis] for shape in chosen]
            )
    raise ShapeError(
        f"{len(chosen)} small shapes tell only as many of {len(basis)} products of "
        f"{', '.join(axes.names)} apart; give smaller steps"
    )


def _inverse(matrix: list[Row]) -> list[Row]:
    """Gauss and Jordan, in fractions."""
    size = len(matrix)
    rows = [
        [*row, *(Fraction(place == own) for place in range(size))] for own, row in enumerate(matrix)
    ]
    for place in range(size):
        pivot = next(below for below in range(place, size) if rows[below][place])
        rows[place], rows[pivot] = rows[pivot], rows[place]
        lead = rows[place][place]
        rows[place] = [entry / lead for entry in rows[place]]
        for other in range(size):
            factor = rows[other][place]
            if other != place and factor:
                pairs = zip(rows[other], rows[place], strict=True)
                rows[other] = [own - factor * their for own, their in pairs]
    return [row[size:] for row in rows]


def _combined(
    basis: Sequence[Monomial], inverse: list[Row], counts: Sequence[int]
) -> Polynomial | str:
    """Coefficients of one count, or which of them is not whole."""
    terms = {}
    for monomial, row in zip(basis, inverse, strict=True):
        found = sum((entry * count for entry, count in zip(row, counts, strict=True)), Fraction())
        if found.denominator != 1:
            return f"its coefficient of {'*'.join(monomial) or 'one'} would be {found}"
        terms[monomial] = int(found)
    return Polynomial({monomial: found for monomial, found in terms.items() if found})


def _refusal(counter: Counter, axes: Axes, broken: Mapping[str, str]) -> str:
    """Say which counts are no polynomials, where, and in which size they are not smooth."""
    smooth: dict[str, dict[str, int]] = {name: {} for name in broken}
    for size in axes.names:
        counts = [counter(shape) for shape in axes.series(size, 4 * PERIODS)]
        for name in broken:
            smooth[name][size] = period([one.get(name, 0) for one in counts])
    sentences = [f"{name}: {why}; {_rough(smooth[name])}" for name, why in broken.items()]
    return "the code is no polynomial in its sizes: " + "; ".join(sentences)


def _rough(periods: Mapping[str, int]) -> str:
    rounded = [f"{size} by steps of {steps}" for size, steps in periods.items() if steps > 1]
    wild = [size for size, steps in periods.items() if steps == 0]
    said = []
    if rounded:
        said.append(
            f"it rounds {' and '.join(rounded)}, so ask "
            "for multiples with --frames-step, --side-step or --text-step"
        )
    if wild:
        said.append(
            f"it is not smooth in {' and '.join(wild)} (a window, a maximum, or a power above two)"
        )
    return " and ".join(said) or "each size alone is smooth, so more of them are multiplied"
