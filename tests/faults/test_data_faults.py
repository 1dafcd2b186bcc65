"""Every kind of damage to every table turns the check red, and the message names the place.

One kind of damage is planted in all tables at once, each in a row of its own, and sealed again, so
that it is not the hash that gives it away; only the fault `hash` is left unsealed.
"""

import planting
import pytest
from tests.faults import caught

from rebuilt.validate.cells import number
from rebuilt.validate.descriptor import seal


def wrong_type(sheet):
    """Put a word where a number or a date belongs."""
    columns = sheet.columns("number", "integer", "date")
    return change(sheet, columns, lambda _: "many")


def wrong_unit(sheet):
    """Give a value in a unit that does not exist, and in no two tables the same one."""
    return change(sheet, ["unit"], lambda _: f"furlong of {sheet.resource['name']}")


def wrong_sign(sheet):
    """Turn a number negative that is no growth, which may be one."""
    columns = ["claimed"] if "claimed" in sheet.header else sheet.columns("number", "integer")

    def grows(cells):
        return any("growth" in cell for cell in cells)

    return change(
        sheet, columns, lambda cell: f"-{cell}", where=lambda cell: number(cell) or 0, but=grows
    )


def no_source(sheet):
    """Empty the cell that says where a row comes from."""
    return change(sheet, ["source", "config_source", "check"], lambda _: "")


def unknown_source(sheet):
    """Cite what does not exist."""
    return change(sheet, ["source", "check"], lambda _: "no-such-source")


def too_early(sheet):
    """Let a fact be known years before its product."""
    return change(sheet, ["known_since"], lambda _: "2012-03-04")


def double(sheet):
    """Write a row twice."""
    row = len(sheet.rows) // 2
    sheet.rows.insert(row, list(sheet.rows[row]))
    return (sheet.file, row + 3, key_of(sheet)[0])


def unsealed(sheet):
    """Change a cell and leave the seal as it was."""
    return change(sheet, [sheet.header[-1], sheet.header[1]], lambda cell: f"{cell} more")


DAMAGES = {
    "type": wrong_type,
    "unit": wrong_unit,
    "sign": wrong_sign,
    "missing source": no_source,
    "unknown source": unknown_source,
    "date before its product": too_early,
    "duplicate key": double,
    "hash": unsealed,
}


def key_of(sheet):
    key = sheet.resource["schema"]["primaryKey"]
    return [key] if isinstance(key, str) else key


def change(sheet, columns, new, where=bool, but=lambda _: False):
    """Change a cell in the middle of the first of `columns` that the table has; None without.

    where, but : what a cell must be, and what its row must not be
    """
    for column in columns:
        if column not in sheet.header:
            continue
        at = sheet.header.index(column)
        rows = [
            row
            for row, cells in enumerate(sheet.rows)
            if cells[at] and where(cells[at]) and not but(cells)
        ]
        if rows:
            row = rows[len(rows) // 2]
            return planting.set_cell(sheet, row, column, new(sheet.rows[row][at]))
    return None


def plant(root, damage, only=None):
    """Damage every table of a copy, or only one, seal them and return the places of the damage."""
    places = {}
    for name, sheet in planting.sheets(root).items():
        if only in (None, name):
            places[name] = DAMAGES[damage](sheet)
            (root / sheet.file).write_text(sheet.text(), encoding="utf-8", newline="")
    if damage != "hash":
        seal(root)
    return {name: place for name, place in places.items() if place is not None}


@pytest.mark.parametrize("damage", DAMAGES)
def test_one_kind_of_damage_is_found_in_every_table(damage, whole, record_property):
    """File, row and column of each planted fault are named by some finding.

    Two faults in one quantity may hide each other: what is missed is planted once more, alone.
    """
    root, before = whole
    planted = plant(root, damage)
    findings = planting.new_findings(root, before)
    hidden = [name for name, place in planted.items() if not planting.caught(findings, place)]
    missed = []
    for name in hidden:
        planting.put_back(root)
        places = plant(root, damage, only=name)
        if not planting.caught(planting.new_findings(root, before), places[name]):
            missed.append(name)
    for name in planted:
        caught.record(record_property, f"table {name}", damage, caught=int(name not in missed))

    assert planted
    assert {name: planted[name] for name in missed} == {}
