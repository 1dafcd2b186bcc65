"""An accelerator under some software as the numbers of the bill.

The constants are those of data/efficiencies.csv, or others that a fit tries.
"""

import math
from collections.abc import Callable
from functools import cache

from rebuilt.cost.hardware.accelerators import SERVER, Accelerator, load_accelerator
from rebuilt.cost.hardware.bill import MAX_GPUS, Machine
from rebuilt.cost.hardware.efficiencies import borrowed, constant, has
from rebuilt.cost.hardware.layouts import Layout
from rebuilt.cost.hardware.software import FORMATS, KERNELS, Software, load_software
from rebuilt.errors import OptionError, ShapeError

HOUR_S = 3600.0
GB = 1e9
Constants = Callable[[str, str], float]


@cache
def machine_of(gpu: str, software: Software | None = None) -> Machine:
    """Return the numbers of an accelerator under some software, as the bill reads them."""
    chip, software = load_accelerator(gpu), software or load_software()
    check_kernel(chip, software)
    single, parallel = (half_width(chip, software, gpus) for gpus in (1, MAX_GPUS))
    machine = machine_with(chip, software, constant)
    return machine._replace(spread_single=math.exp(single), spread_parallel=math.exp(parallel))


def machine_with(chip: Accelerator, software: Software, constants: Constants) -> Machine:
    """Return the numbers of an accelerator with given constants, intervals left at nothing.

    Parameters
    ----------
    chip : Accelerator
        From `load_accelerator`.
    software : Software
        From `load_software`, or changed.
    constants : callable
        Value of a constant by its name and the accelerator's id or `all`, as `constant` gives it.
    """

    def own(name: str) -> float:
        return constants(name, chip.id)

    def common(name: str) -> float:
        return constants(name, "all")

    fused = software.compiled
    peak, tdp, form = chip.peak_tflops * 1e12, chip.tdp_w, FORMATS[software.format]
    slower = common(f"engine_{software.name}")
    rate = product_rate(chip, software.format, constants)
    fewer, launches, faster = (
        common(f"compiled_{name}") if fused else 1.0 for name in ("traffic", "host", "convolution")
    )
    pcie = chip.pcie_gb_s * GB
    between = pcie * common("link_pcie" if chip.peer_access else "link_no_peer")
    link = between if chip.link_gb_s is None else chip.link_gb_s * GB * common("link")
    network = (chip.network_gb_s or math.nan) * GB * common("link_network")
    kernel = f"attention_{software.kernel(chip.family)}"
    copies = software.offload in ("blocks", "sequential")
    return Machine(
        per_product=slower / rate,
        per_attention=slower * software.density / (own(kernel) * peak),
        per_byte=slower * fewer / (own("traffic") * chip.bandwidth_tb_s * 1e12),
        per_convolution=faster / (own("convolution") * peak),
        per_link_byte=1 / link,
        per_outer_byte=1 / (between if chip.domain < SERVER else network),
        per_host_byte=1 / (pcie * common("link_host")),
        domain=float(chip.domain),
        sum_weight=common("sum_weight"),
        head_weight=common("head_weight"),
        merge_weight=common("merge_weight"),
        host_s=common("host_s") * launches,
        host_ulysses_s=common("host_ulysses_s"),
        host_ring_s=common("host_ring_s"),
        computed=software.computed * (common(f"cache_{software.cache}") if software.cache else 1),
        weight_bytes=form.weight_bytes,
        held=1.0,
        rest_held=1.0 if software.offload == "none" else 0.0,
        copied_once=1.0 if software.offload == "model" else 0.0,
        copied_each=1.0 if copies else 0.0,
        hidden=1.0 if software.offload == "blocks" else 0.0,
        watts_product=own("power_product") * tdp,
        watts_attention=own("power_attention") * tdp,
        watts_traffic=own("power_traffic") * tdp,
        watts_exchange=common("power_exchange") * tdp,
        watts_single=common("power_single") * tdp,
        watts_idle=common("power_idle") * tdp,
        watts_cap=common("power_cap") * tdp,
        usd_per_s=math.nan if chip.usd_per_h is None else chip.usd_per_h / HOUR_S,
        capacity_bytes=chip.visible_gb * GB,
        reserve_bytes=common("reserve_gb") * GB,
        activation_factor=common("activation_compiled" if fused else "activation_eager"),
        spread_single=1.0,
        spread_parallel=1.0,
    )


