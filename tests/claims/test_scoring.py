"""The score: what counts as kept, its intervals, its rankings, and the stretch of tolerances."""

import datetime as dt
import math
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt import claims
from rebuilt.claims import scoring, verdicts
from rebuilt.claims.entries import Entry
from rebuilt.claims.scoring import Standing
from rebuilt.claims.vocabulary import Verdict, Witness
from rebuilt.claims.wording import Claim, reach
from rebuilt.evidence import bibliography, tables

CLAIM = Claim(
    id="nvidia-inference-speed",
    paragraph=34,
    section="nvidia",
    kind="comparison",
    statement="The H200 is twice as fast.",
    term_zh="快了",
    figures="一倍",
    claimed="2",
    unit="ratio",
    tolerance=None,
    check="nvidia.inference_speed",
    untestable="",
)
ENTRY = Entry(
    claim=CLAIM,
    then=Verdict.HOLDS,
    since=Verdict.HOLDS,
    computed=2.0,
    computed_since=2.0,
    rule="ratio",
    rule_since="ratio",
    sources=(),
)


def entry(then=Verdict.HOLDS, since=Verdict.HOLDS, found=2.0, **claim) -> Entry:
    changed = replace(CLAIM, **claim)
    return replace(ENTRY, claim=changed, then=then, since=since, computed_since=found)


@pytest.fixture(scope="module")
def entries():
    """Return the whole ledger at the data freeze."""
    return claims.ledger()


WORDS = [word for word in Verdict if word is not Verdict.NOTHING_NEW]


@pytest.mark.parametrize("then", WORDS)
@pytest.mark.parametrize("since", Verdict)
def test_a_claim_stands_as_it_stood_unless_something_newer_bears_on_it(then, since):
    """The words of the second verdict count as those of the first do."""
    judged = entry(then, since)
    again = entry(since if since is not Verdict.NOTHING_NEW else then, Verdict.NOTHING_NEW)

    assert scoring.today(judged) is scoring.on_the_day(again)


def test_every_word_has_its_standing():
    """What holds is kept, what failed by measurement or calendar has failed."""
    assert {then: str(scoring.on_the_day(entry(then))) for then in WORDS} == {
        Verdict.HOLDS: "kept",
        Verdict.ENDED: "kept, then ended",
        Verdict.IMPRECISE: "in part",
        Verdict.WRONG: "failed",
        Verdict.NOT_REPRODUCED: "failed",
        Verdict.LATE: "failed",
        Verdict.DID_NOT_HAPPEN: "failed",
        Verdict.OPEN: "undecided",
        Verdict.NO_EVIDENCE: "undecided",
        Verdict.OPINION: "not judged",
        Verdict.NOT_TESTABLE: "not judged",
    }


def test_an_opinion_is_not_judged_even_without_a_measure():
    """No evidence for a judgement does not make it undecided."""
    judged = entry(Verdict.NO_EVIDENCE, Verdict.NO_EVIDENCE, kind="opinion")

    assert {scoring.on_the_day(judged), scoring.today(judged)} == {Standing.NOT_JUDGED}


def test_what_ended_counts_as_kept_in_a_share():
    """It was so; that it ended is told, and takes nothing from the claim."""
    group = [entry(), entry(since=Verdict.ENDED), entry(since=Verdict.WRONG)]

    (_, today) = scoring.shares([("all", group)]).rows(named=True)

    assert (today["kept"], today["decided"]) == (2, 3)


def test_the_best_source_of_a_claim_counts(monkeypatch):
    """A primary source that was opened, else a copy of one, else nothing of the kind."""
    natures = {"p": ("primary", "opened"), "q": ("primary", "excerpt"), "c": ("copy", "opened"),
               "s": ("secondary", "opened")}  # fmt: skip
    source = next(iter(bibliography.load().values()))
    known = {k: replace(source, key=k, nature=n, reading=r) for k, (n, r) in natures.items()}
    monkeypatch.setattr(bibliography, "load", lambda: known)
    entries = [replace(ENTRY, sources=keys) for keys in (("p", "c"), ("q", "c"), ("q", "s"), ())]

    found = scoring.grades(entries)

    assert found.select("primary", "copies", "others").rows() == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_witnesses_are_counted_where_a_verdict_rests_on_one():
    """A verdict without evidence rests on nobody."""
    group = [
        replace(entry(), witness=Witness.MAKER, witness_since=Witness.MEASURED),
        replace(entry(since=Verdict.NOTHING_NEW), witness=Witness.MAKER),
        entry(),
        entry(Verdict.NO_EVIDENCE, Verdict.NO_EVIDENCE),
    ]

    assert {row[0]: row[1:] for row in scoring.witnesses(group).rows()} == {
        "the maker's own word": (2, 1),
        "measured by others": (0, 1),
        scoring.OTHERS: (1, 1),
    }


