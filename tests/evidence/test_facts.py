"""Evidence as of a day: nothing from later, and a slip in a check is an error."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence import tables
from rebuilt.evidence.facts import KINDS, Event, Fact, Facts

NOTE = dt.date(2024, 2, 20)
FREEZE = tables.freeze_date()
PREFERENCES = tables.load("preferences").clear()
CHIPS = pl.DataFrame(
    {
        "subject": ["h200", "h200", "h200", "h200", "b200", "h200"],
        "quantity": ["memory_gb", "memory_gb", "memory_gb", "price_usd", "memory_gb", "maker"],
        "value": [141.0, 144.0, 141.0, None, 192.0, None],
        "text": [None, None, None, None, None, "NVIDIA"],
        "unit": ["gb", "gb", "gb", "usd", "gb", "text"],
        "condition": ["usable", "physical", "usable", None, None, None],
        "source": ["press", "blog", "archive", "shop", "press-b200", "press"],
        "status": ["reported", "reported", "reported", "unknown", "reported", "reported"],
        "known_since": [
            dt.date(2023, 11, 13), dt.date(2023, 11, 30), dt.date(2023, 11, 13),
            dt.date(2023, 11, 13), dt.date(2024, 3, 18), dt.date(2023, 11, 13),
        ],
    }
)  # fmt: skip
ROADMAP = pl.DataFrame(
    [
        ("b100", "shipping", "plan", "2024-01-01", "2024-12-31", "slide", "2023-10-10"),
        ("b100", "shipping", "plan", "2024-07-01", "2024-12-31", "half", "2023-10-10"),
        ("b100", "shipping", "forecast", "2024-04-01", "2024-06-30", "house-b", "2023-10-19"),
        ("b100", "shipping", "forecast", "2024-04-01", "2024-06-30", "house-a", "2023-10-19"),
        ("b100", "shipping", "forecast", "2024-04-01", "2024-06-30", "first", "2023-10-01"),
        ("b100", "shipping", "forecast", "2024-10-01", "2024-12-31", "later", "2024-08-01"),
        ("b100", "shipping", "actual", None, None, "nobody", "2024-01-01"),
    ],
    schema=["subject", "event", "kind", "first_day", "last_day", "source", "known_since"],
    orient="row",
).with_columns(pl.col("first_day", "last_day", "known_since").str.to_date())


@pytest.fixture
def facts(monkeypatch):
    """Return what a few invented rows say on the day of the note."""
    made = {"chips": CHIPS, "roadmap": ROADMAP, "preferences": PREFERENCES}
    monkeypatch.setattr(tables, "_read", made.__getitem__)
    return Facts(NOTE)


def test_a_value_carries_its_source_and_its_day(facts):
    """A verdict can name both."""
    assert facts.value("chips", "h200", "memory_gb", "physical") == Fact(
        value=144.0, text=None, unit="gb", source="blog", known_since=dt.date(2023, 11, 30)
    )


def test_a_condition_narrows_to_the_rows_of_exactly_that_condition(facts):
    """Usable and physical memory are two facts; of two sources the first by name stands."""
    usable = facts.value("chips", "h200", "memory_gb", "usable")

    assert (usable.value, usable.source) == (141.0, "archive")


def test_a_value_on_which_sources_disagree_is_refused(facts):
    """Nobody picks silently between 141 and 144."""
    with pytest.raises(DataError) as caught:
        facts.value("chips", "h200", "memory_gb")

    assert str(caught.value) == (
        "chips: h200 memory_gb has rows that disagree: 141.0 (usable, archive); "
        "141.0 (usable, press); 144.0 (physical, blog); "
        "say in data/preferences.csv which one is used, and why"
    )


def test_what_was_not_public_yet_is_none(facts):
    """The B200 exists in the table, but not on the day of the note."""
    assert facts.value("chips", "b200", "memory_gb") is None
    assert facts.values("chips", "b200", "memory_gb") == []


def test_what_was_looked_for_and_not_found_is_none(facts):
    """A row of status `unknown` records a search, not a number."""
    assert facts.value("chips", "h200", "price_usd") is None
    assert facts.values("chips", "h200", "price_usd") == []
    assert facts.texts("chips", "h200", "price_usd") == []


def test_values_come_from_all_sources_earliest_first(facts):
    """Equal days are ordered by source, so that a verdict never depends on the file's order."""
    found = facts.values("chips", "h200", "memory_gb")

    assert [fact.source for fact in found] == ["archive", "press", "blog"]


