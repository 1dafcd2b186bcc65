"""Monte Carlo over what is not known: 5, 50 and 95 %, and which unknown matters.

The unknowns of an undisclosed model, of any model whose values get distributions, and the error of
the hardware model itself are drawn together; every draw is a design that `design_kernels` bills.
First-order Sobol indices say which share of the variance of the logarithm one unknown explains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import qmc

from rebuilt.cost.engine.billing import bill_table
from rebuilt.cost.engine.design import COLUMNS, RECORD, rates_of
from rebuilt.cost.hardware.efficiencies import efficiencies, interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rebuilt.cost.models.architectures import Undisclosed, Unknown

DRAWS = 2**16
NORMAL_90 = 1.6449  # standard deviations in half of a 90 % interval
LEVELS = 32  # equal parts of each unknown for its index
Values = dict[str, "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Distribution of one figure, and how much of its variance each unknown explains."""

    low: float
    median: float
    high: float
    indices: dict[str, float]
    values: NDArray[np.float64]


def draw(unknown: Unknown, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of one unknown at positions 0 to 1: its inverse cumulative distribution."""
    low, mode, high = unknown.low, unknown.central, unknown.high
    if unknown.shape == "loguniform":
        value = low * np.exp(unit * np.log(high / low))
    elif unknown.shape == "uniform" or high == low:
        value = low + unit * (high - low)
    else:
        cut = (mode - low) / (high - low)
        rising = low + np.sqrt(unit * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - unit) * (high - low) * (high - mode))
        value = np.where(unit < cut, rising, falling)
    return np.asarray(np.round(value) if unknown.integer else value)


def undisclosed_minute(
    model: Undisclosed,
    *,
    seconds: float,
    height: int,
    width: int,
    accelerator: str = "h100-sxm",
    gpus: int = 8,
    kernel: str = "fa2",
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Spread]:
    """Bill one clip of a model that was never published.

    Parameters
    ----------
    model : Undisclosed
        From `load_model`, such as `sora-2024`.
    seconds : float
        Length of the clip.
    height, width : int
        Pixels.
    accelerator, gpus, kernel
        What it runs on, as in `hardware.estimate`.
    draws : int
        Sobol points, a power of two.
    seed : int
        Of the scrambling.

    Returns
    -------
    dict of str to Spread
        By figure of design.RECORD, `gpu_hours` besides.
    """
    names = [*model.unknowns, "hardware model"]
    unit = qmc.Sobol(len(names), scramble=True, rng=seed).random(draws).T
    drawn = {
        name: draw(model.unknowns[name], column)
        for name, column in zip(model.unknowns, unit, strict=False)
    }
    columns = _columns(drawn, seconds, height, width, gpus, draws)
    every, fixed = np.arange(len(COLUMNS)), np.zeros(len(COLUMNS))
    figures, codes = bill_table(columns, every, fixed, [rates_of(accelerator, kernel)])
    error = np.exp(hardware_error(accelerator, kernel, gpus, unit[-1]))
    billed = dict(zip(RECORD, figures, strict=True))
    for name in ("seconds", "joules", "usd"):
        billed[name] = billed[name] * error
    billed["gpu_hours"] = billed["seconds"] * gpus / 3600
    exists = codes <= 1
    kept = dict(zip(names, unit[:, exists], strict=True))
    return {name: spread_of(values[exists], kept) for name, values in billed.items()}


def spread_of(values: NDArray[np.float64], unit: Mapping[str, NDArray[np.float64]]) -> Spread:
    """Quantiles of some values, and first-order indices of what they were drawn from."""
    low, median, high = (float(q) for q in np.quantile(values, (0.05, 0.5, 0.95)))
    found = {name: first_order(np.log(values), column) for name, column in unit.items()}
    ordered = dict(sorted(found.items(), key=lambda pair: -pair[1]))
    return Spread(low, median, high, ordered, values)


def first_order(values: NDArray[np.float64], unit: NDArray[np.float64]) -> float:
    """Share of the variance of `values` that is between equal parts of one input.

    Reference: Sobol indices by conditional means; the expected bias of the means is taken off.
    """
    part = np.minimum((unit * LEVELS).astype(np.int64), LEVELS - 1)
    counts = np.bincount(part, minlength=LEVELS)
    used = counts > 0
    means = np.bincount(part, weights=values, minlength=LEVELS)[used] / counts[used]
    variance = float(values.var())
    if values.min() == values.max():
        return 0.0
    between = float((counts[used] * (means - values.mean()) ** 2).sum() / values.size)
    bias = variance * (int(used.sum()) - 1) / values.size
    return max(0.0, (between - bias) / variance)


def _columns(
    drawn: Values, seconds: float, height: int, width: int, gpus: int, draws: int
) -> NDArray[np.float64]:
    """Turn draws into designs, rounded so that every one of them can exist."""
    ones = np.ones(draws)
    head = np.round(drawn["head_width"] / 8) * 8
    model_width = np.maximum(np.round(drawn["width"] / head), 1) * head
    stride = 2.0 ** np.round(np.log2(drawn["side_stride"]))
    patch = drawn["patch_side"]
    side = stride * patch
    temporal = drawn["frames_stride"]
    frames = 1 + temporal * np.maximum(1, np.round((seconds * drawn["fps"] - 1) / temporal))
    named = {
        "layout": 0 * ones,
        "depth": drawn["depth"],
        "width": model_width,
        "hidden": np.round(drawn["hidden_ratio"] * model_width),
        "head_width": head,
        "frames": frames,
        "height": np.round(height / side) * side,
        "width_px": np.round(width / side) * side,
        "side_stride": stride,
        "frames_stride": temporal,
        "patch_side": patch,
        "patch_frames": drawn["patch_frames"],
        "text": drawn["text_tokens"],
        "steps": drawn["steps"],
        "passes": drawn["passes"],
        "accelerator": 0 * ones,
        "gpus": gpus * ones,
        "decode": 2.1e7 * ones,
    }
    return np.array([named[name] for name in COLUMNS], float)


def hardware_error(
    accelerator: str, kernel: str, gpus: int, unit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Logarithm of truth over prediction: normal, as wide as the 90 % interval."""
    from scipy.special import ndtri

    measured = efficiencies(accelerator, kernel).measured
    width = interval(gpus, measured=measured) / NORMAL_90
    return np.asarray(width * ndtri(np.clip(unit, 1e-9, 1 - 1e-9)))
