"""Read a BibTeX file with the line of every entry. Rules about the entries are in `sources`."""

from dataclasses import dataclass
from functools import cache

from pybtex.database.input.bibtex import LowLevelParser
from pybtex.scanner import PybtexSyntaxError

from rebuilt.errors import DataError
from rebuilt.evidence.bibliography import TYPES


@dataclass(frozen=True, slots=True)
class Entry:
    """One source; `line` is the line of its `@`, field names are lower case."""

    key: str
    line: int
    fields: dict[str, str]

    def __getitem__(self, field: str) -> str:
        return self.fields.get(field, "")


@cache
def read_entries(text: str) -> tuple[Entry, ...]:
    """Return the entries of a BibTeX text in order, doubles included.

    Raises
    ------
    DataError
        When the text is not BibTeX or holds no entry, when anything stands between entries, which
        readers of BibTeX skip without a word, or when an entry has a field twice; the message names
        the line.
    """
    parser = LowLevelParser(text)
    entries, end = [], 0
    try:
        for command, content in parser:
            line = _only_blank(text, end, parser.command_start)
            end = parser.pos
            if command.lower() not in TYPES:
                raise _refused(
                    line, f"found @{command}, expected @{', @'.join(TYPES)}; write values out"
                )
            key, fields = content
            values = {name.lower(): " ".join("".join(parts).split()) for name, parts in fields}
            _check_once(key, line, [name.lower() for name, _ in fields])
            entries.append(Entry(key, line, values))
    except PybtexSyntaxError as error:
        reason = str(error).partition(": ")[2]
        raise _refused(error.lineno, f"{reason}; close the braces of that entry") from None
    _only_blank(text, end, len(text))
    if not entries:
        raise _refused(1, "found no entry, expected sources; restore the file")
    return tuple(entries)


def _only_blank(text: str, start: int, stop: int) -> int:
    """Line at which a text goes on, once all that stands before it is blank."""
    between = text[start:stop]
    if stray := between.strip():
        line = text.count("\n", 0, start + between.index(stray)) + 1
        shown = stray.partition("\n")[0][:60]
        raise _refused(
            line,
            f"found {shown!r} between entries, expected nothing; make it an entry or remove it",
        )
    return text.count("\n", 0, stop) + 1


def _check_once(key: str, line: int, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _refused(line, f"found the field {twice} twice in {key}, expected it once; keep one")


def _refused(line: int, problem: str) -> DataError:
    return DataError(f"data/sources.bib line {line}: {problem}")