def test_texts_and_numbers_do_not_mix(facts):
    """`texts` gives words, `value` gives numbers."""
    assert [fact.text for fact in facts.texts("chips", "h200", "maker")] == ["NVIDIA"]
    assert facts.value("chips", "h200", "maker") is None
    assert facts.texts("chips", "h200", "memory_gb") == []


@pytest.mark.parametrize("method", ["value", "values", "texts"])
@pytest.mark.parametrize(("subject", "quantity"), [("h2000", "memory_gb"), ("h200", "memory")])
def test_a_subject_or_quantity_that_never_existed_is_a_slip(facts, method, subject, quantity):
    """A misspelt check must not read as `no evidence`."""
    with pytest.raises(UnknownNameError) as caught:
        getattr(facts, method)("chips", subject, quantity)

    assert str(caught.value) == f"chips.csv has no row for {subject} {quantity}, on any date"


@pytest.mark.parametrize("method", ["value", "texts"])
def test_a_condition_that_never_existed_is_a_slip(facts, method):
    """The condition is part of the message."""
    with pytest.raises(UnknownNameError) as caught:
        getattr(facts, method)("chips", "h200", "memory_gb", "nominal")

    assert str(caught.value) == "chips.csv has no row for h200 memory_gb (nominal), on any date"


def test_the_empty_condition_matches_rows_without_one(facts):
    """`""` asks for rows that nothing qualifies; None asks for all."""
    later = Facts(dt.date(2024, 3, 18))

    assert later.value("chips", "b200", "memory_gb", "").value == 192.0
    assert [fact.text for fact in facts.texts("chips", "h200", "maker", "")] == ["NVIDIA"]


def test_the_empty_condition_does_not_match_a_qualified_row(facts):
    """All memory rows of the H200 have a condition, and the message says what was asked for."""
    with pytest.raises(UnknownNameError) as caught:
        facts.value("chips", "h200", "memory_gb", "")

    assert str(caught.value) == (
        "chips.csv has no row for h200 memory_gb (no condition), on any date"
    )


@pytest.mark.parametrize(
    ("kinds", "named"),
    [(["planned"], "planned"), (["actual", "actuals"], "actuals"), (["b", "a"], "a")],
)
def test_an_unknown_kind_of_event_is_a_slip(facts, kinds, named):
    """A misspelt kind must not read as `no evidence`."""
    with pytest.raises(UnknownNameError) as caught:
        facts.events("b100", "shipping", *kinds)

    assert str(caught.value) == (
        f"no kind {named!r} of event; known are ('plan', 'forecast', 'actual')"
    )


def test_the_roadmap_has_events_of_the_known_kinds_only():
    """Every row of the real table can be asked for."""
    assert set(tables.load("roadmap")["kind"]) == set(KINDS)


def test_an_event_that_never_existed_is_a_slip(facts):
    """An event is looked up by subject and name."""
    with pytest.raises(UnknownNameError) as caught:
        facts.events("b100", "shippings", "actual")

    assert str(caught.value) == "roadmap.csv has no row for b100 shippings, on any date"


def test_events_come_earliest_first_and_the_most_precise_of_several_reports(facts):
    """Windows that end on one day: the shorter one first, then the earlier report, then by name."""
    found = facts.events("b100", "shipping", "plan", "forecast")

    assert [event.source for event in found] == ["first", "house-a", "house-b", "half", "slide"]


