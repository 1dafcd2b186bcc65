"""What the rules look at: descriptors, tables as text with line numbers, and the bibliography.

Cells stay text here. A rule that needs a number parses it itself and stays silent where it cannot:
`tables` has then already said that the type is wrong.
"""

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import polars as pl

from rebuilt.errors import DataError
from rebuilt.evidence import tables
from rebuilt.evidence.inputs import open_input
from rebuilt.intake import documents
from rebuilt.intake.descriptors import described
from rebuilt.validate.bibtex import Entry, read_entries
from rebuilt.validate.finding import Finding

DESCRIPTORS = ("data/datapackage.json", "seeds/datapackage.json")
MODULES = "book/rebuilt/site/static/datapackage.json"  # of what pages run; a copy of data has none
BIBLIOGRAPHY = "data/sources.bib"
FACT_COLUMNS = frozenset(
    {"subject", "quantity", "value", "text", "unit", "condition", "source", "locator", "status"}
)

Resource = dict[str, Any]  # an object of a descriptor, as JSON has it


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table; `line` is where an editor shows it (the header is line 1)."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """One CSV file with its entry in the descriptor."""

    file: str
    resource: Resource
    header: list[str]
    rows: list[Row]

    @property
    def name(self) -> str:
        """Name of the table in its descriptor."""
        return str(self.resource["name"])

    @property
    def primary_key(self) -> list[str]:
        """Columns that together name a row."""
        key = self.resource.get("schema", {}).get("primaryKey", [])
        return [key] if isinstance(key, str) else list(key)

    @property
    def question(self) -> list[str]:
        """Columns that together ask a question, to which the rows are answers; may be empty.

        They play the parts of subject, quantity and condition in data/preferences.csv.
        """
        return list(self.resource.get("question", []))

    @property
    def holds_facts(self) -> bool:
        """Whether the table is a long one-fact-per-row table."""
        return set(self.header) >= FACT_COLUMNS

    def has(self, *columns: str) -> bool:
        """Whether every one of `columns` exists."""
        return set(columns) <= set(self.header)

    def at(self, row: Row, column: str, found: str, expected: str, advice: str) -> Finding:
        """Return a finding in one cell of this table."""
        return Finding(
            file=self.file,
            row=row.line,
            column=column,
            found=found,
            expected=expected,
            advice=advice,
        )


@dataclass(frozen=True)
class Descriptor:
    """A `datapackage.json`; `folder` is where its paths start, below the root."""

    file: str
    content: Resource

    @property
    def folder(self) -> str:
        """Folder of the descriptor, below the root."""
        return Path(self.file).parent.as_posix()

    @property
    def resources(self) -> list[Resource]:
        """Every table."""
        return list(self.content["resources"])

    @property
    def sealed(self) -> list[Resource]:
        """Every table, and every other file: the bibliography and the models stand in `files`."""
        return [*self.resources, *self.content.get("files", [])]

    def file_of(self, resource: Resource) -> str:
        """Path of a resource below the root."""
        return f"{self.folder}/{resource['path']}"


@dataclass(frozen=True)
class Material:
    """Everything below one root folder, read once and shared by all rules."""

    root: Path

    @cached_property
    def descriptors(self) -> list[Descriptor]:
        """Both descriptors, and that of the pages' modules where they are.

        Raises
        ------
        DataError
            When one is missing or is not JSON.
        """
        there = [*DESCRIPTORS, *([MODULES] if self.exists(MODULES) else [])]
        return [_read_descriptor(self.root, file) for file in there]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every CSV table that a descriptor lists and the disk has, by name.

        A table whose columns are not those of its schema is left out: `tables` reports it, and no
        other rule could read it.
        """
        return {table.name: table for table in self._read_tables()}

    @cached_property
    def lost(self) -> set[str]:
        """Names of described tables that are not on disk, have other columns or have no rows."""
        return {
            resource["name"]
            for descriptor in self.descriptors
            for resource in descriptor.resources
            if resource["path"].endswith(".csv") and not self._rows_of(resource["name"])
        }

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Entries of the bibliography in the order of the file."""
        return read_entries(self.text(BIBLIOGRAPHY))

    @cached_property
    def entry_of(self) -> dict[str, Entry]:
        """Bibliography entries by key."""
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def freeze_date(self) -> str:
        """Last day whose news the book takes into account, ISO."""
        return str(self.descriptors[0].content["freeze_date"])

    def frame(self, name: str) -> pl.DataFrame:
        """Return one table of data/ with its types, read once.

        Raises
        ------
        DataError
            If there is no such table or it cannot be read as described.
        """
        if name not in self.frames:
            resource = next((r for r in self.descriptors[0].resources if r["name"] == name), None)
            if resource is None:
                raise DataError(f"there is no table {name!r} in {self.descriptors[0].file}")
            path = open_input(self.root / self.descriptors[0].file_of(resource))
            self.frames[name] = tables.parse(resource, path)
        return self.frames[name]

    @cached_property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Tables that were asked for as frames."""
        return {}

    def exists(self, file: str) -> bool:
        """Whether `file`, a path below the root, is there."""
        return (self.root / file).is_file()

    def data(self, file: str) -> bytes:
        """Bytes of `file`, a path below the root; recorded as an input of a running chapter."""
        return open_input(self.root / file).read_bytes()

    def text(self, file: str) -> str:
        """Text of `file`; bytes that are not UTF-8 become U+FFFD, for `form` to find."""
        return self.data(file).decode("utf-8", errors="replace")

    def _rows_of(self, name: str) -> list[Row]:
        table = self.tables.get(name)
        return table.rows if table else []

    def _read_tables(self) -> Iterator[Table]:
        for descriptor in self.descriptors:
            for resource in descriptor.resources:
                file = descriptor.file_of(resource)
                if file.endswith(".csv") and self.exists(file):
                    header, rows = read_rows(self.text(file))
                    if header == column_names(resource):
                        yield Table(file, resource, header, rows)


def column_names(resource: Resource) -> list[str]:
    """Columns that the schema of a table names, in its order."""
    return [field["name"] for field in resource["schema"]["fields"]]


@cache  # seals and rules both ask
def read_rows(text: str) -> tuple[list[str], list[Row]]:
    """Header and records of a CSV text; short records are filled with empty cells."""
    csv.field_size_limit(sys.maxsize)  # a cell that is too long is a finding of `form`
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    rows, line = [], reader.line_num + 1
    for record in reader:
        padded = record + [""] * (len(header) - len(record))
        rows.append(Row(line, dict(zip(header, padded, strict=False))))
        line = reader.line_num + 1
    return header, rows


def _read_descriptor(root: Path, file: str) -> Descriptor:
    try:
        text = open_input(root / file).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        msg = f"{file} is missing under {root.resolve().name}/; every table needs its entry there"
        raise DataError(msg) from None
    except (OSError, ValueError) as error:  # a name that can be none
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{file} cannot be read under {root.name[:40]!r}: {reason}") from None
    return Descriptor(file, described(documents.json_of(text, file), file))
