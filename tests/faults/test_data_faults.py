"""Every kind of damage to every table turns the check red, and the message names the place.

Damage is planted in all tables at once, of several kinds, each in a row of its own, and sealed
again, so that it is not the hash that gives it away; only the fault `hash` is left unsealed.
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
    row = middle(sheet, range(len(sheet.rows)))
    sheet.damaged.add(row)
    sheet.rows.append(list(sheet.rows[row]))
    return (sheet.file, len(sheet.rows) + 1, key_of(sheet)[0])


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
TOGETHER = (
    ("unit", "unknown source", "date before its product"),
    ("sign", "type", "missing source", "duplicate key"),
    ("hash",),  # all else is sealed
)


def key_of(sheet):
    key = sheet.resource["schema"]["primaryKey"]
    return [key] if isinstance(key, str) else key


def middle(sheet, rows):
    """Return the row in the middle of those of `rows` that are whole; None without."""
    whole = [row for row in rows if row not in sheet.damaged]
    return whole[len(whole) // 2] if whole else None


def change(sheet, columns, new, where=bool, but=lambda _: False):
    """Change a cell in the middle of the first of `columns` that the table has; None without.

    where, but : what a cell must be, and what its row must not be
    """
    for column in columns:
        if column not in sheet.header:
            continue
        at = sheet.header.index(column)
        row = middle(
            sheet,
            (
                row
                for row, cells in enumerate(sheet.rows)
                if cells[at] and where(cells[at]) and not but(cells)
            ),
        )
        if row is not None:
            return planting.set_cell(sheet, row, column, new(sheet.rows[row][at]))
    return None


def plant(root, damages, tables=None):
    """Damage all tables of a copy, or some, seal them and return places by table and damage."""
    places = {}
    for name, sheet in planting.sheets(root).items():
        if tables is None or name in tables:
            places |= {(name, damage): DAMAGES[damage](sheet) for damage in damages}
            (root / sheet.file).write_text(sheet.text(), encoding="utf-8", newline="")
    if damages != ("hash",):
        seal(root)
    return {what: place for what, place in places.items() if place is not None}


def missed(whole, damages, tables=None):
    """Plant damage, let it be looked for, and return all places and those that no finding names."""
    root, before = whole
    places = plant(root, damages, tables)
    findings = planting.new_findings(root, before)
    planting.put_back(root)
    return places, {
        what: place for what, place in places.items() if not planting.caught(findings, place)
    }


@pytest.mark.parametrize("damages", TOGETHER, ids=", ".join)
def test_damage_is_found_in_every_table(damages, whole, record_property):
    """File, row and column of each planted fault are named by some finding.

    Faults may hide each other: those that are missed are planted once more, of one kind each time.
    """
    places, hidden = missed(whole, damages)
    still = {}
    for damage in {damage for _, damage in hidden}:
        tables = {name for name, kind in hidden if kind == damage}
        still |= missed(whole, (damage,), tables)[1]
    for name, damage in places:
        found = int((name, damage) not in still)
        caught.record(record_property, f"table {name}", damage, caught=found)

    assert {damage for _, damage in places} == set(damages)
    assert still == {}
