"""Constants of every accelerator: its own where runs were measured, else those of its kind.

The nearest kind is the family, then the maker, then all measured accelerators. What products reach
is borrowed as a share of the peak, but no more of it for each watt than the best of the family
reaches; what attention reaches is borrowed beside products, so that a slow card stays one. No card
that nobody measured is faster at anything than a measured one of its family which has no less peak,
bandwidth and power. A kernel that nobody measured on any card of a family has no constant there,
since it may not run, unless the default software takes it there; where nobody measured it anywhere
FlashAttention-2 stands in.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from rebuilt.cost.fit.priors import attention_shares, product_prior
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.efficiencies import ANYONE, MEASURED
from rebuilt.cost.hardware.software import KERNELS, load_software

OWN = ("product", "traffic", "convolution")
POWER = ("power_product", "power_attention", "power_traffic")
SLOWER = ", but no faster than "
NO_LESS = ("peak_tflops", "bandwidth_tb_s", "tdp_w")
ATTENTION = "attention_"
STAND_IN = f"{ATTENTION}fa2"
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
    for name in (*OWN, *POWER, *sorted({ATTENTION + _usual(gpu) for gpu in accelerator_ids()})):
        known = [value for (constant, _), value in values.items() if constant == name]
        rates = known or _rates(values, name).values() or _rates(values, STAND_IN).values()
        mean = min(_mean(rates), 1.0)
        yield Borrowed(ANYONE, name, mean, "are the mean of all that were measured")


def _usual(gpu: str) -> str:
    """Kernel that the default software takes on an accelerator."""
    return load_software().kernel(load_accelerator(gpu).family)


def _rates(values: Values, name: str) -> dict[str, float]:
    """Shares of the peak that a kernel reaches by accelerator, printed or fitted."""
    kernel = name.removeprefix(ATTENTION)
    rates = {one: share for (one, k), share in attention_shares().items() if k == kernel}
    rates |= {one: value for (constant, one), value in values.items() if constant == name}
    return rates


def _constant(values: Values, gpu: str, name: str) -> Borrowed:
    if (name, gpu) in values:
        return Borrowed(gpu, name, values[name, gpu], MEASURED)
    found = _of_kin(values, gpu, name)
    return found if name in POWER else _no_faster(values, found, _of_kin)


def _of_kin(values: Values, gpu: str, name: str) -> Borrowed:
    prior = product_prior(gpu)
    if name == "product" and "measured" in prior.why:
        return Borrowed(gpu, name, prior.centre, f"are estimated: {prior.why}")
    known = {one: value for (constant, one), value in values.items() if constant == name}
    alike, whose = _nearest(known, gpu)
    mean = min(_mean(alike.values()), 1.0)
    if name == "product":
        best = max(_per_watt(one, share) for one, share in alike.items())
        mean = min(mean, best / _per_watt(gpu))
    return Borrowed(gpu, name, mean, f"are {whose.replace('that of', 'those of')}")


def _attention(values: Values, gpu: str, kernel: str) -> Borrowed | None:
    name = f"{ATTENTION}{kernel}"
    if (name, gpu) in values:
        return Borrowed(gpu, name, values[name, gpu], MEASURED)
    found = _attention_of_kin(values, gpu, name)
    if found is None or ("product", gpu) in values:
        return found
    return _no_faster(values, found, _attention_of_kin)


def _attention_of_kin(values: Values, gpu: str, name: str) -> Borrowed | None:
    kernel, shares = name.removeprefix(ATTENTION), attention_shares()
    if (gpu, kernel) in shares:
        return Borrowed(gpu, name, shares[gpu, kernel], f"is the printed rate of {kernel} alone")
    rates = _rates(values, name)
    if kernel != _usual(gpu) and not _of_family(rates, gpu):
        return None
    alike, whose = _nearest(rates or _rates(values, STAND_IN), gpu)
    beside = [rate / _constant(values, one, "product").value for one, rate in alike.items()]
    found = _mean(beside) * _constant(values, gpu, "product").value
    with_what = "" if rates else f" with {STAND_IN.removeprefix(ATTENTION)}"
    return Borrowed(gpu, name, found, f"is, beside products, {whose}{with_what}")


def _no_faster(
    values: Values, found: Borrowed, of_kin: Callable[[Values, str, str], Borrowed | None]
) -> Borrowed:
    """Hold a constant to what measured cards reach that have no less of anything."""
    own, name = load_accelerator(found.accelerator), found.constant
    figure = "bandwidth_tb_s" if name == "traffic" else "peak_tflops"
    for chip in (load_accelerator(gpu) for constant, gpu in values if constant == "product"):
        less = any(getattr(chip, one) < getattr(own, one) for one in NO_LESS)
        if less or chip.family != own.family:
            continue
        kin = None if (name, chip.id) in values else of_kin(values, chip.id, name)
        share = values.get((name, chip.id), kin.value if kin else math.inf)
        most = share * getattr(chip, figure) / getattr(own, figure)
        if most < found.value:
            basis = found.basis.partition(SLOWER)[0] + f"{SLOWER}{chip.name}"
            found = replace(found, value=most, basis=basis)
    return found


def _nearest(known: Mapping[str, float], gpu: str) -> tuple[Mapping[str, float], str]:
    """Constants of the family, else of the maker, else of all, and whose they are."""
    alike = _of_family(known, gpu)
    if alike:
        return alike, f"that of {_named(alike)}"
    vendor = load_accelerator(gpu).vendor
    made = {one: value for one, value in known.items() if load_accelerator(one).vendor == vendor}
    if made:
        return made, "the mean of other families of its maker"
    return known, "the mean of other families"


def _of_family(known: Mapping[str, float], gpu: str) -> dict[str, float]:
    family = load_accelerator(gpu).family
    return {one: value for one, value in known.items() if load_accelerator(one).family == family}


def _per_watt(gpu: str, share: float = 1.0) -> float:
    """Return the rate that a share of the peak is, for each watt of board power."""
    chip = load_accelerator(gpu)
    return share * chip.peak_tflops / chip.tdp_w


def _mean(values: Collection[float]) -> float:
    return math.prod(values) ** (1 / len(values))


def _named(gpus: Collection[str]) -> str:
    names = [load_accelerator(gpu).name for gpu in sorted(gpus)][:NAMED]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
