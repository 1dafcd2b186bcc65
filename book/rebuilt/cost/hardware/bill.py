"""The text of the engine, second part: from counts to seconds, joules, bytes and dollars.

Plain functions of floats: Python runs them as they stand, `rebuilt.compiled` compiles them by name
for sweeps, Monte Carlo, the chain and the pages. A rate is given as its reciprocal, so that nothing
is divided twice. Source of the form: roofline model with one efficiency per kind of operation
(Williams et al. 2009); all-to-all and ring traffic as xDiT states them.
"""

from typing import NamedTuple

from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra.program import evaluate
from rebuilt.cost.algebra.sizes import fill, prompts_of, quotient

# mypy: allow-untyped-defs, allow-untyped-calls
BYTES = 2  # of one value in BF16
MAX_GPUS = 8  # of one server: beyond it the link is another one


class Machine(NamedTuple):
    """One accelerator and how software uses it, as the bill reads it; all floats.

    `per_*` are seconds for one FLOP or byte; weights are how much slower a value moves; `watts_*`
    are of the board in each activity; `usd_per_s` is nan where no rent has a source.
    """

    per_product: float
    per_attention: float
    per_byte: float
    per_convolution: float
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
    capacity_bytes: float
    activation_factor: float
    spread_single: float
    spread_parallel: float


def best_ulysses(heads, gpus):
    """Largest degree that divides heads and accelerators; a ring takes the rest."""
    best = 1.0
    for degree in range(2, MAX_GPUS + 1):
        rest = gpus - degree * quotient(gpus, degree) + heads - degree * quotient(heads, degree)
        best = 1.0 * degree if rest == 0.0 else best
    return best


def product_seconds(product, share, m):
    """Seconds of matrix products on one of the accelerators that share them."""
    return product * m.per_product * share


def attention_seconds(attention, share, m):
    """Seconds of attention's two products, heads padded as kernels do."""
    return attention * m.per_attention * share


def traffic_seconds(stream, head, exchange, ring, share, m):
    """Seconds of steps that move values: on rows, on heads, and joining the results of a ring."""
    joined = exchange * ring * m.merge_weight if ring > 1.0 else 0.0
    return BYTES * (stream + head * m.head_weight + joined) * m.per_byte * share


def ring_of(gpus, ulysses):
    """Accelerators of a ring: those that Ulysses leaves."""
    return 1.0 * quotient(gpus, ulysses)


def exchange_seconds(exchange, kept, ring, share, m):
    """Seconds on the link: q, k, v and output but for what is `kept`; k and v round a ring."""
    sent = 4.0 * (1.0 - kept) + 2.0 * (ring - 1.0)
    return BYTES * exchange * sent * m.per_link_byte * share


def host_seconds(launches, kept, ring, m):
    """Seconds in which the host launches one step; the device waits when it is slower."""
    more = m.host_ulysses_s if kept < 1.0 else 0.0
    return launches * (m.host_s + more + m.host_ring_s * (ring - 1.0))


def clip_seconds(steps, device, host, single):
    """Seconds of a job: steps, each as slow as device or host, and what one accelerator does."""
    return steps * max(device, host) + single


def clip_joules(steps, gpus, product_s, attention_s, traffic_s, exchange_s, host, single, m):
    """Joules of all accelerators: each activity at its power, the board's cap, and waiting."""
    device = product_s + attention_s + traffic_s + exchange_s
    drawn = (
        product_s * m.watts_product
        + attention_s * m.watts_attention
        + traffic_s * m.watts_traffic
        + exchange_s * m.watts_exchange
    )
    working = min(drawn, device * m.watts_cap)
    each = steps * (working + max(host - device, 0.0) * m.watts_idle)
    return gpus * each + single * (m.watts_single + (gpus - 1.0) * m.watts_idle)


def activation_bytes(alive, factor, batch, each):
    """Bytes of activations at the widest moment, `factor` times the least, on `each` part."""
    return factor * batch * alive * each


def buffer_bytes(exchanged, batch, each):
    """Bytes of send and receive buffers on `each` part, none on one accelerator."""
    return batch * exchanged * each if each < 1.0 else 0.0


