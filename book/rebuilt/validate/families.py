"""Rules about like things: chips of one silicon, units of one family, directions of one link.

The descriptor says which are alike: `siblings` (subjects of one silicon, by how much the later may
exceed the earlier, and why), `families` (a quantity that makers print in two units) and `wording`
(what the condition of a quantity has to say, and what none of its cells may).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from rebuilt.validate.cells import number
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Material, Resource, Row, Table


def check_families(material: Material) -> Iterator[Finding]:
    """Run the rules on every table whose descriptor has them."""
    for table in material.tables.values():
        for rule in table.resource.get("siblings", []):
            yield from _siblings(table, rule)
        for rule in table.resource.get("families", []):
            yield from _families(table, rule)
        for rule in table.resource.get("wording", []):
            yield from _wording(table, rule)


def _siblings(table: Table, rule: Resource) -> Iterator[Finding]:
    """Chips of one silicon do the same work in a tick: some source has them in step."""
    low, high = rule["ratio"]
    for quantity in rule["quantities"]:
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in table.rows:
            if row.cells["quantity"] == quantity and number(row.cells["value"]) is not None:
                rows[row.cells["subject"]].append(row)
        present = [subject for subject in rule["subjects"] if subject in rows]
        for first, second in pairwise(present):
            ratios = [
                (number(b.cells["value"]) or 0.0) / (number(a.cells["value"]) or 1.0)
                for a in rows[first]
                for b in rows[second]
            ]
            if any(low <= ratio <= high for ratio in ratios):
                continue
            nearest = min(ratios, key=lambda ratio: abs(ratio - low))
            for row in [*rows[first], *rows[second]]:
                yield table.at(
                    row,
                    "value",
                    f"{quantity} of {second} at {nearest:.3g} times that of {first}",
                    f"{low:g} to {high:g}, as {rule['why']}",
                    "compare both with their sources, or widen the ratio and say why",
                )


def _families(table: Table, rule: Resource) -> Iterator[Finding]:
    """Within a family a quantity is converted in every row, or the row says how it was printed."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        if row.cells["quantity"] == rule["quantity"] and row.cells["value"]:
            for prefix in rule["prefixes"]:
                if row.cells["subject"].startswith(prefix):
                    groups[prefix].append(row)
    for prefix, rows in groups.items():
        if not any(rule["unit"] in row.cells["condition"] for row in rows):
            continue
        for row in rows:
            said = f"{row.cells['condition']} {row.cells['note']}"
            if rule["unit"] not in said and "as printed" not in said:
                yield table.at(
                    row,
                    "condition",
                    quoted(row.cells["condition"]),
                    f'"{rule["unit"]} converted" or "as printed", as other rows of {prefix} '
                    "are converted",
                    "look up which of the two units the source prints",
                )


def _wording(table: Table, rule: Resource) -> Iterator[Finding]:
    never = re.compile(rule["never"], re.IGNORECASE)
    for row in table.rows:
        if row.cells["quantity"] != rule["quantity"]:
            continue
        if not any(words in row.cells["condition"] for words in rule["either"]):
            yield table.at(
                row,
                "condition",
                quoted(row.cells["condition"]) if row.cells["condition"] else "nothing",
                " or ".join(f'"{words}"' for words in rule["either"]),
                "say which way it is counted, and double a figure for one way",
            )
        for column in ("condition", "locator"):
            if never.search(row.cells[column]):
                yield table.at(
                    row,
                    column,
                    quoted(row.cells[column]),
                    f'"{rule["either"][0]}" for every row of {rule["quantity"]}',
                    "double the figure and say so in note",
                )
