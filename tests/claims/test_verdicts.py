"""The rules that turn evidence into verdicts."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim
from rebuilt.claims.vocabulary import Outcome, Since, Then
from rebuilt.errors import DataError
from rebuilt.evidence.facts import Event, Fact

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
        ("10", 9.5, Outcome.EQUAL),
        ("141", 140.4, Outcome.DIFFERENT),
        ("-17.45", -17.431, Outcome.DIFFERENT),
        ("-17.45", -17.445, Outcome.EQUAL),
    ],
)
def test_equality_is_judged_at_the_printed_precision(claimed, computed, outcome):
    """The last printed digit of the claim says how close is close enough."""
    found = verdicts.equals(replace(CLAIM, claimed=claimed), computed, [fact()], "rule")

    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("claimed", "computed", "outcome"),
    [
        ("2", 2.0, Outcome.EQUAL),
        ("2", 2.002, Outcome.EQUAL),
        ("2", 2.003, Outcome.ROUNDED),
        ("2", 1.9, Outcome.ROUNDED),
        ("2", 1.81, Outcome.ROUNDED),
        ("2", 2.19, Outcome.ROUNDED),
        ("2", 1.79, Outcome.DIFFERENT),
        ("2", 2.21, Outcome.DIFFERENT),
        ("2", 1.5, Outcome.DIFFERENT),
        ("2", 1.55, Outcome.DIFFERENT),
        ("2", 2.5, Outcome.DIFFERENT),
        ("2", 1.4, Outcome.DIFFERENT),
        ("-2", -1.9, Outcome.ROUNDED),
        ("-2", 1.9, Outcome.DIFFERENT),
        ("0.5", 0.47, Outcome.ROUNDED),
        ("0.5", 0.44, Outcome.DIFFERENT),
        ("9", 9.4, Outcome.ROUNDED),
        ("9", 8.4, Outcome.DIFFERENT),
    ],
)
def test_one_digit_is_met_by_the_value_itself_or_nearly_by_what_rounds_to_it(
    claimed, computed, outcome
):
    """Twice is neither 1.55 nor 2.5; 8.4 is within 10 % of 9 and does not round to it."""
    found = verdicts.equals(replace(CLAIM, claimed=claimed), computed, [fact()], "rule")

    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("claimed", "tolerance", "computed", "outcome"),
    [
        ("40", 0.05, 38.2, Outcome.ROUNDED),
        ("40", 0.05, 40.0, Outcome.ROUNDED),
        ("40", 0.05, 42.1, Outcome.DIFFERENT),
        ("2", 0.15, 1.7625, Outcome.ROUNDED),
        ("2", 0.05, 1.89, Outcome.DIFFERENT),
        ("2.4", 0.01, 2.36, Outcome.DIFFERENT),
        ("-40", 0.05, -38.2, Outcome.ROUNDED),
    ],
)
def test_a_hedge_is_judged_by_its_tolerance_alone(claimed, tolerance, computed, outcome):
    """Neither an exact value nor the printed digits change what "nearly" allows."""
    about = replace(CLAIM, claimed=claimed, tolerance=tolerance)

    assert verdicts.equals(about, computed, [fact()], "rule").outcome is outcome


@pytest.mark.parametrize(
    ("claimed", "tolerance", "computed"),
    [
        ("2", None, 1.8),
        ("2", None, 2.2),
        ("0.5", None, 0.45),
        ("0.5", None, 0.55),
        ("2", 0.15, 1.7),
        ("2", 0.15, 2.3),
    ],
)
def test_the_edge_of_what_is_allowed_is_inside_on_both_sides(claimed, tolerance, computed):
    """At most 10 % away, or within 15 %: the last bit of a float does not decide."""
    claim = replace(CLAIM, claimed=claimed, tolerance=tolerance)

    assert verdicts.equals(claim, computed, [fact()], "rule").outcome is Outcome.ROUNDED


@pytest.mark.parametrize(
    ("claimed", "tolerance", "values", "test"),
    [
        ("4.8", None, (4.8, 4.9), "equal at the printed precision"),
        (
            "2",
            None,
            (2.0, 1.9, 1.5),
            "the value itself, or rounding to it from at most 10% away",
        ),
        ("40", 0.05, (40.0, 39.0, 50.0), "within 5%, as the note hedges"),
    ],
)
@pytest.mark.parametrize("measured", [True, False])
def test_the_rule_names_the_test_whatever_came_out(claimed, tolerance, values, test, measured):
    """A reader sees what was asked of the number, not a second verdict."""
    claim = replace(CLAIM, claimed=claimed, tolerance=tolerance)
    found = [verdicts.equals(claim, v, [fact()], "rule", measured=measured) for v in values]

    assert [finding.rule for finding in found] == [f"rule; test: {test}"] * len(values)
    assert len({finding.outcome for finding in found}) > 1


def test_another_reading_is_imprecise_then_and_refuted_since():
    """An increase of 2.4 times is not a ratio of 2.4: the literal wording fails."""
    readings = {"as a ratio": 2.354}

    found = verdicts.equals(
        replace(CLAIM, claimed="2.4"), 1.354, [fact(LATER)], "rule", readings=readings
    )

    assert verdicts.then(found) is Then.IMPRECISE
    assert verdicts.since(found, NOTE) is Since.REFUTED
    assert found.computed == 2.354
    assert found.rule == "rule; test: equal at the printed precision; met as a ratio"


def test_another_reading_is_met_by_the_test_of_the_claim():
    """Of several readings the first that meets it stands; a hedge goes for each of them."""
    claim = replace(CLAIM, claimed="2", tolerance=0.15)
    readings = {"as a half": 0.5, "over the small one": 1.8, "over the other": 2.0}

    found = verdicts.equals(claim, 1.45, [fact()], "rule", readings=readings, measured=True)

    assert (found.outcome, found.computed) == (Outcome.OTHER_READING, 1.8)
    assert found.rule == "rule; test: within 15%, as the note hedges; met over the small one"


def test_no_reading_is_named_where_the_literal_one_holds_or_none_does():
    """Other readings are tried only if the wording fails, and named only if they help."""
    claim = replace(CLAIM, claimed="2.4")

    literal = verdicts.equals(claim, 2.4, [fact()], "rule", readings={"as a ratio": 2.4})
    neither = verdicts.equals(claim, 1.0, [fact()], "rule", readings={"as a ratio": 2.0})

    assert (literal.outcome, neither.outcome) == (Outcome.EQUAL, Outcome.DIFFERENT)
    assert (literal.computed, neither.computed) == (2.4, 1.0)
    assert literal.rule == neither.rule == "rule; test: equal at the printed precision"


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
    """Six ways a claimed quarter can turn out, by one of two tests."""
    claim = replace(CLAIM, kind="forecast", claimed="2024-Q2", unit="quarter")

    found = verdicts.foretold(claim, expected, actual, today, "rule")

    test = "by the claimed time" if today > NOTE else "others expected it for the same time"
    nothing = outcome is Outcome.NO_EVIDENCE
    assert found.outcome is outcome
    assert found.rule == ("rule; no evidence found" if nothing else f"rule; test: {test}")


@pytest.mark.parametrize(
    ("day", "outcome"), [("2024-06-30", Outcome.EQUAL), ("2024-07-01", Outcome.DIFFERENT)]
)
def test_the_rule_of_a_date_names_the_claimed_window(day, outcome):
    """The same test for a day inside the quarter and for the day after."""
    claim = replace(CLAIM, claimed="2024-Q2", unit="quarter")

    found = verdicts.dated(claim, [event(day, day)], "rule")

    assert found.outcome is outcome
    assert found.rule == "rule; test: inside the claimed quarter"


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


@pytest.mark.parametrize(
    ("rule", "computed", "met"),
    [
        (verdicts.more_than, 4.81, True),
        (verdicts.more_than, 4.8, False),
        (verdicts.more_than, 4.79, False),
        (verdicts.at_least, 4.81, True),
        (verdicts.at_least, 4.8, True),
        (verdicts.at_least, 4.79, False),
    ],
)
@pytest.mark.parametrize(("kind", "good"), [("figure", "EQUAL"), ("forecast", "BEYOND")])
def test_more_is_strict_and_at_least_is_not(rule, computed, met, kind, good):
    """The claimed value itself decides; the rule names its test whatever came out."""
    found = rule(replace(CLAIM, kind=kind), computed, [fact()], "rule")

    test = "more" if rule is verdicts.more_than else "at least as much"
    assert found.outcome is (Outcome[good] if met else Outcome.DIFFERENT)
    assert (found.computed, found.rule) == (computed, f"rule; test: {test}")


@pytest.mark.parametrize("known_since", [NOTE, LATER])
def test_what_is_pending_is_unverified_then_and_open_since(known_since):
    """However old its evidence: that the matter is not over cannot be shown by a new document."""
    found = verdicts.pending("reported again", [fact(known_since)], "rule")

    assert found == verdicts.Finding(
        outcome=Outcome.PENDING,
        computed="reported again",
        rule="rule",
        sources=("a-source",),
        newest=known_since,
    )
    assert (verdicts.then(found), verdicts.since(found, NOTE)) == (Then.UNVERIFIED, Since.OPEN)


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
