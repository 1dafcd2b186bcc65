"""How far a sweep has come, as a JSON file that says what it is and carries its own digest.

A state is data and nothing else: it may come from a colleague. It is read only if its digest holds,
belongs to the same sweep (models, hardware, text of the engine), and could be of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rebuilt import kernel_cache
from rebuilt.cost.engine.table import RECORD
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.codes import REASONS
from rebuilt.cost.sweep.space import COLUMNS
from rebuilt.errors import DataError
from rebuilt.intake import documents, files
from rebuilt.paths import PACKAGE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from rebuilt.cost.sweep.reductions import Reduction
    from rebuilt.cost.sweep.space import Space

FORM = "state of rebuilt sweep, version 1"
MOST_BYTES = 256 * files.MB
MOST_CODES = max(REASONS) + 1
ADVICE = "remove it to begin anew, or choose another place"


@dataclass(slots=True)
class State:
    """Chunks that are done, points by code, what reductions kept, and the digest of each part."""

    chunks: int
    counts: NDArray[np.int64]
    kept: dict[str, Reduction]
    parts: dict[str, str] = field(default_factory=dict)


def mark_of(space: Space, wanted: dict[str, Reduction], chunk: int) -> str:
    """Return a digest of everything that decides the result."""
    rates = [tuple(machine_of(name, space.software)) for name in space.accelerators]
    models = [load_model(name).model_dump_json() for name in space.models]
    asked = [(name, what.asked()) for name, what in sorted(wanted.items())]
    rows = {name: _sum(np.array(values, float).tobytes()) for name, values in space.rows.items()}
    engine = kernel_cache.digest(PACKAGE)
    whole = (replace(space, rows={}), rows, asked, chunk, rates, models, COLUMNS, RECORD, engine)
    return _sum(repr(whole).encode())


def fresh(wanted: dict[str, Reduction]) -> State:
    """Return the state of a sweep that has not begun."""
    kept = {name: what.fresh() for name, what in wanted.items()}
    return State(0, np.zeros(MOST_CODES, np.int64), kept)


def save(path: Path, mark: str, state: State) -> None:
    """Write a state; whole or as it was."""
    content: dict[str, Any] = {
        "form": FORM,
        "sweep": mark,
        "chunks": state.chunks,
        "counts": state.counts.tolist(),
        "reductions": {name: what.as_data() for name, what in state.kept.items()},
        "parts": state.parts,
    }
    with files.anew(path) as stream:
        stream.write(json.dumps(content | {"digest": _digest(content)}).encode())


def load(path: Path, mark: str, wanted: dict[str, Reduction], points: int, chunk: int) -> State:
    """Read a state.

    Parameters
    ----------
    path : Path
        Where it lies.
    mark : str
        Of the sweep that wants to go on.
    wanted : dict of str to Reduction
        What that sweep keeps.
    points, chunk : int
        Of the sweep in all, and of one chunk.

    Raises
    ------
    DataError
        If it is damaged, belongs to another sweep, or could be of none.
    """
    content = documents.json_of(files.content(path, MOST_BYTES), str(path), MOST_BYTES)
    if not isinstance(content, dict) or content.get("form") != FORM:
        raise DataError(f"{path} is no {FORM}; {ADVICE}")
    if content.pop("digest", None) != _digest(content):
        raise DataError(f"{path} is damaged: its digest does not hold; {ADVICE}")
    if content.get("sweep") != mark:
        raise DataError(f"{path} belongs to another sweep; choose another place or remove it")
    state = fresh(wanted)
    try:
        _fill(state, content, points, chunk)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{path} is of no sweep ({error}); {ADVICE}") from None
    return state


def _fill(state: State, content: dict[str, Any], points: int, chunk: int) -> None:
    """Take a content over; ValueError where it could not have come about."""
    chunks, counts = content["chunks"], content["counts"]
    if type(chunks) is not int or not 0 <= chunks <= -(-points // chunk):
        raise ValueError(f"chunks is {chunks!r}")
    done = min(chunks * chunk, points)
    if len(counts) != MOST_CODES or any(type(n) is not int or n < 0 for n in counts):
        raise ValueError("counts are no counts")
    if sum(counts) != done:
        raise ValueError(f"{sum(counts)} points are counted and {done} were done")
    if content["reductions"].keys() != state.kept.keys():
        raise ValueError("its reductions are others")
    state.chunks, state.counts = chunks, np.array(counts, np.int64)
    for name, what in state.kept.items():
        what.restore(content["reductions"][name], done)
    if not isinstance(content["parts"], dict):
        raise ValueError("its parts are no digests by name")
    state.parts = {str(name): str(text) for name, text in content["parts"].items()}


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return _sum(text.encode())


def _sum(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
