"""Draws, spreads and effects of the assumptions, against textbook values."""

import math

import numpy as np
import pytest

from rebuilt.cost.sweep.montecarlo import draw
from rebuilt.demand.assumptions import SCENARIOS, assumptions, changed
from rebuilt.demand.effects import effects
from rebuilt.demand.names import GIVEN, MACHINES
from rebuilt.demand.sampling import draws, spreads, spreads_for_share
from rebuilt.errors import DataError, ShapeError, UnknownNameError

UNIT = (np.arange(10_000) + 0.5) / 10_000


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_draw_lies_within_its_range(scenario):
    """All but the lognormal error stay between low and high; the first draws do not change."""
    known = assumptions(scenario)
    _, table = draws(known, 1024)
    _, fewer = draws(known, 256)

    for place, name in enumerate(GIVEN):
        if known[name].distribution != "lognormal":
            assert known[name].low <= table[:, place].min()
            assert table[:, place].max() <= known[name].high
    assert table[:256].tolist() == fewer.tolist()


def test_sobol_indices_name_the_only_unknown():
    """With one assumption left open, it explains all; what is pinned explains nothing."""
    known = assumptions("2024")
    pins = [f"{name}={known[name].central}" for name in GIVEN if name != "video_minutes"]
    found = spreads(changed(known, pins), "h100-sxm", 8192)["accelerators"]

    assert list(found.indices) == ["video_minutes"]
    assert found.indices["video_minutes"] == pytest.approx(1, abs=0.02)
    assert found.low < found.median < found.high


def test_sobol_indices_of_a_product_are_those_of_its_logarithms():
    """Of two independent factors each explains its part of the variance of the logarithm."""
    known = assumptions("2024")
    free = {"video_minutes", "attempts"}
    pins = [f"{name}={known[name].central}" for name in GIVEN if name not in free]
    open_two = changed(known, pins)
    found = spreads(open_two, "h100-sxm", 8192)["generated_minutes"].indices
    variance = {name: np.log(draw(open_two[name], UNIT)).var() for name in free}

    for name in free:
        assert found[name] == pytest.approx(variance[name] / sum(variance.values()), abs=0.01)


def test_no_index_names_what_has_no_effect():
    """With too few draws, columns of the sequence are alike and blame each other."""
    without = ("lifetime", "rent", "module_price", "training_length", "electricity_price")
    for scenario in SCENARIOS:
        indices = spreads(assumptions(scenario), MACHINES[scenario])["accelerators"].indices
        assert max(indices[name] for name in without) < 0.02


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_chain_turned_around_comes_back(share):
    """Minutes that need a share of the modules need it when they are put in."""
    known = assumptions("2026")
    found = spreads_for_share(known, "b200-sxm", share, 256)
    middle = int(np.argsort(found["generated_minutes"].values)[128])
    minutes = found["generated_minutes"].values[middle]
    again = spreads(changed(known, [f"video_minutes={minutes}"]), "b200-sxm", 256)

    assert found["module_share"].values == pytest.approx(share, rel=1e-3)
    assert again["module_share"].values[middle] == pytest.approx(share, rel=1e-3)


def test_a_share_that_no_fleet_has_is_refused():
    """Zero, and less than a module."""
    for share, message in (
        (0, "the share of modules is 0; it must be above zero"),
        (1e-12, "the share of modules is 1e-12; too small for a fleet of whole modules"),
    ):
        with pytest.raises(DataError) as caught:
            spreads_for_share(assumptions("2026"), "b200-sxm", share, 64)
        assert str(caught.value) == message


def test_effects_have_the_slope_of_their_formula():
    """Accelerators are proportional to minutes, and inverse to occupancy."""
    found = {one.name: one for one in effects(assumptions("2024"), "h100-sxm", "accelerators")}

    assert found["video_minutes"].elasticity == pytest.approx(1)
    assert found["occupancy"].elasticity == pytest.approx(-1)
    assert found["pue"].elasticity == pytest.approx(0)
    assert math.isnan(found["spare"].elasticity)
    assert found["attempts"].factor == pytest.approx(4)


def test_a_change_pins_or_scales():
    """`=25` leaves no doubt, `=x0.5` keeps it; the others stay as they are."""
    known = assumptions("2024")
    pinned, scaled = changed(known, ["steps=25"]), changed(known, ["steps=x0.5"])

    assert (pinned["steps"].low, pinned["steps"].high) == (25, 25)
    assert pinned["steps"].distribution == "fixed"
    assert (scaled["steps"].low, scaled["steps"].high) == (10, 125)
    assert scaled["depth"] == known["depth"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            "stps=25",
            UnknownNameError,
            "assumption 'stps' is unknown; nearest names: steps, fps, spare, host_watts; rebuilt "
            "demand --list prints all",
        ),
        (
            "steps=many",
            DataError,
            "--set 'steps=many' is no change; write steps=NUMBER for one value or steps=xNUMBER "
            "to scale the range",
        ),
        (
            "steps=-1",
            DataError,
            "--set 'steps=-1' is no change; write steps=NUMBER for one value or steps=xNUMBER "
            "to scale the range",
        ),
        (
            "occupancy=0",
            DataError,
            "--set 'occupancy=0' is out of range: occupancy must be above zero",
        ),
        (
            "occupancy=1.5",
            DataError,
            "--set 'occupancy=1.5' is out of range: occupancy would be 1.5 and is at least 0 and "
            "at most 1",
        ),
        (
            "network_share=x30",
            DataError,
            "--set 'network_share=x30' is out of range: network_share would be 7.5 to 30 and is "
            "at least 0 and at most 1",
        ),
        *(
            (
                f"{name}=0.5",
                DataError,
                f"--set '{name}=0.5' is out of range: {name} would be 0.5 and is at least 1",
            )
            for name in ("attempts", "depth", "peak_to_mean", "pue", "steps", "switch_radix")
        ),
    ],
)
def test_a_bad_change_says_what_to_write(change, error, message):
    """The whole sentence."""
    with pytest.raises(error) as caught:
        changed(assumptions("2024"), [change])

    assert str(caught.value) == message


def test_a_scenario_that_is_not_there():
    """The message lists those that are."""
    with pytest.raises(UnknownNameError) as caught:
        assumptions("2030")

    assert str(caught.value) == "scenario '2030' is unknown; choose 2024 or 2026"


@pytest.mark.parametrize("number", [0, 3, 2**21])
def test_draws_are_a_power_of_two(number):
    """Any other number would unbalance the sequence."""
    with pytest.raises(ShapeError) as caught:
        draws(assumptions("2024"), number)

    assert str(caught.value) == f"draws is {number}; it must be a power of two up to 1048576"


def test_machines_are_those_of_the_scenarios():
    """Every scenario runs on an accelerator that exists."""
    assert set(MACHINES) == set(SCENARIOS)
