"""What the scorecard shows: counts that add up, the best first, ratios of one kind."""

import polars as pl
import pytest

from rebuilt import claims
from rebuilt.claims import scoring
from rebuilt.exhibits import scorecard


@pytest.fixture(scope="module")
def entries():
    """Return the whole ledger at the data freeze."""
    return claims.ledger()


def test_every_claim_is_in_one_section_and_the_largest_stands_first(entries):
    """The bars of the chart are the ledger."""
    counted = scorecard.sections(entries)
    totals = counted.group_by("section", maintain_order=True).agg(pl.col("claims").sum())

    assert totals["claims"].sum() == len(entries)
    assert totals["claims"].is_sorted(descending=True)


def test_the_best_of_today_stand_first_within_their_intervals(entries):
    """A share lies inside its interval, and each group says how many claims are decided."""
    shares = scoring.shares(scoring.by_kind(entries))
    shown = scorecard.intervals(shares)
    today = shown.filter(when="today")

    assert today["share"].is_sorted(descending=True)
    assert shown.filter(pl.col("low") > pl.col("share")).is_empty()
    assert shown.filter(pl.col("high") < pl.col("share")).is_empty()
    assert today["group"].to_list() == [
        f"{name.split(' (')[0]} ({decided})"
        for name, decided in today.select("group", "decided").rows()
    ]


def test_a_ratio_is_what_was_found_over_what_was_claimed(entries):
    """Each has a name for readers and its sources."""
    ratios = scorecard.ratios(entries)
    computed = 100 * ratios["found"] / ratios["claimed"]

    assert ratios["percent"].to_list() == pytest.approx(computed.to_list(), abs=0.1)
    assert set(ratios["pair"]) <= set(scorecard.PAIRS.values())
    assert ratios["source"].list.len().min() > 0


def test_our_own_tolerance_changes_nothing(entries):
    """The bar at one is empty, and the table has the claims that the bars count."""
    _, changes = scoring.tolerance_sweep(entries, [0.0, 1.0])
    bars = dict(scorecard.tolerances(changes, [0.0, 1.0]).iter_rows())

    assert bars == {"0": scorecard.changed(changes).height, "1": 0}


def test_gaps_are_told_of_numbers_only(entries):
    """A date that passed has no distance in percent."""
    misled = scoring.misleading(entries)
    said = scorecard.found_since(misled, gaps=True)

    for entry in misled:
        assert ("off" in said[entry.id]) == (scoring.gap(entry) is not None)
        assert said[entry.id].startswith(scorecard.found_since([entry])[entry.id])


def test_the_bridge_adds_up_in_both_directions(entries):
    """From the count of the day to that of today; the last line is all claims."""
    table = scorecard.bridge(entries)
    *rows, last = table.to_dicts()

    assert last["total"] == sum(row["total"] for row in rows) == len(entries)
    for name in table.columns[1:-1]:
        assert last[name] == sum(row[name] for row in rows)
    for row in rows:
        assert row["total"] == sum(row[name] for name in table.columns[1:-1])


def test_every_failed_claim_is_in_one_of_the_three_lists(entries):
    """Misled, wrong from the start, or not borne out on the day."""
    failed = {e.id for e in entries if scoring.today(e) is scoring.Standing.FAILED}
    misled = {e.id for e in scoring.misleading(entries)}

    assert misled <= failed
    assert all(scorecard.found_since([e])[e.id] != "found: –" for e in entries if e.id in failed)


def test_a_change_of_standing_is_said_in_words(entries):
    """Both standings and the multiples, once for each claim."""
    _, changes = scoring.tolerance_sweep(entries, [0.0, 1.0])
    said = scorecard.changed_said(changes)

    assert set(said) == set(scorecard.changed(changes)["claim"])
    assert all(" becomes " in words and "at 0 times" in words for words in said.values())
