"""Measured results: which MLPerf entries are compared, and how.

Only closed-division entries of one submitter, round, benchmark, scenario and number of
accelerators are divided by each other: software moves as fast as hardware between rounds. Ratios
are ours, not results of MLCommons.
"""

from dataclasses import dataclass

import polars as pl

from rebuilt.facts import Fact, Facts

BENCHMARK = "llama2-70b-99.9"
CAPPED = "MaxQ"  # in a system's name: power-capped entry of the energy measurements


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

    Throughput is in tokens (v4.0 Server: queries) a second and accelerator, power in watts of the
    system per accelerator.
    """
    rows = select(facts.frame("mlperf"), entry)
    if rows.is_empty():
        return None
    best = rows.sort("value", descending=True).row(0, named=True)
    return Fact(
        value=best["value"] / best["accelerators"],
        text=None,
        unit=best["unit"],
        source=best["source"],
        known_since=best["known_since"],
    )


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
    )
    if entry.accelerators is not None:
        rows = rows.filter(pl.col("accelerators") == entry.accelerators)
    return rows


def joules_per_token(facts: Facts, accelerator: str, round_: str) -> tuple[Fact, float] | None:
    """Energy of one generated token in a power-capped Offline run: watts over tokens a second."""
    capped = Entry(accelerator=accelerator, round=round_, capped=True)
    speed = result(facts, capped)
    power = result(facts, Entry(accelerator=accelerator, round=round_, capped=True, metric="power"))
    if speed is None or power is None or not speed.value or power.value is None:
        return None
    return power, power.value / speed.value
