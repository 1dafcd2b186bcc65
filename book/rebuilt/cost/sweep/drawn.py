"""Monte Carlo over what the makers of a model did not disclose.

A published transformer may give `distributions` of some values, and `rebuilt uncertainty --vary`
more; an undisclosed one is nothing but distributions on the blocks of a published relative. They
are drawn together with the error of the hardware model, and every draw is a job that the engine
bills. `mfu`, where it is drawn, takes the place of the hardware model: seconds are FLOPs over that
fraction of the dense peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rebuilt.cost.algebra.places import CAUSAL, EVEN, JOB
from rebuilt.cost.counting.design import DRAWN as DESIGN
from rebuilt.cost.engine.lowered import Lowered, lower_model
from rebuilt.cost.engine.table import FIGURES, WHOLE, bill_table
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.hardware.software import Software, load_software
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import autoencoder_of, load_kind
from rebuilt.cost.models.codes import FITS, FRAMES_RULES, TOO_LARGE, UNCOUNTED
from rebuilt.cost.models.latent import check, default_clip, explain, job_of, with_text
from rebuilt.cost.sweep.montecarlo import DRAWS, Spread, draw, hardware_error, spread_of, units
from rebuilt.errors import ShapeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rebuilt.cost.models.architectures import Undisclosed, Unknown
    from rebuilt.cost.models.latent import Clip

TIMED = ("seconds", "joules", "usd")
SHAPING = ("patch_side", "frames_stride", "side_stride")  # what the sizes of a clip must fit
HARDWARE = "hardware model"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a Monte Carlo found.

    Attributes
    ----------
    figures : dict of str to Spread
        By name of table.RECORD, `memory_gb` for `memory_bytes`, and `gpu_hours`; without `usd`
        where no rent has a source.
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
    unit = units([*unknowns, *([] if "mfu" in unknowns else [HARDWARE])], draws, seed)
    drawn = {name: draw(unknown, unit[name]) for name, unknown in unknowns.items()}
    columns = _columns(model, clip, {name: v for name, v in drawn.items() if name != "mfu"})
    changes: dict[str, int] | None = {} if set(columns) & set(JOB[JOB.index("depth") :]) else None
    fixed = dict(zip(JOB, job_of(model, clip, gpus=gpus), strict=True))
    columns.setdefault("gpus", np.full(draws, float(gpus)))
    lowered = lower_model(model, columns, fixed, changes)
    table = np.array(list(columns.values()))
    return _billed(lowered, table, unit, accelerator, load_software(), gpus, drawn.get("mfu"))


def undisclosed_clip(
    model: Undisclosed,
    *,
    seconds: float,
    height: int,
    width: int,
    accelerator: str = "h100-sxm",
    gpus: int = 8,
    software: Software | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Drawn:
    """Bill one clip of a model that was never published.

    Parameters
    ----------
    model : Undisclosed
        From `load_model`, such as `sora-2024`.
    seconds : float
        Length of the clip.
    height, width : int
        Pixels.
    accelerator, gpus, software
        What it runs on, as in `estimate`.
    draws, seed : int
        As for `distributed`.
    """
    from rebuilt.cost.engine.design_kernels import fill_jobs

    relative = load_kind(model.blocks_of, Transformer, f"{model.id}.yaml")
    unit = units([*model.unknowns, HARDWARE], draws, seed)
    given = {name: draw(unknown, unit[name]) for name, unknown in model.unknowns.items()}
    said = {"seconds": seconds, "height": height, "width_px": width, "gpus": gpus}
    given |= {name: np.full(draws, float(value)) for name, value in said.items()}
    jobs = np.tile(np.array(job_of(relative, default_clip(relative))), (draws, 1))
    fill_jobs(np.column_stack([given[name] for name in DESIGN]), jobs)
    longest = {"text_tokens": int(given["text_tokens"].max())}
    lowered = lower_model(relative, JOB, changes=longest)
    columns = np.ascontiguousarray(jobs.T)
    run = software or load_software()
    return _billed(lowered, columns, unit, accelerator, run, gpus, None)


def _billed(
    lowered: Lowered,
    columns: NDArray[np.float64],
    unit: dict[str, NDArray[np.float64]],
    accelerator: str,
    software: Software,
    gpus: int,
    mfu: NDArray[np.float64] | None,
) -> Drawn:
    """Bill the jobs of all draws, blur their times by the error of the model, and sum up."""
    billed = bill_table(lowered, columns, machine_of(accelerator, software), whole=False)
    exists = np.isin(billed.codes, (FITS, UNCOUNTED, TOO_LARGE))
    if not exists.any():
        raise ShapeError(f"{lowered.model}: no draw can exist; {_reason(lowered, columns, billed)}")
    found = dict(zip(WHOLE, billed.counts, strict=True)) | dict(
        zip(FIGURES, billed.figures, strict=True)
    )
    kept = {name: values[exists] for name, values in found.items()}
    if mfu is None:
        factor = hardware_error(accelerator, software, gpus, unit[HARDWARE])[exists]
    else:
        peak = load_accelerator(accelerator).peak_tflops * 1e12 * gpus
        factor = kept["flops"] / (mfu[exists] * peak) / kept["seconds"]
    for name in TIMED:
        kept[name] = kept[name] * factor
    kept["gpu_hours"] = kept["seconds"] * gpus / 3600
    kept["memory_gb"] = kept.pop("memory_bytes") / 1e9
    positions = {name: values[exists] for name, values in unit.items()}
    figures = {
        name: spread_of(values, positions)
        for name, values in kept.items()
        if not np.isnan(values[0])
    }
    return Drawn(figures, columns.shape[1], int(columns.shape[1] - exists.sum()))


def _columns(
    model: Transformer, clip: Clip, drawn: dict[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Columns of all draws; widths are rounded to whole heads, clips to what strides take."""
    named = dict(zip(JOB, job_of(model, clip), strict=True))
    found = dict(drawn)
    if {"width", "heads"} & set(drawn):
        heads = drawn.get("heads", named["heads"])
        found["width"] = np.maximum(np.round(drawn.get("width", named["width"]) / heads), 1) * heads
    if set(SHAPING) & set(drawn):
        side, patch, stride = (
            drawn.get(name, named[name]) for name in ("side_stride", "patch_side", "frames_stride")
        )
        for name in ("height", "width_px"):
            found[name] = np.maximum(np.round(named[name] / (side * patch)), 1) * side * patch
        rule = FRAMES_RULES.index(autoencoder_of(model).geometry.frames_rule)
        if rule == CAUSAL:
            found["frames"] = 1 + stride * np.round((clip.frames - 1) / stride)
        elif rule == EVEN:
            found["frames"] = stride * np.maximum(np.round(clip.frames / stride), 1)
    draws = max((values.size for values in found.values() if np.ndim(values)), default=0)
    return {name: np.broadcast_to(values, (draws,)).copy() for name, values in found.items()}


def _reason(lowered: Lowered, columns: NDArray[np.float64], billed: object) -> str:
    """Why the first draw does not exist."""
    job = list(lowered.job)
    for name, column in zip(lowered.varying, columns, strict=True):
        job[JOB.index(name)] = float(column[0])
    return explain(lowered.rules, job, int(billed.codes[0]))  # type: ignore[attr-defined]
