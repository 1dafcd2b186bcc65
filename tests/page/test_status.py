"""The status page counts what is there and invents nothing."""

import json

import polars as pl

from rebuilt.cli import main
from rebuilt.evidence import grading, tables
from rebuilt.page import status


def test_coverage_has_a_row_for_each_table_and_a_column_for_each_group_of_grades():
    """Largest table first, best group first; what does not occur is zero."""
    counted = pl.DataFrame(
        {
            "table": ["a", "a", "b", "b"],
            "grade": [grading.Grade.OURS, grading.Grade.PRIMARY, grading.Grade.PRIMARY,
                      grading.Grade.ESTIMATE],
            "numbers": [1, 2, 3, 4],
        }
    )  # fmt: skip

    found = status.coverage(counted)

    assert found.columns == ["table", *dict.fromkeys(status.GROUPS.values())]
    assert found.rows() == [("b", 3, 0, 0, 4, 0), ("a", 2, 0, 0, 0, 1)]


def test_every_grade_has_a_group():
    """A new grade must not vanish from the chart."""
    assert set(status.GROUPS) == set(grading.Grade)


def test_no_count_of_the_glance_is_above_its_whole():
    """And the page and the command count the same numbers."""
    counted = grading.numbers()
    glance = status.at_a_glance(counted)
    located, world = grading.headline(counted)

    assert glance.filter(pl.col("count") > pl.col("of")).is_empty()
    assert glance.row(0)[1:] == (located, world)
    assert status.coverage(counted).select(pl.exclude("table")).sum().sum_horizontal().item() == (
        counted["numbers"].sum()
    )


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


def test_the_heaviest_page_comes_first():
    """Each page once."""
    found = status.weights()

    assert found["compressed_KB"].is_sorted(descending=True)
    assert found["page"].n_unique() == found.height == tables.load("page_budgets").height
