"""What a reference network is: how it is built on shapes alone, fed, and its work sorted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import diffusers
import torch

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Clip:
    """Pixels and text of one input; an image is one frame."""

    frames: int
    height: int
    width: int
    text: int = 0


@dataclass(frozen=True, kw_only=True)
class Network:
    """One published model: how it is built, fed and grouped, and where its numbers come from.

    `grouped` gives tokens and FLOPs by group in the place of `rules`.
    """

    model: str
    build: Callable[[Clip], torch.nn.Module]
    run: Callable[[torch.nn.Module, Clip], int]
    clips: tuple[Clip, ...]
    rules: tuple[tuple[str, str], ...]
    source: str
    implementation: str
    module: str = "transformer"
    note: str = ""
    grouped: Callable[[torch.nn.Module, Clip], tuple[int, dict[str, int]]] | None = None


def from_diffusers(class_name: str, /, *, config: dict[str, Any], **fields: Any) -> Network:
    """Return a network of a diffusers class; `config` is what differs from the class defaults."""

    def build(_: Clip) -> torch.nn.Module:
        return getattr(diffusers, class_name)(**config)

    return Network(build=build, implementation=f"diffusers.{class_name}", **fields)


def meta(*shape: int) -> torch.Tensor:
    """Return a tensor of this shape on the device that computes nothing."""
    return torch.empty(shape, device="meta")


def step() -> torch.Tensor:
    """One diffusion time step for a batch of one."""
    return torch.zeros(1, device="meta", dtype=torch.long)


def causal(frames: int, stride: int) -> int:
    """Latent frames of an autoencoder that keeps the first frame alone."""
    if (frames - 1) % stride:
        raise ValueError(f"{frames} frames are not 1 + a multiple of {stride}")
    return 1 + (frames - 1) // stride
