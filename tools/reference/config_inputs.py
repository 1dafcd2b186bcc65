"""What the transformer classes of diffusers are handed in one forward pass, by class.

Each function takes the configuration and the sizes of a pass: latent frames, rows and columns, and
text tokens. Tensors have ones in them where they have anything: masks are valid everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

ON_CPU = {  # classes that index by masks, which the meta device cannot
    *("QwenImage21Transformer2DModel", "ErnieImageTransformer2DModel"),
    *("GlmImageTransformer2DModel", "Ideogram4Transformer2DModel"),
}


@dataclass(frozen=True)
class Sizes:
    """Sizes of one pass."""

    frames: int
    height: int
    width: int
    text: int
    device: str

    def ones(self, *shape: int) -> torch.Tensor:
        """Return a tensor of activations."""
        return torch.ones(*shape, device=self.device)

    def ids(self, *shape: int) -> torch.Tensor:
        """Return a tensor of places in a table."""
        return torch.zeros(*shape, dtype=torch.long, device=self.device)

    @property
    def packed(self) -> int:
        """Tokens of an image in patches of 2 x 2."""
        return self.height * self.width // 4


def _video(config: Any, at: Sizes) -> dict[str, Any]:
    return {
        "hidden_states": at.ones(1, config.in_channels, at.frames, at.height, at.width),
        "timestep": at.ones(1),
        "encoder_hidden_states": at.ones(1, at.text, config.text_dim),
    }


def _motif(config: Any, at: Sizes) -> dict[str, Any]:
    return _states(config, at) | {
        "encoder_hidden_states": at.ones(1, at.text, config.text_embed_dim)
    }


def _motif_image(config: Any, at: Sizes) -> dict[str, Any]:
    return _motif(config, at) | {"image_embeds": at.ones(1, 729, config.image_embed_dim)}


def _states(config: Any, at: Sizes) -> dict[str, Any]:
    return {
        "hidden_states": at.ones(1, config.in_channels, at.frames, at.height, at.width),
        "timestep": at.ones(1),
    }


def _cosmos_frames(config: Any, at: Sizes) -> dict[str, Any]:
    given = _states(config, at)
    given["hidden_states"] = given["hidden_states"][:, :-1]  # the condition's mask is the last one
    return given | {
        "timestep": at.ones(1, 1, at.frames, 1, 1),
        "encoder_hidden_states": at.ones(1, at.text, config.text_embed_dim),
        "condition_mask": at.ones(1, 1, at.frames, at.height, at.width),
        "padding_mask": at.ones(1, 1, 8 * at.height, 8 * at.width),
    }


def _cosmos(config: Any, at: Sizes) -> dict[str, Any]:
    image = at.ones(1, config.img_context_num_tokens, config.img_context_dim_in)
    text = at.ones(1, at.text, config.crossattn_proj_in_channels)
    pixels = at.ones(1, 1, 8 * at.height, 8 * at.width)
    return _states(config, at) | {
        "timestep": at.ones(1, 1, at.frames, 1, 1),
        "encoder_hidden_states": (text, image),
        "condition_mask": at.ones(1, 1, at.frames, at.height, at.width),
        "hidden_states": at.ones(1, config.in_channels - 1, at.frames, at.height, at.width),
        "padding_mask": pixels,
    }


def _qwen_image(config: Any, at: Sizes) -> dict[str, Any]:
    return {
        "hidden_states": at.ones(1, at.packed, config.in_channels),
        "timestep": at.ones(1),
        "encoder_hidden_states": at.ones(1, at.text, config.joint_attention_dim),
        "encoder_hidden_states_mask": at.ids(1, at.text).bool().logical_not(),
        "img_shapes": [[(1, at.height // 2, at.width // 2)]],
    }


def _kandinsky(config: Any, at: Sizes) -> dict[str, Any]:
    channels = config.in_visual_dim * (2 if config.visual_cond else 1) + config.visual_cond
    sides = (at.frames, at.height // 2, at.width // 2)
    return {
        "hidden_states": at.ones(1, at.frames, at.height, at.width, channels),
        "encoder_hidden_states": at.ones(1, at.text, config.in_text_dim),
        "timestep": at.ones(1),
        "pooled_projections": at.ones(1, config.in_text_dim2),
        "visual_rope_pos": [torch.arange(side, device=at.device) for side in sides],
        "text_rope_pos": torch.arange(at.text, device=at.device),
    }


def _cogvideox(config: Any, at: Sizes) -> dict[str, Any]:
    frames = at.frames + at.frames % (config.patch_size_t or 1)
    rows = frames // (config.patch_size_t or 1) * at.packed
    rotary = at.ones(rows, config.attention_head_dim)
    return {
        "hidden_states": at.ones(1, frames, config.in_channels, at.height, at.width),
        "encoder_hidden_states": at.ones(1, at.text, config.text_embed_dim),
        "timestep": at.ones(1),
        "ofs": at.ones(1) if config.ofs_embed_dim else None,
        "image_rotary_emb": (rotary, rotary),
    }


def _any_flow(config: Any, at: Sizes) -> dict[str, Any]:
    return {
        "hidden_states": at.ones(1, at.frames, config.in_channels, at.height, at.width),
        "timestep": at.ones(1, at.frames),
        "r_timestep": at.ones(1, at.frames),
        "encoder_hidden_states": at.ones(1, at.text, config.text_dim),
    }


def _bria(config: Any, at: Sizes) -> dict[str, Any]:
    return {
        "hidden_states": at.ones(1, at.packed, config.in_channels),
        "encoder_hidden_states": at.ones(1, at.text, config.joint_attention_dim),
        "timestep": at.ones(1),
        "img_ids": at.ones(at.packed, 3),
        "txt_ids": at.ones(at.text, 3),
        "guidance": at.ones(1) if config.guidance_embeds else None,
    }


def _prx(config: Any, at: Sizes) -> dict[str, Any]:
    return {
        "hidden_states": at.ones(1, config.in_channels, at.height, at.width),
        "timestep": at.ones(1),
        "encoder_hidden_states": at.ones(1, at.text, config.context_in_dim),
    }


def _ernie(config: Any, at: Sizes) -> dict[str, Any]:
    return {
        "hidden_states": at.ones(1, config.in_channels, at.height // 2, at.width // 2),
        "timestep": at.ones(1),
        "text_bth": at.ones(1, at.text, config.text_in_dim),
        "text_lens": torch.tensor([at.text]),
    }


def _glm(config: Any, at: Sizes) -> dict[str, Any]:
    return {
        "hidden_states": at.ones(1, config.in_channels, at.height, at.width),
        "encoder_hidden_states": at.ones(1, at.text, config.text_embed_dim),
        "prior_token_id": at.ids(1, at.packed),
        "prior_token_drop": at.ids(1, at.packed).bool(),
        "timestep": at.ones(1),
        "target_size": at.ones(1, 2),
        "crop_coords": at.ones(1, 2),
    }


def _ideogram(config: Any, at: Sizes) -> dict[str, Any]:
    rows = at.text + at.packed
    return {
        "hidden_states": at.ones(1, rows, config.in_channels),
        "timestep": at.ones(1),
        "encoder_hidden_states": at.ones(1, rows, config.llm_features_dim),
        "position_ids": at.ids(1, rows, 3),
        "segment_ids": at.ids(1, rows),
        "indicator": at.ids(1, rows),
    }


def _qwen_image_21(config: Any, at: Sizes) -> dict[str, Any]:
    mask = torch.zeros(1, at.text + at.packed, dtype=torch.bool)
    mask[:, at.text :] = True
    return {
        "hidden_states": at.ones(1, at.height * at.width, config.in_channels),
        "encoder_hidden_states": at.ones(1, at.text, config.context_in_dim),
        "timestep": at.ones(1),
        "img_shapes": [[(1, at.height, at.width)]],
        "img_mask": mask,
    }


INPUTS: dict[str, Callable[[Any, Sizes], dict[str, Any]]] = {
    "AnyFlowTransformer3DModel": _any_flow,
    "BriaTransformer2DModel": _bria,
    "ErnieImageTransformer2DModel": _ernie,
    "GlmImageTransformer2DModel": _glm,
    "Ideogram4Transformer2DModel": _ideogram,
    "JoyImageEditTransformer3DModel": _video,
    "CogVideoXTransformer3DModel": _cogvideox,
    "Cosmos2VideoToWorldPipeline": _cosmos_frames,
    "CosmosTransformer3DModel": _cosmos,
    "Kandinsky5Transformer3DModel": _kandinsky,
    "MotifVideoTransformer3DModel": _motif,
    "PRXTransformer2DModel": _prx,
    "QwenImage21Transformer2DModel": _qwen_image_21,
    "QwenImageTransformer2DModel": _qwen_image,
    "SkyReelsV2Transformer3DModel": _video,
    "WanTransformer3DModel": _video,
}
