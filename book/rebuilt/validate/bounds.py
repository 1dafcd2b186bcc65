"""A number beside what bounds it: others of its row, a measurement, or our own prediction.

The descriptor says so in `bounds` of a table: a `value` lies within a `factor` of the product of
the columns `times`, over those of `over`, times `scale`. They are columns of its own row or, with
`of`, of that row of another table whose column `key` has the cell of `row` (without `row`, the
number of the row); `where` chooses rows of the other table. With `below` it may be any less. What
lies outside and was looked at by
hand stands in `confirmed`, with the day and the reason.
"""

import math
from collections.abc import Iterator

from rebuilt.validate.cells import number
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material, Resource, Row, Table

ADVICE = (
    "check the decimal point in the cited source; what stands there so goes into `confirmed` of "
    "the descriptor, with day and reason"
)


def check_bounds(material: Material) -> Iterator[Finding]:
    """Run every `bounds` rule of the descriptors."""
    for table in material.tables.values():
        for rule in table.resource.get("bounds", []):
            yield from _check(material, table, rule)


def _check(material: Material, table: Table, rule: Resource) -> Iterator[Finding]:
    """Compare every row that has both sides; say which exceptions are none any more."""
    confirmed = dict(rule.get("confirmed", {}))
    beside = _beside(material, rule)
    for place, row in enumerate(table.rows, 1):
        key = row.cells[rule["row"]] if "row" in rule else str(place)
        value = number(row.cells[rule["value"]])
        bound = _product(row if beside is None else beside.get(key), rule)
        least = 0.0 if "below" in rule else 1 / rule["factor"]
        if not value or not bound or least <= value / bound <= rule["factor"]:
            continue
        if confirmed.pop(key, ""):
            continue
        expected = f"{bound * least:.4g} to {bound * rule['factor']:.4g}, by {rule['why']}"
        yield table.at(row, rule["value"], row.cells[rule["value"]], expected, ADVICE)
    for key, reason in confirmed.items():
        yield Finding(
            file=table.file,
            found=f"the exception {key} of {rule['value']} ({reason})",
            expected="a row that needs it",
            advice="take it out of `confirmed` in the descriptor",
        )


def _beside(material: Material, rule: Resource) -> dict[str, Row] | None:
    """Return rows of another table by their key; None where a row is beside itself."""
    if "of" not in rule:
        return None
    rows = material.tables[rule["of"]].rows
    wanted = rule.get("where", {}).items()
    return {
        row.cells[rule["key"]]: row
        for row in rows
        if all(row.cells[name] == cell for name, cell in wanted)
    }


def _product(row: Row | None, rule: Resource) -> float | None:
    """Return the bound that a row gives; None where a number of it is missing or not positive."""
    if row is None:
        return None
    above = [number(row.cells[name]) for name in rule["times"]]
    below = [number(row.cells[name]) for name in rule.get("over", [])]
    if not all(one and one > 0 for one in above + below):
        return None
    product = math.prod(one or 0.0 for one in above) / math.prod(one or 1.0 for one in below)
    return product * float(rule.get("scale", 1))
