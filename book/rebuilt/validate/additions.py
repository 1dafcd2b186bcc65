"""Parts that add up: rows that share a key have a total, and say the same about what they share.

The descriptor names the columns. `sums` of a table: rows that agree in the columns `by` are the
parts of one whole; in the column `part`, one of them is called `total`, and its `value` is the sum
of all others. The columns `same` say one thing about the whole, in every row alike. `shares` of a
table: columns that add up to one. `conversions` of a table: a printed value and the converted one
differ by the factor of their units.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from rebuilt.validate.cells import number
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material, Resource, Row, Table


def check_sums(material: Material) -> Iterator[Finding]:
    """Run every `sums`, `shares` and `conversions` rule of the descriptors."""
    for table in material.tables.values():
        for rule in table.resource.get("sums", []):
            groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
            for row in table.rows:
                groups[tuple(row.cells[name] for name in rule["by"])].append(row)
            for rows in groups.values():
                yield from _total(table, rule, rows)
                yield from _same(table, rule, rows)
        for column in table.resource.get("shares", []):
            yield from _shares(table, column)
        for rule in table.resource.get("conversions", []):
            for row in table.rows:
                yield from _conversion(table, rule, row)


def _total(table: Table, rule: Resource, rows: list[Row]) -> Iterator[Finding]:
    """Check one whole; report its total, and every part that may be the wrong one."""
    if not all(row.cells[rule["value"]].lstrip("-").isdigit() for row in rows):
        return
    totals = [row for row in rows if row.cells[rule["part"]] == rule["total"]]
    added = sum(int(row.cells[rule["value"]]) for row in rows if row not in totals)
    if len(totals) != 1:
        yield table.at(
            rows[0],
            rule["part"],
            f"{len(totals)} rows {rule['total']} for {_whole(rule, rows[0])}",
            "one",
            f"correct {', '.join(rule['by'])} or add the row",
        )
    elif int(totals[0].cells[rule["value"]]) != added:
        printed = totals[0].cells[rule["value"]]
        for row in rows:
            yield table.at(
                row,
                rule["value"],
                f"{row.cells[rule['value']]} ({row.cells[rule['part']]})",
                f"parts of {_whole(rule, row)} that add up to their {rule['total']} {printed}, "
                f"not to {added}",
                "one of them is wrong: measure it again",
            )


def _shares(table: Table, column: str) -> Iterator[Finding]:
    """Check that a column adds up to one; each of its cells may be the wrong one."""
    whole = math.fsum(number(row.cells[column]) or 0.0 for row in table.rows)
    if not math.isclose(whole, 1, abs_tol=1e-9):
        for row in table.rows:
            yield table.at(
                row,
                column,
                row.cells[column],
                f"shares that add up to 1, not to {whole:.6g}",
                "one of them is wrong: change it, or another with it",
            )


def _same(table: Table, rule: Resource, rows: list[Row]) -> Iterator[Finding]:
    for column in rule["same"]:
        usual = Counter(row.cells[column] for row in rows).most_common(1)[0][0]
        for row in rows:
            if row.cells[column] != usual:
                yield table.at(
                    row,
                    column,
                    row.cells[column],
                    f"{usual}, as in other rows of {_whole(rule, row)}",
                    "measure it again",
                )


def _whole(rule: Resource, row: Row) -> str:
    return " ".join(row.cells[name] for name in rule["by"])


def _conversion(table: Table, rule: Resource, row: Row) -> Iterator[Finding]:
    """Check one converted value; either of the two may be the wrong one, so report both."""
    units = f"{row.cells[rule['unit']]} -> {row.cells[rule['to_unit']]}"
    factor = rule["factors"].get(units)
    if factor is None:
        yield table.at(
            row,
            rule["unit"],
            units,
            f"one of {'; '.join(rule['factors'])}",
            "correct the unit, or add the pair of units to the descriptor",
        )
        return
    value, converted = number(row.cells[rule["value"]]), number(row.cells[rule["to_value"]])
    if value is None or converted is None or abs(value * factor - converted) <= 1e-9 * converted:
        return
    for column, wanted in ((rule["value"], converted / factor), (rule["to_value"], value * factor)):
        yield table.at(
            row,
            column,
            row.cells[column],
            f"{wanted:.12g}, to agree with the other one of {units}",
            "convert again, or compare with the cited source",
        )
