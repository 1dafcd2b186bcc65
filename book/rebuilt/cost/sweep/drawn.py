"""Monte Carlo over values that the makers of a published transformer did not disclose.

A model file may give `distributions` of such values, and `rebuilt uncertainty --vary` more. They
are drawn together with the error of the hardware model, and every draw is a changed architecture
that the calculator's kernels count. `mfu`, where it is drawn, takes the place of the hardware
model: seconds are FLOPs over that fraction of the dense peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from rebuilt.cost.counting.forward import default_clip
from rebuilt.cost.counting.latent import check, with_text
from rebuilt.cost.engine import calculator
from rebuilt.cost.engine.custom_rows import published_row
from rebuilt.cost.models.choices import CHOICES, COMPOSED, LARGEST, LEAST
from rebuilt.cost.models.codes import CAUSAL, EVEN, REFUSALS
from rebuilt.cost.models.custom import choices_of, explain
from rebuilt.cost.sweep.uncertainty import DRAWS, Spread, draw, hardware_error, spread_of
from rebuilt.errors import ShapeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rebuilt.cost.counting.latent import Clip
    from rebuilt.cost.models.architectures import Transformer, Unknown

FIGURES = ("tokens", "parameters", "flops", "seconds", "joules", "usd", "memory_gb")
TIMED = ("seconds", "joules", "usd")
SHAPING = ("patch_side", "frames_stride", "side_stride")  # what the sizes of a clip must fit
TASKS = 64
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a Monte Carlo found.

    Attributes
    ----------
    figures : dict of str to Spread
        By name of FIGURES, and `gpu_hours`; without `usd` where no rent has a source.
    draws, refused : int
        Draws in all, and those that make no architecture or whose clip it refuses.
    """

    figures: dict[str, Spread]
    draws: int
    refused: int


def distributed(
    model: Transformer,
    clip: Clip | None = None,
    *,
    unknowns: Mapping[str, Unknown] | None = None,
    accelerator: str = "h100-sxm",
    gpus: int = 1,
    draws: int = DRAWS,
    seed: int = 0,
) -> Drawn:
    """Bill one clip of a published model whose undisclosed values are distributions.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    clip : Clip, optional
        Default: the clip for which the model was published. Where strides or patches are drawn,
        its sizes are rounded to what each draw takes.
    unknowns : mapping of str to Unknown, optional
        By names of choices.DRAWN. Default: the model's own `distributions`.
    accelerator, gpus
        What it runs on.
    draws : int
        Sobol points, a power of two.
    seed : int
        Of the scrambling.

    Raises
    ------
    ShapeError
        If the model refuses the clip, or every draw.
    """
    unknowns = dict(model.distributions if unknowns is None else unknowns)
    clip = with_text(model, clip or default_clip(model))
    if not set(SHAPING) & set(unknowns):
        check(model, clip)
    names = [*unknowns, *([] if "mfu" in unknowns else ["hardware model"])]
    unit = qmc.Sobol(len(names), scramble=True, rng=seed).random(draws).T
    drawn = {name: draw(unknowns[name], unit[place]) for place, name in enumerate(unknowns)}
    choices = _choices(model, drawn, draws)
    clips = _clips(model, clip, drawn, choices, gpus)
    machine = np.array(calculator.machine_row(accelerator))
    out, codes = _calculated(model, choices, clips, machine)
    exists = codes == 0
    if not exists.any():
        raise ShapeError(f"{model.id}: no draw can exist; {_reason(codes[0], choices[0])}")
    billed = {name: out[exists, calculator.RESULT.index(name)] for name in FIGURES}
    if "mfu" in drawn:
        peak = machine[0] * 1e12 * gpus
        factor = billed["flops"] / (drawn["mfu"][exists] * peak) / billed["seconds"]
    else:
        factor = np.exp(hardware_error(accelerator, "fa2", gpus, unit[-1]))[exists]
    for name in TIMED:
        billed[name] = billed[name] * factor
    billed["gpu_hours"] = billed["seconds"] * gpus / 3600
    kept = dict(zip(names, unit[:, exists], strict=True))
    figures = {
        name: spread_of(values, kept) for name, values in billed.items() if not np.isnan(values[0])
    }
    return Drawn(figures, draws, int(draws - exists.sum()))


def _choices(model: Transformer, drawn: dict[str, Array], draws: int) -> Array:
    """Choices of every draw; the width is rounded to whole heads."""
    named = {name: np.full(draws, float(value)) for name, value in choices_of(model).items()}
    named |= {name: values for name, values in drawn.items() if name in named}
    if {"width", "heads"} & set(drawn):
        heads = named["heads"]
        named["width"] = np.maximum(np.round(named["width"] / heads), 1) * heads
    return np.column_stack([named[name] for name in CHOICES])


def _clips(
    model: Transformer, clip: Clip, drawn: dict[str, Array], choices: Array, gpus: int
) -> Array:
    """Clip, steps, passes and accelerators of every draw."""
    ones = np.ones(len(choices))
    named = {name: choices[:, place] for place, name in enumerate(CHOICES)}
    height, width, frames = clip.height * ones, clip.width * ones, clip.frames * ones
    if set(SHAPING) & set(drawn):
        side = named["side_stride"] * named["patch_side"]
        height, width = (np.maximum(np.round(size / side), 1) * side for size in (height, width))
        stride, rule = named["frames_stride"], named["frames_rule"][0]
        if rule == CAUSAL:
            frames = 1 + stride * np.round((frames - 1) / stride)
        elif rule == EVEN:
            frames = stride * np.maximum(np.round(frames / stride), 1)
    text = clip.text_tokens or 0
    columns = (
        *(frames, height, width),
        named["text_tokens"] if "text_tokens" in drawn else text * ones,
        drawn.get("steps", model.sampler.steps * ones),
        drawn.get("passes", model.sampler.passes * ones),
        gpus * ones,
    )
    return np.column_stack(columns)


def _calculated(
    model: Transformer, choices: Array, clips: Array, machine: Array
) -> tuple[Array, NDArray[np.int64]]:
    """Figures of every draw, and its code."""
    from rebuilt.cost.engine.draw_kernels import calculate_many

    row = len(calculator.MODEL) + len(calculator.EMPTY) * len(calculator.ROW_NAMES)
    out = np.zeros((len(choices), len(calculator.RESULT)))
    codes = np.zeros(len(choices), np.int64)
    calculate_many(
        np.array(published_row(model)),
        np.ascontiguousarray(choices),
        np.ascontiguousarray(clips),
        np.array(LEAST, float),
        np.array(LARGEST, float),
        machine,
        np.array(calculator.LARGEST, float),
        np.zeros((TASKS, row)),
        np.zeros((TASKS, len(COMPOSED))),
        out,
        codes,
    )
    return out, codes


def _reason(code: int, choices: Array) -> str:
    """Why a draw does not exist."""
    if code > 0:
        values = dict(zip(CHOICES, (int(value) for value in choices), strict=True))
        return explain(values, int(code))
    rule = REFUSALS[-code] if -code < len(REFUSALS) else "limits"
    return f"the clip breaks the rule {rule}; choose another one"
