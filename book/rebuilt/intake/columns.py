"""A table of jobs that a user names, CSV or Parquet: columns of numbers, bounded in size."""

import math
from pathlib import Path

import polars as pl

from rebuilt.errors import DataError
from rebuilt.intake import files

MOST_BYTES = 512 * files.MB
MOST_ROWS = 10_000_000


def columns_of(path: Path) -> dict[str, tuple[float, ...]]:
    """Read every column of a table as numbers.

    Raises
    ------
    DataError
        If the file is no table, has a name twice, no row, too many rows, or a cell with a text;
        the sentence names column and row.
    """
    parquet = path.suffix == ".parquet"
    raw = files.content(path, MOST_BYTES)
    try:
        if parquet:
            _check_rows(path, int(pl.scan_parquet(path).select(pl.len()).collect().item()))
        frame = pl.read_parquet(raw) if parquet else pl.read_csv(raw, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise _no_table(path, str(error)) from None
    _check_rows(path, frame.height)
    header = frame.columns if parquet else _header(raw)
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{path}: the column {twice!r} stands twice; keep one")
    return {name: _numbers(path, frame[name]) for name in frame.columns}


def _header(raw: bytes) -> list[str]:
    """Names as they stand in the file: the reader renames one that stands twice."""
    first = raw.split(b"\n", 1)[0].decode("utf-8", errors="replace")
    return [name.strip().strip('"') for name in first.split(",")]


def _check_rows(path: Path, rows: int) -> None:
    if not 1 <= rows <= MOST_ROWS:
        raise DataError(f"{path} has {rows:,} rows; it must have 1 to {MOST_ROWS:,}")


def _numbers(path: Path, column: pl.Series) -> tuple[float, ...]:
    """Cells as numbers, an empty one as none: whoever knows the column says what it may be."""
    try:
        values = column.cast(pl.Float64, strict=False)
    except pl.exceptions.PolarsError:
        raise DataError(f"{path}: column {column.name} holds {column.dtype}, no numbers") from None
    lost = values.is_null() & column.is_not_null()
    if lost.any():
        row = int(lost.arg_max() or 0)
        found = repr(column[row])[:40]
        raise DataError(
            f"{path} row {row + 1}, column {column.name}: found {found}, expected a number"
        )
    return tuple(values.fill_null(math.nan))


def _no_table(path: Path, reason: str) -> DataError:
    first = (reason.splitlines() or ["empty"])[0][:200]
    return DataError(f"{path} is no table of numbers with a header ({first})")
