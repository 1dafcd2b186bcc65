"""Compiled twin of `design.py`: one design, and tiles of designs on all cores.

float64 throughout; counts are exact below 2^53. A tile is small enough for a core's cache, so that
memory only sees the columns that vary and the records. `bill_many` writes out[:, i] and never sums
across threads: the result does not depend on their number. Places in `point` are
design.COLUMNS, in `rates` the fields of design.Rates, in `out` design.RECORD.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import floor

from numba import njit, prange

from rebuilt.cost.timing_kernels import (
    clip_joules,
    clip_seconds,
    exchange_bytes,
    host_seconds,
    merge_seconds,
)

TILE = 64  # designs at a time
TILES = 512  # of one task

# A tile is one array with fixed offsets, so that the compiler knows that nothing overlaps and
# works on several designs at a time: 18 columns, 20 rates of their accelerators, 7 figures, the
# code, 5 counts, and one number, the accelerator whose rates fill the tile (-1: none, or several).
HIDDEN, HEAD, FRAMES, HEIGHT, WIDTH_PX = 3 * TILE, 4 * TILE, 5 * TILE, 6 * TILE, 7 * TILE
TEXT, STEPS, PASSES, GPUS = 12 * TILE, 13 * TILE, 14 * TILE, 16 * TILE
RATE = 18 * TILE
CAPACITY, FACTOR = RATE + 18 * TILE, RATE + 19 * TILE
OUT, CODE, COUNTS = 38 * TILE, 45 * TILE, 46 * TILE
FILLED = 51 * TILE
SIZE = FILLED + 1


@njit(cache=True, error_model="numpy", inline="always")
def remainder(value, divisor):
    """Value modulo a divisor above zero, both whole numbers below 2^53."""
    return value - divisor * floor(value / divisor)


@njit(cache=True, error_model="numpy", inline="always")
def design_refusal(
    layout,
    depth,
    width,
    hidden,
    head_width,
    frames,
    height,
    width_px,
    side_stride,
    frames_stride,
    patch_side,
    patch_frames,
    text,
    steps,
    passes,
    accelerator,
    gpus,
):
    """Code of the first reason why a design cannot exist, 0 if it can."""
    sizes = min(min(min(depth, width), min(hidden, head_width)), min(frames, height))
    strides = min(min(width_px, side_stride), min(frames_stride, patch_side))
    jobs = min(min(patch_frames, steps), min(passes, gpus))
    low = min(min(sizes, strides), jobs) < 1.0 or min(min(layout, text), accelerator) < 0.0
    side = max(side_stride * patch_side, 1.0)
    cut = max(remainder(height, side), remainder(width_px, side))
    odd = layout == 1.0 and remainder(depth, 2.0) > 0.0
    code = 5.0 if odd else 0.0
    code = 4.0 if cut > 0.0 else code
    code = 3.0 if remainder(frames - 1.0, max(frames_stride, 1.0)) > 0.0 else code
    code = 2.0 if remainder(width, max(head_width, 1.0)) > 0.0 else code
    return 6.0 if low else code


@njit(cache=True, error_model="numpy", inline="always")
def split(heads, gpus):
    """Largest Ulysses degree among 8, 4, 2, 1 that divides heads and GPUs."""
    degree = 2.0 if remainder(gpus, 2.0) == 0.0 and remainder(heads, 2.0) == 0.0 else 1.0
    degree = 4.0 if remainder(gpus, 4.0) == 0.0 and remainder(heads, 4.0) == 0.0 else degree
    return 8.0 if remainder(gpus, 8.0) == 0.0 and remainder(heads, 8.0) == 0.0 else degree


@njit(cache=True, error_model="numpy", inline="always")
def token_grid(frames, height, width_px, side_stride, frames_stride, patch_side, patch_frames):
    """Frames and tokens per frame of a clip behind a causal autoencoder."""
    latent = 1.0 + floor((frames - 1.0) / frames_stride)
    side = side_stride * patch_side
    area = floor(height / side) * floor(width_px / side)
    return floor((latent + patch_frames - 1.0) / patch_frames), area


@njit(cache=True, error_model="numpy", inline="always")
def pass_counts(layout, depth, width, hidden, head_width, frames, area, text):
    """FLOPs of products and attention, traffic by stream and head, values exchanged: one pass."""
    joint = 1.0 if layout == 2.0 else 0.0
    alone = 1.0 - joint
    video = frames * area
    rows = video + joint * text
    moved = depth * rows * width
    squares = depth * width * width
    keys = 0.5 * (area + frames) if layout == 1.0 else rows
    attention = 4.0 * moved * keys + alone * 4.0 * depth * video * text * width
    product = (
        8.0 * moved * width
        + 4.0 * moved * hidden
        + alone * 4.0 * squares * (video + text)
        + 12.0 * squares * (1.0 + joint)
    )
    stream = 18.0 * moved + 2.0 * depth * rows * hidden + alone * 3.0 * depth * video * width
    head = moved * (512.0 / min(head_width, 128.0) + 4.0)
    return product, attention, stream, head, moved


@njit(cache=True, error_model="numpy", inline="always")
def weights_and_peak(layout, depth, width, hidden, video, text, factor):
    """Parameters, and bytes of activations at the peak of one layer."""
    joint = 1.0 if layout == 2.0 else 0.0
    squares = depth * width * width
    own = 10.0 * squares + 2.0 * depth * width * hidden
    parameters = (1.0 + joint) * own + (1.0 - joint) * 4.0 * squares
    rows = video + joint * text
    return parameters, rows * (6.0 * width + 2.0 * max(4.0 * width, 2.0 * hidden)) * factor


@njit(cache=True, error_model="numpy")
def check_tile(tile):
    """Write the code of each design that cannot exist, 0 for the others."""
    for j in range(TILE):
        tile[CODE + j] = design_refusal(
            tile[j],
            tile[1 * TILE + j],
            tile[2 * TILE + j],
            tile[3 * TILE + j],
            tile[4 * TILE + j],
            tile[5 * TILE + j],
            tile[6 * TILE + j],
            tile[7 * TILE + j],
            tile[8 * TILE + j],
            tile[9 * TILE + j],
            tile[10 * TILE + j],
            tile[11 * TILE + j],
            tile[12 * TILE + j],
            tile[13 * TILE + j],
            tile[14 * TILE + j],
            tile[15 * TILE + j],
            tile[16 * TILE + j],
        )


@njit(cache=True, error_model="numpy")
def count_tile(tile):
    """Write tokens, parameters, FLOPs, bytes, and into the places of time what it is made of."""
    for j in range(TILE):
        layout, depth, width, hidden = tile[j], tile[TILE + j], tile[2 * TILE + j], tile[HIDDEN + j]
        text, runs = tile[TEXT + j], tile[STEPS + j] * tile[PASSES + j]
        frames, area = token_grid(
            tile[FRAMES + j],
            tile[HEIGHT + j],
            tile[WIDTH_PX + j],
            tile[8 * TILE + j],
            tile[9 * TILE + j],
            tile[10 * TILE + j],
            tile[11 * TILE + j],
        )
        product, attention, stream, head, moved = pass_counts(
            layout, depth, width, hidden, tile[HEAD + j], frames, area, text
        )
        parameters, alive = weights_and_peak(
            layout, depth, width, hidden, frames * area, text, tile[FACTOR + j]
        )
        fits = 2.0 * parameters + alive / tile[GPUS + j] <= tile[CAPACITY + j]
        code = tile[CODE + j]
        tile[CODE + j] = code if code > 0.0 else (0.0 if fits else 1.0)
        pixels = tile[FRAMES + j] * tile[HEIGHT + j] * tile[WIDTH_PX + j]
        decode = pixels * tile[17 * TILE + j]
        tile[OUT + j] = frames * area
        tile[OUT + 1 * TILE + j] = parameters
        tile[OUT + 2 * TILE + j] = runs * (product + attention) + decode
        tile[OUT + 3 * TILE + j] = runs * 2.0 * (stream + 8.0 * moved + parameters)
        tile[COUNTS + j] = product
        tile[COUNTS + 1 * TILE + j] = attention
        tile[COUNTS + 2 * TILE + j] = stream
        tile[COUNTS + 3 * TILE + j] = head
        tile[COUNTS + 4 * TILE + j] = moved


@njit(cache=True, error_model="numpy")
def time_tile(tile):
    """Write seconds, joules and dollars of each design from its counts and rates."""
    for j in range(TILE):
        gpus, passes, steps = tile[GPUS + j], tile[PASSES + j], tile[STEPS + j]
        head_width, moved = tile[HEAD + j], tile[COUNTS + 4 * TILE + j]
        padded = 32.0 * floor((head_width + 31.0) / 32.0) / head_width
        share, per_byte = passes / gpus, tile[RATE + 2 * TILE + j]
        ulysses = split(floor(tile[2 * TILE + j] / head_width), gpus)
        ring = gpus / ulysses
        on_product = tile[COUNTS + j] * tile[RATE + j] * share
        on_attention = tile[COUNTS + TILE + j] * padded * tile[RATE + TILE + j] * share
        heads = tile[COUNTS + 3 * TILE + j] * tile[RATE + 5 * TILE + j]
        traffic = 2.0 * (tile[COUNTS + 2 * TILE + j] + heads) * per_byte * share
        traffic += passes * merge_seconds(moved, ring, per_byte, tile[RATE + 6 * TILE + j], gpus)
        sent = exchange_bytes(moved, ulysses, ring, gpus)
        exchange = passes * sent * tile[RATE + 4 * TILE + j]
        device = on_product + on_attention + traffic + exchange
        operations = (22.0 if tile[j] == 2.0 else 19.0) * tile[TILE + j]
        host = host_seconds(
            operations,
            ulysses,
            ring,
            tile[RATE + 7 * TILE + j],
            tile[RATE + 8 * TILE + j],
            tile[RATE + 9 * TILE + j],
        )
        pixels = tile[FRAMES + j] * tile[HEIGHT + j] * tile[WIDTH_PX + j]
        single = pixels * tile[17 * TILE + j] * tile[RATE + 3 * TILE + j]
        seconds = clip_seconds(steps, device, host, single)
        energy = (
            on_product * tile[RATE + 10 * TILE + j]
            + on_attention * tile[RATE + 11 * TILE + j]
            + traffic * tile[RATE + 12 * TILE + j]
            + exchange * tile[RATE + 13 * TILE + j]
        )
        tile[OUT + 4 * TILE + j] = seconds
        tile[OUT + 5 * TILE + j] = clip_joules(
            steps,
            device,
            energy / device,
            device,
            host,
            single,
            tile[RATE + 14 * TILE + j],
            tile[RATE + 15 * TILE + j],
            tile[RATE + 16 * TILE + j],
            gpus,
        )
        tile[OUT + 6 * TILE + j] = seconds * tile[RATE + 17 * TILE + j] * gpus


@njit(cache=True, error_model="numpy")
def bill_tile(tile):
    """Bill the TILE designs of a tile in place; three passes, each narrow enough to vectorise."""
    check_tile(tile)
    count_tile(tile)
    time_tile(tile)


@njit(cache=True, error_model="numpy")
def fill_fixed(tile, places, fixed, rates):
    """Write what is the same in every tile: fixed columns, and rates of a fixed accelerator."""
    for c in range(18):
        if places[c] < 0:
            for j in range(TILE):
                tile[c * TILE + j] = fixed[c]
    if places[15] < 0:
        for r in range(20):
            for j in range(TILE):
                tile[RATE + r * TILE + j] = rates[int(fixed[15]), r]


@njit(cache=True, error_model="numpy")
def fill_rates(tile, rates):
    """Write the rates of each design's accelerator, unless the tile before had the same ones."""
    first = tile[15 * TILE]
    same = tile[FILLED] == first
    for j in range(TILE):
        same = same and tile[15 * TILE + j] == first
    if same:
        return
    uniform = True
    for j in range(TILE):
        own = int(max(tile[15 * TILE + j], 0.0))
        uniform = uniform and tile[15 * TILE + j] == first
        for r in range(20):
            tile[RATE + r * TILE + j] = rates[own, r]
    tile[FILLED] = first if uniform else -1.0


