"""A slip of the decimal point in any number is found, in nearly every cell, without the hash.

Numbers of one table are shifted one at a time, up and down, and the rules that compare numbers run
on it. A table whose numbers have no like (a single forecast, say) cannot reach every cell: the
floors say how much is reached.
"""

from dataclasses import replace
from functools import cache

import pytest
from tests.faults import caught

from rebuilt.paths import ROOT
from rebuilt.validate.additions import check_sums
from rebuilt.validate.bounds import check_bounds
from rebuilt.validate.cells import check_facts, number
from rebuilt.validate.claim_rows import check_claims
from rebuilt.validate.decimal_slips import check_peers
from rebuilt.validate.material import Material, Row
from rebuilt.validate.preferences import check_preferences
from rebuilt.validate.ranges import check_assumptions

# These walk table by table; those need be walked that a damaged one can say anything of.
BY_TABLE = (check_bounds, check_peers, check_sums)
OVER_ALL = (check_assumptions, check_preferences, check_claims, check_facts)
CELLS_PER_TABLE = 20
# Written by `make fit`, `make measure`, `make train`; what they are made from is tried here. Each
# number of config_counts, decoder_counts and encoder_counts is compared with our count by tests of
# cost/models and cost/autoencoders.
GENERATED = {
    "chapter_times",
    "config_counts",
    "decoder_counts",
    "efficiencies",
    "encoder_counts",
    "faults_caught",
    "field_answers",
    "learned_checks",
    "measured",
    "memory_errors",
    "miniature_curves",
    "miniature_failures",
    "miniature_quality",
    "miniature_runs",
    "page_budgets",
    "training_errors",
    "validation_errors",
}
FLOORS = {
    "clusters": 0.7,
    "dit_scaling": 0.85,
    "field_cases": 0.8,
    "industry_chain": 0.8,
    "kernel_rates": 0.75,
    "matmul_rates": 0.8,
    "memory_figures": 0.7,
    "mlperf": 0.75,
    "optics_market": 0.8,
    "published_costs": 0.7,
    "published_run_times": 0.65,
    "run_times": 0.7,
    "software_memory": 0.7,
    "software_runs": 0.7,
    "statements": 0.6,
    "terminals": 0.65,
    "training_mix": 0.75,
    "training_runs": 0.6,
    "units": 0.25,
    "video_demand": 0.55,
    "video_models": 0.75,
    "video_prices": 0.75,
}
FLOOR = 0.9


class Sheets(Material):
    """Tables in memory, with one of them damaged."""

    def __init__(self, tables):
        super().__init__(ROOT)
        self.__dict__["tables"] = tables


class Near(dict):
    """Tables by name, of which rules walk one, and those whose descriptor names it."""

    def __init__(self, tables, name):
        super().__init__(tables)
        naming = (other for other, table in tables.items() if f"'{name}'" in str(table.resource))
        self.walked = {name, *naming}

    def values(self):
        """Give what rules walk."""
        return [self[name] for name in self.walked]


def findings(near, tables):
    """Each finding as it comes: whoever needs one only asks no further rule."""
    for rules, some in ((BY_TABLE, near), (OVER_ALL, tables)):
        material = Sheets(some)
        for rule in rules:
            yield from rule(material)


@cache
def whole():
    """Return what is found before anything is shifted."""
    return set(findings(TABLES, TABLES))


def shifts(table):
    """(row, column, shifted cell) for a sample of the numbers of a table, ten times and a tenth."""
    fields = {field["name"]: field for field in table.resource["schema"]["fields"]}
    columns = [name for name, field in fields.items() if field["type"] in ("number", "integer")]
    if table.name == "claims":
        columns = ["claimed"]
    cells = [(row, column) for column in columns for row in table.rows if number(row.cells[column])]
    step = max(1, len(cells) // CELLS_PER_TABLE)
    for row, column in cells[::step]:
        for factor in (10, 0.1):
            yield row, fields[column], f"{number(row.cells[column]) * factor:.12g}"


def refused(field, cell):
    """Whether the schema alone refuses the shifted cell."""
    limits = field.get("constraints", {})
    if field["type"] == "integer" and not float(cell).is_integer():
        return True
    low, high = limits.get("minimum", "-inf"), limits.get("maximum", "inf")
    return not float(low) <= float(cell) <= float(high)


TABLES = Material(ROOT).tables
NUMERIC = [
    name for name, table in TABLES.items() if name not in GENERATED and next(shifts(table), None)
]


@pytest.mark.parametrize("name", NUMERIC)
def test_a_shifted_decimal_point_is_found_in_nearly_every_cell(name, record_property):
    """The share of shifted cells that some finding names is above the floor of the table."""
    table = TABLES[name]
    before, near = whole(), Near(TABLES, name)
    found = planted = 0
    for row, field, cell in shifts(table):
        shifted = [Row(item.line, item.cells | {field["name"]: cell}) if item is row else item
                   for item in table.rows]  # fmt: skip
        near[name] = replace(table, rows=shifted)
        damaged = findings(near, dict(near))
        planted += 1
        found += refused(field, cell) or any(one not in before for one in damaged)
    caught.record(record_property, f"table {name}", "decimal shift", planted=planted, caught=found)

    assert found / planted >= FLOORS.get(name, FLOOR), f"{found} of {planted}"
