"""Rules about one fact: a value or a text, a unit and range that fit, an explained status."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rebuilt.validate.dates import first_day
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Material, Row, Table

EXPLAINED = {
    "derived": "how it was derived",
    "estimated": "how it was estimated",
    "unknown": "what was looked for",
}

SNUG = 10  # a limit this many times beyond every value would not notice a shifted decimal point


@dataclass(frozen=True, slots=True)
class Range:
    """What data/quantities.csv allows for one quantity in one unit; None means open."""

    unit: str
    minimum: float | None
    maximum: float | None


def check_facts(material: Material) -> Iterator[Finding]:
    """Run the rules on every row of every table that has the columns in question."""
    allowed = allowed_ranges(material)
    for table in material.tables.values():
        told, noted = table.has("value", "text", "status"), table.has("status", "note")
        measured = table.has("quantity", "value", "unit")
        limited = table.has("minimum", "maximum")
        for row in table.rows:
            if told:
                yield from _one_content(table, row)
            if noted:
                yield from _explained(table, row)
            if limited:
                yield from _limits(table, row)
            if measured and row.cells["quantity"] in allowed:
                yield from _unit_and_range(table, row, allowed[row.cells["quantity"]])
    if "quantities" in material.tables:
        yield from _unused_quantities(material)
        yield from _snug_ranges(material)


def allowed_ranges(material: Material) -> dict[str, list[Range]]:
    """Units and ranges of data/quantities.csv, by quantity; empty when that table is missing."""
    ranges: dict[str, list[Range]] = defaultdict(list)
    if "quantities" in material.tables:
        for row in material.tables["quantities"].rows:
            cells = row.cells
            limits = (number(cells.get("minimum", "")), number(cells.get("maximum", "")))
            if _runs_down(*limits):
                limits = (None, None)  # the range is wrong, and not the values
            ranges[cells.get("quantity", "")].append(Range(cells.get("unit", ""), *limits))
    return dict(ranges)


@cache  # every rule that compares numbers reads all of them
def number(cell: str) -> float | None:
    """Return the cell as a finite float, or None when it is none."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _limits(table: Table, row: Row) -> Iterator[Finding]:
    """Check that a range runs upwards; where it does not, no value could be in it."""
    if _runs_down(number(row.cells["minimum"]), number(row.cells["maximum"])):
        yield table.at(
            row,
            "minimum",
            row.cells["minimum"],
            f"at most {row.cells['maximum']}, the maximum",
            "correct one of the two",
        )


