"""Frames of the chapter on the price of a minute: sums, orders, and what other tables say."""

import math
from dataclasses import replace

import polars as pl
import pytest

from rebuilt.cost import load_model
from rebuilt.cost.hardware.estimate import estimate, timed
from rebuilt.cost.hardware.fleet import Service, fleets
from rebuilt.cost.sweep.montecarlo import Spread
from rebuilt.errors import DataError
from rebuilt.evidence import bibliography, tables
from rebuilt.exhibits import compute_cost, levers

WAN = "wan2.1-t2v-14b"


def test_shares_of_a_run_are_all_of_it():
    """On one accelerator nothing waits for a link, so the parts leave no rest."""
    sums = compute_cost.shares("h100-sxm").group_by("model").agg(pl.col("share").sum())

    assert sums["share"].to_list() == pytest.approx([100.0] * len(compute_cost.MODELS))


def test_models_stand_in_the_order_of_their_price():
    """Cheapest first, and each price inside its own interval."""
    minutes = compute_cost.minutes("h100-sxm")

    assert minutes["usd"].is_sorted()
    assert minutes.select(pl.col("usd").is_between("usd_low", "usd_high").all()).item()


def test_peak_alone_leaves_the_base_where_it_is():
    """Times by peak times peaks are one number, and that of the base is our own."""
    chips = compute_cost.accelerators(WAN)
    beside = compute_cost.beside_peak(chips, base="H100")
    peak = beside.filter(pl.col("by") != "our model")
    products = (peak["minutes"] * chips["peak_tflops"]).to_list()

    assert products == pytest.approx([products[0]] * chips.height)
    assert beside.filter(accelerator="H100")["minutes"].n_unique() == 1


def test_an_offer_stays_only_if_no_quicker_one_undercuts_it():
    """Along each accelerator's offers, who waits longer pays less."""
    offers = fleets(timed(load_model(WAN)), Service(1e5), ["h100-sxm"], compute_cost.engines())
    kept = compute_cost.cheapest_offers(offers, WAN)

    assert kept["minutes"].is_sorted()
    assert kept["usd_per_clip"].is_sorted(descending=True)
    assert kept["usd_per_clip"].min() == offers[0].usd_per_clip


def test_rents_of_that_day_are_no_younger_than_the_note():
    """Offers and list prices alike, and each has a source."""
    assert compute_cost.offers_then()["day"].max() <= tables.note_date()
    assert bibliography.find(compute_cost.offers_then()["source"].to_list())


def test_the_histogram_holds_every_draw():
    """A draw on an edge falls into one bin only, and shares are percent."""
    hours = Spread(1.0, 10.0, 100.0, {}, pl.Series([1.0, 10.0, 10.0, 99.0]).to_numpy())
    counted = compute_cost.sora_hours(hours)

    assert counted["draws"].sum() == 4
    assert counted["share"].sum() == pytest.approx(100.0)
    assert counted.filter(pl.col("draws") == 2)["low"].to_list() == pytest.approx([10.0])


def test_a_rent_without_a_source_is_an_error():
    """No price is made up."""
    found = replace(estimate(load_model("ltx-video-2b"), gpu="h100-sxm"), usd=None)

    with pytest.raises(DataError, match="no rent"):
        compute_cost.rent(found)


def test_a_pair_with_itself_gains_nothing_and_settings_are_counted():
    """Gains are ratios of times, and the number of settings is that of the lever's words."""
    tried = levers.measured_pairs()

    assert tried["settings"].min() == 1
    assert (tried["measured"] > 0).all()
    assert set(tried.filter(settings=1)["lever"]) == set(levers.pairs.LEVERS.values())


def test_levers_together_end_with_all_of_them():
    """The last line has every setting, so no lever alone is faster."""
    stacked = levers.stacked()
    last = stacked.filter(how="together")["gain"][-1]

    assert last == stacked["gain"].max()
    assert stacked.filter(how="together")["gain"].is_sorted()


def test_a_design_as_published_takes_its_own_time():
    """The line that everything is divided by has the ratio one."""
    changed = levers.other_designs()

    assert changed.filter(change=levers.PUBLISHED)["ratio"].to_list() == [1.0]
    assert changed["ratio"].is_sorted(descending=True)


def test_a_minute_as_then_differs_from_today_by_the_rent_alone():
    """Software and chip are the same in the first two lines."""
    since = levers.cheaper_since(compute_cost.offers_then())
    then, now = since["usd_per_h"][:2]

    assert since["times"][0] == 1.0
    assert math.isclose(since["times"][1], then / now)
    for run, (chip, _, _) in levers.SINCE.items():
        assert set(compute_cost.of_job([WAN], [chip])) <= set(
            since.filter(run=run)["source"].item()
        )
