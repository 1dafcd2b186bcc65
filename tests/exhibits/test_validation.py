"""Frames of the page on counts: every measured and every printed figure has its place."""

import polars as pl
import pytest

from rebuilt.cost import count, load_model
from rebuilt.evidence import tables
from rebuilt.exhibits import validation


def test_groups_of_a_pass_add_up_to_the_whole():
    """The total of a shape is the sum of its groups, and no shape lacks one."""
    rows = validation.measured()
    key = ["model", "module", "clip"]
    whole = rows.filter(group="total").group_by(key).agg(pl.col("measured").sum())
    parts = (
        rows.filter(pl.col("group") != "total").group_by(key).agg(parts=pl.col("measured").sum())
    )
    both = whole.join(parts, on=key)

    assert both.height == whole.height
    assert (both["measured"] == both["parts"]).all()


def test_the_table_by_model_has_every_shape():
    """Shapes of all models are the passes of the chart."""
    rows = validation.measured()

    assert validation.by_model(rows)["shapes"].sum() == validation.whole_passes(rows).height


def test_a_printed_figure_is_compared_or_unanswered():
    """None is lost, and differences are those of the two figures."""
    figures = validation.printed()
    compared = validation.compared(figures)
    by_hand = 100 * (compared["ours"] / compared["converted_value"] - 1)

    assert compared.height + validation.unanswered(figures).height == figures.height
    assert figures.height == tables.load("published_costs").height
    assert compared["percent"].to_list() == pytest.approx(by_hand.to_list())


def test_the_printed_size_of_a_model_is_its_count_nearly():
    """A name such as 14B stands for the parameters that we count, to its last digit."""
    compared = validation.compared(validation.printed())
    wan = load_model("wan2.1-t2v-14b")
    printed = compared.filter(model=wan.name, quantity="parameters")["converted_value"].item()

    assert count(wan).parameters == pytest.approx(printed, rel=0.05)
