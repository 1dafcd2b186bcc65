"""Autoencoder and diffusion transformer of the miniature, in torch.

The transformer is CogVideoX's at a small size: one joint sequence, text tokens before video tokens,
shared weights, and adaLN-Zero with its own modulation for text and for video. Latents are
channel-last arrays (frames, height, width, channels), as clips are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from rebuilt.mini.captions import TOKENS_MOST, VOCABULARY

LATENT_CHANNELS = 8
SILU_GAIN = 1.68  # keeps the variance of a unit normal through SiLU
STRIDE = 4  # of the autoencoder, in time and space


@dataclass(frozen=True)
class Size:
    """Widths of a transformer; `channels` is 8 for latents, 192 for folded pixels."""

    width: int = 96
    depth: int = 5
    heads: int = 4
    condition: int = 56
    patch: int = 2
    channels: int = LATENT_CHANNELS
    vocabulary: int = field(default=len(VOCABULARY))
    text: int = TOKENS_MOST


class CausalConv(nn.Conv3d):
    """3D convolution that sees no later frame: the first frame is repeated before the clip.

    Space is padded with zeros so that a stride divides the sides.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, stride: tuple[int, int, int] = (1, 1, 1)
    ) -> None:
        super().__init__(inputs, outputs, kernel, stride, padding=(0, kernel // 2, kernel // 2))
        self.before = kernel - 1
        fan = inputs * kernel**3
        nn.init.normal_(self.weight, std=SILU_GAIN / math.sqrt(fan))  # no norms keep the scale
        nn.init.zeros_(self.bias)

    def forward(self, frames: Tensor) -> Tensor:
        """Convolve (batch, channels, frames, height, width)."""
        if self.before:
            first = frames[:, :, :1].expand(-1, -1, self.before, -1, -1)
            frames = torch.cat([first, frames], dim=2)
        return super().forward(frames)


class Doubler(nn.Module):
    """Nearest-neighbour doubling of time, and of space if asked; the first frame is not doubled."""

    def __init__(self, space: bool) -> None:
        super().__init__()
        self.space = space

    def forward(self, frames: Tensor) -> Tensor:
        """Double (batch, channels, frames, height, width) to 2 * frames - 1 frames."""
        frames = frames.repeat_interleave(2, dim=2)[:, :, 1:]
        if self.space:
            frames = frames.repeat_interleave(2, dim=3).repeat_interleave(2, dim=4)
        return frames


class Autoencoder(nn.Module):
    """Causal 3D convolutional autoencoder: 1 + 4k frames become 1 + k, sides a quarter.

    Pixels are first folded 2x2 into channels (row, column, colour), as Wan 2.2 does; the decoder
    unfolds them at the end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            CausalConv(12, 32),
            nn.SiLU(),
            CausalConv(32, 48, stride=(2, 2, 2)),
            nn.SiLU(),
            CausalConv(48, 64, stride=(2, 1, 1)),
            nn.SiLU(),
            CausalConv(64, LATENT_CHANNELS, kernel=1),
        )
        self.decoder = nn.Sequential(
            CausalConv(LATENT_CHANNELS, 48),
            nn.SiLU(),
            Doubler(space=False),
            CausalConv(48, 32),
            nn.SiLU(),
            Doubler(space=True),
            CausalConv(32, 32),
            nn.SiLU(),
            CausalConv(32, 12),
        )

    def encode(self, clips: Tensor) -> Tensor:
        """Clips (batch, T, H, W, 3) to latents (batch, 1+(T-1)/4, H/4, W/4, 8), not normalised."""
        return self.encoder(fold(clips, 2).movedim(-1, 1)).movedim(1, -1)

    def decode(self, latents: Tensor) -> Tensor:
        """Latents, not normalised, to clips; values may leave [-1, 1] slightly."""
        return unfold(self.decoder(latents.movedim(-1, 1)).movedim(1, -1), 2)


def fold(frames: Tensor, side: int) -> Tensor:
    """Fold side x side pixels into channels, ordered row, column, channel."""
    batch, count, height, width, channels = frames.shape
    tiles = frames.reshape(batch, count, height // side, side, width // side, side, channels)
    return tiles.permute(0, 1, 2, 4, 3, 5, 6).flatten(4)


def unfold(frames: Tensor, side: int) -> Tensor:
    """Undo `fold`."""
    batch, count, height, width, _ = frames.shape
    tiles = frames.reshape(batch, count, height, width, side, side, -1)
    return tiles.permute(0, 1, 2, 4, 3, 5, 6).reshape(
        batch, count, height * side, width * side, tiles.shape[-1]
    )


def fold_pixels(clips: Tensor) -> Tensor:
    """Lossless stand-in for the autoencoder: 4x4x4 pixels as 192 channels, first frame repeated."""
    first = clips[:, :1].expand(-1, STRIDE - 1, -1, -1, -1)
    folded = fold(torch.cat([first, clips], dim=1), STRIDE)
    batch, frames, height, width, channels = folded.shape
    groups = folded.reshape(batch, frames // STRIDE, STRIDE, height, width, channels)
    return groups.permute(0, 1, 3, 4, 2, 5).flatten(4)


def unfold_pixels(latents: Tensor) -> Tensor:
    """Undo `fold_pixels`: of the first group only the last frame is kept."""
    batch, groups, height, width, channels = latents.shape
    frames = latents.reshape(batch, groups, height, width, STRIDE, channels // STRIDE)
    frames = frames.permute(0, 1, 4, 2, 3, 5).flatten(1, 2)
    return unfold(frames, STRIDE)[:, STRIDE - 1 :]


def sinusoid(values: Tensor, width: int, base: float) -> Tensor:
    """Cosines then sines of values (...,) at width/2 frequencies from 1 down to 1/base."""
    half = width // 2
    exponents = torch.arange(half, dtype=torch.float32, device=values.device) / half
    angles = values.float()[..., None] * torch.exp(-math.log(base) * exponents)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


TIME_BASE = 10_000.0
TIME_SCALE = 1000.0
POSITION_BASE = 100.0  # sides are a dozen patches at most, so that 10,000 would waste channels


def positions(grid: tuple[int, int, int], width: int) -> Tensor:
    """Sinusoids of time, row and column of every patch, a third of the width each: (n, width)."""
    axes = torch.meshgrid(*(torch.arange(count) for count in grid), indexing="ij")
    parts = [sinusoid(axis.flatten(), width // 3, POSITION_BASE) for axis in axes]
    return torch.cat(parts, dim=-1)


class Modulation(nn.Module):
    """adaLN-Zero of a block: layer norm, then shift, scale and gate for video and for text."""

    def __init__(self, condition: int, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(condition, 6 * width)
        self.norm = nn.LayerNorm(width, eps=1e-5)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, tokens: Tensor, text: int, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Modulated tokens and gates, (batch, tokens, width); the first `text` are words."""
        parts = self.linear(functional.silu(condition)).chunk(6, dim=-1)
        shift, scale, gate = (
            joined(parts[3 + place], parts[place], text, tokens.shape[1]) for place in range(3)
        )
        return self.norm(tokens) * (1 + scale) + shift, gate


def joined(words: Tensor, video: Tensor, text: int, tokens: int) -> Tensor:
    """Repeat a vector for the words and another for the video: (batch, tokens, width)."""
    return torch.cat(
        [words[:, None].expand(-1, text, -1), video[:, None].expand(-1, tokens - text, -1)], dim=1
    )


class Attention(nn.Module):
    """Multi-head attention over the joint sequence, queries and keys normalised by head."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width)
        self.to_k = nn.Linear(width, width)
        self.to_v = nn.Linear(width, width)
        self.to_out = nn.Linear(width, width)
        self.norm_q = nn.LayerNorm(width // heads, eps=1e-6)
        self.norm_k = nn.LayerNorm(width // heads, eps=1e-6)

    def forward(self, tokens: Tensor, mask: Tensor | None) -> Tensor:
        """Attend within (batch, tokens, width); `mask` is True where a key may be seen."""
        batch, count, width = tokens.shape
        shape = (batch, count, self.heads, width // self.heads)
        query = self.norm_q(self.to_q(tokens).view(shape)).transpose(1, 2)
        key = self.norm_k(self.to_k(tokens).view(shape)).transpose(1, 2)
        value = self.to_v(tokens).view(shape).transpose(1, 2)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.to_out(mixed.transpose(1, 2).reshape(batch, count, width))


class Block(nn.Module):
    """Attention and feed-forward over text and video, both gated by the time of the noise."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        width = size.width
        self.norm1 = Modulation(size.condition, width)
        self.attn = Attention(width, size.heads)
        self.norm2 = Modulation(size.condition, width)
        self.ff = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width)
        )

    def forward(self, tokens: Tensor, text: int, condition: Tensor, mask: Tensor | None) -> Tensor:
        """One block: (batch, tokens, width) to the same."""
        inside, gate = self.norm1(tokens, text, condition)
        tokens = tokens + gate * self.attn(inside, mask)
        inside, gate = self.norm2(tokens, text, condition)
        return tokens + gate * self.ff(inside)


