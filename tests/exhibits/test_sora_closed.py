"""The chapter on the end of Sora: draws and their witnesses, bills, prices against rents."""

import numpy as np
import polars as pl
import pytest

from rebuilt.errors import UnknownNameError
from rebuilt.evidence import bibliography, tables
from rebuilt.evidence.ending import ending
from rebuilt.exhibits import clip_draws, sora_closed, video_prices


@pytest.fixture(scope="module")
def drawn():
    """Draw Sora's clips once."""
    return sora_closed.clips()


def test_a_witness_is_right_within_its_factor_nine_times_of_ten():
    """The weight falls alike on both sides, to that of 1.645 standard deviations at the factor."""
    weights = clip_draws.agreement(np.array([0.5, 1.0, 2.0]), witness=1.0)

    assert weights[1] == 1
    assert weights[0] == pytest.approx(weights[2])
    assert weights[2] == pytest.approx(np.exp(-(1.645**2) / 2), rel=1e-3)
    assert clip_draws.agreement(np.array([4.0]), 1.0, factor=4)[0] == pytest.approx(weights[2])


def test_quantiles_of_equal_weights_are_those_of_the_draws():
    """And a draw of no weight does not count."""
    values = np.arange(1.0, 102.0)
    halved = np.where(values <= 51, 1.0, 0.0)

    assert clip_draws.quantiles(values) == (6, 51, 96)
    assert clip_draws.quantiles(values, halved)[2] <= 51
    assert clip_draws.that_count(np.ones(7)) == 7
    assert clip_draws.that_count(halved) == 51


def test_witnesses_narrow_the_cost(drawn):
    """The chapter draws the first row as the widest interval and the last as the narrowest."""
    costs = sora_closed.costs(drawn)
    widths = (costs["high"] / costs["low"]).to_list()

    assert costs["draws"].to_list()[0] == sora_closed.ALL
    assert costs["draws"].to_list()[-1] == sora_closed.BOTH
    assert widths[0] == max(widths)
    assert widths[-1] == min(widths)
    assert costs["that_count"][0] == clip_draws.DRAWS


def test_fewer_steps_take_less_time(drawn):
    """A change of an assumption reaches the draws; a name that does not exist is refused."""
    few = sora_closed.clips("steps=8")

    assert np.median(few.minutes) < np.median(drawn.minutes)
    with pytest.raises(UnknownNameError):
        sora_closed.clips("stepps=8")


def test_the_bill_of_forbes_can_be_repeated_from_its_parts():
    """To the precision at which its number of clips was printed."""
    told = sora_closed.told()
    first = sora_closed.rebuilt_bills(told, clip_usd=1.0).row(0, named=True)
    clips_mn = told.downloads_mn * told.at_work * told.clips_each

    assert first["published_million_USD"] == told.forbes_usd_mn
    assert first["rebuilt_million_USD"] == pytest.approx(told.forbes_usd_mn, rel=0.05)
    assert clips_mn == pytest.approx(told.clips_mn, rel=0.01)


def test_the_numbers_of_the_app_are_those_of_other_pages():
    """The front page reads them elsewhere."""
    assert sora_closed.earned()["life"] == ending().earned_usd_mn
    assert sora_closed.told().journal_usd_mn == ending().bill_usd_mn
    assert sora_closed.opened() < ending().announced


def test_the_story_is_told_in_the_order_of_its_days():
    """Each window ends no earlier than it starts, and all before the data end."""
    life = sora_closed.life()

    assert life["start"].is_sorted()
    assert (life["start"] <= life["end"]).all()
    assert life["end"].max() <= tables.freeze_date()


def test_both_ends_of_a_window_are_counted_days():
    """A month of 28 days has 28."""
    counted = sora_closed.counted_clips()

    assert counted.filter(what="a month, February 2026")["days"].to_list() == [28]
    assert (counted["days"] >= 1).all()


def test_a_doubtful_rent_is_left_out():
    """Its note doubts it; it is in the table and not in the answer."""
    every = tables.load("accelerator_rents").filter(pl.col("note").str.starts_with("doubt"))
    row = every.row(0, named=True)
    kept = video_prices.rents([row["subject"]], row["day"], row["day"])

    assert row["value"] not in kept["usd_h"].to_list()


def test_the_cheapest_price_so_far_never_rises():
    """Of none of the lines; a line ends with the sale."""
    lines = video_prices.cheapest_with_sound()
    for (maker,), line in lines.group_by("maker"):
        assert line["usd"].is_sorted(descending=True), maker
        assert line["day"].is_sorted(), maker

    assert lines.filter(maker="OpenAI")["day"].max() == ending().api_closed


def test_levers_multiply_to_the_whole_path():
    """Each factor is the cost before over the cost after."""
    path = video_prices.lever_path(video_prices.AS_PUBLISHED, {"steps": {"steps": 8}})

    assert path["factor"].drop_nulls().product() == pytest.approx(path["usd"][0] / path["usd"][1])
    assert path["factor"][1] > 1


def test_first_prices_are_of_sora_s_life():
    """A price that began after the app had closed never meets the rents of its life."""
    draws = np.ones(3)
    offers = video_prices.services({"then": draws, "now": draws})

    assert offers.filter(when="then")["day"].max() <= ending().app_closed
    assert offers.filter(when="now")["day"].min() >= video_prices.THIS_YEAR


def test_costs_through_time_lie_within_their_bars():
    """A model stands by its month, list prices by their year."""
    frame = video_prices.through_time(
        video_prices.opened_models().with_columns(
            low=pl.col("hours_low") * pl.col("rent_low"),
            usd=pl.col("hours") * pl.col("rent"),
            high=pl.col("hours_high") * pl.col("rent_high"),
        )
    )

    assert frame["offer"].is_unique().all()
    assert frame.filter(
        (pl.col("low") > pl.col("usd")) | (pl.col("usd") > pl.col("high"))
    ).is_empty()
    assert frame["offer"][-1].endswith("2026")


def test_a_lever_says_what_it_gives():
    """In its own name; the start has none."""
    path = video_prices.lever_path(video_prices.AS_PUBLISHED, {"steps": {"steps": 8}})
    first, second = video_prices.with_factors(path)["lever"]

    assert "×" not in first
    assert second.startswith("steps (")
    assert second.endswith("×)")


@pytest.mark.parametrize(
    "frame",
    [
        sora_closed.life,
        sora_closed.reasons,
        sora_closed.counted_clips,
        video_prices.seconds_and_rents,
        video_prices.variants,
        video_prices.opened_models,
        video_prices.estimated_clips,
    ],
)
def test_every_row_names_sources_that_are_in_the_bibliography(frame):
    """A key or a list of them."""
    keys = frame()["source"].to_list()
    flat = {key for cell in keys for key in ([cell] if isinstance(cell, str) else cell)}

    assert flat
    assert {source.key for source in bibliography.find(flat)} == flat
