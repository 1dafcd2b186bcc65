"""Compiled twin of `design.py`: one design, and tiles of designs on all cores.

float64 throughout; counts are exact below 2^53. A tile is small enough for a core's cache, so that
memory only sees the columns that vary and the records. `bill_many` writes out[:, i] and never sums
across threads: the result does not depend on their number. Places in `point` are
design.COLUMNS, in `rates` the fields of design.Rates, in `out` design.RECORD.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import floor

from numba import njit, prange

from rebuilt.cost.engine.timing_kernels import (
    clip_joules,
    clip_seconds,
    host_seconds,
    merge_seconds,
)

TILE = 64  # designs at a time
TILES = 512  # of one task

# A tile is one array with fixed offsets, so that the compiler knows that nothing overlaps and
# works on several designs at a time: 18 columns, 20 rates of their accelerators, 7 figures, the
# code, 5 counts, 4 quotients, and one number, the accelerator whose rates fill the tile (-1: none,
# or several). Division is the slowest operation here: each quotient is found once and kept.
HIDDEN, HEAD, FRAMES, HEIGHT, WIDTH_PX = 3 * TILE, 4 * TILE, 5 * TILE, 6 * TILE, 7 * TILE
TEXT, STEPS, PASSES, GPUS = 12 * TILE, 13 * TILE, 14 * TILE, 16 * TILE
RATE = 18 * TILE
CAPACITY, FACTOR = RATE + 18 * TILE, RATE + 19 * TILE
OUT, CODE, COUNTS = 38 * TILE, 45 * TILE, 46 * TILE
HEADS, STRIDES, ROWS, COLUMNS = 51 * TILE, 52 * TILE, 53 * TILE, 54 * TILE
FILLED = 55 * TILE
SIZE = FILLED + 1


@njit(cache=True, error_model="numpy", inline="always")
def least_of(
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
    steps,
    passes,
    gpus,
):
    """Least of the columns that must be one or more."""
    sizes = min(min(min(depth, width), min(hidden, head_width)), min(frames, height))
    strides = min(min(width_px, side_stride), min(frames_stride, patch_side))
    return min(min(sizes, strides), min(min(patch_frames, steps), min(passes, gpus)))


@njit(cache=True, error_model="numpy", inline="always")
def first_reason(low, heads_left, frames_left, sides_left, odd):
    """Code of the first reason why a design cannot exist, 0 if it can."""
    code = 5.0 if odd else 0.0
    code = 4.0 if sides_left > 0.0 else code
    code = 3.0 if frames_left > 0.0 else code
    code = 2.0 if heads_left > 0.0 else code
    return 6.0 if low else code


@njit(cache=True, error_model="numpy", inline="always")
def split(heads, gpus):
    """Largest Ulysses degree among 8, 4, 2, 1 that divides heads and GPUs, and one over it."""
    both = max(heads - 2.0 * floor(heads * 0.5), gpus - 2.0 * floor(gpus * 0.5))
    degree, inverse = (2.0, 0.5) if both == 0.0 else (1.0, 1.0)
    both = max(heads - 4.0 * floor(heads * 0.25), gpus - 4.0 * floor(gpus * 0.25))
    degree, inverse = (4.0, 0.25) if both == 0.0 else (degree, inverse)
    both = max(heads - 8.0 * floor(heads * 0.125), gpus - 8.0 * floor(gpus * 0.125))
    return (8.0, 0.125) if both == 0.0 else (degree, inverse)


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
def divide_tile(tile):
    """Write the whole quotients: heads, strides in time, and patches along both sides."""
    for j in range(TILE):
        side = max(tile[8 * TILE + j] * tile[10 * TILE + j], 1.0)
        tile[HEADS + j] = floor(tile[2 * TILE + j] / max(tile[HEAD + j], 1.0))
        tile[STRIDES + j] = floor((tile[FRAMES + j] - 1.0) / max(tile[9 * TILE + j], 1.0))
        tile[ROWS + j] = floor(tile[HEIGHT + j] / side)
        tile[COLUMNS + j] = floor(tile[WIDTH_PX + j] / side)


@njit(cache=True, error_model="numpy")
def check_tile(tile):
    """Write the code of each design that cannot exist, 0 for the others."""
    for j in range(TILE):
        layout, depth = tile[j], tile[1 * TILE + j]
        least = least_of(
            depth,
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
            tile[13 * TILE + j],
            tile[14 * TILE + j],
            tile[16 * TILE + j],
        )
        side = max(tile[8 * TILE + j] * tile[10 * TILE + j], 1.0)
        tile[CODE + j] = first_reason(
            least < 1.0 or min(min(layout, tile[TEXT + j]), tile[15 * TILE + j]) < 0.0,
            tile[2 * TILE + j] - max(tile[HEAD + j], 1.0) * tile[HEADS + j],
            tile[FRAMES + j] - 1.0 - max(tile[9 * TILE + j], 1.0) * tile[STRIDES + j],
            max(
                tile[HEIGHT + j] - side * tile[ROWS + j],
                tile[WIDTH_PX + j] - side * tile[COLUMNS + j],
            ),
            layout == 1.0 and depth - 2.0 * floor(depth * 0.5) > 0.0,
        )


@njit(cache=True, error_model="numpy")
def count_tile(tile):
    """Write tokens, parameters, FLOPs, bytes, and into the places of time what it is made of."""
    for j in range(TILE):
        layout, depth, width, hidden = tile[j], tile[TILE + j], tile[2 * TILE + j], tile[HIDDEN + j]
        text, runs = tile[TEXT + j], tile[STEPS + j] * tile[PASSES + j]
        area = tile[ROWS + j] * tile[COLUMNS + j]
        patch_frames = tile[11 * TILE + j]
        frames = floor((tile[STRIDES + j] + patch_frames) / patch_frames)
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
def spend_tile(tile):
    """Turn the counts into seconds of one step: products, attention, traffic, links, host."""
    for j in range(TILE):
        each, passes, head_width = 1.0 / tile[GPUS + j], tile[PASSES + j], tile[HEAD + j]
        share, own = passes * each, tile[COUNTS + 4 * TILE + j] * each
        ulysses, inverse = split(tile[HEADS + j], tile[GPUS + j])
        ring, per_byte = tile[GPUS + j] * inverse, tile[RATE + 2 * TILE + j]
        padded = 32.0 * floor((head_width + 31.0) * 0.03125) / head_width
        heads = tile[COUNTS + 3 * TILE + j] * tile[RATE + 5 * TILE + j]
        merge = merge_seconds(own, ring, per_byte, tile[RATE + 6 * TILE + j], 1.0)
        tile[COUNTS + j] *= tile[RATE + j] * share
        tile[COUNTS + TILE + j] *= padded * tile[RATE + TILE + j] * share
        traffic = 2.0 * (tile[COUNTS + 2 * TILE + j] + heads) * per_byte * share
        tile[COUNTS + 2 * TILE + j] = traffic + passes * merge
        sent = 2.0 * own * (4.0 * (1.0 - inverse) + 2.0 * (ring - 1.0))
        tile[COUNTS + 3 * TILE + j] = passes * sent * tile[RATE + 4 * TILE + j]
        tile[COUNTS + 4 * TILE + j] = host_seconds(
            (22.0 if tile[j] == 2.0 else 19.0) * tile[TILE + j],
            ulysses,
            ring,
            tile[RATE + 7 * TILE + j],
            tile[RATE + 8 * TILE + j],
            tile[RATE + 9 * TILE + j],
        )


@njit(cache=True, error_model="numpy")
def price_tile(tile):
    """Write seconds, joules and dollars of each design from the seconds of its parts."""
    for j in range(TILE):
        on_product, on_attention = tile[COUNTS + j], tile[COUNTS + TILE + j]
        traffic, exchange = tile[COUNTS + 2 * TILE + j], tile[COUNTS + 3 * TILE + j]
        device, host = on_product + on_attention + traffic + exchange, tile[COUNTS + 4 * TILE + j]
        pixels = tile[FRAMES + j] * tile[HEIGHT + j] * tile[WIDTH_PX + j]
        single = pixels * tile[17 * TILE + j] * tile[RATE + 3 * TILE + j]
        seconds = clip_seconds(tile[STEPS + j], device, host, single)
        energy = (
            on_product * tile[RATE + 10 * TILE + j]
            + on_attention * tile[RATE + 11 * TILE + j]
            + traffic * tile[RATE + 12 * TILE + j]
            + exchange * tile[RATE + 13 * TILE + j]
        )
        tile[OUT + 4 * TILE + j] = seconds
        tile[OUT + 5 * TILE + j] = clip_joules(
            tile[STEPS + j],
            device,
            energy / device,
            device,
            host,
            single,
            tile[RATE + 14 * TILE + j],
            tile[RATE + 15 * TILE + j],
            tile[RATE + 16 * TILE + j],
            tile[GPUS + j],
        )
        tile[OUT + 6 * TILE + j] = seconds * tile[RATE + 17 * TILE + j] * tile[GPUS + j]


@njit(cache=True, error_model="numpy")
def bill_tile(tile):
    """Bill the TILE designs of a tile in place; five passes, each narrow enough to vectorise."""
    divide_tile(tile)
    check_tile(tile)
    count_tile(tile)
    spend_tile(tile)
    price_tile(tile)


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
        place = places[c]
        if place >= 0 and count == TILE:  # a loop of fixed length is copied twice as fast
            for j in range(TILE):
                tile[c * TILE + j] = columns[place, start + j]
        elif place >= 0:
            for j in range(TILE):
                tile[c * TILE + j] = columns[place, start + min(j, count - 1)]
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
