"""One assumption moved at a time, all others at their central values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rebuilt.demand.assumptions import Assumption
from rebuilt.demand.chain import chip_of, run_chain
from rebuilt.demand.names import GIVEN, PLACES


@dataclass(frozen=True, slots=True)
class Effect:
    """What one assumption does to one link.

    `at_low` and `at_high` are the link at the ends of the assumption; `elasticity` is the slope of
    the logarithms between them, percent for percent (not a number where an end is zero).
    """

    name: str
    at_low: float
    at_high: float
    elasticity: float

    @property
    def factor(self) -> float:
        """How many times the larger end is the smaller one."""
        ends = sorted((self.at_low, self.at_high))
        return ends[1] / ends[0]


def effects(known: Mapping[str, Assumption], accelerator: str, link: str) -> list[Effect]:
    """Move each assumption that has a range from its low to its high end; largest effect first.

    Parameters
    ----------
    known : mapping of str to Assumption
        Every name of names.GIVEN.
    accelerator : str
        Id of the accelerator.
    link : str
        Name of one of names.LINKS.
    """
    middle = np.array([known[name].central for name in GIVEN])
    moved = [name for name in GIVEN if known[name].high > known[name].low]
    table = np.repeat(middle[None, :], 2 * len(moved), axis=0)
    for turn, name in enumerate(moved):
        table[2 * turn, GIVEN.index(name)] = known[name].low
        table[2 * turn + 1, GIVEN.index(name)] = known[name].high
    found = run_chain(table, chip_of(accelerator))[:, PLACES[link]]
    made = [
        Effect(name, float(low), float(high), _slope(known[name], low, high))
        for name, low, high in zip(moved, found[::2], found[1::2], strict=True)
    ]
    return sorted(made, key=lambda effect: -effect.factor)


def _slope(item: Assumption, at_low: float, at_high: float) -> float:
    if item.low <= 0:
        return math.nan
    return math.log(at_high / at_low) / math.log(item.high / item.low)
