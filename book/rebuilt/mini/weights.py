"""Weights of the miniature: from files of safetensors to one vector in the order of the kernels.

A file holds tensors under their names in torch and, in its metadata, a `config` in JSON. What the
kernels read beside learned weights (frequencies, positions, the latents' mean and spread) is
computed here and stands behind them, so that the page reads the same vector.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from rebuilt.errors import DataError
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA, ROOT

FOLDER = DATA / "weights"
TIME_BASE, POSITION_BASE = 10_000.0, 100.0
LONGEST_AXIS = 16  # patches along one axis of a clip
FRAMES, ROWS, COLUMNS = range(3)
BEFORE = ("patch_embed", "text_embed.weight", "text_position", "time.0", "time.2")
EACH = (
    *("norm1.linear", "norm1.norm", "attn.to_q", "attn.to_k", "attn.to_v", "attn.norm_q"),
    *("attn.norm_k", "attn.to_out", "norm2.linear", "norm2.norm", "ff.0", "ff.2"),
)
AFTER = ("norm_final", "norm_out.linear", "norm_out.norm", "proj_out")
Floats = NDArray[np.float32]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Vector:
    """Tensors one after another: values, and where each of them begins.

    The first `learned` values are learned, and float16 holds them exactly.
    """

    values: Floats
    places: Whole
    learned: int


@dataclass(frozen=True, slots=True)
class Stored:
    """One file: its tensors as float32, its configuration, and its name for messages."""

    name: str
    tensors: Mapping[str, Floats]
    config: Mapping[str, Any]

    def take(self, name: str, *shape: int) -> Floats:
        """Return a tensor of this shape.

        Raises
        ------
        DataError
            If it is missing, has another shape, or holds values that are no numbers.
        """
        found = self.tensors.get(name)
        if found is None:
            msg = f"{self.name}: no tensor {name!r}; restore the file or run `make train`"
            raise DataError(msg)
        if found.shape != shape:
            msg = (
                f"{self.name}: tensor {name!r} has the shape {found.shape}, expected {shape} "
                "of its configuration; restore the file or run `make train`"
            )
            raise DataError(msg)
        if not np.isfinite(found).all():
            msg = f"{self.name}: tensor {name!r} holds values that are no numbers; restore the file"
            raise DataError(msg)
        return found

    def number(self, name: str) -> int:
        """Return a whole number of the configuration.

        Raises
        ------
        DataError
            If it is missing or no whole number above zero.
        """
        found = self.config.get(name)
        if not isinstance(found, int) or found < 1:
            msg = (
                f"{self.name}: config.{name} is {found!r}, expected a whole number above zero; "
                "restore the file or run `make train`"
            )
            raise DataError(msg)
        return found

    def sizes(self, name: str, count: int) -> list[int]:
        """Return a list of so many whole numbers of the configuration.

        Raises
        ------
        DataError
            If it is missing or something else.
        """
        found = self.config.get(name)
        if not isinstance(found, list) or len(found) != count:
            msg = (
                f"{self.name}: config.{name} is {found!r}, expected {count} numbers; "
                "restore the file or run `make train`"
            )
            raise DataError(msg)
        return found


def read(name: str, folder: Path = FOLDER) -> Stored:
    """Read one file of data/weights.

    Raises
    ------
    DataError
        If it is not there, is no file of safetensors, or has no configuration.
    """
    path = folder / f"{name}.safetensors"
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    if not path.exists():
        msg = f"{shown}: not there; restore it from the repository or run `make train`"
        raise DataError(msg)
    try:
        with safe_open(open_input(path) if folder == FOLDER else path, framework="numpy") as file:
            config = json.loads((file.metadata() or {})["config"])
            tensors = {
                key: np.asarray(file.get_tensor(key), np.float32) for key in sorted(file.keys())
            }
    except (SafetensorError, KeyError, ValueError) as error:
        msg = (
            f"{shown}: not safetensors with a configuration ({type(error).__name__}: {error}); "
            "restore it from the repository or run `make train`"
        )
        raise DataError(msg) from error
    return Stored(shown, tensors, config)


def joined(learned: list[Floats], computed: list[Floats], order: list[int]) -> Vector:
    """Lay tensors one after another; `order` says which of them each place is."""
    every = [np.ascontiguousarray(tensor, np.float32).reshape(-1) for tensor in learned + computed]
    starts = np.cumsum([0, *(tensor.size for tensor in every)])
    places = np.array([starts[turn] for turn in order], np.int64)
    size = sum(tensor.size for tensor in learned)
    return Vector(np.concatenate(every), places, size)


def frequencies(half: int, base: float) -> Floats:
    """Frequencies from 1 down to nearly 1 / base, by `math`: no processor changes its digits."""
    return np.array([math.exp(-math.log(base) * turn / half) for turn in range(half)], np.float32)


def sinusoid(value: int, half: int, base: float) -> list[float]:
    """Cosines, then sines of a place at so many frequencies."""
    angles = [float(np.float32(value) * frequency) for frequency in frequencies(half, base)]
    return [*map(math.cos, angles), *map(math.sin, angles)]


def axis_table(axis: int, width: int) -> Floats:
    """Sinusoids of one axis in its third of the width, zeros in the others."""
    third = width // 3
    table = np.zeros((LONGEST_AXIS, width), np.float32)
    rows = [sinusoid(place, third // 2, POSITION_BASE) for place in range(LONGEST_AXIS)]
    table[:, axis * third : (axis + 1) * third] = rows
    return table
