"""Seconds, joules and dollars of one job on one accelerator or on several.

A roofline with one efficiency per kind of operation: products, attention, memory traffic that FLOP
counters do not see, convolutions of the decoder; data/efficiencies.csv holds the fitted values.
The bill itself is the text of `bill.py`. Nothing on this path imports Numba, Polars or SciPy.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from rebuilt.cost.algebra.places import COUNTS, FIGURES, J_BATCH, J_GPUS, ROWS, SIZES
from rebuilt.cost.counting.totals import Inference, inference
from rebuilt.cost.hardware.accelerators import Accelerator, load_accelerator
from rebuilt.cost.hardware.bill import Machine, price_job, total_job
from rebuilt.cost.hardware.layouts import Layout, best_layout, check_layout, layouts
from rebuilt.cost.hardware.machines import (
    assumed_of,
    check_kernel,
    check_network,
    machine_of,
    memory_kind,
)
from rebuilt.cost.hardware.memory import Memory
from rebuilt.cost.hardware.rates import held_share
from rebuilt.cost.hardware.software import Software, check_software, load_software
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import Model
from rebuilt.cost.models.groups import main_blocks
from rebuilt.cost.models.latent import Clip, job_of
from rebuilt.errors import ShapeError

GB = 1e9
IN_TILES = "decoded in tiles: whole it would need {gb} GB"
SECONDS, BYTES_AT_PEAK = (FIGURES.index(name) for name in ("seconds", "memory_bytes"))


@dataclass(frozen=True, slots=True)
class Parts:
    """Seconds of one sampler step by what they are spent on, and of the unshared rest.

    `traffic` includes joining the results of a ring; `copied` are weights that come while the
    device works or before it; `single` is text encoder, decoder and what is loaded once.
    """

    product: float
    attention: float
    traffic: float
    exchange: float
    host: float
    copied: float
    decode: float
    encode: float
    single: float
    step: float

    @property
    def waiting(self) -> float:
        """Seconds of a step in which the device waits for the host or for weights."""
        return max(self.step - self.product - self.attention - self.traffic - self.exchange, 0.0)

    @property
    def device(self) -> float:
        """Seconds in which the device works on one step."""
        return self.product + self.attention + self.traffic + self.exchange


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
        Rent of all accelerators for `seconds`; None without a price.
    bytes_moved : int
        Bytes of weights and activations that all passes read and write when nothing is fused.
    memory : Memory
        Peak memory of one accelerator and whether it fits.
    memory_bytes : float
        The same, as records of sweeps have it.
    parts : Parts
        Where the time of one step goes.
    software : Software
        How it is run.
    assumed : tuple of str
        What no source says of this accelerator, and what stands in for it.
    """

    job: Inference
    accelerator: Accelerator
    layout: Layout
    software: Software
    assumed: tuple[str, ...]
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

    @property
    def steps(self) -> float:
        """Steps that are computed, and those that fill a pipeline."""
        return (self.seconds - self.parts.single) / self.parts.step


