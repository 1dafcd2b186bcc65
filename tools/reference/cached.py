"""Inputs of classes that read a cache of keys: the cache is filled as earlier passes leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from diffusers.models.transformers import transformer_sana_wm_refiner, transformer_wan_animate_2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Names = Mapping[str, Any]


def empty(*shape: int) -> torch.Tensor:
    """Tensor that computes nothing."""
    return torch.empty(shape, device="meta")


def wan_animate_2(names: Names) -> dict[str, Any]:
    """One step of a segment: as many frames of the driving clip are cached, and one image more."""
    frames, rows, columns = names["frames"], names["rows"], names["columns"]
    height, width, inside = names["height"], names["width"], names["in_dim"] - names["out_dim"] - 4
    cache = transformer_wan_animate_2.WanAnimate2KVCache(names["num_layers"])
    for layer in cache.layer_caches:
        heads = names["num_heads"]
        kept = empty(1, frames * rows * columns, heads, names["dim"] // heads)
        layer.store(kept, kept)
    return {
        "hidden_states": [empty(names["out_dim"], frames + 1, height, width)],
        "condition_latents": [empty(inside + 4, frames + 1, height, width)],
        "timestep": empty(1),
        "encoder_hidden_states": [empty(names["text"], names["text_dim"])],
        "encoder_hidden_states_image": empty(1, 257, 1280),
        "kv_cache": cache,
        "kv_cache_mode": "cached",
        "seq_len": (frames + 1) * rows * columns,
        "reference_grid_sizes": torch.tensor([[frames, rows, columns]]),
        "origin_len": 4 * (frames - 1) + 1,
        "origin_area": [height * 8, width * 8],
    }


def sana_wm_refiner(names: Names) -> dict[str, Any]:
    """One block of frames after the first frame and ten others."""
    area, tokens = names["rows"] * names["columns"], names["tokens"]
    heads, head = names["num_attention_heads"], names["attention_head_dim"]
    wide = heads * head

    def turned(rows: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosines and sines of positions, as the two ways of turning take them."""
        shape = (1, heads, rows, head // 2) if names["rope_type"] == "split" else (1, rows, wide)
        return empty(*shape), empty(*shape)

    cache = transformer_sana_wm_refiner.SanaWMRefinerKVCache(names["num_layers"])
    cache.sink_pe = turned(area)
    for layer in cache.layer_caches:
        layer.store_sink(empty(1, area, wide), empty(1, area, wide))
        layer.store_history(empty(1, 10 * area, wide), empty(1, 10 * area, wide))
    return {
        "hidden_states": empty(1, tokens, names["in_channels"]),
        "encoder_hidden_states": empty(1, names["text"], names["caption_channels"]),
        "timestep": empty(1, tokens),
        "video_rotary_emb": turned(tokens),
        "kv_cache": cache,
        "kv_cache_mode": "inject",
    }


CACHED: dict[str, Callable[[Names], dict[str, Any]]] = {
    "WanAnimate2Transformer3DModel": wan_animate_2,
    "SanaWMLTX2RefinerTransformer3DModel": sana_wm_refiner,
}
