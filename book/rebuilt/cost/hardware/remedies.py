"""What would make a job fit that does not surely: the cheapest of some options, or of two of them.

The calculator's page tries the same options in the same order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from rebuilt.cost.hardware.estimate import Estimate, Search, Timed, in_tiles, price
from rebuilt.cost.hardware.layouts import BEST
from rebuilt.errors import OptionError, ShapeError

# Other values of options; each alone first, then two of them.
REMEDIES: tuple[dict[str, Any], ...] = (
    {"tile": "tile"},
    {"compiled": "compiled"},
    {"format": "fp8-weights"},
    {"format": "int4-weights"},
    {"offload": "model"},
    {"offload": "blocks"},
    {"batch": 1},
    *({"gpus": gpus, "layout": BEST} for gpus in (2, 4, 8)),
)
FLAGS = ("tile", "compiled")  # options without a value
FITS = "fits"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Options that make a job fit with a probability of at least 0.9, and the job with them."""

    changes: Mapping[str, Any]
    found: Estimate

    @property
    def options(self) -> str:
        """The options as they are written after a command."""
        return " ".join(
            f"--{name}" if name in FLAGS else f"--{name} {value}"
            for name, value in self.changes.items()
        )


def remedy_of(counted: Timed, found: Estimate, *, searched: bool = False) -> Remedy | None:
    """Return the cheapest remedy, by rent or, where no rent is known, by energy of a clip.

    Parameters
    ----------
    counted : Timed
        The job, from `timed`.
    found : Estimate
        What it takes as it was asked for.
    searched : bool
        Whether its layout was searched, and is searched again with each option.

    Returns
    -------
    Remedy or None
        None where the job fits as it is, and where neither an option nor two together make it fit.
    """
    if found.memory.verdict == FITS:
        return None
    useful = [changes for changes in REMEDIES if _changes_something(changes, counted, found)]
    pairs = (one | two for one, two in combinations(useful, 2) if not set(one) & set(two))
    for tried in (useful, pairs):
        fitting = [*_fitting(tried, counted, found, searched=searched)]
        if fitting:
            return min(fitting, key=lambda remedy: _cost(remedy.found))
    return None


def _fitting(
    tried: Iterable[Mapping[str, Any]], counted: Timed, found: Estimate, *, searched: bool
) -> Iterator[Remedy]:
    for changes in tried:
        try:
            changed = _priced(changes, counted, found, searched=searched)
        except (OptionError, ShapeError):  # a format without kernels, a layout that nothing divides
            continue
        if changed.memory.verdict == FITS:
            yield Remedy(changes, changed)


def _priced(
    changes: Mapping[str, Any], counted: Timed, found: Estimate, *, searched: bool
) -> Estimate:
    own = {name: changes[name] for name in ("format", "offload") if name in changes}
    compiled = found.software.compiled or "compiled" in changes
    software = replace(found.software, compiled=compiled, **own)
    job = in_tiles(counted) if "tile" in changes else counted
    gpu, batch = found.accelerator, changes.get("batch", found.batch)
    if searched or "gpus" in changes:
        gpus = changes.get("gpus", found.layout.gpus)
        return Search(job).fastest(gpu=gpu, gpus=gpus, batch=batch, software=software)
    return price(job, gpu=gpu, layout=found.layout, batch=batch, software=software)


def _changes_something(changes: Mapping[str, Any], counted: Timed, found: Estimate) -> bool:
    if "gpus" in changes:
        return bool(changes["gpus"] > found.layout.gpus)
    if "batch" in changes:
        return bool(found.batch > changes["batch"])
    if "tile" in changes:
        return not counted.job.tiled
    if "compiled" in changes:
        return not found.software.compiled
    return any(getattr(found.software, name) != value for name, value in changes.items())


def _cost(found: Estimate) -> float:
    return (found.joules if found.usd is None else found.usd) / found.batch