@njit(cache=True, error_model="numpy")
def fill_varying(tile, columns, places, rates, start, count):
    """Copy the varying columns of `count` designs; the rest of the tile repeats the last one."""
    for c in range(18):
        if places[c] >= 0:
            for j in range(count):
                tile[c * TILE + j] = columns[places[c], start + j]
            for j in range(count, TILE):
                tile[c * TILE + j] = columns[places[c], start + count - 1]
    if places[15] >= 0:
        fill_rates(tile, rates)


@njit(cache=True, error_model="numpy")
def empty_tile(tile, out, codes, start, count):
    """Copy the figures and codes of `count` designs out of a tile."""
    for k in range(7):
        for j in range(count):
            out[k, start + j] = tile[OUT + k * TILE + j]
    for j in range(count):
        codes[start + j] = int(tile[CODE + j])


@njit(parallel=True, cache=True, error_model="numpy")
def bill_many(columns, places, fixed, rates, out, codes, scratch):
    """Bill a table of designs on all cores.

    columns : float64 array of shape (varying, n)
    places : int64 array; row of `columns` that holds each column, -1 where it is fixed
    fixed : float64 array; value of each fixed column
    rates : float64 array of shape (accelerators, fields of design.Rates)
    out, codes : float64 array of shape (7, n), uint8 array of shape (n,)
    scratch : float64 array of shape (ceil(n / (TILE * TILES)), SIZE), contents ignored
    """
    total = codes.size
    block = TILE * TILES
    for b in prange((total + block - 1) // block):
        tile = scratch[b]
        tile[FILLED] = -1.0  # no accelerator's rates are in yet
        fill_fixed(tile, places, fixed, rates)
        for t in range(TILES):
            start = b * block + t * TILE
            count = min(TILE, total - start)
            if count > 0:
                fill_varying(tile, columns, places, rates, start, count)
                bill_tile(tile)
                empty_tile(tile, out, codes, start, count)
