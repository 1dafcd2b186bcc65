"""One forward pass of each family of transformers, on shapes alone.

Each function takes the network and a clip, feeds inputs of the shapes that the family's pipeline
would feed, and returns the number of video tokens after patching.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

import torch
from networks import Clip, causal, meta, step


def pixart(net: torch.nn.Module, clip: Clip) -> int:
    height, width = clip.height // 8, clip.width // 8
    conditions: dict[str, Any] = {"resolution": None, "aspect_ratio": None}
    if net.use_additional_conditions:
        conditions = {"resolution": meta(1, 2), "aspect_ratio": meta(1, 1)}
    net(
        meta(1, 4, height, width),
        encoder_hidden_states=meta(1, clip.text, 4096),
        timestep=step(),
        added_cond_kwargs=conditions,
    )
    return height * width // 4


def latte(net: torch.nn.Module, clip: Clip) -> int:
    height, width = clip.height // 8, clip.width // 8
    net(
        meta(1, 4, clip.frames, height, width),
        timestep=step(),
        encoder_hidden_states=meta(1, clip.text, 4096),
    )
    return clip.frames * height * width // 4


def sd3(net: torch.nn.Module, clip: Clip) -> int:
    height, width = clip.height // 8, clip.width // 8
    net(
        meta(1, 16, height, width),
        encoder_hidden_states=meta(1, clip.text, 4096),
        pooled_projections=meta(1, 2048),
        timestep=step(),
    )
    return height * width // 4


def flux(net: torch.nn.Module, clip: Clip) -> int:
    tokens = (clip.height // 16) * (clip.width // 16)
    net(
        meta(1, tokens, 64),
        encoder_hidden_states=meta(1, clip.text, 4096),
        pooled_projections=meta(1, 768),
        timestep=meta(1),
        img_ids=meta(tokens, 3),
        txt_ids=meta(clip.text, 3),
        guidance=meta(1),
    )
    return tokens


def cogvideox(net: torch.nn.Module, clip: Clip) -> int:
    patch_t = net.config.patch_size_t or 1
    frames = -(-causal(clip.frames, 4) // patch_t) * patch_t
    height, width = clip.height // 8, clip.width // 8
    tokens = frames // patch_t * height * width // 4
    rotary = None
    if net.config.use_rotary_positional_embeddings:
        rotary = (meta(tokens, 64), meta(tokens, 64))
    net(
        meta(1, frames, 16, height, width),
        encoder_hidden_states=meta(1, clip.text, 4096),
        timestep=step(),
        image_rotary_emb=rotary,
    )
    return tokens


def wan(net: torch.nn.Module, clip: Clip) -> int:
    frames, height, width = causal(clip.frames, 4), clip.height // 8, clip.width // 8
    net(
        meta(1, 16, frames, height, width),
        timestep=step(),
        encoder_hidden_states=meta(1, clip.text, 4096),
    )
    return frames * height * width // 4


def hunyuan(net: torch.nn.Module, clip: Clip) -> int:
    frames, height, width = causal(clip.frames, 4), clip.height // 8, clip.width // 8
    net(
        meta(1, 16, frames, height, width),
        timestep=step(),
        encoder_hidden_states=meta(1, clip.text, 4096),
        encoder_attention_mask=torch.ones(1, clip.text, device="meta", dtype=torch.long),
        pooled_projections=meta(1, 768),
        guidance=meta(1),
    )
    return frames * height * width // 4


def mochi(net: torch.nn.Module, clip: Clip) -> int:
    """Run one forward with every text token valid.

    The class reads the text mask's values and asks for automatic precision, and `meta` has neither.
    """
    frames, height, width = causal(clip.frames, 6), clip.height // 8, clip.width // 8
    everything = torch.arange(clip.text, device="meta")[:, None]
    with (
        patch.object(torch, "nonzero", lambda *_, **__: everything),
        patch.object(torch, "autocast", lambda *_, **__: nullcontext()),
    ):
        net(
            meta(1, 12, frames, height, width),
            encoder_hidden_states=meta(1, clip.text, 4096),
            timestep=step(),
            encoder_attention_mask=torch.ones(1, clip.text, device="meta", dtype=torch.bool),
        )
    return frames * height * width // 4


def ltx(net: torch.nn.Module, clip: Clip) -> int:
    frames, height, width = causal(clip.frames, 8), clip.height // 32, clip.width // 32
    tokens = frames * height * width
    net(
        meta(1, tokens, 128),
        encoder_hidden_states=meta(1, clip.text, 4096),
        timestep=step(),
        encoder_attention_mask=torch.ones(1, clip.text, device="meta"),
        num_frames=frames,
        height=height,
        width=width,
    )
    return tokens


def allegro(net: torch.nn.Module, clip: Clip) -> int:
    frames, height, width = clip.frames // 4, clip.height // 8, clip.width // 8
    tokens = frames * height * width // 4
    table, positions = (meta(1, 32), meta(1, 32)), torch.zeros(1, tokens, device="meta").long()
    net(
        meta(1, 4, frames, height, width),
        encoder_hidden_states=meta(1, clip.text, 4096),
        timestep=step(),
        image_rotary_emb=((table,) * 3, (positions,) * 3),
    )
    return tokens
