"""Inverse distributions of the Monte Carlo, as text that Python runs and Numba compiles.

Only operations that every machine rounds alike stand here, so that a page draws what Python draws.
A power is taken by square roots, one for each binary digit of its exponent. The normal
distribution needs more than that; its columns come as data.
"""

from math import floor, sqrt

# mypy: allow-untyped-defs, allow-untyped-calls
FIXED, TRIANGULAR, UNIFORM, LOGUNIFORM = 0, 1, 2, 3
PLACES = {"fixed": FIXED, "triangular": TRIANGULAR, "uniform": UNIFORM, "loguniform": LOGUNIFORM}
RANGE = 5  # numbers that say a distribution: its shape, low, central, high, whether whole
POINTS = 1073741824.0  # a point of the sequence has thirty binary digits


def power(ratio, exponent):
    """`ratio` to an exponent from 0 to below 1: the product of the roots that its digits name."""
    value = 1.0
    root = ratio
    rest = exponent
    while rest > 0.0:
        root = sqrt(root)
        rest = rest + rest
        if rest >= 1.0:
            value = value * root
            rest = rest - 1.0
    return value


def inverse(shape, low, central, high, whole, unit):
    """Value of one unknown at a position from 0 to below 1.

    shape : place in PLACES
    low, central, high : ends and mode, in the unit of the unknown
    whole : 1 where values are rounded to whole numbers, halves upwards
    """
    value = central
    if shape == LOGUNIFORM:
        value = low * power(high / low, unit)
    elif shape == UNIFORM or (shape == TRIANGULAR and high == low):
        value = low + unit * (high - low)
    elif shape == TRIANGULAR:
        if unit * (high - low) < central - low:
            value = low + sqrt(unit * (high - low) * (central - low))
        else:
            value = high - sqrt((1.0 - unit) * (high - low) * (high - central))
    if whole > 0.0 and shape != FIXED:
        value = floor(value + 0.5) * 1.0
    return value


def fill_column(said, units, values):
    """Write the values of one unknown at many positions.

    said : RANGE numbers: shape, low, central, high, whole
    units, values : floats of shape (n,)
    """
    for turn in range(units.shape[0]):
        values[turn] = inverse(said[0], said[1], said[2], said[3], said[4], units[turn])


def fill_points(first, steps, units):
    """Write the points of one column of a scrambled Sobol sequence, in its usual (Gray) order.

    first : the first point, from 0 to below 1
    steps : floats of shape (digits,): by what a point changes, as a fraction without carry, where
        that binary digit of its number is the lowest that is set
    units : floats of shape (n,), for the result
    """
    point = int(first * POINTS)
    units[0] = point / POINTS
    for turn in range(1, units.shape[0]):
        digit = 0
        while (turn >> digit) & 1 == 0:
            digit = digit + 1
        point = point ^ int(steps[digit] * POINTS)
        units[turn] = point / POINTS
