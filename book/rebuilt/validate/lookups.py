"""Rules about looking things up: what a source is, how far it was read, and what a row may call it.

Grades stand in the `keywords` of sources.bib (see rebuilt.evidence.grading). A row is not better
than its source: nothing cites what nobody opened, and only a maker's own words or a copy of them
are a vendor's specification or a data sheet.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from rebuilt.evidence.bibliography import NATURES, READINGS
from rebuilt.evidence.grading import AIM
from rebuilt.validate.bibtex import Entry
from rebuilt.validate.finding import Finding, quoted
from rebuilt.validate.material import BIBLIOGRAPHY, Material, Row, Table
from rebuilt.validate.sources import citations

OFFICIAL = re.compile(r"\bvendor spec|(?<!no )\bdata[ -]?sheet\b", re.IGNORECASE)
NAMES = (
    "condition",
    "kind",
    "locator",
)  # cells that say what the source is, and not what was sought
OWN = re.compile(r"\b(our|own) estimate\b", re.IGNORECASE)
TRIED = re.compile(r"last tried \d{4}-\d\d-\d\d")
SAID = (  # what a note says of the reading, and the readings that agree with it
    (re.compile(r"\b(?<!neither was )not opened\b|\bitself not read\b"), ("unopened",)),
    (re.compile(r"\bread (?:only )?as (?:an )?(?:excerpt|extract)\b"), ("excerpt", "unopened")),
)
ELSEWHERE = re.compile(  # what a note calls a document that lies on the host of another
    r"\b(cop(y|ies|ied)|relay|mirror|archive|kept|sent out|transcri|summary|digest|excerpt|quot)",
    re.IGNORECASE,
)
SHARED = (  # hosts on which makers publish under their own name
    "arxiv.org", "github.com", "githubusercontent.com", "huggingface.co", "openreview.net",
)  # fmt: skip
OUTLET = 4  # entries of one host from which on its nature is known
COPIED = re.compile(r"^(press )?copy of\b|^(re)?lay of\b|^relays\b", re.IGNORECASE)


def check_lookups(material: Material) -> Iterator[Finding]:
    """Run the rules on entries, citations and rows."""
    for entry in material.entries:
        yield from _entry(entry)
    yield from _elsewhere(material.entries)
    yield from _outlets(material.entries)
    for file, line, column, key in citations(material):
        cited = material.entry_of.get(key)
        if cited and "unopened" in words(cited):
            yield Finding(
                file=file,
                row=line,
                column=column,
                found=f"{quoted(key)}, which nobody opened",
                expected="a source that was opened, if only in part",
                advice="open it and say so in its keywords, or cite what was read instead",
            )
    for table in material.tables.values():
        yield from _sought(material, table)
        for row in table.rows:
            yield from _row(material, table, row)


def words(entry: Entry) -> set[str]:
    """Keywords of an entry."""
    return {word.strip() for word in entry["keywords"].split(",")} - {""}


def _entry(entry: Entry) -> Iterator[Finding]:
    """Check that an entry says once what it is and how far it was read, as its note does."""
    for name, known in (("what it is", NATURES), ("how far it was read", READINGS)):
        said = sorted(words(entry).intersection(known))
        if len(said) != 1:
            yield _in_keywords(
                entry,
                " and ".join(said) or f"nothing on {name}",
                f"one of {', '.join(known)}",
                f"say {name}",
            )
    for pattern, agreeing in SAID:
        if pattern.search(entry["note"]) and not words(entry).intersection(agreeing):
            yield _in_keywords(
                entry,
                quoted(entry["keywords"]),
                f"{' or '.join(agreeing)}, as its note says",
                "a grade is raised by opening the source, not by its keyword",
            )
    if COPIED.search(entry["note"]) and "primary" in words(entry):
        yield _in_keywords(
            entry, quoted(entry["keywords"]), "copy, as its note says", "call it what it is"
        )


def _elsewhere(entries: tuple[Entry, ...]) -> Iterator[Finding]:
    """Check that a key which names an outlet leads to it, or says what it leads to instead.

    The first word of a key is an outlet's if a key with that word leads to a host of its name.
    A key whose later words name the host says by itself where it leads.
    """
    at_home = {_named(entry)[0] for entry in entries if _named(entry)[0] in _host(entry)}
    for entry in entries:
        host, (outlet, *_) = _host(entry), _named(entry)
        if not host or outlet not in at_home or host.endswith(SHARED):
            continue
        if any(word in host for word in _named(entry)) or "copy" in words(entry):
            continue
        if not ELSEWHERE.search(entry["note"]):
            yield Finding(
                file=BIBLIOGRAPHY,
                row=entry.line,
                column="url",
                found=host,
                expected=f"an address of {outlet}, which the key names, or the word copy",
                advice=f"cite its own page, or say in keywords or note what it is ({entry.key})",
            )


def _outlets(entries: tuple[Entry, ...]) -> Iterator[Finding]:
    """Check that a host which publishes on others is not called the maker in some entry."""
    hosts: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        hosts[_host(entry)].append(entry)
    for host, those in hosts.items():
        first_hand = [entry for entry in those if "primary" in words(entry)]
        if host.endswith(SHARED) or len(those) < OUTLET or 2 * len(first_hand) >= len(those):
            continue
        for entry in first_hand:
            yield _in_keywords(
                entry,
                quoted(entry["keywords"]),
                f"secondary, as most of the {len(those)} entries of {host} are",
                "an outlet is nobody's maker; cite the document that it speaks of",
            )


def _named(entry: Entry) -> list[str]:
    """Words of a key that can name a host: no years and no other short ones."""
    first, *more = entry.key.split("-")
    return [first, *(word for word in more if len(word) > 3 and word.isalpha())]


def _host(entry: Entry) -> str:
    """Host of an address, its hyphens left out as they are in the words of a key."""
    return entry["url"].partition("://")[2].partition("/")[0].lower().replace("-", "")


def _in_keywords(entry: Entry, found: str, expected: str, advice: str) -> Finding:
    return Finding(
        file=BIBLIOGRAPHY,
        row=entry.line,
        column="keywords",
        found=found,
        expected=expected,
        advice=f"{advice} ({entry.key})",
    )


def _sought(material: Material, table: Table) -> Iterator[Finding]:
    """Check that a table below the aim says what primary sources were looked for, and when."""
    if not table.has("source", "locator"):
        return
    cited = [material.entry_of.get(row.cells["source"]) for row in table.rows]
    natures = [words(entry) for entry in cited if entry]
    primary = sum({"primary", "opened"} <= nature for nature in natures)
    sought = table.resource.get("sought", "")
    if primary < AIM * len(natures) and not TRIED.search(sought):
        yield Finding(
            file="data/datapackage.json",
            column=f"{table.name}.sought",
            found=quoted(sought) if sought else "nothing",
            expected=f"what was looked for, as {primary} of {len(natures)} rows cite an opened "
            'primary source, and "last tried 2026-11-29"',
            advice="say which primary sources were looked for, where, and which did not answer",
        )


def _row(material: Material, table: Table, row: Row) -> Iterator[Finding]:
    cells = row.cells
    status, note = cells.get("status", ""), cells.get("note", "")
    if status == "unknown" and note and not TRIED.search(note):
        yield table.at(
            row,
            "note",
            quoted(note),
            'the day of the search, as "last tried 2026-11-29"',
            "say what was looked for and when",
        )
    entry = material.entry_of.get(cells.get("source", ""))
    for column in NAMES:
        if not OFFICIAL.search(cells.get(column, "")):
            continue
        if entry and not words(entry) & {"primary", "copy"}:
            yield table.at(
                row,
                column,
                quoted(cells[column]),
                f"no claim to be the maker's, as {entry.key} is a secondary source",
                "cite the maker or a copy of its page, or call it published",
            )
        if status == "estimated":
            yield table.at(
                row,
                column,
                quoted(cells[column]),
                "no data sheet and no specification behind an estimate",
                "say whose estimate it is",
            )
    told = " ".join(cells.get(name, "") for name in ("condition", "text", "note", "kind", "issuer"))
    if status not in {"", "estimated"} and OWN.search(told):
        yield table.at(
            row, "status", status, "estimated, as the row speaks of our estimate", "call it that"
        )
