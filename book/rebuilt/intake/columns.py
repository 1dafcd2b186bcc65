"""A table of jobs that a user names, CSV or Parquet: columns of numbers, bounded in size."""

import io
from collections.abc import Collection
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rebuilt.errors import DataError
from rebuilt.intake import files
from rebuilt.intake.numbers import repeated, shown

MOST_BYTES = 512 * files.MB
MOST_ROWS = 10_000_000
MOST_CELLS = 50_000_000  # some gigabytes while they are read
PARQUET = b"PAR1"  # how such a file begins, whatever it is called


def columns_of(path: Path, known: Collection[str]) -> dict[str, NDArray[np.float64]]:
    """Read every column of a table as numbers.

    Names and types are looked at before a cell is read: a small file can hold very many cells.

    Parameters
    ----------
    path : Path
        As the user named it.
    known : collection of str
        Names that a column may have.

    Raises
    ------
    DataError
        If the file is no table, has an unknown name or one twice, no row, too many rows, or a cell
        that is no number; the sentence names column and row.
    """
    raw = files.content(path, MOST_BYTES)
    try:
        if raw.startswith(PARQUET):
            return _of_parquet(path, raw, known)
        return _of_csv(path, raw, known)
    except pl.exceptions.PolarsError as error:
        first = (str(error).splitlines() or ["empty"])[0][:200]
        raise DataError(f"{path} is no table of numbers with a header ({first})") from None


def _of_parquet(path: Path, raw: bytes, known: Collection[str]) -> dict[str, NDArray[np.float64]]:
    schema = pl.read_parquet_schema(io.BytesIO(raw))
    _check_names(path, list(schema), known)
    for name, kind in schema.items():
        if not kind.is_numeric():
            raise DataError(f"{path}: column {name} holds {str(kind)[:40]}, no numbers")
    rows = pl.scan_parquet(io.BytesIO(raw)).select(pl.len()).collect().item()
    _check_rows(path, int(rows), len(schema))
    return {
        name: _numbers(path, pl.read_parquet(io.BytesIO(raw), columns=[name])[name])
        for name in schema
    }


def _of_csv(path: Path, raw: bytes, known: Collection[str]) -> dict[str, NDArray[np.float64]]:
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")  # lines of an old Macintosh
    first = io.BytesIO(raw.lstrip(b"\r\n")).readline().decode("utf-8-sig", errors="replace")
    names = [name.strip('"') for name in first.rstrip("\r\n").split(",")]
    _check_names(path, names, known)
    most = _most_rows(len(names))
    frame = pl.read_csv(raw, infer_schema=False, n_rows=most + 1)
    _check_rows(path, frame.height, len(names))
    return {name: _numbers(path, frame[name]) for name in names}


def _check_names(path: Path, names: list[str], known: Collection[str]) -> None:
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise DataError(f"{path}: no column {shown(unknown)}; columns are {', '.join(known)}")
    twice = repeated(names)
    if twice is not None:
        raise DataError(f"{path}: the column {twice!r} stands twice; keep one")


def _most_rows(columns: int) -> int:
    return min(MOST_ROWS, MOST_CELLS // columns)


def _check_rows(path: Path, rows: int, columns: int) -> None:
    most = _most_rows(columns)
    if not 1 <= rows <= most:
        found = f"{rows:,}" if rows <= most else f"over {most:,}"
        raise DataError(f"{path} has {found} rows; it must have 1 to {most:,}")


def _numbers(path: Path, column: pl.Series) -> NDArray[np.float64]:
    """Cells as numbers, an empty one as none: whoever knows the column says what it may be."""
    values = column.cast(pl.Float64, strict=False)
    lost = values.is_null() & column.is_not_null()
    if lost.any():
        row = int(lost.arg_max() or 0)
        found = repr(column[row])[:40]
        raise DataError(
            f"{path} row {row + 1}, column {column.name}: found {found}, expected a number"
        )
    return values.to_numpy()
