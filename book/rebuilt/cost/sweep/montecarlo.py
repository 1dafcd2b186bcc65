"""The one Monte Carlo: unknowns drawn together, 5, 50 and 95 %, and which unknown matters.

Unknowns are drawn at scrambled Sobol points through their inverse distributions. First-order Sobol
indices say which share of the variance of the logarithm one unknown explains by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.special import ndtri

from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.machines import half_width
from rebuilt.cost.sweep.inverse import PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rebuilt.cost.hardware.software import Software

DRAWS = 2**16
NORMAL_90 = 1.6449  # standard deviations in half of a 90 % interval
PARTS = 32  # equal parts of each unknown for its index
SHARED = 128 * PARTS  # draws below which indices are noise: those of all unknowns add up to over 1
ENDS = (0.05, 0.5, 0.95)
EDGE = 1e-9  # of the unit interval, where a normal distribution has no value


class Distribution(Protocol):
    """A low, central and high value, a shape, and whether draws are whole numbers."""

    @property
    def low(self) -> float: ...  # noqa: D102
    @property
    def central(self) -> float: ...  # noqa: D102
    @property
    def high(self) -> float: ...  # noqa: D102
    @property
    def shape(self) -> str: ...  # noqa: D102
    @property
    def integer(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Spread:
    """Distribution of one figure: the ends hold ninety percent.

    `indices` are first-order Sobol indices of the logarithm, largest first. Empty where some draws
    are not above zero, or fewer than SHARED were made.
    """

    low: float
    median: float
    high: float
    indices: dict[str, float]
    values: NDArray[np.float64]


def units(names: Sequence[str], draws: int, seed: int = 0) -> dict[str, NDArray[np.float64]]:
    """Positions 0 to 1 of so many draws (a power of two) for each unknown."""
    from scipy.stats import qmc  # a second of imports, for those who draw

    points = qmc.Sobol(len(names), scramble=True, rng=seed).random(draws)
    return dict(zip(names, points.T, strict=True))


def draw(unknown: Distribution, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of one unknown at positions 0 to 1: its inverse cumulative distribution.

    Shapes: triangular, uniform, loguniform between the ends; lognormal with the ends at 5 and 95 %;
    fixed at the central value.
    """
    if unknown.shape == "lognormal":
        width = np.log(unknown.high / unknown.low) / (2 * NORMAL_90)
        value = unknown.central * np.exp(width * ndtri(np.clip(unit, EDGE, 1 - EDGE)))
        return np.asarray(np.round(value) if unknown.integer else value)
    values = np.empty(unit.shape)
    from rebuilt.cost.sweep.inverse_kernels import fill_column

    fill_column(np.array(said(unknown)), np.ascontiguousarray(unit), values)
    return values


def said(unknown: Distribution) -> tuple[float, ...]:
    """Say a distribution in numbers, as `inverse.fill_column` reads it; its shape -1 if normal."""
    shape = PLACES.get(unknown.shape, -1)
    ends = (unknown.low, unknown.central, unknown.high)
    return (float(shape), *map(float, ends), float(unknown.integer))


def hardware_error(
    accelerator: str, software: Software, gpus: int, unit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Truth over prediction of the hardware model: lognormal, as wide as the 90 % interval."""
    width = half_width(load_accelerator(accelerator), software, gpus) / NORMAL_90
    return np.asarray(np.exp(width * ndtri(np.clip(unit, EDGE, 1 - EDGE))))


def spread_of(
    values: NDArray[np.float64], unit: Mapping[str, NDArray[np.float64]], method: str = "linear"
) -> Spread:
    """Quantiles of some values, and first-order indices of what they were drawn from.

    With `method` "nearest" the ends are draws, no mixture of two, so that a page can show the same.
    """
    low, median, high = (float(q) for q in np.quantile(values, ENDS, method=method))  # type: ignore[call-overload]
    if values.min() <= 0 or values.size < SHARED:
        return Spread(low, median, high, {}, values)
    found = {name: first_order(np.log(values), column) for name, column in unit.items()}
    ordered = dict(sorted(found.items(), key=lambda pair: -pair[1]))
    return Spread(low, median, high, ordered, values)


def first_order(values: NDArray[np.float64], unit: NDArray[np.float64]) -> float:
    """Share of the variance of `values` that is between equal parts of one input.

    Reference: Sobol indices by conditional means; the expected bias of the means is taken off.
    """
    part = np.minimum((unit * PARTS).astype(np.int64), PARTS - 1)
    counts = np.bincount(part, minlength=PARTS)
    used = counts > 0
    means = np.bincount(part, weights=values, minlength=PARTS)[used] / counts[used]
    variance = float(values.var())
    if values.min() == values.max():
        return 0.0
    between = float((counts[used] * (means - values.mean()) ** 2).sum() / values.size)
    bias = variance * (int(used.sum()) - 1) / values.size
    return max(0.0, (between - bias) / variance)
