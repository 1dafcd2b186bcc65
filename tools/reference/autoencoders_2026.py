"""The autoencoders of the catalogue, as `decoders.py` counts them: classes, numbers and clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import diffusers
import torch

if TYPE_CHECKING:
    from collections.abc import Callable

Clip = tuple[int, int, int]
CLASS = "diffusers 0.42.1 class defaults"
SCRIPT = "diffusers scripts at 58eb52c, "


@dataclass(frozen=True, kw_only=True)
class Codec:
    """An autoencoder: class, what differs from its defaults, strides, and clips to measure.

    `stride` is None for a network of single images; with `chunk`, each chunk of frames is rounded
    up to whole latent frames. `whole` switches tiles in time off, `told` gives the decoder a time
    step, `apart` takes frames as a batch of images and their number, `only` is whether it works in
    tiles and in nothing else. `made` builds one of `origin`, which is not diffusers.
    """

    model: str
    name: str
    channels: int
    side: int
    source: str
    clips: tuple[Clip, ...]
    stride: int | None = None
    chunk: int | None = None
    first: int = 1
    config: dict[str, Any] = field(default_factory=dict)
    whole: bool = False
    told: bool = False
    apart: bool = False
    colours: int = 3
    only: bool = False
    made: Callable[[], torch.nn.Module] | None = None
    origin: str = ""

    @property
    def implementation(self) -> str:
        """Name of the class and where it is from."""
        return f"{self.origin}, {self.name}" if self.origin else f"diffusers.{self.name}"

    def frames(self, latents: int) -> int:
        """Frames of a clip of so many latent frames."""
        if self.stride is None:
            return 1
        if self.chunk:
            each = -(-self.chunk // self.stride)
            chunks, rest = divmod(latents, each)
            return self.chunk * chunks + (1 + (rest - 1) * self.stride if rest else 0)
        return self.first + (latents - self.first) * self.stride

    def latent(self, frames: int, height: int, width: int) -> tuple[int, ...]:
        """Shape of the latent of a clip."""
        sides = height // self.side, width // self.side
        if self.stride is None:
            return self.channels, *sides
        if self.chunk:
            chunks, rest = divmod(frames, self.chunk)
            return (
                self.channels,
                -(-self.chunk // self.stride) * chunks - (-rest // self.stride),
                *sides,
            )
        if self.apart:
            return frames, self.channels, *sides
        return self.channels, self.first + (frames - self.first) // self.stride, *sides

    def build(self) -> torch.nn.Module:
        """Build it without weights, in BF16."""
        make = self.made or (lambda: getattr(diffusers, self.name)(**self.config))
        with torch.device("meta"):
            network = make().eval()
        if self.whole:
            network.use_framewise_encoding = network.use_framewise_decoding = False
        return network.to("meta").to(torch.bfloat16)

    def ways(self, network: torch.nn.Module) -> tuple[bool, ...]:
        """Whole, in tiles, or both: what the class can."""
        if self.only:
            return (True,)
        return (False, True) if hasattr(network, "tiled_decode") else (False,)

    def decode(self, network: torch.nn.Module, latent: torch.Tensor) -> Any:
        """Decode, with a time step where the decoder is told one."""
        more: dict[str, Any] = {"temb": torch.empty(1, device="meta")} if self.told else {}
        if self.apart:
            latent, more = latent[0], {"num_frames": latent.shape[1]}
        return network.decode(latent, **more)

    def encode(self, network: torch.nn.Module, clip: torch.Tensor) -> Any:
        """Encode a clip, with its frames as a batch where the class wants them so."""
        return network.encode(clip[0].transpose(0, 1) if self.apart else clip)


IMAGES = ((1, 768, 1024), (1, 2048, 2048))
CLIPS = ((33, 480, 832),)
LTX_CLIPS = ((33, 512, 704),)
SD = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "sample_size": 1024,
    "latent_channels": 16,
    "use_quant_conv": False,
    "use_post_quant_conv": False,
}
OLD = SD | {
    "sample_size": 512,
    "latent_channels": 4,
    "use_quant_conv": True,
    "use_post_quant_conv": True,
}
SDXL = "convert_diffusers_sdxl_to_original.py"
WAN22 = {
    "base_dim": 160,
    "z_dim": 48,
    "is_residual": True,
    "in_channels": 12,
    "out_channels": 12,
    "decoder_base_dim": 256,
    "scale_factor_temporal": 4,
    "scale_factor_spatial": 16,
    "patch_size": 2,
    "latents_mean": [0.0] * 48,
    "latents_std": [1.0] * 48,
}
COSMOS = {
    "encoder_block_out_channels": (128, 256, 512, 512),
    "decode_block_out_channels": (256, 512, 512, 512),
    "attention_resolutions": (32,),
    "resolution": 1024,
    "num_layers": 2,
    "patch_size": 4,
    "patch_type": "haar",
    "spatial_compression_ratio": 8,
    "temporal_compression_ratio": 8,
    "latents_mean": None,
    "latents_std": None,
}
HUNYUAN_IMAGE = {
    "in_channels": 3,
    "out_channels": 3,
    "latent_channels": 64,
    "block_out_channels": (128, 256, 512, 512, 1024, 1024),
    "layers_per_block": 2,
    "spatial_compression_ratio": 32,
    "sample_size": 384,
    "downsample_match_channel": True,
    "upsample_match_channel": True,
}
LTX097 = {
    "block_out_channels": (128, 256, 512, 1024, 2048),
    "down_block_types": ("LTXVideo095DownBlock3D",) * 4,
    "decoder_block_out_channels": (256, 512, 1024),
    "layers_per_block": (4, 6, 6, 2, 2),
    "decoder_layers_per_block": (5, 5, 5, 5),
    "spatio_temporal_scaling": (True,) * 4,
    "decoder_spatio_temporal_scaling": (True,) * 3,
    "decoder_inject_noise": (False,) * 4,
    "downsample_type": ("spatial", "temporal", "spatiotemporal", "spatiotemporal"),
    "upsample_residual": (True,) * 3,
    "upsample_factor": (2,) * 3,
    "timestep_conditioning": True,
    "patch_size": 4,
    "patch_size_t": 1,
    "spatial_compression_ratio": 32,
    "temporal_compression_ratio": 8,
}
LTX2 = {
    "block_out_channels": (256, 512, 1024, 2048),
    "decoder_block_out_channels": (256, 512, 1024),
    "layers_per_block": (4, 6, 6, 2, 2),
    "decoder_layers_per_block": (5, 5, 5, 5),
    "upsample_type": ("spatiotemporal",) * 3,
    "upsample_residual": (True,) * 3,
    "upsample_factor": (2,) * 3,
    "encoder_spatial_padding_mode": "zeros",
    "decoder_spatial_padding_mode": "reflect",
}
LTX23 = {
    "block_out_channels": (256, 512, 1024, 1024),
    "decoder_block_out_channels": (256, 512, 512, 1024),
    "layers_per_block": (4, 6, 4, 2, 2),
    "decoder_layers_per_block": (4, 6, 4, 2, 2),
    "decoder_spatio_temporal_scaling": (True,) * 4,
    "decoder_inject_noise": (False,) * 5,
    "upsample_type": ("spatiotemporal", "spatiotemporal", "temporal", "spatial"),
    "upsample_residual": (False,) * 4,
    "upsample_factor": (2, 2, 1, 2),
    "encoder_spatial_padding_mode": "zeros",
    "decoder_spatial_padding_mode": "zeros",
}


def image(model: str, name: str, channels: int, side: int, **fields: Any) -> Codec:
    """Return an autoencoder of single images."""
    return Codec(model=model, name=name, channels=channels, side=side, clips=IMAGES, **fields)


def video(
    model: str,
    name: str,
    channels: int,
    strides: tuple[int, int],
    clips: tuple[Clip, ...],
    **fields: Any,
) -> Codec:
    """Return an autoencoder of clips, of which the first frame stays alone."""
    stride, side = strides
    shape = {"stride": stride, "side": side, "clips": clips}
    return Codec(model=model, name=name, channels=channels, **shape, **fields)


AUTOENCODERS: tuple[Codec, ...] = (
    image("flux-vae", "AutoencoderKL", 16, 8, config=SD, source="as tools/reference has SD 3"),
    image("sd-vae", "AutoencoderKL", 4, 8, config=OLD, source="as tools/reference has SD 1.5"),
    image("sd3-vae", "AutoencoderKL", 16, 8, config=SD, source="as tools/reference has SD 3"),
    image("sdxl-vae", "AutoencoderKL", 4, 8, config=OLD, source=SCRIPT + SDXL),
    Codec(
        model="svd-vae",
        name="AutoencoderKLTemporalDecoder",
        channels=4,
        side=8,
        stride=1,
        clips=((14, 320, 576),),
        config={
            "down_block_types": ("DownEncoderBlock2D",) * 4,
            "block_out_channels": (128, 256, 512, 512),
            "layers_per_block": 2,
        },
        apart=True,
        source="models/autoencoders/autoencoder_kl_temporal_decoder.py, levels of SD",
    ),
    image("flux2-vae", "AutoencoderKLFlux2", 32, 8, source=CLASS),
    image("dc-ae-f32c32", "AutoencoderDC", 32, 32, source=CLASS),
    image(
        "hunyuanimage-vae",
        "AutoencoderKLHunyuanImage",
        64,
        32,
        config=HUNYUAN_IMAGE,
        source=SCRIPT + "convert_hunyuan_image_to_diffusers.py",
    ),
    video("wan2.1-vae", "AutoencoderKLWan", 16, (4, 8), CLIPS, source=CLASS),
    video("wan2.1-vae-image", "AutoencoderKLWan", 16, (4, 8), ((1, 768, 1360),), source=CLASS),
    video(
        "wan2.2-vae",
        "AutoencoderKLWan",
        48,
        (4, 16),
        CLIPS,
        config=WAN22,
        source=SCRIPT + "convert_wan_to_diffusers.py",
    ),
    video(
        "qwen-image-vae",
        "AutoencoderKLQwenImage",
        16,
        (4, 8),
        ((1, 1328, 1328),),
        source=CLASS,
    ),
    video(
        "qwen-image-2.1-vae",
        "AutoencoderKLQwenImage21",
        64,
        (4, 16),
        ((1, 1024, 1536),),
        colours=4,
        source=CLASS,
    ),
    video(
        "hunyuanvideo-vae",
        "AutoencoderKLHunyuanVideo",
        16,
        (4, 8),
        ((33, 480, 832),),
        whole=True,
        source=CLASS,
    ),
    video(
        "hunyuanvideo-1.5-vae",
        "AutoencoderKLHunyuanVideo15",
        32,
        (4, 16),
        ((17, 320, 576),),
        source=CLASS,
    ),
    video("ltx-vae", "AutoencoderKLLTXVideo", 128, (8, 32), LTX_CLIPS, source=CLASS),
    video(
        "ltx-vae-0.9.7",
        "AutoencoderKLLTXVideo",
        128,
        (8, 32),
        LTX_CLIPS,
        config=LTX097,
        told=True,
        source=SCRIPT + "convert_ltx_to_diffusers.py",
    ),
    video(
        "ltx2-vae",
        "AutoencoderKLLTX2Video",
        128,
        (8, 32),
        LTX_CLIPS,
        config=LTX2,
        source=SCRIPT + "convert_ltx2_to_diffusers.py, 2.0",
    ),
    video(
        "ltx2.3-vae",
        "AutoencoderKLLTX2Video",
        128,
        (8, 32),
        LTX_CLIPS,
        config=LTX23,
        source=SCRIPT + "convert_ltx2_to_diffusers.py, 2.3",
    ),
    video(
        "cogvideox-vae",
        "AutoencoderKLCogVideoX",
        16,
        (4, 8),
        ((17, 480, 720),),
        source=CLASS,
    ),
    video(
        "mochi-vae",
        "AutoencoderKLMochi",
        12,
        (6, 8),
        ((31, 480, 848),),
        source=CLASS,
    ),
    video(
        "cosmos-tokenizer",
        "AutoencoderKLCosmos",
        16,
        (8, 8),
        ((49, 480, 832),),
        config=COSMOS,
        source=SCRIPT + "convert_cosmos_to_diffusers.py",
    ),
    video(
        "easyanimate-vae",
        "AutoencoderKLMagvit",
        16,
        (4, 8),
        ((17, 512, 768),),
        source=CLASS,
    ),
    video(
        "kandinsky6-vae",
        "AutoencoderKLKVAEVideo",
        16,
        (4, 8),
        ((49, 256, 512),),
        source=CLASS,
    ),
    video("kandinsky6-sr-vae", "Kandinsky6SRVAE", 64, (4, 16), ((49, 256, 512),), source=CLASS),
    Codec(
        model="allegro-vae",
        name="AutoencoderKLAllegro",
        channels=4,
        side=8,
        stride=4,
        first=0,
        clips=((40, 320, 320),),
        only=True,
        source=CLASS,
    ),
    Codec(
        model="minimax-h3-vae",
        name="AutoencoderKLMiniMaxH3",
        channels=24,
        side=16,
        stride=4,
        chunk=17,
        clips=((22, 256, 256),),
        only=True,
        source=CLASS,
    ),
)
