"""Fit the constants of the hardware model to measured run times, with whole sources left out.

The fit minimises squared logarithmic errors, far misses counted less (Cauchy), plus squared
distances from the priors. Chips of one family share what a kernel reaches of their peak, where no
rate of it is printed for them. No constant belongs to a model or to a source, and a source with
many rows weighs like MOST rows at most; batches are scored and not fitted. Errors are told of
constants that have not seen a source; the constants that the book uses have seen all.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from rebuilt.cost.algebra.places import COUNTS, FIGURES, ROWS, SIZES
from rebuilt.cost.fit.priors import (
    CACHE,
    COMMON,
    CONVOLUTION,
    ENGINE,
    NEAR,
    TRAFFIC,
    Prior,
    attention_prior,
    kin,
    product_prior,
)
from rebuilt.cost.fit.runs import LABORATORY, WHOLE_JOB, Run, held_out, runs
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.bill import total_job
from rebuilt.cost.hardware.machines import machine_with
from rebuilt.cost.hardware.software import DEFAULT_SOFTWARE, Software
from rebuilt.cost.models.latent import job_of

MOST = 40  # rows as which a source with more of them weighs
FOLDS = 3
STEP = 1e-5  # of a logarithm, for differences
SECONDS, JOULES, SINGLE = (FIGURES.index(name) for name in ("seconds", "joules", "single_s"))
ALL = "all"
Key = tuple[str, str]  # constant, accelerator or ALL
Values = Mapping[Key, float]
POWER_ERROR = 0.06
POWER_CAP = 0.97  # of TDP: what boards at their limit draw in the measured runs
UNFITTED = {("power_cap", ALL): POWER_CAP, ("reserve_gb", ALL): 0.0}
MEMORY_ONLY = ("activation_eager", "activation_compiled", "reserve_gb")  # no part of a time


class Bench:
    """Runs laid out as arrays, so that a set of constants prices all of them at once."""

    def __init__(self, chosen: Sequence[Run]) -> None:
        self.runs = chosen
        kinds: dict[tuple[str, Software], int] = {}
        self.which = np.array(
            [kinds.setdefault((run.gpu, run.software), len(kinds)) for run in chosen]
        )
        self.kinds = list(kinds)
        self.gpus = np.array([run.gpu for run in chosen])
        laid = [_laid_out(run) for run in chosen]
        self.jobs, self.rows, self.counts, self.degrees = (
            np.array([one[place] for one in laid], float) for place in range(4)
        )
        self.part = np.array([run.scope != WHOLE_JOB for run in chosen])
        self.measured = np.log([run.seconds for run in chosen])

    def figures(self, values: Values) -> NDArray[np.float64]:
        """Figures of every run under a set of constants; shape (runs, FIGURES)."""
        from rebuilt.cost.engine.row_kernels import price_rows

        def constant(name: str, accelerator: str) -> float:
            return values.get((name, accelerator), 1.0)

        machines = np.array(
            [machine_with(load_accelerator(gpu), run, constant) for gpu, run in self.kinds]
        )
        out = np.zeros((len(self.runs), len(FIGURES)))
        price_rows(self.jobs, self.rows, self.counts, self.degrees, machines, self.which, out)
        return out

    def seconds(self, values: Values) -> NDArray[np.float64]:
        """Seconds of every run in its own scope: the whole job, or its steps alone."""
        found = self.figures(values)
        return found[:, SECONDS] - np.where(self.part, found[:, SINGLE], 0.0)

    def priors(self) -> dict[Key, Prior]:
        """Priors of every constant on which a run rests."""
        found: dict[Key, Prior] = {(name, ALL): prior for name, prior in COMMON.items()}
        for gpu, software in self.kinds:
            kernel = software.kernel(load_accelerator(gpu).family)
            found["product", gpu] = product_prior(gpu)
            found["traffic", gpu] = TRAFFIC
            found["convolution", gpu] = CONVOLUTION
            found[f"attention_{kernel}", gpu] = attention_prior(gpu, kernel)
            if software.name != DEFAULT_SOFTWARE:
                found[f"engine_{software.name}", ALL] = ENGINE
            if software.cache:
                found[f"cache_{software.cache}", ALL] = CACHE
        return found


@cache
def bench() -> Bench:
    """Every run."""
    return Bench(runs())


def fit_times(without: Collection[str] = (), start: Values | None = None) -> dict[Key, float]:
    """Fit the constants of time on the runs of batch one of all sources but some."""
    whole = bench()
    used = np.array([run.source not in without and run.batch == 1 for run in whole.runs])
    rows = Counter(run.source for run in whole.runs if run.batch == 1)
    weight = np.array(
        [min(1.0, (MOST / rows[run.source]) ** 0.5) / run.error for run in whole.runs]
    )[used]

    def errors(values: Values) -> NDArray[np.float64]:
        missed = np.log(whole.seconds(values)) - whole.measured
        return np.asarray(missed[used] * weight)

    return solve(whole.priors(), errors, whole.gpus[used], start)


def fit_powers(times: Values) -> dict[Key, float]:
    """Fit the power of each activity on the laboratory's runs, given the constants of time."""
    chosen = [run for run in runs() if run.source == LABORATORY and run.batch == 1]
    own = Bench(chosen)
    measured = np.array([run.power_w for run in chosen])
    weight = np.array([1 / (POWER_ERROR * (1.0 if run.single else 1.5)) for run in chosen])

    def errors(values: Values) -> NDArray[np.float64]:
        found = own.figures({**times, **values})
        power = np.maximum(found[:, JOULES], 1e-9) / found[:, SECONDS]
        return np.asarray(np.log(power / measured) * weight)

    return solve(power_priors({run.gpu for run in chosen}), errors, own.gpus)


