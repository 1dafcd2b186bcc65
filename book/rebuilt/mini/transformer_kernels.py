"""The diffusion transformer as kernels: text and video tokens of several clips in one sequence.

Rows of the stream lie clip after clip, of each clip first its text, then its video. `grid` holds
four numbers per clip: text tokens, and patches over frames, height and width. A clip attends to
itself only. `places` says where in `weights` each tensor begins, in the order of `weights.NAMES`;
`sizes` is width, depth, heads, width of the condition, width of the feed-forward, values per patch.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import sqrt

import numpy as np
from numba import njit

from rebuilt.mini.primitive_kernels import (
    ONE,
    ZERO,
    cosine,
    gelu,
    layer_norm,
    linear,
    product,
    silu,
    sine,
    softmax,
)

WIDTH, DEPTH, HEADS, CONDITION, HIDDEN, INPUTS = range(6)
GRID = 4  # numbers per clip
# Numbers of tensors: before the blocks, in each block, and behind them.
PATCH, TEXT, POSITION, TIME_1, TIME_2, FREQUENCIES, AXES, BEFORE = 0, 2, 3, 4, 6, 8, 9, 12
MODULATE_1, NORM_1, QUERY, KEY, VALUE, NORM_QUERY, NORM_KEY, JOIN = 0, 2, 4, 6, 8, 10, 12, 14
MODULATE_2, NORM_2, FEED_1, FEED_2, EACH = 16, 18, 20, 22, 24
NORM_FINAL, MODULATE_OUT, NORM_OUT, LAST = 0, 2, 4, 6
EPSILON, EPSILON_HEAD = 1e-5, 1e-6
TIME_SCALE = np.float32(1000.0)  # t = 1 is this step of the sinusoids
SHIFT, SCALE, GATE = 0, 1, 2  # vectors of a modulation, of video; those of text follow


@njit(cache=True, error_model="numpy")
def length_of(grid, clip):
    """Rows of one clip: text and video."""
    at = GRID * clip
    return grid[at] + grid[at + 1] * grid[at + 2] * grid[at + 3]


@njit(cache=True, error_model="numpy")
def rows_of(grid):
    """Rows of all clips."""
    total = 0
    for clip in range(grid.size // GRID):
        total += length_of(grid, clip)
    return total


@njit(cache=True, error_model="numpy")
def longest_of(grid):
    """Rows of the longest clip."""
    most = 0
    for clip in range(grid.size // GRID):
        most = max(most, length_of(grid, clip))
    return most


@njit(cache=True, error_model="numpy")
def work_size(sizes, grid):
    """Values of scratch that `velocity` needs."""
    rows, longest, clips = rows_of(grid), longest_of(grid), grid.size // GRID
    heads = 4 * longest * (sizes[WIDTH] // sizes[HEADS]) + longest * longest
    vectors = clips * (2 * sizes[CONDITION] + 6 * sizes[WIDTH]) + sizes[WIDTH] + 4
    return rows * (6 * sizes[WIDTH] + sizes[HIDDEN]) + heads + vectors


@njit(cache=True, error_model="numpy")
def tensor(weights, places, number):
    """Everything from the beginning of one tensor."""
    return weights[places[number] :]


@njit(cache=True, error_model="numpy")
def apply(weights, places, number, x, out, rows, into, width):
    """Out = x @ weight + bias of the linear layer whose weight is tensor `number`."""
    weight, bias = tensor(weights, places, number), tensor(weights, places, number + 1)
    linear(x, weight, bias, out, rows, into, width)


@njit(cache=True, error_model="numpy")
def condition_of(weights, places, sizes, time, features, out):
    """Write the vector of one clip's time: sinusoids, linear, SiLU, linear, and SiLU again.

    The last SiLU belongs to the modulations, which all begin with it. Scratch: `features`.
    """
    width, inner = sizes[WIDTH], sizes[CONDITION]
    half = width // 2
    frequencies = tensor(weights, places, FREQUENCIES)
    for j in range(half):
        angle = TIME_SCALE * time * frequencies[j]
        features[j] = np.float32(cosine(angle))
        features[half + j] = np.float32(sine(angle))
    apply(weights, places, TIME_1, features, out, 1, width, inner)
    silu(out, out)
    apply(weights, places, TIME_2, out, features, 1, inner, inner)
    silu(features[:inner], out)


@njit(cache=True, error_model="numpy")
def embed(weights, places, sizes, grid, tokens, patches, stream):
    """Write the stream's first state: words with their positions, patches with theirs."""
    width, inputs = sizes[WIDTH], sizes[INPUTS]
    words, word_places = tensor(weights, places, TEXT), tensor(weights, places, POSITION)
    row, word, patch = 0, 0, 0
    for clip in range(grid.size // GRID):
        text, video = grid[GRID * clip], length_of(grid, clip) - grid[GRID * clip]
        for turn in range(text):
            line, learned = stream[row * width :], words[tokens[word] * width :]
            order = word_places[turn * width :]
            for j in range(width):
                line[j] = learned[j] + order[j]
            row, word = row + 1, word + 1
        shown = stream[row * width : (row + video) * width]
        apply(weights, places, PATCH, patches[patch * inputs :], shown, video, inputs, width)
        add_positions(weights, places, width, grid[GRID * clip :], shown)
        row, patch = row + video, patch + video


@njit(cache=True, error_model="numpy")
def add_positions(weights, places, width, shape, shown):
    """Add frame, row and column of each patch; each axis has a table of its own."""
    frames = tensor(weights, places, AXES)
    rows, columns = tensor(weights, places, AXES + 1), tensor(weights, places, AXES + 2)
    place = 0
    for t in range(shape[1]):
        for y in range(shape[2]):
            for x in range(shape[3]):
                line = shown[place * width : (place + 1) * width]
                of_t, of_y, of_x = frames[t * width :], rows[y * width :], columns[x * width :]
                for j in range(width):
                    line[j] = line[j] + (of_t[j] + of_y[j] + of_x[j])
                place += 1


@njit(cache=True, error_model="numpy")
def modulated(stream, grid, width, gain, shift, vectors, out):
    """Normalise every row, then scale and shift it as its clip's time says, text by itself."""
    row = 0
    for clip in range(grid.size // GRID):
        for turn in range(length_of(grid, clip)):
            own = 6 * clip + 3 * (turn < grid[GRID * clip])
            shifts = vectors[(own + SHIFT) * width : (own + SHIFT + 1) * width]
            scales = vectors[(own + SCALE) * width : (own + SCALE + 1) * width]
            line = out[row * width : (row + 1) * width]
            layer_norm(stream[row * width : (row + 1) * width], gain, shift, EPSILON, line)
            for j in range(width):
                line[j] = line[j] * (ONE + scales[j]) + shifts[j]
            row += 1


@njit(cache=True, error_model="numpy")
def add_gated(stream, grid, width, vectors, change):
    """Add a layer's result to the stream, weighted as each clip's time says."""
    row = 0
    for clip in range(grid.size // GRID):
        for turn in range(length_of(grid, clip)):
            own = 6 * clip + 3 * (turn < grid[GRID * clip])
            gates = vectors[(own + GATE) * width : (own + GATE + 1) * width]
            line = stream[row * width : (row + 1) * width]
            new = change[row * width : (row + 1) * width]
            for j in range(width):
                line[j] = line[j] + gates[j] * new[j]
            row += 1


@njit(cache=True, error_model="numpy")
def modulations(weights, places, number, sizes, conditions, clips, out):
    """Six vectors per clip: shift, scale and gate of its video, then of its text."""
    inner, width = sizes[CONDITION], 6 * sizes[WIDTH]
    apply(weights, places, number, conditions, out, clips, inner, width)


@njit(cache=True, error_model="numpy")
def norm_heads(weights, places, number, x, rows, heads, width):
    """Normalise each head of each row, in place."""
    gain, shift = tensor(weights, places, number), tensor(weights, places, number + 1)
    for place in range(rows * heads):
        line = x[place * width : (place + 1) * width]
        layer_norm(line, gain, shift, EPSILON_HEAD, line)


@njit(cache=True, error_model="numpy")
def attend(query, key, value, grid, width, heads, out, work):
    """Attention of each clip to itself: softmax of q k / sqrt(d), times v; head by head.

    The scores of the last clip's last head remain at the beginning of `work`.
    """
    start = 0
    for clip in range(grid.size // GRID):
        length = length_of(grid, clip)
        for head in range(heads):
            attend_head(query, key, value, start, length, width, heads, head, out, work)
        start += length


@njit(cache=True, error_model="numpy")
def attend_head(query, key, value, start, length, width, heads, head, out, work):
    """One head of one clip; copies queries, keys (transposed) and values side by side."""
    each = width // heads
    size = length * each
    scores = work[: length * length]
    rest = work[length * length :]
    q, k, v, mixed = rest[:size], rest[size:], rest[2 * size :], rest[3 * size :]
    scale = np.float32(1.0 / sqrt(float(each)))
    for row in range(length):
        at = (start + row) * width + head * each
        for j in range(each):
            q[row * each + j] = query[at + j] * scale
            k[j * length + row] = key[at + j]
            v[row * each + j] = value[at + j]
            mixed[row * each + j] = ZERO
    for place in range(scores.size):
        scores[place] = ZERO
    product(q, k, scores, length, each, length)
    for row in range(length):
        softmax(scores[row * length : (row + 1) * length])
    product(scores, v, mixed, length, length, each)
    for row in range(length):
        at = (start + row) * width + head * each
        for j in range(each):
            out[at + j] = mixed[row * each + j]


@njit(cache=True, error_model="numpy")
def block(weights, places, sizes, number, grid, conditions, stream, work):
    """Change the stream by one block: attention, then feed-forward, both modulated."""
    width, hidden, heads = sizes[WIDTH], sizes[HIDDEN], sizes[HEADS]
    rows, clips, first = rows_of(grid), grid.size // GRID, BEFORE + EACH * number
    size = rows * width
    normed, query, key = work[:size], work[size : 2 * size], work[2 * size : 3 * size]
    value, mixed = work[3 * size : 4 * size], work[4 * size : 5 * size]
    inner = work[5 * size : 5 * size + rows * hidden]
    vectors = work[5 * size + rows * hidden :]
    rest = vectors[6 * width * clips :]
    modulations(weights, places, first + MODULATE_1, sizes, conditions, clips, vectors)
    gain, shift = (
        tensor(weights, places, first + NORM_1),
        tensor(weights, places, first + NORM_1 + 1),
    )
    modulated(stream, grid, width, gain, shift, vectors, normed)
    apply(weights, places, first + QUERY, normed, query, rows, width, width)
    apply(weights, places, first + KEY, normed, key, rows, width, width)
    apply(weights, places, first + VALUE, normed, value, rows, width, width)
    norm_heads(weights, places, first + NORM_QUERY, query, rows, heads, width // heads)
    norm_heads(weights, places, first + NORM_KEY, key, rows, heads, width // heads)
    attend(query, key, value, grid, width, heads, mixed, rest)
    apply(weights, places, first + JOIN, mixed, normed, rows, width, width)
    add_gated(stream, grid, width, vectors, normed)
    modulations(weights, places, first + MODULATE_2, sizes, conditions, clips, vectors)
    gain, shift = (
        tensor(weights, places, first + NORM_2),
        tensor(weights, places, first + NORM_2 + 1),
    )
    modulated(stream, grid, width, gain, shift, vectors, normed)
    apply(weights, places, first + FEED_1, normed, inner, rows, width, hidden)
    gelu(inner)
    apply(weights, places, first + FEED_2, inner, normed, rows, hidden, width)
    add_gated(stream, grid, width, vectors, normed)


@njit(cache=True, error_model="numpy")
def finish(weights, places, sizes, grid, conditions, stream, out, work):
    """Write the velocity of every patch: two norms, the last modulation, the last layer."""
    width, inputs, clips = sizes[WIDTH], sizes[INPUTS], grid.size // GRID
    first = BEFORE + EACH * sizes[DEPTH]
    vectors, line = work[: 2 * width], work[2 * width : 3 * width]
    row, patch = 0, 0
    for clip in range(clips):
        own = conditions[clip * sizes[CONDITION] :]
        apply(weights, places, first + MODULATE_OUT, own, vectors, 1, sizes[CONDITION], 2 * width)
        row += grid[GRID * clip]
        for _ in range(length_of(grid, clip) - grid[GRID * clip]):
            gain = tensor(weights, places, first + NORM_FINAL)
            shift = tensor(weights, places, first + NORM_FINAL + 1)
            layer_norm(stream[row * width : (row + 1) * width], gain, shift, EPSILON, line)
            gain = tensor(weights, places, first + NORM_OUT)
            shift = tensor(weights, places, first + NORM_OUT + 1)
            layer_norm(line, gain, shift, EPSILON, line)
            for j in range(width):
                line[j] = line[j] * (ONE + vectors[width + j]) + vectors[j]
            apply(weights, places, first + LAST, line, out[patch * inputs :], 1, width, inputs)
            row, patch = row + 1, patch + 1


@njit(cache=True, error_model="numpy")
def velocity(weights, places, sizes, grid, tokens, patches, times, out, work):
    """Write the velocity of every patch of every clip; `times` has one number per clip."""
    clips = grid.size // GRID
    inner, size = sizes[CONDITION], rows_of(grid) * sizes[WIDTH]
    stream, conditions = work[:size], work[size : size + clips * inner]
    rest = work[size + clips * inner :]
    for clip in range(clips):
        own = conditions[clip * inner : (clip + 1) * inner]
        condition_of(weights, places, sizes, times[clip], rest[: sizes[WIDTH]], own)
    embed(weights, places, sizes, grid, tokens, patches, stream)
    for number in range(sizes[DEPTH]):
        block(weights, places, sizes, number, grid, conditions, stream, rest)
    finish(weights, places, sizes, grid, conditions, stream, out, rest)
