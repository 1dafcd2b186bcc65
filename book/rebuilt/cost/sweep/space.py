"""Spaces of designs: what varies, how it is sampled, and what stays fixed.

Point i of a space depends on the space and on i only. A grid counts its axes like digits, the last
one fastest; random points come from a counter-based generator (Philox, advanced to the point);
Sobol points are scrambled by the seed.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from rebuilt.cost.engine.design import COLUMNS
from rebuilt.errors import ShapeError, UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULTS: dict[str, float] = {
    "layout": 0,
    "depth": 40,
    "width": 3072,
    "hidden": 12288,
    "head_width": 128,
    "frames": 81,
    "height": 720,
    "width_px": 1280,
    "side_stride": 8,
    "frames_stride": 4,
    "patch_side": 2,
    "patch_frames": 1,
    "text": 512,
    "steps": 50,
    "passes": 2,
    "accelerator": 0,
    "gpus": 1,
    "decode": 2.1e7,  # FLOPs a pixel of the decoders of HunyuanVideo and CogVideoX
}
HOWS = ("grid", "random", "sobol", "table")
SCALES = ("linear", "log", "levels")


@dataclass(frozen=True, slots=True)
class Axis:
    """How one column varies.

    Attributes
    ----------
    levels : tuple of float
        Values to choose from; or, with scale linear or log, the two ends of a range.
    scale : str
        `levels`, `linear` or `log`.
    step : float
        Range values are rounded to a multiple of it (0: not at all).
    offset : float
        Added after rounding: frames are 1 + a multiple of the stride.
    """

    levels: tuple[float, ...]
    scale: str = "levels"
    step: float = 0.0
    offset: float = 0.0

    def at(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at positions 0 to 1 along the axis."""
        if self.scale == "levels":
            values = np.array(self.levels)
            return values[np.minimum((unit * values.size).astype(np.int64), values.size - 1)]
        low, high = self.levels
        if self.scale == "log":
            value = low * np.exp(unit * np.log(high / low))
        else:
            value = low + unit * (high - low)
        if self.step:
            value = np.round(value / self.step) * self.step + self.offset
        return np.asarray(value)


