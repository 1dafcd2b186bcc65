"""The rules that turn evidence into verdicts."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt import verdicts
from rebuilt.errors import DataError
from rebuilt.facts import Event, Fact
from rebuilt.verdicts import Claim, Outcome, Since, Then

NOTE = dt.date(2024, 2, 20)
LATER = dt.date(2024, 8, 28)
CLAIM = Claim(
    id="nvidia-h200-bandwidth",
    paragraph=1,
    section="nvidia",
    kind="figure",
    statement="The H200 moves this much.",
    term_zh="4.8 TB",
    figures="4.8 TB",
    claimed="4.8",
    unit="tb_per_s",
    tolerance=None,
    check="nvidia.h200_bandwidth",
    untestable="",
)


def fact(known_since: dt.date = NOTE) -> Fact:
    return Fact(value=4.8, text=None, unit="tb_per_s", source="a-source", known_since=known_since)


def event(first: str, last: str, known_since: dt.date = NOTE) -> Event:
    return Event(
        subject="b100-sxm",
        event="announced",
        kind="forecast",
        first_day=dt.date.fromisoformat(first),
        last_day=dt.date.fromisoformat(last),
        source="a-source",
        known_since=known_since,
    )


@pytest.mark.parametrize(
    ("claimed", "computed", "outcome"),
    [
        ("4.8", 4.8, Outcome.EQUAL),
        ("2.4", 2.3541, Outcome.EQUAL),
        ("2.4", 2.35, Outcome.EQUAL),
        ("2.4", 2.349, Outcome.DIFFERENT),
        ("2", 2.0, Outcome.EQUAL),
        ("2", 1.9, Outcome.ROUNDED),
        ("2", 1.4, Outcome.DIFFERENT),
        ("141", 140.4, Outcome.DIFFERENT),
        ("-17.45", -17.431, Outcome.DIFFERENT),
        ("-17.45", -17.445, Outcome.EQUAL),
    ],
)
def test_equality_is_judged_at_the_printed_precision(claimed, computed, outcome):
    """The last printed digit of the claim says how close is close enough."""
    found = verdicts.equals(replace(CLAIM, claimed=claimed), computed, [fact()], "rule")

    assert found.outcome is outcome


def test_a_hedge_widens_the_tolerance_and_is_named():
    """A claim that says "nearly" holds when rounded, and the rule says by how much."""
    about = replace(CLAIM, claimed="40", tolerance=0.05)

    found = verdicts.equals(about, 38.2, [fact()], "MI300X over MI250X")

    assert verdicts.then(found) is Then.ROUNDED
    assert found.rule == "MI300X over MI250X; within 5%, as the note hedges"


def test_another_reading_is_imprecise_then_and_refuted_since():
    """An increase of 2.4 times is not a ratio of 2.4: the literal wording fails."""
    readings = {"as a ratio": 2.354}

    found = verdicts.equals(
        replace(CLAIM, claimed="2.4"), 1.354, [fact(LATER)], "rule", readings=readings
    )

    assert verdicts.then(found) is Then.IMPRECISE
    assert verdicts.since(found, NOTE) is Since.REFUTED
    assert found.computed == 2.354


def test_a_measured_shortfall_is_not_reproduced():
    """A measurement that misses the claim says so in the vocabulary of measurement."""
    found = verdicts.equals(replace(CLAIM, claimed="2"), 1.28, [fact(LATER)], "rule", measured=True)

    assert verdicts.since(found, NOTE) is Since.NOT_REPRODUCED


def test_old_evidence_says_nothing_about_since():
    """A finding that rests on rows older than the note is `not applicable`."""
    found = verdicts.equals(CLAIM, 4.8, [fact()], "rule")

    assert verdicts.then(found) is Then.HOLDS
    assert verdicts.since(found, NOTE) is Since.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("expected", "actual", "today", "outcome"),
    [
        ([], [event("2024-06-01", "2024-06-01", LATER)], LATER, Outcome.EQUAL),
        ([], [event("2024-07-01", "2024-07-01", LATER)], LATER, Outcome.LATE),
        ([event("2024-04-01", "2024-06-30")], [], LATER, Outcome.NEVER),
        ([event("2024-04-01", "2024-06-30")], [], NOTE, Outcome.EQUAL),
        ([event("2024-10-01", "2024-12-31")], [], NOTE, Outcome.DIFFERENT),
        ([], [], NOTE, Outcome.NO_EVIDENCE),
    ],
)
def test_a_forecast_is_judged_by_expectations_before_and_events_after(
    expected, actual, today, outcome
):
    """Six ways a claimed quarter can turn out."""
    claim = replace(CLAIM, kind="forecast", claimed="2024-Q2", unit="quarter")

    assert verdicts.foretold(claim, expected, actual, today, "rule").outcome is outcome


def test_absence_by_the_freeze_counts_although_no_row_is_new():
    """That something did not happen cannot be shown by a new document."""
    claim = replace(CLAIM, kind="forecast", claimed="2024-Q2", unit="quarter")
    found = verdicts.foretold(claim, [event("2024-04-01", "2024-06-30")], [], LATER, "rule")

    assert verdicts.since(found, NOTE) is Since.DID_NOT_HAPPEN


def test_more_than_a_forecast_is_exceeded_and_less_is_refuted():
    """A forecast of "at least" has two ends."""
    claim = replace(CLAIM, kind="forecast", claimed="0.75")

    above = verdicts.at_least(claim, 1.5, [fact(LATER)], "rule")
    below = verdicts.at_least(claim, 0.5, [fact(LATER)], "rule")

    assert verdicts.since(above, NOTE) is Since.EXCEEDED
    assert verdicts.since(below, NOTE) is Since.REFUTED


def test_every_outcome_has_a_word_in_both_vocabularies():
    """No outcome can fall through the translation."""
    for outcome in Outcome:
        found = verdicts.Finding(outcome=outcome, computed=None, rule="", newest=LATER)

        assert verdicts.then(found) in Then
        assert verdicts.since(found, NOTE) in Since


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)))
def test_a_day_lies_in_its_month_quarter_and_year(day):
    """The windows of a day nest."""
    texts = [
        f"{day.year}",
        f"{day.year}-Q{(day.month + 2) // 3}",
        f"{day.year}-{day.month:02}",
        day.isoformat(),
    ]

    windows = [verdicts.period(text) for text in texts]

    assert windows[-1] == (day, day)
    for wider, narrower in pairwise(windows):
        assert wider[0] <= narrower[0] <= narrower[1] <= wider[1]


@pytest.mark.parametrize("text", ["spring", "2024-Q5", "2024-13", "2024-02-30", ""])
def test_a_text_that_is_no_period_is_refused(text):
    """The message names the text and the four forms."""
    with pytest.raises(DataError) as caught:
        verdicts.period(text)

    assert str(caught.value) == (
        f"{text!r} is not a date; write 2024, 2024-Q2, 2024-02 or 2024-02-20"
    )


def test_a_claim_without_a_number_says_which_row():
    """A check that needs a number names the claim that has none."""
    with pytest.raises(DataError) as caught:
        _ = replace(CLAIM, claimed="soon").number

    assert str(caught.value) == (
        "claims.csv, nvidia-h200-bandwidth, column claimed: found 'soon', expected a number"
    )
