"""What the chapter on the chain shows: parts that add up, and one number for one case."""

import polars as pl
import pytest

from rebuilt.demand import published
from rebuilt.demand.assumptions import SCENARIOS, assumptions
from rebuilt.demand.names import MACHINES
from rebuilt.demand.sampling import DRAWS, spreads, spreads_for_share
from rebuilt.evidence import tables
from rebuilt.exhibits import chain
from rebuilt.page.formats import coarse


@pytest.fixture(scope="module")
def found():
    """Return the draws of the page itself, of both scenarios."""
    return {year: spreads(assumptions(year), MACHINES[year], DRAWS) for year in SCENARIOS}


def test_one_case_has_one_number(found):
    """The case without a fixed assumption is the case of the drawing, and of the sliders."""
    links = chain.flow(found).rows_by_key(["link", "case"], named=True, unique=True)
    for row in chain.worked().filter(fixed="nothing").to_dicts():
        case = chain.CASES[row["year"]]
        for name, link in (("accelerators", "Accelerators"), ("modules", "Optical modules")):
            drawn = links[link, case]

            assert row[name] == coarse(drawn["median"])
        assert row["nine_of_ten"] == f"{coarse(drawn['low'])} to {coarse(drawn['high'])}"


def test_parts_add_up(found):
    """Modules are at one of three places, and every draw falls into one bin."""
    for frame, part in (
        (chain.places(found), "percent"),
        (chain.shares(found), "draws_percent"),
    ):
        totals = frame.group_by("case").agg(pl.col(part).sum())[part]

        assert totals.to_list() == pytest.approx([100, 100], abs=0.1)


def test_a_line_of_shares_ends_at_nothing(found):
    """A step holds until the next one, so the last bin needs an end."""
    last = chain.shares(found).group_by("case").last()

    assert last["draws_percent"].to_list() == [0, 0]


def test_groups_hold_all_that_assumptions_explain_alone(found):
    """Every index belongs to one part of the chain."""
    indices = found["2026"]["module_share"].indices

    assert sum(chain.by_group(indices).values()) == pytest.approx(sum(indices.values()))


def test_the_turned_chain_needs_more_modules_than_the_reported_one(found):
    """A tenth of the modules sold is above what the middle of the draws needs."""
    needed = spreads_for_share(assumptions("2026"), MACHINES["2026"], 0.1, 256)
    reported, wanted = chain.minutes(found["2026"], needed)["median"]

    assert found["2026"]["module_share"].median < 0.1
    assert reported < wanted
    assert chain.turned_around(found["2026"], needed).height == len(chain.TURNED_AROUND)


def test_the_stated_fleet_is_within_rounding_of_the_printed_one(found):
    """What the estimate states and what was printed of it are two sources of one number."""
    replaced = chain.replaced(found["2024"], assumptions("2024"))
    (stated,) = replaced["fleet_as_stated"].unique()

    assert stated == pytest.approx(published.printed("fleet_accelerators"), rel=0.01)
    assert replaced["assumption"][0] == "hours per minute"


def test_what_was_said_twice_is_one_row_with_both_sources():
    """No row of the table repeats another, and no source is lost."""
    said = chain.said()
    rows = tables.load("statements").filter(
        pl.col("value").is_not_null(), pl.col("quantity").is_in(list(chain.SAID))
    )

    assert not said.select("service", "what", "value", "condition").is_duplicated().any()
    assert set(said["source"].explode()) == set(rows["source"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0302, "0.03"),
        (264.6, "260"),
        (999_999, "1\u00a0million"),
        (13_310_000, "13\u00a0million"),
        (8.12e12, "8.1\u00a0trillion"),
    ],
)
def test_a_coarse_number_has_two_digits(value, text):
    """Rounded before it is scaled, so that no million is written out."""
    assert coarse(value) == text
