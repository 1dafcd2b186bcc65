"""Train the autoencoder, and measure the latents' mean and spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from tools.training.data import VALIDATION_SEED, window_batch
from tools.training.loop import Course, finished, train
from tools.training.models import Autoencoder

from rebuilt.mini.scenes import render, scene

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

NOISE = (0.05, 0.25)  # of each channel's spread, first and later: the decoder forgives what a
# transformer predicts inexactly, and near latents decode to near clips
NOISE_GROWS = 2000  # steps over which the noise grows
BEYOND_FROM = 500  # step from which values beyond pure black or full colour are no error: the
# decoder's output is clamped, and edges become sharper when it may overshoot
PENALTY = 1e-4  # on the square of latents, against ever larger values
COURSE = Course("autoencoder", seed=11, steps=8000, rate=2e-3, average=0.998)


def loss(module: nn.Module, rng: np.random.Generator, step: int) -> Tensor:
    """Error of a noisy latent's decoding, and the penalty on latents."""
    clips = window_batch(rng)
    latents = module.encode(clips)
    spread = latents.detach().std(dim=(0, 1, 2, 3))
    share = NOISE[0] + (NOISE[1] - NOISE[0]) * min(1.0, step / NOISE_GROWS)
    noise = torch.from_numpy(rng.standard_normal(latents.shape, dtype=np.float32))
    made = module.decode(latents + share * spread * noise)
    if step >= BEYOND_FROM:
        error = one_sided(made, clips)
    else:
        error = (made - clips).square().mean() + 0.2 * (made - clips).abs().mean()
    return error + PENALTY * latents.square().mean()


def one_sided(made: Tensor, clips: Tensor) -> Tensor:
    """Squared and absolute error, none where pure black or full colour is overshot."""
    beyond = (made.detach() * clips > 1) & (clips.abs() == 1)
    error = (made - clips).masked_fill(beyond, 0.0)
    return error.square().mean() + 0.2 * error.abs().mean()


def run(folder: Path) -> None:
    """Train the autoencoder to its end."""
    torch.manual_seed(COURSE.seed)
    train(Autoencoder(), COURSE, loss, folder)


def load(folder: Path) -> Autoencoder:
    """Return the trained autoencoder, with averaged weights rounded to float16 as published."""
    module = Autoencoder()
    weights = finished(folder)["average"]
    module.load_state_dict({name: value.half().float() for name, value in weights.items()})
    return module.eval()


def spread(module: Autoencoder, clips: int = 512) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each latent channel over validation clips."""
    with torch.no_grad():
        rows = [
            module.encode(torch.from_numpy(render(scene(VALIDATION_SEED, index)))[None])
            for index in range(clips)
        ]
    every = torch.cat([row.reshape(-1, row.shape[-1]) for row in rows])
    return every.mean(dim=0), every.std(dim=0)


def errors(module: Autoencoder, clips: int = 512) -> dict[str, float]:
    """Return errors on clips never trained on: mean absolute and PSNR in dB, both of [-1, 1]."""
    absolute, squared = [], []
    for index in range(clips):
        clip = torch.from_numpy(render(scene(VALIDATION_SEED, 10_000 + index)))[None]
        with torch.no_grad():
            error = module.decode(module.encode(clip)).clamp(-1, 1) - clip
        absolute.append(float(error.abs().mean()))
        squared.append(float(error.square().mean()))
    peak = 10 * np.log10(4 / np.mean(squared))
    return {"mean_absolute_error": float(np.mean(absolute)), "psnr_db": float(peak)}
