"""The video compression network of the miniature: clips to latents and back.

Causal 3D convolutions: one latent frame for the first frame and one for every four that follow,
a quarter of the height and width, 8 channels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from rebuilt.errors import ShapeError
from rebuilt.mini import autoencoder_kernels as kernels
from rebuilt.mini.autoencoder_kernels import CONVOLVE, DOUBLE, SILU
from rebuilt.mini.weights import Floats, Stored, Vector, joined

STRIDE, FOLD, CHANNELS, RGB = 4, 2, 8, 3
FOLDED = RGB * FOLD**2
ENCODER = (
    (CONVOLVE, FOLDED, 32, 3, 1, 1),
    (SILU, 32, 32, 0, 1, 1),
    (CONVOLVE, 32, 48, 3, 2, 2),
    (SILU, 48, 48, 0, 1, 1),
    (CONVOLVE, 48, 64, 3, 2, 1),
    (SILU, 64, 64, 0, 1, 1),
    (CONVOLVE, 64, CHANNELS, 1, 1, 1),
)
DECODER = (
    (CONVOLVE, CHANNELS, 48, 3, 1, 1),
    (SILU, 48, 48, 0, 1, 1),
    (DOUBLE, 48, 48, 0, 2, 1),
    (CONVOLVE, 48, 32, 3, 1, 1),
    (SILU, 32, 32, 0, 1, 1),
    (DOUBLE, 32, 32, 0, 2, 2),
    (CONVOLVE, 32, 32, 3, 1, 1),
    (SILU, 32, 32, 0, 1, 1),
    (CONVOLVE, 32, FOLDED, 3, 1, 1),
)
Layers = tuple[tuple[int, int, int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Autoencoder:
    """Weights of both halves; latents have mean 0 and spread 1 outside of the network.

    The decoder's vector ends with the latents' mean and spread, as the page needs them.
    """

    encoder: Vector
    decoder: Vector
    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, stored: Stored, mean: Floats, spread: Floats) -> Self:
        """Order the tensors of a file for the kernels; `mean` and `spread` of the 8 channels.

        Raises
        ------
        DataError
            If a tensor is missing, has another shape or is broken.
        """
        return cls(
            _half(stored, "encoder", ENCODER, []),
            _half(stored, "decoder", DECODER, [mean, spread]),
            mean,
            spread,
        )

    def encode(self, clip: Floats) -> Floats:
        """Compress a clip (frames, height, width, RGB in [-1, 1]) to a latent.

        Raises
        ------
        ShapeError
            If frames are not 1 + 4 k or sides no multiples of 4.
        """
        check_clip(clip.shape)
        folded = self.folded(clip)
        latent = run(self.encoder, ENCODER, folded)
        return (latent - self.mean) / self.spread

    def decode(self, latent: Floats) -> Floats:
        """Turn a latent (frames, rows, columns, 8) into a clip; values may leave [-1, 1] a little.

        Raises
        ------
        ShapeError
            If it has other than four axes or other than 8 channels.
        """
        check_latent(latent.shape)
        return self.unfolded(run(self.decoder, DECODER, latent * self.spread + self.mean))

    def layers(self, clip: Floats) -> Iterator[tuple[str, Floats]]:
        """Yield the name and result of each layer of both halves, on a clip and its latent."""
        volume = self.folded(clip)
        for name, vector, layers in (
            ("encoder", self.encoder, ENCODER),
            ("decoder", self.decoder, DECODER),
        ):
            for count in range(1, len(layers) + 1):
                found = run(vector, layers[:count], volume)
                yield f"{name}.{count - 1}", found
            volume = found

    @staticmethod
    def folded(clip: Floats) -> Floats:
        """Fold 2 x 2 pixels into channels."""
        frames, height, width, _ = clip.shape
        shape = np.array([frames, height // FOLD, width // FOLD], np.int64)
        out = np.empty((*shape, FOLDED), np.float32)
        kernels.fold(clip.reshape(-1), shape, FOLD, RGB, False, out.reshape(-1))
        return out

    @staticmethod
    def unfolded(volume: Floats) -> Floats:
        """Undo `folded`."""
        frames, rows, columns, _ = volume.shape
        out = np.empty((frames, rows * FOLD, columns * FOLD, RGB), np.float32)
        shape = np.array([frames, rows, columns], np.int64)
        kernels.fold(volume.reshape(-1), shape, FOLD, RGB, True, out.reshape(-1))
        return out


def run(vector: Vector, layers: Layers, volume: Floats) -> Floats:
    """Run layers on a volume (frames, rows, columns, channels)."""
    rows = np.array(layers, np.int64).reshape(-1)
    shape = np.array(volume.shape[:3], np.int64)
    sizes = np.zeros(6, np.int64)
    half = kernels.half_size(rows, shape, sizes)
    line = kernels.line_size(rows, max(shape[2], sizes[5]))
    out = np.empty((*sizes[3:6], layers[-1][2]), np.float32)
    work = np.empty(2 * half + line, np.float32)
    x = np.ascontiguousarray(volume, np.float32).reshape(-1)
    kernels.run(vector.values, vector.places, rows, shape, x, sizes, work, out.reshape(-1))
    return out


def latent_grid(frames: int, height: int, width: int) -> tuple[int, int, int]:
    """Frames, rows and columns of the latent of a clip."""
    check_clip((frames, height, width, RGB))
    return 1 + (frames - 1) // STRIDE, height // STRIDE, width // STRIDE


def check_clip(shape: tuple[int, ...]) -> None:
    """Raise ShapeError unless a clip of this shape can be compressed."""
    fits = len(shape) == 4 and shape[3] == RGB and min(shape) > 0
    if not fits or (shape[0] - 1) % STRIDE or shape[1] % STRIDE or shape[2] % STRIDE:
        msg = (
            f"a clip of shape {shape} does not fit; expected 1 + a multiple of {STRIDE} frames, "
            f"height and width multiples of {STRIDE}, and {RGB} colours"
        )
        raise ShapeError(msg)


def check_latent(shape: tuple[int, ...]) -> None:
    """Raise ShapeError unless a latent of this shape can be decoded."""
    if len(shape) != 4 or shape[3] != CHANNELS or min(shape) < 1:
        msg = (
            f"a latent of shape {shape} does not fit; expected frames, rows, columns and "
            f"{CHANNELS} channels"
        )
        raise ShapeError(msg)


def _half(stored: Stored, name: str, layers: Layers, more: list[Floats]) -> Vector:
    learned: list[Floats] = []
    for place, (kind, into, out, side, _, _) in enumerate(layers):
        if kind == CONVOLVE:
            weight = stored.take(f"{name}.{place}.weight", out, into, side, side, side)
            learned.append(weight.transpose(2, 3, 4, 1, 0))
            learned.append(stored.take(f"{name}.{place}.bias", out))
    return joined(learned, more, list(range(len(learned) + len(more))))
