"""Accelerators as plain numbers, read from data/accelerators.csv without Polars.

`rebuilt cost --gpu` answers from here; a test compares every value with `tables.wide`.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rebuilt.errors import DataError, UnknownNameError, nearest
from rebuilt.evidence import choice
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA

TABLE = "accelerators"
RENT = "on demand, RunPod, March 2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """What a roofline needs to know of one accelerator; None where no source was found.

    Attributes
    ----------
    peak_tflops : float
        Dense matrix rate in `peak_format`, 1e12 FLOPs a second.
    peak_format : str
        `bf16`, or `fp16` where a part has no matrix units for BF16 (Volta).
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
    peak_format: str
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
PEAKS = {"bf16": NEEDED["peak_tflops"], "fp16": "fp16_dense_tflops"}  # the first that a part has
MAKERS = re.compile(r"^((nvidia|geforce|tesla|amd|instinct|intel|google|aws)-)+")


@cache
def load_accelerator(name: str) -> Accelerator:
    """Read one accelerator.

    Parameters
    ----------
    name : str
        Id of data/subjects.csv such as `h100-sxm`, or another name of data/other_names.csv; case,
        blanks for hyphens and a maker before the name do not matter (`NVIDIA RTX 4090`).

    Raises
    ------
    UnknownNameError
        If no accelerator of that id has all four figures; the message lists near names.
    """
    if name not in accelerator_ids():
        meant = _meant(name)
        if meant != name:
            return load_accelerator(meant)
        near = ", ".join(nearest(name, accelerator_ids()))
        raise UnknownNameError(
            f"no accelerator {name!r} with peak, bandwidth, memory and power in "
            f"data/accelerators.csv; nearest names: {near}"
        )
    peak_format, peak = next(item for item in PEAKS.items() if _candidates(name, item[1]))
    needed = NEEDED | {"peak_tflops": peak}
    figures = {field: _required(name, quantity) for field, quantity in needed.items()}
    duplex = figure(name, "link_duplex_gb_s")
    return Accelerator(
        id=name,
        name=_names()[name],
        peak_format=peak_format,
        link_gb_s=None if duplex is None else duplex / 2,
        usd_per_h=figure(name, "cloud_usd_per_gpu_h", RENT),
        **figures,
    )


@cache
def accelerator_ids() -> list[str]:
    """Ids of the accelerators that have every figure of NEEDED, sorted."""
    others = set(NEEDED.values()) - {NEEDED["peak_tflops"]}
    return sorted(
        subject
        for subject in {row["subject"] for row in _rows()}
        if all(_candidates(subject, quantity) for quantity in others)
        and any(_candidates(subject, quantity) for quantity in PEAKS.values())
    )


def figure(subject: str, quantity: str, condition: str | None = None) -> float | None:
    """One number, by the rule of `rebuilt.evidence.choice`; None if there is none.

    Raises
    ------
    DataError
        If sources disagree and data/preferences.csv does not decide.
    """
    rows = _candidates(subject, quantity, condition)
    return float(choice.choose(TABLE, rows, _preferences())["value"]) if rows else None


def _meant(name: str) -> str:
    """Return the id that `name` stands for, as far as it is known; else `name` itself."""
    plain = re.sub(r"[\s_]+", "-", name.strip().lower())
    for spelling in (plain, MAKERS.sub("", plain)):
        if spelling in accelerator_ids():
            return spelling
        if spelling in _other_names():
            return _other_names()[spelling]
    return name


def _required(subject: str, quantity: str) -> float:
    value = figure(subject, quantity)
    if value is None:
        raise DataError(f"accelerators.csv: {subject} has no {quantity}; add a row with its source")
    return value


def _candidates(subject: str, quantity: str, condition: str | None = None) -> list[choice.Row]:
    return [
        row
        for row in _rows()
        if (row["subject"], row["quantity"]) == (subject, quantity)
        and condition in (None, row["condition"])
    ]


def _read(name: str) -> Iterable[dict[str, str]]:
    with open_input(DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def _rows() -> list[choice.Row]:
    """Rows that hold a number of one of the quantities in question."""
    wanted = {*NEEDED.values(), *PEAKS.values(), "link_duplex_gb_s", "cloud_usd_per_gpu_h"}
    return [
        row | {"value": float(row["value"])}
        for row in _read("accelerators.csv")
        if row["quantity"] in wanted and row["value"]
    ]


@cache
def _preferences() -> set[choice.Preference]:
    return {
        (row["subject"], row["quantity"], row["condition"], row["source"])
        for row in _read("preferences.csv")
        if row["table"] == TABLE
    }


@cache
def _other_names() -> dict[str, str]:
    return {row["name"]: row["subject"] for row in _read("other_names.csv")}


@cache
def _names() -> dict[str, str]:
    return {row["id"]: row["name"] for row in _read("subjects.csv")}
