"""All assumptions drawn together: 5, 50 and 95 % at every link, and what the spread hangs on."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rebuilt.cost.sweep.montecarlo import Spread, draw, spread_of, units
from rebuilt.demand.assumptions import Assumption
from rebuilt.demand.chain import chip_of, run_chain
from rebuilt.demand.names import GIVEN, LINKS, PLACES
from rebuilt.errors import ShapeError

DRAWS = 2**13
MAX_DRAWS = 2**20
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
    dict of str to float64 array of shape (number,), float64 array of shape (number, 42)
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


def spreads(
    known: Mapping[str, Assumption], accelerator: str, number: int = DRAWS, seed: int = 0
) -> dict[str, Spread]:
    """Run the chain over all draws: the spread of every link, by name.

    Parameters as for `draws`; `accelerator` is an id such as `h100-sxm`.
    """
    unit, given = draws(known, number, seed)
    found = run_chain(given, chip_of(accelerator))
    free = {name: unit[name] for name in GIVEN if known[name].distribution != "fixed"}
    return {
        link.name: spread_of(found[:, PLACES[link.name]], free, method="nearest") for link in LINKS
    }
