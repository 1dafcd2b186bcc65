"""Test vectors: what torch computes at every layer for one prompt, for implementations to equal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from tools.training.data import VALIDATION_SEED
from tools.training.diffuse import Scale, noise_of, sample

from rebuilt.mini.captions import describe, tokens
from rebuilt.mini.scenes import Record, render, scene

if TYPE_CHECKING:
    from pathlib import Path

    from tools.training.models import Autoencoder, Transformer
    from torch import Tensor, nn

NOISE_SEED = 7
STEPS = 4
TIME = 0.6


def smallest_scene() -> Any:
    """First validation scene of 9 frames of 24 x 40 pixels: not square, and small."""
    index = 0
    while True:
        made = scene(VALIDATION_SEED, index)
        record: Record = made.record
        if (record.frames, record.height, record.width) == (9, 24, 40):
            return made
        index += 1


def capture(module: nn.Module, run: Any) -> dict[str, Tensor]:
    """Keep the outputs of every module inside `module` while `run()` runs it."""
    kept: dict[str, Tensor] = {}

    def hook(name: str) -> Any:
        def keep(_module: nn.Module, _inputs: Any, output: Any) -> None:
            if isinstance(output, tuple):
                for place, part in enumerate(output):
                    kept[f"{name}.{place}"] = part.detach().clone()
            else:
                kept[name] = output.detach().clone()

        return keep

    handles = [
        part.register_forward_hook(hook(name)) for name, part in module.named_modules() if name
    ]
    with torch.no_grad():
        run()
    for handle in handles:
        handle.remove()
    return kept


def vectors(module: Transformer, autoencoder: Autoencoder, scale: Scale) -> dict[str, Tensor]:
    """Return inputs, the output of every layer, and a whole sampling of `STEPS` steps.

    Arrays of the transformer are (1, tokens, width), text first; those of the autoencoder are
    channel-first (1, channels, frames, height, width), as its layers see them.
    """
    made = smallest_scene()
    caption = describe(made.record)
    words = torch.tensor([tokens(caption)])
    clip = torch.from_numpy(render(made))[None]
    with torch.no_grad():
        raw = autoencoder.encode(clip)
        decoded = autoencoder.decode(raw)
    latents = (raw - scale.mean) / scale.spread
    noise = noise_of(NOISE_SEED, tuple(latents.shape))
    noisy = (1 - TIME) * latents + TIME * noise
    times = torch.tensor([TIME])
    with torch.no_grad():
        velocity = module(noisy, times, words)
    final = sample(module, [caption], noise, steps=STEPS, guidance=3.0)
    with torch.no_grad():
        shown = autoencoder.decode(final * scale.spread + scale.mean)
    found = {
        "input.words": words[0].int(),
        "input.clip": clip,
        "input.noise": noise,
        "input.noisy": noisy,
        "input.time": times,
        "encoder.output": raw,
        "decoder.output": decoded,
        "velocity": velocity,
        "sample.latents": final,
        "sample.clip": shown,
    }
    layers = capture(module, lambda: module(noisy, times, words))
    encoder = capture(autoencoder.encoder, lambda: autoencoder.encode(clip))
    decoder = capture(autoencoder.decoder, lambda: autoencoder.decode(raw))
    found |= {f"transformer.{name}": value for name, value in layers.items()}
    found |= {f"encoder.{name}": value for name, value in encoder.items()}
    found |= {f"decoder.{name}": value for name, value in decoder.items()}
    return {name: value.contiguous() for name, value in found.items()}


# Full arrays of every layer would be many megabytes: of large ones every nth value is kept.
VALUES_MOST = 600


def thin(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Keep at most about 600 evenly spaced values of each layer; inputs and results whole."""
    kept = {}
    for name, value in found.items():
        whole = name.startswith(("input.", "sample.", "velocity")) or name == "encoder.output"
        step = 1 if whole else max(1, value.numel() // VALUES_MOST)
        kept[name] = value if step == 1 else value.flatten()[::step].clone()
    return kept


def write(module: Transformer, autoencoder: Autoencoder, scale: Scale, path: Path) -> None:
    """Write the vectors; the metadata says caption, seed, steps, guidance and strides."""
    found = vectors(module, autoencoder, scale)
    kept = thin(found)
    strides = {
        name: max(1, value.numel() // VALUES_MOST) if kept[name].shape != value.shape else 1
        for name, value in found.items()
    }
    shapes = {name: list(value.shape) for name, value in found.items()}
    about = {
        "caption": describe(smallest_scene().record),
        "noise_seed": NOISE_SEED,
        "steps": STEPS,
        "guidance": 3.0,
        "shift": 1.0,
        "time": TIME,
        "strides": strides,
        "shapes": shapes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(kept, path, metadata={"about": json.dumps(about, sort_keys=True)})
