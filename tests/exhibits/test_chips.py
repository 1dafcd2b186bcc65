"""Figures of accelerators side by side: what the book uses, in the order asked for."""

import pytest

from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts
from rebuilt.exhibits import chips

CHIPS = {"h100-sxm": "H100", "mi300x": "MI300X", "mi250x": "MI250X"}
FIGURES = {"bandwidth_tb_s": "bandwidth", "compute_units": "compute units"}


def test_figures_are_those_that_the_book_uses():
    """Each value is what `Facts` gives, and names the same source."""
    names = {name: chip for chip, name in CHIPS.items()}
    quantities = {label: quantity for quantity, label in FIGURES.items()}
    today = Facts(tables.freeze_date())

    for row in chips.figures(CHIPS, FIGURES).iter_rows(named=True):
        fact = today.need("accelerators", names[row["chip"]], quantities[row["figure"]])
        assert (row["value"], row["source"]) == (fact.value, fact.source)


def test_figures_stand_in_the_order_of_the_mappings_and_unknown_ones_are_left_out():
    """NVIDIA counts no compute units in AMD's sense."""
    found = chips.figures(CHIPS, FIGURES)

    assert found["figure"].unique(maintain_order=True).to_list() == list(FIGURES.values())
    assert found.filter(figure="bandwidth")["chip"].to_list() == list(CHIPS.values())
    assert "H100" not in found.filter(figure="compute units")["chip"].to_list()


def test_a_ratio_is_one_figure_over_the_other_and_rests_on_both():
    """Its sources are those of both rows."""
    figures = chips.figures(CHIPS, FIGURES)
    own, other = (
        figures.filter(chip=chip, figure="bandwidth").row(0, named=True)
        for chip in ("MI300X", "H100")
    )

    (row,) = chips.ratios(figures, "MI300X").filter(figure="bandwidth", against="H100").to_dicts()

    assert row["ratio"] == pytest.approx(own["value"] / other["value"])
    assert set(row["source"]) == {own["source"], other["source"]}
