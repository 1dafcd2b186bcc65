"""Prompts never trained on, sampling of their clips, and what the detectors say of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from tools.training.diffuse import noise_of, sample
from tools.training.models import STRIDE, Transformer

from rebuilt.mini.captions import describe, expand, label, reserved
from rebuilt.mini.detectors import agreement
from rebuilt.mini.scenes import Record, scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

EXAM_SEED = 2026
BATCH = 40


@dataclass(frozen=True)
class Question:
    """A prompt, the record of what it asks for, and the seed of its noise."""

    number: int
    caption: str
    record: Record


def unseen_prompts(count: int) -> list[Question]:
    """Prompts whose wording was kept out of training, terse and descriptive in turn."""
    found: list[Question] = []
    index = 0
    while len(found) < count:
        record = scene(EXAM_SEED, index).record
        rng = np.random.Generator(np.random.PCG64([EXAM_SEED, index, 1]))
        caption = describe(record, rng) if len(found) % 2 else label(record)
        if reserved(caption):
            found.append(Question(index, caption, record))
        index += 1
    return found


def unseen_combinations(count: int) -> list[Question]:
    """Prompts for a colour, shape and direction that training never showed together."""
    records = [scene(EXAM_SEED, index, unseen=True).record for index in range(count)]
    return [
        Question(number, label(record) if number % 2 else describe(record), record)
        for number, record in enumerate(records)
    ]


def reworded(questions: list[Question], how: str) -> list[Question]:
    """Ask for the same with terse labels, with their expansion, or with descriptions."""
    wording: dict[str, Callable[[Record], str]] = {
        "terse": label,
        "descriptive": describe,
        "expanded": _expanded,
    }
    return [Question(asked.number, wording[how](asked.record), asked.record) for asked in questions]


def _expanded(record: Record) -> str:
    """Expand the label in the format that is asked for; the background is drawn, as for a user."""
    made = expand(label(record), seed=0).record
    fitting = replace(
        made, frames=record.frames, height=record.height, width=record.width, subject=record.subject
    )
    return describe(fitting)


def answers(
    module: Transformer,
    decode: Callable[[Tensor], Tensor],
    questions: list[Question],
    *,
    steps: int,
    guidance: float,
    shift: float = 1.0,
) -> list[Tensor]:
    """Clips for all questions, in their order; those of one shape are sampled together."""
    shapes: dict[tuple[int, ...], list[int]] = {}
    for place, asked in enumerate(questions):
        shapes.setdefault(latent_shape(asked.record, module.size.channels), []).append(place)
    clips: dict[int, Tensor] = {}
    for shape, places in shapes.items():
        for start in range(0, len(places), BATCH):
            some = places[start : start + BATCH]
            noise = torch.stack([noise_of(questions[place].number, shape) for place in some])
            captions = [questions[place].caption for place in some]
            latents = sample(module, captions, noise, steps=steps, guidance=guidance, shift=shift)
            clips.update(zip(some, decode(latents), strict=True))
    return [clips[place] for place in range(len(questions))]


def latent_shape(record: Record, channels: int) -> tuple[int, int, int, int]:
    """Frames, height, width and channels of the latents of a clip."""
    frames = 1 + (record.frames - 1) // STRIDE
    return frames, record.height // STRIDE, record.width // STRIDE, channels


def judged(questions: list[Question], clips: list[Tensor]) -> list[dict[str, bool]]:
    """Return, for each clip, which traits agree with what was asked for.

    Terse labels do not ask for a background, and are not judged by it.
    """
    verdicts = []
    for asked, clip in zip(questions, clips, strict=True):
        verdict = agreement(asked.record, clip.numpy())
        if "background" not in asked.caption:
            del verdict["background"]
        verdicts.append(verdict)
    return verdicts


def shares(verdicts: list[dict[str, bool]]) -> dict[str, tuple[int, int]]:
    """How often each trait was judged, and how often it held."""
    totals: dict[str, tuple[int, int]] = {}
    for verdict in verdicts:
        for trait, held in verdict.items():
            asked, right = totals.get(trait, (0, 0))
            totals[trait] = (asked + 1, right + held)
    return totals
