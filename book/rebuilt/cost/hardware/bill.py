"""The text of the engine, second part: from counts to seconds, joules, bytes and dollars.

Plain functions of floats: Python runs them as they stand, `rebuilt.compiled` compiles them by name
for sweeps, Monte Carlo, the chain and the pages. A rate is given as its reciprocal, so that nothing
is divided twice. Source of the form: roofline model with one efficiency per kind of operation
(Williams et al. 2009); all-to-all and ring traffic as xDiT states them.
"""

from typing import NamedTuple

from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra.program import evaluate
from rebuilt.cost.algebra.sizes import cut, fill, prompts_of, quotient

# mypy: allow-untyped-defs, allow-untyped-calls
BYTES = 2  # of one value in BF16
MAX_GPUS = 8  # of one server, which sweeps stay in: beyond it the link is another one
WHOLE_ROWS = 0.5  # of what steps on rows move: whole on each under tensor parallelism too
SUMS = 2.0  # all-reduces of a layer under tensor parallelism: of attention, of feed-forward


class Machine(NamedTuple):
    """One accelerator and how software uses it, as the bill reads it; all floats.

    `per_*` are seconds for one FLOP or byte; weights are how much slower a value moves; `computed`
    is the share of steps that a cache leaves; `held` of the denoiser's weights and `rest_held` of
    all others stay on the accelerator, `copied_once` of all and `copied_each` of the denoiser's
    come from the host for a clip and for a pass (`hidden`: 1 while it computes); `watts_*` are of
    the board in each activity; `usd_per_s` is nan where no rent has a source.
    """

    per_product: float
    per_attention: float
    per_byte: float
    per_convolution: float
    per_link_byte: float
    per_outer_byte: float
    per_host_byte: float
    domain: float
    sum_weight: float
    head_weight: float
    merge_weight: float
    host_s: float
    host_ulysses_s: float
    host_ring_s: float
    computed: float
    weight_bytes: float
    held: float
    rest_held: float
    copied_once: float
    copied_each: float
    hidden: float
    watts_product: float
    watts_attention: float
    watts_traffic: float
    watts_exchange: float
    watts_single: float
    watts_idle: float
    watts_cap: float
    usd_per_s: float
    capacity_bytes: float
    reserve_bytes: float
    activation_factor: float
    spread_single: float
    spread_parallel: float


class Degrees(NamedTuple):
    """How many accelerators share a job in each way, as the bill reads it; all floats.

    `guidance` share the passes of a step, `ulysses` and `ring` the sequence, `tensor` the width,
    `pipeline` the layers, `data` the clips; `sharded` is 1 where they share the weights besides.
    """

    guidance: float
    ulysses: float
    ring: float
    tensor: float
    pipeline: float
    data: float
    sharded: float


def best_ulysses(heads, gpus):
    """Largest degree that divides heads and accelerators; a ring takes the rest."""
    best = 1.0
    for degree in range(2, MAX_GPUS + 1):
        rest = gpus - degree * quotient(gpus, degree) + heads - degree * quotient(heads, degree)
        best = 1.0 * degree if rest == 0.0 else best
    return best


def ring_of(gpus, ulysses):
    """Accelerators of a ring: those that Ulysses leaves."""
    return 1.0 * quotient(gpus, ulysses)


def in_sequence(heads, gpus):
    """Share a job as sweeps do: the sequence only, as much of it by heads as they allow."""
    ulysses = best_ulysses(heads, gpus)
    return Degrees(1.0, ulysses, ring_of(gpus, ulysses), 1.0, 1.0, 1.0, 0.0)


def product_seconds(product, share, m):
    """Seconds of matrix products on one of the accelerators that share them."""
    return product * m.per_product * share


def attention_seconds(attention, share, m):
    """Seconds of attention's two products, heads padded as kernels do."""
    return attention * m.per_attention * share


def traffic_seconds(stream, head, exchange, ring, tensor, share, m):
    """Seconds of steps that move values: on rows, on heads, and joining the results of a ring."""
    joined = exchange * ring * m.merge_weight if ring > 1.0 else 0.0
    whole = stream * (WHOLE_ROWS * (tensor - 1.0) + 1.0)
    return BYTES * (whole + head * m.head_weight + joined) * m.per_byte * share


