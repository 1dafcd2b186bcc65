"""A slip of the decimal point, found by comparing a number with its like.

The descriptor says what is alike. `peers` of a table: rows that agree in the columns `alike` have
values (divided by the column `per`, if given) within a factor of each other. `ratios`: two
quantities of one subject stand in a known proportion, such as bandwidth to memory. `series`: from
one step to the next a value changes by less than a factor.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from rebuilt.validate.cells import number
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material, Resource, Row, Table

ADVICE = "check the decimal point and the unit in the cited source"
Values = dict[str, list[tuple[float, Row]]]


def check_peers(material: Material) -> Iterator[Finding]:
    """Run every `peers`, `ratios` and `series` rule of the descriptors."""
    for table in material.tables.values():
        for rule in table.resource.get("peers", []):
            yield from _peers(material, table, rule)
        for rule in table.resource.get("ratios", []):
            yield from _ratio(material, table, rule)
        for rule in table.resource.get("series", []):
            yield from _series(table, rule)


def _peers(material: Material, table: Table, rule: Resource) -> Iterator[Finding]:
    groups: dict[tuple[str, ...], list[tuple[float, Row]]] = defaultdict(list)
    lookups = [(name.partition(".")[0], _lookup(material, table, name)) for name in rule["alike"]]
    for row in _selected(table, rule):
        if size := _size(row, rule):
            cells = [lookup.get(row.cells[name], row.cells[name]) for name, lookup in lookups]
            groups[tuple(cells)].append((size, row))
    for alike, members in groups.items():
        yield from _outliers(table, rule, alike, members)


def _selected(table: Table, rule: Resource) -> list[Row]:
    """Rows that pass `where` (columns and their allowed cells) and `unless` (known to be odd)."""
    rows = table.rows
    for name, cells in rule.get("where", {}).items():
        rows = [row for row in rows if row.cells[name] in cells]
    for name, cells in rule.get("unless", {}).items():
        rows = [row for row in rows if row.cells[name] not in cells]
    return rows


def _lookup(material: Material, table: Table, name: str) -> dict[str, str]:
    """For `subject.family`: from the id of a subject to its family, along the foreign key."""
    column, _, attribute = name.partition(".")
    for link in table.resource["schema"].get("foreignKeys", []):
        if attribute and link["fields"] == [column]:
            target = material.tables.get(link["reference"]["resource"])
            key = link["reference"]["fields"][0]
            return {row.cells[key]: row.cells[attribute] for row in target.rows} if target else {}
    return {}


def _size(row: Row, rule: Resource) -> float | None:
    value = number(row.cells[rule["value"]])
    share = number(row.cells[rule["per"]]) if "per" in rule else 1.0
    return value / share if value and share and value * share > 0 else None


def _outliers(
    table: Table, rule: Resource, alike: tuple[str, ...], members: list[tuple[float, Row]]
) -> Iterator[Finding]:
    """Compare every member with the range of all the others, widened by the factor."""
    sizes = sorted(size for size, _ in members)
    if len(sizes) < 2:
        return
    for size, row in members:
        # Without one of the values: the least and the greatest, or those next to them.
        least, greatest = sizes[size == sizes[0]], sizes[-1 - (size == sizes[-1])]
        low, high = least / rule["factor"], greatest * rule["factor"]
        if low <= size <= high:
            continue
        share = f" ({size:.4g} per {rule['per']})" if "per" in rule else ""
        expected = (
            f"{low:.4g} to {high:.4g}, as other rows of {', '.join(alike)} have "
            f"{least:.4g} to {greatest:.4g}"
        )
        for column in (rule["value"], rule.get("per")):
            if column:
                yield table.at(row, column, f"{row.cells[column]}{share}", expected, ADVICE)


def _ratio(material: Material, table: Table, rule: Resource) -> Iterator[Finding]:
    """Compare every value of one quantity with every value of the other; report both rows."""
    other_table = material.tables.get(rule.get("of", table.name), table)
    above, below = _values(table, rule["above"]), _values(other_table, rule["below"])
    low, high = rule["minimum"], rule["maximum"]
    for subject in sorted(above.keys() & below.keys()):
        for value, row in above[subject]:
            for other, other_row in below[subject]:
                if low <= value / other <= high:
                    continue
                told = f"as {rule['above']} is {rule['why']}"
                yield table.at(
                    row,
                    "value",
                    row.cells["value"],
                    f"{low * other:.4g} to {high * other:.4g} beside {rule['below']} {other:g} "
                    f"of {subject} (row {other_row.line}), {told}",
                    ADVICE,
                )
                yield other_table.at(
                    other_row,
                    "value",
                    other_row.cells["value"],
                    f"{value / high:.4g} to {value / low:.4g} beside {rule['above']} {value:g} "
                    f"of {subject} (row {row.line}), {told}",
                    ADVICE,
                )


def _values(table: Table, quantity: str) -> Values:
    values: Values = defaultdict(list)
    for row in table.rows:
        if row.cells["quantity"] == quantity and (value := _positive(row.cells["value"])):
            values[row.cells["subject"]].append((value, row))
    return values


def _positive(cell: str) -> float | None:
    """Return the cell as a number above zero, or None: zero and less have no factor to compare."""
    value = number(cell)
    return value if value and value > 0 else None


def _series(table: Table, rule: Resource) -> Iterator[Finding]:
    """Compare every value with the one before it."""
    groups: dict[tuple[str, ...], list[tuple[str, float, Row]]] = defaultdict(list)
    for row in table.rows:
        if value := _positive(row.cells[rule["value"]]):
            alike = tuple(row.cells[name] for name in rule["by"])
            groups[alike].append((row.cells[rule["along"]], value, row))
    for members in groups.values():
        members.sort(key=lambda member: member[0])
        for (before, old, _), (_, new, row) in pairwise(members):
            low, high = old / rule["factor"], old * rule["factor"]
            if not low <= new <= high:
                yield table.at(
                    row,
                    rule["value"],
                    row.cells[rule["value"]],
                    f"{low:.4g} to {high:.4g}, as {before} has {old:g}",
                    ADVICE,
                )
