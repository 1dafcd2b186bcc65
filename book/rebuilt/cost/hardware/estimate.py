"""Seconds, joules and dollars of one clip on one accelerator or on several of a server.

A roofline with one efficiency per kind of operation: products, attention, memory traffic that FLOP
counters do not see, convolutions of the decoder; data/efficiencies.csv holds the fitted values.
The bill itself is the text of `bill.py`. Nothing on this path imports Numba, Polars or SciPy.
"""

import math
from dataclasses import dataclass
from functools import cache

from rebuilt.cost.algebra.places import COUNTS, FIGURES, ROWS, SIZES
from rebuilt.cost.counting.totals import Inference, inference
from rebuilt.cost.hardware.accelerators import Accelerator, load_accelerator
from rebuilt.cost.hardware.bill import Machine, price_job, total_job
from rebuilt.cost.hardware.efficiencies import (
    Efficiencies,
    activation_factor,
    efficiencies,
    interval,
)
from rebuilt.cost.hardware.layouts import MAX_GPUS, Layout, best_layout, check_layout
from rebuilt.cost.hardware.memory import Memory
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import Model
from rebuilt.cost.models.latent import Clip, job_of
from rebuilt.errors import ShapeError

HOUR_S = 3600.0
PCIE_GB_S = 32.0  # PCIe 4.0 x16, one direction: what accelerators without a link of their own have
GB = 1e9


