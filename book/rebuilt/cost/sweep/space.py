"""Spaces of jobs: which published models, what varies, how it is sampled, and what stays fixed.

An axis is a column of a job (places.JOB, so all that `rebuilt cost` can be asked), or a name
to choose: a model, an accelerator, a kind of block, a rule of frames. Point i of a space depends on
the space and on i only. A grid counts its axes like digits, the last one fastest; random points
come from a counter-based generator (Philox, advanced to the point); Sobol points are scrambled by
the seed.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from rebuilt.cost.algebra.places import JOB
from rebuilt.cost.hardware.bill import MAX_GPUS
from rebuilt.cost.hardware.software import Software, load_software
from rebuilt.cost.models.choices import LIMITS as CHOICE_LIMITS
from rebuilt.cost.models.choices import NAMES as CHOICE_NAMES
from rebuilt.cost.models.choices import OUT_OF_RANGE
from rebuilt.cost.models.codes import (
    BEYOND,
    MAX_FRAMES,
    MAX_PASSES,
    MAX_SIDE,
    MAX_STEPS,
    MAX_TEXT,
    NOT_COUNTED,
    NOT_WHOLE,
)
from rebuilt.errors import ShapeError, UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHOSEN = ("model", "accelerator", *CHOICE_NAMES)  # names that are chosen, not counted
COLUMNS = (*CHOSEN, *(name for name in JOB if name != "decode_flops"))  # a decoder is the model's
HOWS = ("grid", "random", "sobol", "table")
SCALES = ("linear", "log", "levels")
MAX_BATCH = 1024
MOST_POINTS = 10**12  # hours of a large machine; indices of points stay exact as floats
SIZES = {"frames": MAX_FRAMES, "height": MAX_SIDE, "width_px": MAX_SIDE, "text_tokens": MAX_TEXT}
COUNTED = {"steps": MAX_STEPS, "passes": MAX_PASSES, "gpus": MAX_GPUS, "batch": MAX_BATCH}
LIMITS = CHOICE_LIMITS | {"tiled": (0, 1)}


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
        Range values are rounded to the low end plus a multiple of it, of which the last is at most
        the high end.
    """

    levels: tuple[float, ...]
    scale: str = "levels"
    step: float = 1.0

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
        steps = np.minimum(np.round((value - low) / self.step), (high - low) // self.step)
        return np.asarray(low + steps * self.step)


@dataclass(frozen=True)
class Space:
    """A space of jobs.

    Parameters
    ----------
    models : tuple of str
        Ids of published transformers; the axis `model` is a place in this tuple.
    axes : dict of str to Axis
        Columns that vary, by name of COLUMNS.
    how : str
        `grid` (every combination of levels), `random`, `sobol`, or `table`.
    count, seed : int
        Points, and the seed, of random and Sobol.
    fixed : dict of str to float
        Columns that differ from what the model was published with; names as places.
    accelerators : tuple of str
        Ids; the axis `accelerator` is a place in this tuple.
    software : Software
        How all points are run.
    rows : dict of str to array of float
        Columns of a table of points, for `table`.

    Raises
    ------
    UnknownNameError, ShapeError
        For a name that is no column, or a value that `rebuilt cost` would refuse, by name.
    """

    models: tuple[str, ...]
    axes: dict[str, Axis] = field(default_factory=dict)
    how: str = "grid"
    count: int = 0
    seed: int = 0
    fixed: dict[str, float] = field(default_factory=dict)
    accelerators: tuple[str, ...] = ("h100-sxm",)
    software: Software = field(default_factory=load_software)
    rows: dict[str, NDArray[np.float64]] = field(default_factory=dict)

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
            if axis.scale == "log" and min(axis.levels) <= 0:
                raise ShapeError(f"{name}: a logarithmic range must begin above zero")
            if axis.scale != "levels" and not axis.levels[0] <= axis.levels[1]:
                low, high = axis.levels
                raise ShapeError(f"{name}: a range goes upwards, and {low:g} is above {high:g}")
            if not (axis.step >= 1 and float(axis.step).is_integer()):
                raise ShapeError(
                    f"{name}: its step is {axis.step:g}; it must be a whole number of at least 1"
                )
            for value in axis.levels:
                self.check(name, value)
        if self.points > MOST_POINTS:
            raise ShapeError(f"{self.points:,} points are over {MOST_POINTS:,}; vary less")
        if self.how in ("random", "sobol") and self.count < 1:
            raise ShapeError(f"count is {self.count}; {self.how} needs at least one point")
        for name, value in self.fixed.items():
            self.check(name, value)
        for name, values in self.rows.items():
            # Each value once, in the order of rows: a table has millions of few values.
            _, first = np.unique(values, return_index=True)
            for place in np.sort(first):
                self.check(name, float(values[place]), f"row {place + 1}: ")

    def check(self, name: str, value: float, where: str = "") -> None:
        """Raise ShapeError, with the sentence of `rebuilt cost`, for a value that no job has."""
        if value != value or value in (float("inf"), float("-inf")) or value != int(value):
            raise ShapeError(where + NOT_WHOLE.format(field=name, value=value))
        shown = int(value)
        if name in COUNTED and not 1 <= shown <= COUNTED[name]:
            text = NOT_COUNTED.format(field=name, value=shown, limit=COUNTED[name])
            raise ShapeError(where + text)
        if name in SIZES and shown > SIZES[name]:
            raise ShapeError(where + BEYOND.format(field=name, value=shown, limit=SIZES[name]))
        if name in SIZES and shown < (0 if name == "text_tokens" else 1):
            raise ShapeError(f"{where}{name} is {shown} and must be at least 1")
        named = {"model": self.models, "accelerator": self.accelerators}
        least, most = (
            (0, len(named[name]) - 1) if name in named else LIMITS.get(name, (shown, shown))
        )
        if not least <= shown <= most:
            text = OUT_OF_RANGE.format(field=name, value=shown, least=least, limit=most)
            raise ShapeError(where + text)

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

    def ends(self, name: str) -> tuple[float, float]:
        """Least and largest value of a column that varies."""
        values = self.rows[name] if self.how == "table" else self.axes[name].levels
        return float(np.min(values)), float(np.max(values))

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
