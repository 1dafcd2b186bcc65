"""Many jobs at once: the text of the engine on tiles of jobs, on all cores.

A tile is small enough for a core's cache, so that memory only sees the columns that vary and the
results. Its arrays have fixed offsets, so that the compiler knows that nothing overlaps and works
on several jobs at a time. Every formula is a function of the text, put in place; a polynomial is
evaluated term by term over a tile, in whole numbers, whose order of adding does not matter. Tasks
write places of their own and never add across threads: results do not depend on their number.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
import numpy as np
from numba import get_thread_id, njit, prange, uint64

from rebuilt.compiled import compiled
from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra import sizes as text
from rebuilt.cost.hardware import bill
from rebuilt.cost.models.codes import TOO_LARGE, UNCOUNTED

TILE = 256  # jobs at a time
LANES = uint64(TILE)
TILES = 64  # of one task

# Rows of TILE floats: the job, what is made of it, the results.
JOBS, SIZES, ROWS = len(p.JOB), len(p.SIZES), len(p.ROWS)
CODE, VERDICT, OF_FRAMES, OF_SIDES, OF_REST, KEPT, RING, EACH, OUT = range(JOBS, JOBS + 9)
FLOATS = (OUT + 4) * TILE
# Rows of TILE whole numbers: values of a program behind the rows of a model.
ENCODED, DECODED, VALUES = ROWS + 4, ROWS + 5, ROWS + 6  # behind rows and four results
MOST_PRODUCTS = 256
WHOLE = (VALUES + 1 + SIZES + MOST_PRODUCTS) * TILE

refused_sides = compiled(text.refused_sides, inline=True)
refused_frames = compiled(text.refused_frames, inline=True)
refused_rest = compiled(text.refused_rest, inline=True)
refusal = compiled(text.refusal, inline=True)
latent_frames = compiled(text.latent_frames, inline=True)
cut = compiled(text.cut, inline=True)
later_frames = compiled(text.later_frames, inline=True)
quotient = compiled(text.quotient, inline=True)
not_whole = compiled(text.not_whole, inline=True)
decodes = compiled(text.decodes, inline=True)
tiles_of = compiled(text.tiles, inline=True)
fill_tiles = compiled(text.fill_tiles)
padded = compiled(text.padded, inline=True)
audio_tokens = compiled(text.audio_tokens, inline=True)
padded_head = compiled(text.padded_head, inline=True)
prompts_of = compiled(text.prompts_of, inline=True)
best_ulysses = compiled(bill.best_ulysses, inline=True)
ring_of = compiled(bill.ring_of, inline=True)
product_seconds = compiled(bill.product_seconds, inline=True)
attention_seconds = compiled(bill.attention_seconds, inline=True)
traffic_seconds = compiled(bill.traffic_seconds, inline=True)
exchange_seconds = compiled(bill.exchange_seconds, inline=True)
host_seconds = compiled(bill.host_seconds, inline=True)
copied_seconds = compiled(bill.copied_seconds, inline=True)
step_seconds = compiled(bill.step_seconds, inline=True)
loading_seconds = compiled(bill.loading_seconds, inline=True)
weights_bytes = compiled(bill.weights_bytes, inline=True)
clip_seconds = compiled(bill.clip_seconds, inline=True)
clip_joules = compiled(bill.clip_joules, inline=True)
activation_bytes = compiled(bill.activation_bytes, inline=True)
buffer_bytes = compiled(bill.buffer_bytes, inline=True)
decoding_bytes = compiled(bill.decoding_bytes, inline=True)
encoding_bytes = compiled(bill.encoding_bytes, inline=True)
peak_bytes = compiled(bill.peak_bytes, inline=True)


# The loops below are short on purpose: longer ones are not vectorised. Strides, patches and heads
# are floats that all jobs share (inverted once) or, with `each`, columns of their own.


@njit(cache=True, error_model="numpy")
def frames_tile(rules, job, whole, stride, patch_frames, each):
    """Count the latents and tokens of each job in time, and judge its frames."""
    first = VALUES + 1
    for j in range(TILE):
        own = job[p.J_FRAMES_STRIDE * TILE + j] if each else stride
        patch = job[p.J_PATCH_FRAMES * TILE + j] if each else patch_frames
        frames = latent_frames(rules[p.R_RULE], job[p.J_FRAMES * TILE + j], own, rules[p.R_CHUNK])
        whole[(first + p.LATENT_FRAMES) * TILE + j] = int(frames)
        whole[(first + p.FRAMES) * TILE + j] = int(cut(frames, patch))
        whole[(first + p.ODD_FRAMES) * TILE + j] = 1 if not_whole(frames, 2.0) else 0
        whole[(first + p.FOLLOWS) * TILE + j] = 1 if frames > 1.0 else 0
        whole[(first + p.TILE_FRAMES) * TILE + j] = int(frames)
        whole[(first + p.TIME_TILES) * TILE + j] = 1
        whole[(first + p.ALL_FRAMES) * TILE + j] = int(frames)
        whole[(first + p.FRAME_SQUARES) * TILE + j] = int(frames * frames)
        later = later_frames(rules[p.R_RULE], job[p.J_FRAMES * TILE + j], frames, rules[p.R_CHUNK])
        whole[(first + p.LATER_FRAMES) * TILE + j] = int(later)
    if rules[p.R_AUDIO_RATE] > 0.0:
        for j in range(TILE):
            audio = audio_tokens(rules, job[p.J_FRAMES * TILE + j])
            whole[(first + p.AUDIO) * TILE + j] = int(audio)
    for j in range(TILE):
        own = job[p.J_FRAMES_STRIDE * TILE + j] if each else stride
        job[OF_FRAMES * TILE + j] = refused_frames(rules, job[p.J_FRAMES * TILE + j], own)


@njit(cache=True, error_model="numpy")
def sides_tile(rules, job, whole, side, patch, each):
    """Count the latents and tokens of a frame of each job, and judge its sides."""
    first = VALUES + 1
    for j in range(TILE):
        own = job[p.J_SIDE_STRIDE * TILE + j] if each else side
        cells = job[p.J_PATCH_SIDE * TILE + j] if each else patch
        height = quotient(job[p.J_HEIGHT * TILE + j], own)
        width = quotient(job[p.J_WIDTH_PX * TILE + j], own)
        whole[(first + p.LATENT_AREA) * TILE + j] = height * width
        whole[(first + p.AREA) * TILE + j] = int(cut(height, cells) * cut(width, cells))
        whole[(first + p.TILE_AREA) * TILE + j] = height * width
        whole[(first + p.TILE_EDGE) * TILE + j] = height + width
        whole[(first + p.KEPT_AREA) * TILE + j] = 0
        whole[(first + p.TILE_SQUARES) * TILE + j] = height * width * (height * width)
        whole[(first + p.AREA_TILES) * TILE + j] = 1
    if rules[p.R_HISTORY] > 0.0:
        for j in range(TILE):
            own = job[p.J_SIDE_STRIDE * TILE + j] if each else side
            cells = job[p.J_PATCH_SIDE * TILE + j] if each else patch
            height = quotient(job[p.J_HEIGHT * TILE + j], own)
            width = quotient(job[p.J_WIDTH_PX * TILE + j], own)
            half = cut(height, 2.0 * cells) * cut(width, 2.0 * cells)
            quarter = cut(height, 4.0 * cells) * cut(width, 4.0 * cells)
            whole[(first + p.HALF_AREA) * TILE + j] = int(half)
            whole[(first + p.QUARTER_AREA) * TILE + j] = int(quarter)
    if rules[p.R_AREA_MULTIPLE] > 1.0:
        for j in range(TILE):
            area = padded(1.0 * whole[(first + p.AREA) * TILE + j], rules[p.R_AREA_MULTIPLE])
            whole[(first + p.AREA) * TILE + j] = int(area)
    for j in range(TILE):
        own = job[p.J_SIDE_STRIDE * TILE + j] if each else side
        cells = job[p.J_PATCH_SIDE * TILE + j] if each else patch
        height, width = job[p.J_HEIGHT * TILE + j], job[p.J_WIDTH_PX * TILE + j]
        job[OF_SIDES * TILE + j] = refused_sides(rules, height, width, own, cells)


@njit(cache=True, error_model="numpy")
def cut_tile(rules, job, whole, side, each):
    """Count the tiles in which the latent of each job is decoded."""
    first = VALUES + 1
    areas = (p.TILE_AREA, p.TILE_EDGE, p.KEPT_AREA, p.TILE_SQUARES, p.AREA_TILES)
    times = (p.TILE_FRAMES, p.TIME_TILES, p.ALL_FRAMES, p.FRAME_SQUARES)
    found = np.zeros(1 + SIZES, np.int64)
    for j in range(TILE):
        own = job[p.J_SIDE_STRIDE * TILE + j] if each else side
        height = quotient(job[p.J_HEIGHT * TILE + j], own)
        width = quotient(job[p.J_WIDTH_PX * TILE + j], own)
        frames = 1.0 * whole[(first + p.LATENT_FRAMES) * TILE + j]
        fill_tiles(rules, job[p.J_TILED * TILE + j], frames, height, width, found)
        for size in areas + times:
            whole[(first + size) * TILE + j] = found[1 + size]


@njit(cache=True, error_model="numpy")
def parts_tile(rules, job, whole, side, each):
    """Count the tiles in which the decoder of each job works."""
    first = VALUES + 1
    for j in range(TILE):
        own = job[p.J_SIDE_STRIDE * TILE + j] if each else side
        height = quotient(job[p.J_HEIGHT * TILE + j], own)
        width = quotient(job[p.J_WIDTH_PX * TILE + j], own)
        frames = whole[(first + p.LATENT_FRAMES) * TILE + j]
        whole[(first + p.TILES) * TILE + j] = tiles_of(rules, frames, height, width)


@njit(cache=True, error_model="numpy")
def rest_tile(rules, job, whole, stride, heads, each):
    """Judge text and architecture of each job."""
    for j in range(TILE):
        own = job[p.J_FRAMES_STRIDE * TILE + j] if each else stride
        shared = job[p.J_HEADS * TILE + j] if each else heads
        text_tokens, width = job[p.J_TEXT * TILE + j], job[p.J_WIDTH * TILE + j]
        job[OF_REST * TILE + j] = refused_rest(rules, text_tokens, width, shared, own)
        whole[(VALUES + 1 + p.TEXT) * TILE + j] = int(text_tokens)
    if rules[p.R_TEXT_MULTIPLE] > 1.0:
        for j in range(TILE):
            tokens = padded(job[p.J_TEXT * TILE + j], rules[p.R_TEXT_MULTIPLE])
            whole[(VALUES + 1 + p.TEXT) * TILE + j] = int(tokens)


@njit(cache=True, error_model="numpy")
def judge_tile(rules, job):
    """Write the first code of all."""
    for j in range(TILE):
        unlike = job[p.J_HEIGHT * TILE + j] - job[p.J_WIDTH_PX * TILE + j]
        job[CODE * TILE + j] = refusal(
            job[OF_FRAMES * TILE + j],
            job[OF_SIDES * TILE + j],
            job[OF_REST * TILE + j],
            unlike * rules[p.R_SQUARE] != 0.0,
        )


@njit(cache=True, error_model="numpy")
def shape_tile(rules, job, whole):
    """Write the sizes of each job's architecture."""
    first = VALUES + 1
    for j in range(TILE):
        head = quotient(job[p.J_WIDTH * TILE + j], job[p.J_HEADS * TILE + j])
        whole[(first + p.DECODES) * TILE + j] = decodes(
            rules,
            job[p.J_FRAMES_STRIDE * TILE + j],
            job[p.J_SIDE_STRIDE * TILE + j],
            job[p.J_CHANNELS * TILE + j],
        )
        whole[(first + p.DEPTH) * TILE + j] = int(job[p.J_DEPTH * TILE + j])
        whole[(first + p.MORE_DEPTH) * TILE + j] = int(job[p.J_MORE_DEPTH * TILE + j])
        whole[(first + p.WIDTH) * TILE + j] = int(job[p.J_WIDTH * TILE + j])
        whole[(first + p.HEADS) * TILE + j] = int(job[p.J_HEADS * TILE + j])
        whole[(first + p.HEAD) * TILE + j] = head
        whole[(first + p.PADDED_HEAD) * TILE + j] = int(padded_head(head))
        whole[(first + p.NORM_HEAD) * TILE + j] = int(max(head, text.FULL_HEAD))
        whole[(first + p.HIDDEN) * TILE + j] = int(job[p.J_HIDDEN * TILE + j])
        whole[(first + p.PATCH_FRAMES) * TILE + j] = int(job[p.J_PATCH_FRAMES * TILE + j])
        whole[(first + p.PATCH_SIDE) * TILE + j] = int(job[p.J_PATCH_SIDE * TILE + j])
        whole[(first + p.CHANNELS) * TILE + j] = int(job[p.J_CHANNELS * TILE + j])


