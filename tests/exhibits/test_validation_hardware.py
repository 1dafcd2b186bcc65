"""Frames of the page on run times: what errors are, and that no row is lost on the way."""

import polars as pl
import pytest

from rebuilt.evidence import tables
from rebuilt.exhibits import validation_hardware as accuracy


def test_an_error_is_zero_where_the_prediction_is_the_measurement():
    """Its sign says who is larger, and the interval is tested at the measurement."""
    errors = accuracy.errors()
    over = errors.filter(pl.col("predicted_s") > pl.col("measured_s"))

    assert errors.height == tables.load("validation_errors").height
    assert (over["off"] > 0).all()
    assert errors.filter(pl.col("measured_s") > pl.col("high_s"))["inside"].any() is False


def test_every_run_stands_in_the_table_of_one_kind():
    """The tables of all kinds together have every row."""
    errors = accuracy.errors()
    heights = [accuracy.every_run(errors, kind).height for kind in accuracy.KINDS.values()]

    assert sum(heights) == errors.height
    assert min(heights) > 0


def test_counts_of_kinds_add_up():
    """Runs of a summary are those of the frame, whatever a source tells."""
    held = accuracy.errors().filter(role="never fitted")

    assert accuracy.by_kind(held)["runs"].sum() == held.height
    assert accuracy.by_source(held)["runs"].sum() == held.height


def test_the_median_of_the_chart_is_that_of_the_sentence():
    """Two ways to the same number."""
    held = accuracy.errors().filter(role="never fitted")
    ours = accuracy.beside_rivals(held).filter(model="our model")
    middle = accuracy.medians(held)

    assert ours["error"].to_list() == pytest.approx([100 * middle[kind] for kind in ours["kind"]])
    assert 0 <= accuracy.ahead(accuracy.beside_rivals(held)) <= len(middle)


def test_what_lies_beyond_the_axis_is_drawn_at_its_end():
    """The table keeps the error itself."""
    found = accuracy.by_source(accuracy.errors())
    low, high = accuracy.ENDS

    assert found["drawn"].is_between(low, high).all()
    assert (
        found.filter(pl.col("error").is_between(low, high))
        .select((pl.col("error") == pl.col("drawn")).all())
        .item()
    )


def test_every_question_has_one_verdict():
    """Kinds of questions and verdicts cover all answers."""
    answers = accuracy.answers()
    counted = accuracy.by_verdict(answers)

    assert sum(counted[word].sum() for word in accuracy.VERDICTS) == answers.height
    assert accuracy.every_answer(answers)["answer"].drop_nulls().str.contains("to").any()


def test_the_benchmark_states_bytes_in_billions():
    """Value and unit change together."""
    values, table = accuracy.benchmark()
    size = table.filter(measurement="hundred million records size")

    assert size["value"].item() == pytest.approx(values["hundred_million_records_size"] / 1e9)
    assert size["unit"].item() == "GB"