def power_priors(gpus: Collection[str]) -> dict[Key, Prior]:
    """Priors of board power as fractions of TDP."""
    found = {
        ("power_exchange", ALL): Prior(0.5, 0.4, "links and memory"),
        ("power_single", ALL): Prior(0.5, 0.4, "decoder"),
        ("power_idle", ALL): Prior(0.3, 0.5, "waiting"),
    }
    for gpu in sorted(gpus):
        found["power_product", gpu] = Prior(0.95, 0.1, "near the limit")
        found["power_attention", gpu] = Prior(0.9, 0.15, "near the limit")
        found["power_traffic", gpu] = Prior(0.8, 0.25, "memory-bound")
    return found


@cache
def fitted() -> dict[Key, float]:
    """Fit time and power on every run: what the book uses, once its errors have been told."""
    times = fit_times(start=blind())
    return times | fit_powers(times)


@cache
def blind() -> dict[Key, float]:
    """Fit time and power without the sources that are held out: what is scored on them."""
    times = fit_times(held_out())
    return times | fit_powers(times)


@cache
def fold_of() -> dict[str, int]:
    """Fold in which a source is left out; sources are dealt out by their number of rows."""
    rows = Counter(run.source for run in runs() if not run.held_out)
    dealt = sorted(rows, key=lambda source: (-rows[source], source))
    return {source: place % FOLDS for place, source in enumerate(dealt)}


@cache
def without_fold(fold: int) -> dict[Key, float]:
    """Fit time without what is held out and without the sources of one fold."""
    left = {source for source, one in fold_of().items() if one == fold}
    return fit_times(held_out() | left, start=blind())


def bounded(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Errors whose squares grow like a logarithm (Cauchy): a wrong row moves nothing much."""
    squares = np.square(errors) + 1e-30
    return np.asarray(errors * np.sqrt(np.log1p(squares) / squares))


def solve(
    priors: Mapping[Key, Prior],
    errors: Callable[[Values], NDArray[np.float64]],
    of_gpu: NDArray[np.str_],
    start: Values | None = None,
) -> dict[Key, float]:
    """Fit positive constants on a logarithmic scale: bounded errors and distances from priors.

    Parameters
    ----------
    priors : mapping of (constant, accelerator) to Prior
        What is fitted.
    errors : callable
        Weighted logarithmic errors of all runs under a set of constants.
    of_gpu : array of str
        Accelerator of each run.
    start : mapping, optional
        Constants to begin with. Default: the centres of the priors.
    """
    names = list(priors)
    alike: dict[str, dict[str, int]] = {}
    for place, (name, gpu) in enumerate(names):
        alike.setdefault(name if gpu != ALL else f"{name} of {ALL}", {})[gpu] = place
    ties = np.zeros((len(pairs := kin(priors)), len(names)))
    for row, pair in enumerate(pairs):
        ties[row, [names.index(key) for key in pair]] = 1 / NEAR, -1 / NEAR
    centre = np.log([priors[name].centre for name in names])
    spread = np.array([priors[name].spread for name in names])
    first = centre if start is None else np.log([start[name] for name in names])

    def missed(point: NDArray[np.float64]) -> NDArray[np.float64]:
        values = dict(zip(names, np.exp(point).tolist(), strict=True)) | UNFITTED
        return bounded(errors(values))

    def residuals(point: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate([missed(point), (point - centre) / spread, ties @ point])

    def slopes(point: NDArray[np.float64]) -> NDArray[np.float64]:
        """Differences; one constant of all accelerators at a time, since a run has one."""
        here = missed(point)
        data = np.zeros((here.size, point.size))
        for group in alike.values():
            moved = point.copy()
            moved[list(group.values())] += STEP
            change = (missed(moved) - here) / STEP
            for gpu, column in group.items():
                mine = of_gpu == gpu if gpu != ALL else slice(None)
                data[mine, column] = change[mine]
        return np.concatenate([data, np.diag(1 / spread), ties])

    found = least_squares(residuals, first, jac=slopes, xtol=1e-3, ftol=1e-4).x
    return dict(zip(names, (math.exp(value) for value in found), strict=True))


def _laid_out(run: Run) -> tuple[list[float], list[int], list[int], Sequence[float]]:
    job = run.counted.job
    rows = [job.forward.rows[name] for name in ROWS]
    numbers = job_of(
        run.counted.model,
        job.forward.clip,
        steps=job.steps,
        passes=job.passes,
        batch=run.batch,
        gpus=run.layout.gpus,
    )
    values = [1, *(job.forward.sizes.get(name, 0) for name in SIZES)]
    counts = [0] * len(COUNTS)
    total_job(numbers, values, rows, counts)
    return numbers, rows, counts, run.layout.degrees
