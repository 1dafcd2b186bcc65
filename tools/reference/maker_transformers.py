"""Step-Video's and Open-Sora 2.0's transformers in their makers' code, from a checkout.

As in `originals.py` the code is never copied, and what it imports for other things is replaced. The
groups are those that `rebuilt learn` records by the names of modules. Text is valid throughout, and
rotary positions, which count nothing, are left out where they need values.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import torch
from networks import Clip, Network, meta
from originals import checkout, plain_attention

from rebuilt.cost.learn.meta_counter import run as recorded
from rebuilt.cost.learn.records import counts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECOND_TEXT = 77  # tokens of Step-Video's second encoder
FLUX = {
    **{"from_pretrained": "", "cache_dir": "", "in_channels": 64, "vec_in_dim": 768},
    **{"context_in_dim": 4096, "hidden_size": 3072, "mlp_ratio": 4.0, "num_heads": 24},
    **{"depth": 19, "depth_single_blocks": 38, "axes_dim": [16, 56, 56], "theta": 10_000},
    **{"qkv_bias": True, "guidance_embed": False, "cond_embed": True, "fused_qkv": False},
    **{"use_liger_rope": True},
}
CLIPS = Clip(17, 544, 992, 320), Clip(204, 544, 992, 320), Clip(136, 544, 992, 128)
CLIPS_2 = Clip(5, 256, 256, 512), Clip(129, 768, 768, 512), Clip(129, 576, 1024, 128)


def grouped(forward: Callable[[torch.nn.Module, Clip], int]) -> Any:
    """Tokens, and FLOPs by group of operations, of one forward pass."""

    def count(module: torch.nn.Module, clip: Clip) -> tuple[int, dict[str, int]]:
        tokens: list[int] = []
        with torch.no_grad():
            records = recorded(module, lambda: tokens.append(forward(module, clip)))
        found: dict[str, int] = {}
        for name, flops in counts(records).items():
            group, _, what = name.split(" ")
            if what == "flops":
                found[group] = found.get(group, 0) + flops
        return tokens[0], found

    return count


def plain(folder: Path, *names: str) -> None:
    """Make packages of a checkout without what their files import."""
    for name in names:
        package = ModuleType(name)
        package.__path__ = [str(folder / name.replace(".", "/"))]
        sys.modules[name] = package


def step_video_networks(folder: Path) -> list[Network]:
    """Return the transformer of stepfun-ai/Step-Video-T2V at 675e08c."""
    utils, path = ModuleType("stepvideo.utils"), "xfuser.model_executor.models.customized"
    utils.with_empty_init = lambda make: make  # type: ignore[attr-defined]
    with checkout(folder):
        plain(folder, "stepvideo", "stepvideo.modules")
        sys.modules["stepvideo.utils"] = utils
        for name in ("rope", "attentions", "normalization", "blocks"):
            own = importlib.import_module(f"stepvideo.modules.{name}")
            sys.modules[f"{path}.step_video_t2v.{name}"] = own  # the same files as in xfuser
        model = importlib.import_module("stepvideo.modules.model")
    sys.modules["stepvideo.modules.rope"].RoPE3D.__call__ = lambda _, tokens, *__: tokens
    model.StepVideoModel.forward = model.StepVideoModel.forward.__wrapped__  # keeps products apart
    model.StepVideoModel.prepare_attn_mask = lambda _, __, text, **___: (text, None)

    def forward(net: torch.nn.Module, clip: Clip) -> int:
        frames, rest = clip.frames // 17 * 3, clip.frames % 17
        if rest:
            raise ValueError(f"{clip.frames} frames are no whole chunks of 17")
        rows, columns = clip.height // 16, clip.width // 16
        net(
            meta(1, frames, 64, rows, columns),
            encoder_hidden_states=meta(1, clip.text, 6144),
            encoder_hidden_states_2=meta(1, SECOND_TEXT, 1024),
            timestep=meta(1),
        )
        return frames * rows * columns

    return [
        Network(
            model="step-video-t2v",
            build=lambda _: model.StepVideoModel(attention_type="torch"),
            run=forward,
            clips=CLIPS,
            rules=(),
            grouped=grouped(forward),
            source="stepvideo/modules/model.py, defaults of StepVideoModel",
            implementation="stepfun-ai/Step-Video-T2V at 675e08c, attention by torch",
            note="every text token valid, 77 of the second encoder beside them",
        )
    ]


def open_sora_2_networks(folder: Path) -> list[Network]:
    """Return the transformer of hpcaitech/Open-Sora 2.0, configs/diffusion/inference/256px.py."""
    with checkout(folder), patch.object(torch, "compile", lambda *_, **__: lambda make: make):
        plain(folder, "opensora", "opensora.models", "opensora.models.mmdit")
        maths = importlib.import_module("opensora.models.mmdit.math")
        layers = importlib.import_module("opensora.models.mmdit.layers")
        model = importlib.import_module("opensora.models.mmdit.model")
    maths.flash_attn_func = plain_attention
    maths.LigerRopeFunction.apply = lambda query, key, *_: (query, key)
    layers.LigerRMSNormFunction.apply = lambda rows, *_: rows
    model.auto_grad_checkpoint = lambda block, *given: block(*given)

    def forward(net: torch.nn.Module, clip: Clip) -> int:
        frames = (clip.frames - 1) // 4 + 1
        tokens = frames * (clip.height // 16) * (clip.width // 16)
        net(
            img=meta(1, tokens, 64),
            img_ids=meta(1, tokens, 3),
            txt=meta(1, clip.text, 4096),
            txt_ids=meta(1, clip.text, 3),
            timesteps=meta(1),
            y_vec=meta(1, 768),
            cond=meta(1, tokens, 68),
        )
        return tokens

    return [
        Network(
            model="open-sora-2.0",
            build=lambda _: model.MMDiTModel(model.MMDiTConfig(**FLUX)),
            run=forward,
            clips=CLIPS_2,
            rules=(),
            grouped=grouped(forward),
            source="configs/diffusion/inference/256px.py",
            implementation="hpcaitech/Open-Sora at 7ad6a96, attention by torch",
            note="with the image condition that its configuration has",
        )
    ]
