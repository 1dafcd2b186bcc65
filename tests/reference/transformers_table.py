"""The published transformers: hyper-parameters, their source, clips, and groups of operations.

Widths and depths that are not named are the defaults of the diffusers class. To add a model of a
known family, add an entry; a new family also needs its forward in forwards.py.
"""

from __future__ import annotations

import forwards
from networks import Clip, Network, from_diffusers

# The first pattern found in "module path, space, kind of operation" decides.
RULES = (
    (r"adaln_single\.linear |time_embed\.linear |condition_embedder\.time_proj ", "modulation"),
    (
        r"^\w+\.(pos_embed|patch_embed|patch_embedding|x_embedder|proj_in|adaln_single|time_embed"
        r"|time_embedding|time_text_embed|caption_projection|context_embedder|condition_embedder)"
        r"[ .]",
        "embedding",
    ),
    (r"\.rope ", "embedding"),  # Mochi multiplies positions by learned frequencies
    (r"\.norm(\d|\d_context|_out)?\.linear(_1)? ", "modulation"),
    (r"single_transformer_blocks\.\d+\.proj_mlp ", "feed_forward"),
    # One matrix takes attention output (d wide) and feed-forward (4 d wide) side by side.
    (r"single_transformer_blocks\.\d+\.proj_out ", "projection=1+feed_forward=4"),
    (r"\.(ff|ff_context|ffn)\.", "feed_forward"),
    (r"\.attn\d? attention$", "attention"),
    (r"\.attn\d?\.", "projection"),
    (r"^\w+\.proj_out ", "output"),
)
CROSS_RULES = ((r"\.attn2[ .]", "cross_attention"), *RULES)

PIXART = "diffusers 0.42.1 class defaults and scripts/convert_pixart_{name}_to_diffusers.py"
COGVIDEOX = "diffusers 0.42.1 class defaults and scripts/convert_cogvideox_to_diffusers.py"
WAN = "diffusers 0.42.1 class defaults and scripts/convert_wan_to_diffusers.py"
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


def cogvideox(model: str, config: dict, clips: tuple[Clip, ...], note: str) -> Network:
    """CogVideoX; text and video share every matrix of a block."""
    return from_diffusers(
        "CogVideoXTransformer3DModel",
        model=model,
        config=config,
        run=forwards.cogvideox,
        rules=RULES,
        clips=clips,
        source=COGVIDEOX,
        note=note,
    )


def wan(model: str, config: dict) -> Network:
    """Wan 2.1 text to video; text is padded to 512 tokens and never masked."""
    return from_diffusers(
        "WanTransformer3DModel",
        model=model,
        config=config,
        run=forwards.wan,
        rules=CROSS_RULES,
        clips=(
            Clip(1, 480, 832, 512),
            Clip(49, 480, 832, 512),
            Clip(81, 480, 832, 512),
            Clip(81, 480, 832, 226),
            Clip(81, 720, 1280, 512),
        ),
        source=WAN,
        note="text padded to 512 and not masked by the pipeline",
    )


COGVIDEOX_CLIPS = (
    Clip(9, 480, 720, 226),
    Clip(49, 256, 384, 226),
    Clip(49, 480, 720, 226),
)

TRANSFORMERS: tuple[Network, ...] = (
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
    from_diffusers(
        "LatteTransformer3DModel",
        model="latte-1",
        config={
            "attention_head_dim": 72,
            "in_channels": 4,
            "out_channels": 8,
            "num_layers": 28,
            "cross_attention_dim": 1152,
            "attention_bias": True,
            "patch_size": 2,
            "activation_fn": "gelu-approximate",
            "num_embeds_ada_norm": 1000,
            "norm_type": "ada_norm_single",
            "norm_elementwise_affine": False,
            "norm_eps": 1e-6,
            "caption_channels": 4096,
        },
        run=forwards.latte,
        rules=CROSS_RULES,
        clips=(
            Clip(16, 320, 640, 120),
            Clip(16, 256, 256, 120),
            Clip(16, 512, 512, 77),
            Clip(16, 512, 512, 120),
        ),
        source="PixArt's hyper-parameters in 28 spatial and 28 temporal blocks",
        note=(
            "text to video; keys and values of the text computed once per frame; config.json not "
            "read, the parameter count agrees with the published 1.06 B"
        ),
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
    cogvideox("cogvideox-2b", {}, COGVIDEOX_CLIPS, "its position table holds exactly 226 text tokens"),
    cogvideox(
        "cogvideox-5b",
        {
            "num_layers": 42,
            "num_attention_heads": 48,
            "use_rotary_positional_embeddings": True,
        },
        (*COGVIDEOX_CLIPS, Clip(49, 480, 720, 77)),
        "",
    ),
    cogvideox(
        "cogvideox1.5-5b",
        {
            "num_layers": 42,
            "num_attention_heads": 48,
            "use_rotary_positional_embeddings": True,
            "patch_size_t": 2,
            "patch_bias": False,
            "sample_height": 300,
            "sample_width": 300,
            "sample_frames": 81,
        },
        (
            Clip(5, 480, 720, 226),
            Clip(81, 768, 1360, 224),
            Clip(81, 768, 1360, 226),
            Clip(161, 768, 1360, 226),
        ),
        "latent frames padded up to a multiple of 2 (21 to 22, then 11 after patching)",
    ),
    from_diffusers(
        "MochiTransformer3DModel",
        model="mochi-1",
        config={},
        run=forwards.mochi,
        rules=RULES,
        clips=(
            Clip(7, 480, 848, 256),
            Clip(85, 480, 848, 256),
            Clip(163, 480, 848, 128),
            Clip(163, 480, 848, 256),
        ),
        source="diffusers 0.42.1 class defaults; agrees with genmoai/mochi pipelines.py",
        note="every text token valid; text pooled by an attention counted under embedding",
    ),
    from_diffusers(
        "LTXVideoTransformer3DModel",
        model="ltx-video-2b",
        config={},
        run=forwards.ltx,
        rules=CROSS_RULES,
        clips=(
            Clip(25, 512, 704, 128),
            Clip(121, 512, 704, 128),
            Clip(121, 512, 704, 256),
            Clip(161, 512, 768, 128),
        ),
        source="diffusers 0.42.1 class defaults and scripts/convert_ltx_to_diffusers.py (0.9)",
    ),
    from_diffusers(
        "HunyuanVideoTransformer3DModel",
        model="hunyuanvideo",
        config={},
        run=forwards.hunyuan,
        rules=RULES,
        clips=(
            Clip(5, 544, 960, 256),
            Clip(65, 544, 960, 256),
            Clip(129, 720, 1280, 128),
            Clip(129, 720, 1280, 256),
        ),
        source=(
            "diffusers 0.42.1 class defaults; agrees with Tencent/HunyuanVideo "
            "HYVideo-T/2-cfgdistill at fa14b00"
        ),
        note="padded text stays in the sequence; text refiner counted under embedding",
    ),
    wan(
        "wan2.1-t2v-1.3b",
        {"num_attention_heads": 12, "ffn_dim": 8960, "num_layers": 30},
    ),
    wan("wan2.1-t2v-14b", {}),
    from_diffusers(
        "AllegroTransformer3DModel",
        model="allegro",
        config={},
        run=forwards.allegro,
        rules=CROSS_RULES,
        clips=(
            Clip(40, 368, 640, 512),
            Clip(88, 720, 1280, 256),
            Clip(88, 720, 1280, 512),
        ),
        source="diffusers 0.42.1 class defaults",
        note="latent frames are a quarter of the frames, without a first frame alone",
    ),
)
