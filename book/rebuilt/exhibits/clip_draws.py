"""Clips of a model that nobody disclosed: drawn from the ranges of the chain, weighed by witnesses.

A draw gives every unknown of the chain one value and bills one clip with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rebuilt.cost.sweep.montecarlo import ENDS, NORMAL_90
from rebuilt.demand.assumptions import assumptions, changed
from rebuilt.demand.chain import chip_of, run_chain
from rebuilt.demand.names import GIVEN, PLACES
from rebuilt.demand.sampling import draws
from rebuilt.evidence import tables

SCENARIO = "2026"
DRAWS = 2**15
RIGHT_WITHIN = 2.0  # factor within which nine of ten witnesses are taken to be right
# What the table of designs shows of a draw, and how readers know it.
DESIGN = {
    "steps": "steps",
    "frames_stride": "frames joined in time",
    "patch_side": "latents joined per side",
    "depth": "layers",
    "width": "channels",
}
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Clips:
    """Draws of one clip: minutes of one accelerator, rent in US dollars, tokens, and its design.

    `design` holds the columns of DESIGN by readable name; every array has one value a draw.
    """

    minutes: Floats
    usd: Floats
    tokens: Floats
    design: dict[str, Floats]


def clips(seconds: float, accelerator: str, rents_usd_h: pl.Series, *changes: str) -> Clips:
    """Draw clips of some seconds at 720p on one accelerator.

    Parameters
    ----------
    seconds : float
        Length of the clip.
    accelerator : str
        Id, such as ``"h100-sxm"``.
    rents_usd_h : polars.Series
        Listed rents of one accelerator for an hour; least, median and most make the range.
    changes : str
        Assumptions to change besides, such as ``"steps=8"``.
    """
    known = changed(assumptions(SCENARIO), [f"clip_length={seconds:g}", "height=720", *changes])
    low, central, high = (float(rents_usd_h.quantile(q) or 0) for q in (0, 0.5, 1))
    known["rent"] = replace(known["rent"], low=low, central=central, high=high)
    _, given = draws(known, DRAWS)
    found = run_chain(given, chip_of(accelerator))
    minutes = found[:, PLACES["hours_per_minute"]] * seconds
    column = {name: given[:, GIVEN.index(name)] for name in (*DESIGN, "rent")}
    return Clips(
        minutes=minutes,
        usd=minutes / 60 * column["rent"],
        tokens=found[:, PLACES["tokens"]],
        design={name: column[key] for key, name in DESIGN.items()},
    )


def agreement(said: Floats, witness: float, factor: float = RIGHT_WITHIN) -> Floats:
    """Weigh draws by how well what they say agrees with a witness: 1 where both are equal.

    The witness is taken to be right within `factor` nine times of ten.
    """
    spread = np.log(factor) / NORMAL_90
    return np.asarray(np.exp(-((np.log(said / witness) / spread) ** 2) / 2))


def quantiles(values: Floats, weights: Floats | None = None) -> tuple[float, float, float]:
    """Return low end, middle and high end of weighted draws: nine of ten lie between the ends."""
    order = np.argsort(values)
    weights = np.ones(values.size) if weights is None else weights
    share = np.cumsum(weights[order]) / weights.sum()
    places = np.minimum(np.searchsorted(share, ENDS), values.size - 1)
    low, middle, high = (float(value) for value in values[order][places])
    return low, middle, high


def that_count(weights: Floats) -> int:
    """Return how many draws of equal weight would say as much: Kish's effective number."""
    return int(weights.sum() ** 2 / (weights**2).sum())


def designs(drawn: Clips, weights: Mapping[str, Floats]) -> pl.DataFrame:
    """Return what draws look like under weights.

    Returns
    -------
    polars.DataFrame
        Column property, and for each weighing its middle and the range of nine in ten, as text.
    """
    rows = []
    for name, values in {"tokens of the clip": drawn.tokens, **drawn.design}.items():
        row: dict[str, object] = {"property": name}
        for weighing, weight in weights.items():
            low, middle, high = (float(f"{q:.3g}") for q in quantiles(values, weight))
            row |= {
                f"middle, {weighing}": middle,
                f"range, {weighing}": f"{low:,.0f} to {high:,.0f}",
            }
        rows.append(row)
    return pl.DataFrame(rows)


def sources() -> list[str]:
    """Return the keys behind the ranges of the chain."""
    known = tables.load("assumptions").filter(pl.col("source").is_not_null(), scenario=SCENARIO)
    return known["source"].unique().sort().to_list()
