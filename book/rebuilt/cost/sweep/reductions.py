"""What to keep of a sweep's records: quantiles, histogram, Pareto front, sensitivity.

A reduction adds chunks up in any place and joins partial results in the order of the chunks, so
the outcome is the same bit for bit wherever chunks ran. Only points that exist are counted; those
that do not fit their accelerator are counted too, unless `only_fitting`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from rebuilt.cost.engine.table import RECORD
from rebuilt.errors import ShapeError, UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rebuilt.cost.sweep.records import Chunk
    from rebuilt.cost.sweep.space import Space

SHIFT = 44  # of a float64's 52 fraction bits: 2^8 bins for every doubling, 0.4 % wide
SAMPLE = 1024  # points of which one is looked at first, for a Pareto front
LEVELS = 64  # of a range axis in a sensitivity
MOST_BIN = (0x7FF << 52 >> SHIFT) - 1  # of the largest finite number


class Reduction(ABC):
    """Something kept of all records."""

    @abstractmethod
    def fresh(self) -> Self:
        """Return an empty reduction of the same kind."""

    @abstractmethod
    def asked(self) -> tuple[object, ...]:
        """Return what was asked for: a sweep that asks for something else is another."""

    @abstractmethod
    def as_data(self) -> dict[str, Any]:
        """Return what is kept as plain numbers, for a state."""

    @abstractmethod
    def restore(self, data: Any, points: int, /) -> None:
        """Take over what `as_data` gave after so many points; ValueError if it cannot be that."""

    @abstractmethod
    def add(self, space: Space, chunk: Chunk, /) -> None:
        """Add the records of one chunk."""

    @abstractmethod
    def join(self, other: Self) -> None:
        """Add what another reduction of the same kind has kept of later points."""


def check_figure(figure: str) -> None:
    """Raise UnknownNameError for a figure that records do not have."""
    if figure not in RECORD:
        raise UnknownNameError(f"no figure {figure!r}; figures are {', '.join(RECORD)}")


@dataclass
class Quantiles(Reduction):
    """Counts of one figure in bins 0.4 % wide: quantiles and histogram, exact in their counts."""

    figure: str
    only_fitting: bool = False
    counts: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_figure(self.figure)

    def fresh(self) -> Self:
        """Return empty bins."""
        return type(self)(self.figure, self.only_fitting)

    def asked(self) -> tuple[object, ...]:
        """Return the figure and whether only what fits is counted."""
        return "quantiles", self.figure, self.only_fitting

    def as_data(self) -> dict[str, Any]:
        """Return bins and counts in order."""
        return {"counts": sorted(self.counts.items())}

    def restore(self, data: Any, points: int) -> None:
        """Take counts over."""
        counts = {_whole(key, MOST_BIN): _whole(count, points) for key, count in data["counts"]}
        if len(counts) != len(data["counts"]) or sum(counts.values()) > points:
            raise ValueError("counts of quantiles are no counts")
        self.counts = counts

    def add(self, _space: Space, chunk: Chunk) -> None:
        """Count the values of one chunk."""
        values = chunk.figure(self.figure)[chunk.exists(self.only_fitting)]
        values = values[values > 0]
        if not values.size:
            return
        bins = values.view(np.int64) >> SHIFT
        least = int(bins.min())
        counted = np.bincount(bins - least)
        for place in np.flatnonzero(counted):
            key = least + int(place)
            self.counts[key] = self.counts.get(key, 0) + int(counted[place])

    def join(self, other: Self) -> None:
        """Add counts; integers, so the order does not matter."""
        for key, count in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + count

    def quantile(self, level: float) -> float:
        """Value below which a share `level` lies, to 0.4 %; not a number without values."""
        keys = np.array(sorted(self.counts))
        if not keys.size:
            return float("nan")
        reached = np.cumsum([self.counts[int(key)] for key in keys])
        place = int(np.searchsorted(reached, level * reached[-1]))
        edges = (np.array([keys[place], keys[place] + 1]) << SHIFT).view(np.float64)
        return float((edges[0] * edges[1]) ** 0.5)

    def histogram(self, halvings: int = 0) -> list[tuple[float, float, int]]:
        """Lower edge, upper edge and count of every bin that is not empty.

        Each of the `halvings` halves the number of bins: 6 leave four for each factor of two.
        """
        counts: dict[int, int] = {}
        for key in sorted(self.counts):
            counts[key >> halvings] = counts.get(key >> halvings, 0) + self.counts[key]
        keys, shift = np.array(list(counts), np.int64), SHIFT + halvings
        low, high = (keys << shift).view(np.float64), ((keys + 1) << shift).view(np.float64)
        return list(zip(low.tolist(), high.tolist(), counts.values(), strict=True))


@dataclass
class Pareto(Reduction):
    """Points that no other point beats in both of two figures.

    `figures` are two of table.RECORD; a minus sign before a name asks for as much as possible.
    Kept are figures and the index of the point; of equal points the first.
    """

    figures: tuple[str, str]
    only_fitting: bool = True
    kept: NDArray[np.float64] = field(default_factory=lambda: np.empty((3, 0)))
    seen: int = 0

    def __post_init__(self) -> None:
        for name in self.figures:
            check_figure(name.lstrip("-"))
        if len({name.lstrip("-") for name in self.figures}) < 2:
            raise ShapeError(f"a front is of two figures; {', '.join(self.figures)} are one")

    def fresh(self) -> Self:
        """Return an empty front."""
        return type(self)(self.figures, self.only_fitting)

    def asked(self) -> tuple[object, ...]:
        """Return both figures and whether only what fits is on the front."""
        return "pareto", self.figures, self.only_fitting

    def as_data(self) -> dict[str, Any]:
        """Return the front, its rows as `kept` has them."""
        return {"kept": self.kept.tolist(), "seen": self.seen}

    def restore(self, data: Any, points: int) -> None:
        """Take a front over."""
        kept, seen = _finite(data["kept"]).reshape(3, -1), data["seen"]
        if seen != points or ((kept[2] < 0) | (kept[2] >= max(points, 1))).any():
            raise ValueError("a front is of other points")
        self.kept, self.seen = kept, points

    def add(self, _space: Space, chunk: Chunk) -> None:
        """Merge the front of one chunk."""
        exists = chunk.exists(self.only_fitting)
        rows = [
            (-1 if name[0] == "-" else 1) * chunk.figure(name.lstrip("-"))[exists]
            for name in self.figures
        ]
        points = np.array([*rows, np.flatnonzero(exists) + self.seen], float)
        points = points[:, np.isfinite(points[:2]).all(axis=0)]  # no price, no place on the front
        self.kept = _front(_not_beaten(np.concatenate([self.kept, points], axis=1)))
        self.seen += exists.size

    def join(self, other: Self) -> None:
        """Merge a front of later points."""
        later = other.kept + np.array([[0.0], [0.0], [float(self.seen)]])
        self.kept = _front(np.concatenate([self.kept, later], axis=1))
        self.seen += other.seen

    def front(self) -> list[tuple[float, float, int]]:
        """Both figures and the index of every point of the front, first figure ascending."""
        signs = [-1 if name[0] == "-" else 1 for name in self.figures]
        return [(signs[0] * a, signs[1] * b, int(i)) for a, b, i in self.kept.T]


def _not_beaten(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Drop what the front of a sample beats: most points, at a tenth of the cost of sorting all."""
    sample = _front(points[:, ::SAMPLE])
    if not sample.shape[1]:
        return points
    left = np.searchsorted(sample[0], points[0], side="right") - 1
    return points[:, (left < 0) | (points[1] <= sample[1][left])]


