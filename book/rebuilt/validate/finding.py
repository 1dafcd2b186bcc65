"""A finding: one place that breaks one rule, with what was found, what was expected, what to do."""

from dataclasses import asdict, dataclass

SHOWN = 200  # characters of a cell that a message repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule in one place.

    Attributes
    ----------
    file : str
        Path below the root of the repository, with forward slashes.
    row : int or None
        Line as an editor counts it (the header of a table is 1), or None for the whole file.
    column : str
        Column of a table, field of an entry or property of a descriptor; empty for a whole row.
    found, expected, advice : str
        What stands there, what the rule asks for, and what to do about it.
    """

    file: str
    row: int | None = None
    column: str = ""
    found: str
    expected: str
    advice: str

    @property
    def place(self) -> str:
        """Where it is, for people: `data/accelerators.csv row 14, column value`."""
        parts = [self.file]
        if self.row is not None:
            parts[0] += f" {'row' if self.file.endswith('.csv') else 'line'} {self.row}"
        if self.column:
            parts.append(f"{self._column_word()} {self.column}")
        return ", ".join(parts)

    def _column_word(self) -> str:
        return {"csv": "column", "json": "property"}.get(self.file.rsplit(".", 1)[-1], "field")

    def __str__(self) -> str:
        return f"{self.place}: found {self.found}, expected {self.expected}; {self.advice}"

    def as_dict(self) -> dict[str, str | int | None]:
        """Return the fields as plain values for `--json`."""
        return asdict(self)


def quoted(cell: str) -> str:
    """Show a cell in a message: as it is when it reads as one word, in quotes otherwise."""
    cell = cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}..."
    return cell if cell and not any(mark.isspace() for mark in cell) else f'"{cell}"'
