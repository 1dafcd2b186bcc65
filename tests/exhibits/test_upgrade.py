"""What the chapter on the upgrade shows: sums that another row prints, one chip a generation."""

import polars as pl
import pytest

from rebuilt.evidence import tables
from rebuilt.exhibits import upgrade

START = "2023Q4"


@pytest.fixture(scope="module")
def series():
    """Return the four series."""
    return upgrade.series()


def test_quarters_of_spending_add_up_to_the_years_that_reports_print():
    """Four quarters of one company make the year of its own annual report."""
    quarters = upgrade.spending().with_columns(year=pl.col("period").str.slice(0, 4))
    summed = quarters.group_by("subject", "year").agg(pl.col("value").sum(), n=pl.len())
    years = tables.load("capex_quarters").filter(
        pl.col("value").is_not_null(),
        pl.col("period").str.contains(r"^20\d\d$"),
        ~pl.col("condition").str.starts_with(upgrade.WITH_LEASES),
    )
    both = years.join(
        summed.filter(n=4), left_on=["subject", "period"], right_on=["subject", "year"]
    )

    assert both.height > 2
    assert both["value"].to_list() == pytest.approx(both["value_right"].to_list(), rel=0.005)


def test_the_sum_of_the_four_has_all_four(series):
    """No quarter counts that one company does not tell."""
    spent = upgrade.spending()
    for row in series.filter(series=upgrade.BUYERS).to_dicts():
        own = spent.filter(period=row["quarter"])

        assert set(own["subject"]) == set(upgrade.SPENDERS)
        assert row["usd_m"] == pytest.approx(own["value"].sum())


def test_every_series_starts_at_one_and_has_the_last_common_quarter(series):
    """What is compared is compared over the same quarters."""
    indexed = upgrade.indexed(series, START)

    assert indexed.filter(quarter=START)["index"].to_list() == [1, 1, 1, 1]
    assert indexed.filter(quarter=upgrade.last_common(series))["series"].n_unique() == 4


def test_suppliers_are_compared_with_nvidia_over_their_own_span(series):
    """A pair for each supplier; the whole companies end where the chart of four series does."""
    grown = upgrade.over_same_spans(series, START)
    indexed = upgrade.indexed(series, START).filter(quarter=upgrade.last_common(series))
    whole = grown.filter(pl.col("supplier").str.contains("whole company"))

    assert grown.group_by("supplier").len()["len"].to_list() == [2, 2, 2, 2]
    assert whole.filter(who="the supplier")["grew"].to_list() == indexed["index"].to_list()[2:]
    assert grown.filter(supplier=upgrade.INNOLIGHT)["grew"].min() > 1


def test_a_generation_has_one_chip_and_twice_the_capacity():
    """A second chip of the same capacity is no generation."""
    steps = (
        upgrade.generations()["step"]
        .drop_nulls()
        .str.extract_all(r"[\d.]+")
        .list.eval(pl.element().cast(pl.Float64))
    )

    assert [new / old for old, new in steps.to_list()] == pytest.approx([2, 2, 2])
    assert upgrade.generations()["announced"].is_sorted()


def test_no_later_generation_took_less_time():
    """What the chapter says in words."""
    assert upgrade.generations()["announced"].diff().drop_nulls().is_sorted()


def test_a_quarter_reads_as_one():
    """As prose names it."""
    assert upgrade.named("2026Q1") == "Q1 2026"
