"""`make times`: seconds that each chapter took when it last ran, and how many outputs are compared.

Read from the execution cache of `make book`; build from nothing first, without the cache of
kernels, on a machine with nothing else to do. With `--write` the table goes to
data/chapter_times.csv, from which the book prints it.
"""

import argparse
import csv
import datetime as dt
import os
import platform
import sys
from dataclasses import asdict, dataclass

from tools.bench import processor

from rebuilt.errors import DataError
from rebuilt.paths import BOOK, DATA
from rebuilt.site import notebooks

FILE = DATA / "chapter_times.csv"


@dataclass(frozen=True)
class Time:
    """One chapter."""

    chapter: str
    seconds: float
    code_cells: int
    compared_cells: int
    machine: str
    date: str


def measured(state=notebooks.STATE, book=BOOK):
    """Rows of the table, one for each chapter with code that has been built."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {processor()}"
    day = dt.date.today().isoformat()
    names = sorted(path.stem for path in (state / notebooks.RECORDS).glob("*.json"))
    for name in (name for name in names if (book / f"{name}.md").exists()):
        notebook = notebooks.executed(name, state=state, book=book)
        yield Time(
            chapter=name,
            seconds=round(notebooks.seconds(name, state=state, book=book), 1),
            code_cells=sum(cell.cell_type == "code" for cell in notebook.cells),
            compared_cells=notebooks.compared_cells(notebook),
            machine=machine,
            date=day,
        )


def main():
    """Print the table; with --write, keep it in data/."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write data/chapter_times.csv")
    write = parser.parse_args().write
    try:
        rows = list(measured())
    except DataError as error:
        print(f"times: {error}", file=sys.stderr)
        return 2
    for row in rows:
        print(f"{row.chapter:24} {row.seconds:6.1f} s  {row.compared_cells:3} outputs compared")
    if write:
        save(rows)
        print("wrote data/chapter_times.csv; now run `rebuilt check --seal`")
    return 0


def save(rows):
    """Write the table."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(Time.__dataclass_fields__), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


if __name__ == "__main__":
    sys.exit(main())
