"""Measured results: which MLPerf entries are compared, and how.

Only closed-division entries of one submitter, round, benchmark, scenario and number of
accelerators are divided by each other: software moves as fast as hardware between rounds. Ratios
are ours, not results of MLCommons.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

from rebuilt.evidence.facts import Fact, Facts

BENCHMARK = "llama2-70b-99.9"
CAPPED = "MaxQ"  # in a system's name: power-capped entry of the energy measurements
SERVED = "Triton"  # in a system's name: the same machine once more, behind another server program


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What identifies one result of a round."""

    accelerator: str
    round: str
    submitter: str = "NVIDIA"
    scenario: str = "Offline"
    metric: str = "throughput"
    accelerators: int | None = 8
    capped: bool = False


def result(facts: Facts, entry: Entry) -> Fact | None:
    """Return the best result of an entry per accelerator, or None if it was not public.

    Throughput is in tokens (v4.0 Server: queries) a second and accelerator.
    """
    rows = select(facts.frame("mlperf"), entry)
    if rows.is_empty():
        return None
    shared = rows.with_columns(value=pl.col("value") / pl.col("accelerators"))
    return _fact(shared.sort("value", "locator").row(-1, named=True))


def select(frame: pl.DataFrame, entry: Entry) -> pl.DataFrame:
    """Return the rows of `data/mlperf.csv` that an entry stands for."""
    capped = pl.col("system").str.contains(CAPPED, literal=True)
    rows = frame.filter(
        pl.col("suite") == "inference",
        pl.col("division") == "closed",  # open entries may change the model, for instance prune it
        pl.col("benchmark") == BENCHMARK,
        pl.col("round") == entry.round,
        pl.col("submitter") == entry.submitter,
        pl.col("scenario") == entry.scenario,
        pl.col("metric") == entry.metric,
        pl.col("accelerator") == entry.accelerator,
        capped if entry.capped else ~capped,
        ~pl.col("system").str.contains(SERVED, literal=True),
    )
    if entry.accelerators is not None:
        rows = rows.filter(pl.col("accelerators") == entry.accelerators)
    return rows


def joules_per_token(facts: Facts, accelerator: str, round_: str) -> Fact | None:
    """Energy of one generated token in a power-capped Offline run: watts over tokens a second.

    Power and speed are of one system; of several systems the most frugal counts.
    """
    frame = facts.frame("mlperf")
    speed, power = (
        select(
            frame, Entry(accelerator=accelerator, round=round_, capped=True, metric=metric)
        ).filter(pl.col("value") > 0)
        for metric in ("throughput", "power")
    )
    paired = power.join(speed.select("system", tokens_per_s="value"), on="system")
    if paired.is_empty():
        return None
    frugal = paired.with_columns(value=pl.col("value") / pl.col("tokens_per_s"))
    best = frugal.sort("value", "locator").row(0, named=True)
    return _fact(best | {"unit": "joules_per_token"})


def _fact(row: dict[str, Any]) -> Fact:
    return Fact(
        value=row["value"],
        text=None,
        unit=row["unit"],
        source=row["source"],
        known_since=row["known_since"],
    )
