"""Measured peaks of memory beside ours, and the constants that are fitted to them.

Three constants with a meaning: how many times the least activations eager and compiled code hold,
and what driver and allocator keep besides. Sources print GiB and call it GB; the tables have
decimal gigabytes. Sources that are held out are never fitted.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from rebuilt.cost.counting.forward import denoiser_of
from rebuilt.cost.fit.fitting import FOLDS, bounded
from rebuilt.cost.fit.quantiles import weighted_quantile
from rebuilt.cost.fit.runs import clip_of, counted_job, format_of, held_out, layout_of
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.estimate import GB, Timed, priced, resident
from rebuilt.cost.hardware.layouts import Layout, check_layout
from rebuilt.cost.hardware.machines import MEMORY_KINDS, machine_with, memory_kind
from rebuilt.cost.hardware.software import DEFAULT_SOFTWARE, OFFLOADS, Software
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import autoencoder_of, load_model
from rebuilt.errors import ShapeError
from rebuilt.evidence import tables

NINETY = 1.645  # deviations of a normal variable to either side that hold ninety percent
OPEN = "decoder not counted"
MOST = 10.0  # rows as which a source with more of them weighs
BIG = 85.9  # GB of the accelerator that is assumed where none is told
STANDS_IN = "a100-sxm-80gb"  # a peak does not depend on the accelerator where none is told
PEAKS = ("peak", "allocated", "requirement")
CENTRES = np.log([1.4, 1.2, 1.0])  # eager, compiled, reserve in GB
SPREADS = np.array([0.5, 0.5, 0.5])
ERROR = 0.1
NAMES = ("activation_eager", "activation_compiled", "reserve_gb")
COLUMNS = (
    "table",
    "row",
    "role",
    "kind",
    "measured_by",
    "model",
    "gpus",
    "measured_gb",
    "predicted_gb",
    "low_gb",
    "high_gb",
)


@dataclass(frozen=True, slots=True)
class Peak:
    """One measured peak of inference and its parts at their least, in GB.

    `fixed` is weights and buffers, `alive` the least activations, `decoding` weights that stay and
    what lives while decoding, `encoding` the largest text encoder where it is there alone.
    """

    table: str
    row: str
    source: str
    model: str
    gpus: int
    kind: str
    compiled: bool
    measured_gb: float
    held_out: bool
    fixed: float
    alive: float
    decoding: float
    encoding: float

    def predicted(self, eager: float, compiled: float, reserve: float) -> float:
        """GB under a set of constants."""
        factor = compiled if self.compiled else eager
        return max(self.fixed + factor * self.alive, self.decoding, self.encoding) + reserve


@cache
def peaks() -> tuple[Peak, ...]:
    """Every measured peak that can be expressed, table by table."""
    return (*_figures(), *_software())


@cache
def memory_constants(fold: int | None = None) -> dict[str, float]:
    """Constants of memory by name, fitted without a fold of sources; and their deviation."""
    used = [peak for peak in _fitting() if fold is None or _fold_of(peak) != fold]
    measured = np.log([peak.measured_gb for peak in used])

    def residuals(point: NDArray[np.float64]) -> NDArray[np.float64]:
        told = np.log([peak.predicted(*np.exp(point)) for peak in used])
        return np.concatenate([bounded((told - measured) / ERROR), (point - CENTRES) / SPREADS])

    found = np.exp(least_squares(residuals, CENTRES).x).tolist()
    constants = dict(zip(NAMES, found, strict=True))
    return constants if fold is not None else constants | deviations()


def memory_lines() -> Iterable[list[str | int]]:
    """Rows of data/memory_errors.csv: every peak beside what is predicted without its source."""
    for peak in peaks():
        fold = None if peak.held_out else _fold_of(peak)
        values = memory_constants(fold)
        predicted = peak.predicted(*(values[name] for name in NAMES))
        yield [
            peak.table,
            peak.row,
            "held out" if peak.held_out else "left out in turn",
            peak.kind,
            peak.source,
            peak.model,
            peak.gpus,
            f"{peak.measured_gb:.6g}",
            f"{predicted:.6g}",
            *(f"{end:.6g}" for end in ends_of(peak, predicted)),
        ]


def ends_of(peak: Peak, predicted: float) -> tuple[float, float]:
    """Give the ends of the 90 % interval of a peak, by its kind."""
    kind = peak.kind if peak.kind in MEMORY_KINDS else MEMORY_KINDS[0]
    wide = math.exp(NINETY * deviations()[f"deviation_{kind}"])
    return predicted / wide, predicted * wide


@cache
def deviations() -> dict[str, float]:
    """Deviation of the logarithm of what is predicted without a source, for each kind of peak.

    From the quantile that nine of ten keep within, where a source weighs like MOST rows at most.
    """
    found: dict[str, list[tuple[str, float]]] = {kind: [] for kind in MEMORY_KINDS}
    for peak in _fitting():
        values = memory_constants(_fold_of(peak))
        predicted = peak.predicted(*(values[name] for name in NAMES))
        found[peak.kind].append((peak.source, abs(math.log(predicted / peak.measured_gb))))
    return {
        f"deviation_{kind}": weighted_quantile(rows, most=MOST) / NINETY
        for kind, rows in found.items()
    }


def _fitting() -> list[Peak]:
    return [peak for peak in peaks() if not peak.held_out and peak.kind in MEMORY_KINDS]


@cache
def _folds() -> dict[str, int]:
    sources = sorted({peak.source for peak in peaks()})
    return {source: place % FOLDS for place, source in enumerate(sources)}


def _fold_of(peak: Peak) -> int:
    return _folds()[peak.source]


def _figures() -> Iterator[Peak]:
    forms = {2: "bf16", 4: "fp32"}
    offloads = {"none": "none", "model": "model", "layers": "sequential"}
    for place, row in enumerate(tables.load("memory_figures").iter_rows(named=True), start=1):
        if row["job"] != "inference":
            continue
        run = Software(format=forms[row["weight_bytes"]], offload=offloads[row["offload"]])
        layout = Layout(ulysses=row["gpus"], shard=row["sharding"] == "weights")
        tiled = "on" if row["offload"] == "layers" else "unstated"
        facts = {"table": "memory_figures", "row": str(place), "source": row["source"]}
        yield _peak(row, row["memory_gb"], facts, run, layout, tiled)


def _software() -> Iterator[Peak]:
    for row in tables.load("software_memory").iter_rows(named=True):
        form = format_of(row)
        layout = layout_of(row)
        told = row["memory_gb"] is not None and row["measure"] in PEAKS and not row["also_in"]
        told = told and row["job"] == "inference"
        if not (told and row["model"] and form) or row["layout_known"] == "unstated":
            continue
        model = load_model(row["model"])
        if not isinstance(model, Transformer):
            continue
        try:
            check_layout(model, layout, batch=row["batch"])
        except ShapeError:
            continue
        offload = row["offload"] if row["offload"] in OFFLOADS else "none"
        run = Software(format=form, offload=offload, compiled=row["compiled"] == "yes")
        facts = {"table": "software_memory", "row": row["id"], "source": row["source"]}
        yield _peak(row, row["memory_gb"], facts, run, layout, row["tiling"])


def _peak(
    row: Mapping[str, Any],
    measured_gb: float,
    facts: Mapping[str, str],
    run: Software,
    layout: Layout,
    tiled: str,
) -> Peak:
    tiles = autoencoder_of(denoiser_of(load_model(row["model"]))).tiling
    usual = tiled == "unstated" and tiles is not None and tiles.usual
    counted = counted_job(row["model"], clip_of(row), None, None, tiled=tiled == "on" or usual)
    capacity = load_accelerator(row["gpu"]).visible_gb if row["gpu"] in accelerator_ids() else BIG
    parts = _parts(counted, row, run, layout)
    if tiled == "unstated" and parts["decoding"] > capacity:
        counted = counted_job(row["model"], clip_of(row), None, None, tiled=True)
        parts = _parts(counted, row, run, layout)
    return Peak(
        table=facts["table"],
        row=facts["row"],
        source=facts["source"],
        fixed=parts["fixed"],
        alive=parts["alive"],
        decoding=parts["decoding"],
        encoding=parts["encoding"],
        model=row["model"],
        gpus=row["gpus"],
        kind=memory_kind(run, row["gpus"]) if counted.job.decoding_bytes is not None else OPEN,
        compiled=run.compiled,
        measured_gb=measured_gb,
        held_out=row["source"] in held_out(),
    )


def _parts(
    counted: Timed, row: Mapping[str, Any], run: Software, layout: Layout
) -> dict[str, float]:
    """Parts of a peak at their least, in GB, by the names of Peak."""
    gpu = row["gpu"] if row["gpu"] in accelerator_ids() else STANDS_IN
    machine = machine_with(load_accelerator(gpu), replace(run, name=DEFAULT_SOFTWARE), _least)
    machine = resident(machine, counted.model, run)
    _, found = priced(counted, machine, layout, row.get("batch", 1))
    weights = found["weights_bytes"]
    return {
        "fixed": (weights + found["buffer_bytes"]) / GB,
        "alive": found["activation_bytes"] / GB,
        "decoding": (weights * machine.rest_held + found["decoding_bytes"]) / GB,
        "encoding": found["encoding_bytes"] / GB,
    }


def _least(name: str, accelerator: str) -> float:  # noqa: ARG001
    """Constants under which memory is at its least; those of time do not matter."""
    return 0.0 if name == "reserve_gb" else 1.0
