"""Quarterly figures of companies."""

import datetime as dt

import pytest

from rebuilt.errors import DataError
from rebuilt.evidence import quarters, tables
from rebuilt.evidence.facts import Fact, Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
OLD, NEW = "segments of fiscal 2023 to 2025: ", "segments from fiscal 2026: "


@pytest.mark.parametrize(
    ("fiscal_quarter", "back", "expected"),
    [("FY2024Q2", 4, "FY2023Q2"), ("FY2024Q1", 1, "FY2023Q4"), ("FY2024Q4", -1, "FY2025Q1")],
)
def test_quarters_are_counted_across_years(fiscal_quarter, back, expected):
    """Four quarters are a year, forwards too."""
    assert quarters.before(fiscal_quarter, back) == expected


def test_a_quarter_is_unknown_until_it_is_filed():
    """The quarter to March 2024 was filed in May, after the note."""
    assert quarters.revenue(Facts(NOTE), "coherent", "FY2024Q3") is None
    assert quarters.revenue(Facts(FREEZE), "coherent", "FY2024Q3").number == 1208.809
    assert quarters.latest(Facts(NOTE), "coherent") == "FY2024Q2"


def test_the_segments_of_a_reported_quarter_add_up_to_its_revenue():
    """Networking, Materials and Lasers are the whole of the quarter to December 2023."""
    facts = Facts(FREEZE)
    parts = [
        quarters.figure(facts, "coherent", "FY2024Q2", "segment_revenue_usd_m", OLD + name).number
        for name in ("networking", "materials", "lasers")
    ]

    assert sum(parts) == pytest.approx(
        quarters.revenue(facts, "coherent", "FY2024Q2").number, abs=0.001
    )


def test_no_quarter_has_old_and_new_segments():
    """A series ends where the segments change; nothing joins it to the next."""
    rows = tables.load("company_quarters").filter(quantity="segment_revenue_usd_m")
    by = {
        start: {
            row["fiscal_quarter"]
            for row in rows.iter_rows(named=True)
            if row["condition"].startswith(start) and "Q" in row["fiscal_quarter"]
        }
        for start in (OLD, NEW)
    }

    assert by[OLD]
    assert by[NEW]
    assert not by[OLD] & by[NEW]


def test_a_text_is_no_number():
    """A check that needs a number and finds a sentence says so."""
    fact = Fact(value=None, text="many", unit="text", source="a", known_since=dt.date(2024, 1, 1))

    with pytest.raises(DataError) as caught:
        _ = fact.number

    assert str(caught.value) == "a: found the text 'many', expected a number"
