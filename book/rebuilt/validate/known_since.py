"""Rules about dates: known when the evidence says, not before the product, not after the freeze."""

from collections.abc import Iterator
from datetime import date, timedelta

from rebuilt.validate.dates import MOVE_FREEZE, first_day, period_end
from rebuilt.validate.finding import Finding
from rebuilt.validate.material import Material, Row, Table

# What adds up over a year, a half or a quarter, so that nobody knows it before its end.
FLOWS = frozenset(
    {"growth_percent", "market_usd_bn", "shipment_growth_percent", "shipments_mn", "units_mn"}
)
RUNS_WITHIN = timedelta(days=366)  # after the freeze: our own runs go on, and data move with them


def check_when(material: Material) -> Iterator[Finding]:
    """Run the rules about dates on every table that has the columns in question."""
    announced = announcement_days(material)
    for table in material.tables.values():
        dated, ended = table.has("known_since"), table.has("period_end", "known_since")
        after, lasting = table.resource.get("afterAnnouncement"), table.has("first_day", "last_day")
        ran = table.has("date")
        for row in table.rows:
            if dated:
                yield from _known_since(material, table, row)
            if after:
                yield from _after_product(table, row, announced)
            if ran:
                yield from _ran(material, table, row)
            if lasting:
                yield from _period(table, row)
            if ended:
                yield from _not_ahead(table, row, "period_end")
            if row.cells.get("kind") == "actual":
                yield from _actual(material, table, row)


def announcement_days(material: Material) -> dict[str, date]:
    """First day on which each subject was announced, from the rows of quantity `announced`."""
    days: dict[str, date] = {}
    for table in material.tables.values():
        if not table.holds_facts:
            continue
        for row in table.rows:
            day = first_day(row.cells["text"])
            if row.cells["quantity"] == "announced" and day:
                days[row.cells["subject"]] = min(day, days.get(row.cells["subject"], day))
    return days


def _known_since(material: Material, table: Table, row: Row) -> Iterator[Finding]:
    """Check that a fact is public by the freeze date and its evidence not younger than it."""
    cell = row.cells["known_since"]
    known = first_day(cell)
    if known is None:
        return
    if cell > material.freeze_date:
        yield table.at(
            row,
            "known_since",
            cell,
            f"a day up to the freeze date {material.freeze_date}",
            f"correct the day, or {MOVE_FREEZE}",
        )
    key = row.cells.get("known_evidence") or row.cells.get("source", "")
    entry = material.entry_of.get(key)
    shown = (entry["eventdate"] or entry["date"] or entry["urldate"]) if entry else ""
    earliest = first_day(shown.partition("/")[0])
    if earliest and known < earliest:
        yield table.at(
            row,
            "known_since",
            cell,
            f"{shown} or later, the date of its evidence {key}",
            "cite a document of that day; one that looks back needs an eventdate in sources.bib",
        )


def _after_product(table: Table, row: Row, announced: dict[str, date]) -> Iterator[Finding]:
    known, day = first_day(row.cells["known_since"]), announced.get(row.cells["subject"])
    reported = row.cells["status"] in {"reported", "derived"}
    if known and day and reported and known < day:
        yield table.at(
            row,
            "known_since",
            row.cells["known_since"],
            f"{day} or later, when {row.cells['subject']} was announced",
            "correct the day, or give the status estimated to a rumour",
        )


def _ran(material: Material, table: Table, row: Row) -> Iterator[Finding]:
    """Check the day of a run of ours, which may come after the freeze, but not long after."""
    day, freeze = first_day(row.cells["date"]), first_day(material.freeze_date)
    if day and freeze and day > freeze + RUNS_WITHIN:
        yield table.at(
            row,
            "date",
            row.cells["date"],
            f"a day within a year of the freeze date {material.freeze_date}",
            f"correct the day, or {MOVE_FREEZE}",
        )


def _period(table: Table, row: Row) -> Iterator[Finding]:
    first, last = first_day(row.cells["first_day"]), first_day(row.cells["last_day"])
    if first and last and last < first:
        yield table.at(
            row,
            "last_day",
            row.cells["last_day"],
            f"{row.cells['first_day']} or later, the first day of the period",
            "correct one of the two",
        )


def _actual(material: Material, table: Table, row: Row) -> Iterator[Finding]:
    """Check that what is told as having happened was not known before, nor is still to come."""
    yield from _not_ahead(table, row, "first_day")
    yield from _period_over(table, row)
    for column in ("first_day", "last_day"):
        day = first_day(row.cells.get(column, ""))
        if day and day.isoformat() > material.freeze_date:
            yield table.at(
                row,
                column,
                row.cells[column],
                f"a day up to the freeze date {material.freeze_date}",
                f"correct the day, call it a forecast, or {MOVE_FREEZE}",
            )


def _period_over(table: Table, row: Row) -> Iterator[Finding]:
    """Check that what adds up over a period was not known as an actual before the period's end."""
    column = "period" if table.has("period") else "year"
    end = period_end(row.cells.get(column, ""))
    known = first_day(row.cells.get("known_since", ""))
    part = "alone" in row.cells.get("condition", "")  # of a part of the period
    if row.cells.get("quantity") in FLOWS and end and known and known < end and not part:
        yield table.at(
            row,
            "kind",
            row.cells["kind"],
            f"an estimate or a forecast, as {row.cells[column]} was not over on {known}",
            "call it what it was on that day, or correct the day",
        )


def _not_ahead(table: Table, row: Row, column: str) -> Iterator[Finding]:
    """Check that a fact was not known before the day in `column`, on which it came about."""
    known, day = first_day(row.cells["known_since"]), first_day(row.cells.get(column, ""))
    if known and day and known < day and row.cells.get("status") != "unknown":
        yield table.at(
            row,
            "known_since",
            row.cells["known_since"],
            f"{row.cells[column]} or later, its {column}",
            "correct one of the two",
        )
