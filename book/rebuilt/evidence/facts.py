"""What was known on a day: the only way for a check to reach evidence.

`Facts` wraps the tables as of one date. Everything that it hands out carries its source and the
day it became public, so that a verdict can name both. It remembers which rows it was asked for, so
that `rebuilt check` can show what a check did not look at.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence import choice, tables

_Rows = list[tuple[int, dict[str, Any]]]  # number of a row in its table, and its cells
KINDS = ("plan", "forecast", "actual")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One cell of data/: a number or a text, where it comes from, since when it was public."""

    value: float | None
    text: str | None
    unit: str
    source: str
    known_since: dt.date

    @property
    def number(self) -> float:
        """The value where a check needs one.

        Raises
        ------
        DataError
            If the cell holds a text.
        """
        if self.value is None:
            msg = f"{self.source}: found the text {self.text!r}, expected a number"
            raise DataError(msg)
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, was planned or was expected in a window of days."""

    subject: str
    event: str
    kind: str
    first_day: dt.date
    last_day: dt.date
    source: str
    known_since: dt.date


class Facts:
    """The tables, by default those of data/, as they could have been read on the day `as_of`."""

    def __init__(self, as_of: dt.date, load: Callable[[str], pl.DataFrame] = tables.load) -> None:
        self.as_of = as_of
        self._load = load
        self.looked: dict[str, set[int]] = {}  # table -> rows that a check asked for, from 0
        self._answers: dict[str, dict[tuple[str, str], _Rows]] = {}

    def value(
        self, table: str, subject: str, quantity: str, condition: str | None = None
    ) -> Fact | None:
        """Return the number that the book uses for one quantity, or None if it was not known.

        With `condition`, only rows of exactly that condition are looked at.

        Raises
        ------
        UnknownNameError
            If the table has no such subject or quantity on any date: a check has a slip.
        """
        rows = self._rows(table, subject, quantity, condition)
        rows = [row for row in rows if row["value"] is not None]
        if not rows:
            return None
        preferred = tables.preferred(table, self._load("preferences"))
        return _fact(choice.choose(table, rows, preferred))

    def need(self, table: str, subject: str, quantity: str, condition: str | None = None) -> Fact:
        """Return what `value` returns, where a chapter cannot do without it.

        Raises
        ------
        DataError
            If it was not known on the day.
        """
        found = self.value(table, subject, quantity, condition)
        if found is None:
            msg = f"{table}.csv: {subject} {quantity} was not known on {self.as_of}"
            raise DataError(msg)
        return found

    def values(self, table: str, subject: str, quantity: str) -> list[Fact]:
        """Return every known number for one quantity, all sources, earliest first."""
        rows = self._rows(table, subject, quantity)
        return [_fact(row) for row in rows if row["value"] is not None]

    def texts(
        self, table: str, subject: str, quantity: str, condition: str | None = None
    ) -> list[Fact]:
        """Return every known text for one quantity, all sources, earliest first."""
        rows = self._rows(table, subject, quantity, condition)
        return [_fact(row) for row in rows if row["text"] is not None]

    def events(self, subject: str, event: str, *kinds: str) -> list[Event]:
        """Return the dated events of one subject (plan, forecast, actual).

        The earliest comes first, and of several reports of one event the most precise.
        """
        unknown = set(kinds) - set(KINDS)
        if unknown:
            raise UnknownNameError(f"no kind {min(unknown)!r} of event; known are {KINDS}")
        rows = self._load("roadmap").filter(subject=subject, event=event)
        if rows.is_empty():
            raise UnknownNameError(f"roadmap.csv has no row for {subject} {event}, on any date")
        rows = self.rows(
            "roadmap",
            pl.col("kind").is_in(kinds),
            pl.col("first_day").is_not_null(),
            subject=subject,
            event=event,
        )
        fields = Event.__dataclass_fields__
        by = ["last_day", "first_day", "known_since", "source"]
        return [
            Event(**{name: row[name] for name in fields})
            for row in rows.sort(by, descending=[False, True, False, False]).iter_rows(named=True)
        ]

    def rows(self, table: str, *conditions: pl.Expr, **cells: Any) -> pl.DataFrame:
        """Return the rows of a table as of the day that meet all conditions.

        Parameters
        ----------
        table : str
            A table of `data/datapackage.json`.
        *conditions : polars.Expr
            Boolean expressions over its columns.
        **cells : str or float or bool or None
            Columns and the cell that each must have.
        """
        everything = self._load(table)
        found = everything.with_row_index("_row").filter(
            pl.col("known_since") <= self.as_of, *conditions, **cells
        )
        self.looked.setdefault(table, set()).update(found["_row"])
        return found.drop("_row")

    def _rows(
        self, table: str, subject: str, quantity: str, condition: str | None = None
    ) -> list[dict[str, Any]]:
        """Rows on one quantity that were known on the day, earliest first."""
        asked = [
            (place, row)
            for place, row in self._about(table)[subject, quantity]
            if condition is None or (row["condition"] or "") == condition
        ]
        if not asked:
            where = "" if condition is None else f" ({condition or 'no condition'})"
            msg = f"{table}.csv has no row for {subject} {quantity}{where}, on any date"
            raise UnknownNameError(msg)
        known = [
            (place, row)
            for place, row in asked
            if row["known_since"] <= self.as_of and row["status"] != "unknown"
        ]
        self.looked.setdefault(table, set()).update(place for place, _ in known)
        rows = [row for _, row in known]
        return sorted(rows, key=lambda row: (row["known_since"], row["source"]))

    def _about(self, table: str) -> dict[tuple[str, str], _Rows]:
        """Rows of a table by subject and quantity: checks ask thousands of times for a few."""
        everything = self._load(table)  # each time, for it is recorded as an input
        if table not in self._answers:
            self._answers[table] = defaultdict(list)
            for place, row in enumerate(everything.iter_rows(named=True)):
                self._answers[table][row["subject"], row["quantity"]].append((place, row))
        return self._answers[table]


def _fact(row: choice.Row) -> Fact:
    return Fact(**{name: row[name] for name in Fact.__dataclass_fields__})
