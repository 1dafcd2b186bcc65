"""How far a number can be looked up: one row at a time, then the real tables."""

import polars as pl
import pytest

from rebuilt.evidence import grading, tables
from rebuilt.evidence.bibliography import Source
from rebuilt.evidence.grading import Grade


def source(nature: str, reading: str) -> dict[str, Source]:
    """Return a bibliography of one entry."""
    entry = Source(
        key="k", label="K", title="T", author="A", date="", url="", nature=nature, reading=reading
    )
    return {"k": entry}


def row(**cells: str | None) -> dict[str, str | None]:
    return {"source": "k", "locator": "table 4", "status": "reported"} | cells


@pytest.mark.parametrize(
    ("nature", "reading", "cells", "grade"),
    [
        ("primary", "opened", {}, Grade.PRIMARY),
        ("copy", "opened", {}, Grade.COPY),
        ("secondary", "opened", {}, Grade.SECONDARY),
        ("primary", "opened", {"locator": "Article text"}, Grade.PLACE),
        ("primary", "opened", {"locator": "thread"}, Grade.PLACE),
        ("primary", "opened", {"locator": None}, Grade.PLACE),
        ("primary", "excerpt", {}, Grade.EXCERPT),
        ("primary", "unopened", {}, Grade.UNOPENED),
        ("primary", "opened", {"status": "estimated"}, Grade.ESTIMATE),
        ("primary", "opened", {"status": "derived"}, Grade.COMPUTED),
    ],
)
def test_a_row_is_as_good_as_its_source_its_place_and_its_status(nature, reading, cells, grade):
    """An exact place does not make up for a source that was not opened, nor the other way."""
    assert grading.grade(row(**cells), source(nature, reading)) is grade


def test_keys_settings_and_words_are_no_numbers_about_the_world():
    """Two numeric columns are left of four, and no text."""
    fields = [
        {"name": name, "type": kind}
        for name, kind in (("year", "integer"), ("gpus", "integer"), ("value", "number"),
                           ("watts", "number"), ("note", "string"))
    ]  # fmt: skip
    resource = {"schema": {"fields": fields, "primaryKey": ["year"]}, "settings": ["gpus"]}

    assert grading.payload(resource) == ["value", "watts"]


def test_every_number_has_one_grade_and_every_source_of_a_number_was_read():
    """The real tables: nothing is counted twice, and nothing cites what nobody opened."""
    counted = grading.numbers()
    filled = sum(
        tables.load(name)[column].count()
        for name in tables.names()
        for column in grading.payload(tables.describe(name))
    )

    assert counted["numbers"].sum() == filled
    assert Grade.UNOPENED not in counted["grade"]
    assert set(counted["grade"]) <= {str(word) for word in Grade}


def test_shares_do_not_fall():
    """Floors, a little below what was reached: of all numbers, and of those typed by hand."""
    counted = grading.numbers()
    located, world = grading.headline(counted)
    by_hand, hand = grading.headline(counted.filter("by_hand"))
    primary, _ = grading.official(counted, grading.Nature.PRIMARY)

    assert located / world > 0.85
    assert by_hand / hand > 0.76
    assert primary / hand > 0.34


def test_a_hand_made_table_reaches_the_aim_or_says_what_was_looked_for():
    """Shares of primary sources and of copies are parts of a whole, table by table."""
    counted = grading.numbers()
    found = grading.searches(counted)
    primary, hand = grading.official(counted, grading.Nature.PRIMARY)
    short = found.filter(pl.col("primary") < grading.AIM)

    assert found["numbers"].sum() == hand
    assert round((found["primary"] * found["numbers"]).sum()) == primary
    assert found.filter(pl.col("primary") + pl.col("copies") > 1).is_empty()
    assert short["sought"].str.contains(r"last tried \d{4}-\d\d-\d\d$").all()


def test_an_excerpt_and_an_estimate_are_not_an_opened_source():
    """Of five numbers of one hand-made table two count: one exact, one with a vague place."""
    of = {"table": "terminals", "by_hand": True, "numbers": 1}
    rows = [
        of | {"grade": str(grade), "nature": nature}
        for grade, nature in (
            (Grade.PRIMARY, "primary"),
            (Grade.PLACE, "primary"),
            (Grade.EXCERPT, "primary"),
            (Grade.ESTIMATE, "primary"),
            (Grade.COPY, "copy"),
        )
    ]
    counted = pl.DataFrame(rows)

    assert grading.official(counted, grading.Nature.PRIMARY) == (2, 5)
    assert grading.official(counted, grading.Nature.PRIMARY, grading.Nature.COPY) == (3, 5)


def test_what_is_computed_or_ours_is_not_of_the_world():
    """It is in neither part of the share."""
    counted = pl.DataFrame(
        {
            "grade": [Grade.PRIMARY, Grade.EXCERPT, Grade.COMPUTED, Grade.OURS],
            "numbers": [1, 2, 4, 8],
        }
    )

    assert grading.headline(counted) == (1, 3)
