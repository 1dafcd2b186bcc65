"""All assumptions drawn together: 5, 50 and 95 % at every link, and what the spread hangs on."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rebuilt.cost.sweep.inverse import POINTS
from rebuilt.cost.sweep.montecarlo import Spread, draw, spread_of, units
from rebuilt.demand.assumptions import Assumption
from rebuilt.demand.chain import chip_of, run_chain
from rebuilt.demand.names import GIVEN, LINKS, PLACES
from rebuilt.errors import DataError, ShapeError

# Of the pages, the sliders and the command: one number for one case. With fewer, pairs of columns
# of the sequence are still alike, and an index names what has no effect.
DRAWS = 2**12
MAX_DRAWS = 2**20
TURNS, CLOSE = 8, 1e-3  # of the search for minutes, and how near they come to the share
LEAST = 1e-12  # share of the modules; where a fleet has not one, the search goes on from here
Floats = NDArray[np.float64]


def draws(
    known: Mapping[str, Assumption], number: int = DRAWS, seed: int = 0
) -> tuple[dict[str, Floats], Floats]:
    """Draw all assumptions: positions 0 to 1 of a Sobol sequence, and the values there.

    Parameters
    ----------
    known : mapping of str to Assumption
        Every name of names.GIVEN.
    number : int
        Draws, a power of two.
    seed : int
        Of the scrambling. The first draws do not depend on their number.

    Returns
    -------
    dict of str to float64 array of shape (number,), float64 array of shape (number, 43)
        Positions by name, and values in the order of names.GIVEN.

    Raises
    ------
    ShapeError
        If `number` is no power of two up to 2**20.
    """
    if not 1 <= number <= MAX_DRAWS or number & (number - 1):
        raise ShapeError(f"draws is {number}; it must be a power of two up to {MAX_DRAWS}")
    unit = units(GIVEN, number, seed)
    columns = [draw(known[name], unit[name]) for name in GIVEN]
    return unit, np.ascontiguousarray(np.array(columns).T)


def sequence(number: int = DRAWS, seed: int = 0) -> tuple[Floats, Floats]:
    """Return what repeats the points of `draws`: the first, and by what each digit changes it.

    Returns
    -------
    float64 arrays of shapes (43,) and (digits of `number`, 43), as `inverse.fill_points` reads them
    """
    unit = units(GIVEN, number, seed)
    points = (np.array([unit[name] for name in GIVEN]).T * POINTS).astype(np.int64)
    digits = [1 << digit for digit in range(number.bit_length() - 1)]
    steps = np.array([points[turn] ^ points[turn - 1] for turn in digits])
    return points[0] / POINTS, steps / POINTS


def spreads(
    known: Mapping[str, Assumption], accelerator: str, number: int = DRAWS, seed: int = 0
) -> dict[str, Spread]:
    """Run the chain over all draws: the spread of every link, by name.

    Parameters as for `draws`; `accelerator` is an id such as `h100-sxm`.
    """
    unit, given = draws(known, number, seed)
    return _spread(known, unit, run_chain(given, chip_of(accelerator)))


def spreads_for_share(
    known: Mapping[str, Assumption], accelerator: str, share: float, number: int = DRAWS
) -> dict[str, Spread]:
    """Turn the chain around: its links if video takes this share of the modules sold in the year.

    Each draw keeps all its assumptions but the minutes of video, which become what the share
    needs. Modules are proportional to minutes once a fleet fills its first cluster, so that a few
    turns suffice.

    Raises
    ------
    DataError
        If the share is not above zero, or some draw does not reach it.
    """
    if share <= 0:
        raise DataError(f"the share of modules is {share:g}; it must be above zero")
    unit, given = draws(known, number)
    place, chip = GIVEN.index("video_minutes"), chip_of(accelerator)
    for _ in range(TURNS):
        reached = np.maximum(run_chain(given, chip)[:, PLACES["module_share"]], LEAST)
        given[:, place] *= share / reached
    found = run_chain(given, chip)
    if not np.allclose(found[:, PLACES["module_share"]], share, rtol=CLOSE, atol=0.0):
        raise DataError(
            f"the share of modules is {share:g}; too small for a fleet of whole modules"
        )
    return _spread(known, unit, found)


def _spread(
    known: Mapping[str, Assumption], unit: Mapping[str, Floats], found: Floats
) -> dict[str, Spread]:
    for link in LINKS:
        if not np.isfinite(found[:, PLACES[link.name]]).all():
            raise DataError(
                f"{link.name} of some draw is beyond any number; these assumptions are too small "
                "or too large together"
            )
    free = {name: unit[name] for name in GIVEN if known[name].distribution != "fixed"}
    return {
        link.name: spread_of(found[:, PLACES[link.name]], free, method="nearest") for link in LINKS
    }