class FinalNorm(nn.Module):
    """Layer norm with shift and scale from the time of the noise."""

    def __init__(self, condition: int, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(condition, 2 * width)
        self.norm = nn.LayerNorm(width, eps=1e-5)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, tokens: Tensor, condition: Tensor) -> Tensor:
        """Modulate (batch, tokens, width)."""
        shift, scale = self.linear(functional.silu(condition))[:, None].chunk(2, dim=-1)
        return self.norm(tokens) * (1 + scale) + shift


class Transformer(nn.Module):
    """Predicts the velocity noise - clip of a noisy latent from its time and its caption."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        width = size.width
        inputs = size.channels * size.patch**2
        self.patch_embed = nn.Linear(inputs, width)
        self.text_embed = nn.Embedding(size.vocabulary, width)
        self.text_position = nn.Parameter(torch.zeros(size.text, width))
        self.time = nn.Sequential(
            nn.Linear(width, size.condition), nn.SiLU(), nn.Linear(size.condition, size.condition)
        )
        self.blocks = nn.ModuleList(Block(size) for _ in range(size.depth))
        self.norm_final = nn.LayerNorm(width, eps=1e-5)
        self.norm_out = FinalNorm(size.condition, width)
        self.proj_out = nn.Linear(width, inputs)
        nn.init.normal_(self.text_embed.weight, std=0.5)
        nn.init.normal_(self.text_position, std=0.5)
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)

    def forward(
        self, latents: Tensor, times: Tensor, words: Tensor, lengths: Tensor | None = None
    ) -> Tensor:
        """Velocity of noisy latents.

        Parameters
        ----------
        latents : (batch, frames, height, width, channels)
        times : (batch,), 0 for the clip and 1 for noise
        words : (batch, longest), numbers of the words
        lengths : (batch,), words of each caption, where they differ; the rest is never seen
        """
        tokens, grid = self.embed(latents, words)
        text = words.shape[1]
        mask = None if lengths is None else seen(lengths, text, tokens.shape[1])
        condition = self.condition(times)
        for block in self.blocks:
            tokens = block(tokens, text, condition, mask)
        return self.finish(tokens[:, text:], condition, grid)

    def embed(self, latents: Tensor, words: Tensor) -> tuple[Tensor, tuple[int, int, int]]:
        """Tokens of words and patches, and the grid of the patches."""
        grid = patch_grid(latents, self.size.patch)
        video = self.patch_embed(fold(latents, self.size.patch).flatten(1, 3))
        video = video + positions(grid, self.size.width)
        known = self.text_embed(words) + self.text_position[: words.shape[1]]
        return torch.cat([known, video], dim=1), grid

    def finish(self, video: Tensor, condition: Tensor, grid: tuple[int, int, int]) -> Tensor:
        """Turn the video's tokens into a velocity of the latents' shape."""
        video = self.norm_out(self.norm_final(video), condition)
        return unfold(self.proj_out(video).unflatten(1, grid), self.size.patch)

    def condition(self, times: Tensor) -> Tensor:
        """Embed the time of the noise: (batch,) to (batch, condition)."""
        return self.time(sinusoid(times * TIME_SCALE, self.size.width, TIME_BASE))


def patch_grid(latents: Tensor, patch: int) -> tuple[int, int, int]:
    """Frames, rows and columns of patches."""
    _, frames, height, width, _ = latents.shape
    return frames, height // patch, width // patch


def seen(lengths: Tensor, text: int, tokens: int) -> Tensor:
    """Mask of keys: the words of each caption and all of the video; (batch, 1, 1, tokens)."""
    place = torch.arange(tokens)
    return ((place[None] < lengths[:, None]) | (place[None] >= text))[:, None, None]