def link_byte(group, m):
    """Seconds for a byte within a group of accelerators: beyond a domain it goes another way."""
    return m.per_link_byte if group <= m.domain else m.per_outer_byte


def gathered_byte(group, m):
    """Seconds for a byte of weights that a group gathers: beyond a domain its links share them.

    Each domain receives the weights once, over the links of all its accelerators together, and
    passes them on inside, as hierarchical collectives do.
    """
    shared = max(m.per_link_byte, m.per_outer_byte / m.domain)
    return m.per_link_byte if group <= m.domain else shared


def exchange_seconds(exchange, kept, ring, tensor, share, m):
    """Seconds on the link: q, k, v and output but for what is `kept`; k and v round a ring.

    Under tensor parallelism besides each sum, which passes every value on twice but for one part.
    """
    inner = tensor / kept
    sequence = 4.0 * (1.0 - kept) * link_byte(inner, m)
    sequence += 2.0 * (ring - 1.0) * link_byte(inner * ring, m)
    sums = 2.0 * SUMS * (tensor - 1.0) * m.sum_weight * link_byte(tensor, m)
    return BYTES * exchange * (sequence + sums) * share


def host_seconds(launches, kept, ring, m):
    """Seconds in which the host launches one step; the device waits when it is slower."""
    more = m.host_ulysses_s if kept < 1.0 else 0.0
    return launches * (m.host_s + more + m.host_ring_s * (ring - 1.0))


def copied_seconds(own, passes, split, gpus, sharded, m):
    """Seconds in which the denoiser's weights of one step come from neighbours or from the host.

    own : its parameters; split : accelerators that hold parts of a layer or layers of their own
    """
    part = own * m.weight_bytes / split
    gathered = sharded * (1.0 - split / gpus) * gathered_byte(gpus, m)
    return passes * part * (gathered + m.copied_each * m.per_host_byte)


def step_seconds(device, host, copied, m):
    """Seconds of one step: as slow as device, host, or the weights that come meanwhile."""
    return max(max(device, host), copied * m.hidden) + copied * (1.0 - m.hidden)


def loading_seconds(own, rest, other, m):
    """Seconds in which networks that wait in the host's memory come to the accelerator, once."""
    return m.copied_once * (m.weight_bytes * (own + rest) + BYTES * other) * m.per_host_byte


def clip_seconds(steps, step, fill, single, m):
    """Seconds of a job: steps that are computed, those that fill a pipeline, and the unshared."""
    return (steps * m.computed + fill) * step + single


def clip_joules(steps, gpus, product_s, attention_s, traffic_s, exchange_s, step, fill, single, m):
    """Joules of all accelerators: each activity at its power, the board's cap, and waiting."""
    device = product_s + attention_s + traffic_s + exchange_s
    drawn = (
        product_s * m.watts_product
        + attention_s * m.watts_attention
        + traffic_s * m.watts_traffic
        + exchange_s * m.watts_exchange
    )
    working = min(drawn, device * m.watts_cap)
    each = (steps * m.computed + fill) * (working + max(step - device, 0.0) * m.watts_idle)
    return gpus * each + single * (m.watts_single + (gpus - 1.0) * m.watts_idle)


def weights_bytes(own, rest, other, shared, m):
    """Bytes of weights that stay: of the expert at work, of those that rest, of all else.

    shared : accelerators that share the denoiser's weights
    """
    denoiser = (own * m.held + rest * m.rest_held) * m.weight_bytes / shared
    return denoiser + BYTES * m.rest_held * other


def activation_bytes(alive, factor, batch, each):
    """Bytes of activations at the widest moment, `factor` times the least, on `each` part."""
    return factor * batch * alive * each


def buffer_bytes(exchanged, batch, each):
    """Bytes of send and receive buffers on `each` part, none on one accelerator."""
    return batch * exchanged * each if each < 1.0 else 0.0


def decoding_bytes(alive, batch):
    """Bytes alive at the widest moment of decoding, on the one accelerator that decodes."""
    return 1.0 * batch * alive


