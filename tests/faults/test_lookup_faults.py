"""Damage of the kinds that an auditor found in the real tables turns the check red.

Siblings out of step, a link counted one way, GB for GiB, a specification without its vendor, an
estimate as a data sheet, a source nobody opened, a search without its day, and rows that bear on a
claim: each is planted in a row of its own and sealed again, and the line that is found names row
and column.
"""

import json
import re

import planting
import pytest
from tests.faults import caught

from rebuilt.validate.descriptor import seal
from rebuilt.validate.finding import Finding

BIB = "data/sources.bib"
DESCRIPTOR = "data/datapackage.json"


def first(sheet, **cells):
    """Index of the first row with these cells; a cell ending in an asterisk is a beginning."""
    at = {name: sheet.header.index(name) for name in cells}
    for number, row in enumerate(sheet.rows):
        if all(
            row[at[name]].startswith(cell[:-1]) if cell.endswith("*") else row[at[name]] == cell
            for name, cell in cells.items()
        ):
            return number
    raise ValueError(f"{sheet.file} has no row with {cells}")


def sibling(sheet):
    """Make the chip of the superchip half as fast as the same chip alone."""
    row = first(sheet, subject="gb300", quantity="bf16_dense_tflops")
    return planting.set_cell(sheet, row, "value", "1250")


def one_way(sheet):
    """Count a link in one direction among links counted in both."""
    row = first(sheet, subject="h100-sxm", quantity="link_duplex_gb_s")
    return planting.set_cell(sheet, row, "condition", "one way")


def bare_unit(sheet):
    """Leave a bare GB in a family whose others were converted from GiB."""
    row = first(sheet, subject="tpu-v5e", quantity="memory_gb")
    planting.set_cell(sheet, row, "note", "")
    return planting.set_cell(sheet, row, "condition", "nominal")


def vendor(sheet):
    """Call a figure of a data set the vendor's."""
    row = first(sheet, source="epoch-ml-hardware-2026", condition="dense, as in the data set")
    return planting.set_cell(sheet, row, "condition", "dense, vendor spec, again")


def estimate(sheet):
    """Call an estimate a data sheet."""
    row = first(sheet, status="estimated")
    return planting.set_cell(sheet, row, "locator", "data sheet, table 1")


def ours(sheet):
    """Call an estimate of ours a report."""
    row = first(sheet, status="reported")
    file, line, _ = planting.set_cell(sheet, row, "note", "our estimate")
    return (file, line, "status")


def untried(sheet):
    """Drop the day of a search."""
    row = first(sheet, status="unknown")
    return planting.set_cell(sheet, row, "note", "looked for it; not found")


def early(sheet):
    """Tell the forecast of a year as what came of it."""
    row = first(sheet, quantity="units_mn", year="2026", kind="forecast")
    return planting.set_cell(sheet, row, "kind", "actual")


DAMAGES = {
    "a sibling out of step": ("accelerators", sibling),
    "a link counted one way": ("accelerators", one_way),
    "GB for GiB": ("accelerators", bare_unit),
    "a specification without its vendor": ("accelerators", vendor),
    "an estimate as a data sheet": ("accelerators", estimate),
    "our estimate as a report": ("accelerators", ours),
    "a search without its day": ("statements", untried),
    "a forecast told as what came": ("optics_market", early),
}


@pytest.fixture(scope="module")
def damaged(undamaged):
    """Return the new findings of a copy with all damages, and the place of each."""
    root, before = undamaged
    sheets = planting.sheets(root)
    places = {damage: spoil(sheets[name]) for damage, (name, spoil) in DAMAGES.items()}
    for name in {name for name, _ in DAMAGES.values()}:
        text = sheets[name].text()
        (root / sheets[name].file).write_text(text, encoding="utf-8", newline="")
    seal(root)
    findings = planting.new_findings(root, before)
    planting.put_back(root)
    return findings, places


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_an_auditor_found_is_found_by_the_check(damage, damaged, record_property):
    """File, row and column of the planted fault are named."""
    findings, places = damaged
    found = planting.caught(findings, places[damage])
    caught.record(record_property, f"table {DAMAGES[damage][0]}", damage, caught=int(found))

    assert found, places[damage]


