"""The checks on the taxonomy count agreements with an earlier one, whatever the rows say."""

import inspect

import pytest
import worlds
from worlds import UNSEEN

from rebuilt import claims, tables
from rebuilt.checks import industry_chain
from rebuilt.verdicts import Outcome

NOTE = tables.note_date()
CLAIMS = {
    claim.check: claim
    for claim in claims.read()
    if claim.check.startswith(f"{industry_chain.__name__.rpartition('.')[2]}.")
}
CHECKS = {
    name: check
    for name, check in inspect.getmembers(industry_chain, inspect.isfunction)
    if check.__module__ == industry_chain.__name__ and not name.startswith("_")
}


def tier(name, layers, known="2019-12-31"):
    """Elements of one layer, each a group of its own, with the layer where the other has it."""
    row = {"tier": name, "source": "earlier", "known_since": known}
    return [
        ("industry_chain", row | {"element": str(i), "group": str(i), "position": i,
                                  "earlier_layer": layer})
        for i, layer in enumerate(layers)
    ]  # fmt: skip


def run(monkeypatch, name, world):
    return CHECKS[name](CLAIMS[f"industry_chain.{name}"], worlds.live(monkeypatch, world, NOTE))


@pytest.mark.parametrize("name", CHECKS)
def test_a_layer_that_the_earlier_taxonomy_shares_holds(monkeypatch, name):
    """All parts in the same layer, and as many as the note says."""
    parts = int(CLAIMS[f"industry_chain.{name}"].number)

    finding = run(monkeypatch, name, tier(name, [industry_chain.LAYER[name]] * parts))

    assert finding.outcome is Outcome.EQUAL
    assert finding.computed == f"{parts} of {parts}"
    assert finding.sources == ("earlier",)


@pytest.mark.parametrize("name", CHECKS)
def test_a_layer_that_it_shares_in_part_holds_in_part(monkeypatch, name):
    """One part elsewhere, or one part too few, is enough."""
    parts, layer = int(CLAIMS[f"industry_chain.{name}"].number), industry_chain.LAYER[name]

    moved = run(monkeypatch, name, tier(name, [layer] * (parts - 1) + ["not named"]))
    fewer = run(monkeypatch, name, tier(name, [layer] * (parts - 1)))

    assert {moved.outcome, fewer.outcome} == {Outcome.OTHER_READING}
    assert moved.computed == f"{parts - 1} of {parts}"


@pytest.mark.parametrize("name", CHECKS)
def test_a_layer_that_it_does_not_share_fails(monkeypatch, name):
    """No part in the same layer."""
    finding = run(monkeypatch, name, tier(name, ["not named"]))

    assert finding.outcome is Outcome.DIFFERENT


@pytest.mark.parametrize("name", CHECKS)
def test_nothing_known_is_no_evidence(monkeypatch, name):
    """A taxonomy of a later day says nothing about the day of the note."""
    finding = run(monkeypatch, name, tier(name, ["foundation"], UNSEEN))

    assert finding.outcome is Outcome.NO_EVIDENCE


def test_every_check_has_its_claim_and_the_table_the_elements_it_counts():
    """The table holds as many groups and elements as the note names."""
    rows = tables.load("industry_chain")

    assert {name.partition(".")[2] for name in CLAIMS} == set(CHECKS)
    assert rows.filter(tier="upstream")["group"].n_unique() == 3
    assert rows.filter(tier="midstream").height == 5
    assert rows.filter(tier="downstream").height == 12
