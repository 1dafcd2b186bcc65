"""Constants of every accelerator: its own where runs were measured, else those of its kind.

The nearest kind is the family, then all measured accelerators. A kernel that nobody measured on
any card of a family has no constant there, since it may not run; FlashAttention-2 runs on all.
"""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rebuilt.cost.fit.priors import attention_shares, product_prior
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.efficiencies import ANYONE, MEASURED
from rebuilt.cost.hardware.software import KERNELS

OWN = ("product", "traffic", "convolution")
POWER = ("power_product", "power_attention", "power_traffic")
EVERYWHERE = "fa2"
NAMED = 3  # accelerators that a basis names
Values = Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A constant of one accelerator and what it rests on."""

    accelerator: str
    constant: str
    value: float
    basis: str


def completed(values: Values, gpus: Collection[str] | None = None) -> Iterator[Borrowed]:
    """Constants of every accelerator (or of some), in the order of their names.

    Parameters
    ----------
    values : mapping of (constant, accelerator) to float
        As fitted.
    gpus : collection of str, optional
        Default: all accelerators.
    """
    for gpu in sorted(gpus or accelerator_ids()):
        for name in (*OWN, *POWER):
            yield _constant(values, gpu, name)
        for kernel in KERNELS:
            found = _attention(values, gpu, kernel)
            if found is not None:
                yield found


def of_anyone(values: Values) -> Iterator[Borrowed]:
    """Constants of an accelerator that came after the fit: the mean of all that were measured."""
    for name in (*OWN, *POWER, f"attention_{EVERYWHERE}"):
        known = [value for (constant, _), value in values.items() if constant == name]
        mean = min(_mean(known), 1.0)
        yield Borrowed(ANYONE, name, mean, "are the mean of all that were measured")


def _constant(values: Values, gpu: str, name: str) -> Borrowed:
    if (name, gpu) in values:
        return Borrowed(gpu, name, values[name, gpu], MEASURED)
    prior = product_prior(gpu)
    if name == "product" and "measured" in prior.why:
        return Borrowed(gpu, name, prior.centre, f"are estimated: {prior.why}")
    return _from_others(values, gpu, name)


def _attention(values: Values, gpu: str, kernel: str) -> Borrowed | None:
    name = f"attention_{kernel}"
    if (name, gpu) in values:
        return Borrowed(gpu, name, values[name, gpu], MEASURED)
    shares = attention_shares()
    if (gpu, kernel) in shares:
        return Borrowed(gpu, name, shares[gpu, kernel], f"is the printed rate of {kernel} alone")
    family = load_accelerator(gpu).family
    rates = {one: share for (one, k), share in shares.items() if k == kernel}
    rates |= {one: value for (constant, one), value in values.items() if constant == name}
    alike = {one: rate for one, rate in rates.items() if load_accelerator(one).family == family}
    if alike:
        return Borrowed(gpu, name, _mean(alike.values()), f"is that of {_named(alike)}")
    return _from_others(values, gpu, name) if kernel == EVERYWHERE else None


def _from_others(values: Values, gpu: str, name: str) -> Borrowed:
    """Geometric mean of the family's fitted constants, or of all accelerators'."""
    known = {one: value for (constant, one), value in values.items() if constant == name}
    family = load_accelerator(gpu).family
    alike = {one: value for one, value in known.items() if load_accelerator(one).family == family}
    if alike:
        return Borrowed(gpu, name, _mean(alike.values()), f"are those of {_named(alike)}")
    mean = min(_mean(known.values()), 1.0)
    return Borrowed(gpu, name, mean, "are the mean of other families")


def _mean(values: Collection[float]) -> float:
    return math.prod(values) ** (1 / len(values))


def _named(gpus: Collection[str]) -> str:
    names = [load_accelerator(gpu).name for gpu in sorted(gpus)][:NAMED]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
