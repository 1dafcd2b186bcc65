"""Clips of the training set, and their latents, kept on disk by shape."""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from tools.training.models import fold_pixels

from rebuilt.mini.captions import tokens, training_caption
from rebuilt.mini.scenes import Clip, Record, Scene, aligned_numbers, render, scene

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

TRAINING_SEED = 2024
VALIDATION_SEED = 2025
CLIPS = 20_480  # of the set that all runs learn from
MORE_CLIPS = 40_960  # of the set that the large model learns from besides
PARTS = 2  # of a set, encoded at the same time
FIRST = 40_960  # number of the first scene of the first part
APART = 4_096_000  # numbers from there to the first scene of the next part
CHUNK = 512
WINDOW = 24  # pixels
WINDOW_FRAMES = 9
WINDOWS = 8


def crop(clip: Clip) -> Clip:
    """Cut the middle square out of a clip, as recipes with square training images do."""
    _, height, width, _ = clip.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return clip[:, top : top + side, left : left + side]


@dataclass(frozen=True)
class Stock:
    """Latents of equal shape and the records of their clips."""

    latents: Tensor
    records: list[Record]
    difficulty: NDArray[np.float64]  # share of draws when hard clips are drawn more often


def difficulty(records: list[Record]) -> NDArray[np.float64]:
    """Share of draws of each clip: one part, one more for each cross and for a second shape."""
    parts = [
        1.0
        + (record.subject.shape == "cross")
        + (record.other is not None and record.other.shape == "cross")
        + (record.other is not None)
        for record in records
    ]
    return np.array(parts) / sum(parts)


def window_batch(rng: np.random.Generator) -> Tensor:
    """Windows of 9 frames and 24 x 24 pixels around the shapes of random scenes.

    The autoencoder is convolutional: what it learns in a window holds in a whole frame, and most of
    a frame is background. Every second window has two shapes, which are the hardest to compress.
    """
    windows = []
    for number in range(WINDOWS):
        made = _window_scene(rng, two=number % 2 == 1)
        clip = render(made)
        first = int(rng.integers(len(clip) - WINDOW_FRAMES + 1))
        y, x, _ = made.paths[0].at(len(clip))[first + WINDOW_FRAMES // 2]
        top = _corner(y, made.record.height, rng)
        left = _corner(x, made.record.width, rng)
        inside = clip[first : first + WINDOW_FRAMES, top : top + WINDOW, left : left + WINDOW]
        windows.append(inside)
    return torch.from_numpy(np.stack(windows))


def _window_scene(rng: np.random.Generator, *, two: bool) -> Scene:
    made = scene(TRAINING_SEED, int(rng.integers(2**31)))
    while two and made.record.other is None:
        made = scene(TRAINING_SEED, int(rng.integers(2**31)))
    return made


def _corner(centre: float, length: int, rng: np.random.Generator) -> int:
    """Start of a window around a centre, some pixels off it, inside the frame."""
    wanted = int(centre) - WINDOW // 2 + int(rng.integers(-6, 7))
    return min(max(wanted, 0), length - WINDOW)


def aligned_set(part: int, *, more: bool = False) -> list[int]:
    """Numbers of the scenes of a part of a set."""
    size = (MORE_CLIPS if more else CLIPS) // PARTS
    first = FIRST + APART * (part + (PARTS if more else 0))
    return list(itertools.islice(aligned_numbers(TRAINING_SEED, first), size))


def build(
    encode: Callable[[Tensor], Tensor],
    folder: Path,
    part: int,
    indices: list[int],
    *,
    cropped: bool = False,
) -> None:
    """Draw scenes and keep their latents as one of the parts of a set, a file for each shape."""
    folder.mkdir(parents=True, exist_ok=True)
    kept: dict[tuple[int, ...], list[NDArray[np.float16]]] = {}
    numbers: dict[tuple[int, ...], list[int]] = {}
    for start in range(0, len(indices), CHUNK):
        for shape, members in _drawn(indices[start : start + CHUNK], cropped).items():
            stack = torch.from_numpy(np.stack([clip for _, clip in members]))
            with torch.no_grad():
                latents = encode(stack).numpy().astype(np.float16)
            kept.setdefault(shape, []).append(latents)
            numbers.setdefault(shape, []).extend(index for index, _ in members)
        sys.stderr.write(f"{folder.name}, part {part}: {start + CHUNK} of {len(indices)} encoded\n")
    for shape, rows in kept.items():
        name = "x".join(map(str, shape[:3]))
        np.save(folder / f"{name}-{part}.numbers.npy", np.array(numbers[shape]))
        np.save(folder / f"{name}-{part}.npy", np.concatenate(rows))
    (folder / f"complete-{part}").touch()


def _drawn(indices: list[int], cropped: bool) -> dict[tuple[int, ...], list[tuple[int, Clip]]]:
    groups: dict[tuple[int, ...], list[tuple[int, Clip]]] = {}
    for index in indices:
        clip = render(scene(TRAINING_SEED, index))
        clip = crop(clip) if cropped else clip
        groups.setdefault(clip.shape, []).append((index, clip))
    return groups


def stocks(folder: Path) -> list[Stock]:
    """Load what `build` kept, in the order of the names."""
    names = sorted({path.name.split("-")[0] for path in folder.glob("*-*.numbers.npy")})
    return [_stock(folder, name) for name in names]


def _stock(folder: Path, name: str) -> Stock:
    latents, records = [], []
    for part in range(PARTS):
        latents.append(np.load(folder / f"{name}-{part}.npy"))
        numbers = np.load(folder / f"{name}-{part}.numbers.npy")
        records += [scene(TRAINING_SEED, int(number)).record for number in numbers]
    return Stock(torch.from_numpy(np.concatenate(latents)), records, difficulty(records))


def pixels(clips: Tensor) -> Tensor:
    """Encode by folding alone: the codec of the baseline in pixels."""
    return fold_pixels(clips)


def caption_batch(
    records: list[Record], rng: np.random.Generator, terse_share: float, dropout: float
) -> tuple[Tensor, Tensor]:
    """Words (batch, longest) and lengths of fresh captions; some are dropped to [null]."""
    rows = [
        tokens("" if rng.random() < dropout else training_caption(record, rng, terse_share))
        for record in records
    ]
    longest = max(map(len, rows))
    words = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
    return words, torch.tensor([len(row) for row in rows])
