"""What a chapter puts on its page beside prose: charts, tables and the list of sources.

A block is a JSON payload under a mime type of our own (which `rebuilt.site` turns into a figure),
HTML for a notebook that lacks our extension, and plain text. Nothing in it depends on time, on a
path or on chance, so notebook outputs can be compared byte by byte.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rebuilt.errors import DataError
from rebuilt.evidence import bibliography
from rebuilt.page import formats
from rebuilt.page.headings import heading

MIME = "application/vnd.rebuilt.{kind}+json"
WRAPS, LONG = 12, 28  # characters; with a longer cell a column of words wraps, and keeps its room
KINDS = ("chart", "table", "picture", "sources", "ledger", "form", "miniature", "sentence")
# Payloads that are HTML already: nothing to draw or download.
PLAIN = ("sources", "ledger", "form", "miniature", "sentence")
FORMULA = r"^[=+\-@\t\r]"  # with these a spreadsheet begins to compute
SIGNED = r"^[+-][0-9.,]+ ?%?$"
Rows = pl.DataFrame | Sequence[pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Block:
    """One displayed block; Jupyter asks it for its mime bundle."""

    kind: str
    payload: dict[str, Any]
    html: str
    text: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Our payload first, then HTML, then text."""
        del include, exclude
        mime = MIME.format(kind=self.kind)
        return {mime: self.payload, "text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def grid(frame: pl.DataFrame) -> dict[str, Any]:
    """Columns, formatted rows and CSV text of a frame, as the payload holds them.

    Rows name a source as captions do; the CSV keeps its key.
    """
    years = {name for name in frame.columns if "year" in name.lower()}
    shown = frame
    if "source" in frame.columns:
        labels = {key: source.label for key, source in bibliography.load().items()}
        keys = (
            frame["source"]
            if frame.schema["source"] == pl.List
            else frame["source"].reshape((-1, 1)).arr.to_list()
        )
        keys = keys.list.unique().list.sort()  # in one order, whatever made them
        frame = frame.with_columns(source=keys.list.join("; "))
        shown = frame.with_columns(
            keys.list.eval(pl.element().replace(labels)).list.join("; ").alias("source")
        )
    rows = [
        [_cell(value, plain=name in years) for name, value in zip(frame.columns, row, strict=True)]
        for row in shown.iter_rows()
    ]
    columns = [
        {
            "name": name,
            "label": heading(name),
            "numeric": dtype.is_numeric(),
            "wraps": any(len(row[position]) > WRAPS for row in rows),
            "long": any(len(row[position]) > LONG for row in rows),
        }
        for position, (name, dtype) in enumerate(frame.schema.items())
    ]
    return {"columns": columns, "rows": rows, "csv": sheet_safe(frame).write_csv()}


def sheet_safe(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose texts no spreadsheet takes for formulas: an apostrophe goes before."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(FORMULA) & ~pl.col(name).str.contains(SIGNED))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    )


def source_keys(rows: Rows, owner: str) -> list[str]:
    """Bibliography keys of the fact rows, in order of first use.

    Raises
    ------
    DataError
        If a frame has no `source` column or a row has no source. A cell holds one key, or a list.
    """
    keys: list[str] = []
    for frame in [rows] if isinstance(rows, pl.DataFrame) else rows:
        if "source" not in frame.columns:
            msg = (
                f"{owner}: rows have no `source` column (columns: {', '.join(frame.columns)}); "
                "pass the fact rows from which it was made"
            )
            raise DataError(msg)
        for row, found in enumerate(frame.get_column("source").to_list()):
            if not found:
                msg = f"{owner}: row {row} has no source; every fact needs a key of sources.bib"
                raise DataError(msg)
            keys += [found] if isinstance(found, str) else found
    return sorted(set(keys))


def named(keys: Iterable[str]) -> list[dict[str, str]]:
    """Key and caption label of each source."""
    return [{"key": source.key, "label": source.label} for source in bibliography.find(keys)]


def _cell(value: Any, *, plain: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value) if plain else formats.number(value)
    if isinstance(value, float):
        return formats.number(value)
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return str(value)
