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
from rebuilt.cost.hardware.rates import (
    Chip,
    Common,
    Run,
    hardest,
    hardest_peak,
    rated,
    widest,
)
from rebuilt.cost.hardware.software import FORMATS, KERNELS, OFFLOADS, Software, load_software
from rebuilt.errors import OptionError, ShapeError

Constants = Callable[[str, str], float]
NO_KERNEL = (
    "attention kernel {kernel} does not run on {chip} ({family}), or nobody measured it there; "
    "choose one of {known}"
)
NO_NETWORK = (
    "{gpus} x {chip} are more than one server holds, and no source states the network between "
    "servers; choose at most {most}, or another accelerator"
)


@cache
def machine_of(gpu: str | Accelerator, software: Software | None = None) -> Machine:
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
    kernel = constants(f"attention_{software.kernel(chip.family)}", chip.id)
    form = chip_row(chip, FORMATS[software.format].computes, kernel, constants)
    return rated(form, run_row(software, constants), common_row(constants), 1.0, 1.0, 1.0)


def chip_row(chip: Accelerator, computes: str, kernel: float, constants: Constants) -> Chip:
    """Figures and constants of an accelerator whose products are in the format `computes`.

    `kernel` is its attention kernel's share of the peak.
    """

    def own(name: str) -> float:
        return constants(name, chip.id)

    return Chip(
        peak_tflops=chip.peak_tflops,
        form_tflops=chip.peaks.get(computes, chip.peak_tflops),
        bandwidth_tb_s=chip.bandwidth_tb_s,
        visible_gb=chip.visible_gb,
        tdp_w=chip.tdp_w,
        link_gb_s=math.nan if chip.link_gb_s is None else chip.link_gb_s,
        domain=float(chip.domain),
        pcie_gb_s=chip.pcie_gb_s,
        network_gb_s=chip.network_gb_s or math.nan,
        peer_access=float(chip.peer_access),
        usd_per_h=math.nan if chip.usd_per_h is None else chip.usd_per_h,
        product=own("product"),
        attention=kernel,
        traffic=own("traffic"),
        convolution=own("convolution"),
        power_product=own("power_product"),
        power_attention=own("power_attention"),
        power_traffic=own("power_traffic"),
    )


def run_row(software: Software, constants: Constants) -> Run:
    """Write the settings of the software and the constants that stand for them."""

    def common(name: str) -> float:
        return constants(name, "all")

    fused = software.compiled
    fewer, launches, faster = (
        common(f"compiled_{name}") if fused else 1.0 for name in ("traffic", "host", "convolution")
    )
    return Run(
        slower=common(f"engine_{software.name}"),
        gain=format_gain(software.format, constants),
        weight_bytes=FORMATS[software.format].weight_bytes,
        left=common(f"cache_{software.cache}") if software.cache else 1.0,
        computed=software.computed,
        density=software.density,
        fewer=fewer,
        launches=launches,
        faster=faster,
        activation_factor=common("activation_compiled" if fused else "activation_eager"),
        offload=float(OFFLOADS.index(software.offload)),
        own_kernel=float(bool(software.attention)),
        compiled=float(fused),
        formatted=float(software.format != "bf16"),
        cached=float(bool(software.cache)),
    )


def common_row(constants: Constants) -> Common:
    """Return the constants that all accelerators share."""
    return Common(*(constants(name, "all") for name in Common._fields))


def format_gain(form: str, constants: Constants) -> float:
    """Share of the peak of its format that products reach, over that in BF16."""
    return 1.0 if form == "bf16" else constants(f"format_{form}", "all")


KINDS = ("plain", "several", "software", "format", "cache")
WIDTHS = (*KINDS, "borrowed")


def kind_of(software: Software, gpus: int) -> str:
    """Say what about a run is hardest to foresee, one of KINDS; intervals are fitted by it."""
    return KINDS[hardest(run_row(software, lambda _, __: math.nan), float(gpus))]


MEMORY_KINDS = ("whole", "several", "offloaded", "format")


def memory_kind(software: Software, gpus: int) -> str:
    """Say what about a peak of memory is hardest to foresee, one of MEMORY_KINDS."""
    return MEMORY_KINDS[hardest_peak(run_row(software, lambda _, __: math.nan), float(gpus))]


def half_width(chip: Accelerator, software: Software, gpus: int) -> float:
    """Half-width of the 90 % interval as a natural logarithm, by kind of run.

    It is wider where the accelerator's constants are borrowed.
    """
    widths = tuple(constant(f"interval_{kind}") for kind in WIDTHS)
    kind = KINDS.index(kind_of(software, gpus))
    return widest(widths, kind, gpus, float(bool(borrowed("product", chip.id))))


def check_kernel(chip: Accelerator, software: Software) -> None:
    """Raise OptionError if the attention kernel does not run on accelerators of this family."""
    kernel = software.kernel(chip.family)
    if not has(f"attention_{kernel}", chip.id):
        known = ", ".join(name for name in KERNELS if has(f"attention_{name}", chip.id))
        raise OptionError(
            NO_KERNEL.format(kernel=kernel, chip=chip.name, family=chip.family, known=known)
        )


def check_network(chip: Accelerator, layout: Layout) -> None:
    """Raise ShapeError where a layout leaves the server and no source states its network."""
    if layout.gpus > max(chip.domain, SERVER) and (chip.domain < SERVER or not chip.network_gb_s):
        most = max(chip.domain, SERVER)
        raise ShapeError(NO_NETWORK.format(gpus=layout.gpus, chip=chip.name, most=most))


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
    if software.format == "fp32":
        said.append("weights of FP32 are kept as they are, and products run in BF16 all the same")
    kernel = f"attention_{software.kernel(chip.family)}"
    for name, what in (("product", "efficiencies"), (kernel, "attention")):
        basis = borrowed(name, chip.id)
        of = "efficiencies of " if what == "attention" and basis.startswith("are ") else ""
        if basis:
            said.append(f"{chip.name}: {of}{what} {basis}")
    return tuple(said)