@njit(cache=True, error_model="numpy")
def evaluate_tile(program, constants, whole):
    """Write the rows of each job: `program.evaluate` with the loop over jobs innermost.

    Terms of a row follow each other, and rows without terms hold their constants already. Places
    are unsigned, so that the compiler need not think of indices from the end.
    """
    products, terms = program[0], program[1]
    place, product = 2, uint64((VALUES + 1 + SIZES) * TILE)
    for _ in range(products):
        left = uint64((VALUES + program[place]) * TILE)
        right = uint64((VALUES + program[place + 1]) * TILE)
        for j in range(LANES):
            whole[product + j] = whole[left + j] * whole[right + j]
        product += LANES
        place += 2
    last = -1
    for _ in range(terms):
        row, coefficient = uint64(program[place] * TILE), program[place + 2]
        value = uint64((VALUES + program[place + 1]) * TILE)
        if program[place] == last:
            for j in range(LANES):
                whole[row + j] += coefficient * whole[value + j]
        else:
            last = program[place]
            constant = constants[last]
            for j in range(LANES):
                whole[row + j] = constant + coefficient * whole[value + j]
        place += 3


@njit(cache=True, error_model="numpy")
def total_tile(job, whole, assumed):
    """Write the whole numbers of each job: tokens, parameters, FLOPs, bytes moved.

    assumed : whether some jobs have a decoder that is FLOPs for a pixel
    """
    first = VALUES + 1
    for j in range(TILE):
        whole[DECODED * TILE + j] = whole[p.DECODE * TILE + j]
    if assumed:
        for j in range(TILE):
            if job[p.J_DECODE_FLOPS * TILE + j] > 0.0:
                area = job[p.J_HEIGHT * TILE + j] * job[p.J_WIDTH_PX * TILE + j]
                pixels = job[p.J_FRAMES * TILE + j] * area
                whole[DECODED * TILE + j] = pixels * job[p.J_DECODE_FLOPS * TILE + j]
    for j in range(TILE):
        steps, batch = int(job[p.J_STEPS * TILE + j]), int(job[p.J_BATCH * TILE + j])
        runs = steps * int(job[p.J_PASSES * TILE + j])
        parameters = whole[p.PARAMETERS * TILE + j]
        prompts = prompts_of(job[p.J_PASSES * TILE + j])
        encode = prompts * whole[p.ENCODE * TILE + j] + whole[p.ENCODE_IMAGE * TILE + j]
        encode = batch * encode
        decode = batch * whole[DECODED * TILE + j]
        whole[ENCODED * TILE + j] = encode
        whole[DECODED * TILE + j] = decode
        tokens = whole[(first + p.FRAMES) * TILE + j] * whole[(first + p.AREA) * TILE + j]
        moved = parameters + batch * whole[p.ELEMENTS * TILE + j]
        whole[ROWS * TILE + j] = tokens
        whole[(ROWS + 1) * TILE + j] = parameters
        whole[(ROWS + 2) * TILE + j] = batch * runs * whole[p.FORWARD * TILE + j] + encode + decode
        whole[(ROWS + 3) * TILE + j] = runs * bill.BYTES * moved


