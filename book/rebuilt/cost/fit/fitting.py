"""Fit the constants of the hardware model to measured run times, leave one model out, and score.

Every constant has a prior from physics or from a data sheet (data/efficiencies.csv holds it beside
the fit), and the fit minimises squared logarithmic errors plus squared distances from the priors,
so that a constant which the runs do not identify stays where physics puts it. No constant belongs
to a model. The split is data/validation_split.csv.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import least_squares

from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.efficiencies import Efficiencies
from rebuilt.cost.hardware.estimate import Timed, machine_with, priced, timed
from rebuilt.cost.hardware.layouts import Layout
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.latent import Clip
from rebuilt.evidence import tables

MEASURED = ("h100-sxm", "b200-sxm")
ERROR = 0.05  # expected relative error of a single-accelerator prediction
PARALLEL_ERROR = 1.5  # times ERROR
IMAGE_ERROR = 2.0  # more for images on several accelerators, where the host decides
POWER_ERROR = 0.06


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run of one model."""

    model: str
    gpu: str
    layout: Layout
    batch: int
    counted: Timed
    seconds: float
    power_w: float
    joules: float
    image: bool

    @property
    def single(self) -> bool:
        """Whether one accelerator did it."""
        return self.layout.gpus == 1


@dataclass(frozen=True, slots=True)
class Prior:
    """Where a constant is expected: centre, and spread of its natural logarithm (or itself)."""

    centre: float
    spread: float
    why: str


def matmul_share(gpu: str) -> float:
    """Fraction of the dense peak that matrix products reach by measurement, over all shapes."""
    rates = tables.load("matmul_rates").filter(subject=gpu, quantity="measured_bf16_matmul_tflops")
    return float(rates["value"][0]) / load_accelerator(gpu).peak_tflops


def attention_share(kernel: str) -> float:
    """Fraction of the H100's dense peak that a kernel reaches at head width 128, as published."""
    name = f"{kernel}, head width 128, 16k tokens, FP16"
    rates = tables.load("statements").filter(
        subject="h100-sxm", quantity="measured_attention_tflops", condition=name
    )
    return float(rates["value"][0]) / load_accelerator("h100-sxm").peak_tflops


def time_priors() -> dict[str, Prior]:
    """Priors of the constants of time; keys are `constant accelerator` or `constant`."""
    priors = {}
    for gpu in MEASURED:
        priors[f"product {gpu}"] = Prior(
            0.9 * matmul_share(gpu), 0.1, "0.9 of the best measured matrix-product rate"
        )
        priors[f"traffic {gpu}"] = Prior(0.15, 1.0, "unfused steps; wide")
        priors[f"convolution {gpu}"] = Prior(0.04, 1.0, "decoders run far below peak; wide")
    priors["attention h100-sxm"] = Prior(
        attention_share("FlashAttention-2"), 0.1, "FlashAttention-2, head width 128, published rate"
    )
    priors["attention b200-sxm"] = Prior(
        0.2, 0.3, "the same kernel without the matrix units of its generation"
    )
    return priors | {
        "head_weight": Prior(3.0, 0.3, "steps on heads run as several FP32 kernels"),
        "merge_weight": Prior(8.0, 0.5, "partial results are joined in FP32"),
        "link": Prior(0.5, 0.5, "collectives of a few megabytes; not overlapped"),
        "host_s": Prior(8e-5, 0.3, "about ten kernel launches of 8 microseconds"),
        "host_ulysses_s": Prior(4e-5, 0.5, "four collectives a layer"),
        "host_ring_s": Prior(1e-5, 0.5, "one more send and merge a layer"),
    }


def power_priors() -> dict[str, Prior]:
    """Priors of board power as fractions of TDP; spreads are of the fraction itself."""
    priors = {}
    for gpu, attention in zip(MEASURED, (0.95, 0.85), strict=True):
        priors[f"power_product {gpu}"] = Prior(0.95, 0.1, "near the limit")
        priors[f"power_attention {gpu}"] = Prior(attention, 0.15, "near the limit")
        priors[f"power_traffic {gpu}"] = Prior(0.8, 0.2, "memory-bound")
    return priors | {
        "power_exchange": Prior(0.5, 0.2, "links and memory"),
        "power_single": Prior(0.5, 0.2, "decoder"),
        "power_idle": Prior(0.3, 0.15, "waiting"),
    }


POWER_CAP = 0.97  # of TDP: what boards at their limit draw in the measured runs


