"""One design, from its hyper-parameters to its bill: the exact reference of `design_kernels.py`.

A design is a uniform transformer on a causal autoencoder, a clip, a sampler and accelerators, as
the numbers of COLUMNS. Its FLOPs come from `exact.py`, its time from `timing.py`. A point that
cannot exist gets a code of REASONS instead of figures, never an exception: sweeps count them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rebuilt.cost.counting import exact
from rebuilt.cost.counting.operations import (
    ACTIVATION_PASSES,
    GATE_PASSES,
    MODULATE_PASSES,
    NORM_PASSES,
    QK_NORM_PASSES,
    RESIDUAL_PASSES,
    ROTARY_PASSES,
)
from rebuilt.cost.counting.work import FULL_HEAD, padded_head
from rebuilt.cost.hardware import timing
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.efficiencies import activation_factor, efficiencies
from rebuilt.cost.models.codes import FACTORISED, JOINT

# Columns of a design; all whole numbers except decode, the decoder's FLOPs for one pixel.
COLUMNS = (
    "layout",
    "depth",
    "width",
    "hidden",
    "head_width",
    "frames",
    "height",
    "width_px",
    "side_stride",
    "frames_stride",
    "patch_side",
    "patch_frames",
    "text",
    "steps",
    "passes",
    "accelerator",
    "gpus",
    "decode",
)
RECORD = ("tokens", "parameters", "flops", "bytes", "seconds", "joules", "usd")
REASONS = (
    "fits",
    "does not fit the accelerator's memory",
    "width is not a multiple of head_width",
    "frames is not 1 + a multiple of frames_stride",
    "height or width_px is not a multiple of side_stride x patch_side",
    "depth of a factorised transformer is odd",
    "a column is below its least value",
)
Counts = tuple[float, float, float, float]
FITS, TOO_LARGE, HEADS, FRAMES, SIDES, ODD_DEPTH, BELOW = range(len(REASONS))
OPERATIONS = (19, 19, 22)  # of one layer, by layout: as blocks.py lists them
ROW_PASSES = 2 * (NORM_PASSES + MODULATE_PASSES + GATE_PASSES)


@dataclass(frozen=True, slots=True)
class Rates:
    """Everything about one accelerator that a design's bill needs, as reciprocal rates.

    `table` puts the fields into a row of the array that the kernels read, in this order.
    """

    per_product: float
    per_attention: float
    per_byte: float
    per_decode: float
    per_link_byte: float
    head_weight: float
    merge_weight: float
    host_s: float
    host_ulysses_s: float
    host_ring_s: float
    watts_product: float
    watts_attention: float
    watts_traffic: float
    watts_exchange: float
    watts_single: float
    watts_idle: float
    watts_cap: float
    usd_per_s: float
    capacity: float
    activation_factor: float

    def row(self) -> tuple[float, ...]:
        """Return the values in the order of the fields."""
        return tuple(getattr(self, field) for field in self.__dataclass_fields__)

    def part_watts(self) -> tuple[float, float, float, float]:
        """Watts while products, attention, traffic and exchange run."""
        return self.watts_product, self.watts_attention, self.watts_traffic, self.watts_exchange


def rates_of(accelerator: str, kernel: str = "fa2") -> Rates:
    """Rates of an accelerator; rent is not a number (NaN) where no price has a source."""
    chip, fitted = load_accelerator(accelerator), efficiencies(accelerator, kernel)
    peak = chip.peak_tflops * 1e12
    link = (chip.link_gb_s or 32.0) * 1e9 * fitted.link
    return Rates(
        per_product=1 / (fitted.product * peak),
        per_attention=1 / (fitted.attention * peak),
        per_byte=1 / (fitted.traffic * chip.bandwidth_tb_s * 1e12),
        per_decode=1 / (fitted.convolution * peak),
        per_link_byte=1 / link,
        head_weight=fitted.head_weight,
        merge_weight=fitted.merge_weight,
        host_s=fitted.host_s,
        host_ulysses_s=fitted.host_ulysses_s,
        host_ring_s=fitted.host_ring_s,
        watts_product=fitted.power_product * chip.tdp_w,
        watts_attention=fitted.power_attention * chip.tdp_w,
        watts_traffic=fitted.power_traffic * chip.tdp_w,
        watts_exchange=fitted.power_exchange * chip.tdp_w,
        watts_single=fitted.power_single * chip.tdp_w,
        watts_idle=fitted.power_idle * chip.tdp_w,
        watts_cap=fitted.power_cap * chip.tdp_w,
        usd_per_s=float("nan") if chip.usd_per_h is None else chip.usd_per_h / 3600,
        capacity=chip.memory_gb * 1e9,
        activation_factor=activation_factor(),
    )


def evaluate_design(point: Sequence[float], rates: Sequence[Rates]) -> tuple[int, list[float]]:
    """Code and record of one design.

    Parameters
    ----------
    point : sequence of float
        Values in the order of COLUMNS; `accelerator` is a place in `rates`.
    rates : sequence of Rates
        The accelerators of the sweep.

    Returns
    -------
    int, list of float
        Code of REASONS, and the figures of RECORD (empty where the design cannot exist).
    """
    named = {name: int(value) for name, value in zip(COLUMNS, point, strict=True)}
    code = design_refusal(**{name: named[name] for name in COLUMNS[:17]})
    if code:
        return code, []
    return bill(point[17], rates[named["accelerator"]], named)


def design_refusal(layout: int, depth: int, width: int, **rest: int) -> int:
    """Code of the first reason why a design cannot exist, 0 if it can."""
    least = min(depth, width, *(value for name, value in rest.items() if name not in _FROM_ZERO))
    side = rest["side_stride"] * rest["patch_side"]
    broken = {
        BELOW: least < 1 or min(layout, *(rest[name] for name in _FROM_ZERO)) < 0,
        HEADS: bool(width % max(rest["head_width"], 1)),
        FRAMES: bool((rest["frames"] - 1) % max(rest["frames_stride"], 1)),
        SIDES: bool(rest["height"] % max(side, 1) or rest["width_px"] % max(side, 1)),
        ODD_DEPTH: layout == FACTORISED and bool(depth % 2),
    }
    return next((code for code, is_broken in broken.items() if is_broken), 0)


_FROM_ZERO = ("text", "accelerator")


def split(heads: int, gpus: int) -> int:
    """Largest Ulysses degree among 8, 4, 2, 1 that divides heads and GPUs; the rest is a ring."""
    return next(d for d in (8, 4, 2, 1) if gpus % d == 0 and heads % d == 0)


def bill(decode: float, rates: Rates, named: dict[str, int]) -> tuple[int, list[float]]:
    """Figures of a design that can exist, and whether it fits."""
    depth, width, hidden = (named[name] for name in ("depth", "width", "hidden"))
    gpus, runs = named["gpus"], named["steps"] * named["passes"]
    sizes = token_grid(named)
    video = sizes[0] * sizes[1]
    flops, counts, moved = pass_counts(named, *sizes)
    pixels = named["frames"] * named["height"] * named["width_px"]
    seconds, joules = clip_bill(named, rates, counts, moved, pixels * decode * rates.per_decode)
    parameters = design_parameters(named["layout"], depth, width, hidden)
    plain = (QK_NORM_PASSES + ROTARY_PASSES) * moved
    rows = moved // (depth * width)
    alive = rows * (6.0 * width + 2.0 * max(4 * width, 2 * hidden)) * rates.activation_factor
    fits = timing.BYTES * parameters + alive / gpus <= rates.capacity
    record = [
        float(video),
        float(parameters),
        runs * float(flops) + pixels * decode,
        float(runs * timing.BYTES * (int(counts[2]) + plain + parameters)),
        seconds,
        joules,
        seconds * rates.usd_per_s * gpus,
    ]
    return (FITS if fits else TOO_LARGE), record


def token_grid(named: dict[str, int]) -> tuple[int, int, int]:
    """Frames of tokens, tokens of a frame, and tokens of text."""
    latent = 1 + (named["frames"] - 1) // named["frames_stride"]
    side = named["side_stride"] * named["patch_side"]
    area = (named["height"] // side) * (named["width_px"] // side)
    return exact.patches(latent, named["patch_frames"]), area, named["text"]


def pass_counts(
    named: dict[str, int], frames: int, area: int, text: int
) -> tuple[int, Counts, int]:
    """FLOPs of one pass, what its time is made of, and values that an exchange moves."""
    layout, depth, width, hidden = (named[n] for n in ("layout", "depth", "width", "hidden"))
    sizes, video, joint = (frames, area, text), frames * area, layout == JOINT
    flops = exact.transformer_flops(layout, depth, width, hidden, *sizes)
    attention = exact.self_attention_flops(layout, depth, width, *sizes)
    attention += 0 if joint else exact.attention_flops(depth, video, text, width)
    rows = video + text if joint else video
    cross = 0 if joint else RESIDUAL_PASSES * video * width
    stream = depth * (ROW_PASSES * rows * width + ACTIVATION_PASSES * rows * hidden + cross)
    moved = depth * rows * width
    head = moved * (
        QK_NORM_PASSES * FULL_HEAD / min(named["head_width"], FULL_HEAD) + ROTARY_PASSES
    )
    padded = attention * padded_head(named["head_width"]) / named["head_width"]
    return flops, (float(flops - attention), padded, float(stream), head), moved


def clip_bill(
    named: dict[str, int], rates: Rates, counts: Counts, moved: int, single: float
) -> tuple[float, float]:
    """Seconds and joules of a clip; `single` are the seconds of its decoder."""
    steps, passes, gpus = (named[name] for name in ("steps", "passes", "gpus"))
    ulysses = split(named["width"] // named["head_width"], gpus)
    ring = gpus // ulysses
    own = (rates.per_product, rates.per_attention, rates.per_byte, rates.head_weight)
    only = [passes * timing.device_seconds(*_only(counts, place), *own, gpus) for place in range(4)]
    merge = passes * timing.merge_seconds(moved, ring, rates.per_byte, rates.merge_weight, gpus)
    sent = timing.exchange_bytes(moved, ulysses, ring, gpus)
    parts = (only[0], only[1], only[2] + only[3] + merge, passes * sent * rates.per_link_byte)
    device = sum(parts)
    operations = OPERATIONS[named["layout"]] * named["depth"]
    extra = (rates.host_s, rates.host_ulysses_s, rates.host_ring_s)
    host = timing.host_seconds(operations, ulysses, ring, *extra)
    watts = (
        sum(part * power for part, power in zip(parts, rates.part_watts(), strict=True)) / device
    )
    power = (rates.watts_single, rates.watts_idle, rates.watts_cap)
    joules = timing.clip_joules(steps, device, watts, device, host, single, *power, gpus)
    return timing.clip_seconds(steps, device, host, single), joules


def _only(counts: Counts, place: int) -> Counts:
    """Return the counts with all but one set to zero, so that its share of time is found."""
    product, attention, stream, head = (
        count if index == place else 0.0 for index, count in enumerate(counts)
    )
    return product, attention, stream, head


def design_parameters(layout: int, depth: int, width: int, hidden: int) -> int:
    """Parameters of the matrices of a uniform transformer; biases and embedders left out."""
    streams = 2 if layout == JOINT else 1
    own = 4 * width * width + 2 * width * hidden + 6 * width * width
    cross = 0 if layout == JOINT else 4 * width * width
    return depth * (streams * own + cross)
