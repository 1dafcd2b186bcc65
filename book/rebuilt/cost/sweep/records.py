"""Records of a stretch of a space: jobs of one model and accelerator are billed at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from rebuilt.cost.algebra.places import JOB
from rebuilt.cost.engine.lowered import Lowered, lower_model
from rebuilt.cost.engine.table import FIGURES, RECORD, WHOLE, Billed, bill_table
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.choices import CHOICES, NAMES
from rebuilt.cost.models.codes import FITS, REASONS, TOO_LARGE, UNCOUNTED
from rebuilt.cost.models.variants import altered
from rebuilt.cost.sweep.space import CHOSEN
from rebuilt.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rebuilt.cost.sweep.space import Space

Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of consecutive points: columns as fed (varying only), figures and codes."""

    inputs: NDArray[np.float64]
    billed: Billed

    def figure(self, name: str) -> NDArray[np.float64]:
        """One figure of table.RECORD, as floats."""
        place = RECORD.index(name)
        if place < len(WHOLE):
            return np.asarray(self.billed.counts[place], float)
        return self.billed.figures[place - len(WHOLE)]

    def exists(self, only_fitting: bool) -> NDArray[np.bool_]:
        """Which points have figures: jobs that can be, or only those that fit."""
        codes = self.billed.codes
        fits = (codes == FITS) | (codes == UNCOUNTED)
        return fits if only_fitting else fits | (codes == TOO_LARGE)

    def frame(self, space: Space) -> pl.DataFrame:
        """Return the records as a table; `reason` says why, or what is not in them."""
        names = {name: list(NAMES.get(name, ())) for name in CHOSEN}
        names |= {"model": list(space.models), "accelerator": list(space.accelerators)}
        inputs = {
            name: pl.Series(names[name]).gather(values.astype(np.uint32))
            if name in names
            else values
            for name, values in zip(space.varying, self.inputs, strict=True)
        }
        there = pl.Series(self.exists(only_fitting=False))
        counts = dict(zip(WHOLE, self.billed.counts, strict=True))
        figures = counts | dict(zip(FIGURES, self.billed.figures, strict=True))
        reasons = pl.Series([REASONS.get(code, "") for code in range(TOO_LARGE + 1)])
        return (
            pl.DataFrame(inputs | figures)
            .with_columns(pl.when(there).then(pl.col(name)).otherwise(None) for name in figures)
            .with_columns(
                fits=pl.Series(self.exists(only_fitting=True)),
                reason=reasons.gather(self.billed.codes.astype(np.uint32)).cast(pl.Categorical),
            )
        )


def evaluate(space: Space, start: int, stop: int) -> Chunk:
    """Return the records of points `start` to `stop` (not included) of a space."""
    inputs = space.fill(start, stop)
    names = space.varying
    chosen = [name for name in CHOSEN if name in names]
    if not chosen:
        return Chunk(inputs, _billed(space, {}, inputs))
    keys = np.array([inputs[names.index(name)] for name in chosen], np.int64)
    shape = tuple(keys.max(axis=1) + 1)
    place = np.ravel_multi_index(tuple(keys), shape)
    place = place.astype(np.min_scalar_type(place.max()))
    order = np.argsort(place, kind="stable")  # by radix, for numbers as short as these
    groups = np.flatnonzero(np.bincount(place))
    ends = np.searchsorted(place[order], groups, side="right")
    whole = Billed.room(inputs.shape[1])
    for group, mine in zip(groups, np.split(order, ends[:-1]), strict=True):
        of_group = (int(number) for number in np.unravel_index(group, shape))
        part = _billed(space, dict(zip(chosen, of_group, strict=True)), inputs[:, mine])
        for target, source in zip(whole, part, strict=True):
            target[..., mine] = source
    return Chunk(inputs, whole)


def lowered_of(space: Space, choice: dict[str, int]) -> Lowered:
    """Lower the model that some points of a space have, and check its range."""
    key = tuple(int(choice.get(name, space.fixed.get(name, 0))) for name in CHOSEN)
    return _lowered(_Frozen(space), key, frozenset((*space.varying, *space.fixed)))


class _Frozen:
    """A space as a key of a cache: by identity, which its chunks share."""

    def __init__(self, space: Space) -> None:
        self.space = space

    def __hash__(self) -> int:
        return id(self.space)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other.space is self.space


@lru_cache(maxsize=256)
def _lowered(frozen: _Frozen, key: Key, given: frozenset[str]) -> Lowered:
    space, chosen = frozen.space, dict(zip(CHOSEN, key, strict=True))
    model = load_model(space.models[chosen["model"]])
    if not isinstance(model, Transformer):
        raise ShapeError(
            f"{model.id} is of architecture {model.architecture}; run times are fitted to "
            "transformers only, so choose one"
        )
    names = [name for name in space.varying if name in JOB]
    fixed = {name: value for name, value in space.fixed.items() if name in JOB}
    reshaped = given & (set(CHOICES) - {"text_tokens"})
    changes = _changes(space, model, chosen) if reshaped else None
    lowered = lower_model(model, names, fixed, changes)
    lowered.check({name: space.ends(name) for name in names})
    return lowered


def _changes(space: Space, model: Transformer, chosen: dict[str, int]) -> dict[str, int]:
    """Choices of an architecture that are the same in all points; text may be as long as any."""
    changes = {name: int(value) for name, value in space.fixed.items() if name in CHOICES}
    changes |= {name: chosen[name] for name in NAMES if name in (*space.varying, *space.fixed)}
    if "text_tokens" in space.varying:
        changes["text_tokens"] = int(space.ends("text_tokens")[1])
    if "more_depth" in space.varying:  # no rule of the engine's text is about it
        least = {"more_depth": int(space.ends("more_depth")[0])}
        altered(model, changes | least, set(space.varying) - set(least))
    return changes


def _billed(space: Space, choice: dict[str, int], inputs: NDArray[np.float64]) -> Billed:
    """Bill points that share model and accelerator."""
    lowered = lowered_of(space, choice)
    rows = [space.varying.index(name) for name in lowered.varying]
    place = int(choice.get("accelerator", space.fixed.get("accelerator", 0)))
    machine = machine_of(space.accelerators[place], space.software)
    columns = inputs if len(rows) == len(inputs) else inputs[rows]
    return bill_table(lowered, columns, machine)