def test_every_claim_is_counted_once(entries):
    """By section and by kind the counts add up to the ledger."""
    for field in ("section", "kind"):
        assert scoring.counts(entries, field)["claims"].sum() == len(entries)
    assert sum(len(group) for _, group in scoring.by_kind(entries)) == len(entries)


@pytest.mark.parametrize(("kept", "decided"), [(4, 4), (8, 21), (1, 4), (0, 3)])
def test_an_interval_is_that_of_wilson(kept, decided):
    """Against the closed form, written out here with the quantile of the normal distribution."""
    z = 1.6448536269514722
    share = kept / decided
    middle = (share + z**2 / (2 * decided)) / (1 + z**2 / decided)
    half = (z / (1 + z**2 / decided)) * math.sqrt(
        share * (1 - share) / decided + z**2 / (4 * decided**2)
    )

    assert scoring.interval(kept, decided) == pytest.approx(
        (100 * (middle - half), 100 * (middle + half)), abs=1e-9
    )


@given(decided=st.integers(1, 60), data=st.data())
def test_an_interval_holds_its_share(decided, data):
    """It lies within 0 to 100 and around the share."""
    kept = data.draw(st.integers(0, decided))
    low, high = scoring.interval(kept, decided)

    assert -1e-9 <= low <= 100 * kept / decided + 1e-9
    assert 100 * kept / decided - 1e-9 <= high <= 100 + 1e-9


def test_a_share_leaves_out_what_is_undecided():
    """Two kept of three decided of four; a group without any decided claim has no row."""
    group = [
        entry(),
        entry(Verdict.WRONG, Verdict.HOLDS),
        entry(Verdict.HOLDS, Verdict.WRONG),
        entry(Verdict.NO_EVIDENCE, Verdict.NO_EVIDENCE),
    ]
    found = scoring.shares([("mixed", group), ("none", group[3:])])

    assert found.select("group", "when", "kept", "decided").rows() == [
        ("mixed", "on the day", 2, 3),
        ("mixed", "today", 2, 3),
    ]
    assert found["share"].to_list() == pytest.approx([200 / 3, 200 / 3])


@pytest.mark.parametrize(
    ("claim", "family"),
    [
        ({}, "performance ratios"),
        ({"id": "amd-memory-vs-mi250x", "section": "amd"}, "specification ratios"),
        ({"id": "optics-growth-800g", "section": "optics"}, None),
        ({"id": "x", "kind": "figure", "unit": "gb"}, "specification figures"),
        ({"id": "x", "kind": "date", "section": "sora"}, "dates of the past"),
        ({"id": "x", "kind": "forecast", "unit": "quarter"}, "dates to come"),
        ({"id": "x", "kind": "forecast", "unit": "percent"}, None),
    ],
)
def test_a_family_follows_from_kind_unit_and_section(claim, family):
    """Only the performance ratios are listed by name, and each is a claim of the ledger."""
    assert scoring.family(entry(**claim)) == family


def test_the_listed_performance_ratios_are_claims(entries):
    """A renamed claim cannot fall out of its family in silence."""
    assert set(scoring.PERFORMANCE) <= {found.id for found in entries}


@pytest.mark.parametrize(
    ("claim", "found", "gain"),
    [
        ({}, 1.3, (2.0, 1.3)),
        ({"claimed": "0.5"}, 0.8, (2.0, 1.25)),
        ({"claimed": "40", "unit": "percent"}, 38.0, (1.4, 1.38)),
        ({"claimed": "2.4", "unit": "increase_ratio"}, 2.35, (2.4, 2.35)),
    ],
)
def test_a_gain_is_so_many_times_as_much(claim, found, gain):
    """A saving is inverted, a percentage comes on top of one."""
    (row,) = scoring.gains([entry(found=found, **claim)]).rows(named=True)

    assert (row["claimed"], row["found"]) == pytest.approx(gain)
    assert row["kept"] == pytest.approx(gain[1] / gain[0])


