"""Numbers beside what bounds them: of the same row, of another table, and confirmed exceptions."""

from types import SimpleNamespace

import pytest

from rebuilt.validate.bounds import check_bounds
from rebuilt.validate.material import Row, Table

ENERGY = {
    "value": "joules",
    "times": ["watts", "seconds"],
    "over": ["batch"],
    "factor": 1.01,
    "why": "power times seconds",
}
PREDICTED = {
    "value": "seconds",
    "of": "predictions",
    "times": ["seconds"],
    "key": "run",
    "where": {"kind": "held out"},
    "factor": 4,
    "why": "our prediction",
}
PREDICTIONS = [
    {"run": "1", "kind": "in the fit", "seconds": "1"},
    {"run": "1", "kind": "held out", "seconds": "30"},
    {"run": "b", "kind": "held out", "seconds": "9"},
]


def table(name, rows, *rules):
    """Return a table of a few rows with its rules."""
    resource = {"name": name, "bounds": list(rules)}
    return Table(
        f"{name}.csv", resource, list(rows[0]), [Row(n, row) for n, row in enumerate(rows, 2)]
    )


def found(rule, *rows):
    """Return the findings of a rule of the table `runs`."""
    tables = {"runs": table("runs", rows, rule), "predictions": table("predictions", PREDICTIONS)}
    return list(check_bounds(SimpleNamespace(tables=tables)))


def run(**cells):
    """Return one row."""
    return {"id": "a", "joules": "1200", "watts": "600", "seconds": "4", "batch": "2"} | cells


def test_a_number_may_be_below_what_bounds_it():
    """Of a whole any part is fine, and no part is more."""
    part = {"value": "joules", "times": ["watts"], "factor": 1, "below": True, "why": "the whole"}

    assert found(part, run(joules="0"), run(joules="3"), run(joules="600")) == []
    [finding] = found(part, run(joules="601"))
    assert (finding.column, finding.expected) == ("joules", "0 to 600, by the whole")


def test_numbers_of_one_row_agree():
    """A slip of any of them is seen, and the message says what it is beside."""
    assert found(ENERGY, run()) == []
    for slip in ({"joules": "12000"}, {"watts": "60"}, {"seconds": "0.4"}, {"batch": "20"}):
        [finding] = found(ENERGY, run(**slip))
        assert (finding.file, finding.row, finding.column) == ("runs.csv", 2, "joules")
        assert "by power times seconds" in finding.expected


def test_what_is_not_told_bounds_nothing():
    """An empty cell, or a zero, has no factor."""
    for cells in ({"watts": ""}, {"joules": ""}, {"batch": "0"}):
        assert found(ENERGY, run(**cells)) == []


@pytest.mark.parametrize(
    ("seconds", "count"), [("30", 0), ("8", 0), ("119", 0), ("7", 1), ("300", 1)]
)
def test_another_table_bounds_by_the_number_of_the_row(seconds, count):
    """Of the rows that are asked for; a run that it does not have is not bounded."""
    assert len(found(PREDICTED, run(seconds=seconds), run(seconds="5000"))) == count


def test_another_table_bounds_by_a_key():
    """The column `row` says which."""
    rule = PREDICTED | {"row": "id"}

    assert found(rule, run(id="b", seconds="9"), run(id="a", seconds="900")) == []
    assert len(found(rule, run(id="b", seconds="90"))) == 1


def test_a_confirmed_exception_is_passed_and_must_be_one():
    """One that is none any more is to be taken out."""
    rule = PREDICTED | {"row": "id", "confirmed": {"b": "2026-11-30: read again"}}

    assert found(rule, run(id="b", seconds="90")) == []
    [finding] = found(rule, run(id="b", seconds="9"))
    assert finding.found == "the exception b of seconds (2026-11-30: read again)"
