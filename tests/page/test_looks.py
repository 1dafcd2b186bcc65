"""Scales of charts: long numbers of a log axis are written as powers of ten."""

import polars as pl

from rebuilt.page import looks


def words(low, high):
    """Return the expression for the labels of a log axis, if it has one."""
    _, axis = looks.scale_of(pl.Series([low, high]), log=True, domain=None, zero=False)
    return axis.to_dict().get("labelExpr", "")


def test_long_numbers_are_powers_of_ten():
    """A phone has no room for fifteen digits, and nobody counts them."""
    assert '"10000000000000": "10¹³"' in words(1e7, 1e15)
    assert '"20000000000": "2·10¹⁰"' in words(1e10, 5e10)


def test_short_numbers_stay_as_they_are():
    """Dollars and hours need no powers."""
    assert words(0.1, 1e6) == ""
