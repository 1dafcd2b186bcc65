"""Read a BibTeX file with the line of every entry. Rules about the entries are in `sources`."""

from dataclasses import dataclass

from pybtex.database.input.bibtex import LowLevelParser
from pybtex.scanner import PybtexSyntaxError

from rebuilt.errors import DataError


@dataclass(frozen=True, slots=True)
class Entry:
    """One source; `line` is the line of its `@`, field names are lower case."""

    key: str
    line: int
    fields: dict[str, str]

    def __getitem__(self, field: str) -> str:
        return self.fields.get(field, "")


def read_entries(text: str) -> list[Entry]:
    """Return the entries of a BibTeX text in order, doubles included.

    Raises
    ------
    DataError
        When the text is not BibTeX; the message names the line.
    """
    parser = LowLevelParser(text)
    entries = []
    try:
        for command, content in parser:
            if command.lower() in {"string", "preamble"}:
                continue
            key, fields = content
            line = text.count("\n", 0, parser.command_start) + 1
            values = {name.lower(): " ".join("".join(parts).split()) for name, parts in fields}
            entries.append(Entry(key, line, values))
    except PybtexSyntaxError as error:
        reason = str(error).partition(": ")[2]
        msg = f"data/sources.bib line {error.lineno}: {reason}; close the braces of that entry"
        raise DataError(msg) from None
    return entries
