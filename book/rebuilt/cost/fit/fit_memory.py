"""Published memory figures beside ours, and the one factor that is fitted to them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.memory import Memory, inference_memory, training_memory
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.latent import Clip
from rebuilt.evidence import tables


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of data/memory_figures.csv and our estimate of the same peak."""

    row: Mapping[str, Any]
    ours: Memory

    @property
    def error(self) -> float:
        """Ours over theirs, minus one."""
        return float(self.ours.total / self.row["memory_gb"] - 1)


def figures(factor: float | None = None) -> list[Figure]:
    """Every published figure with our estimate; `factor` as in `inference_memory`."""
    rows = tables.load("memory_figures").iter_rows(named=True)
    return [Figure(row, _ours(row, factor)) for row in rows]


def fitted_factor() -> float:
    """Fit how many times the least activations frameworks hold at their peak.

    The median over models of (published peak - weights) / least activations, on one accelerator
    whose weights are not streamed; at most what the measured runs leave, since they did not run
    out of memory.
    """
    ratios: defaultdict[str, list[float]] = defaultdict(list)
    for found in figures(factor=1.0):
        row = found.row
        if row["gpus"] == 1 and row["job"] == "inference" and row["offload"] != "layers":
            rest = row["memory_gb"] - found.ours.weights
            ratios[row["model"]].append(rest / found.ours.activations)
    return float(min(median(map(median, ratios.values())), *_room()))


def _room() -> list[float]:
    """List what every measured run on one accelerator leaves for activations, over the least."""
    runs = tables.load("run_times").filter(gpus=1)
    found = []
    for row in runs.iter_rows(named=True):
        clip = Clip(frames=row["frames"], height=row["height"], width=row["width"])
        chip = load_accelerator(row["gpu"])
        least = inference_memory(
            load_model(row["model"]), clip, chip, batch=row["batch"], factor=1.0
        )
        found.append((least.capacity - least.weights) / least.activations)
    return found


def _ours(row: Mapping[str, Any], factor: float | None) -> Memory:
    model, accelerator = load_model(row["model"]), load_accelerator(row["gpu"])
    clip = Clip(frames=row["frames"], height=row["height"], width=row["width"])
    if row["job"] != "inference":
        return training_memory(model, clip, accelerator, trained_parameters=0)
    return inference_memory(
        model,
        clip,
        accelerator,
        gpus=row["gpus"],
        shard_weights=row["sharding"] == "weights",
        offload=row["offload"],
        weight_bytes=row["weight_bytes"],
        factor=factor,
    )
