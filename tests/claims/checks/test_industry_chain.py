"""The checks on the taxonomy count agreements with an earlier one, whatever the rows say."""

from worlds import UNSEEN, Case, World

from rebuilt import claims
from rebuilt.claims.checks import industry_chain
from rebuilt.claims.vocabulary import Outcome
from rebuilt.evidence import tables

NOTE = tables.note_date()
PARTS = {
    claim.check.partition(".")[2]: int(claim.number)
    for claim in claims.read()
    if claim.check.startswith("industry_chain.")
}


def case(check, why, outcome, computed, world) -> Case:
    return Case(check=check, why=why, outcome=outcome, computed=computed, world=world, day=NOTE)


def tier(name, layers, known="2019-12-31") -> World:
    """Elements of one layer, each a group of its own, with the layer where the other has it."""
    row = {"tier": name, "source": "earlier", "known_since": known}
    return [
        ("industry_chain", row | {"element": str(i), "group": str(i), "position": i,
                                  "earlier_layer": layer})
        for i, layer in enumerate(layers)
    ]  # fmt: skip


def cases(name: str, parts: int) -> list[Case]:
    """All parts in the same layer, one elsewhere, one too few, none, nothing known on the day."""
    layer = industry_chain.LAYER[name]
    moved, fewer = [layer] * (parts - 1) + ["not named"], [layer] * (parts - 1)
    return [
        case(name, "shared", Outcome.EQUAL, f"{parts} of {parts}", tier(name, [layer] * parts)),
        case(name, "one elsewhere", Outcome.OTHER_READING, f"{parts - 1} of {parts}",
             tier(name, moved)),
        case(name, "one too few", Outcome.OTHER_READING, f"{parts - 1} of {parts - 1}",
             tier(name, fewer)),
        case(name, "not shared", Outcome.DIFFERENT, "0 of 1", tier(name, ["not named"])),
        case(name, "told later", Outcome.NO_EVIDENCE, None, tier(name, ["foundation"], UNSEEN)),
    ]  # fmt: skip


CASES = [found for name, parts in PARTS.items() for found in cases(name, parts)]


def test_the_table_holds_the_elements_that_the_note_counts():
    """The table holds as many groups and elements as the note names."""
    rows = tables.load("industry_chain")

    assert rows.filter(tier="upstream")["group"].n_unique() == 3
    assert rows.filter(tier="midstream").height == 5
    assert rows.filter(tier="downstream").height == 12
