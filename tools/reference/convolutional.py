"""The U-Nets that transformers replaced, and the autoencoders around both.

Work is grouped by kind of operation: convolutions, matrices, attention products. Autoencoders run
the real path through `encode` and `decode`, with the chunks and caches of their class.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groups import KIND_RULES
from networks import Clip, Network, causal, from_diffusers, meta, step

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

SD_VAE = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
}


def image_unet(net: torch.nn.Module, clip: Clip) -> int:
    """Run Stable Diffusion's U-Net once; text is 77 tokens of CLIP."""
    height, width = clip.height // 8, clip.width // 8
    net(meta(1, 4, height, width), step(), meta(1, clip.text, 768))
    return height * width


def svd(net: torch.nn.Module, clip: Clip) -> int:
    """Run Stable Video Diffusion once: noise and image latents, one CLIP image token."""
    height, width = clip.height // 8, clip.width // 8
    latent = meta(1, clip.frames, 8, height, width)
    net(latent, step(), meta(1, clip.text, 1024), added_time_ids=meta(1, 3))
    return clip.frames * height * width


def motion_unet(net: torch.nn.Module, clip: Clip) -> int:
    """Run AnimateDiff once; its pipeline repeats the text for every frame."""
    height, width = clip.height // 8, clip.width // 8
    net(meta(1, 4, clip.frames, height, width), step(), meta(clip.frames, clip.text, 768))
    return clip.frames * height * width


