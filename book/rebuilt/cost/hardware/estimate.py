"""Seconds, joules and dollars of one clip on one accelerator or on several of a server.

A roofline with one efficiency per kind of operation: products, attention, memory traffic that FLOP
counters do not see, convolutions of the decoder; data/efficiencies.csv holds the fitted values.
Plain Python: nothing on this path imports Numba, Polars or SciPy.
"""

import math
from dataclasses import dataclass

from rebuilt.cost.counting.latent import Clip
from rebuilt.cost.counting.work import Work, work_of
from rebuilt.cost.hardware import timing
from rebuilt.cost.hardware.accelerators import Accelerator, load_accelerator
from rebuilt.cost.hardware.efficiencies import Efficiencies, efficiencies, interval
from rebuilt.cost.hardware.layouts import Layout, best_layout, check_layout
from rebuilt.cost.hardware.memory import Memory, inference_memory
from rebuilt.cost.models.catalogue import Model
from rebuilt.errors import ShapeError

HOUR_S = 3600.0
PCIE_GB_S = 32.0  # PCIe 4.0 x16, one direction: what accelerators without a link of their own have


@dataclass(frozen=True, slots=True)
class Parts:
    """Seconds of one sampler step by what they are spent on, and of the unshared rest."""

    product: float
    attention: float
    traffic: float
    merge: float
    exchange: float
    host: float
    decode: float
    encode: float

    @property
    def device(self) -> float:
        """Seconds in which the device works on one step."""
        return self.product + self.attention + self.traffic + self.merge + self.exchange

    @property
    def single(self) -> float:
        """Seconds of text encoder and decoder, which run on one accelerator."""
        return self.decode + self.encode


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one job takes.

    Attributes
    ----------
    seconds, low, high : float
        Run time and the ends of its 90 % interval.
    joules : float
        Energy of all accelerators, not of their hosts.
    usd : float or None
        Rent of all accelerators for `seconds`; None without a sourced price.
    memory : Memory
        Peak memory of one accelerator and whether it fits.
    parts : Parts
        Where the time of one step goes.
    """

    work: Work
    accelerator: Accelerator
    layout: Layout
    batch: int
    seconds: float
    low: float
    high: float
    joules: float
    usd: float | None
    memory: Memory
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

    Raises
    ------
    ShapeError
        If the model refuses the clip or the layout, or is no transformer.
    UnknownNameError
        If the accelerator is unknown.
    """
    if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        raise ShapeError(f"batch is {batch!r}; it must be a whole number above zero")
    accelerator = load_accelerator(gpu)
    work = work_of(model, clip, steps=steps, passes=passes)
    layout = layout or best_layout(model, gpus)  # type: ignore[arg-type]
    check_layout(model, layout)  # type: ignore[arg-type]
    constants = efficiencies(gpu, kernel)
    parts = parts_of(work, accelerator, constants, layout, batch)
    seconds = timing.clip_seconds(work.steps, parts.device, parts.host, parts.single)
    joules = joules_of(work, parts, accelerator, constants, layout)
    width = math.exp(interval(layout.gpus, measured=constants.measured))
    rent = accelerator.usd_per_h
    return Estimate(
        work,
        accelerator,
        layout,
        batch,
        seconds,
        seconds / width,
        seconds * width,
        joules,
        None if rent is None else seconds / HOUR_S * rent * layout.gpus,
        inference_memory(model, clip, accelerator, gpus=layout.gpus, batch=batch),
        parts,
    )


def parts_of(
    work: Work, accelerator: Accelerator, constants: Efficiencies, layout: Layout, batch: int = 1
) -> Parts:
    """Seconds by what they are spent on."""
    peak, bandwidth = accelerator.peak_tflops * 1e12, accelerator.bandwidth_tb_s * 1e12
    passes, forward, gpus = work.passes * batch, work.forward, layout.gpus
    per_byte = 1 / (constants.traffic * bandwidth)
    rates = (
        1 / (constants.product * peak),
        1 / (constants.attention * peak),
        per_byte,
        constants.head_weight,
    )
    counts = (forward.product, forward.attention, forward.stream, forward.head)

    def only(place: int) -> float:
        kept = [float(count) if index == place else 0.0 for index, count in enumerate(counts)]
        product, attention, stream, head = kept
        return passes * timing.device_seconds(product, attention, stream, head, *rates, gpus)

    link = (accelerator.link_gb_s or PCIE_GB_S) * 1e9 * constants.link
    sent = timing.exchange_bytes(forward.exchange, layout.ulysses, layout.ring, gpus)
    merge = timing.merge_seconds(
        forward.exchange, layout.ring, per_byte, constants.merge_weight, gpus
    )
    return Parts(
        product=only(0),
        attention=only(1),
        traffic=only(2) + only(3),
        merge=passes * merge,
        exchange=passes * sent / link,
        host=timing.host_seconds(
            work.operations,
            layout.ulysses,
            layout.ring,
            constants.host_s,
            constants.host_ulysses_s,
            constants.host_ring_s,
        ),
        decode=batch * work.decode / (constants.convolution * peak),
        encode=batch * work.encode * rates[0],
    )


def joules_of(
    work: Work, parts: Parts, accelerator: Accelerator, constants: Efficiencies, layout: Layout
) -> float:
    """Energy from the power that each kind of work draws."""
    tdp = accelerator.tdp_w
    shares = (
        (parts.product, constants.power_product),
        (parts.attention, constants.power_attention),
        (parts.traffic + parts.merge, constants.power_traffic),
        (parts.exchange, constants.power_exchange),
    )
    watts = tdp * sum(seconds * power for seconds, power in shares) / parts.device
    return timing.clip_joules(
        work.steps,
        parts.device,
        watts,
        parts.device,
        parts.host,
        parts.single,
        tdp * constants.power_single,
        tdp * constants.power_idle,
        tdp * constants.power_cap,
        layout.gpus,
    )
