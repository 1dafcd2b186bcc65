"""The note's map as it is drawn, and the money along it."""

import polars as pl
import pytest

from rebuilt import claims
from rebuilt.evidence import tables
from rebuilt.exhibits import industry_chain as chain

YEARS = ("2023", "2025")


def test_the_map_has_every_part_once_and_what_it_lacks():
    """A box for each part, for each part that is missing, and for each heading."""
    elements = chain.elements()
    boxes = [label for tier in chain.TIERS for label, style in chain._lines(elements, tier)
             if style != chain.HEADING]  # fmt: skip

    assert len(boxes) == elements.height + len(chain.MISSING)
    assert all(any(name in box for box in boxes) for name in elements["element"])


def test_what_is_drawn_as_lacking_is_in_no_list_of_the_note():
    named = " ".join(chain.elements()["element"])
    for _, _, part, _ in chain.MISSING:
        assert not any(word in named for word in part.replace(" and", "").split())


def test_parts_in_the_same_layer_are_those_of_the_verdicts():
    """Midstream and downstream are judged part by part, so the cards hold the same counts."""
    counts = chain.by_layer(chain.elements()).filter(where=chain.SAME)
    for tier in ("midstream", "downstream"):
        found = claims.entry(f"chain-{tier}").computed.split(" of ")[0]
        assert counts.filter(tier=tier)["elements"].item() == int(found)


@pytest.mark.parametrize(("company", "year"), [("alphabet", "2025"), ("amazon", "2023"),
                                               ("meta", "2023"), ("meta", "2024")])  # fmt: skip
def test_quarters_add_up_to_the_year_that_the_company_printed(company, year):
    """Also where two quarters are known only together."""
    printed = tables.load("capex_quarters").filter(subject=company, period=year)["value"].item()
    ours = chain.spending().filter(pl.col("period").str.starts_with(year), subject=company)

    assert ours["value"].sum() == pytest.approx(printed, abs=1)


def test_a_year_without_all_of_its_quarters_is_no_year():
    whole = chain._yearly(chain.spending(), "period", chain.SPENDING)

    assert whole.filter(companies=len(chain.SPENDERS))["year"].max() < "2026"
    assert set(chain.money(YEARS)["year"]) == set(YEARS)
