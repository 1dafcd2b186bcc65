"""One group of blocks as coefficients: the compiled twin of `blocks.py`, for changed models.

Each function adds to the rows of a model (`calculator.ROW_NAMES`) what `depth` equal blocks cost:
FLOPs by group, products, padded attention, traffic, values exchanged, bytes alive. A block is a row
of FIELDS, whose names are those of `custom_rows.FIELDS`; the constants are those of
`operations.py` and `work.py`, with which tests compare every coefficient.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import floor

from numba import njit

from rebuilt.cost.engine.calculator_kernels import (
    ALIVE,
    ATTENTION,
    EXCHANGE,
    EXCHANGED,
    HEAD,
    PARAMETERS,
    PRODUCT,
    ROW,
    ROWS,
    STREAM,
)

# Places in one row of a group of blocks.
PRESENT, GATED, BIAS_QKV, BIAS_OUT, BIAS_HIDDEN, QK_NORM, ADALN, ADALN_ROWS = range(8)
LEARNED, NORMS, ROTARY, FRAME_TEXT, CROSS_NORM, AFFINE = range(8, 14)
TEXT_WIDTH, TEXT_HIDDEN = 14, 16  # each a constant, and a multiple of the main width
ADALN_TEXT, ADALN_LAST, ENDS_TEXT, SECOND, CONDITION = range(18, 23)

# Groups of FLOPs in the row, and monomials of codes.MONOMIALS: F frames, A area, T text, V = F A.
PROJECTION, SELF, FEED, CROSS, MODULATION, EMBEDDING, LAST = range(7)
ONE, F, A, T, V, FT, VT, VA, VF, VV, TT = range(11)


@njit(cache=True, error_model="numpy")
def monomial(rows):
    """Monomial of a layer's rows: one, text, video, frames, area, frames x text."""
    if rows == 0.0:
        return ONE
    if rows == 1.0:
        return T
    if rows == 2.0:
        return V
    if rows == 3.0:
        return F
    return A if rows == 4.0 else FT


@njit(cache=True, error_model="numpy")
def put(model, place, power, value):
    """Add to one coefficient."""
    model[ROWS + place * ROW + power] += value


@njit(cache=True, error_model="numpy")
def flow(model, place, both, value):
    """Add for every video token and, if `both` is 1, for every text token."""
    put(model, place, V, value)
    put(model, place, T, both * value)


@njit(cache=True, error_model="numpy")
def linear(model, group, power, times, inner, columns, bias):
    """Add `times` layers of own weights on rows of one kind."""
    put(model, group, power, times * 2.0 * inner * columns)
    put(model, PRODUCT, power, times * 2.0 * inner * columns)
    put(model, PARAMETERS, ONE, times * (inner * columns + bias * columns))


@njit(cache=True, error_model="numpy")
def joined(model, group, times, inner, columns, bias):
    """Add `times` layers whose weights video and text tokens share."""
    linear(model, group, V, times, inner, columns, bias)
    put(model, group, T, times * 2.0 * inner * columns)
    put(model, PRODUCT, T, times * 2.0 * inner * columns)


@njit(cache=True, error_model="numpy")
def attend(model, group, power, depth, heads, head, pairs):
    """FLOPs of attention, as they are and with heads padded as kernels do."""
    padded = 32.0 * floor((head + 31.0) / 32.0)
    put(model, group, power, 4.0 * depth * pairs * heads * head)
    put(model, ATTENTION, power, 4.0 * depth * pairs * heads * padded)


@njit(cache=True, error_model="numpy")
def attend_both(model, group, depth, heads, head):
    """Attention among video and text tokens together: (video + text) squared pairs."""
    attend(model, group, VV, depth, heads, head, 1.0)
    attend(model, group, VT, depth, heads, head, 2.0)
    attend(model, group, TT, depth, heads, head, 1.0)


@njit(cache=True, error_model="numpy")
def norm_queries(model, kind, power, depth, heads, head):
    """Norms of queries and keys on rows of one head; a short head reads as many rows."""
    if kind > 0.0:
        put(model, HEAD, power, depth * 4.0 * heads * (128.0 if head < 128.0 else head))
        norm_parameters(model, kind, depth, heads, head)


@njit(cache=True, error_model="numpy")
def norm_parameters(model, kind, depth, heads, head):
    """Scales (and offsets) of queries and keys."""
    learned = head if kind == 1.0 else (2.0 * head if kind == 2.0 else heads * head)
    put(model, PARAMETERS, ONE, depth * 2.0 * learned)


@njit(cache=True, error_model="numpy")
def project(model, group, power, depth, row, inner, width, out):
    """Make queries, keys and values of one stream, and their output if `out` is 1."""
    linear(model, group, power, 3.0 * depth, width, inner, row[BIAS_QKV])
    linear(model, group, power, out * depth, inner, width, row[BIAS_OUT])


@njit(cache=True, error_model="numpy")
def feed(model, group, power, depth, row, width, hidden):
    """Two layers of the feed-forward part; a gated one makes two hidden vectors."""
    gates = 1.0 + row[GATED]
    linear(model, group, power, depth, width, hidden * gates, row[BIAS_HIDDEN])
    linear(model, group, power, depth, hidden, width, row[BIAS_HIDDEN])
    put(model, STREAM, power, depth * (2.0 + row[GATED]) * hidden)


