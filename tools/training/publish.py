"""Write weights as float16 safetensors, with what is needed to run them as JSON metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from safetensors import safe_open
from safetensors.torch import save_file
from tools.training.models import POSITION_BASE, STRIDE, TIME_BASE, TIME_SCALE, Size, Transformer

from rebuilt.mini.captions import NULL, TOKENS_MOST, VOCABULARY
from rebuilt.mini.scenes import FRAMES, FRAMES_PER_SECOND, SIZES

if TYPE_CHECKING:
    from pathlib import Path

    from tools.training.diffuse import Scale
    from torch import Tensor


def transformer_config(size: Size, scale: Scale, sampler: dict[str, float]) -> dict[str, Any]:
    """Everything besides the weights that sampling depends on."""
    return {
        "kind": "transformer",
        "width": size.width,
        "depth": size.depth,
        "heads": size.heads,
        "condition": size.condition,
        "patch": [1, size.patch, size.patch],
        "channels": size.channels,
        "feed_forward_ratio": 4,
        "norm_epsilon": 1e-5,
        "head_norm_epsilon": 1e-6,
        "time_base": TIME_BASE,
        "time_scale": TIME_SCALE,
        "position_base": POSITION_BASE,
        "vocabulary": list(VOCABULARY),
        "null": NULL,
        "tokens_most": TOKENS_MOST,
        "latent_mean": scale.mean.tolist(),
        "latent_spread": scale.spread.tolist(),
        "sampler": sampler,
        **clip_config(),
    }


def clip_config() -> dict[str, Any]:
    """Shapes of clips that the weights were trained on."""
    return {
        "frames": list(FRAMES),
        "frames_per_second": FRAMES_PER_SECOND,
        "sizes": [list(size) for size in SIZES],
        "stride": STRIDE,
    }


def autoencoder_config() -> dict[str, Any]:
    """Layers of encoder and decoder in order, as the state dict numbers them."""
    return {
        "kind": "autoencoder",
        "fold": 2,
        "encoder": [
            {"causal_conv": [12, 32], "kernel": 3, "stride": [1, 1, 1]},
            {"silu": True},
            {"causal_conv": [32, 48], "kernel": 3, "stride": [2, 2, 2]},
            {"silu": True},
            {"causal_conv": [48, 64], "kernel": 3, "stride": [2, 1, 1]},
            {"silu": True},
            {"causal_conv": [64, 8], "kernel": 1, "stride": [1, 1, 1]},
        ],
        "decoder": [
            {"causal_conv": [8, 48], "kernel": 3, "stride": [1, 1, 1]},
            {"silu": True},
            {"double": ["time"]},
            {"causal_conv": [48, 32], "kernel": 3, "stride": [1, 1, 1]},
            {"silu": True},
            {"double": ["time", "space"]},
            {"causal_conv": [32, 32], "kernel": 3, "stride": [1, 1, 1]},
            {"silu": True},
            {"causal_conv": [32, 12], "kernel": 3, "stride": [1, 1, 1]},
        ],
        **clip_config(),
    }


def save(weights: dict[str, Tensor], config: dict[str, Any], path: Path) -> None:
    """Write weights as float16 with `config` in the metadata; the same input, the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    halves = {name: weights[name].half().contiguous() for name in sorted(weights)}
    save_file(halves, path, metadata={"config": json.dumps(config, sort_keys=True)})


def load_transformer(path: Path) -> tuple[Transformer, dict[str, Any]]:
    """Read a published transformer back, its float16 weights as float32."""
    with safe_open(path, framework="pt") as file:
        config: dict[str, Any] = json.loads(file.metadata()["config"])
        weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    size = Size(
        width=config["width"],
        depth=config["depth"],
        heads=config["heads"],
        condition=config["condition"],
        patch=config["patch"][1],
        channels=config["channels"],
    )
    module = Transformer(size)
    module.load_state_dict(weights)
    return module.eval(), config
