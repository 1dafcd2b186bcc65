"""Which cells of a table differ from the version that git has: the exact place of a broken seal.

Works only where git is at hand and its version carries the sealed hash; anywhere else the caller
names the file alone.
"""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rebuilt.validate.finding import quoted
from rebuilt.validate.material import Material, Resource, Row, read_rows

MOST_CELLS = 20  # a rewritten table would otherwise fill the screen


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """One difference, with the old and the new content ready for a message."""

    row: int | None
    column: str
    now: str
    before: str


def changed_cells(material: Material, file: str, resource: Resource) -> list[ChangedCell]:
    """Return at most `MOST_CELLS` differences between a file and its sealed version in git.

    An empty list means that the sealed version could not be had or the file is no table.
    """
    old = _committed(material.root, file)
    sealed = old is not None and f"sha256:{hashlib.sha256(old).hexdigest()}" == resource.get("hash")
    if old is None or not sealed or not file.endswith(".csv"):
        return []
    old_header, old_rows = read_rows(old.decode("utf-8", errors="replace"))
    header, rows = read_rows(material.text(file))
    if header != old_header:
        return [ChangedCell(1, "", f"columns {', '.join(header)}", ", ".join(old_header))]
    if len(rows) == len(old_rows):
        return _by_position(old_rows, rows)[:MOST_CELLS]
    return _by_content(old_rows, rows)[:MOST_CELLS]


def _committed(root: Path, file: str) -> bytes | None:
    command = ["git", "-C", str(root), "show", f"HEAD:./{file}"]
    try:
        return subprocess.run(command, capture_output=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def _by_position(old_rows: list[Row], rows: list[Row]) -> list[ChangedCell]:
    return [
        ChangedCell(new.line, column, _shown(new.cells[column]), _shown(old.cells[column]))
        for old, new in zip(old_rows, rows, strict=True)
        for column in new.cells
        if new.cells[column] != old.cells[column]
    ]


def _by_content(old_rows: list[Row], rows: list[Row]) -> list[ChangedCell]:
    """Differences of tables of unequal length: whole rows that came or went."""
    before = {tuple(row.cells.values()) for row in old_rows}
    now = {tuple(row.cells.values()) for row in rows}
    came = [
        ChangedCell(row.line, "", "a new row", "no such row")
        for row in rows
        if tuple(row.cells.values()) not in before
    ]
    went = [
        ChangedCell(None, "", "one row less", f"the row {_beginning(row)}")
        for row in old_rows
        if tuple(row.cells.values()) not in now
    ]
    return came + went


def _beginning(row: Row) -> str:
    return ", ".join(quoted(cell) for cell in list(row.cells.values())[:3])


def _shown(cell: str) -> str:
    return quoted(cell) or "an empty cell"
