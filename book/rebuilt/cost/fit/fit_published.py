"""Published run times: constants of accelerators that no laboratory measured, and a second score.

Models marked `never fitted` in data/validation_split.csv stay out of every fit. For the others the
constants of an accelerator are fitted without the model that is scored, with priors carried over
from the measured accelerators.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from rebuilt.cost.fit.fitting import (
    MEASURED,
    Prior,
    all_constants,
    attention_share,
    constants_of,
    left_out,
    matmul_share,
    solve_logarithms,
)
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.bill import clip_seconds
from rebuilt.cost.hardware.efficiencies import KERNELS
from rebuilt.cost.hardware.estimate import Timed, machine_with, parts_of, priced, timed
from rebuilt.cost.hardware.layouts import Layout
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.latent import Clip
from rebuilt.evidence import tables

ROUNDED = 0.1  # expected relative error of a published figure


@dataclass(frozen=True, slots=True)
class Published:
    """One published run time."""

    model: str
    label: str
    gpu: str
    kernel: str
    layout: Layout
    counted: Timed
    one_step: bool
    seconds: float
    source: str

    @property
    def group(self) -> str:
        """Accelerator and kernel whose constants apply."""
        return f"{self.gpu} {self.kernel}"


@cache
def published() -> tuple[Published, ...]:
    """Rows of data/published_run_times.csv."""
    return tuple(_row(row) for row in tables.load("published_run_times").iter_rows(named=True))


@cache
def published_constants(without: str = "") -> dict[str, float]:
    """Constants of every accelerator, fitted without one model; keys as in `fit`."""
    values = dict(left_out().get(without) or all_constants())
    for gpu in sorted({row.gpu for row in published()} - set(MEASURED)):
        values |= _fit_own(gpu, values, without)
    for gpu in sorted({row.gpu for row in published() if row.kernel == "fa3"}):
        values |= _fit_kernel(gpu, values, without)
    return values


def predict_published(row: Published, values: Mapping[str, float]) -> float:
    """Seconds of one published run."""
    constants = constants_of(values, row.gpu)
    if row.kernel != KERNELS[0]:
        constants = replace(constants, attention=values[f"attention_{row.kernel} {row.gpu}"])
    machine = machine_with(load_accelerator(row.gpu), constants)
    parts = parts_of(priced(row.counted, machine, row.layout)[1])
    single = 0.0 if row.one_step else parts.single
    return float(clip_seconds(row.counted.job.steps, parts.device, parts.host, single))


def scored() -> list[tuple[Published, float]]:
    """Every published run with the seconds predicted without its model."""
    return [(row, predict_published(row, published_constants(row.model))) for row in published()]


def _fit_own(gpu: str, known: Mapping[str, float], without: str) -> dict[str, float]:
    rows = _used(f"{gpu} fa2", without)
    measured = [known[f"traffic {other}"] for other in MEASURED]
    peak_share = 0.9 * matmul_share(gpu) if _has_matmul_rate(gpu) else 0.75
    priors = {
        f"product {gpu}": Prior(peak_share, 0.1, "0.9 of the best measured product rate, or 3/4"),
        f"attention {gpu}": Prior(0.65, 0.3, "FlashAttention-2 on the cards it was written for"),
        f"traffic {gpu}": Prior(math.prod(measured) ** 0.5, 0.5, "mean of the measured cards"),
        f"convolution {gpu}": Prior(
            known["convolution h100-sxm"], 0.5, "the same fraction as on the H100"
        ),
    }
    return _solve(rows, priors, known)


def _fit_kernel(gpu: str, known: Mapping[str, float], without: str) -> dict[str, float]:
    rows = _used(f"{gpu} fa3", without)
    prior = Prior(
        max(attention_share("FlashAttention-3"), known[f"attention {gpu}"]),
        0.15,
        "FlashAttention-3, published",
    )
    return _solve(rows, {f"attention_fa3 {gpu}": prior}, known)


def _solve(
    rows: list[Published], priors: Mapping[str, Prior], known: Mapping[str, float]
) -> dict[str, float]:
    def errors(values: dict[str, float]) -> list[float]:
        merged = {**known, **values}
        return [math.log(predict_published(row, merged) / row.seconds) / ROUNDED for row in rows]

    return solve_logarithms(priors, errors)


@cache
def never_fitted() -> frozenset[str]:
    """Models that stay out of every fit."""
    split = tables.load("validation_split").filter(role="never fitted")
    return frozenset(split["model"])


def _used(group: str, without: str) -> list[Published]:
    skipped: Iterable[str] = {without, *never_fitted()}
    return [row for row in published() if row.group == group and row.model not in skipped]


def _has_matmul_rate(gpu: str) -> bool:
    return gpu in set(tables.load("matmul_rates")["subject"])


def _row(row: Mapping[str, object]) -> Published:
    def number(name: str) -> int:
        return int(str(row[name]))

    one_step = row["scope"] == "one step"
    clip = Clip(frames=number("frames"), height=number("height"), width=number("width"))
    counted = timed(
        load_model(str(row["model"])),
        clip,
        steps=1 if one_step else number("steps"),
        passes=-(-number("passes") // number("cfg_parallel")),
    )
    return Published(
        model=str(row["model"]),
        label=str(row["label"]),
        gpu=str(row["gpu"]),
        kernel="fa3" if row["attention"] == "fa3" else "fa2",
        layout=Layout(number("ulysses"), number("ring")),
        counted=counted,
        one_step=one_step,
        seconds=float(str(row["seconds"])),
        source=str(row["source"]),
    )
