"""The text of the engine, third part: from an accelerator and software to the numbers of the bill.

Plain functions of floats like `bill.py`, so that the page rates an accelerator by the same text as
the command. Constants come in by their values: who asks looks them up by name.
"""

from typing import NamedTuple

from rebuilt.cost.algebra.sizes import not_whole, quotient
from rebuilt.cost.hardware.bill import BYTES, MAX_GPUS, Degrees, Machine

# mypy: allow-untyped-defs, allow-untyped-calls
HOUR_S = 3600.0
MOST_RENT = 1000.0  # USD for an hour of one accelerator, that a reader can give
GB = 1e9
TERA = 1e12
NONE, MODEL, BLOCKS, SEQUENTIAL = range(4)  # places of software.OFFLOADS
WHOLE, SHARED, OFFLOADED, NARROW = range(4)  # what makes a peak of memory hard to foresee
PLAIN, SEVERAL, SOFTWARE, FORMAT, CACHE, BORROWED = range(6)  # what makes a run hard to foresee
MAX_PASSES, MAX_SHARED = 3, 8  # of guidance; of a Ulysses or tensor group


class Chip(NamedTuple):
    """Figures of an accelerator and its constants; all floats, nan where no source says.

    `form_tflops` is the peak in the format of matrix products, that of BF16 without such units;
    `product` to `convolution` are shares of a peak or of the bandwidth, `power_*` of `tdp_w`.
    """

    peak_tflops: float
    form_tflops: float
    bandwidth_tb_s: float
    visible_gb: float
    tdp_w: float
    link_gb_s: float
    domain: float
    pcie_gb_s: float
    network_gb_s: float
    peer_access: float
    usd_per_h: float
    product: float
    attention: float
    traffic: float
    convolution: float
    power_product: float
    power_attention: float
    power_traffic: float


class Run(NamedTuple):
    """How a job is run, and the constants of that; all floats.

    `slower` is the engine's own factor, `gain` that of the number format (1 in BF16), `left` the
    share of steps that the named cache leaves, `computed` what is asked besides; `fewer`,
    `launches` and `faster` are of fused steps, 1 in eager mode; `offload` is a place of OFFLOADS.
    `own_kernel`, `compiled`, `formatted` and `cached` are 1 where that was chosen.
    """

    slower: float
    gain: float
    weight_bytes: float
    left: float
    computed: float
    density: float
    fewer: float
    launches: float
    faster: float
    activation_factor: float
    offload: float
    own_kernel: float
    compiled: float
    formatted: float
    cached: float


class Common(NamedTuple):
    """Constants that all accelerators share, named as in data/efficiencies.csv; all floats."""

    link: float
    link_pcie: float
    link_no_peer: float
    link_network: float
    link_host: float
    sum_weight: float
    head_weight: float
    merge_weight: float
    host_s: float
    host_ulysses_s: float
    host_ring_s: float
    power_exchange: float
    power_single: float
    power_idle: float
    power_cap: float
    reserve_gb: float


def product_rate(product, peak_tflops, form_tflops, gain):
    """FLOP/s of matrix products in a number format; BF16 where the chip has no such units."""
    return product * max(gain * form_tflops, min(gain, 1.0) * peak_tflops) * TERA


def held_share(blocks):
    """Share of the denoiser's weights that stays where its blocks come one by one: two of them."""
    return min(2.0 / blocks, 1.0)


def hardest(run, gpus):
    """Say what about a run is hardest to foresee, as a place of KINDS."""
    if run.cached > 0.0 or run.computed < 1.0 or run.density < 1.0:
        return CACHE
    if run.formatted > 0.0:
        return FORMAT
    if run.own_kernel > 0.0 or run.compiled > 0.0 or run.offload > NONE:
        return SOFTWARE
    return SEVERAL if gpus > 1.0 else PLAIN


def hardest_peak(run, gpus):
    """Say what about a peak of memory is hardest to foresee, as a place of MEMORY_KINDS."""
    if run.weight_bytes < BYTES:
        return NARROW
    if run.offload > NONE:
        return OFFLOADED
    return SHARED if gpus > 1.0 else WHOLE


