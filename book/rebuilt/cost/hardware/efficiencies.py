"""The fitted constants of the hardware model, read from data/efficiencies.csv.

`rebuilt fit` writes that file from measured run times; nobody types into it. Rows of accelerator
`all` hold for every accelerator; `default` stands in for accelerators that nobody measured.
"""

import csv
from dataclasses import dataclass
from functools import cache

from rebuilt.errors import DataError
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA

SHARED, DEFAULT = "all", "default"
OWN = ("product", "attention", "traffic", "convolution")
POWER = ("power_product", "power_attention", "power_traffic")
COMMON = (
    "head_weight",
    "merge_weight",
    "link",
    "host_s",
    "host_ulysses_s",
    "host_ring_s",
    "power_exchange",
    "power_single",
    "power_idle",
    "power_cap",
)
KERNELS = ("fa2", "fa3")


@dataclass(frozen=True, slots=True)
class Efficiencies:
    """Constants of one accelerator and attention kernel.

    Attributes
    ----------
    product, attention, convolution : float
        Fractions of the dense BF16 peak.
    traffic : float
        Fraction of peak bandwidth that pointwise steps reach when every step is a kernel.
    head_weight, merge_weight : float
        How much slower a value moves in a step on single heads, and in joining ring results.
    link : float
        Fraction of the link's rate.
    host_s, host_ulysses_s, host_ring_s : float
        Seconds the host takes for one operation, and more for each with parallel layouts.
    power_product ... power_cap : float
        Board power in each activity as a fraction of TDP.
    measured : bool
        False where the constants come from other accelerators.
    """

    product: float
    attention: float
    traffic: float
    convolution: float
    power_product: float
    power_attention: float
    power_traffic: float
    head_weight: float
    merge_weight: float
    link: float
    host_s: float
    host_ulysses_s: float
    host_ring_s: float
    power_exchange: float
    power_single: float
    power_idle: float
    power_cap: float
    measured: bool = True


@cache
def efficiencies(accelerator: str, kernel: str = "fa2") -> Efficiencies:
    """Constants of an accelerator under an attention kernel.

    Parameters
    ----------
    accelerator : str
        Id; without rows of its own it gets those of `default`.
    kernel : str
        `fa2` (FlashAttention-2, what the measured runs used) or `fa3`.

    Raises
    ------
    DataError
        For an unknown kernel, or when the table lacks a constant.
    """
    if kernel not in KERNELS:
        raise DataError(f"attention kernel {kernel!r} is unknown; choose {' or '.join(KERNELS)}")
    measured = (accelerator, "product") in _table()
    own = accelerator if measured else DEFAULT
    values = {name: _value(own, name, kernel) for name in (*OWN, *POWER)}
    values |= {name: _value(SHARED, name) for name in COMMON}
    return Efficiencies(**values, measured=measured)


@cache
def interval(gpus: int, *, measured: bool) -> float:
    """Half-width of the 90 % interval as a natural logarithm, from leave-one-model-out residuals.

    Accelerators without measured run times get the spread of published run times instead.
    """
    if not measured:
        return _value(SHARED, "interval_published")
    return _value(SHARED, "interval_single" if gpus == 1 else "interval_parallel")


@cache
def activation_factor() -> float:
    """How many times the least activation memory eager frameworks hold at their peak."""
    return _value(SHARED, "activation_factor")


def _value(accelerator: str, constant: str, kernel: str = "fa2") -> float:
    table = _table()
    places = [
        (accelerator, f"{constant}_{kernel}"),
        (accelerator, constant),
        (DEFAULT, f"{constant}_{kernel}"),
        (DEFAULT, constant),
    ]
    for place in places:
        if place in table:
            return table[place]
    raise DataError(
        f"data/efficiencies.csv has no {constant} for {accelerator}; run `rebuilt fit` to renew it"
    )


@cache
def _table() -> dict[tuple[str, str], float]:
    path = open_input(DATA / "efficiencies.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["accelerator"], row["constant"]): float(row["value"])
            for row in csv.DictReader(file)
        }
