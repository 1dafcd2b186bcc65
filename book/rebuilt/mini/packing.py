"""Spacetime patches: latents of any size and length as one sequence of tokens.

A latent (frames, rows, columns, channels) is cut into patches of one frame and `patch` x `patch`
latent pixels. Clips of several sizes lie one behind the other, each after its own caption, and
attend to themselves only: the sequence needs no padding, no cropping and no resizing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rebuilt.errors import ShapeError
from rebuilt.mini.weights import LONGEST_AXIS, Floats, Whole

Grid = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Packed:
    """Several clips in one sequence: four sizes of each clip, and the words of all captions."""

    grid: Whole
    tokens: Whole

    @property
    def clips(self) -> int:
        """Number of clips."""
        return self.grid.size // 4

    @property
    def rows(self) -> list[slice]:
        """Rows of the joint sequence that belong to each clip, text first."""
        sizes = self.grid.reshape(-1, 4).astype(int)
        lengths = sizes[:, 0] + sizes[:, 1:].prod(axis=1)
        ends = np.cumsum(lengths)
        return [slice(int(end - size), int(end)) for end, size in zip(ends, lengths, strict=True)]


def pack(captions: Sequence[Sequence[int]], grids: Sequence[Grid]) -> Packed:
    """Lay clips one behind the other.

    Parameters
    ----------
    captions : sequence of sequences of int
        Tokens of each caption, at least one.
    grids : sequence of (int, int, int)
        Patches of each clip over frames, rows and columns.

    Raises
    ------
    ShapeError
        If there is not one grid per caption, a caption is empty, or an axis has no patch or more
        than 16.
    """
    if len(captions) != len(grids) or not captions:
        msg = f"{len(captions)} captions and {len(grids)} grids; give one grid for each caption"
        raise ShapeError(msg)
    for turn, (words, grid) in enumerate(zip(captions, grids, strict=True)):
        if not words:
            msg = f"caption {turn} has no tokens; the empty caption is the token [null]"
            raise ShapeError(msg)
        if len(grid) != 3 or not all(1 <= size <= LONGEST_AXIS for size in grid):
            msg = (
                f"grid {turn} is {tuple(grid)}; frames, rows and columns of patches are "
                f"1 to {LONGEST_AXIS} each"
            )
            raise ShapeError(msg)
    sizes = [(len(words), *grid) for words, grid in zip(captions, grids, strict=True)]
    tokens = [word for words in captions for word in words]
    return Packed(np.array(sizes, np.int64).reshape(-1), np.array(tokens, np.int64))


def to_patches(latent: Floats, patch: int) -> Floats:
    """Cut a latent (frames, rows, columns, channels) into (patches, patch x patch x channels).

    Raises
    ------
    ShapeError
        If it has other than four axes, or rows or columns do not fill patches.
    """
    if latent.ndim != 4 or latent.shape[1] % patch or latent.shape[2] % patch:
        msg = (
            f"a latent of shape {latent.shape} does not fill patches of {patch} x {patch}; "
            "expected frames, rows, columns and channels, rows and columns multiples of the patch"
        )
        raise ShapeError(msg)
    frames, rows, columns, channels = latent.shape
    tiles = latent.reshape(frames, rows // patch, patch, columns // patch, patch, channels)
    return np.ascontiguousarray(tiles.transpose(0, 1, 3, 2, 4, 5)).reshape(
        -1, patch * patch * channels
    )


def from_patches(patches: Floats, grid: Grid, patch: int) -> Floats:
    """Undo `to_patches` for a clip of this grid."""
    frames, rows, columns = grid
    tiles = patches.reshape(frames, rows, columns, patch, patch, -1)
    return np.ascontiguousarray(tiles.transpose(0, 1, 3, 2, 4, 5)).reshape(
        frames, rows * patch, columns * patch, -1
    )
