"""The training loop: steps, schedule, moving average of the weights, checkpoints, curve.

Everything random in a step comes from a generator seeded by the run and the number of the step, so
that a run that was killed and goes on from its checkpoint ends with the same bits.
"""

from __future__ import annotations

import math
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor, nn

WARM_UP = 100  # steps
DECAY_SHARE = 0.35  # of the steps, at the end, in which the rate falls as a cosine
CHECKPOINT_EVERY = 50
POINT_EVERY = 50  # steps averaged to one point of the curve


@dataclass(frozen=True)
class Course:
    """How long and how fast: the part of a run that the loop needs."""

    name: str
    seed: int
    steps: int
    rate: float
    weight_decay: float = 0.01
    average: float = 0.999
    clip: float = 1.0
    muon_rate: float | None = None  # for the matrices of blocks, which then leave AdamW


@dataclass
class State:
    """What a checkpoint holds besides weights and optimiser."""

    step: int
    cpu_seconds: float
    curve: list[dict[str, float]]
    pending: list[float]


def share_at(step: int, course: Course) -> float:
    """Share of the learning rate: linear warm-up, constant, then a cosine to a fiftieth."""
    share = min(1.0, (step + 1) / WARM_UP)
    start = course.steps * (1 - DECAY_SHARE)
    if step < start:
        return share
    way = (step - start) / (course.steps - start)
    return share * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * way)))


def optimisers(module: nn.Module, course: Course) -> list[torch.optim.Optimizer]:
    """Return AdamW for all weights or, with a rate for it, Muon for the matrices of blocks.

    Muon (Jordan et al. 2024) makes the singular values of each update alike. With the scale of
    Liu et al. 2025 it takes rates like AdamW's.
    """
    matrices = [
        weight
        for name, weight in module.named_parameters()
        if course.muon_rate and weight.ndim == 2 and (".attn." in name or ".ff." in name)
    ]
    taken = set(map(id, matrices))
    others = [weight for weight in module.parameters() if id(weight) not in taken]
    decay = course.weight_decay
    made: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(others, lr=course.rate, weight_decay=decay, betas=(0.9, 0.99))
    ]
    if course.muon_rate:
        rate, scale = course.muon_rate, "match_rms_adamw"
        made.append(torch.optim.Muon(matrices, lr=rate, weight_decay=decay, adjust_lr_fn=scale))
    for group in (group for optimiser in made for group in optimiser.param_groups):
        group["full_rate"] = group["lr"]
    return made


def generator(seed: int, step: int) -> np.random.Generator:
    """Return the source of everything random in one step."""
    return np.random.Generator(np.random.PCG64([seed, step]))


def train(
    module: nn.Module,
    course: Course,
    loss: Callable[[nn.Module, np.random.Generator, int], Tensor],
    folder: Path,
    *,
    stop_at: int | None = None,
    milestone: Callable[[int, dict[str, Tensor]], None] | None = None,
) -> dict[str, Tensor]:
    """Train until the course's last step and return the averaged weights.

    Goes on from `folder`/checkpoint.pt if there is one; `stop_at` ends early, as a kill would.
    """
    made = optimisers(module, course)
    average = {name: value.clone() for name, value in module.state_dict().items()}
    state = _resume(folder, module, made, average)
    started = time.process_time() - state.cpu_seconds
    last = min(course.steps, stop_at or course.steps)
    while state.step < last:
        for group in (group for optimiser in made for group in optimiser.param_groups):
            group["lr"] = group["full_rate"] * share_at(state.step, course)
        value = loss(module, generator(course.seed, state.step), state.step)
        module.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), course.clip)
        for optimiser in made:
            optimiser.step()
        state.step += 1
        state.cpu_seconds = time.process_time() - started
        _follow(average, module, course, state.step)
        _note(state, course, float(value.detach()))
        if milestone:
            milestone(state.step, average)
        if state.step % CHECKPOINT_EVERY == 0 or state.step == last:
            _keep(folder, module, made, average, state)
    return average


def _follow(average: dict[str, Tensor], module: nn.Module, course: Course, step: int) -> None:
    """Move the average towards the weights; faster at first, when they are far from any end."""
    share = 1 - min(course.average, (1 + step) / (10 + step))
    with torch.no_grad():
        for name, value in module.state_dict().items():
            average[name].lerp_(value, share)


def _note(state: State, course: Course, value: float) -> None:
    state.pending.append(value)
    if state.step % POINT_EVERY and state.step != course.steps:
        return
    mean = sum(state.pending) / len(state.pending)
    state.pending.clear()
    state.curve.append({"step": state.step, "loss": mean, "cpu_seconds": state.cpu_seconds})
    pace = state.cpu_seconds / state.step
    sys.stderr.write(
        f"{course.name}: step {state.step} of {course.steps}, loss {mean:.5f}, "
        f"{state.cpu_seconds:.0f} CPU s, {pace * (course.steps - state.step):.0f} to go\n"
    )


def _keep(
    folder: Path,
    module: nn.Module,
    made: list[torch.optim.Optimizer],
    average: dict[str, Tensor],
    state: State,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "module": module.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in made],
        "average": average,
        "state": vars(state),
    }
    partial = folder / "checkpoint.part"
    torch.save(content, partial)
    partial.replace(folder / "checkpoint.pt")  # a kill while writing leaves the old one


def _resume(
    folder: Path,
    module: nn.Module,
    made: list[torch.optim.Optimizer],
    average: dict[str, Tensor],
) -> State:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return State(0, 0.0, [], [])
    content: dict[str, Any] = torch.load(path, weights_only=True)
    module.load_state_dict(content["module"])
    for optimiser, kept in zip(made, content["optimisers"], strict=True):
        optimiser.load_state_dict(kept)
    for name, value in content["average"].items():
        average[name].copy_(value)
    return State(**content["state"])


def finished(folder: Path) -> dict[str, Any]:
    """Averaged weights, curve and CPU seconds of a run."""
    content: dict[str, Any] = torch.load(folder / "checkpoint.pt", weights_only=True)
    return content
