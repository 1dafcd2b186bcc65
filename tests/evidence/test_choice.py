"""The one rule of which source wins, on a few rows."""

import pytest

from rebuilt.errors import DataError
from rebuilt.evidence import choice


def row(value: float | str, source: str, known: str = "2024-01-01", condition: str = ""):
    """One row about the memory of one chip."""
    text, number = (value, None) if isinstance(value, str) else (None, value)
    return {"subject": "chip", "quantity": "memory", "value": number, "text": text,
            "condition": condition, "source": source, "known_since": known}  # fmt: skip


def test_of_rows_that_agree_the_first_public_one_is_used():
    """Half a per cent is rounding; on one day the source's name decides."""
    rows = [row(80.0, "b"), row(80.0, "a"), row(79.7, "c", "2023-12-31")]

    assert choice.choose("chips", rows, set())["source"] == "c"
    assert choice.choose("chips", rows[:2], set())["source"] == "a"


def test_a_preference_wins_over_an_earlier_row_that_disagrees():
    """It names condition and source, so that another row of that source does not win with it."""
    rows = [row(80.0, "a", "2020-01-01"), row(94.0, "b"), row(60.0, "b", condition="half")]
    wanted = {("chip", "memory", "half", "b")}

    assert choice.choose("chips", rows, wanted)["value"] == 60.0


@pytest.mark.parametrize(
    "rows",
    [
        [row(80.0, "a"), row(80.5, "b")],
        [row("yes", "a"), row("no", "b")],
        [row("eighty", "a"), row(80.0, "b")],
    ],
    ids=["numbers", "texts", "a text and a number"],
)
def test_rows_that_disagree_are_listed_in_the_error(rows):
    """Every value with its condition and source, and the place to decide it."""
    said = "; ".join(
        f"{r['text'] or r['value']} (no condition, {source})"
        for r, source in zip(rows, "ab", strict=True)
    )

    with pytest.raises(DataError) as caught:
        choice.choose("chips", rows, set())

    assert str(caught.value) == (
        f"chips: chip memory has rows that disagree: {said}; "
        "say in data/preferences.csv which one is used, and why"
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 0.0), ([80.0], 0.0), ([0.0, 0.0], 0.0), ([200.0, 199.0], 0.0), ([-1.0, 1.0], 2.0)],
)
def test_a_gap_is_relative_to_the_largest_size(values, expected):
    """Up to the tolerance it is none."""
    assert choice.gap(values) == expected


def test_the_gap_grows_past_the_tolerance():
    """One step beyond half a per cent is a disagreement."""
    assert choice.gap([100.0, 99.4]) == pytest.approx(0.006)
