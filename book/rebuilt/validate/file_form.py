"""How a file is written: UTF-8, plain line ends, no stray spaces, rows sorted, plain numbers."""

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from rebuilt.errors import DataError
from rebuilt.intake import documents
from rebuilt.validate.descriptor import BINARY
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import Material, Resource, Table
from rebuilt.validate.typed_numbers import chapter_files

LONGEST = 2000  # characters of a cell; the longest note has 430
# Controls, marks of direction, spaces of no width or of another one: what they do cannot be seen.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\ufeff\ufff9-\ufffb\ue000-\uf8ff\U000e0000-\U000e0fff]"
)
# A Cyrillic or Greek letter that looks like a Latin one, in one word with one.
_ALIKE = (
    "[\u0400-\u04ff\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03bd\u03bf\u03c1]"
)
MIXED = re.compile(rf"(?<=[A-Za-z]){_ALIKE}|{_ALIKE}(?=[A-Za-z])")
FOREIGN = re.compile(r"[^\x00-\x7f]{2,}")
# Numbers with a sign, and options of commands such as --frames 84, call nothing.
FORMULA = re.compile(r"[=@]|[+-](?![\d.]+(e[+-]?\d+)?%?$)(?!-[a-z])")
DAY, SHORT_DAY = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"\d{1,4}-\d{1,2}-\d{1,2}")
PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?")


def check_form(material: Material) -> Iterator[Finding]:
    """Run the rules of writing on every listed text file."""
    for descriptor in material.descriptors:
        for resource in descriptor.sealed:
            file = descriptor.file_of(resource)
            if material.exists(file) and not file.endswith(BINARY):
                yield from _text_form(file, material.data(file))
                yield from _yaml(file, material.text(file)) if file.endswith(".yaml") else []
    for table in material.tables.values():
        if not table.rows:
            yield Finding(
                file=table.file,
                found="a header alone",
                expected="rows",
                advice="restore them; what rests on them is checked when they are back",
            )
        yield from _cells_form(table)
        yield from _numbers(table)
        yield from _days(table)
        yield from _order(table)


def check_page_form(material: Material) -> Iterator[Finding]:
    """Run the rules of writing on every chapter: what cannot be seen there would be published."""
    for file in chapter_files(material.root):
        yield from _text_form(file, material.data(file))


@cache
def _text_form(file: str, content: bytes) -> list[Finding]:
    return [
        Finding(file=file, row=row, found=found, expected=expected, advice=advice)
        for row, found, expected, advice in _text_faults(content)
    ]


