"""The status page counts what is there and invents nothing."""

import json

import polars as pl

from rebuilt.cli import main
from rebuilt.evidence import grading, tables
from rebuilt.page import status


def test_coverage_has_a_row_for_each_table_and_a_column_for_each_grade():
    """Best grade first; what does not occur has no column."""
    counted = pl.DataFrame(
        {
            "table": ["a", "a", "b"],
            "grade": [grading.Grade.OURS, grading.Grade.PRIMARY, grading.Grade.PRIMARY],
            "numbers": [1, 2, 3],
        }
    )

    found = status.coverage(counted)

    assert found.columns == ["table", "primary source opened, exact place", "set by us"]
    assert found.rows() == [("a", 2, 1), ("b", 3, 0)]


def test_status_prints_what_the_page_says(capsys):
    """One object, whose grades add up to the tables and whose shares are of the same numbers."""
    assert main(["status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    sums = dict.fromkeys(found["grades"], 0)
    for grades in found["tables"].values():
        for grade, count in grades.items():
            sums[grade] += count

    assert sums == found["grades"]
    assert found["located"]["numbers"] == sum(found["grades"][word] for word in grading.LOCATED)
    assert found["claims"]["all"] >= 105
    hand = found["by_hand"]
    assert hand["located"]["numbers"] <= hand["numbers"]
    assert hand["primary_opened"]["numbers"] <= hand["primary_or_copy_opened"]["numbers"]
    assert sum(table["numbers"] for table in hand["tables"]) == hand["numbers"]


def test_status_is_text_unless_asked(capsys):
    """Two shares, the grades and the claims."""
    assert main(["status"]) == 0

    shown = capsys.readouterr().out
    assert "numbers about the world have an opened source and an exact place" in shown
    assert "primary source opened, exact place" in shown


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
