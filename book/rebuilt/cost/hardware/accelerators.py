"""Accelerators as plain numbers, read from data/accelerators.csv without Polars.

`rebuilt cost --gpu` answers from here; a test compares every value with `tables.wide`.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from statistics import median

from rebuilt.cost.hardware.rates import MOST_RENT
from rebuilt.errors import DataError, OptionError, UnknownNameError, nearest
from rebuilt.evidence import choice
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA

TABLE = "accelerators"
RENT = "on demand, RunPod, March 2026"
NOT_RENT = "rent is {rent!r}; it must be above 0 and at most " + f"{MOST_RENT:g}"
GIVEN = "given by you"  # basis of a rent that the reader gave


@dataclass(frozen=True, slots=True, kw_only=True)
class Rent:
    """What an hour of an accelerator costs, and who says so.

    Attributes
    ----------
    usd_per_h : float
        The price; of several, their median.
    prices : int
        List prices that it is made of.
    providers : tuple of str
        Who asks them, each once.
    first_day, last_day : str
        Between which days they were listed.
    sources : tuple of str
        Bibliography keys.
    """

    usd_per_h: float
    prices: int
    providers: tuple[str, ...]
    first_day: str
    last_day: str
    sources: tuple[str, ...]

    def __str__(self) -> str:
        between = f"{self.first_day} to {self.last_day}"
        when = self.first_day if self.first_day == self.last_day else between
        whose = f"{', '.join(self.providers)}, on demand, {when}"
        return whose if self.prices == 1 else f"the median of {self.prices} list prices: {whose}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """What a roofline needs to know of one accelerator; None where no source was found.

    Attributes
    ----------
    peak_tflops : float
        Dense matrix rate in `peak_format`, 1e12 FLOPs a second.
    peak_format : str
        `bf16`, or `fp16` where a part has no matrix units for BF16 (Volta).
    peaks : dict of str to float
        Dense rates of other formats, 1e12 operations a second: `fp8`, `int8`, `fp4`.
    bandwidth_tb_s, memory_gb, tdp_w : float
        Peak memory bandwidth in 1e12 bytes a second, printed capacity, board power in watts.
    visible_gb : float
        Memory that a program finds on the device, 1e9 bytes.
    link_gb_s : float or None
        Link to the other accelerators of a domain, one direction, 1e9 bytes a second.
    domain : int
        Accelerators that share that link: eight behind a switch or in a mesh, two under a bridge.
    pcie_gb_s : float
        Link to the host, and to the other accelerators of a server that have no other.
    network_gb_s : float or None
        Link to accelerators of other servers.
    peer_access : bool
        Whether accelerators of a server read each other's memory without the host.
    usd_per_h : float or None
        Rent for one hour: by one provider on one day (condition RENT), else the median of list
        prices on demand of the last year; None without either.
    rent_basis : str
        Who asks that rent and when; GIVEN where the reader did; empty without a price.
    """

    id: str
    name: str
    peak_tflops: float
    peak_format: str
    vendor: str
    family: str
    peaks: dict[str, float] = field(hash=False)
    bandwidth_tb_s: float
    memory_gb: float
    visible_gb: float
    tdp_w: float
    link_gb_s: float | None
    domain: int
    pcie_gb_s: float
    network_gb_s: float | None
    peer_access: bool
    usd_per_h: float | None
    rent_basis: str


NEEDED = {
    "peak_tflops": "bf16_dense_tflops",
    "bandwidth_tb_s": "bandwidth_tb_s",
    "memory_gb": "memory_gb",
    "tdp_w": "tdp_w",
}
OTHER_PEAKS = {"fp8": "fp8_dense_tflops", "int8": "int8_dense_tops", "fp4": "fp4_dense_tflops"}
LINKS = ("link_duplex_gb_s", "pcie_generation", "pcie_lanes", "scale_out_gbit_s")
OTHERS = ("memory_visible_gib", "link_domain", "cloud_usd_per_gpu_h")
WORDS = ("link_kind", "peer_access")
SERVER, BRIDGED = 8, 2  # accelerators that share a link: of a server, of a bridge
PCIE_LANE_GB_S = 0.985  # of generation 3, one direction, by its definition: 8 GT/s, 128b/130b
PCIE = {"generation": 4, "lanes": 16}  # of a part of which no source tells
GIB = 2**30 / 1e9
SAME = {"Blackwell Ultra": "Blackwell", "Ampere (GA10x)": "Ampere"}  # what kernels run alike on
PEAKS = {"bf16": NEEDED["peak_tflops"], "fp16": "fp16_dense_tflops"}  # the first that a part has
MAKERS = re.compile(r"^((nvidia|geforce|tesla|amd|instinct|intel|google|aws)-)+")


@cache
def load_accelerator(name: str | Accelerator) -> Accelerator:
    """Read one accelerator; what is one already comes back as it is.

    Parameters
    ----------
    name : str or Accelerator
        Id of data/subjects.csv such as `h100-sxm`, or another name of data/other_names.csv; case,
        blanks for hyphens and a maker before the name do not matter (`NVIDIA RTX 4090`).

    Raises
    ------
    UnknownNameError
        If no accelerator of that id has all four figures; the message lists near names.
    """
    if isinstance(name, Accelerator):
        return name
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
    duplex, generation, lanes, network = (figure(name, quantity) for quantity in LINKS)
    subject, kind, rent = _subjects()[name], _word(name, "link_kind"), rent_of(name)
    rates = {form: figure(name, quantity) for form, quantity in OTHER_PEAKS.items()}
    return Accelerator(
        id=name,
        name=subject["name"],
        peak_format=peak_format,
        vendor=subject["vendor"],
        family=_family(subject),
        peaks={form: rate for form, rate in rates.items() if rate is not None},
        visible_gb=_visible(figure(name, "memory_visible_gib"), figures["memory_gb"]),
        link_gb_s=None if duplex is None else duplex / 2,
        domain=BRIDGED if "bridge" in kind else int(figure(name, "link_domain") or SERVER),
        pcie_gb_s=_pcie(generation, lanes),
        network_gb_s=None if network is None else network / 8,
        peer_access=_word(name, "peer_access") != "no",
        usd_per_h=None if rent is None else rent.usd_per_h,
        rent_basis="" if rent is None else str(rent),
        **figures,
    )


def rented(chip: Accelerator, usd_per_h: float) -> Accelerator:
    """Return an accelerator at a rent of the reader's, in US dollars for one hour of one.

    Raises
    ------
    OptionError
        If the rent is not above zero and at most MOST_RENT.
    """
    if not 0.0 < usd_per_h <= MOST_RENT:
        raise OptionError("--" + NOT_RENT.format(rent=usd_per_h))
    return replace(chip, usd_per_h=usd_per_h, rent_basis=GIVEN)


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


def _family(subject: dict[str, str]) -> str:
    """Family of parts on which the same kernels run; cards for graphics are a kind of their own."""
    family = SAME.get(subject["family"], subject["family"])
    return f"{family} RTX" if (family, subject["kind"]) == ("Blackwell", "gpu") else family


def _visible(visible_gib: float | None, printed_gb: float) -> float:
    """Memory in 1e9 bytes; dies hold powers of two, so makers' whole gigabytes are 2^30 bytes."""
    if visible_gib is None and not printed_gb.is_integer():
        return printed_gb
    return (visible_gib or printed_gb) * GIB