def _runs_down(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low > high


def _one_content(table: Table, row: Row) -> Iterator[Finding]:
    value, text, status = (row.cells[name] for name in ("value", "text", "status"))
    filled = [name for name in ("value", "text") if row.cells[name]]
    if status == "unknown" and filled:
        yield table.at(
            row,
            filled[0],
            quoted(value or text),
            "no value and no text, as the status is unknown",
            "give the status reported, derived or estimated, or empty the cell",
        )
    elif status != "unknown" and not filled:
        yield table.at(
            row,
            "value",
            "neither a value nor a text",
            f"one of them, as the status is {status}",
            "fill it in, or set the status to unknown and say why in note",
        )
    elif len(filled) == 2:
        yield table.at(
            row,
            "text",
            f"both {value} and {quoted(text)}",
            "a value or a text, never both",
            "keep one, move the other to note",
        )


def _explained(table: Table, row: Row) -> Iterator[Finding]:
    status = row.cells["status"]
    if status in EXPLAINED and not row.cells["note"]:
        yield table.at(
            row,
            "note",
            "an empty cell",
            f"{EXPLAINED[status]}, as the status is {status}",
            "say it there",
        )


def _unit_and_range(table: Table, row: Row, ranges: list[Range]) -> Iterator[Finding]:
    quantity, unit = row.cells["quantity"], row.cells["unit"]
    fitting = [item for item in ranges if item.unit == unit]
    if not fitting:
        units = " or ".join(item.unit for item in ranges)
        yield table.at(
            row,
            "unit",
            quoted(unit) or "an empty cell",
            f"{units} ({quantity} of quantities.csv)",
            "convert the value or correct the unit",
        )
        return
    yield from _value_kind(table, row, fitting[0])
    value = number(row.cells["value"])
    if value is None:
        return
    low, high = fitting[0].minimum, fitting[0].maximum
    if (low is not None and value < low) or (high is not None and value > high):
        yield table.at(
            row,
            "value",
            row.cells["value"],
            f"{_shown(low)} to {_shown(high)} {unit} ({quantity} of quantities.csv)",
            "check the unit in the cited source",
        )


def _value_kind(table: Table, row: Row, fitting: Range) -> Iterator[Finding]:
    """Check that a quantity in words has a text, a measured one a value, a date a date."""
    text = row.cells.get("text", "")
    in_words = fitting.unit in {"text", "date"}
    if in_words and row.cells["value"]:
        yield table.at(
            row,
            "value",
            row.cells["value"],
            f"a text, as the unit is {fitting.unit}",
            "move it to text",
        )
    if not in_words and text:
        yield table.at(
            row,
            "text",
            quoted(text),
            f"a number in value, as the unit is {fitting.unit}",
            "write the number, and what qualifies it in condition or note",
        )
    if fitting.unit == "date" and text and not first_day(text):
        yield table.at(
            row,
            "text",
            quoted(text),
            "a date like 2024, 2024-02 or 2024-02-20",
            "write it so",
        )


def _snug_ranges(material: Material) -> Iterator[Finding]:
    """Check that a range is narrow enough to catch a slip of the decimal point."""
    values = defaultdict(list)
    for table in material.tables.values():
        if table.name != "quantities" and table.has("quantity", "value", "unit"):
            for row in table.rows:
                if (value := number(row.cells["value"])) is not None:
                    values[row.cells["quantity"]].append(value)
    table = material.tables["quantities"]
    for row in table.rows:
        if seen := values.get(row.cells["quantity"]):
            yield from _snug(table, row, min(seen), max(seen))


def _snug(table: Table, row: Row, least: float, greatest: float) -> Iterator[Finding]:
    low, high = number(row.cells["minimum"]), number(row.cells["maximum"])
    advice = "narrow the range so that it catches a slip of the decimal point"
    if _runs_down(low, high):
        return
    if low is not None and (low < 0 <= least or low * SNUG <= least > 0 < low):
        yield table.at(
            row,
            "minimum",
            row.cells["minimum"],
            f"more than {least / SNUG:g}, as the least value is {least:g}",
            advice,
        )
    if high is not None and 0 < greatest * SNUG <= high:
        yield table.at(
            row,
            "maximum",
            row.cells["maximum"],
            f"less than {greatest * SNUG:g}, as the greatest value is {greatest:g}",
            advice,
        )


def _unused_quantities(material: Material) -> Iterator[Finding]:
    used: dict[str, set[str]] = defaultdict(set)
    for table in material.tables.values():
        if table.has("quantity", "unit") and table.name != "quantities":
            for row in table.rows:
                used[row.cells["quantity"]].add(row.cells["unit"])
    table = material.tables["quantities"]
    for row in table.rows:
        units = used.get(row.cells["quantity"], set())
        if units and row.cells["unit"] not in units:
            yield table.at(
                row,
                "unit",
                quoted(row.cells["unit"]),
                f"{' or '.join(sorted(units))}, as the rows of {row.cells['quantity']} have",
                "correct the unit here or in those rows",
            )
        elif not units:
            yield table.at(
                row,
                "quantity",
                row.cells["quantity"],
                "a quantity that some table uses",
                "use it or remove the row",
            )


def _shown(limit: float | None) -> str:
    return "anything" if limit is None else f"{limit:g}"