@cache
def runs(batch: int | None = 1) -> tuple[Run, ...]:
    """Measured runs of data/run_times.csv, of one batch size or of all (None)."""
    frame = tables.load("run_times")
    return tuple(
        Run(
            row["model"],
            row["gpu"],
            Layout(row["ulysses"], row["ring"]),
            row["batch"],
            _work(row["model"], row["frames"], row["height"], row["width"], row["steps"]),
            row["seconds"],
            row["power_w"],
            row["joules_per_clip"] * row["batch"],
            row["frames"] == 1,
        )
        for row in frame.iter_rows(named=True)
        if batch in (None, row["batch"])
    )


@cache
def _work(model: str, frames: int, height: int, width: int, steps: int) -> Timed:
    clip = Clip(frames=frames, height=height, width=width)
    return timed(load_model(model), clip, steps=steps)


def constants_of(values: Mapping[str, float], gpu: str) -> Efficiencies:
    """Constants of one accelerator out of a flat set of fitted values."""
    names = Efficiencies.__dataclass_fields__
    own = {name: values[f"{name} {gpu}"] for name in names if f"{name} {gpu}" in values}
    shared = {name: values[name] for name in names if name in values}
    unset = {name: 0.0 for name in names if name != "measured"}
    return Efficiencies(**(unset | {"power_cap": POWER_CAP} | shared | own), measured=True)


def predict(run: Run, values: Mapping[str, float]) -> tuple[float, float]:
    """Seconds and joules of one run under a set of constants."""
    machine = machine_with(load_accelerator(run.gpu), constants_of(values, run.gpu))
    _, found = priced(run.counted, machine, run.layout, run.batch)
    return found["seconds"], found["joules"]


def fit_times(used: Iterable[Run]) -> dict[str, float]:
    """Fit the constants of time on some runs."""
    used, priors = list(used), time_priors()
    weight = [
        ERROR * (1 if run.single else PARALLEL_ERROR * (IMAGE_ERROR if run.image else 1))
        for run in used
    ]

    def errors(values: dict[str, float]) -> list[float]:
        return [
            math.log(predict(run, values)[0] / run.seconds) / spread
            for run, spread in zip(used, weight, strict=True)
        ]

    return solve_logarithms(priors, errors)


def fit_powers(used: Iterable[Run], times: Mapping[str, float]) -> dict[str, float]:
    """Fit the power of each activity, given the constants of time."""
    used, priors = list(used), power_priors()

    def errors(values: dict[str, float]) -> list[float]:
        found = []
        for run in used:
            seconds, joules = predict(run, {**times, **values})
            spread = POWER_ERROR * (1 if run.single else PARALLEL_ERROR)
            found.append(math.log(max(joules, 1e-9) / seconds / run.power_w) / spread)
        return found

    return _solve(priors, errors, float, float)


def fit_all(used: Iterable[Run]) -> dict[str, float]:
    """Fit every constant on some runs."""
    used = list(used)
    times = fit_times(used)
    return times | fit_powers(used, times)


@cache
def left_out() -> dict[str, dict[str, float]]:
    """Constants fitted without each model in turn, by the model that was left out."""
    models = sorted({run.model for run in runs()})
    return {model: fit_all(run for run in runs() if run.model != model) for model in models}


@cache
def all_constants() -> dict[str, float]:
    """Constants fitted on every measured run of batch 1: what the book uses."""
    return fit_all(runs())


def solve_logarithms(
    priors: Mapping[str, Prior], errors: Callable[[dict[str, float]], list[float]]
) -> dict[str, float]:
    """Fit positive constants on a logarithmic scale: errors and distances from priors, squared."""
    return _solve(priors, errors, math.log, math.exp)


def _solve(
    priors: Mapping[str, Prior],
    errors: Callable[[dict[str, float]], list[float]],
    inward: Callable[[float], float],
    outward: Callable[[float], float],
) -> dict[str, float]:
    names = list(priors)
    centre = np.array([inward(priors[name].centre) for name in names])
    spread = np.array([priors[name].spread for name in names])

    def residuals(point: np.ndarray) -> np.ndarray:
        values = {name: outward(value) for name, value in zip(names, point, strict=True)}
        return np.concatenate([errors(values), (point - centre) / spread])

    found = least_squares(residuals, centre, xtol=1e-6, ftol=1e-6).x
    return {name: outward(value) for name, value in zip(names, found, strict=True)}
