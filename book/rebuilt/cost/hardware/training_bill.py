"""The text of the engine, third part: seconds, joules and bytes of one training step.

A step is a forward pass, a backward pass with the gradients of inputs and, where weights are
trained, of weights, and what is computed again; then the optimizer. Plain functions of floats, made
of those of `bill.py`. References: ZeRO (what is shared, and what it sends), FlashAttention-2 (five
products backward for two forward), Korthikanti et al. 2022 (what is kept).
"""

from typing import NamedTuple

from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra.sizes import cut
from rebuilt.cost.hardware.bill import (
    BYTES,
    activation_bytes,
    attention_seconds,
    clip_joules,
    exchange_seconds,
    gathered_byte,
    host_seconds,
    product_seconds,
    traffic_seconds,
)

# mypy: allow-untyped-defs, allow-untyped-calls
BACK = 2.0  # values read and written backward for each one forward
BACK_ATTENTION = 2.5  # products of attention backward for each one forward
PART_INPUTS = 8.0  # of a block's norms, q, k, v, attention, output, feed-forward: inputs of parts
SIDES = 2.0  # values of a block that is computed again, and their gradients
WEIGHTS, GRADIENTS, STATE = 3.0, 2.0, 1.0  # stages of ZeRO from which each is shared
FIGURES = (
    *("seconds", "joules", "weights_bytes", "gradient_bytes", "state_bytes", "activation_bytes"),
    *("gathered_bytes", "product_s", "attention_s", "traffic_s", "exchange_s", "host_s"),
    *("shared_s", "optimizer_s", "device_s"),
)


class Recipe(NamedTuple):
    """How a model is trained, as the bill reads it; all floats.

    `trained` parameters, `own_weights` 1 where they are the model's and 0 where they are adapters;
    `state` bytes of the optimizer for each, `held` the share of that state that stays on the
    accelerator; `zero` the stage of sharing; `again` 1 where blocks are computed again and
    `parts` 1 where their parts are; values of `inputs`, of the `widest` block and of `every` step,
    the share `kept` of them; `slower` attention's rate forward over backward; `gathered` times the
    whole weights that gathering shared ones leaves with the allocator; `per_state_byte` seconds for
    a byte of the optimizer's.
    """

    trained: float
    own_weights: float
    state: float
    held: float
    zero: float
    again: float
    parts: float
    inputs: float
    widest: float
    every: float
    kept: float
    slower: float
    gathered: float
    per_state_byte: float


def kept_bytes(t):
    """Bytes of activations that one clip leaves for its backward pass, on one accelerator."""
    block = SIDES * t.kept * t.widest
    inputs = t.inputs * (PART_INPUTS if t.parts == 1.0 else 1.0)
    whole = t.kept * (t.every + t.widest)
    return BYTES * (inputs + block if t.again + t.parts > 0.0 else whole)


def part_of(stage, zero, group):
    """Share of something that one accelerator holds: all of it before its stage of sharing."""
    return 1.0 / group if zero >= stage else 1.0


def shared_seconds(own, t, split, group, clips_apart, m):
    """Seconds on the link for weights and gradients of one step, which pass while it computes.

    Shared weights are gathered for the forward and for the backward pass and gradients scattered;
    else gradients are added up, each sent on twice, where clips lie on several accelerators.
    """
    if t.zero >= WEIGHTS:
        sent = 2.0 * own + t.trained
        return BYTES * sent / split * (1.0 - 1.0 / group) * gathered_byte(group * split, m)
    sent = 2.0 * t.trained * (1.0 - 1.0 / clips_apart)
    return BYTES * sent / split * gathered_byte(group * split, m)


def price_training(job, rows, d, t, m, out):
    """Write what a step takes, in the order of FIGURES.

    job, rows : as `bill.price_job` takes them; d : Degrees; t : Recipe; m : Machine
    """
    gpus, own = job[p.J_GPUS], rows[p.PARAMETERS]
    kept, clips = 1.0 / d.ulysses, cut(job[p.J_BATCH], d.data)
    group = gpus / d.tensor
    share = clips / (d.ulysses * d.ring * d.tensor)
    exchanged = rows[p.EXCHANGE]
    products = product_seconds(rows[p.PRODUCT], share, m)
    attends = attention_seconds(rows[p.ATTENTION], share, m)
    traffic = traffic_seconds(
        rows[p.STREAM], rows[p.HEAD_STEPS], exchanged, d.ring, d.tensor, share, m
    )
    exchange = exchange_seconds(exchanged, kept, d.ring, d.tensor, share, m)
    forward = 1.0 + max(t.again, t.parts)
    products *= forward + 1.0 + t.own_weights
    attends *= forward + BACK_ATTENTION * t.slower
    traffic *= forward + BACK
    exchange *= forward + 1.0
    host = (forward + BACK) * host_seconds(rows[p.LAUNCHES], kept, d.ring, m)
    shared = shared_seconds(own, t, d.tensor, group, group, m)
    updated = t.trained / d.tensor * part_of(STATE, t.zero, group)
    moved = updated * (SIDES * (BYTES + t.state) + BYTES)
    sent = (1.0 - t.held) * updated * 2.0 * BYTES
    update = moved * t.per_state_byte * t.held + sent * m.per_host_byte
    device = products + attends + traffic + exchange
    step = max(max(device, host), shared) + update
    out[0] = step
    out[1] = clip_joules(
        1.0, gpus, products, attends, traffic, exchange, step, 0.0, 0.0, m._replace(computed=1.0)
    )
    size = m.weight_bytes if t.own_weights == 0.0 else 1.0 * BYTES
    beside = (1.0 - t.own_weights) * t.trained * BYTES
    out[2] = (own * size * part_of(WEIGHTS, t.zero, group) + beside) / d.tensor
    out[3] = BYTES * t.trained * part_of(GRADIENTS, t.zero, group) / d.tensor
    out[4] = t.state * updated * t.held
    part = 1.0 / (d.ulysses * d.ring * d.tensor)
    out[5] = activation_bytes(kept_bytes(t), 1.0, clips, part)
    gathers = t.zero >= GRADIENTS and group > 1.0
    out[6] = t.gathered * BYTES * own / d.tensor if gathers else 0.0
    out[7] = products
    out[8] = attends
    out[9] = traffic
    out[10] = exchange
    out[11] = host
    out[12] = shared
    out[13] = update
    out[14] = device
