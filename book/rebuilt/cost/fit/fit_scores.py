"""Every measured run beside what is predicted without its model, by us and by two rivals.

The rivals are fitted to the same runs, also without the model that is scored: one constant share
of peak (MFU) for each accelerator, and a regression with three constants for each (FLOPs outside
attention, attention, values moved by pointwise steps). Several accelerators divide their time.
"""

import csv
import io
import math
from collections.abc import Callable, Sequence
from functools import cache
from statistics import median

import numpy as np
from scipy.optimize import nnls

from rebuilt.cost.fit.fitting import Run, left_out, predict, runs
from rebuilt.cost.fit.quantiles import weighted_quantile
from rebuilt.cost.hardware.accelerators import load_accelerator

COLUMNS = (
    "model",
    "gpu",
    "gpus",
    "ulysses",
    "ring",
    "batch",
    "measured_s",
    "predicted_s",
    "low_s",
    "high_s",
    "mfu_s",
    "three_s",
    "measured_j",
    "predicted_j",
)
FIGURES = 6


def table() -> str:
    """Lay out every run as CSV, sorted by its key."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    lines: list[Sequence[str | int]] = [_line(run) for run in runs(None)]
    lines.sort(key=_key)
    writer.writerows(lines)
    return text.getvalue()


@cache
def residuals() -> tuple[tuple[Run, float], ...]:
    """Pair runs of batch 1 with the absolute logarithm of prediction over measurement."""
    return tuple(
        (run, abs(math.log(predict(run, left_out()[run.model])[0] / run.seconds))) for run in runs()
    )


@cache
def half_width(model: str, *, single: bool) -> float:
    """Half-width of the 90 % interval for a model, from the residuals of the other models."""
    return weighted_quantile(
        (run.model, residual)
        for run, residual in residuals()
        if run.model != model and run.single == single
    )


def constant_share(run: Run, used: Sequence[Run]) -> float:
    """Seconds of a run at the median share of peak of other models on one accelerator."""
    shares = [_ideal(other) / other.seconds for other in used if other.gpu == run.gpu]
    return _ideal(run) / median(shares)


def three_constants(run: Run, used: Sequence[Run]) -> float:
    """Seconds of a run by a regression on other models, relative errors, constants above zero."""
    own = [other for other in used if other.gpu == run.gpu]
    matrix = np.array([_features(other) / other.seconds for other in own])
    scale = matrix.max(axis=0)
    constants = nnls(matrix / scale, np.ones(len(own)))[0] / scale
    return float(_features(run) @ constants) / run.layout.gpus


def _key(line: Sequence[str | int]) -> tuple[str, ...]:
    """Sort by names as text and by counts as numbers."""
    return tuple(f"{cell:>6}" if isinstance(cell, int) else cell for cell in line[:6])


def _line(run: Run) -> Sequence[str | int]:
    seconds, joules = predict(run, left_out()[run.model])
    width = math.exp(half_width(run.model, single=run.single))
    used = [other for other in runs() if other.single and other.model != run.model]
    rivals: tuple[Callable[[Run, Sequence[Run]], float], ...] = (constant_share, three_constants)
    figures = (
        run.seconds,
        seconds,
        seconds / width,
        seconds * width,
        *(rival(run, used) for rival in rivals),
        run.joules,
        joules,
    )
    key = (run.model, run.gpu, run.layout.gpus, run.layout.ulysses, run.layout.ring, run.batch)
    return [*key, *(f"{figure:.{FIGURES}g}" for figure in figures)]


def _features(run: Run) -> np.ndarray:
    job = run.counted.job
    rows = job.forward.rows
    moved = rows["stream"] + rows["head"]
    passes = job.steps * job.passes * run.batch
    return np.array([rows["product"], rows["attention"], moved], float) * passes


def _ideal(run: Run) -> float:
    """Seconds at the dense peak, all accelerators together."""
    product, attention, _ = _features(run)
    peak = load_accelerator(run.gpu).peak_tflops * 1e12
    return float(product + attention) / (peak * run.layout.gpus)
