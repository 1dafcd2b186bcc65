"""Words in, video out: the whole miniature, from a caption and a seed to a clip.

Rectified flow by Euler's method: noise at time 1 moves to a latent at time 0 along the velocity
that the transformer predicts, with classifier-free guidance away from the empty caption.
Duration and aspect ratio are asked for by the shape of the noise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np

from rebuilt.errors import DataError, ShapeError
from rebuilt.mini import captions
from rebuilt.mini import sampler_kernels as kernels
from rebuilt.mini.autoencoder import Autoencoder, latent_grid
from rebuilt.mini.packing import Grid, from_patches, pack
from rebuilt.mini.primitive_kernels import paint
from rebuilt.mini.transformer import Transformer
from rebuilt.mini.weights import FOLDER, LONGEST_AXIS, Floats, read

MAIN, CODEC = "transformer", "autoencoder"
STEPS_MOST, GUIDANCE_MOST = 1000, 20.0
SEEDS = 2**32


@dataclass(frozen=True, slots=True)
class Miniature:
    """Both networks, and how they are sampled unless something else is asked for."""

    transformer: Transformer
    autoencoder: Autoencoder
    steps: int
    guidance: float
    shift: float
    fps: int

    @classmethod
    def load(cls, name: str = MAIN, folder: Path = FOLDER) -> Self:
        """Read a transformer of data/weights and the autoencoder in whose latents it works.

        Raises
        ------
        DataError
            If a file is missing or broken.
        """
        stored = read(name, folder)
        config = stored.config
        try:
            mean = np.array(config["latent_mean"], np.float32)
            spread = np.array(config["latent_spread"], np.float32)
            sampler: dict[str, Any] = config["sampler"]
            steps, guidance = int(sampler["steps"]), float(sampler["guidance"])
            shift = float(sampler.get("shift", 1.0))
        except (KeyError, TypeError, ValueError) as error:
            msg = (
                f"{stored.name}: the configuration lacks {error}; restore the file from the "
                "repository or run `make train`"
            )
            raise DataError(msg) from error
        codec = Autoencoder.of(read(CODEC, folder), mean, spread)
        rate = stored.number("frames_per_second")
        return cls(Transformer.of(stored), codec, steps, guidance, shift, rate)

    def grid(self, frames: int, height: int, width: int) -> Grid:
        """Patches of a clip over frames, rows and columns.

        Raises
        ------
        ShapeError
            If the clip does not fill latents and patches, or has more than 16 along an axis.
        """
        found, rows, columns = latent_grid(frames, height, width)
        patch = self.transformer.patch
        grid = (found, rows // patch, columns // patch)
        if rows % patch or columns % patch or max(grid) > LONGEST_AXIS:
            side = patch * height // rows
            msg = (
                f"{frames} frames of {height}x{width} do not fill patches; height and width are "
                f"multiples of {side} up to {side * LONGEST_AXIS}, and frames at most "
                f"{1 + 4 * (LONGEST_AXIS - 1)}"
            )
            raise ShapeError(msg)
        return grid

    def noise(self, seed: int, grid: Grid) -> Floats:
        """Noise of a clip as patches: the same for a seed here and in the page.

        Raises
        ------
        ShapeError
            If the seed is no whole number from 0 to 2^32 - 1.
        """
        if not isinstance(seed, int) or not 0 <= seed < SEEDS:
            msg = f"seed {seed!r} is not a whole number from 0 to {SEEDS - 1}"
            raise ShapeError(msg)
        out = np.empty((int(np.prod(grid)), self.transformer.inputs), np.float32)
        kernels.normals(seed, out.reshape(-1))
        return out

    def denoise(
        self,
        caption: str,
        noise: Floats,
        grid: Grid,
        *,
        steps: int | None = None,
        guidance: float | None = None,
    ) -> Iterator[Floats]:
        """Yield the patches after each step, the last of which are the clip's.

        Parameters
        ----------
        caption : str
            Words that the miniature knows; empty for a clip of nothing in particular.
        noise : float32 (patches, values per patch)
            From `noise`, or any other start.
        grid : (int, int, int)
            Patches over frames, rows and columns.
        steps, guidance : int, float, optional
            1 to 1000 and 0 to 20; by default those with which the miniature was measured.

        Raises
        ------
        UnknownNameError
            If the caption has a word that the miniature does not know, or is too long.
        ShapeError
            If the noise does not fit the grid, or steps or guidance are out of range.
        """
        count = self.steps if steps is None else steps
        weight = self.guidance if guidance is None else guidance
        _check_sampler(count, weight)
        words = captions.tokens(caption)
        packed = pack([words, captions.tokens("")], [grid, grid])
        expected = (int(np.prod(grid)), self.transformer.inputs)
        if noise.shape != expected:
            msg = f"noise of shape {noise.shape} for a grid that needs {expected}"
            raise ShapeError(msg)
        vector, sizes = self.transformer.vector, self.transformer.sizes
        patches = np.array(noise, np.float32)
        work = np.empty(kernels.step_size(sizes, packed.grid), np.float32)
        for pair in pairwise(times(count, self.shift)):
            kernels.step(
                vector.values,
                vector.places,
                sizes,
                packed.grid,
                packed.tokens,
                patches.reshape(-1),
                np.array(pair, np.float32),
                np.float32(weight),
                work,
            )
            yield patches.copy()

    def decode(self, patches: Floats, grid: Grid) -> Floats:
        """Turn patches into a clip (frames, height, width, RGB), cut to [-1, 1]."""
        latent = from_patches(patches, grid, self.transformer.patch)
        return np.clip(self.autoencoder.decode(latent), -1.0, 1.0)

    def generate(
        self,
        caption: str,
        *,
        frames: int = 17,
        height: int = 32,
        width: int = 32,
        seed: int = 0,
        steps: int | None = None,
        guidance: float | None = None,
    ) -> Floats:
        """Make the clip of a caption; arguments and errors of `grid`, `noise` and `denoise`.

        Returns
        -------
        float32 (frames, height, width, 3)
            RGB in [-1, 1].
        """
        grid = self.grid(frames, height, width)
        noise = self.noise(seed, grid)
        *_, last = self.denoise(caption, noise, grid, steps=steps, guidance=guidance)
        return self.decode(last, grid)


@cache
def load(name: str = MAIN) -> Miniature:
    """Return a miniature of data/weights, read once."""
    return Miniature.load(name)


def times(steps: int, shift: float = 1.0) -> Sequence[float]:
    """Return times from 1 to 0; a shift above 1 spends more of the steps near the noise."""
    even = [1.0 - turn / steps for turn in range(steps + 1)]
    return [shift * time / (1.0 + (shift - 1.0) * time) for time in even]


def pixels(clip: Floats) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Bytes of a clip, (frames, height, width, red green blue opacity)."""
    out = np.empty((*clip.shape[:3], 4), np.uint8)
    paint(np.ascontiguousarray(clip).reshape(-1), out.reshape(-1))
    return out


def _check_sampler(steps: int, guidance: float) -> None:
    if not isinstance(steps, int) or not 1 <= steps <= STEPS_MOST:
        msg = f"steps is {steps!r}; expected a whole number from 1 to {STEPS_MOST}"
        raise ShapeError(msg)
    if not 0.0 <= guidance <= GUIDANCE_MOST:
        msg = f"guidance is {guidance!r}; expected a number from 0 to {GUIDANCE_MOST:g}"
        raise ShapeError(msg)