def _pcie(generation: float | None, lanes: float | None) -> float:
    """Rate of PCI Express, one direction, which doubles with every generation."""
    times = 2 ** (int(generation or PCIE["generation"]) - 3)
    return PCIE_LANE_GB_S * times * (lanes or PCIE["lanes"])


def rent_of(name: str) -> Rent | None:
    """Return the rent of an accelerator: by the provider of RENT, else the median of list prices.

    These are the prices on demand of the last year of data/accelerator_rents.csv.
    """
    listed = _candidates(name, "cloud_usd_per_gpu_h", RENT)
    if listed:
        row = choice.choose(TABLE, listed, _preferences())
        provider, day = str(row["condition"]).split(", ")[1], str(row["known_since"])
        return Rent(usd_per_h=float(row["value"]), prices=1, providers=(provider,), first_day=day,
                    last_day=day, sources=(str(row["source"]),))  # fmt: skip
    newest = max(row["day"] for row in _rents())
    since = f"{int(newest[:4]) - 1}{newest[4:]}"
    told = [
        row
        for row in _rents()
        if (row["subject"], row["term"]) == (name, "on demand") and row["day"] > since
    ]
    if not told:
        return None
    return Rent(
        usd_per_h=median(float(row["value"]) for row in told),
        prices=len(told),
        providers=tuple(dict.fromkeys(row["provider"] for row in told)),
        first_day=min(row["day"] for row in told),
        last_day=max(row["day"] for row in told),
        sources=tuple(dict.fromkeys(row["source"] for row in told)),
    )


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
    wanted = {*NEEDED.values(), *PEAKS.values(), *OTHER_PEAKS.values(), *LINKS, *OTHERS}
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
def _rents() -> list[dict[str, str]]:
    return [row for row in _read("accelerator_rents.csv") if row["value"]]


@cache
def _subjects() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in _read("subjects.csv")}


@cache
def _words() -> dict[tuple[str, str], str]:
    return {
        (row["subject"], row["quantity"]): row["text"]
        for row in _read("accelerators.csv")
        if row["quantity"] in WORDS
    }


def _word(subject: str, quantity: str) -> str:
    return _words().get((subject, quantity), "")
