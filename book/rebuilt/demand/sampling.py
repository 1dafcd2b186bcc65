"""All assumptions drawn together: 5, 50 and 95 % at every link, and what the spread hangs on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from rebuilt.cost.models.architectures import Unknown
from rebuilt.cost.sweep.uncertainty import NORMAL_90, draw, first_order
from rebuilt.demand.assumptions import Assumption
from rebuilt.demand.chain import machine_row, run_chain
from rebuilt.demand.names import GIVEN, LINKS, PLACES
from rebuilt.errors import ShapeError

DRAWS = 2**13
MAX_DRAWS = 2**20
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """One link of the chain over all draws: the ends hold ninety percent.

    `indices` are first-order Sobol indices of the logarithm, largest first: the share of its
    variance that one assumption explains by itself. Empty where some draws are zero.
    """

    low: float
    median: float
    high: float
    indices: dict[str, float]
    values: Floats


def draws(
    known: Mapping[str, Assumption], number: int = DRAWS, seed: int = 0
) -> tuple[Floats, Floats]:
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
    float64 arrays of shape (number, 42)
        Positions, and values in the order of names.GIVEN.

    Raises
    ------
    ShapeError
        If `number` is no power of two up to 2**20.
    """
    if not 1 <= number <= MAX_DRAWS or number & (number - 1):
        raise ShapeError(f"draws is {number}; it must be a power of two up to {MAX_DRAWS}")
    unit = qmc.Sobol(len(GIVEN), scramble=True, rng=seed).random(number)
    columns = [values_of(known[name], column) for name, column in zip(GIVEN, unit.T, strict=True)]
    return unit, np.ascontiguousarray(np.array(columns).T)


def values_of(item: Assumption, unit: Floats) -> Floats:
    """Values of one assumption at positions 0 to 1: its inverse cumulative distribution."""
    if item.distribution == "fixed":
        return np.full(unit.shape, item.central)
    if item.distribution == "lognormal":
        width = np.log(item.high / item.low) / (2 * NORMAL_90)
        return np.asarray(item.central * np.exp(width * ndtri(np.clip(unit, 1e-9, 1 - 1e-9))))
    unknown = Unknown.model_construct(
        low=item.low,
        central=item.central,
        high=item.high,
        shape=item.distribution,
        integer=item.integer,
    )
    return draw(unknown, unit)


def spreads(
    known: Mapping[str, Assumption], accelerator: str, number: int = DRAWS, seed: int = 0
) -> dict[str, Spread]:
    """Run the chain over all draws: the spread of every link, by name.

    Parameters as for `draws`; `accelerator` is an id such as `h100-sxm`.
    """
    unit, given = draws(known, number, seed)
    found = run_chain(given, machine_row(accelerator))
    free = [place for place, name in enumerate(GIVEN) if known[name].distribution != "fixed"]
    return {link.name: _spread(found[:, PLACES[link.name]], unit, free) for link in LINKS}


def _spread(values: Floats, unit: Floats, free: list[int]) -> Spread:
    low, median, high = _ends(values)
    if values.min() <= 0:
        return Spread(low, median, high, {}, values)
    logs = np.log(values)
    found = {GIVEN[place]: first_order(logs, unit[:, place]) for place in free}
    ordered = dict(sorted(found.items(), key=lambda pair: -pair[1]))
    return Spread(low, median, high, ordered, values)


def _ends(values: Floats) -> list[float]:
    """Draws nearest to 5, 50 and 95 %: no mixture of two, so that the page can show the same."""
    return [float(value) for value in np.quantile(values, (0.05, 0.5, 0.95), method="nearest")]
