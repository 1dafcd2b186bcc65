"""A slip in one of two places where a row says the same turns the check red.

A dozen kinds, each planted in a row of its own of the real tables, and sealed again: a code against
its printed name, a day, a sound or a scenario against its words, a quarter against its last day, a
year against its quarters, a price against its arithmetic, a run against its steps, a source that
was read before it was written, and an outlet that is called the maker.
"""

import re

import planting
import pytest
from tests.faults import caught

from rebuilt.validate.descriptor import seal

BIB = "data/sources.bib"


def first(sheet, **cells):
    """Index of the first row with a cell that matches each pattern."""
    at = {name: sheet.header.index(name) for name in cells}
    return next(
        number
        for number, row in enumerate(sheet.rows)
        if all(re.fullmatch(cell, row[at[name]]) for name, cell in cells.items())
    )


# what is wrong: (table, the row, column, the cell to plant)
SLIPS = {
    "a chip against its printed name": (
        "software_runs",
        {"id": "diffusers-latte-page-2026.001"},
        "gpu",
        "h100-sxm",
    ),
    "a format against its printed name": (
        "kernel_rates",
        {"id": "hao-ai-lab-attn-qat-blog-2026.001"},
        "format",
        "bf16",
    ),
    "a run shorter than its steps": (
        "software_runs",
        {"seconds": ".+", "seconds_per_step": ".+", "steps": ".+"},
        "steps",
        "900",
    ),
    "a scenario against its file": ("mlperf", {"scenario": "Offline"}, "scenario", "Server"),
    "a day against its words": ("accelerator_rents", {}, "day", "2023-02-03"),
    "a sound against its words": (
        "video_prices",
        {"subject": "aleph"},
        "sound",
        "with sound",
    ),
    "a price against its arithmetic": (
        "video_prices",
        {"note": r"printed as .* credits per second; .* USD per credit", "subject": "gen.*"},
        "value",
        "0.51",
    ),
    "a quarter against its last day": (
        "company_quarters",
        {"subject": "arista", "calendar_quarter": "CY2023Q4"},
        "calendar_quarter",
        "CY2024Q1",
    ),
    "a quarter against its place": (
        "company_quarters",
        {"subject": "arista", "fiscal_quarter": "FY2022Q2"},
        "locator",
        "row of 2022Q3",
    ),
    "a name against its part": ("other_names", {"name": "3070"}, "subject", "rtx-3090"),
    "a quarter against its year": (
        "capex_quarters",
        {"subject": "alphabet", "period": "2022Q2"},
        "value",
        "6282",
    ),
}


@pytest.fixture(scope="module")
def planted(undamaged):
    """Return the new findings of a copy with all slips, and the place of each."""
    root, before = undamaged
    sheets = planting.sheets(root)
    places = {}
    for slip, (table, row, column, cell) in SLIPS.items():
        sheet = sheets[table]
        places[slip] = planting.set_cell(sheet, first(sheet, **row), column, cell)
        (root / sheet.file).write_text(sheet.text(), encoding="utf-8", newline="")
    text = (root / BIB).read_text(encoding="utf-8")
    dated = r"(  date = \{20[^}]*\},\n(?:  .*\n)*?  urldate = \{)[^}]*"
    spoilt = re.sub(dated, r"\g<1>2001-01-01", text, count=1)
    outlet = r"(url = \{https://www\.tweaktown\.com/.*\n(?:  .*\n)*?  keywords = \{)secondary"
    spoilt = re.sub(outlet, r"\g<1>primary", spoilt, count=1)
    (root / BIB).write_text(spoilt, encoding="utf-8")
    seal(root)
    findings = planting.new_findings(root, before)
    planting.put_back(root)
    return findings, places


@pytest.mark.parametrize("slip", SLIPS)
def test_a_row_that_contradicts_itself_is_named(slip, planted, record_property):
    """File, row and column of the slip are named."""
    findings, places = planted
    found = planting.caught(findings, places[slip])
    caught.record(record_property, f"table {SLIPS[slip][0]}", slip, caught=int(found))

    assert found, places[slip]


ENTRIES = {"read before it was written": "urldate", "an outlet called the maker": "keywords"}


@pytest.mark.parametrize("slip", ENTRIES)
def test_an_entry_that_contradicts_itself_or_its_like_is_named(slip, planted, record_property):
    """The field of the entry is named."""
    findings, _ = planted
    found = any(item.file == BIB and item.column == ENTRIES[slip] for item in findings)
    caught.record(record_property, "bibliography", slip, caught=int(found))

    assert found
