"""What the chapter on switches shows agrees with printed tables and with its own words."""

import itertools

import polars as pl
import pytest

from rebuilt.exhibits import switching
from rebuilt.fabric import Plan, design, parts


def test_the_narrow_target_is_the_first_promise_and_both_come_before_the_outcome():
    """The chapter says that the first number came back as the number of the back end."""
    targets = switching.targets()
    narrow = targets.filter(meaning=switching.BACK_END)
    outcome = targets.filter(told=switching.OUTCOME)

    assert narrow["usd_m"].to_list() == [targets["usd_m"][0]]
    assert outcome.height == 1
    assert targets["public_since"][0] < narrow["public_since"][0] < outcome["public_since"][0]


def test_what_a_bound_leaves_open_begins_or_ends_at_the_bound():
    """An interval says no more than the researcher does."""
    for row in switching.ethernet().iter_rows(named=True):
        ends = {"below": (0, row["percent"]), "above": (row["percent"], 100)}
        assert (row["least"], row["most"]) == ends[row["bound"]]


def test_rounding_up_alone_never_counts_more_switches_than_are_printed():
    """It is the lower bound from which the other rules add, and ours meet the print."""
    sizes = switching.reference_sizes()
    asked = sizes.select("ports", "radix", "planes").iter_rows()
    ours = [design(Plan(gpus=n, radix=radix, planes=planes)).switches for n, radix, planes in asked]
    counts = switching.compared(sizes, ours)

    assert counts.filter(pl.col("rounding_up") > pl.col("printed")).is_empty()
    drawn = switching.against_printed(counts)
    assert set(drawn.filter(counted="our rules")["ratio"]) == {1.0}
    assert drawn.filter(counted="rounding up only")["ratio"].max() < 1


def test_a_larger_switch_never_needs_more_of_them():
    """At every size of the chart, more ports need fewer switches."""
    wide = switching.per_thousand().pivot("switch", index="accelerators", values="per_thousand")
    names = wide.columns[1:]

    for small, large in itertools.pairwise(names):
        both = wide.drop_nulls([small, large])
        assert (both[small] > both[large]).all()


def test_the_share_of_a_cluster_is_that_of_the_worked_example():
    """The cell of the chapter and the chart compute the same."""
    fabric = design(switching.plan("meta-24k-infiniband"))
    modules = fabric.transceivers_by_speed()
    watts = parts.module_watts(modules) + parts.switch_watts(fabric)
    rows = switching.network_shares().filter(cluster="Meta 24K cluster, InfiniBand")

    share = watts.central / switching.accelerator_watts("meta-24k-infiniband")
    assert rows["percent"].sum() == pytest.approx(100 * share)
    assert rows["count"].to_list() == [sum(modules.values()), fabric.switches]


def test_a_cluster_of_unknown_network_has_no_plan():
    """A name that is not in the list is an error."""
    with pytest.raises(KeyError, match="no-such-cluster"):
        switching.plan("no-such-cluster")