def _front(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep the points that none beats; rows are two figures to keep small, and an index."""
    points = points[:, np.lexsort((points[2], points[1], points[0]))]
    if not points.shape[1]:
        return points
    best = np.minimum.accumulate(points[1])
    better = np.concatenate([[True], points[1][1:] < best[:-1]])
    return points[:, better]


@dataclass
class Sensitivity(Reduction):
    """First-order Sobol indices of one figure: the share of its variance that each axis explains.

    From means within the levels of each axis (ranges: LEVELS equal parts), of the logarithm of
    the figure if `log`. Right for independent axes: random, Sobol and full grids.
    """

    figure: str
    log: bool = True
    only_fitting: bool = False
    sums: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    whole: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))

    def __post_init__(self) -> None:
        check_figure(self.figure)

    def fresh(self) -> Self:
        """Return empty sums."""
        return type(self)(self.figure, self.log, self.only_fitting)

    def asked(self) -> tuple[object, ...]:
        """Return the figure, whether its logarithm is taken, and whether only what fits counts."""
        return "sensitivity", self.figure, self.log, self.only_fitting

    def as_data(self) -> dict[str, Any]:
        """Return sums in all and by axis."""
        sums = {name: sums.tolist() for name, sums in self.sums.items()}
        return {"whole": self.whole.tolist(), "sums": sums}

    def restore(self, data: Any, points: int) -> None:
        """Take sums over."""
        whole = _finite(data["whole"])
        sums = {str(name): _finite(rows) for name, rows in data["sums"].items()}
        odd = any(rows.ndim != 2 or len(rows) != 2 for rows in sums.values())
        if whole.shape != (3,) or not 0 <= whole[0] <= points or odd:
            raise ValueError("sums of a sensitivity are no sums")
        self.whole, self.sums = whole, sums

    def add(self, space: Space, chunk: Chunk) -> None:
        """Add the sums of one chunk."""
        if space.how == "table":
            raise ShapeError("a table has no independent axes; use grid, random or sobol")
        exists = chunk.exists(self.only_fitting)
        values = chunk.figure(self.figure)
        exists &= np.isfinite(values) & (values > 0 if self.log else True)  # no rent, no dollars
        values = np.log(values[exists]) if self.log else values[exists]
        self.whole = self.whole + np.array([values.size, values.sum(), (values * values).sum()])
        for name, axis, column in zip(space.axes, space.axes.values(), chunk.inputs, strict=True):
            place = _level(axis, column[exists])
            size = len(axis.levels) if axis.scale == "levels" else LEVELS
            counts = np.bincount(place, minlength=size)
            added = np.bincount(place, weights=values, minlength=size)
            before = self.sums.get(name, np.zeros((2, size)))
            self.sums[name] = before + np.array([counts, added])

    def join(self, other: Self) -> None:
        """Add the sums of later points."""
        self.whole = self.whole + other.whole
        for name, sums in other.sums.items():
            self.sums[name] = self.sums.get(name, np.zeros_like(sums)) + sums

    def indices(self) -> dict[str, float]:
        """First-order index of every axis, largest first; zero without variance."""
        count, total, squares = self.whole
        if count < 2:
            return dict.fromkeys(self.sums, 0.0)
        mean = total / count
        variance = squares / count - mean * mean
        found = {}
        for name, (counts, sums) in self.sums.items():
            used = counts > 0
            means = sums[used] / counts[used]
            between = float((counts[used] * (means - mean) ** 2).sum() / count)
            bias = variance * (used.sum() - 1) / count
            found[name] = max(0.0, (between - bias) / variance) if variance > 0 else 0.0
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _whole(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{value!r} is no whole number from 0 to {most}")
    return value


def _finite(values: Any) -> NDArray[np.float64]:
    found = np.array(values, float)
    if not np.isfinite(found).all():
        raise ValueError("a number is not finite")
    return found


def _level(axis: Any, values: NDArray[np.float64]) -> NDArray[np.int64]:
    if axis.scale == "levels":
        levels = np.array(axis.levels, float)
        order = np.argsort(levels)
        return np.asarray(order[np.searchsorted(levels[order], values)])
    low, high = axis.levels
    along = (
        np.log(values / low) / np.log(high / low)
        if axis.scale == "log"
        else (values - low) / (high - low)
    )
    return np.asarray(np.clip((along * LEVELS).astype(np.int64), 0, LEVELS - 1))
