"""Days, and the periods that end on them."""

from datetime import date

import pytest

from rebuilt.validate import dates


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024-Q1", date(2024, 3, 31)),
        ("2024-Q4", date(2024, 12, 31)),
        ("2025-H1", date(2025, 6, 30)),
        ("2025-H2", date(2025, 12, 31)),
        ("2022-2024", None),
        ("2024-H3", None),
        ("", None),
    ],
)
def test_a_period_ends_on_its_last_day(text, end):
    """Years, halves and quarters of the calendar; anything else is no period."""
    assert dates.period_end(text) == end


def test_days_are_as_precise_as_they_are_written():
    """A month may be any of its days, and no day is made up for what is no date."""
    assert dates.first_day("2024-02") == date(2024, 2, 1)
    assert dates.last_day("2024-02") == date(2024, 2, 29)
    assert dates.last_day("2024-02-30") is None
