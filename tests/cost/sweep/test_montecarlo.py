"""The one Monte Carlo: draws follow their distributions, and indices find what matters."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import load_model
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.machines import half_width
from rebuilt.cost.hardware.software import load_software
from rebuilt.cost.sweep.drawn import undisclosed_clip
from rebuilt.cost.sweep.montecarlo import draw, first_order, hardware_error, spread_of, units

SORA = load_model("sora-2024")
UNIT = (np.arange(10_000) + 0.5) / 10_000


@dataclass
class Unknown:
    """A distribution of the tests."""

    shape: str
    low: float
    central: float
    high: float
    integer: bool = False


@pytest.mark.parametrize(
    ("unknown", "median"),
    [
        (Unknown("uniform", 2, 5, 8), 5),
        (Unknown("loguniform", 1, 4, 16), 4),
        (Unknown("lognormal", 0.5, 1, 2), 1),
        (Unknown("triangular", 0, 0, 1), 1 - math.sqrt(0.5)),
        (Unknown("triangular", 0, 1, 1), math.sqrt(0.5)),
        (Unknown("fixed", 3, 3, 3), 3),
    ],
)
def test_the_median_is_that_of_the_textbook(unknown, median):
    """Half of the draws lie below it."""
    assert np.median(draw(unknown, UNIT)) == pytest.approx(median, rel=1e-3)


def test_a_lognormal_range_holds_ninety_percent():
    """Five percent of the draws lie outside at each end."""
    values = draw(Unknown("lognormal", 0.8, 1.0, 1.25), UNIT)

    assert np.mean(values < 0.8) == pytest.approx(0.05, abs=1e-3)
    assert np.mean(values > 1.25) == pytest.approx(0.05, abs=1e-3)


@given(name=st.sampled_from(sorted(SORA.unknowns)))
def test_draws_stay_inside_and_rise(name):
    """An inverse distribution is monotone between low and high."""
    unknown = SORA.unknowns[name]
    values = draw(unknown, UNIT)

    assert (np.diff(values) >= 0).all()
    assert values[0] >= np.floor(unknown.low)
    assert values[-1] <= np.ceil(unknown.high)


def test_the_error_of_the_hardware_model_is_its_interval():
    """Five and ninety-five percent of the draws are the ends that an estimate prints."""
    found = np.quantile(hardware_error("h100-sxm", load_software(), 1, UNIT), (0.05, 0.5, 0.95))
    width = math.exp(half_width(load_accelerator("h100-sxm"), load_software(), 1))

    assert found == pytest.approx([1 / width, 1, width], rel=1e-3)


def test_index_finds_the_only_input_that_matters():
    """Y = x1 depends on x1 only, and what is always the same depends on nothing."""
    unit = units(["first", "second"], 2**14)

    assert first_order(unit["first"], unit["first"]) == pytest.approx(1.0, abs=0.01)
    assert first_order(unit["first"], unit["second"]) == pytest.approx(0.0, abs=0.01)
    assert first_order(np.ones(2**14), unit["first"]) == 0


def test_indices_of_a_product_are_those_of_its_logarithms():
    """Of two factors each explains its part of the variance, largest first."""
    unit = units(["small", "large"], 2**14)
    values = np.exp(unit["small"] + 3 * unit["large"])

    found = spread_of(values, unit)
    assert list(found.indices) == ["large", "small"]
    assert found.indices["large"] == pytest.approx(0.9, abs=0.01)
    assert found.indices["small"] == pytest.approx(0.1, abs=0.01)
    assert not spread_of(values - values.min(), unit).indices


def test_ends_may_be_draws_themselves():
    """So that a page, which mixes no two draws, can show the same."""
    values = np.arange(1.0, 129.0)

    assert spread_of(values, {}, method="nearest").low in values
    assert spread_of(values, {}).low not in values


def test_a_minute_of_sora_is_reproducible_and_ordered():
    """The same seed gives the same draws; shares lie between 0 and 1."""
    once, again = (
        undisclosed_clip(SORA, seconds=60, height=1080, width=1920, draws=4096).figures
        for _ in "ab"
    )
    found = once["gpu_hours"]

    assert found.low < found.median < found.high
    assert np.array_equal(found.values, again["gpu_hours"].values)
    assert all(0 <= share <= 1 for share in found.indices.values())
    assert sum(found.indices.values()) < 1.05
