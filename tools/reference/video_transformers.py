"""The published video transformers: hyper-parameters, their source, and clips.

Widths and depths that are not named are the defaults of the diffusers class. To add a model of a
known family, add an entry; a new family also needs its forward in forwards.py.
"""

from __future__ import annotations

import forwards
from groups import CROSS_RULES, RULES
from networks import Clip, Network, from_diffusers

COGVIDEOX = "diffusers 0.42.1 class defaults and scripts/convert_cogvideox_to_diffusers.py"
WAN = "diffusers 0.42.1 class defaults and scripts/convert_wan_to_diffusers.py"


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

VIDEO_TRANSFORMERS: tuple[Network, ...] = (
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
    cogvideox(
        "cogvideox-2b", {}, COGVIDEOX_CLIPS, "its position table holds exactly 226 text tokens"
    ),
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
