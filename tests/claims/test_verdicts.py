"""The rules that turn evidence into verdicts."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.evidence import CLAIM, LATER, NOTE, event, fact

from rebuilt.claims import verdicts
from rebuilt.claims.vocabulary import Verdict, Witness
from rebuilt.claims.wording import period
from rebuilt.errors import DataError


@pytest.mark.parametrize(
    ("claimed", "computed", "outcome"),
    [
        ("4.8", 4.8, Verdict.HOLDS),
        ("2.4", 2.3541, Verdict.HOLDS),
        ("2.4", 2.35, Verdict.HOLDS),
        ("2.4", 2.349, Verdict.WRONG),
        ("10", 9.5, Verdict.HOLDS),
        ("141", 140.4, Verdict.WRONG),
        ("-17.45", -17.431, Verdict.WRONG),
        ("-17.45", -17.445, Verdict.HOLDS),
    ],
)
def test_equality_is_judged_at_the_printed_precision(claimed, computed, outcome):
    """The last printed digit of the claim says how close is close enough."""
    found = verdicts.equals(replace(CLAIM, claimed=claimed), computed, [fact()], "rule")

    assert found.verdict is outcome


@pytest.mark.parametrize(
    ("claimed", "computed", "outcome"),
    [
        ("2", 2.0, Verdict.HOLDS),
        ("2", 2.002, Verdict.HOLDS),
        ("2", 2.003, Verdict.HOLDS),
        ("2", 1.9, Verdict.HOLDS),
        ("2", 1.81, Verdict.HOLDS),
        ("2", 2.19, Verdict.HOLDS),
        ("2", 1.79, Verdict.WRONG),
        ("2", 2.21, Verdict.WRONG),
        ("2", 1.5, Verdict.WRONG),
        ("2", 1.55, Verdict.WRONG),
        ("2", 2.5, Verdict.WRONG),
        ("2", 1.4, Verdict.WRONG),
        ("-2", -1.9, Verdict.HOLDS),
        ("-2", 1.9, Verdict.WRONG),
        ("0.5", 0.47, Verdict.HOLDS),
        ("0.5", 0.44, Verdict.WRONG),
        ("9", 9.4, Verdict.HOLDS),
        ("9", 8.4, Verdict.WRONG),
    ],
)
def test_one_digit_is_met_by_the_value_itself_or_nearly_by_what_rounds_to_it(
    claimed, computed, outcome
):
    """Twice is neither 1.55 nor 2.5; 8.4 is within 10 % of 9 and does not round to it."""
    found = verdicts.equals(replace(CLAIM, claimed=claimed), computed, [fact()], "rule")

    assert found.verdict is outcome


@pytest.mark.parametrize(
    ("claimed", "tolerance", "computed", "outcome"),
    [
        ("40", 0.05, 38.2, Verdict.HOLDS),
        ("40", 0.05, 40.0, Verdict.HOLDS),
        ("40", 0.05, 42.1, Verdict.WRONG),
        ("2", 0.15, 1.7625, Verdict.HOLDS),
        ("2", 0.05, 1.89, Verdict.WRONG),
        ("2.4", 0.01, 2.36, Verdict.WRONG),
        ("-40", 0.05, -38.2, Verdict.HOLDS),
    ],
)
def test_a_hedge_is_judged_by_its_tolerance_alone(claimed, tolerance, computed, outcome):
    """Neither an exact value nor the printed digits change what "nearly" allows."""
    about = replace(CLAIM, claimed=claimed, tolerance=tolerance)

    assert verdicts.equals(about, computed, [fact()], "rule").verdict is outcome


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

    assert verdicts.equals(claim, computed, [fact()], "rule").verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("claimed", "tolerance", "values", "test"),
    [
        ("4.8", None, (4.8, 4.9), "equal at the printed precision"),
        (
            "2",
            None,
            (2.0, 1.9, 1.5),
            "rounds to it from at most 10% away",
        ),
        ("40", 0.05, (40.0, 39.0, 50.0), "within 5%, as the note hedges"),
    ],
)
@pytest.mark.parametrize("witness", [Witness.MEASURED, Witness.MAKER, None])
def test_the_rule_names_the_test_whatever_came_out(claimed, tolerance, values, test, witness):
    """A reader sees what was asked of the number, not a second verdict."""
    claim = replace(CLAIM, claimed=claimed, tolerance=tolerance)
    found = [verdicts.equals(claim, v, [fact()], "rule", witness=witness) for v in values]

    assert [finding.rule for finding in found] == [f"rule; test: {test}"] * len(values)
    assert len({finding.verdict for finding in found}) > 1


def test_another_reading_is_imprecise_on_both_days():
    """An increase of 2.4 times is not a ratio of 2.4: the literal wording fails."""
    readings = {"as a ratio": 2.354}

    found = verdicts.equals(
        replace(CLAIM, claimed="2.4"), 1.354, [fact(LATER)], "rule", readings=readings
    )

    assert found.verdict is Verdict.IMPRECISE
    assert verdicts.since(found, NOTE) is Verdict.IMPRECISE
    assert found.computed == 2.354
    assert found.rule == "rule; test: equal at the printed precision; met as a ratio"


def test_another_reading_is_met_by_the_test_of_the_claim():
    """Of several readings the first that meets it stands; a hedge goes for each of them."""
    claim = replace(CLAIM, claimed="2", tolerance=0.15)
    readings = {"as a half": 0.5, "over the small one": 1.8, "over the other": 2.0}

    found = verdicts.equals(claim, 1.45, [fact()], "rule", readings=readings)

    assert (found.verdict, found.computed) == (Verdict.IMPRECISE, 1.8)
    assert found.rule == "rule; test: within 15%, as the note hedges; met over the small one"


def test_no_reading_is_named_where_the_literal_one_holds_or_none_does():
    """Other readings are tried only if the wording fails, and named only if they help."""
    claim = replace(CLAIM, claimed="2.4")

    literal = verdicts.equals(claim, 2.4, [fact()], "rule", readings={"as a ratio": 2.4})
    neither = verdicts.equals(claim, 1.0, [fact()], "rule", readings={"as a ratio": 2.0})

    assert (literal.verdict, neither.verdict) == (Verdict.HOLDS, Verdict.WRONG)
    assert (literal.computed, neither.computed) == (2.4, 1.0)
    assert literal.rule == neither.rule == "rule; test: equal at the printed precision"


def test_a_measured_shortfall_is_not_reproduced():
    """A measurement that misses the claim says so in the vocabulary of measurement."""
    found = verdicts.equals(
        replace(CLAIM, claimed="2"), 1.28, [fact(LATER)], "rule", witness=Witness.MEASURED
    )

    assert verdicts.since(found, NOTE) is Verdict.NOT_REPRODUCED


def test_old_evidence_says_nothing_about_since():
    """A finding that rests on rows older than the note is told as `nothing new`."""
    found = verdicts.equals(CLAIM, 4.8, [fact()], "rule")

    assert found.verdict is Verdict.HOLDS
    assert verdicts.since(found, NOTE) is Verdict.NOTHING_NEW


@pytest.mark.parametrize(
    ("expected", "actual", "today", "outcome"),
    [
        ([], [event("2024-06-01", "2024-06-01", LATER)], LATER, Verdict.HOLDS),
        ([], [event("2024-07-01", "2024-07-01", LATER)], LATER, Verdict.LATE),
        ([event("2024-04-01", "2024-06-30")], [], LATER, Verdict.DID_NOT_HAPPEN),
        ([event("2024-04-01", "2024-06-30")], [], NOTE, Verdict.HOLDS),
        ([event("2024-10-01", "2024-12-31")], [], NOTE, Verdict.WRONG),
        ([], [], NOTE, Verdict.NO_EVIDENCE),
    ],
)
def test_a_forecast_is_judged_by_expectations_before_and_events_after(
    expected, actual, today, outcome
):
    """Six ways a claimed quarter can turn out, by one of two tests."""
    claim = replace(CLAIM, kind="forecast", claimed="2024-Q2", unit="quarter")

    found = verdicts.foretold(claim, expected, actual, today, "rule")

    test = "by the claimed time" if today > NOTE else "others expected it for the same time"
    nothing = outcome is Verdict.NO_EVIDENCE
    assert found.verdict is outcome
    assert found.rule == ("rule; no evidence found" if nothing else f"rule; test: {test}")


@pytest.mark.parametrize(
    ("day", "outcome"), [("2024-06-30", Verdict.HOLDS), ("2024-07-01", Verdict.WRONG)]
)
def test_the_rule_of_a_date_names_the_claimed_window(day, outcome):
    """The same test for a day inside the quarter and for the day after."""
    claim = replace(CLAIM, claimed="2024-Q2", unit="quarter")

    found = verdicts.dated(claim, [event(day, day)], "rule")

    assert found.verdict is outcome
    assert found.rule == "rule; test: inside the claimed quarter"


def test_absence_by_the_freeze_counts_although_no_row_is_new():
    """That something did not happen cannot be shown by a new document."""
    claim = replace(CLAIM, kind="forecast", claimed="2024-Q2", unit="quarter")
    found = verdicts.foretold(claim, [event("2024-04-01", "2024-06-30")], [], LATER, "rule")

    assert verdicts.since(found, NOTE) is Verdict.DID_NOT_HAPPEN


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
def test_more_is_strict_and_at_least_is_not(rule, computed, met):
    """The claimed value itself decides; the rule names its test whatever came out."""
    found = rule(CLAIM, computed, [fact()], "rule")

    test = "more" if rule is verdicts.more_than else "at least as much"
    assert found.verdict is (Verdict.HOLDS if met else Verdict.WRONG)
    assert (found.computed, found.rule) == (computed, f"rule; test: {test}")


@pytest.mark.parametrize("known_since", [NOTE, LATER])
def test_what_is_pending_is_open_on_both_days(known_since):
    """However old its evidence: that the matter is not over cannot be shown by a new document."""
    found = verdicts.pending("reported again", [fact(known_since)], "rule")

    assert found == verdicts.Finding(
        verdict=Verdict.OPEN,
        computed="reported again",
        rule="rule",
        sources=("a-source",),
        newest=known_since,
    )
    assert verdicts.since(found, NOTE) is Verdict.OPEN


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)))
def test_a_day_lies_in_its_month_quarter_and_year(day):
    """The windows of a day nest."""
    texts = [
        f"{day.year}",
        f"{day.year}-Q{(day.month + 2) // 3}",
        f"{day.year}-{day.month:02}",
        day.isoformat(),
    ]

    windows = [period(text) for text in texts]

    assert windows[-1] == (day, day)
    for wider, narrower in pairwise(windows):
        assert wider[0] <= narrower[0] <= narrower[1] <= wider[1]


@pytest.mark.parametrize("text", ["spring", "2024-Q5", "2024-13", "2024-02-30", ""])
def test_a_text_that_is_no_period_is_refused(text):
    """The message names the text and the four forms."""
    with pytest.raises(DataError) as caught:
        period(text)

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
