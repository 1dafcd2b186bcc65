"""The bibliography: every cited key exists, every entry is used, complete and dated."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

import yaml

from rebuilt.errors import DataError
from rebuilt.intake import documents
from rebuilt.validate.bibtex import Entry
from rebuilt.validate.dates import MOVE_FREEZE, first_day
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import BIBLIOGRAPHY, Material
from rebuilt.validate.typed_numbers import chapter_files

SOURCE_COLUMNS = ("source", "known_evidence")
KEY_FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEY_BEFORE = re.compile(r"([a-z0-9-]+): ").match
ADDRESS = re.compile(r"https?://[^\s/@?#]+\.[^\s/@?#]+([/?#][^\s<>\"\\]*)?")
CITE_ROLE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


def check_sources(material: Material) -> Iterator[Finding]:
    """Run the rules on citations and on entries."""
    cited: set[str] = set()
    for file, row, column, key in citations(material):
        cited.add(key)
        if key not in material.entry_of:
            yield _unknown(material, file, row, column, key)
    before = ""
    count = Counter(entry.key for entry in material.entries)
    first_with: dict[str, Entry] = {}
    for entry in material.entries:
        yield from _entry(entry, material.freeze_date)
        yield from _place(entry, before, count[entry.key])
        yield from _same_address(entry, first_with)
        if entry.key not in cited:
            yield _finding(
                entry,
                "",
                "an entry that nothing cites",
                "a use in data/, seeds/ or a chapter",
                "cite it or remove it",
            )
        before = entry.key


def citations(material: Material) -> Iterator[tuple[str, int, str, str]]:
    """Yield (file, row, column, key) of every bibliography key that is cited anywhere."""
    for table in material.tables.values():
        for row in table.rows:
            for column in SOURCE_COLUMNS:
                if row.cells.get(column):
                    yield table.file, row.line, column, row.cells[column]
    for descriptor in material.descriptors:
        for resource in descriptor.sealed:
            file = descriptor.file_of(resource)
            if file.endswith(".yaml") and material.exists(file):
                yield from _yaml_citations(file, material.text(file))
    for file in chapter_files(material.root):
        for number, line in enumerate(material.text(file).splitlines(), 1):
            for role in CITE_ROLE.findall(line):
                for key in role.split(","):
                    yield file, number, "cite", key.strip()


@cache  # two rules ask
def _yaml_citations(file: str, text: str) -> list[tuple[str, int, str, str]]:
    """Return the keys of every `source` or `..._source`: "key: file, place; other-key: place"."""
    try:
        documents.yaml_of(text, file)
    except DataError:
        return []  # `form` reports a file that is not YAML, or not plain
    found = []
    waiting = [yaml.compose(text, Loader=documents.LOADER)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                if name.value.endswith("source") and isinstance(value, yaml.ScalarNode):
                    first, *more = value.value.split("; ")
                    keys = [
                        first.partition(":")[0],
                        *(key[1] for key in map(KEY_BEFORE, more) if key),
                    ]
                    found += [(file, value.start_mark.line + 1, name.value, key) for key in keys]
                waiting.append(value)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
    return found


@cache
def _near(key: str, keys: tuple[str, ...]) -> list[str]:
    """Return the likest key; the same slip often stands in many rows."""
    return get_close_matches(key, keys, n=1)


def _unknown(material: Material, file: str, row: int, column: str, key: str) -> Finding:
    near = _near(key, tuple(material.entry_of))
    advice = f"did you mean {near[0]}?" if near else f"add it with `rebuilt new source {key}`"
    return Finding(
        file=file,
        row=row,
        column=column,
        found=quoted(key),
        expected=f"a key of {BIBLIOGRAPHY}",
        advice=advice,
    )


def _entry(entry: Entry, freeze_date: str) -> Iterator[Finding]:
    """Check that an entry has a title, an address and a date, or says why it is undated."""
    if not entry["title"]:
        yield _finding(
            entry, "title", "nothing", "the title as published or a plain description", "add it"
        )
    if not entry["author"]:
        yield _finding(entry, "author", "nothing", "a person or an organisation", "add it")
    if not entry["url"]:
        yield _finding(entry, "url", "nothing", "an address that a reader can open", "add one")
    if entry["url"] and not ADDRESS.fullmatch(entry["url"]):
        yield _finding(
            entry,
            "url",
            quoted(entry["url"]),
            "an address that begins with https://, without spaces, brackets, user or password",
            "copy the address of the document",
        )
    if not entry["date"] and "undated" not in entry["note"]:
        yield _finding(
            entry,
            "date",
            "nothing",
            'a date, or the word "undated" in note',
            "add the day of publication as precisely as known",
        )
    written, read = (entry[field].partition("/")[0] for field in ("date", "urldate"))
    if read and read < written[: len(read)]:
        yield _finding(
            entry,
            "urldate",
            read,
            f"{written} or later, when it was written",
            "correct one of the two",
        )
    for field in ("date", "urldate", "eventdate"):
        for day in entry[field].split("/") if entry[field] else []:
            yield from _entry_date(entry, field, day, freeze_date)


def _entry_date(entry: Entry, field: str, text: str, freeze_date: str) -> Iterator[Finding]:
    """Check one date; `eventdate`, a day or FROM/TO, is what a document that looks back reports."""
    day = first_day(text)
    if day is None:
        yield _finding(
            entry,
            field,
            quoted(text),
            "a date like 2024, 2024-02 or 2024-02-20",
            "write it so",
        )
    elif day.isoformat() > freeze_date:
        yield _finding(
            entry,
            field,
            text,
            f"a day up to the freeze date {freeze_date}",
            f"cite what was public and read by then, or {MOVE_FREEZE}",
        )


def _place(entry: Entry, before: str, count: int) -> Iterator[Finding]:
    if not KEY_FORM.fullmatch(entry.key):
        yield _finding(
            entry,
            "",
            f"the key {entry.key}",
            "lower-case words joined by hyphens",
            "rename the key here and where it is cited",
        )
    if entry.key == before:
        yield _finding(
            entry, "", f"the key {entry.key} {count} times", "every key once", "merge the entries"
        )
    elif entry.key < before:
        yield _finding(
            entry,
            "",
            f"the key {entry.key} after {before}",
            "entries sorted by key",
            "move the entry up to its place",
        )


def _same_address(entry: Entry, first_with: dict[str, Entry]) -> Iterator[Finding]:
    address = entry["url"].removesuffix("/")
    if not address:
        return
    first = first_with.setdefault(address, entry)
    if first.key != entry.key:
        yield _finding(
            entry,
            "url",
            f"the address that {first.key} has too",
            "one entry per address",
            f"cite {first.key} instead and remove this entry",
        )


def _finding(entry: Entry, field: str, found: str, expected: str, advice: str) -> Finding:
    return Finding(
        file=BIBLIOGRAPHY,
        row=entry.line,
        column=field,
        found=found,
        expected=expected,
        advice=f"{advice} ({entry.key})",
    )