def product_rate(chip: Accelerator, form: str, constants: Constants) -> float:
    """FLOP/s of matrix products in a number format; BF16 where the chip has no such units."""
    share, plain = constants("product", chip.id), chip.peak_tflops
    gain = 1.0 if form == "bf16" else constants(f"format_{form}", "all")
    peak = chip.peaks.get(FORMATS[form].computes, plain)
    return share * max(gain * peak, min(gain, 1.0) * plain) * 1e12


KINDS = ("plain", "several", "software", "format", "cache")


def kind_of(software: Software, gpus: int) -> str:
    """Say what about a run is hardest to foresee, one of KINDS; intervals are fitted by it."""
    if software.cache or software.computed < 1.0 or software.density < 1.0:
        return "cache"
    if software.format != "bf16":
        return "format"
    if not software.plain:
        return "software"
    return "several" if gpus > 1 else "plain"


MEMORY_KINDS = ("whole", "several", "offloaded", "format")


def memory_kind(software: Software, gpus: int) -> str:
    """Say what about a peak of memory is hardest to foresee, one of MEMORY_KINDS."""
    if software.format not in ("bf16", "fp32"):
        return "format"
    if software.offload != "none":
        return "offloaded"
    return "several" if gpus > 1 else "whole"


def half_width(chip: Accelerator, software: Software, gpus: int) -> float:
    """Half-width of the 90 % interval as a natural logarithm, by kind of run.

    It is wider where the accelerator's constants are borrowed.
    """
    kinds = [kind_of(software, gpus)] + ["several"] * (gpus > 1)
    kinds += ["borrowed"] * bool(borrowed("product", chip.id))
    return max(constant(f"interval_{kind}") for kind in kinds)


def check_kernel(chip: Accelerator, software: Software) -> None:
    """Raise OptionError if the attention kernel does not run on accelerators of this family."""
    kernel = software.kernel(chip.family)
    if not has(f"attention_{kernel}", chip.id):
        known = ", ".join(name for name in KERNELS if has(f"attention_{name}", chip.id))
        raise OptionError(
            f"attention kernel {kernel} does not run on {chip.name} ({chip.family}), or nobody "
            f"measured it there; choose one of {known}"
        )


def check_network(chip: Accelerator, layout: Layout) -> None:
    """Raise ShapeError where a layout leaves the server and no source states its network."""
    if layout.gpus > max(chip.domain, SERVER) and (chip.domain < SERVER or not chip.network_gb_s):
        raise ShapeError(
            f"{layout.gpus} x {chip.name} are more than one server holds, and no source states the "
            f"network between servers; choose at most {max(chip.domain, SERVER)}, or another "
            "accelerator"
        )


def assumed_of(chip: Accelerator, software: Software, layout: Layout) -> tuple[str, ...]:
    """Say what stands in for what no source states of an accelerator."""
    said = []
    form = FORMATS[software.format].computes
    if layout.gpus > max(min(chip.domain, SERVER) * (chip.link_gb_s is not None), 1):
        way = "" if chip.peer_access else ", through the host's memory"
        if chip.link_gb_s is None or chip.domain < SERVER:
            said.append(f"{chip.name}: accelerators exchange over PCI Express{way}")
    if form != "bf16" and form not in chip.peaks:
        said.append(f"{chip.name}: no {form} units, so products run in BF16")
    kernel = f"attention_{software.kernel(chip.family)}"
    for name, what in (("product", "efficiencies"), (kernel, "attention")):
        if borrowed(name, chip.id):
            said.append(f"{chip.name}: {what} {borrowed(name, chip.id)}")
    return tuple(said)