def test_a_ratio_that_nobody_measured_has_no_gain():
    """Neither has a claim that is no ratio."""
    unmeasured = entry(found=None)

    assert scoring.gains([unmeasured, entry(id="x", kind="date")]).is_empty()


def test_the_misleading_held_first_and_failed_later():
    """The largest gap leads; wrong from the start, or still undecided, is another matter."""
    small = entry(Verdict.HOLDS, Verdict.NOT_REPRODUCED, 1.9, id="small")
    large = entry(Verdict.HOLDS, Verdict.NOT_REPRODUCED, 1.0, id="large")
    wordy = entry(Verdict.HOLDS, Verdict.DID_NOT_HAPPEN, "never", id="wordy", claimed="2024-Q2")
    others = [entry(), entry(Verdict.WRONG, Verdict.WRONG), entry(Verdict.HOLDS, Verdict.OPEN)]

    found = scoring.misleading([wordy, small, *others, large])

    assert [judged.id for judged in found] == ["large", "small", "wordy"]
    assert [scoring.gap(judged) for judged in found] == [
        pytest.approx(0.5),
        pytest.approx(0.05),
        None,
    ]


def test_the_best_aged_are_forecasts_that_came_true():
    """What nothing public supported on the day comes first; other kinds took no risk."""
    plain = entry(kind="forecast", id="plain")
    unsupported = entry(Verdict.NO_EVIDENCE, kind="forecast", id="unsupported")
    failed = entry(since=Verdict.LATE, kind="forecast", id="failed")

    found = scoring.best_aged([plain, failed, entry(), unsupported])

    assert [judged.id for judged in found] == ["unsupported", "plain"]


def test_the_tolerance_of_the_ledger_itself_changes_nothing(entries):
    """At a factor of one, every standing is the one of the ledger."""
    swept, changes = scoring.tolerance_sweep(entries, [1.0])

    assert changes.is_empty()
    for when, judged in (("on the day", scoring.on_the_day), ("today", scoring.today)):
        for word in Standing:
            (row,) = swept.filter(when=when, standing=str(word)).rows(named=True)

            assert row["claims"] == sum(judged(found) is word for found in entries)


def test_a_longer_reach_never_unseats_a_number_that_was_met(entries):
    """What is kept at one factor is kept at every larger one."""
    _, changes = scoring.tolerance_sweep(entries, [1.0, 2.0, 8.0])

    assert changes.filter(pl.col("was") == "kept").is_empty()
    assert changes.height > 0


@given(
    claimed=st.decimals("0.1", "900", places=2),
    tolerance=st.none() | st.floats(0.01, 0.5),
    value=st.floats(0.05, 1500.0),
)
def test_an_unstretched_claim_is_met_by_the_same_numbers(claimed, tolerance, value):
    """The reach as a tolerance and the reach of the printed figure agree on every value."""
    claim = replace(CLAIM, claimed=str(claimed), tolerance=tolerance)
    met = {Verdict.HOLDS}

    before = verdicts.equals(claim, value, [], "x").verdict in met
    after = verdicts.equals(scoring.stretched(claim, 1.0), value, [], "x").verdict in met
    edge = math.isclose(abs(value - claim.number), reach(claim), rel_tol=1e-6)

    assert before == after or edge


def test_a_claim_without_a_number_is_not_stretched():
    """A quarter has no reach to multiply."""
    claim = replace(CLAIM, claimed="2024-Q2", unit="quarter")

    assert scoring.stretched(claim, 8.0) is claim


@pytest.mark.parametrize(
    ("claimed", "tolerance", "far"),
    [("141", None, 0.5), ("4.8", None, 0.05), ("2", None, 0.2), ("2", 0.15, 0.3), ("5", None, 0.5)],
)
def test_the_reach_is_a_hedge_or_half_a_digit_or_a_limited_rounding(claimed, tolerance, far):
    """As the rules of the ledger apply it."""
    claim = replace(CLAIM, claimed=claimed, tolerance=tolerance)

    assert reach(claim) == pytest.approx(far)


def test_a_claim_judged_alone_is_the_line_of_the_ledger(entries):
    """The sweep and the ledger call the same function."""
    found = entries[40]

    assert claims.judge(found.claim, tables.freeze_date()) == found
    assert claims.judge(found.claim, dt.date(2024, 2, 1)).since is Verdict.OPEN
