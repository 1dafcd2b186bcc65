"""What the chapter on AMD shows is what the tables and the models say."""

import polars as pl
import pytest

from rebuilt import claims
from rebuilt.claims.checks import amd as checks
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts
from rebuilt.exhibits import amd, chips


def test_the_paper_speed_is_the_ratio_of_peaks_and_the_note_took_it():
    """The claim of the note lies within rounding of it."""
    claimed = claims.claimed("amd-performance-vs-h100")
    speeds = amd.speeds(claimed)

    (paper,) = speeds.filter(kind="paper")["ratio"]
    assert round(paper, 1) == claimed == speeds.filter(kind="claimed")["ratio"][0]


def test_measured_speeds_are_the_matrix_product_and_all_pairs_of_mlperf():
    """None is left out."""
    today = Facts(tables.freeze_date())
    pairs = sum(
        len(amd.mlperf.pairs(today, "mi300x", "h100-sxm", makers=checks.MAKERS, scenario=scenario))
        for scenario in ("Offline", "Server")
    )

    assert amd.speeds(1.3).filter(kind="measured").height == pairs + 1


def test_a_matrix_product_reaches_less_than_the_peak():
    """A share of one or more would be a slip of units."""
    products = chips.matrix_products()
    shares = products["measured_tflops"] / products["peak_tflops"]

    assert shares.is_between(0.3, 1, closed="none").all()
    assert {"MI300X", "H100"} < set(products["chip"])


def test_more_memory_holds_at_least_as_many_clips():
    """And a model that needs more never fits more often."""
    fits = amd.clips_in_memory()

    assert (fits["MI300X"] >= fits["H100"]).all()
    assert fits["needs_gb"].is_sorted()
    for device, capacity_gb in amd.capacities_gb().items():
        assert ((fits["needs_gb"] <= capacity_gb) == (fits[device] > 0)).all()


def test_the_outlook_only_rose():
    """Each bound is at least the one before; the last is the outcome."""
    told = amd.outlook()

    assert told["usd_bn"].is_sorted()
    assert told["day"].is_sorted()
    assert told["kind"][-1] == "outcome"


def test_dies_add_up():
    """Compute dies stand in pairs on the I/O dies, and a cut shows a part of all."""
    package, parts = amd.package(), amd.parts()
    counted = dict(parts.select("part", "in_the_package").iter_rows())

    assert counted["compute die"] + counted["I/O die"] == package["dies"]
    assert counted["compute die"] % counted["I/O die"] == 0
    assert counted["memory stack"] == pytest.approx(claims.claimed("amd-hbm3-stacks"))
    assert (parts["in_the_cut"] < parts["in_the_package"]).all()


def test_both_bases_are_near_and_the_exact_one_is_larger():
    """The other one was rounded down to one decimal."""
    exact, rounded = amd.bases()["base_tb_s"]

    assert rounded < exact < rounded + 0.1


def test_every_report_on_the_packaging_is_in_the_table():
    """In an order of our own, and without the question that no source answers."""
    told = tables.load("statements").filter(
        pl.col("condition").str.starts_with("packaging"),
        pl.col("text").is_not_null(),
        subject="mi300x",
    )

    assert sorted(amd.packaging()["report"]) == sorted(told["text"])


def test_clips_are_of_systems_of_eight_in_the_closed_division():
    """An open entry was faster: it may change the model, so it is not counted."""
    rows = tables.load("mlperf").filter(round="v6.0", accelerator="h200-sxm", scenario="Offline",
                                        benchmark="wan-2.2-t2v-a14b")  # fmt: skip
    closed = rows.filter(division="closed")["value"].max()

    assert rows["value"].max() > closed == chips.clips_per_s("v6.0")["H200"]
