"""The status page counts what is there and invents nothing."""

import polars as pl
import pytest

from rebuilt.evidence import tables
from rebuilt.page import status

FIELDS = [
    {"name": "subject", "type": "string"},
    {"name": "value", "type": "number"},
    {"name": "gpus", "type": "integer"},
    {"name": "source", "type": "string"},
]


@pytest.fixture
def world(monkeypatch):
    """Return a function that gives the package one table."""

    def use(frame: pl.DataFrame, description: str = "What it says."):
        fields = [field for field in FIELDS if field["name"] in frame.columns]
        resource = {"description": description, "schema": {"fields": fields}}
        monkeypatch.setattr(tables, "names", lambda: ["it"])
        monkeypatch.setattr(tables, "describe", {"it": resource}.get)
        monkeypatch.setattr(tables, "load", {"it": frame}.get)

    return use


def test_filled_numbers_are_counted_and_words_and_gaps_are_not(world):
    """Two columns of numbers, one gap; every row names its source."""
    world(
        pl.DataFrame(
            {"subject": ["a", "b"], "value": [1.0, None], "gpus": [1, 2], "source": ["x", "y"]}
        )
    )

    assert status.coverage().rows() == [("it", status.SOURCED, 3)]


@pytest.mark.parametrize(
    ("description", "origin"),
    [("Written by `make it`.", status.COMPUTED), ("Assumed by us.", status.SET)],
)
def test_a_number_without_a_source_is_computed_or_set_by_us(world, description, origin):
    """The description says which."""
    world(pl.DataFrame({"subject": ["a"], "value": [1.0]}), description)

    assert status.coverage().rows() == [("it", origin, 1)]


def test_a_row_that_lacks_its_source_is_not_counted_as_sourced(world):
    """Not even in a table of sources."""
    world(pl.DataFrame({"value": [1.0, 2.0], "source": ["x", None]}))

    assert status.coverage().rows() == [("it", status.SOURCED, 1), ("it", status.SET, 1)]


def test_the_real_tables_add_up():
    """All numbers of all tables, once each; most come from a source."""
    found = status.coverage()
    filled = sum(
        column.count()
        for name in tables.names()
        for column in tables.load(name)
        if column.dtype.is_numeric()
    )

    assert found["numbers"].sum() == filled
    assert set(found["origin"]) <= set(status.ORIGINS)
    assert found.filter(origin=status.SOURCED)["numbers"].sum() > 10_000


def test_faults_are_added_up_by_kind(monkeypatch):
    """Parts are counted; the widest kinds come first."""
    table = pl.DataFrame(
        {
            "part": ["table a", "table b", "site"],
            "fault": ["type", "type", "script"],
            "planted": [1, 2, 1],
            "caught": [1, 1, 1],
        }
    )
    monkeypatch.setattr(tables, "load", {"faults_caught": table}.get)

    assert status.faults().rows() == [("type", 2, 3, 2), ("script", 1, 1, 1)]


def test_every_measured_row_is_met_exactly():
    """As the reference test proves group by group."""
    exact, compared = status.exact_rows()

    assert exact == compared == tables.load("reference_flops").height


def test_budgets_are_read_only_where_they_have_been_measured(monkeypatch):
    """No table, no figure."""
    monkeypatch.setattr(tables, "names", lambda: ["accelerators"])

    assert status.budgets() is None
