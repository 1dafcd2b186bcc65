"""Symbolic sizes add and multiply like the numbers they stand for; programs evaluate them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import ShapeError
from rebuilt.cost.algebra.places import ROWS, SIZES
from rebuilt.cost.algebra.polynomial import Polynomial, read, symbol, total, whole
from rebuilt.cost.algebra.program import FIRST, evaluate, lower

NAMES = SIZES[:4]
MONOMIALS = st.lists(st.sampled_from(NAMES), max_size=4).map(lambda names: tuple(sorted(names)))
COEFFICIENTS = st.integers(-(10**6), 10**6).filter(bool)
POLYNOMIALS = st.dictionaries(MONOMIALS, COEFFICIENTS, max_size=4).map(Polynomial)
POINTS = st.fixed_dictionaries({name: st.integers(0, 10**4) for name in NAMES})
FRAMES, AREA, TEXT = map(symbol, ("frames", "area", "text"))


@given(left=POLYNOMIALS, right=POLYNOMIALS, point=POINTS)
def test_sums_and_products_hold_at_every_point(left, right, point):
    """Evaluating after adding or multiplying equals adding or multiplying values."""
    one, other = left.value(**point), right.value(**point)

    assert (left + right).value(**point) == one + other
    assert (left - right).value(**point) == one - other
    assert (7 - left * right).value(**point) == 7 - one * other


@given(polynomial=POLYNOMIALS, point=POINTS, known=st.sets(st.sampled_from(NAMES)))
def test_sizes_may_be_put_in_one_after_the_other(polynomial, point, known):
    """In any order: the rest is a polynomial in the others."""
    first = polynomial.at({name: point[name] for name in known})

    assert first.value(**point) == polynomial.value(**point)
    assert not {name for monomial in first.terms for name in monomial} & known


@given(rows=st.dictionaries(st.sampled_from(ROWS), POLYNOMIALS, max_size=4), point=POINTS)
def test_a_program_gives_the_values_of_its_polynomials(rows, point):
    """Products are shared by all rows; a row without a polynomial is zero."""
    program = lower(rows)
    values = [1, *(point.get(name, 0) for name in SIZES), *([0] * program[0])]
    found = [0] * len(ROWS)

    evaluate(program, values, found)

    assert len(values) == FIRST + program[0]
    zero = Polynomial({})
    assert found == [rows.get(name, zero).value(**point) for name in ROWS]


def test_numbers_mix_with_symbols():
    """A count written for integers runs on symbols unchanged."""
    joint = FRAMES * AREA + TEXT

    assert (2 * joint * joint).terms == {
        ("area", "area", "frames", "frames"): 2,
        ("area", "frames", "text"): 4,
        ("text", "text"): 2,
    }
    assert total([1, TEXT, -1]).terms == {("text",): 1}
    assert not (FRAMES - FRAMES).terms


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: (FRAMES * TEXT).value(text=2),
         "the count hangs on frames too; give each a number"),
        (lambda: lower({"speed": FRAMES}), "there is no row 'speed'; add it to places.ROWS"),
        (lambda: lower({"product": symbol("scent")}),
         "a count has the size 'scent'; add it to places.SIZES"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(wrong, sentence):
    """Sizes without a number, rows and sizes that the engine does not have."""
    with pytest.raises(ShapeError) as caught:
        wrong()

    assert str(caught.value) == sentence


def test_a_symbolic_sum_has_no_total():
    """Totals are for whole numbers; a forgotten symbol is an error."""
    with pytest.raises(TypeError) as caught:
        whole([1, FRAMES])

    assert (
        str(caught.value) == "a symbolic size has no total; put numbers in the place of sizes first"
    )


@given(polynomial=POLYNOMIALS)
def test_a_polynomial_is_read_as_it_is_written(polynomial):
    """Whatever its coefficients and powers."""
    assert read(str(polynomial)) == polynomial


@given(polynomial=POLYNOMIALS, point=POINTS)
def test_sizes_take_the_place_of_names(polynomial, point):
    """Whole numbers give the value, symbols the polynomial itself."""
    assert polynomial.of(point) == polynomial.value(**point)
    symbols = {name: symbol(name) for name in NAMES}
    assert total([polynomial.of(symbols)]) == polynomial


@pytest.mark.parametrize("text", ["frames", "3 frames", "3*frames^0", "2 3", "3*(text)", "1.5"])
def test_what_is_no_polynomial_is_refused(text):
    """The sentence shows where it stops to be one."""
    with pytest.raises(ValueError, match="is no sum of terms"):
        read(text)
