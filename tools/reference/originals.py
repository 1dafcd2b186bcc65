"""Networks measured in their authors' own code, which diffusers lacks or changes.

The code is read from a checkout given on the command line and never copied here. What it imports
for images, training and fused kernels is replaced by stand-ins that do nothing. None of them takes
part in the count, except memory-efficient attention, which becomes torch's own.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock, patch

import torch
import torch.nn.functional as F  # noqa: N812
import transformers.modeling_utils  # noqa: F401  # before a stand-in can mislead it
from groups import DIT_RULES, STDIT_RULES
from networks import Clip, Network, meta, step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAND_INS = (
    "torchvision",
    "colossalai",
    "mmengine",
    "xformers",
    "xfuser",
    "flash_attn",
    "liger_kernel",
    "opensora.acceleration.checkpoint",
    "opensora.utils.ckpt",
    "ffmpeg",
    "inference.common",
    "inference.infra.distributed",
    "opensora.registry",
    "opensora.utils.ckpt_utils",
    "opensora.acceleration.communications",
    "opensora.acceleration.parallel_states",
)


class StandIn(ModuleType):
    """A package whose every attribute and submodule exists and does nothing."""

    __path__: list[str] = []  # noqa: RUF012

    def __getattr__(self, name: str) -> Any:
        """Return something that can be called, inherited from and used as a decorator."""
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock(name=name)


class StandInFinder(MetaPathFinder, Loader):
    """Finds a stand-in for each package of STAND_INS and everything below it."""

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """Claim the packages that are not needed for counting."""
        if any(name == absent or name.startswith(absent + ".") for absent in STAND_INS):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make an empty module of that name."""
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty."""


@contextmanager
def checkout(folder: Path) -> Iterator[None]:
    """Import from a checkout, with stand-ins, while the block runs."""
    finder = StandInFinder()
    sys.meta_path.insert(0, finder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, StandIn)]:
            del sys.modules[name]


def dit_networks(folder: Path) -> list[Network]:
    """Return the twelve networks of facebookresearch/DiT, each built for its input's size."""
    with checkout(folder):
        known = importlib.import_module("models").DiT_models

    def run(net: torch.nn.Module, clip: Clip) -> int:
        net(meta(1, 4, clip.height // 8, clip.width // 8), step().float(), step())
        return net.x_embedder.num_patches

    return [
        Network(
            model=name.lower().replace("/", "-"),
            build=lambda clip, make=make: make(input_size=clip.height // 8),
            run=run,
            clips=tuple(Clip(1, side, side) for side in (256, 512, 1024)),
            rules=DIT_RULES,
            source="facebookresearch/DiT models.py at ed81ce2",
            implementation="facebookresearch/DiT at ed81ce2 with timm 1.0.31",
            note="parameters include the fixed position table, whose size follows the input",
        )
        for name, make in known.items()
    ]


def open_sora_networks(folder: Path) -> list[Network]:
    """Return the STDiT3-XL/2 of hpcaitech/Open-Sora v1.2."""
    with checkout(folder):
        for name in ("opensora.models", "opensora.models.stdit"):
            package = ModuleType(name)  # a plain package: skips imports of other models
            package.__path__ = [str(folder / name.replace(".", "/"))]
            sys.modules[name] = package
        blocks = importlib.import_module("opensora.models.layers.blocks")
        stdit = importlib.import_module("opensora.models.stdit.stdit3")
    blocks.xformers.ops.memory_efficient_attention = plain_attention
    return [
        Network(
            model="open-sora-1.2",
            build=lambda _: build_stdit(stdit),
            run=run_stdit,
            clips=(
                Clip(17, 144, 256, 300),
                Clip(51, 480, 854, 300),
                Clip(51, 480, 854, 120),
                Clip(102, 720, 1280, 300),
            ),
            rules=STDIT_RULES,
            source="opensora/models/stdit/stdit3.py STDiT3_XL_2 and configs/opensora-v1-2",
            implementation="hpcaitech/Open-Sora v1.2.0 at 17cce90, xformers replaced by torch",
            note=(
                "latent frames by its autoencoder: 5 for each 17; latent sizes padded to the "
                "patch; all text tokens kept, as without a mask"
            ),
        )
    ]


def build_stdit(stdit: ModuleType) -> torch.nn.Module:
    """Build the network; its drop rates are read as numbers, so they need a device with values."""
    with patch.object(torch, "linspace", partial(torch.linspace, device="cpu")):
        return stdit.STDiT3(stdit.STDiT3Config(qk_norm=True))


def plain_attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, **_: Any
) -> torch.Tensor:
    """Attention over tensors laid out as batch, tokens, heads, width."""
    swapped = (tensor.transpose(1, 2) for tensor in (query, key, value))
    return F.scaled_dot_product_attention(*swapped).transpose(1, 2).contiguous()


def run_stdit(net: torch.nn.Module, clip: Clip) -> int:
    """Run one forward; the pixel size is a number that the code reads, not a shape."""
    frames, height, width = clip.frames // 17 * 5, clip.height // 8, clip.width // 8
    net(
        meta(1, 4, frames, height, width),
        step(),
        meta(1, 1, clip.text, 4096),
        fps=torch.zeros(1, device="meta"),
        height=torch.tensor([float(clip.height)], device="cpu"),
        width=torch.tensor([float(clip.width)], device="cpu"),
    )
    return frames * -(-height // 2) * -(-width // 2)