@njit(cache=True, error_model="numpy")
def spread_tile(layouts, job, shared):
    """Write how each job is spread: what Ulysses keeps, the ring, and one part of all.

    layouts : float64 array of shape (3, MAX_GPUS + 1); the same by number of accelerators, which
        holds where the heads are `shared` by all jobs
    """
    for j in range(TILE):
        gpus = job[p.J_GPUS * TILE + j]
        if shared:
            place = int(gpus)
            job[KEPT * TILE + j] = layouts[0, place]
            job[RING * TILE + j] = layouts[1, place]
            job[EACH * TILE + j] = layouts[2, place]
        else:
            degree = best_ulysses(job[p.J_HEADS * TILE + j], gpus)
            job[KEPT * TILE + j] = 1.0 / degree
            job[RING * TILE + j] = ring_of(gpus, degree)
            job[EACH * TILE + j] = 1.0 / gpus


@njit(cache=True, error_model="numpy")
def price_tile(job, whole, m):
    """Write seconds, joules and dollars of each job, spread over the sequence only."""
    for j in range(TILE):
        steps, gpus = job[p.J_STEPS * TILE + j], job[p.J_GPUS * TILE + j]
        kept, ring = job[KEPT * TILE + j], job[RING * TILE + j]
        passes = job[p.J_PASSES * TILE + j]
        share = passes * job[p.J_BATCH * TILE + j] * job[EACH * TILE + j]
        exchanged, own = whole[p.EXCHANGE * TILE + j], whole[p.PARAMETERS * TILE + j]
        moved, on_heads = whole[p.STREAM * TILE + j], whole[p.HEAD_STEPS * TILE + j]
        on_products = product_seconds(whole[p.PRODUCT * TILE + j], share, m)
        on_attention = attention_seconds(whole[p.ATTENTION * TILE + j], share, m)
        traffic = traffic_seconds(moved, on_heads, exchanged, ring, 1.0, share, m)
        exchange = exchange_seconds(exchanged, kept, ring, 1.0, share, m)
        host = host_seconds(whole[p.LAUNCHES * TILE + j] / 1.0, kept, ring, m)
        copied = copied_seconds(own, passes, 1.0, gpus, 0.0, m)
        step = step_seconds(on_products + on_attention + traffic + exchange, host, copied, m)
        single = (
            whole[ENCODED * TILE + j] * m.per_product
            + whole[DECODED * TILE + j] * m.per_convolution
        ) + loading_seconds(own, whole[p.RESTING * TILE + j], whole[p.OTHER * TILE + j], m)
        seconds = clip_seconds(steps, step, 0.0, single, m)
        job[OUT * TILE + j] = seconds
        job[(OUT + 1) * TILE + j] = clip_joules(
            steps, gpus, on_products, on_attention, traffic, exchange, step, 0.0, single, m
        )
        job[(OUT + 2) * TILE + j] = seconds * m.usd_per_s * gpus