def encoding_bytes(encoder, m):
    """Bytes of the largest text encoder while it runs, where networks come one after another."""
    return m.copied_once * BYTES * encoder


def peak_bytes(weights, activations, buffers, decoding, encoding, m):
    """Bytes of the worst moment: encoding, denoising, or decoding beside the weights that stay."""
    denoising, late = weights + activations + buffers, weights * m.rest_held + decoding
    return max(max(denoising, late), encoding) + m.reserve_bytes


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
    prompts = prompts_of(job[p.J_PASSES])
    counts[5] = batch * (prompts * rows[p.ENCODE] + rows[p.ENCODE_IMAGE])
    counts[6] = batch * rows[p.DECODE]
    if job[p.J_DECODE_FLOPS] > 0.0:  # no whole number: draws pass those of 64 bits
        counts[6] = batch * (pixels * job[p.J_DECODE_FLOPS])
    counts[1] = counts[4] + counts[5] + counts[6]


def price_job(job, rows, counts, d, m, out):
    """Write what a counted job takes on some accelerators, in the order of FIGURES.

    d : Degrees, whose product is the number of accelerators; m : Machine
    """
    steps, gpus, fill = job[p.J_STEPS], job[p.J_GPUS], d.pipeline - 1.0
    kept, clips = 1.0 / d.ulysses, cut(job[p.J_BATCH], d.data)
    passes, each = cut(job[p.J_PASSES], d.guidance), 1.0 / (d.ulysses * d.ring * d.pipeline)
    share, split = passes * clips * each / d.tensor, d.tensor * d.pipeline
    own, rest, other = rows[p.PARAMETERS], rows[p.RESTING], rows[p.OTHER]
    moved, exchanged = rows[p.STREAM], rows[p.EXCHANGE]
    on_products = product_seconds(rows[p.PRODUCT], share, m)
    on_attention = attention_seconds(rows[p.ATTENTION], share, m)
    traffic = traffic_seconds(moved, rows[p.HEAD_STEPS], exchanged, d.ring, d.tensor, share, m)
    exchange = exchange_seconds(exchanged, kept, d.ring, d.tensor, share, m)
    host = host_seconds(rows[p.LAUNCHES] / d.pipeline, kept, d.ring, m)
    copied = copied_seconds(own, passes, split, gpus, d.sharded, m)
    step = step_seconds(on_products + on_attention + traffic + exchange, host, copied, m)
    alone = clips / job[p.J_BATCH]
    encode, decode = counts[5] * alone * m.per_product, counts[6] * alone * m.per_convolution
    single = encode + decode + loading_seconds(own, rest, other, m)
    seconds = clip_seconds(steps, step, fill, single, m)
    spread = m.spread_single if gpus == 1.0 else m.spread_parallel
    out[0] = seconds
    out[1] = seconds / spread
    out[2] = seconds * spread
    out[3] = clip_joules(
        steps, gpus, on_products, on_attention, traffic, exchange, step, fill, single, m
    )
    out[4] = seconds * m.usd_per_s * gpus
    shared = gpus if d.sharded == 1.0 else split
    alive = largest(rows, p.ALIVE, p.ALIVE_ROWS)
    sent = largest(rows, p.EXCHANGED, p.EXCHANGED_ROWS)
    part = 1.0 / (d.ulysses * d.ring * d.tensor)
    out[5] = weights_bytes(own, rest, other / d.tensor, shared, m)
    out[6] = activation_bytes(alive, m.activation_factor, clips, part)
    out[7] = buffer_bytes(sent, clips, part)
    out[21] = decoding_bytes(largest(rows, p.DECODING, p.DECODING_ROWS), clips)
    out[22] = encoding_bytes(rows[p.ENCODER], m)
    out[8] = peak_bytes(out[5], out[6], out[7], out[21], out[22], m)
    out[9] = 1.0 if out[8] <= m.capacity_bytes else 0.0
    out[10] = on_products
    out[11] = on_attention
    out[12] = traffic
    out[13] = exchange
    out[14] = host
    out[15] = encode
    out[16] = decode
    out[17] = copied
    out[18] = single
    out[19] = step
    out[20] = d.ulysses
