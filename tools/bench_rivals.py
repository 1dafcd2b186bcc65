"""The formulas of `design.py` once more, for rivals: written as array expressions.

The same text runs on NumPy arrays and on Polars expressions; `where`, `floor`, `least` and `most`
are what differs between them. Full attention only, as the benchmark's table has it.
"""

import numpy as np
import polars as pl
from rebuilt.cost.engine.design import COLUMNS


def formulas(value, rate, where, floor, least, most):
    """Seven figures and the code of every design, from its columns and one accelerator's rates."""
    depth, width, hidden = value["depth"], value["width"], value["hidden"]
    head, gpus, text = value["head_width"], value["gpus"], value["text"]
    steps, passes = value["steps"], value["passes"]
    latent = 1 + floor((value["frames"] - 1) / value["frames_stride"])
    frames = floor((latent + value["patch_frames"] - 1) / value["patch_frames"])
    side = value["side_stride"] * value["patch_side"]
    area = floor(value["height"] / side) * floor(value["width_px"] / side)
    video = frames * area
    moved = depth * video * width
    squares = depth * width * width
    attention = 4 * moved * video + 4 * moved * text
    product = 8 * moved * width + 4 * moved * hidden + 4 * squares * (video + text) + 12 * squares
    stream = 18 * moved + 2 * depth * video * hidden + 3 * moved
    heads = moved * (512 / least(head, 128.0) + 4)
    share = passes / gpus
    on_product = product * rate.per_product * share
    padded = attention * (32 * floor((head + 31) / 32)) / head
    on_attention = padded * rate.per_attention * share
    count = floor(width / head)

    def whole(number, divisor):
        return number - divisor * floor(number / divisor) == 0

    ulysses = where(whole(gpus, 2) & whole(count, 2), 2.0, 1.0)
    ulysses = where(whole(gpus, 4) & whole(count, 4), 4.0, ulysses)
    ulysses = where(whole(gpus, 8) & whole(count, 8), 8.0, ulysses)
    ring = gpus / ulysses
    merge = 2 * moved * ring * rate.merge_weight * rate.per_byte / gpus
    traffic = 2 * (stream + heads * rate.head_weight) * rate.per_byte * share
    traffic = traffic + passes * where(ring > 1, merge, 0.0)
    sent = 2 * moved / gpus * (4 * (ulysses - 1) / ulysses + 2 * (ring - 1))
    exchange = passes * sent * rate.per_link_byte
    device = on_product + on_attention + traffic + exchange
    host = rate.host_s + where(ulysses > 1, rate.host_ulysses_s, 0.0)
    host = 19 * depth * (host + rate.host_ring_s * (ring - 1))
    pixels = value["frames"] * value["height"] * value["width_px"]
    single = pixels * value["decode"] * rate.per_decode
    seconds = steps * most(device, host) + single
    energy = (
        on_product * rate.watts_product
        + on_attention * rate.watts_attention
        + traffic * rate.watts_traffic
        + exchange * rate.watts_exchange
    )
    busy = device * least(energy / device, rate.watts_cap)
    wait = most(host - device, 0.0) * rate.watts_idle
    joules = gpus * steps * (busy + wait)
    joules = joules + single * (rate.watts_single + (gpus - 1) * rate.watts_idle)
    parameters = 14 * squares + 2 * depth * width * hidden
    alive = video * (6 * width + 2 * most(4 * width, 2 * hidden)) * rate.activation_factor
    refused = ~(whole(width, head) & whole(value["frames"] - 1, value["frames_stride"]))
    code = where(2 * parameters + alive / gpus <= rate.capacity, 0, 1)
    return {
        "tokens": video,
        "parameters": parameters,
        "flops": steps * passes * (product + attention) + pixels * value["decode"],
        "bytes": steps * passes * 2 * (stream + 8 * moved + parameters),
        "seconds": seconds,
        "joules": joules,
        "usd": seconds * rate.usd_per_s * gpus,
        "code": where(refused, 2, code),
    }


def numpy_bill(columns, vary, fixed, rate):
    """Bill a table with vectorised NumPy."""
    value = dict(zip(COLUMNS, fixed, strict=True)) | dict(zip(vary, columns, strict=True))
    return formulas(value, rate, np.where, np.floor, np.minimum, np.maximum)


def polars_bill(frame, vary, fixed, rate):
    """Bill a table with Polars expressions, which run on all cores."""
    value = {name: pl.lit(number) for name, number in zip(COLUMNS, fixed, strict=True)}
    value |= {name: pl.col(name) for name in vary}

    def where(condition, yes, no):
        return pl.when(condition).then(yes).otherwise(no)

    found = formulas(
        value,
        rate,
        where,
        lambda number: number.floor(),
        pl.min_horizontal,
        pl.max_horizontal,
    )
    return frame.lazy().select(**found).collect()
