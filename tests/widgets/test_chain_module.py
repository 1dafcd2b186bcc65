"""The module of the sliders: what it holds, how it is rebuilt, and what its kernel says."""

import numpy as np
import pytest

from rebuilt.cost.sweep.montecarlo import said
from rebuilt.demand.assumptions import SCENARIOS, assumptions, changed
from rebuilt.demand.chain import chip_of, relative, room_for
from rebuilt.demand.chain_kernels import ENDS, draw_table, pinned_spread, sort_column
from rebuilt.demand.names import GIVEN, LINKS, MACHINES
from rebuilt.demand.sampling import DRAWS, draws, sequence, spreads
from rebuilt.widgets import chain_form


def spread(scenario, fixed):
    """Run the kernel of the page: ends of every link with some assumptions fixed."""
    _, base = draws(assumptions(scenario), DRAWS)
    pins = np.array([fixed.get(name, np.nan) for name in GIVEN])
    ends, out = np.zeros((ENDS, len(LINKS))), np.zeros((DRAWS, len(LINKS)))
    lowered, chip = relative(), chip_of(MACHINES[scenario])
    given = np.zeros_like(base)
    text = (np.array(lowered.program), lowered.rules, *chip, room_for(lowered))
    pinned_spread(base, pins, *text, given, out, ends)
    return ends


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("fixed", [{}, {"steps": 25.0}, {"depth": 80.0, "network_share": 0.5}])
def test_the_page_shows_what_the_command_prints(scenario, fixed):
    """The same draws give the same ends, bit for bit, as `rebuilt demand`."""
    known = changed(assumptions(scenario), [f"{name}={value}" for name, value in fixed.items()])
    printed = spreads(known, MACHINES[scenario])
    shown = spread(scenario, fixed)

    for place, link in enumerate(LINKS):
        one = printed[link.name]
        assert shown[:, place].tolist() == [one.low, one.median, one.high], link.name


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_page_draws_what_python_draws(scenario):
    """Bit for bit, but for columns of normal distributions, which the page is given."""
    known = assumptions(scenario)
    ranges = np.array([said(known[name]) for name in GIVEN])
    base, units = np.full((DRAWS, len(GIVEN)), np.nan), np.zeros(DRAWS)
    draw_table(*sequence(), ranges, units, base)
    _, expected = draws(known)

    for place, name in enumerate(GIVEN):
        if known[name].distribution == "lognormal":
            assert np.isnan(base[:, place]).all()
        else:
            assert base[:, place].tolist() == expected[:, place].tolist(), name


def test_columns_are_sorted():
    """Against NumPy's sort, with ties."""
    table = np.random.default_rng(3).integers(0, 50, (DRAWS, 2)).astype(float)
    expected = np.sort(table[:, 1])
    sort_column(table, 1)

    assert table[:, 1].tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("ends", "whole", "found"),
    [((1.0, 8.0), True, [1, 2, 3, 4, 5, 6, 7, 8]), ((0.5, 0.5000001), False, [0.5, 0.5000001])],
)
def test_stops_of_a_slider_rise_from_end_to_end(ends, whole, found):
    """Each once, whole where halves mean nothing."""
    assert chain_form.spaced(*ends, whole) == found


def test_every_field_can_be_fixed_and_left_open():
    """The page names assumptions that exist, and its stops lie within what may be typed."""
    scenarios = chain_form.exported()["scenarios"].values()
    for field in chain_form.FIELDS:
        (low, high), stops = chain_form.limits(field), chain_form.stops(field)
        assert field.name in GIVEN
        assert low <= stops[0] < stops[-1] <= high
        assert all(field.name in own["assumed"] for own in scenarios)
    assert set(chain_form.SHOWN) <= {link.name for link in LINKS}
