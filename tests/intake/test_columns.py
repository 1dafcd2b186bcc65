"""A table that a user names is looked at by its names and types before a cell of it is read."""

import math
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from rebuilt.errors import DataError
from rebuilt.intake import columns
from rebuilt.intake.columns import columns_of

KNOWN = ("steps", "gpus", "depth")
LISTED = "columns are steps, gpus, depth"


def written(path, frame):
    """Write a table in the form of its name."""
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


@pytest.mark.parametrize("name", ["jobs.csv", "jobs.parquet", "jobs.pq", "jobs.PARQUET", "jobs"])
def test_a_table_is_known_by_what_it_holds(tmp_path, name):
    """Whatever its file is called."""
    path = written(tmp_path / name, pl.DataFrame({"steps": [4, 50], "gpus": [1.0, None]}))
    found = columns_of(path, KNOWN)

    assert found["steps"].tolist() == [4.0, 50.0]
    assert found["gpus"][0] == 1.0
    assert math.isnan(found["gpus"][1])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("begin", ["", "\ufeff", "\n\n"])
def test_lines_end_as_on_any_system(tmp_path, begin, end):
    """Those of an old Macintosh too, after a mark of byte order or empty lines."""
    path = tmp_path / "jobs.csv"
    text = begin + '"steps",gpus\n4,1\n50,8\n'
    path.write_bytes(text.replace("\n", end).encode())

    assert {name: list(found) for name, found in columns_of(path, KNOWN).items()} == {
        "steps": [4, 50],
        "gpus": [1, 8],
    }


@pytest.mark.parametrize(
    ("values", "taken"),
    [
        ([4, 50], True),
        ([4.0, 50.0], True),
        ([Decimal("4"), Decimal("50")], True),
        (["4", "50"], False),
        ([True, False], False),
        ([date(1970, 1, 5), date(1970, 1, 6)], False),
        ([timedelta(microseconds=20)] * 2, False),
        ([{"a": 50}, {"a": 4}], False),
        ([[4], [50]], False),
        ([b"4", b"50"], False),
        ([None, None], False),
    ],
)
def test_only_numbers_of_parquet_are_numbers(tmp_path, values, taken):
    """A day is none, though it is kept as one."""
    path = written(tmp_path / "jobs.parquet", pl.DataFrame({"steps": values}))
    if taken:
        assert columns_of(path, KNOWN)["steps"].tolist() == [4.0, 50.0]
        return
    with pytest.raises(DataError, match=r"jobs\.parquet: column steps holds .*, no numbers"):
        columns_of(path, KNOWN)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("number", [2, 50_000])
def test_an_unknown_name_is_refused_before_cells_are_read(tmp_path, suffix, number, monkeypatch):
    """However many there are; one that is long is cut."""
    name = "n" * 1000
    frame = pl.DataFrame({"steps": [1]} | {f"{name}{place}": [1] for place in range(number)})
    path = written(tmp_path / f"jobs.{suffix}", frame)
    monkeypatch.setattr(columns, "_numbers", None)
    with pytest.raises(DataError) as caught:
        columns_of(path, KNOWN)

    assert str(caught.value) == f"{path}: no column '{'n' * 60}...'; {LISTED}"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("rows", "others", "limit"), [(0, 0, "100"), (101, 0, "100"), (76, 1, "75"), (51, 2, "50")]
)
def test_rows_and_cells_are_bounded(tmp_path, suffix, rows, others, limit, monkeypatch):
    """Before they are read; each column counts."""
    monkeypatch.setattr(columns, "MOST_ROWS", 100)
    monkeypatch.setattr(columns, "MOST_CELLS", 150)
    frame = pl.DataFrame({name: np.ones(rows) for name in KNOWN[: 1 + others]})
    path = written(tmp_path / f"jobs.{suffix}", frame)
    found = f"over {limit}" if rows else "0"
    with pytest.raises(DataError, match=f"has {found} rows; it must have 1 to {limit}$"):
        columns_of(path, KNOWN)


def test_a_name_that_stands_twice_is_refused(tmp_path):
    """The reader of CSV would call the second one otherwise."""
    path = tmp_path / "jobs.csv"
    path.write_text("steps,steps\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="the column 'steps' stands twice; keep one"):
        columns_of(path, KNOWN)
