"""Inverse distributions of exact operations, against SciPy and the textbook."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import qmc

from rebuilt.compiled import compiled
from rebuilt.cost.sweep.inverse import (
    FIXED,
    LOGUNIFORM,
    POINTS,
    TRIANGULAR,
    UNIFORM,
    fill_points,
    inverse,
    power,
)

units = st.floats(0, 1, exclude_max=True, allow_subnormal=False)
ends = st.floats(0.01, 1e9)


@given(ratio=st.floats(1, 1e12), exponent=units)
def test_a_power_by_roots_is_a_power(ratio, exponent):
    """Within a few roundings of the library's."""
    assert power(ratio, exponent) == pytest.approx(ratio**exponent, rel=1e-13)


@given(low=ends, width=ends, share=st.floats(0, 1), unit=units)
def test_values_are_those_of_scipy(low, width, share, unit):
    """Triangular, uniform and loguniform, compiled or not."""
    central, high = low + share * width, low + width
    expected = {
        TRIANGULAR: stats.triang((central - low) / (high - low), low, high - low).ppf(unit),
        UNIFORM: stats.uniform(low, high - low).ppf(unit),
        LOGUNIFORM: stats.loguniform(low, high).ppf(unit),
    }
    for shape, value in expected.items():
        given_ = (float(shape), low, central, high, 0.0, unit)
        assert inverse(*given_) == pytest.approx(value, rel=1e-6)
        assert compiled(inverse)(*given_) == inverse(*given_)


def test_whole_numbers_are_rounded_and_fixed_ones_stay():
    """Halves upwards; a fixed value is what it is."""
    assert inverse(UNIFORM, 1.0, 1.0, 2.0, 1.0, 0.5) == 2
    assert inverse(FIXED, 1.0, 1.5, 2.0, 1.0, 0.5) == 1.5


@pytest.mark.parametrize("seed", [0, 7])
def test_points_are_those_of_scipy(seed):
    """The first point and what each digit changes give back the whole sequence."""
    points = qmc.Sobol(5, scramble=True, rng=seed).random(256)
    whole = (points * POINTS).astype(np.int64)
    steps = np.array([whole[1 << d] ^ whole[(1 << d) - 1] for d in range(8)]) / POINTS
    for column in range(5):
        found = np.zeros(256)
        fill_points(points[0, column], steps[:, column], found)
        assert found.tolist() == points[:, column].tolist()
