"""Accelerators as plain numbers, read from data/accelerators.csv without Polars.

`rebuilt cost --gpu` answers from here; a test compares every value with `tables.wide`.
"""

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA

Row = dict[str, str]
RENT = "on demand, RunPod, March 2026"
AGREE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """What a roofline needs to know of one accelerator; None where no source was found.

    Attributes
    ----------
    peak_tflops : float
        Dense BF16 matrix rate, 1e12 FLOPs a second.
    bandwidth_tb_s, memory_gb, tdp_w : float
        Peak memory bandwidth in 1e12 bytes a second, capacity in 1e9 bytes, board power in watts.
    link_gb_s : float or None
        Link to the other accelerators of a server, one direction, 1e9 bytes a second.
    usd_per_h : float or None
        Rent for one hour (condition RENT).
    """

    id: str
    name: str
    peak_tflops: float
    bandwidth_tb_s: float
    memory_gb: float
    tdp_w: float
    link_gb_s: float | None
    usd_per_h: float | None


NEEDED = {
    "peak_tflops": "bf16_dense_tflops",
    "bandwidth_tb_s": "bandwidth_tb_s",
    "memory_gb": "memory_gb",
    "tdp_w": "tdp_w",
}


@cache
def load_accelerator(name: str) -> Accelerator:
    """Read one accelerator.

    Parameters
    ----------
    name : str
        Id of data/subjects.csv, such as `h100-sxm`.

    Raises
    ------
    UnknownNameError
        If no accelerator of that id has all four figures; the message lists near names.
    """
    known = accelerator_ids()
    if name not in known:
        near = difflib.get_close_matches(name.lower(), known, n=4, cutoff=0.4) or known
        raise UnknownNameError(
            f"no accelerator {name!r} with peak, bandwidth, memory and power in "
            f"data/accelerators.csv; try {', '.join(near)}"
        )
    figures = {field: _required(name, quantity) for field, quantity in NEEDED.items()}
    duplex = figure(name, "link_duplex_gb_s")
    return Accelerator(
        id=name,
        name=_names()[name],
        link_gb_s=None if duplex is None else duplex / 2,
        usd_per_h=figure(name, "cloud_usd_per_gpu_h", RENT),
        **figures,
    )


@cache
def accelerator_ids() -> list[str]:
    """Ids of the accelerators that have every figure of NEEDED, sorted."""
    return sorted(
        subject
        for subject in {row["subject"] for row in _rows()}
        if all(_candidates(subject, quantity) for quantity in NEEDED.values())
    )


def figure(subject: str, quantity: str, condition: str | None = None) -> float | None:
    """One number: of the preferred source, or what all sources agree on; None if there is none.

    Raises
    ------
    DataError
        If sources disagree and data/preferences.csv does not decide.
    """
    rows = _candidates(subject, quantity, condition)
    if not rows:
        return None
    keys = ("subject", "quantity", "condition", "source")
    preferred = [row for row in rows if tuple(row[key] for key in keys) in _preferences()]
    values = [float(row["value"]) for row in rows]
    if preferred:
        return float(preferred[0]["value"])
    if max(values) - min(values) > AGREE * max(values):
        raise DataError(
            f"accelerators.csv: {subject} {quantity} has rows that disagree ({values}); "
            "say in data/preferences.csv which one is used, and why"
        )
    first = min(rows, key=lambda row: (row["known_since"], row["source"]))
    return float(first["value"])


def _required(subject: str, quantity: str) -> float:
    value = figure(subject, quantity)
    if value is None:
        raise DataError(f"accelerators.csv: {subject} has no {quantity}; add a row with its source")
    return value


def _candidates(subject: str, quantity: str, condition: str | None = None) -> list[Row]:
    return [
        row
        for row in _rows()
        if (row["subject"], row["quantity"]) == (subject, quantity)
        and row["value"]
        and condition in (None, row["condition"])
    ]


def _read(name: str) -> Iterable[Row]:
    with open_input(DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def _rows() -> list[Row]:
    wanted = {*NEEDED.values(), "link_duplex_gb_s", "cloud_usd_per_gpu_h"}
    return [row for row in _read("accelerators.csv") if row["quantity"] in wanted]


@cache
def _preferences() -> set[tuple[str, ...]]:
    keys = ("subject", "quantity", "condition", "source")
    return {
        tuple(row[key] for key in keys)
        for row in _read("preferences.csv")
        if row["table"] == "accelerators"
    }


@cache
def _names() -> dict[str, str]:
    return {row["id"]: row["name"] for row in _read("subjects.csv")}
