"""data/ as typed Polars frames, as of any date.

A table is a CSV file described in `data/datapackage.json`. Long tables hold one fact per row with
its source and `known_since`, the first day on which the fact was public. Nothing here knows what a
fact means; `data/preferences.csv` says which source is used where sources disagree.
"""

import csv
import datetime as dt
import difflib
import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence import choice
from rebuilt.evidence.inputs import open_input
from rebuilt.intake import documents
from rebuilt.paths import DATA

_TYPES: dict[str, type[pl.DataType]] = {
    "string": pl.String,
    "number": pl.Float64,
    "integer": pl.Int64,
    "date": pl.Date,
}


def names() -> list[str]:
    """Names of all tables, in the order of the descriptor."""
    return [resource["name"] for resource in _descriptor()["resources"]]


def describe(name: str) -> dict[str, Any]:
    """Return the Frictionless resource of one table: title, schema, licences, hash.

    Raises
    ------
    UnknownNameError
        If there is no such table; the message lists near names.
    """
    for resource in _descriptor()["resources"]:
        if resource["name"] == name:
            return dict(resource)
    raise UnknownNameError(_no_such("table", name, names()))


def note_date() -> dt.date:
    """Return the day of the analyst note: the last day of `then`."""
    return dt.date.fromisoformat(_descriptor()["note_date"])


def freeze_date() -> dt.date:
    """Return the last day that the data cover: the end of `since`. Never the clock."""
    return dt.date.fromisoformat(_descriptor()["freeze_date"])


def load(
    name: str,
    as_of: str | dt.date | None = None,
    *,
    columns: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Load one table with the types of its descriptor.

    Parameters
    ----------
    name : str
        A table of `data/datapackage.json`, such as ``"accelerators"``.
    as_of : str or datetime.date, optional
        Keep only facts that were public on that day (``known_since <= as_of``).
    columns : sequence of str, optional
        Columns to keep, in this order.

    Returns
    -------
    polars.DataFrame
        One row per fact, in the order of the file.

    Raises
    ------
    UnknownNameError
        For an unknown table or column; the message lists near names.
    DataError
        For a date that is not ISO 8601 or lies after the data freeze, and for a file that does not
        have the columns or types of its descriptor.

    Examples
    --------
    >>> load("accelerators", as_of="2024-02-20", columns=["subject", "value"]).columns
    ['subject', 'value']
    """
    frame = _read(name)
    if as_of is not None:
        day = parse_date(as_of)
        if "known_since" in frame.columns:
            frame = frame.filter(pl.col("known_since") <= day)
    if columns is None:
        return frame
    for column in columns:
        if column not in frame.columns:
            raise UnknownNameError(_no_such(f"column of {name}", column, frame.columns))
    return frame.select(columns)


def parse_date(day: str | dt.date) -> dt.date:
    """Turn an ISO date into a date that the data cover.

    Raises
    ------
    DataError
        If the text is not a date, or the day is after the data freeze.
    """
    if isinstance(day, dt.datetime):
        day = day.date()
    if not isinstance(day, dt.date):
        written = day
        try:
            day = dt.date.fromisoformat(written)
            if day.isoformat() != written:  # Python takes weeks, and days without dashes, too
                raise ValueError
        except ValueError:
            msg = (
                f"{written!r} is not a date; write YYYY-MM-DD, for instance {note_date()} "
                f"(the day of the note) or {freeze_date()} (the data freeze)"
            )
            raise DataError(msg) from None
    if day > freeze_date():
        msg = f"{day} is after the data freeze; the latest day the data cover is {freeze_date()}"
        raise DataError(msg)
    return day


def choose(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Keep one row for each subject and quantity of a fact table.

    The rule is that of `rebuilt.evidence.choice`.

    Raises
    ------
    DataError
        If rows disagree and no preference decides; the message lists them.
    """
    wanted = preferred(name, _read("preferences"))
    rows = frame.with_row_index("_i").filter(pl.col("status") != "unknown")
    groups = rows.group_by(["subject", "quantity"], maintain_order=True)
    kept = [choice.choose(name, group.to_dicts(), wanted)["_i"] for _, group in groups]
    return frame[sorted(kept)]


def wide(name: str, quantities: Sequence[str], as_of: str | dt.date | None = None) -> pl.DataFrame:
    """Pivot a fact table: one row per subject, one column per quantity (numbers as float64).

    Raises
    ------
    UnknownNameError
        For a quantity that the table does not hold on any date; the message lists near names.
    """
    known = load(name)["quantity"].unique().sort().to_list()
    for quantity in quantities:
        if quantity not in known:
            raise UnknownNameError(_no_such(f"quantity of {name}", quantity, known))
    facts = load(name, as_of).filter(pl.col("quantity").is_in(quantities))
    table = choose(name, facts).pivot("quantity", index="subject", values="value")
    missing = [q for q in quantities if q not in table.columns]
    table = table.with_columns(pl.lit(None, pl.Float64).alias(q) for q in missing)
    return table.select("subject", *quantities).sort("subject")


def preferred(name: str, preferences: pl.DataFrame) -> set[choice.Preference]:
    """Return what data/preferences.csv says of one table, for `rebuilt.evidence.choice`."""
    rows = preferences.filter(pl.col("table") == name)
    keys = rows.select("subject", "quantity", pl.col("condition").fill_null(""), "source")
    return set(keys.iter_rows())


def _no_such(kind: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    listed = ", ".join(near or sorted(known)[:12])
    return f"there is no {kind} {name!r}; {'did you mean' if near else 'known are'}: {listed}"


def _descriptor() -> dict[str, Any]:
    open_input(DATA / "datapackage.json")
    return _parse_descriptor()


@functools.cache
def _parse_descriptor() -> dict[str, Any]:
    content = (DATA / "datapackage.json").read_bytes()
    return dict(documents.json_of(content, "data/datapackage.json"))


def _read(name: str) -> pl.DataFrame:
    resource = describe(name)
    open_input(DATA / resource["path"])
    return _parse(name)


@functools.cache
def _parse(name: str) -> pl.DataFrame:
    resource = describe(name)
    return parse(resource, DATA / resource["path"])


def parse(resource: dict[str, Any], path: Path) -> pl.DataFrame:
    """Read one table with the types of its descriptor.

    Raises
    ------
    DataError
        If the file does not have the columns or types of its descriptor.
    """
    schema = {f["name"]: _TYPES[f["type"]] for f in resource["schema"]["fields"]}
    try:
        _check_widths(path, len(schema))
        frame = pl.read_csv(path, infer_schema=False)
        if frame.columns != list(schema):
            msg = f"its columns are {frame.columns}, the descriptor expects {list(schema)}"
            raise DataError(f"data/{resource['path']}: {msg}; run `rebuilt check`")
        return frame.select(_cast(column, kind) for column, kind in schema.items())
    except DataError:
        raise
    except (OSError, ValueError, csv.Error, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        msg = f"data/{resource['path']} cannot be read as described: {reason}; run `rebuilt check`"
        raise DataError(msg) from error


def _check_widths(path: Path, columns: int) -> None:
    """Polars fills a row that is too short with nulls; a lost cell is an error."""
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.reader(lines), start=1):
            if number > 1 and len(row) != columns:
                msg = f"{len(row)} cells, expected {columns}; run `rebuilt check`"
                raise DataError(f"data/{path.name} row {number}: found {msg}")


def _cast(column: str, kind: type[pl.DataType]) -> pl.Expr:
    if kind is pl.Date:
        return pl.col(column).str.to_date("%Y-%m-%d")
    return pl.col(column).cast(kind)
