"""Measured results: which MLPerf entries are compared, and how.

Only closed-division entries of one submitter, round, benchmark, scenario and number of
accelerators are divided by each other: software moves as fast as hardware between rounds. `pairs`
divides no others. Makers who enter only their own chip make a pair with each other, since nobody
else tunes a chip as they do. Ratios are ours, not results of MLCommons.
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
    round: str = ""
    submitter: str = "NVIDIA"
    scenario: str = "Offline"
    metric: str = "throughput"
    accelerators: int | None = 8
    capped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two entries that may be divided, and their ratio."""

    round: str
    submitter: str
    accelerators: int
    ratio: float
    facts: tuple[Fact, Fact]

    @property
    def where(self) -> str:
        """Round, submitter and number, as a phrase."""
        return f"MLPerf {self.round}, {self.submitter}, {self.accelerators} of each"


def result(facts: Facts, entry: Entry) -> Fact | None:
    """Return the best result of an entry per accelerator, or None if it was not public.

    Throughput is in tokens (v4.0 Server: queries) a second and accelerator.
    """
    rows = facts.rows("mlperf", *_conditions(entry))
    if rows.is_empty():
        return None
    shared = rows.with_columns(value=pl.col("value") / pl.col("accelerators"))
    return _fact(shared.sort("value", "locator").row(-1, named=True))


def pairs(
    facts: Facts,
    above: str,
    below: str,
    *,
    makers: tuple[str, str] = ("NVIDIA", "NVIDIA"),
    scenario: str = "Offline",
) -> list[Pair]:
    """Divide one accelerator by another wherever the two entries are alike, best ratio first.

    Parameters
    ----------
    facts : Facts
        What was public on a day.
    above, below : str
        Accelerators as data/subjects.csv names them.
    makers : tuple of str
        Who made each; their own entries make a pair even where the makers differ.
    scenario : str
        ``"Offline"`` or ``"Server"``.
    """
    alike = ["round", "submitter", "accelerators"]
    entry = Entry(accelerator=above, scenario=scenario)
    common = _conditions(entry, without=("round", "submitter", "accelerators", "accelerator"))
    rows = facts.rows("mlperf", pl.col("accelerator").is_in([above, below]), *common)
    named = {above: makers[0], below: makers[1]}
    own = pl.col("submitter") == pl.col("accelerator").replace_strict(named)
    rows = rows.with_columns(
        submitter=pl.when(own)
        .then(pl.lit(" and ".join(dict.fromkeys(makers))))
        .otherwise("submitter")
    ).sort("value", "locator")
    sides = [
        {tuple(row[name] for name in alike): row
         for row in rows.filter(accelerator=chip).iter_rows(named=True)}
        for chip in (above, below)
    ]  # fmt: skip
    found = [
        Pair(round=key[0], submitter=key[1], accelerators=key[2],
             ratio=row["value"] / sides[1][key]["value"], facts=(_fact(row), _fact(sides[1][key])))
        for key, row in sides[0].items() if key in sides[1]
    ]  # fmt: skip
    return sorted(found, key=lambda pair: (-pair.ratio, pair.round, pair.submitter))


def joules_per_token(facts: Facts, accelerator: str, round_: str) -> Fact | None:
    """Energy of one generated token in a power-capped Offline run: watts over tokens a second.

    Power and speed are of one system; of several systems the most frugal counts.
    """
    speed, power = (
        facts.rows(
            "mlperf",
            pl.col("value") > 0,
            *_conditions(Entry(accelerator=accelerator, round=round_, capped=True, metric=metric)),
        )
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


def _conditions(entry: Entry, without: tuple[str, ...] = ()) -> list[pl.Expr]:
    """Say what a row must meet; open entries may change the model, for instance prune it."""
    capped = pl.col("system").str.contains(CAPPED, literal=True)
    wanted = {
        name: getattr(entry, name)
        for name in ("round", "submitter", "scenario", "metric", "accelerator", "accelerators")
    }
    return [
        pl.col("suite") == "inference",
        pl.col("division") == "closed",
        pl.col("benchmark") == BENCHMARK,
        capped if entry.capped else ~capped,
        ~pl.col("system").str.contains(SERVED, literal=True),
        *(pl.col(name) == cell for name, cell in wanted.items()
          if cell is not None and name not in without),
    ]  # fmt: skip