@njit(cache=True, error_model="numpy")
def hold(model, slot, both, width, inner, widest):
    """Bytes alive at the widest moment of a block, and its buffers of an exchange."""
    flow(model, ALIVE + slot, both, 6.0 * width + 2.0 * widest)
    flow(model, EXCHANGED + slot, both, 12.0 * inner)


@njit(cache=True, error_model="numpy")
def sequence(model, slot, row, kind, depth, width, heads, hidden):
    """Blocks of one stream; kinds 1, 3, 5 attend to all, in a frame, over time; 2, 4, 6 read text.

    Returns operations of one block, as `work.operation_count` counts them.
    """
    head = width / heads
    modulated = 1.0 if row[ADALN] + row[LEARNED] > 0.0 else 0.0
    put(model, STREAM, V, depth * 2.0 * (5.0 + 4.0 * modulated) * width)
    put(model, PARAMETERS, ONE, depth * (row[NORMS] + row[LEARNED]) * width)
    project(model, PROJECTION, V, depth, row, width, width, 1.0)
    norm_queries(model, row[QK_NORM], V, depth, heads, head)
    put(model, HEAD, V, depth * 4.0 * row[ROTARY] * width)
    power = VV if kind < 3.0 else (VA if kind < 5.0 else VF)
    attend(model, SELF, power, depth, heads, head, 1.0)
    feed(model, FEED, V, depth, row, width, hidden)
    operations = 10.0 + row[ROTARY] + (1.0 if row[QK_NORM] > 0.0 else 0.0)
    if row[ADALN] > 0.0:
        power = monomial(row[ADALN_ROWS])
        linear(model, MODULATION, power, depth, width, row[ADALN] * width, 1.0)
        operations += 1.0
    if kind == 2.0 or kind == 4.0 or kind == 6.0:
        cross(model, row, depth, width, heads)
        operations += 6.0 + (1.0 if row[CROSS_NORM] > 0.0 else 0.0)
    put(model, EXCHANGE, V, depth * width)
    hold(model, slot, 0.0, width, width, max(4.0 * width, (2.0 + row[GATED]) * hidden))
    return operations


@njit(cache=True, error_model="numpy")
def cross(model, row, depth, width, heads):
    """Video tokens ask, text tokens answer, once or for every frame."""
    head, text = width / heads, row[TEXT_WIDTH] + row[TEXT_WIDTH + 1] * width
    put(model, STREAM, V, depth * (3.0 + 2.0 * row[AFFINE]) * width)
    put(model, PARAMETERS, ONE, depth * 2.0 * row[AFFINE] * width)
    linear(model, CROSS, V, depth, width, width, row[BIAS_QKV])
    power = FT if row[FRAME_TEXT] == 1.0 else T
    linear(model, CROSS, power, 2.0 * depth, text, width, row[BIAS_QKV])
    if row[CROSS_NORM] > 0.0:
        put(model, STREAM, V, depth * 4.0 * width)
        norm_parameters(model, row[CROSS_NORM], depth, heads, head)
    attend(model, CROSS, VT, depth, heads, head, 1.0)
    linear(model, CROSS, V, depth, width, width, row[BIAS_OUT])


@njit(cache=True, error_model="numpy")
def joint(model, slot, row, depth, width, heads, hidden):
    """Two streams that attend together; the last block may drop the text behind its attention."""
    head, text = width / heads, row[TEXT_WIDTH] + row[TEXT_WIDTH + 1] * width
    text_hidden = row[TEXT_HIDDEN] + row[TEXT_HIDDEN + 1] * hidden
    last = row[ENDS_TEXT]
    vectors = row[ADALN_LAST] if row[ADALN_LAST] > 0.0 else row[ADALN_TEXT]
    linear(model, MODULATION, ONE, depth, width, row[ADALN] * width, 1.0)
    linear(model, MODULATION, ONE, depth - last, width, row[ADALN_TEXT] * text, 1.0)
    linear(model, MODULATION, ONE, last, width, vectors * text, 1.0)
    put(model, STREAM, V, depth * 18.0 * width)
    put(model, STREAM, T, depth * 18.0 * text)
    project(model, PROJECTION, V, depth, row, width, width, 1.0)
    project(model, PROJECTION, T, depth - last, row, width, text, 1.0)
    project(model, PROJECTION, T, last, row, width, text, 0.0)
    norm_queries(model, row[QK_NORM], V, depth, heads, head)
    norm_queries(model, row[QK_NORM], T, depth, heads, head)
    put(model, HEAD, V, depth * 4.0 * row[ROTARY] * width)
    attend_both(model, SELF, depth, heads, head)
    feed(model, FEED, V, depth, row, width, hidden)
    feed(model, FEED, T, depth - last, row, text, text_hidden)
    normed = 1.0 if row[QK_NORM] > 0.0 else 0.0
    operations = 19.0 + 2.0 * normed + row[ROTARY]
    if row[SECOND] == 1.0:
        project(model, PROJECTION, V, depth, row, width, width, 1.0)
        norm_queries(model, row[QK_NORM], V, depth, heads, head)
        attend(model, SELF, VV, depth, heads, head, 1.0)
        put(model, STREAM, V, depth * 7.0 * width)
        operations += 6.0 + normed
    flow(model, EXCHANGE, 1.0, depth * width)
    hold(model, slot, 1.0, width, width, max(4.0 * width, (2.0 + row[GATED]) * hidden))
    return operations