def _text_faults(content: bytes) -> Iterator[tuple[int, str, str, str]]:
    """Row, what was found, what was expected, what to do."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"the byte 0x{content[error.start]:02x}"
        yield _row_of(content, error.start), found, "UTF-8 text", "save the file as UTF-8"
    if content.startswith(b"\xef\xbb\xbf"):
        yield 1, "a byte order mark", "UTF-8 without one", "save the file without it"
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.rstrip(b"\r") != line.rstrip():
            yield number, "a space at the end of the line", "none", "remove it"
    if b"\r" in content:
        row, advice = _row_of(content, content.index(b"\r")), "save the file with Unix line ends"
        yield row, "a carriage return", "lines that end in LF alone", advice
    if not content.endswith(b"\n") or content.endswith(b"\n\n"):
        ending = "blank lines" if content.endswith(b"\n") else "no line end"
        row, advice = (
            content.count(b"\n") + (ending == "no line end"),
            "end the file with one line end",
        )
        yield row, f"{ending} at the end of the file", "one line end", advice
    plain = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    for number, shown in enumerate(plain.split("\n"), 1):
        if fault := _misread(shown):
            yield number, *fault
        if hidden := HIDDEN.search(shown):
            found = f"the character U+{ord(hidden[0]):04X}, which cannot be seen"
            yield number, found, "text that shows all that is in it", "remove it"


def _misread(line: str) -> tuple[str, str, str] | None:
    """Say that letters are not those that they look like: of another encoding, or alphabet."""
    for run in FOREIGN.findall(line):
        try:
            meant = run.encode("cp1252").decode("utf-8")
        except UnicodeError:
            continue
        return quoted(run), f"{meant}, whose bytes were read as Windows-1252", "type it again"
    if "\ufffd" in line:
        return "the character U+FFFD", "the one that was lost", "type it from the source"
    if mixed := MIXED.search(line):
        name = unicodedata.name(mixed[0], "a letter").lower()
        return f"the {name} in a Latin word", "letters of one alphabet", "type the word again"
    whole = unicodedata.normalize("NFC", line)
    if whole != line:
        letter = next((new for old, new in zip(line, whole, strict=False) if new != old), "")
        return f"the letter {letter} in parts", "one character (NFC)", "type the letter again"
    return None


def _row_of(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


@cache
def _yaml(file: str, text: str) -> list[Finding]:
    try:
        documents.yaml_of(text, file)
    except documents.DocumentError as error:
        found, _, advice = error.problem.partition("; ")
        return [
            Finding(
                file=file,
                row=error.row,
                found=found,
                expected="YAML",
                advice=advice or "put text with a colon or a bracket in quotes",
            )
        ]
    except DataError as error:
        return [
            Finding(
                file=file,
                found=str(error).removeprefix(f"{file} "),
                expected="YAML of finite numbers and text",
                advice="write it plainly",
            )
        ]
    return []


def _cells_form(table: Table) -> Iterator[Finding]:
    for row in table.rows:
        for column, cell in row.cells.items():
            if len(cell) > LONGEST:
                yield table.at(
                    row,
                    column,
                    f"{len(cell):,} characters",
                    f"at most {LONGEST:,}",
                    "shorten the text, or move it to a chapter",
                )
            if FORMULA.match(cell):
                yield table.at(
                    row,
                    column,
                    quoted(cell),
                    "a text that no spreadsheet takes for a formula",
                    "begin it with a word; tables can be downloaded",
                )
            if cell != cell.strip():
                yield Finding(
                    file=table.file,
                    row=row.line,
                    column=column,
                    found=f'"{cell}"',
                    expected=f'"{cell.strip()}"',
                    advice="remove the space around the text",
                )
            if "\n" in cell:
                yield Finding(
                    file=table.file,
                    row=row.line,
                    column=column,
                    found="a line break",
                    expected="one line for every row",
                    advice="write the text on one line",
                )


def _numbers(table: Table) -> Iterator[Finding]:
    """Numbers are plain: Frictionless would let NaN and infinity pass."""
    fields = table.resource.get("schema", {}).get("fields", [])
    numeric = [field["name"] for field in fields if field.get("type") in {"number", "integer"}]
    for row in table.rows:
        for column in numeric:
            cell = row.cells.get(column, "")
            if _not_a_value(cell) or _odd_number(cell):
                yield Finding(
                    file=table.file,
                    row=row.line,
                    column=column,
                    found=quoted(cell),
                    expected="a plain number like 0.5, 80 or 1.2e16",
                    advice="write it without sign +, leading zeros or thousands marks",
                )


def _days(table: Table) -> Iterator[Finding]:
    """Days have all their digits: Frictionless would let 2024-2-3 pass, and sorting would not."""
    fields = table.resource.get("schema", {}).get("fields", [])
    days = [field["name"] for field in fields if field.get("type") == "date"]
    for row in table.rows:
        for column in days:
            cell = row.cells.get(column, "")
            if SHORT_DAY.fullmatch(cell) and not DAY.fullmatch(cell):
                advice = "write the year with four digits, month and day with two"
                yield table.at(row, column, quoted(cell), "a date like 2024-02-03", advice)


def _not_a_value(cell: str) -> bool:
    return cell.strip("+-").lower() in {"nan", "inf", "infinity"}


def _odd_number(cell: str) -> bool:
    """Whether `cell` is a number in an odd spelling; what is no number is Frictionless's."""
    try:
        value = float(cell)
    except ValueError:
        return False
    return not PLAIN_NUMBER.fullmatch(cell) or not math.isfinite(value)


def order_columns(resource: Resource) -> list[str]:
    """Columns by which the rows of a table are sorted: `orderedBy`, else the primary key."""
    key = resource.get("orderedBy", resource.get("schema", {}).get("primaryKey", []))
    return [key] if isinstance(key, str) else list(key)


def order_value(resource: Resource, cells: dict[str, str]) -> tuple[tuple[float, str], ...]:
    """Place of a row in its table, to be compared: numbers by size, text by code point."""
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    return tuple(
        _sort_value(cells[name], fields[name]["type"] in {"integer", "number"})
        for name in order_columns(resource)
    )


def _order(table: Table) -> Iterator[Finding]:
    key = order_columns(table.resource)
    if not key or not table.has(*key):
        return
    before: tuple[tuple[float, str], ...] = ()
    for row in table.rows:
        now = order_value(table.resource, row.cells)
        if before and now < before:
            yield Finding(
                file=table.file,
                row=row.line,
                column=" + ".join(key),
                found=", ".join(quoted(row.cells[name]) or '""' for name in key),
                expected="rows sorted by these columns",
                advice="move the row up to its place",
            )
        before = now


def _sort_value(cell: str, numeric: bool) -> tuple[float, str]:
    try:
        return (float(cell), "") if numeric else (0.0, cell)
    except ValueError:
        return (0.0, cell)
