"""Autoencoders in their makers' own code, for `decoders.py`: Open-Sora 1.2, MAGI-1, Step-Video.

The code is read from checkouts and never copied here; what it imports for training, several GPUs
and fused kernels is replaced as in `originals.py`. Each network is fed as a class of diffusers is.
"""

from __future__ import annotations

import importlib
import sys
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import torch
import torch.nn.functional as F  # noqa: N812
from autoencoders_2026 import Codec
from diffusers import AutoencoderKL
from originals import checkout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SDXL = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "latent_channels": 4,
}
MAGI = {
    "video_size": 256,
    "video_length": 16,
    "patch_size": 8,
    "patch_length": 4,
    "z_chans": 16,
    "embed_dim": 1024,
    "depth": 24,
    "num_heads": 16,
    "qkv_bias": True,
    "ln_in_attn": True,
    "conv_last_layer": True,
}
MAGI_CHUNK, MAGI_TILE = 6, 12  # latent frames of 24, and half of 24 frames a second


class Fed(torch.nn.Module):
    """A network of other habits, encoded and decoded as diffusers does: channels, then frames."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def encode(self, clip: torch.Tensor) -> Any:
        """Encode (1, 3, frames, height, width)."""
        return self.network.encode(clip)


class OpenSora(Fed):
    """Decodes as many frames as filled chunks of 17 give, and one for a single latent."""

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Decode (1, 4, latent frames, rows, columns)."""
        chunks = -(-latent.shape[2] // 5)
        return self.network.decode(latent, num_frames=4 * latent.shape[2] - 3 * chunks)


class Magi(Fed):
    """Decodes the whole latent, or as the pipeline does: chunks of 24 frames, in tiles of 12."""

    use_tiling = False

    def __init__(self, network: torch.nn.Module, in_tiles: Callable[..., torch.Tensor]) -> None:
        super().__init__(network)
        self.in_tiles = in_tiles

    def encode(self, clip: torch.Tensor) -> torch.Tensor:
        """Encode as the class does by itself."""
        return self.network.encode(clip, sample_posterior=False)

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Decode (1, 16, latent frames, rows, columns)."""
        return self.tiled_decode(latent) if self.use_tiling else self.network.decode(latent)

    def tiled_decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Decode on one device, without compiling how tiles are blended."""
        with (
            patch.object(torch, "compile", lambda function, **_: function),
            patch.object(torch.distributed, "get_rank", lambda **_: 0),
        ):
            chunks = latent.split(MAGI_CHUNK, dim=2)
            done = [
                self.in_tiles(chunk / 1, self.network, tile_sample_min_length=MAGI_TILE)
                for chunk in chunks
            ]
        return torch.cat(done, dim=0)


class StepVideo(Fed):
    """Takes frames before channels."""

    def encode(self, clip: torch.Tensor) -> torch.Tensor:
        """Encode chunks of 17 frames."""
        return self.network.encode(clip.transpose(1, 2))

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Decode chunks of three latent frames."""
        return self.network.decode(latent.transpose(1, 2))


class Registry:
    """What `mmengine` is used for: classes by name."""

    def __init__(self) -> None:
        self.known: dict[str, Callable[..., Any]] = {}

    def register_module(self, name: str | None = None) -> Callable[[Any], Any]:
        """Keep a class or function under its name."""

        def keep(made: Any) -> Any:
            self.known[name or made.__name__] = made
            return made

        return keep

    def build(self, config: dict[str, Any]) -> Any:
        """Make what `type` names."""
        fields = dict(config)
        return self.known[fields.pop("type")](**fields)


def packages(folder: Path, *names: str) -> None:
    """Make plain packages of folders, without what their own first lines import."""
    for name in names:
        package = ModuleType(name)
        package.__path__ = [str(folder / name.replace(".", "/"))]
        sys.modules[name] = package


def module(name: str, **contents: Any) -> None:
    """Stand in for a module by what is used of it."""
    found = ModuleType(name)
    vars(found).update(contents)
    sys.modules[name] = found


def packed_attention(qkv: torch.Tensor, **_: Any) -> torch.Tensor:
    """Attention over batch, tokens, three, heads, width."""
    swapped = (one.transpose(1, 2) for one in qkv.unbind(2))
    return F.scaled_dot_product_attention(*swapped).transpose(1, 2)


def open_sora_codec(folder: Path) -> Codec:
    """Return the autoencoder of hpcaitech/Open-Sora v1.2."""
    models = Registry()
    packages(folder, "opensora", "opensora.models", "opensora.models.vae")
    module("opensora.registry", MODELS=models, build_module=lambda config, by: by.build(config))
    with checkout(folder):
        importlib.import_module("opensora.models.vae.vae_temporal")
        vae = importlib.import_module("opensora.models.vae.vae")

    def build() -> torch.nn.Module:
        with patch.object(AutoencoderKL, "from_pretrained", lambda *_, **__: AutoencoderKL(**SDXL)):
            return OpenSora(vae.OpenSoraVAE_V1_2())

    return Codec(
        model="open-sora-1.2-vae",
        name="OpenSoraVAE_V1_2",
        channels=4,
        side=8,
        stride=4,
        chunk=17,
        clips=((1, 480, 848), (51, 480, 848)),
        made=build,
        origin="hpcaitech/Open-Sora v1.2.0 at 17cce90, opensora/models/vae/vae.py",
        source="the class's own defaults; SDXL autoencoder as sdxl-vae",
    )


def magi_codec(folder: Path) -> Codec:
    """Return the autoencoder of SandAI-org/MAGI-1, attention by torch."""
    places = ("inference", "inference.infra", "inference.infra.parallelism", "inference.model")
    packages(folder, *places, "inference.pipeline")
    module("flash_attn", flash_attn_func=None, flash_attn_qkvpacked_func=packed_attention)
    with checkout(folder):
        tiles = importlib.import_module("inference.infra.parallelism.tile_parallel")
        sys.modules["inference.infra.parallelism"].TileProcessor = tiles.TileProcessor
        vae = importlib.import_module("inference.model.vae")
        helper = importlib.import_module("inference.pipeline.video_process").VaeHelper

    def build() -> torch.nn.Module:
        with patch.object(torch, "linspace", partial(torch.linspace, device="cpu")):
            return Magi(vae.ViTVAE(ddconfig=MAGI), helper.decode)

    return Codec(
        model="magi-1-vae",
        name="ViTVAE",
        channels=16,
        side=8,
        stride=4,
        first=0,
        clips=((48, 480, 832),),
        made=build,
        origin="SandAI-org/MAGI-1 at 6ff822e, inference/model/vae, flash_attn replaced by torch",
        source="diffusers pull request 14760 at dabb12f, AutoencoderKLMagi and its conversion",
    )


def step_video_codec(folder: Path) -> Codec:
    """Return the second version of the autoencoder of stepfun-ai/Step-Video-T2V."""
    packages(folder, "stepvideo", "stepvideo.vae")
    module("stepvideo.utils", with_empty_init=lambda function: function)
    with checkout(folder):
        vae = importlib.import_module("stepvideo.vae.vae")
    return Codec(
        model="step-video-vae",
        name="AutoencoderKL",
        channels=64,
        side=16,
        stride=8,
        chunk=17,
        clips=((17, 272, 496), (204, 544, 992)),
        made=lambda: StepVideo(vae.AutoencoderKL(z_channels=64, version=2)),
        origin="stepfun-ai/Step-Video-T2V at 675e08c, stepvideo/vae/vae.py",
        source="api/call_remote_server.py, version 2: z_channels 64",
    )


CHECKOUTS: dict[str, tuple[str, Callable[[Path], Codec]]] = {
    "open_sora": ("hpcaitech/Open-Sora v1.2.0", open_sora_codec),
    "magi": ("SandAI-org/MAGI-1", magi_codec),
    "step_video": ("stepfun-ai/Step-Video-T2V", step_video_codec),
}
