"""Floating-point operations of the transformer by formula: the horizontal axis of the curves.

Two operations for each multiplication and addition of a matrix product; norms, activations and
softmax are not counted, as in torch's own counter and in the book's cost model.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from tools.training.data import FIRST, TRAINING_SEED
from tools.training.models import STRIDE, Size

from rebuilt.mini.captions import tokens, training_caption
from rebuilt.mini.scenes import aligned_numbers, scene

if TYPE_CHECKING:
    from tools.training.diffuse import Flow

    from rebuilt.mini.scenes import Record

BACKWARD = 2  # times the forward pass, for the gradients of inputs and of weights
DRAWN = 512  # clips over which the mean is taken


def forward_flops(size: Size, text: int, video: int) -> int:
    """Operations of one forward pass of one clip with `text` words and `video` patches."""
    width, both = size.width, text + video
    inputs = size.channels * size.patch**2
    embedding = 2 * video * inputs * width
    time = 2 * (width * size.condition + size.condition**2)
    projections = 4 * 2 * both * width**2
    attention = 2 * 2 * both**2 * width
    forward = 2 * 2 * both * width * 4 * width
    modulation = 2 * 2 * size.condition * 6 * width
    final = 2 * size.condition * 2 * width + 2 * video * width * inputs
    return embedding + time + size.depth * (projections + attention + forward + modulation) + final


def patches(record: Record, size: Size, codec: str) -> int:
    """Count the patches of a clip; the codec `cropped` sees its middle square."""
    height, width = record.height, record.width
    if codec == "cropped":
        height = width = min(height, width)
    side = STRIDE * size.patch
    return (1 + (record.frames - 1) // STRIDE) * (height // side) * (width // side)


def clip_flops(flow: Flow) -> float:
    """Return the mean operations of one forward pass over the first clips of the training set."""
    total = 0
    for index in islice(aligned_numbers(TRAINING_SEED, FIRST), DRAWN):
        record = scene(TRAINING_SEED, index).record
        rng = np.random.Generator(np.random.PCG64([TRAINING_SEED, index, 2]))
        dropped = rng.random() < flow.dropout
        caption = "" if dropped else training_caption(record, rng, flow.terse_share)
        total += forward_flops(
            flow.size, len(tokens(caption)), patches(record, flow.size, flow.codec)
        )
    return total / DRAWN


def step_flops(flow: Flow) -> float:
    """Operations of one step of training: forward and backward over a batch."""
    return clip_flops(flow) * (1 + BACKWARD) * flow.batch
