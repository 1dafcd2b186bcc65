"""The published image transformers: hyper-parameters, their source, and clips.

Widths and depths that are not named are the defaults of the diffusers class. To add a model of a
known family, add an entry; a new family also needs its forward in forwards.py.
"""

from __future__ import annotations

import forwards
from groups import CROSS_RULES, RULES
from networks import Clip, Network, from_diffusers

PIXART = "diffusers 0.42.1 class defaults and scripts/convert_pixart_{name}_to_diffusers.py"
SD3 = "diffusers 0.42.1 class defaults and scripts/convert_sd3_to_diffusers.py"
SD35 = SD3 + "; transformer/config.json as quoted by public conversion code"


def pixart(model: str, size: int, text: int, *, conditions: bool, note: str) -> Network:
    """PixArt at the latent size it was trained on; only 1024 alpha embeds size and shape."""
    pixels = 8 * size
    return from_diffusers(
        "PixArtTransformer2DModel",
        model=model,
        config={
            "caption_channels": 4096,
            "sample_size": size,
            "use_additional_conditions": conditions,
        },
        run=forwards.pixart,
        rules=CROSS_RULES,
        clips=(
            Clip(1, pixels, pixels, text),
            Clip(1, pixels, pixels, 77),
            Clip(1, pixels // 2, pixels, text),
            Clip(1, pixels * 5 // 4, pixels * 3 // 4, text),
        ),
        source=PIXART.format(name="sigma" if "sigma" in model else "alpha"),
        note=note,
    )


def sd3(model: str, config: dict, source: str, note: str = "") -> Network:
    """Stable Diffusion 3 and 3.5; 333 text tokens are 77 of CLIP and 256 of T5."""
    return from_diffusers(
        "SD3Transformer2DModel",
        model=model,
        config=config,
        run=forwards.sd3,
        rules=RULES,
        clips=(
            Clip(1, 512, 512, 333),
            Clip(1, 1024, 1024, 333),
            Clip(1, 1024, 1024, 154),
            Clip(1, 832, 1216, 333),
        ),
        source=source,
        note=note or "the last block drops the text stream after attention",
    )


IMAGE_TRANSFORMERS: tuple[Network, ...] = (
    pixart(
        "pixart-alpha",
        128,
        120,
        conditions=True,
        note="the 1024 checkpoint (XL-2-1024-MS), with size and aspect embedders",
    ),
    pixart("pixart-alpha-512", 64, 120, conditions=False, note="the 512 checkpoint (XL-2-512x512)"),
    pixart("pixart-alpha-256", 32, 120, conditions=False, note="the 256 checkpoint (XL-2-256x256)"),
    pixart(
        "pixart-sigma",
        128,
        300,
        conditions=False,
        note="the 1024 checkpoint (XL-2-1024-MS), without key-value compression",
    ),
    sd3(
        "sd3-medium",
        {
            "num_layers": 24,
            "num_attention_heads": 24,
            "caption_projection_dim": 1536,
            "pos_embed_max_size": 192,
        },
        SD3,
    ),
    sd3(
        "sd3.5-medium",
        {
            "num_layers": 24,
            "num_attention_heads": 24,
            "caption_projection_dim": 1536,
            "pos_embed_max_size": 384,
            "dual_attention_layers": tuple(range(13)),
            "qk_norm": "rms_norm",
        },
        SD35,
        note=(
            "blocks 0 to 12 attend a second time within the image (9 d of modulation instead of "
            "6 d), counted under projection and attention; the last block drops the text stream "
            "after attention"
        ),
    ),
    sd3(
        "sd3.5-large",
        {
            "num_layers": 38,
            "num_attention_heads": 38,
            "caption_projection_dim": 2432,
            "pos_embed_max_size": 192,
            "qk_norm": "rms_norm",
        },
        SD35,
    ),
    from_diffusers(
        "FluxTransformer2DModel",
        model="flux.1-dev",
        config={"guidance_embeds": True},
        run=forwards.flux,
        rules=RULES,
        clips=(
            Clip(1, 512, 512, 512),
            Clip(1, 1024, 1024, 256),
            Clip(1, 1024, 1024, 512),
            Clip(1, 768, 1360, 512),
        ),
        source="diffusers 0.42.1 class defaults, guidance_embeds=True",
    ),
)
