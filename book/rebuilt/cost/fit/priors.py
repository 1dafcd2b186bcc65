"""Where each constant of the hardware model is expected before any run is seen.

Matrix products and attention have measured rates of bare kernels; the others have physics or wide
bounds. A constant that no run identifies stays where its prior is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median

from rebuilt.cost.fit.kernel_medians import long_rates
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.software import KERNELS
from rebuilt.evidence import tables

HEAD = 128
HALVES = ("bf16", "fp16", "unstated")
NEAR, FAR = 0.1, 0.35  # spread of a measured rate, and of one that is borrowed


@dataclass(frozen=True, slots=True)
class Prior:
    """Where a constant is expected: centre, and spread of its natural logarithm."""

    centre: float
    spread: float
    why: str


# Constants that all accelerators share.
COMMON = {
    "compiled_traffic": Prior(0.4, 0.4, "fused steps read and write once what were two or three"),
    "compiled_convolution": Prior(0.6, 0.5, "engines that fuse steps lay decoders out anew too"),
    "compiled_host": Prior(0.3, 0.5, "a compiled graph launches a third of the kernels"),
    "format_fp8": Prior(0.75, 0.2, "scales and quantised inputs take a quarter of the gain"),
    "format_int8": Prior(0.7, 0.3, "as FP8"),
    "format_nvfp4": Prior(0.6, 0.3, "as FP8, blocks of sixteen"),
    "format_fp8-weights": Prior(0.9, 0.2, "weights are widened before each product"),
    "format_int8-weights": Prior(0.9, 0.2, "weights are widened before each product"),
    "format_int4-weights": Prior(0.4, 0.7, "unpacked too; kernels are made for few rows"),
    "format_nf4-weights": Prior(0.8, 0.2, "as FP8 and INT8 weights, with a table to look up"),
    "format_fp32": Prior(1.0, 0.05, "products in BF16 all the same"),
    "link": Prior(0.3, 0.5, "collectives of a few megabytes; not overlapped"),
    "link_pcie": Prior(0.5, 0.5, "as the link, larger messages for its rate"),
    "link_no_peer": Prior(0.25, 0.5, "every byte crosses the host twice"),
    "link_network": Prior(0.3, 0.5, "as the link"),
    "link_host": Prior(0.5, 0.5, "copies from pageable memory"),
    "sum_weight": Prior(0.5, 0.7, "sums are larger messages than exchanges of heads"),
    "head_weight": Prior(3.0, 0.3, "steps on heads run as several FP32 kernels"),
    "merge_weight": Prior(8.0, 0.5, "partial results are joined in FP32"),
    "host_s": Prior(8e-5, 0.3, "about ten kernel launches of 8 microseconds"),
    "host_ulysses_s": Prior(4e-5, 0.5, "four collectives a layer"),
    "host_ring_s": Prior(1e-5, 0.5, "one more send and merge a layer"),
}
ENGINE = Prior(1.0, 0.1, "an engine's own overhead: none, until runs say so")
CACHE = Prior(0.6, 0.4, "caches leave four to eight steps of ten")
TRAFFIC = Prior(0.16, 0.3, "unfused steps; the mean of measured cards")
CONVOLUTION = Prior(0.07, 0.4, "decoders run far below peak")
PRODUCT = Prior(0.74, 0.12, "three quarters of the dense peak")
# Of the dense BF16 peak, where no rate of the kernel is printed for any card of the family.
ATTENTION = {"xformers": 0.25, "fa2": 0.5, "fa3": 0.65, "fa4": 0.6, "cudnn": 0.6, "sage1": 0.6}


def product_prior(gpu: str) -> Prior:
    """Prior of matrix products: nine tenths of the best measured rate, or three quarters.

    Of a card without such a rate that of its family, if there is one.
    """
    shares = _product_shares()
    if gpu in shares:
        return Prior(shares[gpu], NEAR, "0.9 of the best measured matrix-product rate")
    family = load_accelerator(gpu).family
    alike = [share for one, share in shares.items() if load_accelerator(one).family == family]
    if alike:
        return Prior(median(alike), FAR, "that of cards of this family")
    return PRODUCT


def attention_prior(gpu: str, kernel: str) -> Prior:
    """Prior of an attention kernel, as a fraction of the dense BF16 peak.

    Its printed rate on the card; else the mean share on cards of the family; else of all cards.
    """
    family = load_accelerator(gpu).family
    shares = attention_shares()
    if (gpu, kernel) in shares:
        return Prior(shares[gpu, kernel], NEAR, "rate of the kernel on this card")
    for name, among in (("of this family", family), ("of any family", None)):
        found = [
            share
            for (other, one), share in shares.items()
            if one == kernel and among in (None, load_accelerator(other).family)
        ]
        if found:
            return Prior(median(found), FAR, f"rate of the kernel on cards {name}")
    return Prior(ATTENTION.get(kernel, 0.5), FAR, "between its neighbours")


def kin(priors: Mapping[tuple[str, str], Prior]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Pairs of constants that chips of one family share: of a kernel without a rate of their own.

    Each such constant is paired with the next of its family, so runs of one chip inform the others.
    """
    alike: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for (name, gpu), prior in sorted(priors.items()):
        if name.startswith("attention_") and prior.spread == FAR:
            alike.setdefault((name, load_accelerator(gpu).family), []).append((name, gpu))
    return [pair for keys in alike.values() for pair in pairwise(keys)]


@cache
def attention_shares() -> dict[tuple[str, str], float]:
    """Tell published rates of attention kernels as fractions of the dense BF16 peak.

    By accelerator and kernel: the median over formats of long sequences and heads of 128.
    """
    known, found = set(accelerator_ids()), dict[tuple[str, str], list[float]]()
    rows = tables.load("kernel_rates").iter_rows(named=True)
    told = ({name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows)
    for rate in long_rates(told):
        eight = f"{rate.kernel}-{rate.format}"
        kernel = eight if eight in KERNELS else rate.kernel
        whole = rate.format in HALVES or kernel == eight or kernel.startswith("sage")
        if kernel in KERNELS and rate.gpu in known and rate.head_dim == HEAD and whole:
            share = rate.tflops / load_accelerator(rate.gpu).peak_tflops
            found.setdefault((rate.gpu, kernel), []).append(share)
    return {key: median(values) for key, values in found.items()}


@cache
def _product_shares() -> dict[str, float]:
    """Nine tenths of the best measured BF16 rates of matrix products, as shares of the peak."""
    alone = tables.load("kernel_rates").filter(kind="matmul", format="bf16", unit="tflops")
    rates = tables.load("matmul_rates").filter(quantity="measured_bf16_matmul_tflops")
    found: dict[str, float] = {}
    pairs = [
        *alone.select("gpu", "value").iter_rows(),
        *rates.select("subject", "value").iter_rows(),
    ]
    for gpu, value in pairs:
        found[gpu] = max(found.get(gpu, 0.0), value)
    known = set(accelerator_ids())
    return {
        gpu: 0.9 * rate / load_accelerator(gpu).peak_tflops
        for gpu, rate in found.items()
        if gpu in known
    }