def estimate(
    model: Model,
    clip: Clip | None = None,
    *,
    gpu: str | Accelerator,
    gpus: int = 1,
    layout: Layout | None = None,
    batch: int = 1,
    steps: int | None = None,
    passes: int | None = None,
    software: Software | None = None,
    tiled: bool | None = None,
) -> Estimate:
    """Estimate what generating `batch` clips takes.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    clip : Clip, optional
        Default: the clip for which the model was published.
    gpu : str or Accelerator
        Id of an accelerator, such as `h100-sxm`, or what `rented` makes of one.
    gpus : int
        How many; more than a server holds are joined by the network that its maker states.
    layout : Layout, optional
        Default: the largest Ulysses degree that the heads allow, a ring for the rest.
    batch : int
        Clips generated together.
    steps, passes : int, optional
        Default: as published.
    software : Software, optional
        From `load_software`. Default: the profile with which most runs were measured.
    tiled : bool, optional
        Whether the clip is decoded in tiles, where its autoencoder can. Default: where it would
        not fit whole, which is said.

    Raises
    ------
    ShapeError
        If the model refuses the clip or the layout, or is no transformer.
    OptionError
        If a setting of the software does not exist.
    UnknownNameError
        If the accelerator is unknown.
    """
    return price(
        timed(model, clip, steps=steps, passes=passes, tiled=tiled),
        gpu=gpu,
        gpus=gpus,
        layout=layout,
        batch=batch,
        software=software,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """A counted job of a transformer, ready to be priced on any accelerator.

    `may_tile` is whether it is decoded in tiles where it would not fit whole.
    """

    model: Transformer
    job: Inference
    may_tile: bool = False


def timed(
    model: Model,
    clip: Clip | None = None,
    *,
    steps: int | None = None,
    passes: int | None = None,
    tiled: bool | None = None,
) -> Timed:
    """Count a job that run times can be told of; `tiled` as for `estimate`.

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
    job = inference(model, clip, steps=steps, passes=passes, tiled=bool(tiled))
    return Timed(model, job, may_tile=tiled is None)


def price(
    counted: Timed,
    *,
    gpu: str | Accelerator,
    gpus: int = 1,
    layout: Layout | None = None,
    batch: int = 1,
    software: Software | None = None,
) -> Estimate:
    """Price a counted job; parameters, result and errors as for `estimate`."""
    if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        raise ShapeError(f"batch is {batch!r}; it must be a whole number above zero")
    chip, software = load_accelerator(gpu), software or load_software()
    check_software(software)
    layout = layout or best_layout(counted.model, gpus)
    check_layout(counted.model, layout, counted.job.passes, batch)
    check_network(chip, layout)
    check_kernel(chip, software)
    machine = resident(machine_of(chip, software), counted.model, software)
    counts, found = priced(counted, machine, layout, batch)
    whole = Estimate(
        counted.job,
        chip,
        layout,
        software,
        assumed_of(chip, software, layout),
        batch,
        found["seconds"],
        found["seconds_low"],
        found["seconds_high"],
        found["joules"],
        None if chip.usd_per_h is None else found["usd"],
        counts["bytes_moved"],
        Memory(
            weights=found["weights_bytes"] / GB,
            activations=found["activation_bytes"] / GB,
            buffers=found["buffer_bytes"] / GB,
            reserve=machine.reserve_bytes / GB,
            optimizer=0.0,
            capacity=chip.visible_gb,
            decoding=None if counted.job.decoding_bytes is None else found["decoding_bytes"] / GB,
            encoding=found["encoding_bytes"] / GB,
            kept=machine.rest_held,
            deviation=f"deviation_{memory_kind(software, layout.gpus)}",
        ),
        found["memory_bytes"],
        parts_of(found),
    )
    if not (counted.may_tile and whole.memory.moment == "decoding" and not whole.memory.fits):
        return whole
    return _in_tiles(counted, whole)


@lru_cache(maxsize=8)
def in_tiles(counted: Timed) -> Timed:
    """Count the same job decoded in tiles, once for all machines that it is priced on."""
    job = counted.job
    return timed(counted.model, job.forward.clip, steps=job.steps, passes=job.passes, tiled=True)


def _in_tiles(counted: Timed, whole: Estimate) -> Estimate:
    """Price the same job decoded in tiles, as pipelines do where it would not fit whole."""
    found = price(
        in_tiles(counted),
        gpu=whole.accelerator,
        layout=whole.layout,
        batch=whole.batch,
        software=whole.software,
    )
    if found.memory.total >= whole.memory.total:
        return whole
    said = IN_TILES.format(gb=f"{whole.memory.total:.0f}")
    return replace(found, assumed=(*found.assumed, said))


def fastest(
    counted: Timed, *, gpu: str | Accelerator, gpus: int, batch: int, software: Software
) -> Estimate:
    """Price every layout that the model allows, and return the fastest that fits.

    Where none fits it is the one that needs the least memory.
    """
    return Search(counted).fastest(gpu=gpu, gpus=gpus, batch=batch, software=software)


class Search:
    """One counted job, laid out once, so that many machines and layouts bill it quickly.

    Parameters
    ----------
    counted : Timed
        From `timed`.
    """

    def __init__(self, counted: Timed) -> None:
        self.counted = counted
        self._whole = _laid_out(counted)
        self._cut: Laid | None = None

    def fastest(
        self, *, gpu: str | Accelerator, gpus: int, batch: int, software: Software
    ) -> Estimate:
        """Return the fastest layout that fits, as `fastest` does; errors as for `price`."""
        check_software(software)
        model, passes = self.counted.model, self.counted.job.passes
        machine = resident(machine_of(load_accelerator(gpu), software), model, software)
        found = [
            (layout, *self._needs(machine, layout, batch))
            for layout in layouts(model, gpus, passes, batch)
        ]
        fitting = [one for one in found if one[2] <= machine.capacity_bytes]
        chosen = (
            min(fitting, key=lambda one: one[1]) if fitting else min(found, key=lambda one: one[2])
        )
        return price(
            self.counted,
            gpu=gpu,
            layout=chosen[0],
            batch=batch,
            software=software,
        )

    def _needs(self, machine: Machine, layout: Layout, batch: int) -> tuple[float, float]:
        """Seconds and bytes of one layout, in tiles where the whole clip would not fit."""
        found = _billed(self._whole, machine, layout, batch)
        if not self.counted.may_tile or found[1] <= machine.capacity_bytes:
            return found
        if not self._cut:
            self._cut = _laid_out(in_tiles(self.counted))
        tiled = _billed(self._cut, machine, layout, batch)
        return tiled if tiled[1] < found[1] else found


Laid = tuple[list[int], list[float], list[int]]  # rows, job and sizes, as the bill takes them


def _laid_out(counted: Timed) -> Laid:
    job, model = counted.job, counted.model
    clip, steps, passes = job.forward.clip, job.steps, job.passes
    numbers = list(job_of(model, clip, steps=steps, passes=passes, tiled=job.tiled))
    rows = [job.forward.rows[name] for name in ROWS]
    return rows, numbers, [1, *(job.forward.sizes.get(name, 0) for name in SIZES)]


def _billed(laid: Laid, machine: Machine, layout: Layout, batch: int) -> tuple[float, float]:
    """Seconds and bytes of memory of a job that is laid out."""
    rows, numbers, sizes = laid
    numbers[J_BATCH], numbers[J_GPUS] = float(batch), float(layout.gpus)
    counts, out = [0] * len(COUNTS), [0.0] * len(FIGURES)
    total_job(numbers, sizes, rows, counts)
    price_job(numbers, rows, counts, layout.degrees, machine, out)
    return out[SECONDS], out[BYTES_AT_PEAK]


def resident(machine: Machine, model: Transformer, software: Software) -> Machine:
    """Say how much of a model stays on the accelerator: two blocks where they come one by one."""
    if software.offload in ("blocks", "sequential"):
        blocks = sum(block.depth for block in main_blocks(model))
        return machine._replace(held=held_share(float(blocks)))
    return machine


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
    price_job(numbers, rows, counts, layout.degrees, machine, out)
    return dict(zip(COUNTS, counts, strict=True)), dict(zip(FIGURES, out, strict=True))


def parts_of(found: dict[str, float]) -> Parts:
    """Seconds by what they are spent on, from the figures of a bill."""
    return Parts(
        product=found["product_s"],
        attention=found["attention_s"],
        traffic=found["traffic_s"],
        exchange=found["exchange_s"],
        host=found["host_s"],
        copied=found["copied_s"],
        decode=found["decode_s"],
        encode=found["encode_s"],
        single=found["single_s"],
        step=found["step_s"],
    )
