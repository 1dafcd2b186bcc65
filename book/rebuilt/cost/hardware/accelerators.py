"""Accelerators as plain numbers, read from data/accelerators.csv without Polars.

`rebuilt cost --gpu` answers from here; a test compares every value with `tables.wide`.
"""

import csv
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
        Dense BF16 matrix rate, 1e12 FLOPs a second.
    bandwidth_tb_s, memory_gb, tdp_w : float
        Peak memory bandwidth in 1e12 bytes a second, capacity in 1e9 bytes, board power in watts.
    peaks : dict of str to float
        Dense rates of other formats, 1e12 operations a second: `fp8`, `int8`, `fp4`.
    link_gb_s, network_gb_s, host_gb_s : float or None
        Links to the other accelerators of a server, to those of other servers, and to the host's
        memory; one direction, 1e9 bytes a second.
    peer_access : bool
        Whether accelerators of a server read each other's memory without the host.
    domain : int
        Accelerators that share the first kind of link.
    usd_per_h : float or None
        Rent for one hour (condition RENT).
    """

    id: str
    name: str
    family: str
    peak_tflops: float
    peaks: dict[str, float]
    bandwidth_tb_s: float
    memory_gb: float
    tdp_w: float
    link_gb_s: float | None
    network_gb_s: float | None
    host_gb_s: float | None
    peer_access: bool
    domain: int
    usd_per_h: float | None


NEEDED = {
    "peak_tflops": "bf16_dense_tflops",
    "bandwidth_tb_s": "bandwidth_tb_s",
    "memory_gb": "memory_gb",
    "tdp_w": "tdp_w",
}
FORMATS = {"fp8": "fp8_dense_tflops", "int8": "int8_dense_tops", "fp4": "fp4_dense_tflops"}
LINKS = ("link_duplex_gb_s", "network_gb_s", "host_link_gb_s")
OTHERS = ("peer_access", "link_domain", "cloud_usd_per_gpu_h")
SERVER = 8  # accelerators that share links where no source says otherwise


@cache
def load_accelerator(name: str) -> Accelerator:
    """Read one accelerator.

    Parameters
    ----------
    name : str
        Id of data/subjects.csv such as `h100-sxm`, or another name of data/other_names.csv.

    Raises
    ------
    UnknownNameError
        If no accelerator of that id has all four figures; the message lists near names.
    """
    if name not in accelerator_ids():
        other = _other_names().get(name.lower())
        if other is not None:
            return load_accelerator(other)
        near = ", ".join(nearest(name, accelerator_ids()))
        raise UnknownNameError(
            f"no accelerator {name!r} with peak, bandwidth, memory and power in "
            f"data/accelerators.csv; nearest names: {near}"
        )
    figures = {field: _required(name, quantity) for field, quantity in NEEDED.items()}
    duplex, network, host = (figure(name, quantity) for quantity in LINKS)
    peaks = {form: figure(name, quantity) for form, quantity in FORMATS.items()}
    subject = _subjects()[name]
    return Accelerator(
        id=name,
        name=subject["name"],
        family=subject["family"],
        peaks={form: value for form, value in peaks.items() if value is not None},
        link_gb_s=None if duplex is None else duplex / 2,
        network_gb_s=network,
        host_gb_s=host,
        peer_access=figure(name, "peer_access") != 0,
        domain=int(figure(name, "link_domain") or SERVER),
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
    """One number, by the rule of `rebuilt.evidence.choice`; None if there is none.

    Raises
    ------
    DataError
        If sources disagree and data/preferences.csv does not decide.
    """
    rows = _candidates(subject, quantity, condition)
    return float(choice.choose(TABLE, rows, _preferences())["value"]) if rows else None


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
    wanted = {*NEEDED.values(), *FORMATS.values(), *LINKS, *OTHERS}
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
def _subjects() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in _read("subjects.csv")}
