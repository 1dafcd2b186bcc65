"""Evaluate a space of jobs: full records, or reductions that need no memory for them.

A space is cut into chunks; chunk k depends on the space, the seed and k only, and chunks are
joined in order, so results do not depend on threads, on interruptions or on where chunks ran.
Records hold table.RECORD and a code of codes.REASONS; points that cannot be are counted by reason.
Nothing here knows how a job is billed.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rebuilt.cost.engine.table import RECORD
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.models.codes import REASONS
from rebuilt.cost.sweep.records import evaluate
from rebuilt.cost.sweep.reductions import Reduction
from rebuilt.cost.sweep.space import COLUMNS
from rebuilt.errors import DataError, ShapeError

if TYPE_CHECKING:
    from pathlib import Path

    from rebuilt.cost.sweep.space import Space

CHUNK = 2**20
SAVE_EVERY = 16  # chunks between two saved states
AHEAD = 4  # chunks per worker that a cluster has in hand
MOST_CODES = max(REASONS) + 1
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Result:
    """Outcome of a sweep.

    Attributes
    ----------
    points : int
        Evaluated points, those that cannot exist included.
    reasons : dict of str to int
        Points by reason (codes.REASONS); the first two have figures.
    reductions : dict of str to Reduction
        By name, finished.
    parts : list of Path
        Parquet files with all records, if they were asked for.
    """

    points: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    reductions: dict[str, Reduction] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)


def sweep(
    space: Space,
    *,
    reductions: dict[str, Reduction] | None = None,
    records: Path | None = None,
    state: Path | None = None,
    client: Any = None,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> Result:
    """Evaluate every point of a space.

    Parameters
    ----------
    space : Space
        What varies and how: grid, random, Sobol or a table of rows.
    reductions : dict of str to Reduction
        What to keep of the records, such as `Quantiles("seconds")`.
    records : Path, optional
        Folder for Parquet parts with all records, one per chunk. It also holds the state (unless
        `state` names another file), so that an interrupted sweep goes on after its last part.
    state : Path, optional
        File that holds the reductions so far; if it exists, the sweep goes on from there.
    client : dask.distributed.Client, optional
        Evaluate the chunks on a cluster and join them here: the same result, bit for bit.
    chunk : int
        Points of one chunk.
    progress : callable, optional
        Called with chunks done and chunks in all.

    Returns
    -------
    Result
        Reasons, reductions and parts.

    Raises
    ------
    DataError
        If `state`, or the state in `records`, belongs to another sweep.
    ShapeError
        If `chunk` is no whole number above zero.
    """
    if chunk < 1:
        raise ShapeError(f"chunk is {chunk!r}; it must be a whole number above zero")
    wanted = reductions or {}
    mark = _mark(space, wanted, chunk)
    total = -(-space.points // chunk)
    if records is not None:
        records.mkdir(parents=True, exist_ok=True)
        state = state or records / "sweep.state"
    first, counts, kept = _resume(state, mark, wanted)
    if state is not None:
        _save(state, (mark, first, counts, kept))  # from now on the place is this sweep's
    if records is not None:
        lost = [index for index in range(first) if not _part(records, index).exists()]
        for _ in _evaluated(space, {}, records, client, chunk, lost):
            """Only the part is wanted: what it adds has been counted."""
    for index, done in _evaluated(space, wanted, records, client, chunk, range(first, total)):
        counts += done[0]
        for name, partial in done[1].items():
            kept[name].join(partial)
        if state is not None and (index + 1) % SAVE_EVERY == 0:
            _save(state, (mark, index + 1, counts, kept))
        if progress is not None:
            progress(index + 1, total)
    if state is not None:
        _save(state, (mark, total, counts, kept))
    parts = [] if records is None else [_part(records, index) for index in range(total)]
    reasons = {REASONS[code]: int(n) for code, n in enumerate(counts) if n}
    return Result(space.points, reasons, kept, parts)


Done = tuple[Any, dict[str, Reduction]]


def one_chunk(
    space: Space, wanted: dict[str, Reduction], records: Path | None, chunk: int, index: int
) -> Done:
    """Evaluate and reduce one chunk; pure but for its Parquet part, so it may run twice."""
    start = index * chunk
    found = evaluate(space, start, min(start + chunk, space.points))
    if records is not None:
        draft = _part(records, index).with_suffix(".draft")
        found.frame(space).write_parquet(draft, compression="lz4")
        draft.rename(_part(records, index))
    partial = {name: what.fresh() for name, what in wanted.items()}
    for what in partial.values():
        what.add(space, found)
    return np.bincount(found.billed.codes, minlength=MOST_CODES), partial


def _evaluated(
    space: Space,
    wanted: dict[str, Reduction],
    records: Path | None,
    client: Any,
    chunk: int,
    indices: Iterable[int],
) -> Iterator[tuple[int, Done]]:
    """Yield the chunks in order, wherever they are evaluated."""
    if client is None:
        for index in indices:
            yield index, one_chunk(space, wanted, records, chunk, index)
        return
    window = AHEAD * max(1, len(client.scheduler_info()["workers"]))
    waiting: list[tuple[int, Any]] = []
    for index in indices:
        future = client.submit(one_chunk, space, wanted, records, chunk, index, pure=False)
        waiting.append((index, future))
        if len(waiting) >= window:
            ready, first = waiting.pop(0)
            yield ready, first.result()
    for index, future in waiting:
        yield index, future.result()


def _mark(space: Space, wanted: dict[str, Reduction], chunk: int) -> str:
    """Return a digest of everything that decides the result."""
    rates = [tuple(machine_of(name, space.software)) for name in space.accelerators]
    fresh = {name: what.fresh() for name, what in sorted(wanted.items())}
    return hashlib.sha256(pickle.dumps((space, fresh, chunk, rates, COLUMNS, RECORD))).hexdigest()


def _resume(
    state: Path | None, mark: str, wanted: dict[str, Reduction]
) -> tuple[int, Any, dict[str, Reduction]]:
    if state is None or not state.exists():
        fresh = {name: what.fresh() for name, what in wanted.items()}
        return 0, np.zeros(MOST_CODES, np.int64), fresh
    found, first, counts, kept = pickle.loads(state.read_bytes())
    if found != mark:
        raise DataError(f"{state} belongs to another sweep; choose another place or remove it")
    return first, counts, kept


def _save(state: Path, content: Any) -> None:
    draft = state.with_suffix(".draft")
    draft.write_bytes(pickle.dumps(content))
    draft.replace(state)


def _part(records: Path, index: int) -> Path:
    return records / f"part-{index:06d}.parquet"
