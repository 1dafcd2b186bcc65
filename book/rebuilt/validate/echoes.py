"""Rules about what a row says twice: a code and its printed name, a day and its words, a sum.

The descriptor names the columns. `echoes` of a table: cells that stand again in another cell, as
the seller of a price does in its condition; the words in `but` need not. `printed`: what one source
prints in the same words has the same code in every row. `calendar`: the quarter that goes with the
last day of a period. `years`: four quarters that make a year. `reckoned`: a value that the note
works out from what was printed. `spans`: a whole that is no shorter than its steps together.
`numbered`: the first number of a name stands in what it is a name of.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from rebuilt.validate.cells import number
from rebuilt.validate.dates import first_day
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Material, Resource, Row, Table

DATE = re.compile(r"\b20\d\d(?:-\d\d(?:-\d\d)?)?\b")
QUARTER = re.compile(r"\b(?:CY|FY)?(20\d\d)Q([1-4])\b")
MIDDLE = timedelta(days=45)  # from the last day of a quarter back to its middle
ROUNDING = 0.005  # relative: values are given with three digits or more
UNEVEN = 0.9  # steps of a run differ, so that their mean times their number may exceed the whole


def check_echoes(material: Material) -> Iterator[Finding]:
    """Run the rules on every table whose descriptor has them."""
    for table in material.tables.values():
        for row in table.rows:
            for rule in table.resource.get("echoes", []):
                yield from _echo(table, rule, row)
            for rule in table.resource.get("calendar", []):
                yield from _calendar(table, rule, row)
            for rule in table.resource.get("reckoned", []):
                yield from _reckoned(table, rule, row)
            for rule in table.resource.get("spans", []):
                yield from _span(table, rule, row)
            for rule in table.resource.get("numbered", []):
                yield from _numbered(table, rule, row)
        for rule in table.resource.get("printed", []):
            yield from _printed(table, rule)
        for rule in table.resource.get("years", []):
            yield from _years(table, rule)


def _echo(table: Table, rule: Resource, row: Row) -> Iterator[Finding]:
    """Check that what two cells both say agrees; either may be the wrong one, so report both."""
    said = row.cells[rule["in"]]
    for column in rule["columns"]:
        cell = row.cells[column]
        if not cell or not said or cell in rule.get("but", []) or _agree(cell, said):
            continue
        for name, other in ((column, rule["in"]), (rule["in"], column)):
            yield table.at(
                row,
                name,
                quoted(row.cells[name]),
                f"what {other} says too, {quoted(row.cells[other])}",
                "correct the one that its source does not bear out",
            )


def _agree(cell: str, said: str) -> bool:
    """Whether a text holds a cell: its words, its day as far as the text tells it, its quarter."""
    if DATE.fullmatch(cell):
        return all(cell.startswith(day) for day in DATE.findall(said))
    if cell.startswith("FY"):
        told = QUARTER.findall(said)
        return not told or not set(told).isdisjoint(QUARTER.findall(cell))
    return cell.lower() in said.lower()


def _calendar(table: Table, rule: Resource, row: Row) -> Iterator[Finding]:
    """Check that the calendar quarter holds the middle of the quarter that ends on a day."""
    told, end = QUARTER.fullmatch(row.cells[rule["quarter"]]), first_day(row.cells[rule["end"]])
    if not told or not end:
        return
    middle = end - MIDDLE
    wanted = (str(middle.year), str((middle.month + 2) // 3))
    if told.groups() != wanted:
        for column in (rule["quarter"], rule["end"]):
            yield table.at(
                row,
                column,
                row.cells[column],
                f"quarter and last day that agree; {end} ends {wanted[0]}Q{wanted[1]}",
                "compare both with the report",
            )


def _printed(table: Table, rule: Resource) -> Iterator[Finding]:
    """Check that one source's words have one code; with two codes, report the rarer, or both."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in table.rows:
        if row.cells[rule["words"]]:
            groups[row.cells["source"], row.cells[rule["words"]]].append(row)
    for (source, words), rows in groups.items():
        count = Counter(row.cells[rule["code"]] for row in rows)
        if len(count) == 1:
            continue
        most = max(count.values())
        usual = [code for code, times in count.items() if times == most]
        for row in rows:
            code = row.cells[rule["code"]]
            if len(usual) > 1 or code not in usual:
                yield table.at(
                    row,
                    rule["code"],
                    code or "nothing",
                    f"one code for {quoted(words)} in {source}, not {' and '.join(sorted(count))}",
                    "correct it, or write out how the two are told apart",
                )


def _years(table: Table, rule: Resource) -> Iterator[Finding]:
    """Check that four quarters of one count make their year, up to the rounding of each."""
    found: dict[tuple[str, ...], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in table.rows:
        if number(row.cells["value"]) is not None:
            count = row.cells["condition"].rpartition(",")[0]
            key = (*(row.cells[name] for name in rule["by"]), count)
            found[key][row.cells[rule["period"]]].append(row)
    for periods in found.values():
        for year in [period for period in periods if period.isdigit()]:
            quarters = [periods[f"{year}Q{n}"] for n in range(1, 5) if f"{year}Q{n}" in periods]
            if len(quarters) < 4:
                continue
            added = sum(number(rows[0].cells["value"]) or 0.0 for rows in quarters)
            wholes = [number(row.cells["value"]) or 0.0 for row in periods[year]]
            if any(abs(added - whole) <= rule["rounding"] for whole in wholes):
                continue
            for row in [*periods[year], *(row for rows in quarters for row in rows)]:
                yield table.at(
                    row,
                    "value",
                    row.cells["value"],
                    f"quarters of {year} that make {wholes[0]:g}, not {added:g}",
                    "compare the year and its quarters with the reports",
                )


def _reckoned(table: Table, rule: Resource, row: Row) -> Iterator[Finding]:
    """Check a value that the note works out: the first number times or over the ones after it."""
    told, value = re.search(rule["pattern"], row.cells[rule["in"]]), number(row.cells["value"])
    if not told or value is None:
        return
    wanted, *more = map(float, told.groups())
    for sign, factor in zip(rule["signs"], more, strict=True):
        wanted = wanted * factor if sign == "times" else wanted / factor
    if abs(value - wanted) > ROUNDING * wanted:
        yield table.at(
            row,
            "value",
            row.cells["value"],
            f"{wanted:.4g}, as its {rule['in']} works it out",
            "work it out again, or say what else went into it",
        )


def _span(table: Table, rule: Resource, row: Row) -> Iterator[Finding]:
    """Check that steps together take no longer than the whole; report all three cells."""
    names = (rule["whole"], rule["count"], rule["each"])
    whole, count, each = (number(row.cells[name]) for name in names)
    if whole is None or count is None or each is None or whole >= UNEVEN * count * each:
        return
    for name in names:
        yield table.at(
            row,
            name,
            row.cells[name],
            f"a whole of {whole:g} that is no less than {count:g} times {each:g}",
            "compare the three with the source",
        )


def _numbered(table: Table, rule: Resource, row: Row) -> Iterator[Finding]:
    """Check that a name with a number is of something with that number."""
    told = re.search(r"\d+", row.cells[rule["name"]])
    if told and told[0] not in re.findall(r"\d+", row.cells[rule["of"]]):
        yield table.at(
            row,
            rule["of"],
            quoted(row.cells[rule["of"]]),
            f"one with the number {told[0]}, as its {rule['name']} has it",
            "correct one of the two",
        )
