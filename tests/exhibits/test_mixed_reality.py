"""What the chapter on mixed reality shows agrees with its claims, and with itself."""

import pytest

from rebuilt import claims, page
from rebuilt.exhibits import mixed_reality


def test_devices_are_those_of_the_claim():
    """The dots since the note are the figures of the verdict on the best terminal."""
    last = dict(mixed_reality.devices().select("device", "shipments_mn").iter_rows())
    phones, pcs, headsets = (
        last[f"{kind}, 2024"] for kind in ("phones with generative AI", "AI PCs", "headsets")
    )

    found = claims.entry("mr-best-terminal").computed_since
    assert found == f"phones with AI {phones:g}, AI PCs {pcs:g}, headsets {headsets:g} million"


def test_a_figure_that_did_not_change_is_drawn_once():
    """What was told before the note does not stand as if it had been told since."""
    devices = mixed_reality.devices()

    assert devices.filter(device="phones with generative AI, 2024")["known"].to_list() == [
        "at the note"
    ]
    assert not devices.select("device", "source").is_duplicated().any()


@pytest.mark.parametrize("month", ["Sep 2023", "Dec 2023"])
def test_levels_and_growth_of_one_month_fit_together(month):
    """The level of 2024 is that of 2023 raised by the growth that IDC printed beside it."""
    level = dict(mixed_reality.forecasts().select("told", "shipments_mn").iter_rows())
    growth = dict(mixed_reality.growth().select("told", "growth_percent").iter_rows())

    raised = level[f"2023 forecast, {month}"] * (1 + growth[f"2024 forecast, {month}"] / 100)
    assert level[f"2024 forecast, {month}"] == pytest.approx(raised, abs=0.05)


def test_only_what_has_no_end_reaches_the_data_freeze():
    """A grey bar is one whose end is unknown."""
    lives = mixed_reality.scenarios()

    assert (lives["opened"] < lives["ended"]).all()
    assert ((lives["ended"] == page.FREEZE) == (lives["end"] == "no end found")).all()
