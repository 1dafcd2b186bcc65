"""Evaluate a space of jobs: full records, or reductions that need no memory for them.

A space is cut into chunks; chunk k depends on the space, the seed and k only, and chunks are
joined in order, so results do not depend on threads, on interruptions or on where chunks ran.
Records hold table.RECORD and a code of codes.REASONS; points that cannot be are counted by reason.
Nothing here knows how a job is billed.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import polars as pl

from rebuilt.cost.models.codes import REASONS
from rebuilt.cost.sweep import sweep_state
from rebuilt.cost.sweep.records import evaluate
from rebuilt.cost.sweep.reductions import Reduction
from rebuilt.cost.sweep.sweep_state import MOST_CODES
from rebuilt.errors import DataError, ShapeError
from rebuilt.intake import files

if TYPE_CHECKING:
    from rebuilt.cost.sweep.space import Space
    from rebuilt.cost.sweep.sweep_state import State

CHUNK = 2**20
MOST_CHUNK = 2**24  # some gigabytes of records
SAVE_EVERY = 16  # chunks between two saved states
AHEAD = 4  # chunks per worker that a cluster has in hand
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
    remade : list of Path
        Parts of an earlier run that were lost or damaged, and are made again.
    """

    points: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    reductions: dict[str, Reduction] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)
    remade: list[Path] = field(default_factory=list)


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
        If `state`, or the state in `records`, is damaged or belongs to another sweep, if `records`
        holds parts of another or is being written to, or one of them cannot be a file or a folder.
    ShapeError
        If `chunk` is no whole number from 1 to MOST_CHUNK.
    """
    if not 1 <= chunk <= MOST_CHUNK:
        what = "a whole number above zero" if chunk < 1 else f"at most {MOST_CHUNK}"
        raise ShapeError(f"chunk is {chunk!r}; it must be {what}")
    wanted = reductions or {}
    mark = sweep_state.mark_of(space, wanted, chunk)
    total = -(-space.points // chunk)
    state = _place(records, state)
    far = sweep_state.fresh(wanted)
    with _alone(records):
        begun = state is not None and files.is_there(state)
        if state is not None and begun:
            far = sweep_state.load(state, mark, wanted, space.points, chunk)
        if records is not None:
            _refuse_others(records, total if begun else 0)
        if state is not None:
            sweep_state.save(state, mark, far)  # from now on the place is this sweep's
        lost = [] if records is None else _lost(records, far)
        for index, done in _evaluated(space, {}, records, client, chunk, lost):
            far.parts[_part(index)] = done[2]  # what the part adds has been counted
        rest = range(far.chunks, total)
        for index, done in _evaluated(space, wanted, records, client, chunk, rest):
            far.counts += done[0]
            for name, partial in done[1].items():
                far.kept[name].join(partial)
            far.parts |= {_part(index): done[2]} if records is not None else {}
            far.chunks = index + 1
            if state is not None and far.chunks % SAVE_EVERY == 0:
                sweep_state.save(state, mark, far)
            if progress is not None:
                progress(far.chunks, total)
        if state is not None:
            sweep_state.save(state, mark, far)
    reasons = {REASONS[code]: int(n) for code, n in enumerate(far.counts) if n}
    folder = records or Path()
    parts = [] if records is None else [folder / _part(index) for index in range(total)]
    return Result(space.points, reasons, far.kept, parts, [folder / _part(one) for one in lost])


def _place(records: Path | None, state: Path | None) -> Path | None:
    """Make the folder of parts, and say where the state lies."""
    if records is not None:
        if files.is_there(records) and not files.is_folder(records):
            raise DataError(f"{records} is a file; records need a folder")
        records.mkdir(parents=True, exist_ok=True)
        state = state or records / "sweep.state"
    if state is not None and not files.is_folder(state.parent):
        raise DataError(f"there is no folder {state.parent} for the state {state.name}; make it")
    return state


@contextmanager
def _alone(records: Path | None) -> Iterator[None]:
    """Hold a folder of parts while they are written; DataError if another sweep holds it."""
    if records is None:
        yield
        return
    folder = os.open(records, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise DataError(
            f"another sweep is writing to {records}; wait until it has ended, or choose another "
            "folder"
        ) from None
    except OSError:
        pass  # of a file system that cannot lock a folder, such as a network's
    try:
        yield
    finally:
        os.close(folder)


def _refuse_others(records: Path, total: int) -> None:
    """Raise DataError for parts that the state does not speak of: readers would mix them."""
    for path in sorted(records.glob("part-*.parquet")):
        number = re.fullmatch(r"part-(\d{6,})\.parquet", path.name)
        if number is None or int(number[1]) >= total:
            raise DataError(
                f"{path} is of another sweep, or its state is lost; remove the parts or choose "
                "another folder"
            )


def _lost(records: Path, far: State) -> list[int]:
    """Parts that should be there and are not, or are not what they were."""
    return [
        index
        for index in range(far.chunks)
        if not (records / _part(index)).is_file()
        or files.digest(records / _part(index)) != far.parts.get(_part(index))
    ]


Done = tuple[Any, dict[str, Reduction], str]


def one_chunk(
    space: Space, wanted: dict[str, Reduction], records: Path | None, chunk: int, index: int
) -> Done:
    """Evaluate and reduce one chunk; pure but for its Parquet part, so it may run twice.

    Returns counts by code, reductions, and the digest of the part.
    """
    start = index * chunk
    found = evaluate(space, start, min(start + chunk, space.points))
    digest = ""
    if records is not None:
        part = records / _part(index)
        with files.anew(part) as stream:
            _write(found.frame(space), stream, part)
        digest = files.digest(part)
    partial = {name: what.fresh() for name, what in wanted.items()}
    for what in partial.values():
        what.add(space, found)
    return np.bincount(found.billed.codes, minlength=MOST_CODES), partial, digest


def _write(frame: pl.DataFrame, stream: BinaryIO, part: Path) -> None:
    """Write a part; a disk that is full is the system's error, which Polars has as its own."""
    try:
        frame.write_parquet(stream, compression="lz4")
    except pl.exceptions.ComputeError as error:
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(part)) from None


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


def _part(index: int) -> str:
    return f"part-{index:06d}.parquet"