def widest(widths, kind, gpus, borrowed):
    """Widest of the intervals that a run falls under; `widths` in the order of the kinds."""
    found = widths[kind]
    if gpus > 1.0:
        found = max(found, widths[SEVERAL])
    if borrowed > 0.0:
        found = max(found, widths[BORROWED])
    return found


def rated(c, r, common, held, spread_single, spread_parallel):
    """Return the numbers of an accelerator under some software, as the bill reads them.

    c : Chip; r : Run; common : Common; held : share of the denoiser's weights that stays
    """
    peak = c.peak_tflops * TERA
    rate = product_rate(c.product, c.peak_tflops, c.form_tflops, r.gain)
    pcie = c.pcie_gb_s * GB
    between = pcie * (common.link_pcie if c.peer_access > 0.0 else common.link_no_peer)
    linked = c.link_gb_s == c.link_gb_s
    link = c.link_gb_s * GB * common.link if linked else between
    network = c.network_gb_s * GB * common.link_network
    outer = between if c.domain < MAX_GPUS else network
    stays = 1.0 if r.offload == NONE else 0.0
    copied_once = 1.0 if r.offload == MODEL else 0.0
    copied_each = 1.0 if r.offload >= BLOCKS else 0.0
    hidden = 1.0 if r.offload == BLOCKS else 0.0
    return Machine(
        per_product=r.slower / rate,
        per_attention=r.slower * r.density / (c.attention * peak),
        per_byte=r.slower * r.fewer / (c.traffic * c.bandwidth_tb_s * TERA),
        per_convolution=r.faster / (c.convolution * peak),
        per_link_byte=1.0 / link,
        per_outer_byte=1.0 / outer,
        per_host_byte=1.0 / (pcie * common.link_host),
        domain=c.domain,
        sum_weight=common.sum_weight,
        head_weight=common.head_weight,
        merge_weight=common.merge_weight,
        host_s=common.host_s * r.launches,
        host_ulysses_s=common.host_ulysses_s,
        host_ring_s=common.host_ring_s,
        computed=r.computed * r.left,
        weight_bytes=r.weight_bytes,
        held=held,
        rest_held=stays,
        copied_once=copied_once,
        copied_each=copied_each,
        hidden=hidden,
        watts_product=c.power_product * c.tdp_w,
        watts_attention=c.power_attention * c.tdp_w,
        watts_traffic=c.power_traffic * c.tdp_w,
        watts_exchange=common.power_exchange * c.tdp_w,
        watts_single=common.power_single * c.tdp_w,
        watts_idle=common.power_idle * c.tdp_w,
        watts_cap=common.power_cap * c.tdp_w,
        usd_per_s=c.usd_per_h / HOUR_S,
        capacity_bytes=c.visible_gb * GB,
        reserve_bytes=common.reserve_gb * GB,
        activation_factor=r.activation_factor,
        spread_single=spread_single,
        spread_parallel=spread_parallel,
    )


def layouts_of(batch):
    """How many turns `layout_at` has."""
    return MAX_PASSES * MAX_SHARED * MAX_SHARED * batch * 2


def layout_at(turn, gpus, passes, batch, heads):
    """Return the layout of a turn; its ring is 0 where the model does not allow it.

    Every degree of guidance, tensor parallelism, Ulysses and clips, the last of which changes
    soonest, without and with shared weights; a ring has the rest.
    """
    sharded, clips = turn % 2, turn // 2
    data, spread = 1 + clips % batch, clips // batch
    ulysses, ways = 1 + spread % MAX_SHARED, spread // MAX_SHARED
    tensor, guidance = 1 + ways % MAX_SHARED, 1 + ways // MAX_SHARED
    inner, taken = tensor * ulysses, guidance * tensor * ulysses * data
    ring = quotient(gpus, 1.0 * taken)
    allowed = guidance <= passes and ring * taken == gpus and not not_whole(heads, 1.0 * inner)
    allowed = allowed and (gpus > 1.0 or sharded == 0)
    return Degrees(
        1.0 * guidance, 1.0 * ulysses, 1.0 * ring if allowed else 0.0, 1.0 * tensor, 1.0,
        1.0 * data, 1.0 * sharded,
    )  # fmt: skip