def test_a_day_goes_before_the_month_that_contains_it(monkeypatch):
    """Of "24 April" and "April" the first names the event."""
    month = ROADMAP.head(1).with_columns(
        first_day=dt.date(2024, 4, 1), last_day=dt.date(2024, 4, 30), source=pl.lit("month")
    )
    day = month.with_columns(
        first_day=dt.date(2024, 4, 24), last_day=dt.date(2024, 4, 24), source=pl.lit("day")
    )
    last_day = month.with_columns(first_day=dt.date(2024, 4, 30), source=pl.lit("last-day"))
    made = {"roadmap": pl.concat([month, last_day, day])}
    monkeypatch.setattr(tables, "_read", made.__getitem__)

    found = Facts(NOTE).events("b100", "shipping", "plan")

    assert [event.source for event in found] == ["day", "last-day", "month"]


def test_events_are_of_the_kinds_asked_for_and_have_days(facts):
    """A search that found no delivery is not a delivery."""
    assert facts.events("b100", "shipping", "actual") == []
    assert facts.events("b100", "shipping", "plan")[0] == Event(
        subject="b100",
        event="shipping",
        kind="plan",
        first_day=dt.date(2024, 7, 1),
        last_day=dt.date(2024, 12, 31),
        source="half",
        known_since=dt.date(2023, 10, 10),
    )


def test_a_later_report_of_an_event_is_not_known_yet(facts):
    """The report of August 2024 appears on the day it was published."""
    later = Facts(dt.date(2024, 8, 1)).events("b100", "shipping", "forecast")

    assert "later" not in [e.source for e in facts.events("b100", "shipping", "forecast")]
    assert "later" in [e.source for e in later]


def questions(name: str, *columns: str) -> list[tuple[str, ...]]:
    return sorted(tables.load(name).select(columns).unique().drop_nulls().iter_rows())


DAYS = st.dates(dt.date(2020, 1, 1), FREEZE)
LONG = ("accelerators", "statements", "matmul_rates")
QUESTIONS = [
    (name, *question) for name in LONG for question in questions(name, "subject", "quantity")
]


@settings(max_examples=80)
@given(day=DAYS, question=st.sampled_from(QUESTIONS))
def test_no_fact_is_newer_than_the_day(day, question):
    """Over all real questions and days, nothing leaks from the future."""
    facts = Facts(day)

    found = facts.values(*question) + facts.texts(*question)

    assert all(fact.known_since <= day for fact in found)


@settings(max_examples=40)
@given(day=DAYS, question=st.sampled_from(questions("roadmap", "subject", "event")))
def test_no_event_is_newer_than_the_day(day, question):
    """What happens later may be planned today, but the report of it is of today."""
    found = Facts(day).events(*question, "plan", "forecast", "actual")

    assert all(event.known_since <= day for event in found)


@settings(max_examples=40)
@given(
    day=DAYS,
    name=st.sampled_from([n for n in tables.names() if "known_since" in tables.load(n).columns]),
)
def test_no_row_of_a_whole_table_is_newer_than_the_day(day, name):
    """`rows` filters as `value` does."""
    frame = Facts(day).rows(name)

    assert frame.filter(pl.col("known_since") > day).is_empty()
    assert frame.columns == tables.load(name).columns


def test_the_rows_that_were_asked_for_are_remembered():
    """By their place in the table, so that what a check did not look at can be told."""
    facts = Facts(tables.note_date())
    table = tables.load("accelerators")

    asked = facts.rows("accelerators", subject="h200-sxm", quantity="memory_gb")
    facts.value("accelerators", "h200-sxm", "bandwidth_tb_s")

    looked = table[sorted(facts.looked["accelerators"])]
    assert set(looked["subject"]) == {"h200-sxm"}
    assert set(looked["quantity"]) == {"memory_gb", "bandwidth_tb_s"}
    assert looked.filter(quantity="memory_gb").height == asked.height > 0
    assert (looked["known_since"] <= tables.note_date()).all()
