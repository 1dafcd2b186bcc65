"""A slip of the decimal point, found by comparing a number with its like.

The descriptor says what is alike. `peers` of a table: rows that agree in the columns `alike` have
values (divided by the column `per`, if given) within a factor of each other. `ratios` of a table of
facts: two quantities of one subject stand in a known proportion, such as bandwidth to memory.
"""

from collections import defaultdict
from collections.abc import Iterator

from rebuilt.check.facts import number
from rebuilt.check.finding import Finding
from rebuilt.check.material import Material, Resource, Row, Table


def check_peers(material: Material) -> Iterator[Finding]:
    """Run every `peers` and `ratios` rule of the descriptors."""
    for table in material.tables.values():
        for rule in table.resource.get("peers", []):
            yield from _compare(table, rule)
        for rule in table.resource.get("ratios", []):
            yield from _proportion(table, rule)


def _compare(table: Table, rule: Resource) -> Iterator[Finding]:
    groups: dict[tuple[str, ...], list[tuple[float, Row]]] = defaultdict(list)
    for row in table.rows:
        selected = all(row.cells[name] in allowed for name, allowed in rule["where"].items())
        size = _size(row, rule)
        if selected and size:
            groups[tuple(row.cells[name] for name in rule["alike"])].append((size, row))
    for alike, members in groups.items():
        yield from _outliers(table, rule, alike, members)


def _size(row: Row, rule: Resource) -> float | None:
    value = number(row.cells[rule["value"]])
    share = number(row.cells[rule["per"]]) if "per" in rule else 1.0
    return value / share if value and share else None


def _outliers(
    table: Table, rule: Resource, alike: tuple[str, ...], members: list[tuple[float, Row]]
) -> Iterator[Finding]:
    """Compare every member with the range of all the others, widened by the factor."""
    for size, row in members:
        others = [other for other, other_row in members if other_row is not row]
        if not others:
            continue
        low, high = min(others) / rule["factor"], max(others) * rule["factor"]
        if not low <= size <= high:
            per = f" per {rule['per']}" if "per" in rule else ""
            yield Finding(
                file=table.file,
                row=row.line,
                column=rule["value"],
                found=f"{row.cells[rule['value']]} ({size:.4g}{per})",
                expected=f"{low:.4g} to {high:.4g}, as other rows of {', '.join(alike)} have "
                f"{min(others):.4g} to {max(others):.4g}",
                advice="check the decimal point and the unit in the cited source",
            )


def _proportion(table: Table, rule: Resource) -> Iterator[Finding]:
    above, below = (_values(table, rule[name]) for name in ("above", "below"))
    for subject in above.keys() & below.keys():
        for value, row in above[subject]:
            for other, other_row in below[subject]:
                ratio = value / other
                if rule["minimum"] <= ratio <= rule["maximum"]:
                    continue
                yield Finding(
                    file=table.file,
                    row=row.line,
                    column="value",
                    found=row.cells["value"],
                    expected=f"{rule['minimum'] * other:.4g} to {rule['maximum'] * other:.4g}, as "
                    f"{rule['below']} of {subject} is {other:g} (row {other_row.line})",
                    advice=f"one of the two may be wrong: {rule['why']}",
                )


def _values(table: Table, quantity: str) -> dict[str, list[tuple[float, Row]]]:
    values = defaultdict(list)
    for row in table.rows:
        if row.cells["quantity"] == quantity and (value := number(row.cells["value"])):
            values[row.cells["subject"]].append((value, row))
    return values
