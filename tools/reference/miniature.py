"""The miniature of the book: its own classes, on the clips that it makes.

The only networks of the table that the book's authors wrote; what is measured is again what torch
counts, not what the cost model says.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from groups import KIND_RULES, RULES
from networks import Clip, Network, causal, meta

sys.path.insert(0, str(Path(__file__).parents[2] / "book"))

from tools.training.models import STRIDE, Autoencoder, Size, Transformer
from tools.training.plan import LARGE, MEDIUM, RUNS, SMALL

CLASSES = "tools.training.models"
SOURCE = "tools.training.plan"
CLIPS = (Clip(9, 24, 40, 18), Clip(9, 32, 32, 1), Clip(17, 32, 32, 24), Clip(17, 48, 32, 12))


def latent(clip: Clip) -> tuple[int, int, int]:
    """Frames, rows and columns of a clip's latent."""
    return causal(clip.frames, STRIDE), clip.height // STRIDE, clip.width // STRIDE


def transformer(model: str, size: Size) -> Network:
    """One size of the transformer; its tables are made on the device of its inputs."""

    def run(net: torch.nn.Module, clip: Clip) -> int:
        frames, rows, columns = latent(clip)
        with torch.device("meta"):
            words = torch.zeros(1, clip.text, dtype=torch.long)
            net(meta(1, frames, rows, columns, size.channels), meta(1), words)
        return frames * rows * columns // size.patch**2

    return Network(
        model=model,
        build=lambda _: Transformer(size),
        run=run,
        clips=CLIPS,
        rules=((r"^\w+\.time\.", "embedding"), *RULES),
        source=SOURCE,
        implementation=f"{CLASSES}.Transformer",
    )


def half(module: str) -> Network:
    """One half of the autoencoder."""

    def run(net: torch.nn.Module, clip: Clip) -> int:
        sizes = latent(clip)
        if module == "encode":
            net.encode(meta(1, clip.frames, clip.height, clip.width, 3))
        else:
            net.decode(meta(1, *sizes, 8))
        return meta(*sizes).numel()

    return Network(
        model="mini-vae",
        module=module,
        build=lambda _: Autoencoder(),
        run=run,
        clips=tuple(Clip(clip.frames, clip.height, clip.width) for clip in CLIPS),
        rules=KIND_RULES,
        source=CLASSES,
        implementation=f"{CLASSES}.Autoencoder",
    )


MINIATURES: tuple[Network, ...] = (
    transformer("mini-main", LARGE),
    transformer("mini-medium", MEDIUM),
    transformer("mini-small", SMALL),
    transformer("mini-patch1", RUNS["patch1"].size),
    transformer("mini-pixels", RUNS["pixels"].size),
    half("encode"),
    half("decode"),
)
