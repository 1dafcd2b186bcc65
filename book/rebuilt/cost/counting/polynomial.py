"""Exact polynomials over the sizes of a clip: frames, tokens per frame and text tokens.

A count written with `+` and `*` runs on integers, which gives a number, and on these polynomials,
which gives its coefficients. So every formula of the model exists once and serves both.
Coefficients are Python integers of any size.
"""

from collections.abc import Iterable
from dataclasses import dataclass

Powers = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Polynomial:
    """Sum of coefficient x frames^a x area^b x text^c, kept as {(a, b, c): coefficient}."""

    terms: dict[Powers, int]

    def __add__(self, other: "int | Polynomial") -> "Polynomial":
        total = dict(self.terms)
        for powers, coefficient in lift(other).terms.items():
            total[powers] = total.get(powers, 0) + coefficient
        return Polynomial({powers: value for powers, value in total.items() if value})

    def __mul__(self, other: "int | Polynomial") -> "Polynomial":
        product = Polynomial({})
        for (a, b, c), left in self.terms.items():
            for (d, e, f), right in lift(other).terms.items():
                product = product + Polynomial({(a + d, b + e, c + f): left * right})
        return product

    __radd__ = __add__
    __rmul__ = __mul__


Size = int | Polynomial

FRAMES = Polynomial({(1, 0, 0): 1})
AREA = Polynomial({(0, 1, 0): 1})
TEXT = Polynomial({(0, 0, 1): 1})


def lift(size: Size) -> Polynomial:
    """Return a whole number as the constant polynomial, a polynomial unchanged."""
    return Polynomial({(0, 0, 0): size} if size else {}) if isinstance(size, int) else size


def total(sizes: Iterable[Size]) -> int:
    """Sum of sizes that must all be whole numbers."""
    amount: Size = 0
    for size in sizes:
        amount = amount + size
    if not isinstance(amount, int):
        raise TypeError("a symbolic size has no total; evaluate it on a clip first")
    return amount
