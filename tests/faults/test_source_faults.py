"""Damage to the real bibliography and to a real model file turns the check red.

All kinds are planted at once, each in an entry of its own, and the file is sealed again.
"""

import re

import planting
import pytest
from tests.faults import caught

from rebuilt.validate.bibtex import read_entries
from rebuilt.validate.descriptor import seal

BIB = "data/sources.bib"


def without(field):
    """Remove a field of one entry, and the note that might excuse it."""
    return lambda text: re.sub(rf"(?m)^  ({field}|note) = .*\n", "", text)


def exchange(pattern, new):
    """Write something else in one entry."""
    return lambda text: re.sub(pattern, new, text, count=1)


# what is wrong: (field that the finding names, how the entry is spoilt)
DAMAGES = {
    "no title": ("title", without("title")),
    "no author": ("author", without("author")),
    "no address": ("url", exchange(r"  url = .*\n", "")),
    "no date": ("date", without("date")),
    "a date in words": ("date", exchange(r"  date = \{[^}]*\}", "  date = {last spring}")),
    "a date after the freeze": ("date", exchange(r"  date = \{[^}]*\}", "  date = {2031-01-01}")),
    "an address of no host": ("url", exchange(r"  url = \{https?://", "  url = {")),
    "an unused entry": ("", exchange(r"^@(\w+)\{", r"@\1{not-cited-")),
    "no word on what it is": ("keywords", exchange(r"(primary|copy|secondary), ", "")),
    "no word on how far it was read": ("keywords", exchange(r", (opened|excerpt)", "")),
    "a grade raised by its keyword": (
        "keywords",
        exchange(
            r"  keywords = .*\n(  note = .*\n)?",
            "  keywords = {primary, opened},\n  note = {read as excerpt, undated},\n",
        ),
    ),
    "a copy called the original": (
        "keywords",
        exchange(
            r"  keywords = .*\n(  note = .*\n)?",
            "  keywords = {primary, opened},\n  note = {copy of an undated page},\n",
        ),
    ),
    "a key in capitals": ("", exchange(r"^@(\w+)\{(\w)", r"@\1{X\2")),
}


@pytest.fixture(scope="module")
def planted(undamaged):
    """Return the new findings, and the place of each fault: entries, one citation, one model."""
    root, before = undamaged
    places = spoil_entries(root) | remove_entry(root) | misquote_in_model(root)
    seal(root)
    findings = planting.new_findings(root, before)
    planting.put_back(root)
    return findings, places


def spoil_entries(root):
    text = (root / BIB).read_text(encoding="utf-8")
    entries = [entry for entry in read_entries(text) if entry["url"] and entry["date"]]
    step = len(entries) // (len(DAMAGES) + 1)
    places = {}
    for number, (damage, (field, spoil)) in enumerate(DAMAGES.items(), 1):
        key = entries[number * step].key
        block = re.search(rf"(?ms)^@\w+\{{{key},\n.*?^\}}\n", text)[0]
        spoilt = spoil(block)
        places[damage] = (spoilt.partition("\n")[0], field)
        text = text.replace(block, spoilt)
    (root / BIB).write_text(text, encoding="utf-8")
    lines = text.splitlines()
    return {damage: (BIB, lines.index(head) + 1, field) for damage, (head, field) in places.items()}


def remove_entry(root):
    """Remove the last entry that accelerators.csv cites: its rows then cite nothing."""
    sheet = planting.sheets(root)["accelerators"]
    at = sheet.header.index("source")
    key = max(row[at] for row in sheet.rows)
    row = next(number for number, cells in enumerate(sheet.rows) if cells[at] == key)
    text = (root / BIB).read_text(encoding="utf-8")
    text = re.sub(rf"(?ms)^@\w+\{{{key},\n.*?^\}}\n\n?", "", text)
    (root / BIB).write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    return {"an entry that disappears": (sheet.file, row + 2, "source")}


def misquote_in_model(root):
    file = sorted((root / "data/models").glob("*.yaml"))[0]
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.strip().startswith("source:"))
    lines[at] = re.sub(r'source: ("?)[a-z0-9-]+', r"source: \1no-such-key", lines[at])
    file.write_text("".join(lines), encoding="utf-8")
    return {"a model that cites an unknown key": (f"data/models/{file.name}", at + 1, "source")}


@pytest.mark.parametrize(
    "damage", [*DAMAGES, "an entry that disappears", "a model that cites an unknown key"]
)
def test_damage_to_a_source_is_named_with_its_place(damage, planted, record_property):
    """The line of the entry and its field, or the cell that cites what is no longer there."""
    findings, places = planted
    found = planting.caught(findings, places[damage])
    part = "model file" if "model" in damage else "bibliography"
    caught.record(record_property, part, damage, caught=int(found))

    assert found, places[damage]
