"""What the chapter on optical modules shows agrees with other rows and with the fabric's parts."""

import polars as pl
import pytest

from rebuilt.exhibits import optics
from rebuilt.fabric import parts

REVENUE = {row["fiscal"]: row["usd_m"] for row in optics.revenue().iter_rows(named=True)}


def growth(back, rounding):
    new, old = rounding(REVENUE[optics.NOTED]), rounding(REVENUE[back])
    return new / old - 1


def test_reported_segments_add_up_to_the_revenue_of_the_company():
    """Parts and total come from different filings."""
    total = dict(optics.revenue().select("period_end", "usd_m").iter_rows())
    kept = optics.segments().filter("reported")
    tables = {3: pl.col("segment").is_in(list(optics.SEGMENTS.values())[:3]), 2: ~pl.lit(False)}
    quarters = (
        kept.filter(tables[3] | tables[2]).group_by("period_end").agg(pl.len(), pl.sum("usd_m"))
    )

    assert quarters.height == 10
    for day, _, parts_usd_m in quarters.iter_rows():
        assert parts_usd_m == pytest.approx(total[day], abs=0.6)


def test_the_printed_rates_fit_rounded_revenues_and_no_exact_ones():
    """What two printed decimals leave open holds the one, and not the other."""
    quarters = ("FY2023Q2", "FY2024Q1")
    exact = [growth(quarter, float) for quarter in quarters]
    rounded = [growth(quarter, round) for quarter in quarters]
    frame = optics.decimals(exact, rounded)

    for rate in optics.RATES.values():
        rows = frame.filter(rate=rate)
        by_origin = {row["origin"]: row for row in rows.iter_rows(named=True)}
        thousands, millions, printed = (by_origin[origin] for origin in optics.ORIGINS)
        assert printed["low"] <= millions["off_points"] <= printed["high"]
        assert printed["high"] < thousands["off_points"] == 0


def test_a_rate_for_each_claim_is_needed():
    """A missing rate is an error, not a shorter chart."""
    with pytest.raises(ValueError, match="zip"):
        optics.decimals([0.1], [0.1])


def test_the_quarter_before_the_note_is_the_lowest_since_the_purchase():
    """The chapter says so in words."""
    bought = {fiscal: usd_m for fiscal, usd_m in REVENUE.items() if fiscal >= "FY2023"}

    assert min(bought, key=bought.__getitem__) == "FY2024Q1"


def test_the_prices_of_the_chapter_are_those_of_the_network_bill():
    """The chart and the cost of a network never disagree."""
    quoted = optics.prices().filter(pl.col("quoted").str.starts_with("800G"))
    price = parts.module_price_usd("800G")

    assert (quoted["usd"].min(), quoted["usd"].max()) == (price.low, price.high)
    assert quoted.filter(basis=optics.CONTRACT)["usd"].median() == price.central


def test_optics_in_the_package_are_no_pluggable_modules():
    """Two sources claim the same watts for light beside the chip, in different words."""
    beside = optics.power().filter(kind=optics.BESIDE)

    assert beside.height == 2
    assert beside["watts"].n_unique() == 1


def test_a_spread_holds_every_count_of_its_line():
    """The interval behind the points ends at points."""
    for frame, line, value in (
        (optics.counts(), "modules", "million"),
        (optics.prices(), "quoted", "usd"),
    ):
        spread = frame.group_by(line).agg(
            low=pl.min(value) - pl.first("least"), high=pl.max(value) - pl.first("most")
        )
        assert spread["low"].to_list() == spread["high"].to_list() == [0] * spread.height


def test_equal_reports_share_a_mark_and_are_counted():
    """No report is lost; only lines with several have a median."""
    quoted = optics.prices()
    drawn = optics.with_medians(quoted)
    told = drawn.filter(pl.col("basis") != "median")

    assert told["reports"].sum() == quoted.height
    assert told.select("quoted", "usd").is_unique().all()
    assert drawn.filter(basis="median")["reports"].min() > 1
    assert optics.once(optics.power(), "speed", "kind", "watts")["reports"].max() > 1


def test_the_stake_has_an_amount_and_a_month():
    """Both are the row's."""
    usd_mn, month = optics.stake()

    assert usd_mn > 0
    assert len(month) == len("2026-03")