@njit(cache=True, error_model="numpy")
def remember_tile(job, whole, m):
    """Write bytes of memory of each job, and a code of whether they fit."""
    for j in range(TILE):
        batch, each = job[p.J_BATCH * TILE + j], job[EACH * TILE + j]
        alive, exchanged = whole[p.ALIVE * TILE + j], whole[p.EXCHANGED * TILE + j]
        for place in range(1, p.ALIVE_ROWS):
            alive = max(alive, whole[(p.ALIVE + place) * TILE + j])
        for place in range(1, p.EXCHANGED_ROWS):
            exchanged = max(exchanged, whole[(p.EXCHANGED + place) * TILE + j])
        own, rest = whole[p.PARAMETERS * TILE + j], whole[p.RESTING * TILE + j]
        decoding = whole[p.DECODING * TILE + j]
        for place in range(1, p.DECODING_ROWS):
            decoding = max(decoding, whole[(p.DECODING + place) * TILE + j])
        total = peak_bytes(
            weights_bytes(own, rest, whole[p.OTHER * TILE + j], 1.0, m),
            activation_bytes(alive, m.activation_factor, batch, each),
            buffer_bytes(exchanged, batch, each),
            decoding_bytes(decoding, batch),
            encoding_bytes(whole[p.ENCODER * TILE + j], m),
            m,
        )
        job[(OUT + 3) * TILE + j] = total
        code = job[CODE * TILE + j]
        fits = 1.0 * UNCOUNTED if decoding == 0 else 0.0
        judged = 1.0 * TOO_LARGE if total > m.capacity_bytes else fits
        job[VERDICT * TILE + j] = judged if code == 0.0 else code


