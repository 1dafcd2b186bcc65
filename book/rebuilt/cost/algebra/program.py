"""Polynomials as one straight-line program: what compiled code and pages read of a model.

A program is a row of whole numbers: how many products and terms it has; for each product the places
of its two factors; for each term a place in ROWS, a product and a coefficient. Products are shared
by all rows. `evaluate` is the only place where a polynomial becomes a number.
"""

from collections.abc import Mapping

from rebuilt.cost.algebra.places import ROWS, SIZES
from rebuilt.cost.algebra.polynomial import Monomial, Polynomial
from rebuilt.errors import ShapeError

Program = tuple[int, ...]
FIRST = 1 + len(SIZES)  # place of the first product: behind the number one and the sizes


def evaluate(program, values, rows):  # type: ignore[no-untyped-def]
    """Add the value of every row to `rows`.

    program : whole numbers, from `lower`
    values : whole numbers; 1, then the sizes in the order of SIZES, then room for the products
    rows : whole numbers in the order of ROWS
    """
    products, terms = program[0], program[1]
    place = 2
    for product in range(products):
        values[FIRST + product] = values[program[place]] * values[program[place + 1]]
        place += 2
    for _ in range(terms):
        rows[program[place]] += program[place + 2] * values[program[place + 1]]
        place += 3


def lower(polynomials: Mapping[str, Polynomial]) -> Program:
    """Write polynomials, by name of ROWS, as a program.

    Raises
    ------
    ShapeError
        If a polynomial has a name that is no row, or a size that SIZES does not list.
    """
    strange = sorted(set(polynomials) - set(ROWS))
    if strange:
        raise ShapeError(f"there is no row {strange[0]!r}; add it to places.ROWS")
    products: list[tuple[int, int]] = []
    places: dict[Monomial, int] = {(): 0} | {(name,): 1 + place for place, name in enumerate(SIZES)}

    def place_of(monomial: Monomial) -> int:
        if monomial not in places:
            if len(monomial) == 1:
                raise ShapeError(f"a count has the size {monomial[0]!r}; add it to places.SIZES")
            factors = place_of(monomial[:-1]), place_of(monomial[-1:])
            products.append(factors)
            places[monomial] = FIRST + len(products) - 1
        return places[monomial]

    terms = [
        (ROWS.index(row), place_of(monomial), coefficient)
        for row, polynomial in polynomials.items()
        for monomial, coefficient in sorted(polynomial.terms.items())
    ]
    flat = [number for pair in products for number in pair]
    return (len(products), len(terms), *flat, *(number for term in terms for number in term))
