"""What the chapter shows of the miniature's inside: latents, noise on its way, attention."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from rebuilt.mini import captions
from rebuilt.mini.packing import Grid, pack, to_patches
from rebuilt.mini.sampler import Miniature, pixels
from rebuilt.mini.weights import Floats
from rebuilt.page.pictures import Pixels

RANGE = 3.0  # spreads of a latent from black to white
MAGNIFIED = 3  # pixels of a picture for one of the latent


def frames_of(clip: Floats, chosen: Sequence[int] | None = None) -> list[Pixels]:
    """Pixels of a clip's frames, all or some."""
    every = list(pixels(clip))
    return every if chosen is None else [every[number] for number in chosen]


def latent_frames(latent: Floats) -> list[Pixels]:
    """Each channel of each latent frame in grey, channel by channel; mid-grey is the mean."""
    level = np.clip((latent / RANGE + 1.0) * 127.5, 0, 255).astype(np.uint8)
    grey = level.transpose(3, 0, 1, 2).reshape(-1, *latent.shape[1:3])
    large = np.kron(grey, np.ones((1, MAGNIFIED, MAGNIFIED), np.uint8))
    opaque = np.full_like(large, 255)
    return list(np.stack([large, large, large, opaque], axis=-1))


def noise_like_training(seed: int, frames: int, height: int, width: int, patch: int) -> Floats:
    """Noise of the examinations: NumPy's PCG64, in the order of the latent."""
    shape = (1 + (frames - 1) // 4, height // 4, width // 4, 8)
    generator = np.random.Generator(np.random.PCG64(seed))
    return to_patches(generator.standard_normal(shape, dtype=np.float32), patch)


def attention_table(
    miniature: Miniature, caption: str, patches: Floats, grid: Grid, time: float
) -> pl.DataFrame:
    """Where the video tokens of each latent frame look, mean over heads.

    Returns
    -------
    polars.DataFrame
        `block`, `frame` (from 1), `to` (`words` or a latent frame) and `share` in percent.
    """
    words = captions.tokens(caption)
    packed = pack([words], [grid])
    area = grid[1] * grid[2]
    groups = np.repeat(np.arange(grid[0] + 1), [len(words), *[area] * grid[0]])
    names = ["words", *(str(number + 1) for number in range(grid[0]))]
    rows = []
    shares = miniature.transformer.attention(packed, patches, [time])
    for block, share in enumerate(shares):
        mean = np.float64(share).mean(axis=0)
        for frame in range(1, grid[0] + 1):
            own = mean[groups == frame].mean(axis=0)
            rows += [
                {
                    "block": block + 1,
                    "frame": str(frame),
                    "to": name,
                    "share": round(100 * float(own[groups == place].sum()), 2),
                }
                for place, name in enumerate(names)
            ]
    return pl.DataFrame(rows)


def decibels(clip: Floats, other: Floats) -> float:
    """Peak signal-to-noise ratio of two clips in [-1, 1], in decibels."""
    return float(10 * np.log10(4.0 / np.mean(np.square(np.float64(clip) - other))))
