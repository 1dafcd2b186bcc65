"""Copy the repository's data, damage one cell, and say where the damage lies."""

import csv
import io
import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from rebuilt.paths import ROOT
from rebuilt.validate.descriptor import seal
from rebuilt.validate.every_rule import check
from rebuilt.validate.finding import Finding

Place = tuple[str, int, str]  # file, row, column


@dataclass(frozen=True)
class Sheet:
    """A table of the copy, as lists of cells, with its schema and the rows that were changed."""

    file: str
    resource: dict
    header: list[str]
    rows: list[list[str]]
    damaged: set[int] = field(default_factory=set)

    @property
    def fields(self) -> dict[str, dict]:
        """Fields of the schema by name."""
        return {field["name"]: field for field in self.resource["schema"]["fields"]}

    def columns(self, *types: str) -> list[str]:
        """Columns of one of the types."""
        return [name for name, field in self.fields.items() if field["type"] in types]

    def filled(self, column: str) -> int | None:
        """Index of a row in the middle of those where `column` is not empty."""
        at = self.header.index(column)
        rows = [number for number, row in enumerate(self.rows) if row[at]]
        return rows[len(rows) // 2] if rows else None

    def text(self) -> str:
        """Return the table as CSV."""
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows([self.header, *self.rows])
        return buffer.getvalue()


def copy_data(target: Path) -> Path:
    """Copy data/ and seeds/ to `target`."""
    for folder in ("data", "seeds"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("note.txt"))
    return target


def copy_repository(target: Path) -> Path:
    """Copy data/, seeds/, the chapters and the checks to `target`, sealed and under git."""
    copy_data(target)
    (target / "book").mkdir()
    for page in (ROOT / "book").glob("*.md"):
        shutil.copy(page, target / "book")
    checks = Path("book", "rebuilt", "claims", "checks")
    shutil.copytree(ROOT / checks, target / checks)
    seal(target)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        _git(target, *command)
    return target


def put_back(root: Path) -> None:
    """Bring a copy under git to where it began."""
    _git(root, "checkout", "-q", "--", ".")
    _git(root, "clean", "-fdqx")


def _git(root: Path, *command: str) -> None:
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, *command], check=True)


def sheets(root: Path) -> dict[str, Sheet]:
    """Every table of a repository by name."""
    found = {}
    for folder in ("data", "seeds"):
        descriptor = json.loads((root / folder / "datapackage.json").read_text(encoding="utf-8"))
        for resource in descriptor["resources"]:
            file = f"{folder}/{resource['path']}"
            text = (root / file).read_text(encoding="utf-8")
            header, *rows = csv.reader(io.StringIO(text, newline=""))
            found[resource["name"]] = Sheet(file, resource, header, rows)
    return found


def set_cell(sheet: Sheet, row: int, column: str, cell: str) -> Place:
    """Change one cell; the place is counted as in an editor."""
    sheet.rows[row][sheet.header.index(column)] = cell
    sheet.damaged.add(row)
    return (sheet.file, row + 2, column)


def caught(findings: list[Finding], place: Place) -> bool:
    """Whether some finding names the file, the row and the column of a fault."""
    file, row, column = place
    return any(
        item.file == file and item.row == row and column in item.column.split(" + ")
        for item in findings
    )


def new_findings(root: Path, before: set[Finding]) -> list[Finding]:
    """Return the findings of a damaged copy that the whole one did not have."""
    return [finding for finding in check(root) if finding not in before]
