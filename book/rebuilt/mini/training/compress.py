"""Train the autoencoder, and measure the latents' mean and spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from rebuilt.mini.scenes import render, scene
from rebuilt.mini.training.data import VALIDATION_SEED, window_batch
from rebuilt.mini.training.loop import Course, finished, train
from rebuilt.mini.training.models import Autoencoder

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

NOISE_THIRD = 0.25  # of each channel's spread: latents that a transformer predicts are not exact
NOISE = 0.05  # of the latents' spread, so that near latents decode to near clips
BEYOND_FROM = 500  # step from which values beyond pure black or full colour are no error: the
# decoder's output is clamped, and edges become sharper when it may overshoot
PENALTY = 1e-4  # on the square of latents, against ever larger values
COURSE = Course("first", seed=11, steps=2500, rate=1.5e-3, average=0.998)
SECOND_COURSE = Course("autoencoder", seed=13, steps=2500, rate=2e-3, average=0.998)
THIRD_COURSE = Course("smooth", seed=14, steps=1500, rate=2e-3, average=0.998)


def loss(module: nn.Module, rng: np.random.Generator, step: int) -> Tensor:
    """Error of a noisy latent's decoding, and the penalty on latents."""
    clips = window_batch(rng)
    latents = module.encode(clips)
    error = decoding_error(module, latents, clips, rng, beyond=step >= BEYOND_FROM)
    return error + PENALTY * latents.square().mean()


def second_loss(module: nn.Module, rng: np.random.Generator, _step: int) -> Tensor:
    """Return the loss of the first round as it was at its end."""
    return loss(module, rng, BEYOND_FROM)


def third_loss(module: nn.Module, rng: np.random.Generator, _step: int) -> Tensor:
    """Error under more noise: latents become smooth, and the decoder forgives small errors."""
    clips = window_batch(rng)
    latents = module.encode(clips)
    return noisy_error(module, latents, clips, rng) + PENALTY * latents.square().mean()


def noisy_error(
    module: nn.Module, latents: Tensor, clips: Tensor, rng: np.random.Generator
) -> Tensor:
    """Error of decoding latents under noise in proportion to the spread of each channel."""
    spread = latents.detach().std(dim=(0, 1, 2, 3))
    noise = torch.from_numpy(rng.standard_normal(latents.shape, dtype=np.float32))
    made = module.decode(latents + NOISE_THIRD * spread * noise)
    return one_sided(made, clips)


def decoding_error(
    module: nn.Module, latents: Tensor, clips: Tensor, rng: np.random.Generator, *, beyond: bool
) -> Tensor:
    """Squared and absolute error of decoding noisy latents; with `beyond`, none for overshoot."""
    noise = torch.from_numpy(rng.standard_normal(latents.shape, dtype=np.float32))
    made = module.decode(latents + NOISE * latents.detach().std() * noise)
    if beyond:
        return one_sided(made, clips)
    error = made - clips
    return error.square().mean() + 0.2 * error.abs().mean()


def one_sided(made: Tensor, clips: Tensor) -> Tensor:
    """Squared and absolute error, none where pure black or full colour is overshot."""
    beyond = (made.detach() * clips > 1) & (clips.abs() == 1)
    error = (made - clips).masked_fill(beyond, 0.0)
    return error.square().mean() + 0.2 * error.abs().mean()


def run(folder: Path) -> None:
    """Train the autoencoder to its end."""
    torch.manual_seed(COURSE.seed)
    train(Autoencoder(), COURSE, loss, folder)


def run_second(folder: Path, first: Path) -> None:
    """Train the autoencoder in `first` for a second round, from a rate that rises again."""
    train(load(first).train(), SECOND_COURSE, second_loss, folder)


def run_third(folder: Path, second: Path) -> None:
    """Train the autoencoder in `second` for a third round, under more noise."""
    train(load(second).train(), THIRD_COURSE, third_loss, folder)


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
