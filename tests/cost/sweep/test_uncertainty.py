"""Distributions are drawn as their files say, and indices find the input that matters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import load_model
from rebuilt.cost.sweep.uncertainty import draw, first_order, undisclosed_minute

SORA = load_model("sora-2024")
UNIT = (np.arange(4096) + 0.5) / 4096


@given(name=st.sampled_from(sorted(SORA.unknowns)))
def test_draws_stay_inside_and_rise(name):
    """An inverse distribution is monotone between low and high."""
    unknown = SORA.unknowns[name]
    values = draw(unknown, UNIT)

    assert (np.diff(values) >= 0).all()
    assert values[0] >= np.floor(unknown.low)
    assert values[-1] <= np.ceil(unknown.high)


def test_index_finds_the_only_input_that_matters():
    """Y = x1 depends on x1 only."""
    rng = np.random.default_rng(1)
    first, second = rng.random(20_000), rng.random(20_000)

    assert first_order(first, first) == pytest.approx(1.0, abs=0.01)
    assert first_order(first, second) == pytest.approx(0.0, abs=0.01)


def test_sora_minute_is_reproducible_and_ordered():
    """The same seed gives the same quantiles; shares lie between 0 and 1."""
    once, again = (
        undisclosed_minute(SORA, seconds=60, height=1080, width=1920, draws=4096) for _ in "ab"
    )
    found = once["gpu_hours"]

    assert found.low < found.median < found.high
    assert (found.low, found.median, found.high) == (
        again["gpu_hours"].low,
        again["gpu_hours"].median,
        again["gpu_hours"].high,
    )
    assert all(0 <= share <= 1 for share in found.indices.values())
    assert sum(found.indices.values()) < 1.05
