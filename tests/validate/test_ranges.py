"""The assumptions of the chain: one cell damaged at a time, the whole message compared."""

from dataclasses import replace

import pytest

from rebuilt.paths import ROOT
from rebuilt.validate.material import Material, Row
from rebuilt.validate.ranges import check_assumptions


class Sheets(Material):
    """The repository with another table of assumptions."""

    def __init__(self, table):
        super().__init__(ROOT)
        self.__dict__["tables"] = {"assumptions": table}


def damaged(scenario, key, **cells):
    """Return the findings with some cells of one row changed, without their places in the file."""
    table = Material(ROOT).tables["assumptions"]
    rows = [
        Row(row.line, row.cells | cells)
        if (row.cells["scenario"], row.cells["name"]) == (scenario, key)
        else row
        for row in table.rows
    ]
    found = check_assumptions(Sheets(replace(table, rows=rows)))
    return [f"{one.column}: found {one.found}, expected {one.expected}" for one in found]


def test_the_committed_table_is_in_order():
    """Without damage there is nothing to say."""
    assert damaged("2024", "pue") == []


@pytest.mark.parametrize(
    ("scenario", "name", "cells", "expected"),
    [
        (
            "2026",
            "pue",
            {"central": "12.5"},
            "central: found 1.1, 12.5, 1.58, expected low, central, high in ascending order",
        ),
        (
            "2026",
            "attempts",
            {"high": "2"},
            "distribution: found fixed with 1, 1, 2, expected three equal values",
        ),
        (
            "2026",
            "pue",
            {"low": "1.25", "high": "1.25"},
            "distribution: found triangular with 1.25, 1.25, 1.25, "
            "expected a low end below the high end",
        ),
        (
            "2026",
            "steps",
            {"low": "0"},
            "low: found 0, expected above zero in a loguniform range",
        ),
        (
            "2026",
            "rent",
            {"low": "0.269"},
            "high: found 0.269, 6.69, 8.6, "
            "expected ends within 4 times the central value in a triangular range",
        ),
        (
            "2026",
            "hardware_error",
            {"high": "1.3"},
            "central: found 0.587, 1, 1.3, "
            "expected the geometric mean of the ends of a lognormal range",
        ),
        (
            "2026",
            "pue",
            {"source": ""},
            "source: found nothing, expected a source, as there is a locator",
        ),
        (
            "2026",
            "rent",
            {"source": "", "locator": ""},
            "source: found nothing, expected a source, or a reason that says 'our assumption'",
        ),
        (
            "2024",
            "steps",
            {"high": "200"},
            "high: found 200, expected 250 as in data/models/sora-2024.yaml",
        ),
        (
            "2024",
            "depth",
            {"distribution": "uniform"},
            "distribution: found uniform, expected triangular as in data/models/sora-2024.yaml",
        ),
    ],
)
def test_one_wrong_cell_is_named(scenario, name, cells, expected):
    """Column, what stands there, and what the rule asks for."""
    assert damaged(scenario, name, **cells) == [expected]


@pytest.mark.parametrize(
    ("column", "cell"), [("unit", "USD"), ("integer", "1"), ("group", "money")]
)
def test_an_assumption_is_of_one_kind_in_every_scenario(column, cell):
    """A unit that is right elsewhere is wrong here; which row is, nobody can say."""
    found = damaged("2024", "attempts", **{column: cell})

    was = Material(ROOT).tables["assumptions"].rows
    right = next(row.cells[column] for row in was if row.cells["name"] == "attempts")
    assert found == [
        f"{column}: found {cell}, expected {right} as in 2026",
        f"{column}: found {right}, expected {cell} as in 2024",
    ]


def test_every_scenario_has_every_assumption():
    """A renamed row is one too many and one too few."""
    assert damaged("2026", "pue", name="pues") == [
        "name: found no pue in 2026, expected each of names.GIVEN",
        "name: found pues, expected one of names.GIVEN",
    ]
