"""What the chapter on AI terminals shows agrees with its claims, and with itself."""

import datetime as dt

import polars as pl
import pytest

from rebuilt import claims
from rebuilt.errors import DataError
from rebuilt.evidence import terminals
from rebuilt.evidence.facts import Facts
from rebuilt.exhibits import ai_terminals


def test_the_last_shares_are_those_of_the_claim():
    """The chart and the verdict on the spread of AI use the same figures."""
    shares = ai_terminals.shares()
    _, pc = ai_terminals.first_and_last(shares, "ai-pcs", "Gartner")
    _, phone = ai_terminals.first_and_last(shares, "genai-phones", "Counterpoint")

    found = claims.entry("terminals-era").computed_since
    assert found == f"PCs {100 * pc:g} percent of 2024, phones {100 * phone:g} percent of 2024"


def test_gains_are_those_of_the_claim():
    """The FP32 rates of the cards span what the verdict on the leap prints."""
    gains = ai_terminals.gains().filter(pl.col("gain").str.ends_with("FP32 rate"))["ratio"]
    found = claims.entry("terminals-performance-leap").computed

    assert found.startswith(f"RTX cards {gains.min():.2f} to {gains.max():.2f};")


def test_a_chip_without_an_npu_has_none_and_is_not_unknown():
    """Zero is a figure of a source; a null says that nothing was found."""
    peaks = dict(ai_terminals.products().select("product", "npu_tops").iter_rows())

    assert peaks["Ryzen 3 8300G"] == peaks["Ryzen 5 8500G"] == 0
    assert peaks["GeForce RTX 4080 SUPER"] is None


def test_every_time_lies_in_its_interval_and_a_pc_is_slower_than_a_card():
    """The PC's interval spans the shares of its peak, a factor of ten."""
    runs = ai_terminals.runs()
    low, high = ai_terminals.PC_SHARES
    pc, card = (
        runs.filter(machine=ai_terminals.MACHINES[name]) for name in (ai_terminals.PC, "rtx-4090")
    )

    assert (runs["low_min"] < runs["minutes"]).all()
    assert (runs["minutes"] < runs["high_min"]).all()
    assert (pc["high_min"] / pc["low_min"]).to_list() == pytest.approx([high / low] * pc.height)
    assert (pc["low_min"] > card["high_min"]).all()


def test_what_fits_a_card_needs_no_more_than_it_has():
    """The bars and the dashed line of the chart on memory say the same as its column."""
    limit = ai_terminals.capacities_gb()["RTX 4090"]
    memory = ai_terminals.memory()

    fits = memory["fits_on"].str.contains("RTX 4090")
    assert fits.to_list() == (memory["needs_gb"] <= limit).to_list()


def test_a_figure_that_was_not_known_is_an_error():
    """A chapter cannot go on without it."""
    then = Facts(dt.date(2023, 1, 1))

    with pytest.raises(DataError, match=r"npu_tops of 2024 by Microsoft was not known"):
        terminals.need(then, "copilot-plus-pcs", "npu_tops", "2024", "Microsoft")
