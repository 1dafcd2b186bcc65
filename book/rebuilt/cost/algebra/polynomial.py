"""Exact polynomials with integer coefficients over named sizes.

A count written with `+`, `-` and `*` runs on integers, which gives a number, and on these
polynomials, which gives its coefficients. So every formula of a model exists once and serves both.
Coefficients are Python integers of any size; names are those of `places.SIZES`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rebuilt.errors import ShapeError

Monomial = tuple[str, ...]  # names in alphabetical order, one for each power


@dataclass(frozen=True, slots=True)
class Polynomial:
    """Sum of coefficient x product of sizes, kept as {monomial: coefficient} without zeros."""

    terms: dict[Monomial, int]

    def __add__(self, other: "Size") -> "Polynomial":
        total = dict(self.terms)
        for monomial, coefficient in lift(other).terms.items():
            total[monomial] = total.get(monomial, 0) + coefficient
        return Polynomial({monomial: value for monomial, value in total.items() if value})

    def __mul__(self, other: "Size") -> "Polynomial":
        product: dict[Monomial, int] = {}
        for own, left in self.terms.items():
            for theirs, right in lift(other).terms.items():
                monomial = tuple(sorted(own + theirs))
                product[monomial] = product.get(monomial, 0) + left * right
        return Polynomial({monomial: value for monomial, value in product.items() if value})

    def __sub__(self, other: "Size") -> "Polynomial":
        return self + lift(other) * -1

    def __rsub__(self, other: "Size") -> "Polynomial":
        return lift(other) + self * -1

    __radd__ = __add__
    __rmul__ = __mul__

    def at(self, values: Mapping[str, int]) -> "Polynomial":
        """Put whole numbers in the place of some sizes."""
        found: dict[Monomial, int] = {}
        for monomial, coefficient in self.terms.items():
            for name in monomial:
                coefficient *= values.get(name, 1)
            rest = tuple(name for name in monomial if name not in values)
            found[rest] = found.get(rest, 0) + coefficient
        return Polynomial({monomial: value for monomial, value in found.items() if value})

    def of(self, sizes: Mapping[str, "Size"]) -> "Size":
        """Put sizes, whole numbers or polynomials, in the place of all names."""
        found: Size = 0
        for monomial, coefficient in self.terms.items():
            term: Size = coefficient
            for name in monomial:
                term = term * sizes[name]
            found = found + term
        return found

    def __str__(self) -> str:
        """As files write it, such as `12*area*frames^2 - 3`; `read` takes it."""
        text = " + ".join(
            "*".join([str(coefficient), *_powers(monomial)])
            for monomial, coefficient in sorted(self.terms.items(), reverse=True)
        )
        return text.replace("+ -", "- ") or "0"

    def value(self, **sizes: int) -> int:
        """Value on whole numbers; every size that the polynomial has must be given.

        Raises
        ------
        ShapeError
            If one is missing; the sentence names it.
        """
        found = self.at(sizes).terms
        missing = sorted({name for monomial in found for name in monomial})
        if missing:
            raise ShapeError(f"the count hangs on {', '.join(missing)} too; give each a number")
        return found.get((), 0)


Size = int | Polynomial


_TERM = re.compile(r"\s*([+-]?)\s*(\d+)((?:\*[a-z_]+(?:\^[1-9])?)*)")


def read(text: str | int) -> Polynomial:
    """Read a sum of terms such as `12*area*frames^2 - 3`: number first, then sizes and powers.

    Raises
    ------
    ValueError
        If it is none; the sentence says from where on.
    """
    left, found = str(text), Polynomial({})
    while left.strip():
        term = _TERM.match(left)
        if term is None or (found.terms and not term[1]):
            raise ValueError(
                f"{left.strip()!r} is no sum of terms such as 12*area*frames^2; a term is a whole "
                "number, then sizes with * before and ^ behind"
            )
        sizes = [
            name
            for part in term[3].split("*")[1:]
            for name in [part.split("^")[0]] * int([*part.split("^"), "1"][1])
        ]
        found = found + Polynomial({tuple(sorted(sizes)): int(term[1] + term[2])})
        left = left[term.end() :]
    return found


def _powers(monomial: Monomial) -> list[str]:
    return [f"{name}^{times}" if times > 1 else name for name, times in Counter(monomial).items()]


def symbol(name: str) -> Polynomial:
    """Return the polynomial that is one size."""
    return Polynomial({(name,): 1})


def lift(size: Size) -> Polynomial:
    """Return a whole number as the constant polynomial, a polynomial unchanged."""
    if isinstance(size, Polynomial):
        return size
    return Polynomial({(): int(size)} if size else {})


def total(sizes: Iterable[Size]) -> Polynomial:
    """Sum of any sizes, as a polynomial."""
    found = Polynomial({})
    for size in sizes:
        found = found + size
    return found


def whole(sizes: Iterable[Size]) -> int:
    """Sum of sizes that must all be whole numbers."""
    amount: Size = 0
    for size in sizes:
        amount = amount + size
    if not isinstance(amount, int):
        raise TypeError("a symbolic size has no total; put numbers in the place of sizes first")
    return amount
