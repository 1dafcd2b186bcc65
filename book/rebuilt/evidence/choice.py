"""Which source wins: the one rule by which a single number is taken from rows that answer alike.

A row named in `data/preferences.csv` wins. Without one, rows that agree within `TOLERANCE` are one
fact, and the row that was public first stands for it. Rows that disagree are nobody's to choose
from: they are an error until a preference says which is used, and why.

Plain Python, because `rebuilt cost` answers without Polars.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from rebuilt.errors import DataError

TOLERANCE = 0.005  # relative: rounding of a printed figure is no disagreement
Row = Mapping[str, Any]  # of a fact table: `value` a float or None, `text` a str or None
Preference = tuple[str, str, str, str]  # subject, quantity, condition, source


def choose(table: str, rows: Sequence[Row], preferred: Collection[Preference]) -> Row:
    """Return the row that is used of those that answer one question.

    Parameters
    ----------
    table : str
        Name of the table, for the message.
    rows : sequence of Row
        At least one; all of one subject and quantity.
    preferred : collection of Preference
        What `data/preferences.csv` says of the table.

    Raises
    ------
    DataError
        If rows disagree and no preference decides; the message lists them.
    """
    ordered = sorted(rows, key=lambda row: (row["known_since"], row["source"]))
    named = [row for row in ordered if _identity(row) in preferred]
    if not named and not _agree(rows):
        raise DataError(_disagreement(table, ordered))
    return (named or ordered)[0]


def gap(values: Iterable[float]) -> float:
    """Relative gap between the largest and the smallest value; 0.0 where it is only rounding."""
    found = list(values)
    if len(found) < 2 or max(found) == min(found):
        return 0.0
    relative = (max(found) - min(found)) / max(abs(value) for value in found)
    return relative if relative > TOLERANCE else 0.0


def _agree(rows: Sequence[Row]) -> bool:
    numbers = [row["value"] for row in rows if row["value"] is not None]
    texts = {row["text"] for row in rows if row["value"] is None}
    return not gap(numbers) and len(texts) + bool(numbers) == 1


def _identity(row: Row) -> Preference:
    return row["subject"], row["quantity"], row["condition"] or "", row["source"]


def _disagreement(table: str, rows: Sequence[Row]) -> str:
    listed = "; ".join(
        f"{row['text'] if row['value'] is None else row['value']} "
        f"({row['condition'] or 'no condition'}, {row['source']})"
        for row in rows
    )
    return (
        f"{table}: {rows[0]['subject']} {rows[0]['quantity']} has rows that disagree: {listed}; "
        "say in data/preferences.csv which one is used, and why"
    )
