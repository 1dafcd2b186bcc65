"""The checks on the taxonomy count agreements with an earlier one, whatever the rows say."""

from worlds import UNSEEN, Case, World

from rebuilt import claims
from rebuilt.claims.checks import industry_chain
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables

NOTE = tables.note_date()
PARTS = {
    claim.check.partition(".")[2]: int(claim.number)
    for claim in claims.read()
    if claim.check.startswith("industry_chain.")
}


def case(check, why, verdict, computed, world) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=NOTE)


def tier(name, layers, known="2019-12-31") -> World:
    """Elements of one layer, each a group of its own, with the layer where the other has it."""
    row = {"tier": name, "source": "earlier", "known_since": known}
    return [
        ("industry_chain", row | {"element": str(i), "group": str(i), "position": i,
                                  "earlier_layer": layer})
        for i, layer in enumerate(layers)
    ]  # fmt: skip


def cases(name: str, parts: int) -> list[Case]:
    """All parts in the same layer, one elsewhere, none, nothing known on the day."""
    layer = industry_chain.LAYER[name]
    moved = [layer] * (parts - 1) + ["not named"]
    told = Verdict.OPINION
    return [
        case(name, "shared", told, f"{parts} of {parts}", tier(name, [layer] * parts)),
        case(name, "one elsewhere", told, f"{parts - 1} of {parts}", tier(name, moved)),
        case(name, "not shared", told, "0 of 1", tier(name, ["not named"])),
        case(name, "told later", Verdict.NO_EVIDENCE, None, tier(name, ["foundation"], UNSEEN)),
    ]


CASES = [found for name, parts in PARTS.items() for found in cases(name, parts)]


def test_the_table_holds_the_elements_that_the_note_counts():
    """The table holds as many groups and elements as the note names."""
    rows = tables.load("industry_chain")

    assert rows.filter(tier="upstream")["group"].n_unique() == 3
    assert rows.filter(tier="midstream").height == 5
    assert rows.filter(tier="downstream").height == 12
