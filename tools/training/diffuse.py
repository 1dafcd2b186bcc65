"""Rectified flow: training of the transformer on kept latents, and Euler sampling in torch.

A noisy latent is (1 - t) clip + t noise; the transformer predicts noise - clip. Sampling goes from
t = 1 to 0, with classifier-free guidance against the empty caption.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from tools.training.data import Stock, caption_batch
from tools.training.models import Size, Transformer

from rebuilt.mini.captions import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.training.loop import Course
    from torch import Tensor, nn


@dataclass(frozen=True)
class Flow:
    """One run of the transformer: what it learns from, its size and its course."""

    course: Course
    size: Size = field(default_factory=Size)
    codec: str = "latent"
    batch: int = 32
    terse_share: float = 0.25
    dropout: float = 0.1
    time_mean: float = 0.3  # of the logit-normal distribution of times
    time_spread: float = 1.0
    more_clips: bool = False  # learns from the further clips too
    hard_from: int | None = None  # step from which hard clips are drawn more often


@dataclass(frozen=True)
class Scale:
    """Mean and spread of the latent channels; the transformer sees (latent - mean) / spread."""

    mean: Tensor
    spread: Tensor


def flow_loss(flow: Flow, stocks: list[Stock], scale: Scale) -> Callable[..., Tensor]:
    """Return the loss of one step: a batch of one shape, drawn in proportion to the stocks.

    From the step `flow.hard_from`, clips are drawn by their difficulty, see `data.difficulty`.
    """

    def loss(module: nn.Module, rng: np.random.Generator, step: int) -> Tensor:
        stock = _drawn(stocks, rng)
        hard = flow.hard_from is not None and step >= flow.hard_from
        shares = stock.difficulty if hard else None
        picks = rng.choice(len(stock.records), size=flow.batch, p=shares)
        latents = (stock.latents[picks].float() - scale.mean) / scale.spread
        records = [stock.records[pick] for pick in picks]
        words, lengths = caption_batch(records, rng, flow.terse_share, flow.dropout)
        return velocity_error(module, latents, words, lengths, flow, rng)

    return loss


def _drawn(stocks: list[Stock], rng: np.random.Generator) -> Stock:
    shares = np.array([len(stock.records) for stock in stocks], dtype=float)
    return stocks[int(rng.choice(len(stocks), p=shares / shares.sum()))]


def velocity_error(
    module: nn.Module,
    latents: Tensor,
    words: Tensor,
    lengths: Tensor,
    flow: Flow,
    rng: np.random.Generator,
) -> Tensor:
    """Mean squared error of the predicted velocity at logit-normal times."""
    drawn = rng.normal(flow.time_mean, flow.time_spread, size=len(latents))
    times = torch.from_numpy(1 / (1 + np.exp(-drawn))).float()
    noise = torch.from_numpy(rng.standard_normal(latents.shape, dtype=np.float32))
    share = times[:, None, None, None, None]
    noisy = (1 - share) * latents + share * noise
    error: Tensor = module(noisy, times, words, lengths) - (noise - latents)
    return error.square().mean()


def noise_of(seed: int, shape: tuple[int, ...]) -> Tensor:
    """Noise of a clip: standard normal float32 of numpy's PCG64 with the seed."""
    drawn = np.random.Generator(np.random.PCG64(seed)).standard_normal(shape, dtype=np.float32)
    return torch.from_numpy(drawn)


def euler_times(steps: int, shift: float) -> list[float]:
    """Return times from 1 to 0; a shift above 1 spends more steps near the noise."""
    uniform = [1 - step / steps for step in range(steps + 1)]
    return [shift * time / (1 + (shift - 1) * time) for time in uniform]


def sample(
    module: Transformer,
    captions: list[str],
    noise: Tensor,
    *,
    steps: int = 20,
    guidance: float = 3.0,
    shift: float = 1.0,
) -> Tensor:
    """Normalised latents for captions, from noise (batch, frames, height, width, channels)."""
    rows = [tokens(caption) for caption in captions]
    longest = max(map(len, rows))
    words = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    nothing = torch.tensor([tokens("")] * len(rows))
    times = euler_times(steps, shift)
    latents = noise
    with torch.no_grad():
        for now, then in itertools.pairwise(times):
            at = torch.full((len(rows),), now)
            velocity = module(latents, at, words, lengths)
            if guidance != 1.0:
                free = module(latents, at, nothing)
                velocity = free + guidance * (velocity - free)
            latents = latents + (then - now) * velocity
    return latents


def packed(module: Transformer, clips: list[tuple[Tensor, Tensor, float]]) -> list[Tensor]:
    """Velocities of clips of any sizes, packed into one sequence with block-diagonal attention.

    Each clip is (latents (frames, height, width, channels), words (count,), time). The modulation
    is that of each clip; no token sees another clip.
    """
    pieces = [Piece(module, *clip) for clip in clips]
    sequence = torch.cat([piece.tokens for piece in pieces])[None]
    owner = torch.cat([torch.full((len(p.tokens),), number) for number, p in enumerate(pieces)])
    mask = (owner[:, None] == owner[None, :])[None, None]
    for block in module.blocks:
        sequence = packed_block(block, sequence, pieces, mask)
    results, start = [], 0
    for piece in pieces:
        own = sequence[:, start : start + len(piece.tokens)]
        start += len(piece.tokens)
        results.append(module.finish(own[:, piece.text :], piece.condition, piece.grid)[0])
    return results


class Piece:
    """One clip of a packed sequence: its tokens and what modulates them."""

    def __init__(self, module: Transformer, latents: Tensor, words: Tensor, time: float) -> None:
        self.tokens, self.grid = module.embed(latents[None], words[None])
        self.tokens = self.tokens[0]
        self.text = len(words)
        self.condition = module.condition(torch.tensor([time]))


def packed_block(block: nn.Module, sequence: Tensor, pieces: list[Piece], mask: Tensor) -> Tensor:
    """One block over a packed sequence: modulation by clip, attention under the mask."""
    sizes = [len(piece.tokens) for piece in pieces]

    def modulated(norm: nn.Module, tokens: Tensor) -> tuple[Tensor, Tensor]:
        parts = zip(tokens.split(sizes, dim=1), pieces, strict=True)
        both = [norm(own, piece.text, piece.condition) for own, piece in parts]
        return torch.cat([b[0] for b in both], dim=1), torch.cat([b[1] for b in both], dim=1)

    inside, gate = modulated(block.norm1, sequence)
    sequence = sequence + gate * block.attn(inside, mask)
    inside, gate = modulated(block.norm2, sequence)
    return sequence + gate * block.ff(inside)