def decoding_bytes(alive, batch):
    """Bytes alive at the widest moment of decoding, on the one accelerator that decodes."""
    return 1.0 * batch * alive


def peak_bytes(weights, activations, buffers, decoding):
    """Bytes of the worse of two moments, both beside all weights: denoising, decoding."""
    return weights + max(activations + buffers, decoding)


def largest(rows, first, number):
    """Largest of some neighbouring rows."""
    found = rows[first]
    for place in range(first + 1, first + number):
        found = max(found, rows[place])
    return found


def count_job(program, rules, job, values, rows, counts):
    """Write the rows of a job that can be, and its whole numbers in the order of COUNTS."""
    for place in range(len(rows)):
        rows[place] = 0
    fill(rules, job, values)
    evaluate(program, values, rows)
    total_job(job, values, rows, counts)


def total_job(job, values, rows, counts):
    """Write the whole numbers of a job whose rows are evaluated."""
    steps, passes, batch = int(job[p.J_STEPS]), int(job[p.J_PASSES]), int(job[p.J_BATCH])
    pixels = job[p.J_FRAMES] * (job[p.J_HEIGHT] * job[p.J_WIDTH_PX])
    counts[0] = values[1 + p.FRAMES] * values[1 + p.AREA]
    counts[2] = steps * passes * BYTES * (rows[p.PARAMETERS] + batch * rows[p.ELEMENTS])
    counts[3] = rows[p.PARAMETERS]
    counts[4] = batch * steps * passes * rows[p.FORWARD]
    counts[5] = batch * prompts_of(job[p.J_PASSES]) * rows[p.ENCODE]
    counts[6] = batch * rows[p.DECODE]
    if job[p.J_DECODE_FLOPS] > 0.0:  # no whole number: draws pass those of 64 bits
        counts[6] = batch * (pixels * job[p.J_DECODE_FLOPS])
    counts[1] = counts[4] + counts[5] + counts[6]


def price_job(job, rows, counts, ulysses, m, out):
    """Write what a counted job takes on some accelerators, in the order of FIGURES."""
    steps, gpus = job[p.J_STEPS], job[p.J_GPUS]
    ring, kept, each = ring_of(gpus, ulysses), 1.0 / ulysses, 1.0 / gpus
    share = job[p.J_PASSES] * job[p.J_BATCH] * each
    on_products = product_seconds(rows[p.PRODUCT], share, m)
    on_attention = attention_seconds(rows[p.ATTENTION], share, m)
    traffic = traffic_seconds(rows[p.STREAM], rows[p.HEAD_STEPS], rows[p.EXCHANGE], ring, share, m)
    exchange = exchange_seconds(rows[p.EXCHANGE], kept, ring, share, m)
    host = host_seconds(rows[p.LAUNCHES], kept, ring, m)
    encode, decode = counts[5] * m.per_product, counts[6] * m.per_convolution
    single = encode + decode
    seconds = clip_seconds(steps, on_products + on_attention + traffic + exchange, host, single)
    spread = m.spread_single if gpus == 1.0 else m.spread_parallel
    out[0] = seconds
    out[1] = seconds / spread
    out[2] = seconds * spread
    out[3] = clip_joules(steps, gpus, on_products, on_attention, traffic, exchange, host, single, m)
    out[4] = seconds * m.usd_per_s * gpus
    out[5] = 1.0 * BYTES * (rows[p.PARAMETERS] + rows[p.OTHER_PARAMETERS])
    alive = largest(rows, p.ALIVE, p.ALIVE_ROWS)
    out[6] = activation_bytes(alive, m.activation_factor, job[p.J_BATCH], each)
    out[7] = buffer_bytes(largest(rows, p.EXCHANGED, p.EXCHANGED_ROWS), job[p.J_BATCH], each)
    out[18] = decoding_bytes(largest(rows, p.DECODING, p.DECODING_ROWS), job[p.J_BATCH])
    out[8] = peak_bytes(out[5], out[6], out[7], out[18])
    out[9] = 1.0 if out[8] <= m.capacity_bytes else 0.0
    out[10] = on_products
    out[11] = on_attention
    out[12] = traffic
    out[13] = exchange
    out[14] = host
    out[15] = encode
    out[16] = decode
    out[17] = ulysses