@dataclass(frozen=True, slots=True)
class Parts:
    """Seconds of one sampler step by what they are spent on, and of the unshared rest.

    `traffic` includes joining the results of a ring.
    """

    product: float
    attention: float
    traffic: float
    exchange: float
    host: float
    decode: float
    encode: float

    @property
    def device(self) -> float:
        """Seconds in which the device works on one step."""
        return self.product + self.attention + self.traffic + self.exchange

    @property
    def single(self) -> float:
        """Seconds of text encoder and decoder, which run on one accelerator."""
        return self.decode + self.encode


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one job takes.

    Attributes
    ----------
    job : Inference
        What was counted.
    seconds, low, high : float
        Run time and the ends of its 90 % interval.
    joules : float
        Energy of all accelerators, not of their hosts.
    usd : float or None
        Rent of all accelerators for `seconds`; None without a sourced price.
    bytes_moved : int
        Bytes of weights and activations that all passes read and write when nothing is fused.
    memory : Memory
        Peak memory of one accelerator and whether it fits.
    memory_bytes : float
        The same, as records of sweeps have it.
    parts : Parts
        Where the time of one step goes.
    """

    job: Inference
    accelerator: Accelerator
    layout: Layout
    batch: int
    seconds: float
    low: float
    high: float
    joules: float
    usd: float | None
    bytes_moved: int
    memory: Memory
    memory_bytes: float
    parts: Parts


def estimate(
    model: Model,
    clip: Clip | None = None,
    *,
    gpu: str,
    gpus: int = 1,
    layout: Layout | None = None,
    batch: int = 1,
    steps: int | None = None,
    passes: int | None = None,
    kernel: str = "fa2",
    tiled: bool = False,
) -> Estimate:
    """Estimate what generating `batch` clips takes.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    clip : Clip, optional
        Default: the clip for which the model was published.
    gpu : str
        Id of an accelerator, such as `h100-sxm`.
    gpus : int
        1 to 8, all in one server.
    layout : Layout, optional
        Default: the largest Ulysses degree that the heads allow, a ring for the rest.
    batch : int
        Clips generated together.
    steps, passes : int, optional
        Default: as published.
    kernel : str
        Attention kernel, `fa2` or `fa3`.
    tiled : bool
        Whether the clip is decoded in tiles, where its autoencoder can.

    Raises
    ------
    ShapeError
        If the model refuses the clip or the layout, or is no transformer.
    UnknownNameError
        If the accelerator is unknown.
    """
    return price(
        timed(model, clip, steps=steps, passes=passes, tiled=tiled),
        gpu=gpu,
        gpus=gpus,
        layout=layout,
        batch=batch,
        kernel=kernel,
    )


@dataclass(frozen=True, slots=True)
class Timed:
    """A counted job of a transformer, ready to be priced on any accelerator."""

    model: Transformer
    job: Inference


def timed(
    model: Model,
    clip: Clip | None = None,
    *,
    steps: int | None = None,
    passes: int | None = None,
    tiled: bool = False,
) -> Timed:
    """Count a job that run times can be told of.

    Raises
    ------
    ShapeError
        If the model refuses the clip, or is no transformer.
    """
    if not isinstance(model, Transformer):
        raise ShapeError(
            f"{model.id} is of architecture {model.architecture}; run times are fitted to "
            "transformers only, so choose one"
        )
    return Timed(model, inference(model, clip, steps=steps, passes=passes, tiled=tiled))


def price(
    counted: Timed,
    *,
    gpu: str,
    gpus: int = 1,
    layout: Layout | None = None,
    batch: int = 1,
    kernel: str = "fa2",
) -> Estimate:
    """Price a counted job; parameters, result and errors as for `estimate`."""
    if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        raise ShapeError(f"batch is {batch!r}; it must be a whole number above zero")
    accelerator = load_accelerator(gpu)
    layout = layout or best_layout(counted.model, gpus)
    check_layout(counted.model, layout)
    counts, found = priced(counted, machine_of(gpu, kernel), layout, batch)
    return Estimate(
        counted.job,
        accelerator,
        layout,
        batch,
        found["seconds"],
        found["seconds_low"],
        found["seconds_high"],
        found["joules"],
        None if accelerator.usd_per_h is None else found["usd"],
        counts["bytes_moved"],
        Memory(
            weights=found["weights_bytes"] / GB,
            activations=found["activation_bytes"] / GB,
            buffers=found["buffer_bytes"] / GB,
            optimizer=0.0,
            capacity=accelerator.memory_gb,
            decoding=None if counted.job.decoding_bytes is None else found["decoding_bytes"] / GB,
        ),
        found["memory_bytes"],
        parts_of(found),
    )


def priced(
    counted: Timed, machine: Machine, layout: Layout, batch: int = 1
) -> tuple[dict[str, int], dict[str, float]]:
    """Whole numbers and figures of a counted job on a machine, by name of COUNTS and FIGURES."""
    job, rows = counted.job, [counted.job.forward.rows[name] for name in ROWS]
    numbers = job_of(
        counted.model,
        job.forward.clip,
        steps=job.steps,
        passes=job.passes,
        batch=batch,
        gpus=layout.gpus,
        tiled=job.tiled,
    )
    values = [1, *(job.forward.sizes.get(name, 0) for name in SIZES)]
    counts, out = [0] * len(COUNTS), [0.0] * len(FIGURES)
    total_job(numbers, values, rows, counts)
    price_job(numbers, rows, counts, float(layout.ulysses), machine, out)
    return dict(zip(COUNTS, counts, strict=True)), dict(zip(FIGURES, out, strict=True))


def parts_of(found: dict[str, float]) -> Parts:
    """Seconds by what they are spent on, from the figures of a bill."""
    return Parts(
        product=found["product_s"],
        attention=found["attention_s"],
        traffic=found["traffic_s"],
        exchange=found["exchange_s"],
        host=found["host_s"],
        decode=found["decode_s"],
        encode=found["encode_s"],
    )


@cache
def machine_of(gpu: str, kernel: str = "fa2") -> Machine:
    """Return the numbers of an accelerator under an attention kernel, as the bill reads them."""
    return machine_with(load_accelerator(gpu), efficiencies(gpu, kernel))


def machine_with(chip: Accelerator, fitted: Efficiencies) -> Machine:
    """Return the numbers of an accelerator with given constants; rent is nan without a source."""
    peak, tdp = chip.peak_tflops * 1e12, chip.tdp_w
    single, parallel = (interval(gpus, measured=fitted.measured) for gpus in (1, MAX_GPUS))
    return Machine(
        per_product=1 / (fitted.product * peak),
        per_attention=1 / (fitted.attention * peak),
        per_byte=1 / (fitted.traffic * chip.bandwidth_tb_s * 1e12),
        per_convolution=1 / (fitted.convolution * peak),
        per_link_byte=1 / ((chip.link_gb_s or PCIE_GB_S) * 1e9 * fitted.link),
        head_weight=fitted.head_weight,
        merge_weight=fitted.merge_weight,
        host_s=fitted.host_s,
        host_ulysses_s=fitted.host_ulysses_s,
        host_ring_s=fitted.host_ring_s,
        watts_product=fitted.power_product * tdp,
        watts_attention=fitted.power_attention * tdp,
        watts_traffic=fitted.power_traffic * tdp,
        watts_exchange=fitted.power_exchange * tdp,
        watts_single=fitted.power_single * tdp,
        watts_idle=fitted.power_idle * tdp,
        watts_cap=fitted.power_cap * tdp,
        usd_per_s=math.nan if chip.usd_per_h is None else chip.usd_per_h / HOUR_S,
        capacity_bytes=chip.memory_gb * GB,
        activation_factor=activation_factor(),
        spread_single=math.exp(single),
        spread_parallel=math.exp(parallel),
    )