def test_a_source_that_nobody_opened_may_not_be_cited(whole, record_property):
    """Every row that cites it is named."""
    root, before = whole
    sheet = planting.sheets(root)["accelerators"]
    at = sheet.header.index("source")
    key = sheet.rows[0][at]
    text = (root / BIB).read_text(encoding="utf-8")
    entry = re.search(rf"(?ms)^@\w+\{{{key},\n.*?^\}}\n", text)[0]
    spoilt = re.sub(r"\b(opened|excerpt)\b(?=[,}])", "unopened", entry, count=1)
    (root / BIB).write_text(text.replace(entry, spoilt), encoding="utf-8")
    seal(root)
    findings = planting.new_findings(root, before)
    rows = [number for number, cells in enumerate(sheet.rows, 2) if cells[at] == key]
    missed = [row for row in rows if not planting.caught(findings, (sheet.file, row, "source"))]
    caught.record(
        record_property, "bibliography", "a source that nobody opened",
        planted=len(rows), caught=len(rows) - len(missed),
    )  # fmt: skip

    assert rows
    assert missed == []


def test_a_table_below_the_aim_says_what_was_looked_for(whole, record_property):
    """Without the sentence, or without its day, each such table is named."""
    root, before = whole
    path = root / DESCRIPTOR
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    short = [resource for resource in descriptor["resources"] if "sought" in resource]
    for number, resource in enumerate(short):
        resource["sought"] = "looked for the maker's page" if number % 2 else ""
    path.write_text(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    seal(root)
    findings = planting.new_findings(root, before)
    named = {item.column for item in findings if item.file == DESCRIPTOR}
    missed = [r["name"] for r in short if f"{r['name']}.sought" not in named]
    caught.record(
        record_property, "descriptor", "a search that is not told",
        planted=len(short), caught=len(short) - len(missed),
    )  # fmt: skip

    assert short
    assert missed == []


ENTRIES = {
    "an outlet's key on another host": (
        "url",
        r"(?s)(@\w+\{lightwave-hyperscaler-2024,.*?url = \{https://)[^/]+",
        r"\1mirror.example.com",
    ),
    "an extract that is called opened": (
        "keywords",
        r"(keywords = \{primary, )excerpt(\},\n  note = \{filing, read as extract\})",
        r"\1opened\2",
    ),
}


@pytest.mark.parametrize("damage", ENTRIES)
def test_an_entry_says_what_it_leads_to_and_how_far_it_was_read(damage, whole, record_property):
    """The field of the entry is named."""
    root, before = whole
    field, old, new = ENTRIES[damage]
    text = (root / BIB).read_text(encoding="utf-8")
    (root / BIB).write_text(re.sub(old, new, text, count=1), encoding="utf-8")
    seal(root)
    named = [item for item in planting.new_findings(root, before) if item.column == field]
    caught.record(record_property, "bibliography", damage, caught=int(bool(named)))

    assert named


def test_a_row_that_bears_on_a_claim_and_is_set_aside_no_more_is_named(whole, record_property):
    """Without the row of seeds/set_aside.csv the rows that it set aside are named."""
    root, before = whole
    sheet = planting.sheets(root)["set_aside"]
    row = first(sheet, table="statements", quantity="clip_length_s")
    del sheet.rows[row]
    (root / sheet.file).write_text(sheet.text(), encoding="utf-8", newline="")
    seal(root)
    findings = planting.new_findings(root, before)
    named = [item for item in findings if bears(item)]
    caught.record(record_property, "table set_aside", "a missing row", caught=int(bool(named)))

    assert named
    assert all(item.file == "data/statements.csv" for item in named)


def bears(item: Finding) -> bool:
    """Whether a finding says that a row was not looked at."""
    return "does not look at" in item.found
