"""Constants of accelerators: their own, and those of anyone for what came after the fit."""

from rebuilt.cost.hardware.efficiencies import ANYONE, constant, has


def test_what_came_after_the_fit_has_the_constants_of_anyone():
    """One that was fitted has its own alone: what does not run on it does not run as anyone's."""
    assert constant("product", "acme-x1") == constant("product", ANYONE)
    assert has("attention_fa2", "acme-x1")
    assert constant("product", "h100-sxm") != constant("product", ANYONE)
    assert not has("attention_fa2", "v100-sxm-32gb")
