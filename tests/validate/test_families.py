"""Like things: siblings of one silicon, two units in one family, one way and both ways."""

import pytest

from rebuilt.validate.families import check_families
from rebuilt.validate.material import Row, Table

SIBLINGS = {
    "siblings": [
        {
            "subjects": ["b200", "gb200"],
            "quantities": ["tflops"],
            "ratio": [0.99, 1.15],
            "why": "its clock is higher",
        }
    ]
}
FAMILIES = {"families": [{"quantity": "memory_gb", "unit": "GiB", "prefixes": ["tpu-"]}]}
WORDING = {
    "wording": [
        {
            "quantity": "link_gb_s",
            "either": ["both directions together", "direction not stated"],
            "never": "one way",
        }
    ]
}
BOTH = [(2, "value"), (3, "value")]
COLUMNS = ("subject", "quantity", "value", "condition", "locator", "note")


class Few:
    """As much of a `Material` as the rules ask for."""

    def __init__(self, properties, *rows):
        cells = [dict(zip(COLUMNS, row, strict=False)) for row in rows]
        padded = [dict.fromkeys(COLUMNS, "") | cell for cell in cells]
        numbered = [Row(line, cell) for line, cell in enumerate(padded, 2)]
        self.tables = {"t": Table("t.csv", {"name": "t", **properties}, list(COLUMNS), numbered)}


def found(properties, *rows):
    """Return the findings as (row, column)."""
    return [(item.row, item.column) for item in check_families(Few(properties, *rows))]


@pytest.mark.parametrize(
    ("value", "places"),
    [("80", []), ("90", []), ("75", BOTH), ("800", BOTH)],
)  # fmt: skip
def test_siblings_agree_within_what_the_descriptor_allows(value, places):
    """The later may be a little faster, not slower and not ten times as fast."""
    assert found(SIBLINGS, ("b200", "tflops", "80"), ("gb200", "tflops", value)) == places


def test_one_source_in_step_is_enough():
    """Sources that disagree are settled elsewhere; siblings agree if some source has them so."""
    rows = [("b200", "tflops", "62"), ("b200", "tflops", "75"), ("gb200", "tflops", "80")]

    assert found(SIBLINGS, *rows) == []


def test_a_sibling_without_the_quantity_is_no_finding():
    """Nothing to compare."""
    assert found(SIBLINGS, ("b200", "tflops", "62"), ("gb200", "watts", "1")) == []


def test_a_family_is_converted_in_every_row_or_says_how_it_was_printed():
    """GiB in one row make a bare GB in another a question."""
    rows = [
        ("tpu-a", "memory_gb", "102", "95 GiB converted"),
        ("tpu-b", "memory_gb", "16", "nominal"),
        ("tpu-c", "memory_gb", "32", "nominal", "", "as printed, in GB"),
        ("h100", "memory_gb", "80", "nominal"),
    ]

    assert found(FAMILIES, *rows) == [(3, "condition")]
    assert found(FAMILIES, *rows[1:]) == []


def test_links_are_all_counted_both_ways_or_say_that_it_is_not_told():
    """Neither a missing word nor one way."""
    rows = [
        ("a", "link_gb_s", "900", "both directions together"),
        ("b", "link_gb_s", "900", "direction not stated"),
        ("c", "link_gb_s", "450"),
        ("d", "link_gb_s", "900", "both directions together", "table, column one way"),
    ]

    assert found(WORDING, *rows) == [(4, "condition"), (5, "locator")]


def test_a_vendor_specification_needs_a_vendor(book):
    """A secondary source can tell a figure, not be its data sheet."""
    book.replace(
        "data/sources.bib",
        "https://example.org/chips.csv},\n  keywords = {primary",
        "https://example.org/chips.csv},\n  keywords = {secondary",
    )
    tail = ",reported,2023-11-13,press-h200,\nh200,bandwidth_tb_s,4.8"
    book.replace("data/accelerators.csv", f"row H200{tail}", f"data-sheet table{tail}")

    assert book.found() == [
        'data/accelerators.csv row 6, column locator: found "data-sheet table", expected no claim '
        "to be the maker's, as list-chips is a secondary source; cite the maker or a copy of its "
        "page, or call it published"
    ]


def test_a_table_below_the_aim_says_what_was_looked_for(book):
    """Rows that cite no primary source ask for the search and its day; others ask for nothing."""
    book.replace("data/datapackage.json", "makers; last tried 2026-11-22", "makers")
    assert book.found() == []

    book.replace(
        "data/sources.bib",
        "https://example.org/chips.csv},\n  keywords = {primary",
        "https://example.org/chips.csv},\n  keywords = {secondary",
    )

    assert book.found() == [
        'data/datapackage.json, property accelerators.sought: found "pages of the makers", '
        "expected what was looked for, as 2 of 7 rows cite an opened primary source, "
        "and "
        '"last tried 2026-11-29"; say which primary sources were looked for, where, and which did '
        "not answer"
    ]


def test_looking_for_a_data_sheet_in_vain_is_no_claim_to_have_one(book):
    """The words "no data sheet" are honest."""
    book.replace(
        "data/sources.bib",
        "https://example.org/chips.csv},\n  keywords = {primary",
        "https://example.org/chips.csv},\n  keywords = {secondary",
    )
    tail = ",reported,2023-11-13,press-h200,\nh200,bandwidth_tb_s,4.8"
    book.replace("data/accelerators.csv", f"row H200{tail}", f"no data sheet reached{tail}")

    assert book.found() == []