@njit(cache=True, error_model="numpy")
def fill_tile(columns, places, job, first, count):
    """Copy the varying columns of `count` jobs; the rest of the tile repeats the last one."""
    start = uint64(first)
    for column in range(places.size):
        row, source = uint64(places[column] * TILE), columns[column]
        if count == TILE:
            for j in range(LANES):
                job[row + j] = source[start + j]
        else:
            for j in range(LANES):
                job[row + j] = source[start + min(j, uint64(count - 1))]


@njit(cache=True, error_model="numpy")
def empty_tile(job, whole, counts, figures, codes, first, count):
    """Copy results and codes of `count` jobs out of a tile."""
    start, lanes = uint64(first), uint64(count)
    for k in range(counts.shape[0]):
        row, target = uint64((ROWS + k) * TILE), counts[k]
        for j in range(lanes):
            target[start + j] = whole[row + j]
    for k in range(figures.shape[0]):
        row, goal = uint64((OUT + k) * TILE), figures[k]
        for j in range(lanes):
            goal[start + j] = job[row + j]
    row = uint64(VERDICT * TILE)
    for j in range(lanes):
        codes[start + j] = int(job[row + j])


@njit(parallel=True, cache=True, error_model="numpy")
def bill_many(
    program,
    constants,
    rules,
    fixed,
    columns,
    places,
    varies,
    layouts,
    m,
    scratch,
    numbers,
    counts,
    figures,
    codes,
):
    """Bill a table of jobs of one model on one accelerator, on all cores.

    program, constants : int64 arrays; terms that vary, and the constant of each row
    rules : tuple of floats in the order of RULES
    fixed : float64 array in the order of JOB
    columns : float64 array of shape (varying, n)
    places : int64 array of shape (varying,), a place in JOB for each row of `columns`
    varies : whether time, space, shape, strides or heads, and layout vary, whether heads are
        shared by all jobs, whether decoders are assumed, and whether some work in tiles; eight
        truth values
    layouts : float64 array, as `spread_tile` takes it
    m : Machine
    scratch, numbers : float64 and int64 arrays, a row of FLOATS and of WHOLE for each thread
    counts, figures, codes : int64 and float64 arrays of shape (4, n), uint8 array of shape (n,)
    """
    total, block = codes.size, TILE * TILES
    of_time, of_space, of_shape, reshaped, of_layout, shared, assumed, cut_up = varies
    stride, side, heads = fixed[p.J_FRAMES_STRIDE], fixed[p.J_SIDE_STRIDE], fixed[p.J_HEADS]
    patch, patch_frames = fixed[p.J_PATCH_SIDE], fixed[p.J_PATCH_FRAMES]
    for b in prange((total + block - 1) // block):
        job, whole = scratch[get_thread_id()], numbers[get_thread_id()]
        for row in range(JOBS):
            for j in range(TILE):
                job[row * TILE + j] = fixed[row]
        for row in range(ROWS):
            for j in range(TILE):
                whole[row * TILE + j] = constants[row]
        for j in range(TILE):
            whole[VALUES * TILE + j] = 1
        for t in range(TILES):
            start = b * block + t * TILE
            count = min(TILE, total - start)
            if count > 0:
                fill_tile(columns, places, job, start, count)
                if of_time or t == 0:
                    frames_tile(rules, job, whole, stride, patch_frames, reshaped)
                if of_space or t == 0:
                    sides_tile(rules, job, whole, side, patch, reshaped)
                if of_shape or t == 0:
                    shape_tile(rules, job, whole)
                    rest_tile(rules, job, whole, stride, heads, reshaped)
                if cut_up and (of_time or of_space or t == 0):
                    cut_tile(rules, job, whole, side, reshaped)
                if rules[p.R_TILES_ONLY] > 0.0:
                    parts_tile(rules, job, whole, side, reshaped)
                if of_time or of_space or of_shape or t == 0:
                    judge_tile(rules, job)
                if of_layout or t == 0:
                    spread_tile(layouts, job, shared)
                evaluate_tile(program, constants, whole)
                total_tile(job, whole, assumed)
                price_tile(job, whole, m)
                remember_tile(job, whole, m)
                empty_tile(job, whole, counts, figures, codes, start, count)