@njit(cache=True, error_model="numpy")
def parallel(model, slot, row, depth, width, heads, hidden):
    """One joined stream with attention and feed-forward side by side."""
    head, normed = width / heads, 1.0 if row[QK_NORM] > 0.0 else 0.0
    linear(model, MODULATION, ONE, depth, width, row[ADALN] * width, 1.0)
    flow(model, STREAM, 1.0, depth * (9.0 * width + 2.0 * hidden))
    joined(model, PROJECTION, 3.0 * depth, width, width, row[BIAS_QKV])
    joined(model, PROJECTION, depth, width, width, row[BIAS_OUT])
    norm_queries(model, row[QK_NORM], V, depth, heads, head)
    put(model, HEAD, T, normed * depth * 4.0 * heads * (128.0 if head < 128.0 else head))
    flow(model, HEAD, 1.0, depth * 4.0 * row[ROTARY] * width)
    attend_both(model, SELF, depth, heads, head)
    joined(model, FEED, depth, width, hidden, row[BIAS_HIDDEN])
    joined(model, FEED, depth, hidden, width, 0.0)
    flow(model, EXCHANGE, 1.0, depth * width)
    hold(model, slot, 1.0, width, width, 4.0 * width + 2.0 * hidden)
    return 10.0 + normed + row[ROTARY]


@njit(cache=True, error_model="numpy")
def expert(model, slot, row, depth, width, heads, hidden):
    """One joined stream, shared weights, separate modulation of text and video."""
    head, normed = width / heads, 1.0 if row[QK_NORM] > 0.0 else 0.0
    linear(model, MODULATION, ONE, 2.0 * depth, row[CONDITION], row[ADALN] * width, 1.0)
    flow(model, STREAM, 1.0, depth * 18.0 * width)
    put(model, PARAMETERS, ONE, depth * row[NORMS] * width)
    joined(model, PROJECTION, 3.0 * depth, width, width, row[BIAS_QKV])
    joined(model, PROJECTION, depth, width, width, row[BIAS_OUT])
    norm_queries(model, row[QK_NORM], V, depth, heads, head)
    put(model, HEAD, T, normed * depth * 4.0 * heads * (128.0 if head < 128.0 else head))
    put(model, HEAD, V, depth * 4.0 * row[ROTARY] * width)
    attend_both(model, SELF, depth, heads, head)
    gates = 1.0 + row[GATED]
    joined(model, FEED, depth, width, hidden * gates, row[BIAS_HIDDEN])
    joined(model, FEED, depth, hidden, width, row[BIAS_HIDDEN])
    flow(model, STREAM, 1.0, depth * (2.0 + row[GATED]) * hidden)
    flow(model, EXCHANGE, 1.0, depth * width)
    hold(model, slot, 1.0, width, width, max(4.0 * width, (2.0 + row[GATED]) * hidden))
    return 11.0 + normed + row[ROTARY]


@njit(cache=True, error_model="numpy")
def refine(model, row, width, heads, hidden):
    """Self-attention among text tokens ahead of the transformer."""
    depth, own = row[PRESENT], row[TEXT_HIDDEN] + row[TEXT_HIDDEN + 1] * hidden
    linear(model, EMBEDDING, ONE, depth, width, row[ADALN] * width, 1.0)
    put(model, STREAM, T, depth * 14.0 * width)
    put(model, PARAMETERS, ONE, depth * row[NORMS] * width)
    project(model, EMBEDDING, T, depth, row, width, width, 1.0)
    attend(model, EMBEDDING, TT, depth, heads, width / heads, 1.0)
    feed(model, EMBEDDING, T, depth, row, width, own)
    put(model, ALIVE + 2, T, 6.0 * width + 2.0 * max(4.0 * width, 2.0 * own))
    return depth * 10.0


@njit(cache=True, error_model="numpy")
def pool(model, row, width):
    """One query, the mean of the text, attends to that mean and to every text token."""
    own, out = row[TEXT_WIDTH], row[CONDITION] * width
    linear(model, EMBEDDING, T, 1.0, own, 2.0 * own, 1.0)
    put(model, EMBEDDING, ONE, 4.0 * own * own)  # the mean itself, with the same weights
    put(model, PRODUCT, ONE, 4.0 * own * own)
    linear(model, EMBEDDING, ONE, 1.0, own, own, 1.0)
    linear(model, EMBEDDING, ONE, 1.0, own, out, 1.0)
    for place in (EMBEDDING, ATTENTION):
        put(model, place, T, 4.0 * own)
        put(model, place, ONE, 4.0 * own)
