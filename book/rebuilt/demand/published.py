"""Estimates of others, repeated through the links of this chain with their own assumptions.

Figures that were printed come from data/statements.csv; nothing is typed here but the one value
that no source states: how the factor of eight is shared out between three reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.sweep.montecarlo import Spread
from rebuilt.demand import links
from rebuilt.evidence import tables

SUBJECT, ACCELERATOR = "sora-2024", "h100-sxm"
EACH = 2.0  # utilisation, peaks and candidates: a factor of eight in all, two each if alike


@dataclass(frozen=True, slots=True)
class Repeated:
    """One printed figure and what the links of the chain make of the assumptions behind it."""

    what: str
    printed: float
    ours: float
    unit: str
    how: str

    @property
    def off(self) -> float:
        """Ours over the printed figure, less one."""
        return self.ours / self.printed - 1


def facts() -> pl.DataFrame:
    """Rows of data/statements.csv on the estimates of February and March 2024."""
    return tables.load("statements").filter(
        pl.col("value").is_not_null(), subject=SUBJECT, status="estimated"
    )


def printed(quantity: str, condition: str = "") -> float:
    """One printed figure, by its quantity and a part of its condition."""
    rows = facts().filter(
        pl.col("condition").str.contains(condition, literal=True), quantity=quantity
    )
    return float(rows["value"].item())


def repeated() -> list[Repeated]:
    """Every public estimate that its stated assumptions allow to repeat."""
    hours = 1.0 / printed("gpu_minutes_per_hour")
    minutes = 1e6 * printed("video_minutes_mn_per_day", "generated")
    busy = links.busy_accelerators(minutes, hours)
    peak = links.fleet(links.busy_accelerators(EACH * minutes, hours), EACH, 1.0 / EACH, 0.0)
    return [
        Repeated(
            "H100 on an average day",
            printed("busy_accelerators"),
            busy,
            "accelerators",
            "10.7 million minutes a day, five minutes an hour",
        ),
        Repeated(
            "H100 at peak",
            printed("fleet_accelerators"),
            peak,
            "accelerators",
            "the same, times two for candidates, two for peaks, two for utilisation",
        ),
        *(
            Repeated(
                f"Break-even minutes, {end}",
                1e6 * printed("break_even_minutes_mn", end),
                links.break_even(printed("training_accelerators", end), hours),
                "minutes",
                "accelerators for a month, five minutes an hour",
            )
            for end in ("low", "high")
        ),
    ]


def shares_do_not_fit() -> tuple[float, float]:
    """Minutes a day that the relayed shares give, and those that the estimate prints."""
    parts = [
        printed("share_percent", name) / 100 * printed("video_minutes_mn_per_day", f"to {name}")
        for name in ("TikTok", "YouTube")
    ]
    return 1e6 * sum(parts), 1e6 * printed("video_minutes_mn_per_day", "generated")


def training_flops(accelerators: float) -> float:
    """FLOPs of so many accelerators at their peak for a month: the most that they can have done."""
    peak = load_accelerator(ACCELERATOR).peak_tflops * 1e12
    return float(accelerators / links.month_of(1.0, peak, 1.0))


def replaced(
    known: Mapping[str, Spread], ranges: Mapping[str, tuple[float, float]]
) -> pl.DataFrame:
    """Replace one assumption behind the fleet at peak by our range, the others as stated.

    Parameters
    ----------
    known : mapping of str to Spread
        From `sampling.spreads`: the accelerator-hours of a minute.
    ranges : mapping of str to (float, float)
        Low and high end of `video_minutes`, `attempts`, `peak_to_mean` and `occupancy`.

    Returns
    -------
    polars.DataFrame
        One row for each assumption: what was stated, our ends, and the fleet at both.
    """
    stated = {
        "video_minutes": 1e6 * printed("video_minutes_mn_per_day", "generated"),
        "hours_per_minute": 1.0 / printed("gpu_minutes_per_hour"),
        "attempts": EACH,
        "peak_to_mean": EACH,
        "occupancy": 1.0 / EACH,
    }
    hours = known["hours_per_minute"]
    ends = {**ranges, "hours_per_minute": (hours.low, hours.high)}
    rows = []
    for name, value in stated.items():
        fleets = sorted(_fleet(stated | {name: end}) for end in ends[name])
        rows.append((name, value, *ends[name], *fleets))
    return pl.DataFrame(
        rows,
        schema=["assumption", "stated", "low", "high", "fleet_low", "fleet_high"],
        orient="row",
    )


def _fleet(given: Mapping[str, float]) -> float:
    generated = given["video_minutes"] * given["attempts"]
    busy = links.busy_accelerators(generated, given["hours_per_minute"])
    return float(links.fleet(busy, given["peak_to_mean"], given["occupancy"], 0.0))
