"""Every measured run beside what is predicted without its source, by us and by two rivals.

The rivals are fitted to the same runs with the same sources left out: one constant share of peak
(MFU) for each accelerator, and a regression with three constants for each (FLOPs outside attention,
attention, values moved by pointwise steps). Several accelerators divide their time.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from statistics import median

import numpy as np
from scipy.optimize import nnls

from rebuilt.cost.fit.fitting import (
    FOLDS,
    JOULES,
    MOST,
    bench,
    blind,
    fold_of,
    without_fold,
)
from rebuilt.cost.fit.quantiles import weighted_quantile
from rebuilt.cost.fit.runs import Run, runs
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.machines import KINDS, kind_of

BORROWED = "borrowed"
FEW = 5  # rows below which a kind has no width of its own for what sources leave open
NORMAL = 1.645 / 0.6745  # nine tenths of a normal variable over its median, both of absolute values
LEAST = 1.02  # no interval is narrower than a repeated measurement
COLUMNS = (
    *(
        "table",
        "row",
        "role",
        "told",
        "kind",
        "measured_by",
        "model",
        "gpu",
        "gpus",
        "layout",
        "batch",
    ),
    *("software", "measured_s", "predicted_s", "low_s", "high_s", "mfu_s", "three_s"),
    *("measured_j", "predicted_j"),
)


@cache
def predictions() -> tuple[np.ndarray, np.ndarray]:
    """Seconds (in each run's scope) and joules of every run, predicted without its source."""
    whole = bench()
    folds = np.array([-1 if run.held_out else fold_of()[run.source] for run in whole.runs])
    seconds, joules = whole.seconds(blind()), whole.figures(blind())[:, JOULES]
    for fold in range(FOLDS):
        here = folds == fold
        values = {**blind(), **without_fold(fold)}
        seconds[here] = whole.seconds(values)[here]
        joules[here] = whole.figures(values)[here, JOULES]
    return seconds, joules


@cache
def half_widths() -> dict[str, float]:
    """Half-widths of 90 % intervals by kind: that quantile of residuals without each source.

    Of rows that tell their job in full, where a source with many weighs like MOST at most.
    """
    off = np.abs(np.log(predictions()[0]) - bench().measured)
    by_kind: dict[str, list[tuple[str, float]]] = {kind: [] for kind in (*KINDS, BORROWED)}
    for run, residual in zip(runs(), off.tolist(), strict=True):
        if not run.held_out and run.told:
            kind = kind_of(run.software, run.layout.gpus) if is_known(run) else BORROWED
            by_kind[kind].append((run.source, residual))
    return {f"interval_{kind}": _width(rows) for kind, rows in by_kind.items()}


def is_known(run: Run) -> bool:
    """Whether a run is scored with constants of its own card and kernel, from other sources."""
    fold = -1 if run.held_out else fold_of()[run.source]
    return (run.gpu, run.kernel) in _known_without(fold)


@cache
def _known_without(fold: int) -> frozenset[tuple[str, str]]:
    """Accelerators and kernels on which some source outside a fold has runs."""
    fitted_runs = (run for run in runs() if not run.held_out and fold_of()[run.source] != fold)
    return frozenset((run.gpu, run.kernel) for run in fitted_runs)


def rivals(run: Run, used: Sequence[Run]) -> tuple[float, float]:
    """Seconds by one share of peak and by three constants, fitted to other runs on the same chip.

    Not a number where no other source measured that accelerator.
    """
    own = [other for other in used if other.gpu == run.gpu]
    if not own:
        return math.nan, math.nan
    share = median(_ideal(other) / other.seconds for other in own)
    matrix = np.array([_features(other) / other.seconds / other.layout.gpus for other in own])
    scale = np.maximum(matrix.max(axis=0), 1e-30)
    constants = nnls(matrix / scale, np.ones(len(own)))[0] / scale
    return _ideal(run) / share, float(_features(run) @ constants) / run.layout.gpus


def lines() -> Iterable[list[str | int]]:
    """Rows of data/validation_errors.csv."""
    seconds, joules = predictions()
    fitting = [run for run in runs() if not run.held_out]
    for run, predicted, energy in zip(runs(), seconds.tolist(), joules.tolist(), strict=True):
        width = math.exp(width_of(run))
        used = [other for other in fitting if other.source != run.source]
        measured_j = [f"{run.joules:.6g}", f"{energy:.6g}"] if run.joules else ["", ""]
        figures = (run.seconds, predicted, predicted / width, predicted * width)
        others = [f"{one:.6g}" if math.isfinite(one) else "" for one in rivals(run, used)]
        yield [
            run.table,
            run.row,
            "held out" if run.held_out else "left out in turn",
            "in full" if run.told else "in part",
            run.kind,
            run.source,
            run.model,
            run.gpu,
            run.layout.gpus,
            str(run.layout),
            run.batch,
            run.software.name,
            *(f"{one:.6g}" for one in figures),
            *others,
            *measured_j,
        ]


def width_of(run: Run) -> float:
    """Half-width of the interval of a run, from the residuals of fitted sources."""
    kinds = [kind_of(run.software, run.layout.gpus)] + ["several"] * (not run.single)
    kinds += [BORROWED] * (not is_known(run))
    width = max(half_widths()[f"interval_{kind}"] for kind in kinds)
    return width if run.told else max(width, assumed_widths().get(run.kind, 0.0))


@cache
def assumed_widths() -> dict[str, float]:
    """Half-widths for rows that leave part of their job open, by kind, where FEW have been seen.

    From the median of residuals without each source, as if they were normal: what is assumed of
    some of these rows is wrong by a factor, which no interval is meant to hold.
    """
    off = np.abs(np.log(predictions()[0]) - bench().measured)
    found: dict[str, list[float]] = {}
    for run, residual in zip(runs(), off.tolist(), strict=True):
        if not run.held_out and not run.told:
            found.setdefault(run.kind, []).append(residual)
    return {kind: NORMAL * median(rows) for kind, rows in found.items() if len(rows) >= FEW}


def _width(rows: list[tuple[str, float]]) -> float:
    return max(weighted_quantile(rows, most=MOST), math.log(LEAST)) if rows else math.log(2.0)


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
