"""Watts and dollars of a fabric, from the module figures of data/optics_market.csv.

Modules and switch chips are counted, nothing else: fans, power supplies, boards, cables and the
switches' own price are left out, because no figure for them was found. Every result is a range.
Low and high are the least and greatest figure of all sources. The central one is the median, for
prices the median of contract prices: a reseller's list price is about three times as high.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import polars as pl

from rebuilt.errors import ShapeError, UnknownNameError
from rebuilt.evidence import tables
from rebuilt.fabric.network import Fabric

SUBJECT = "transceiver-{}"


@dataclass(frozen=True, slots=True)
class Range:
    """Lowest, central and highest figure."""

    low: float
    central: float
    high: float

    def __add__(self, other: "Range") -> "Range":
        """Add two ranges end by end."""
        return Range(self.low + other.low, self.central + other.central, self.high + other.high)

    def times(self, factor: float) -> "Range":
        """Return the range of so many equal parts."""
        return Range(self.low * factor, self.central * factor, self.high * factor)


NOTHING = Range(0.0, 0.0, 0.0)


def module_power_w(speed: str) -> Range:
    """Watts of one module of a speed such as 800G.

    Raises
    ------
    UnknownNameError
        If the data hold no figure for it.
    """
    return _range(_rows("module_power_w", speed), "power", speed)


def module_price_usd(speed: str) -> Range:
    """Dollars for one module of a speed such as 800G.

    Raises
    ------
    UnknownNameError
        If the data hold no figure for it.
    """
    rows = _rows("module_price_usd", speed)
    everything = _range(rows, "price", speed)
    contract = rows.filter(~pl.col("condition").str.contains("reseller, "))["value"].to_list()
    return Range(everything.low, median(contract or [everything.central]), everything.high)


def chip_power_w_per_tb_s() -> Range:
    """Watts of a switch chip for each Tbit/s of its capacity, one way."""
    chips = tables.load("switch_silicon").filter(pl.col("value").is_not_null())
    power = chips.filter(quantity="switch_chip_power_w").select("subject", "value")
    capacity = chips.filter(quantity="capacity_tb_s").select("subject", capacity="value")
    ratio = power.join(capacity, on="subject").select(pl.col("value") / pl.col("capacity"))
    return _of(ratio["value"].to_list())


def switch_watts(fabric: Fabric) -> Range:
    """Watts of all switch chips, in step with the capacity of a switch."""
    capacity_tb_s = fabric.plan.radix * fabric.plan.port_gbps / 1000.0
    return chip_power_w_per_tb_s().times(capacity_tb_s * fabric.switches)


def module_watts(modules: Mapping[str, int]) -> Range:
    """Watts of so many modules of each speed."""
    parts = (module_power_w(speed).times(count) for speed, count in modules.items())
    return sum(parts, NOTHING)


def module_dollars(modules: Mapping[str, int]) -> Range:
    """Dollars for so many modules of each speed."""
    parts = (module_price_usd(speed).times(count) for speed, count in modules.items())
    return sum(parts, NOTHING)


def by_reach(fabric: Fabric, runs_m: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Modules by reach class, then by speed.

    Parameters
    ----------
    fabric : Fabric
        The network.
    runs_m : mapping of str to int
        Longest cable of each link of `Fabric.transceivers`, metres.

    Returns
    -------
    dict
        Per class ("up to 100 m") the modules of each speed; a link takes the shortest class whose
        data-sheet reach covers its run.

    Raises
    ------
    UnknownNameError
        If the data hold no reach of a module of that speed.
    ShapeError
        If a run is longer than any module reaches.
    """
    classes: dict[str, dict[str, int]] = {}
    for link, modules in fabric.transceivers().items():
        for speed, count in modules.items():
            of_class = classes.setdefault(f"up to {_reach_m(speed, runs_m[link], link)} m", {})
            of_class[speed] = of_class.get(speed, 0) + count
    return classes


def _reach_m(speed: str, run_m: int, link: str) -> int:
    rows = _rows("module_reach_m", speed)
    longest = int(_range(rows, "reach", speed).high)
    far_enough = sorted(int(reach) for reach in rows["value"].to_list() if reach >= run_m)
    if not far_enough:
        msg = (
            f"{link} is {run_m} m and a module of {speed} reaches at most {longest} m "
            "(data/optics_market.csv); shorten the run or add a module with its source"
        )
        raise ShapeError(msg)
    return far_enough[0]


def _rows(quantity: str, speed: str) -> pl.DataFrame:
    rows = tables.load("optics_market").filter(
        subject=SUBJECT.format(speed.lower()), quantity=quantity
    )
    return rows.filter(pl.col("value").is_not_null())


def _range(rows: pl.DataFrame, what: str, speed: str) -> Range:
    if rows.is_empty():
        msg = f"data/optics_market.csv has no {what} of a {speed} module; add a row with its source"
        raise UnknownNameError(msg)
    return _of(rows["value"].to_list())


def _of(values: list[float]) -> Range:
    return Range(min(values), median(values), max(values))
