"""Public estimates, repeated with their own assumptions."""

import pytest

from rebuilt.demand import links, published
from rebuilt.demand.assumptions import assumptions
from rebuilt.demand.sampling import spreads

ROUNDING = 0.01  # the estimates are printed with two or three digits


def test_every_estimate_is_repeated_within_its_rounding():
    """720,000 H100 at peak, 89,000 on average, 15.3 to 38.1 million minutes."""
    found = published.repeated()

    assert [(one.printed, one.unit) for one in found] == [
        (89_000, "accelerators"),
        (720_000, "accelerators"),
        (15.3e6, "minutes"),
        (38.1e6, "minutes"),
    ]
    assert all(abs(one.off) < ROUNDING for one in found)


def test_a_wrong_assumption_would_be_seen():
    """Without one of the three factors of two the fleet is off by half."""
    hours = 1 / published.printed("gpu_minutes_per_hour")
    fleet = links.fleet(links.busy_accelerators(10.7e6, hours), 2.0, 0.5, 0.0)

    assert fleet / published.printed("fleet_accelerators") - 1 == pytest.approx(-0.5, abs=ROUNDING)


def test_the_relayed_shares_do_not_give_the_printed_minutes():
    """Half of TikTok and 15 percent of YouTube make 14.95 million minutes, not 10.7."""
    assert published.shares_do_not_fit() == pytest.approx((14.95e6, 10.7e6))


def test_a_month_of_training_is_that_many_flops():
    """4,200 accelerators at their peak for a month, by hand."""
    assert published.training_flops(4200) == pytest.approx(4200 * 989.4e12 * 730.5 * 3600, rel=1e-3)


def test_the_fleet_hangs_on_each_assumption_in_turn():
    """The stated value lies where the fleet is 713,333; our ends move it in proportion."""
    known = assumptions("2024")
    names = ("video_minutes", "attempts", "peak_to_mean", "occupancy")
    ranges = {name: (known[name].low, known[name].high) for name in names}
    found = published.replaced(spreads(known, "h100-sxm", 256), ranges)
    one = {row["assumption"]: row for row in found.iter_rows(named=True)}

    assert set(one) == {*names, "hours_per_minute"}
    assert one["attempts"]["fleet_low"] == pytest.approx(713_333 / 2, rel=1e-5)
    assert one["video_minutes"]["fleet_high"] == pytest.approx(713_333 * 60 / 10.7, rel=1e-5)
    assert one["hours_per_minute"]["fleet_low"] > 713_333