@dataclass(frozen=True)
class Space:
    """A space of designs.

    Parameters
    ----------
    axes : dict of str to Axis
        Columns that vary, by name of design.COLUMNS.
    how : str
        `grid` (every combination of levels), `random`, `sobol`, or `table`.
    count : int
        Points, for random and Sobol.
    seed : int
        Of random and Sobol points.
    fixed : dict of str to float
        Columns that differ from DEFAULTS.
    accelerators : tuple of str
        Ids; the column `accelerator` is a place in this tuple.
    kernel : str
        Attention kernel, `fa2` or `fa3`.
    rows : dict of str to tuple of float
        Columns of a table of points, for `table`.
    """

    axes: dict[str, Axis] = field(default_factory=dict)
    how: str = "grid"
    count: int = 0
    seed: int = 0
    fixed: dict[str, float] = field(default_factory=dict)
    accelerators: tuple[str, ...] = ("h100-sxm",)
    kernel: str = "fa2"
    rows: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (*self.axes, *self.fixed, *self.rows):
            if name not in COLUMNS:
                raise UnknownNameError(f"no column {name!r}; columns are {', '.join(COLUMNS)}")
        if self.how not in HOWS:
            raise UnknownNameError(f"no way {self.how!r} to sample; choose {', '.join(HOWS)}")
        for name, axis in self.axes.items():
            if axis.scale not in SCALES or (axis.scale != "levels" and len(axis.levels) != 2):
                raise ShapeError(f"{name}: a range has two ends and scale linear or log")
            if self.how == "grid" and axis.scale != "levels":
                raise ShapeError(f"{name}: a grid needs levels; use random or sobol for a range")
        if self.how in ("random", "sobol") and self.count < 1:
            raise ShapeError(f"count is {self.count}; {self.how} needs at least one point")
        self._check_accelerators()

    @property
    def varying(self) -> tuple[str, ...]:
        """Names of the columns that vary, in the order of `fill`."""
        return tuple(self.rows if self.how == "table" else self.axes)

    @property
    def points(self) -> int:
        """Number of points."""
        if self.how == "grid":
            return int(np.prod([len(axis.levels) for axis in self.axes.values()], dtype=object))
        if self.how == "table":
            return len(next(iter(self.rows.values()), ()))
        return self.count

    def places(self) -> NDArray[np.int64]:
        """Row of `fill` that holds each of COLUMNS, -1 where it is fixed."""
        names = self.varying
        return np.array([names.index(name) if name in names else -1 for name in COLUMNS])

    def fixed_values(self) -> NDArray[np.float64]:
        """Value of each of COLUMNS where it is fixed."""
        values = DEFAULTS | self.fixed
        return np.array([float(values[name]) for name in COLUMNS])

    def fill(self, start: int, stop: int) -> NDArray[np.float64]:
        """Varying columns of points `start` to `stop` (not included), shape (varying, points)."""
        if self.how == "table":
            return self._table[:, start:stop]
        if self.how == "grid":
            return self._grid(np.arange(start, stop))
        unit = self._random(start, stop) if self.how == "random" else self._sobol(start, stop)
        axes = self.axes.values()
        return np.array([axis.at(column) for axis, column in zip(axes, unit, strict=True)])

    @cached_property
    def _table(self) -> NDArray[np.float64]:
        return np.array([self.rows[name] for name in self.rows], float)

    def _grid(self, index: NDArray[np.int64]) -> NDArray[np.float64]:
        out = np.empty((len(self.axes), index.size))
        for row, axis in reversed(list(enumerate(self.axes.values()))):
            index, digit = np.divmod(index, len(axis.levels))
            out[row] = np.array(axis.levels, float)[digit]
        return out

    def _random(self, start: int, stop: int) -> NDArray[np.float64]:
        columns = []
        for place, _ in enumerate(self.axes):
            bits = np.random.Philox(key=(self.seed, place))
            bits.advance(start // 4)  # Philox makes four numbers at a time
            generator = np.random.Generator(bits)
            columns.append(generator.random(stop - start + start % 4)[start % 4 :])
        return np.array(columns)

    def _sobol(self, start: int, stop: int) -> NDArray[np.float64]:
        return sobol_stream(len(self.axes), self.seed).take(start, stop)

    def _check_accelerators(self) -> None:
        axis = self.axes.get("accelerator")
        used = axis.levels if axis else self.rows.get("accelerator", (0.0,))
        if not self.accelerators or max(used, default=0) >= len(self.accelerators):
            raise ShapeError(
                f"accelerator {max(used, default=0):g} is no place in the list of "
                f"{len(self.accelerators)} accelerators; places count from 0"
            )


class SobolStream:
    """Scrambled Sobol points from any place on.

    To go on from the place where the last points ended costs nothing; any other place costs some
    nanoseconds for every point between, and a way back starts at the first point.
    """

    def __init__(self, dimensions: int, seed: int) -> None:
        from scipy.stats import qmc

        self._engine = qmc.Sobol(dimensions, scramble=True, rng=seed)
        self._lock = Lock()  # a cluster's worker may run chunks in several threads

    def take(self, start: int, stop: int) -> NDArray[np.float64]:
        """Points `start` to `stop` (not included), shape (dimensions, points)."""
        with self._lock, warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The balance properties of Sobol")
            if start < self._engine.num_generated:
                self._engine.reset()
            if start > self._engine.num_generated:
                self._engine.fast_forward(start - self._engine.num_generated)
            return np.ascontiguousarray(self._engine.random(stop - start).T)


@lru_cache(maxsize=4)
def sobol_stream(dimensions: int, seed: int) -> SobolStream:
    """Return the stream of one space, the same object each time, so that it stays where it is."""
    return SobolStream(dimensions, seed)