def image_latent(channels: int) -> Callable[[Clip], tuple[int, ...]]:
    """Return the latent shape rule of an image autoencoder."""
    return lambda clip: (channels, clip.height // 8, clip.width // 8)


def video_latent(channels: int, frames: int, pixels: int) -> Callable[[Clip], tuple[int, ...]]:
    """Return the latent shape rule of a causal video autoencoder with these strides."""
    return lambda clip: (
        channels,
        causal(clip.frames, frames),
        clip.height // pixels,
        clip.width // pixels,
    )


def autoencoder(
    class_name: str,
    latent: Callable[[Clip], tuple[int, ...]],
    *,
    config: dict[str, Any],
    prepare: Callable[[torch.nn.Module], None] = lambda _: None,
    **fields: Any,
) -> tuple[Network, Network]:
    """Return both halves of an autoencoder; tokens are the positions of the latent."""

    def encode(net: torch.nn.Module, clip: Clip) -> int:
        prepare(net)
        frames = () if len(latent(clip)) == 3 else (clip.frames,)
        net.encode(meta(1, 3, *frames, clip.height, clip.width))
        return meta(*latent(clip)[1:]).numel()

    def decode(net: torch.nn.Module, clip: Clip) -> int:
        prepare(net)
        net.decode(meta(1, *latent(clip)))
        return meta(*latent(clip)[1:]).numel()

    fields |= {"config": config, "rules": KIND_RULES}
    encoder = from_diffusers(class_name, module="encode", run=encode, **fields)
    return encoder, replace(encoder, module="decode", run=decode)


def whole_clip(net: torch.nn.Module) -> None:
    """Switch overlapping temporal tiles off: one pass over all frames, as published."""
    net.use_framewise_encoding = net.use_framewise_decoding = False


UNETS: tuple[Network, ...] = (
    from_diffusers(
        "UNet2DConditionModel",
        model="sd1.5",
        module="unet",
        config={"cross_attention_dim": 768, "attention_head_dim": 8},
        run=image_unet,
        rules=KIND_RULES,
        clips=(
            Clip(1, 256, 256, 77),
            Clip(1, 512, 512, 77),
            Clip(1, 512, 512, 154),
            Clip(1, 512, 768, 77),
        ),
        source="diffusers 0.42.1 class defaults, cross_attention_dim=768, 8 heads (SD 1.5)",
    ),
    from_diffusers(
        "UNetSpatioTemporalConditionModel",
        model="svd",
        module="unet",
        config={},
        run=svd,
        rules=KIND_RULES,
        clips=(
            Clip(14, 320, 576, 1),
            Clip(14, 576, 1024, 1),
            Clip(25, 576, 1024, 1),
        ),
        source="diffusers 0.42.1 class defaults (5, 10, 20, 20 heads, 25 frames: SVD-XT)",
        note="the one text token is the CLIP embedding of the image",
    ),
    from_diffusers(
        "UNetMotionModel",
        model="animatediff-v3",
        module="unet",
        config={
            "cross_attention_dim": 768,
            "num_attention_heads": 8,
            "use_motion_mid_block": False,
        },
        run=motion_unet,
        rules=KIND_RULES,
        clips=(
            Clip(8, 256, 256, 77),
            Clip(16, 512, 512, 77),
            Clip(32, 512, 512, 77),
        ),
        source=(
            "diffusers 0.42.1 class defaults with SD 1.5's values; motion adapter v1-5-3 "
            "config.json as quoted by public conversion code"
        ),
        note="text repeated per frame; motion layers outside the middle block only",
    ),
)

AUTOENCODERS: tuple[Network, ...] = (
    *autoencoder(
        "AutoencoderKL",
        image_latent(4),
        model="sd-vae",
        config=SD_VAE,
        clips=(Clip(1, 256, 256), Clip(1, 512, 512), Clip(1, 512, 768), Clip(1, 1024, 1024)),
        source="Stable Diffusion 1 vae/config.json: 128, 256, 512, 512 channels, 2 layers a block",
    ),
    *autoencoder(
        "AutoencoderKL",
        image_latent(16),
        model="sd3-vae",
        config={
            **SD_VAE,
            "latent_channels": 16,
            "use_quant_conv": False,
            "use_post_quant_conv": False,
        },
        clips=(Clip(1, 256, 256), Clip(1, 512, 768), Clip(1, 1024, 1024)),
        source="SD 3 vae/config.json as quoted by public conversion code",
    ),
    *autoencoder(
        "AutoencoderKLCogVideoX",
        video_latent(16, 4, 8),
        model="cogvideox-vae",
        config={},
        clips=(
            Clip(1, 256, 256),
            Clip(9, 256, 256),
            Clip(17, 256, 256),
            Clip(49, 480, 720),
        ),
        source="diffusers 0.42.1 class defaults",
        note=(
            "batches of 8 frames (2 latent frames) with a cache of the frames before; the first "
            "batch also takes the rest of the division"
        ),
    ),
    *autoencoder(
        "AutoencoderKLHunyuanVideo",
        video_latent(16, 4, 8),
        model="hunyuanvideo-vae",
        config={},
        prepare=whole_clip,
        clips=(
            Clip(1, 256, 256),
            Clip(13, 256, 256),
            Clip(33, 256, 256),
            Clip(65, 544, 960),
        ),
        source="diffusers 0.42.1 class defaults",
        note=(
            "the whole clip at once: the class's overlapping temporal tiles (on by default above "
            "16 frames) and spatial tiles are off"
        ),
    ),
    *autoencoder(
        "AutoencoderKLWan",
        video_latent(16, 4, 8),
        model="wan2.1-vae",
        config={},
        clips=(
            Clip(1, 256, 256),
            Clip(5, 256, 256),
            Clip(17, 256, 256),
            Clip(81, 480, 832),
        ),
        source="diffusers 0.42.1 class defaults",
        note="encodes 1, then 4 frames at a time, decodes one latent frame at a time, with a cache",
    ),
    *autoencoder(
        "AutoencoderKLLTXVideo",
        video_latent(128, 8, 32),
        model="ltx-vae",
        config={},
        clips=(
            Clip(1, 256, 256),
            Clip(9, 256, 256),
            Clip(25, 256, 256),
            Clip(121, 512, 704),
        ),
        source="diffusers 0.42.1 class defaults (0.9)",
        note="the whole clip at once, decoder not causal",
    ),
)
