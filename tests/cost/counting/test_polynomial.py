"""Symbolic sizes add and multiply like the numbers they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost.algebra.polynomial import AREA, FRAMES, TEXT, Polynomial, lift, total

POLYNOMIALS = st.dictionaries(
    st.tuples(*[st.integers(0, 2)] * 3), st.integers(1, 10**6), max_size=4
).map(Polynomial)
POINTS = st.tuples(*[st.integers(0, 10**4)] * 3)


def value(polynomial, point):
    frames, area, text = point
    return sum(
        coefficient * frames**a * area**b * text**c
        for (a, b, c), coefficient in lift(polynomial).terms.items()
    )


@given(left=POLYNOMIALS, right=POLYNOMIALS, point=POINTS)
def test_sum_and_product_hold_at_every_point(left, right, point):
    """Evaluating after adding or multiplying equals adding or multiplying values."""
    assert value(left + right, point) == value(left, point) + value(right, point)
    assert value(left * right, point) == value(left, point) * value(right, point)


def test_numbers_mix_with_symbols():
    """A count written for integers runs on symbols unchanged."""
    joint = FRAMES * AREA + TEXT

    assert (2 * joint * joint).terms == {(2, 2, 0): 2, (1, 1, 1): 4, (0, 0, 2): 2}
    assert (1 + TEXT).terms == {(0, 0, 0): 1, (0, 0, 1): 1}


def test_a_symbolic_sum_has_no_total():
    """Totals are for whole numbers; a forgotten symbol is an error."""
    with pytest.raises(TypeError) as caught:
        total([1, FRAMES])

    assert str(caught.value) == "a symbolic size has no total; evaluate it on a clip first"
