"""A changed architecture lowered to the coefficients that `calculator_kernels.py` reads.

`compose` takes a published model as the numbers of `custom_rows.py` and the reader's choices, and
writes the same row that `calculator.model_row` derives from the list of operations on symbols.
Tests compare the two, term by term. Values are whole numbers in float64, exact below 2^53.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import floor

from numba import njit

from rebuilt.cost.engine.block_kernels import (
    EMBEDDING,
    LAST,
    MODULATION,
    ONE,
    A,
    V,
    expert,
    joint,
    linear,
    monomial,
    parallel,
    pool,
    put,
    refine,
    sequence,
)
from rebuilt.cost.engine.calculator_kernels import (
    CYCLE,
    DECODE,
    ENCODE,
    ENCODE_TEXT,
    GEOMETRY,
    OPERATIONS,
    OTHERS,
    PARAMETERS,
    PATCH,
    PRODUCT,
    ROW,
    ROWS,
    STREAM,
    TILES,
    ULYSSES,
)

# Places of the choices (choices.CHOICES); a value out of its range has code 1 + place.
BLOCKS, DEPTH, MORE_BLOCKS, MORE_DEPTH, WIDTH, HEADS, HIDDEN = range(7)
PATCH_FRAMES, PATCH_SIDE, FRAMES_RULE, FRAMES_STRIDE, SIDE_STRIDE, CHANNELS, TEXT = range(7, 14)
CHOICES = 14
NO_BLOCKS, NO_DEPTH, HEADS_DIVIDE, ONE_FRAME, NO_CHUNK = range(15, 20)
READS_TEXT, MORE_READ_TEXT, NO_TEXT = range(20, 23)

# Places of a published model: header, decoder, layers, tables, then rows of blocks.
HAS_TEXT, PADS, ROUNDS_DOWN, CHUNK = range(4)
OWN_GEOMETRY, NETWORK, CYCLES, ENCODERS, AUTOENCODER = 4, 8, 9, 10, 11
OWN_ENCODE, OWN_TILES, PATCH_BIAS, INTO, OUT, OWN_KINDS = 12, 15, 22, 23, 25, 27
OUTPUT, OWN_DECODE = 29, 35
LAYERS, LAYER, LAYER_FIELDS = 79, 16, 9
TABLES, TABLE, TABLE_FIELDS = 223, 4, 3
REFINER, POOL, OWN_BLOCKS, KINDS, FIELDS = 235, 258, 281, 327, 23


@njit(cache=True, error_model="numpy")
def block(model, published, slot, kind, depth, width, heads, hidden):
    """One group of blocks: as published if the kind is, else as the model that stands for it."""
    own = published[OWN_KINDS + slot] == kind
    start = OWN_BLOCKS + FIELDS * slot if own else KINDS + FIELDS * (int(kind) - 1)
    row = published[start : start + FIELDS]
    if kind == 7.0:
        return depth * joint(model, slot, row, depth, width, heads, hidden)
    if kind == 8.0:
        return depth * parallel(model, slot, row, depth, width, heads, hidden)
    if kind == 9.0:
        return depth * expert(model, slot, row, depth, width, heads, hidden)
    return depth * sequence(model, slot, row, kind, depth, width, heads, hidden)


@njit(cache=True, error_model="numpy")
def embed(model, published, choice):
    """Patches, embedders, tables and what follows the last block."""
    width = choice[WIDTH]
    volume = choice[PATCH_FRAMES] * choice[PATCH_SIDE] * choice[PATCH_SIDE]
    into = published[INTO] + published[INTO + 1] * choice[CHANNELS]
    out = published[OUT] + published[OUT + 1] * choice[CHANNELS]
    linear(model, EMBEDDING, V, 1.0, into * volume, width, published[PATCH_BIAS])
    for place in range(LAYER):
        start = LAYERS + LAYER_FIELDS * place
        own = published[start : start + LAYER_FIELDS]
        columns, times = own[2] + own[3] * width, own[5]
        inner = own[0] + own[1] * width
        power, group = monomial(own[4]), MODULATION if own[6] == 1.0 else EMBEDDING
        group = LAST if own[6] == 2.0 else group
        put(model, group, power, times * 2.0 * inner * columns)
        put(model, PRODUCT, power, times * 2.0 * inner * columns)
        put(model, PARAMETERS, ONE, (1.0 if times > 0.0 else 0.0) * (inner + own[7]) * columns)
        put(model, STREAM, power, times * 2.0 * own[8] * columns)
    for place in range(TABLE):
        start = TABLES + TABLE_FIELDS * place
        entries = published[start] * (width if published[start + 1] == 1.0 else 1.0)
        put(model, PARAMETERS, A if published[start + 2] == 1.0 else ONE, entries)
    put(model, STREAM, V, 4.0 * width)
    put(model, PARAMETERS, ONE, (published[OUTPUT + 5] + published[OUTPUT + 4]) * width)
    linear(model, LAST, V, 1.0, width, out * volume, 1.0)
    if published[OUTPUT] > 0.0:
        condition = published[OUTPUT + 2] + published[OUTPUT + 3] * width
        power = monomial(published[OUTPUT + 1])
        linear(model, MODULATION, power, 1.0, condition, published[OUTPUT] * width, 1.0)


@njit(cache=True, error_model="numpy")
def compress(model, published, choice):
    """Write rules, geometry and patches, and the decoder where the geometry is its own."""
    rule, stride, side = choice[FRAMES_RULE], choice[FRAMES_STRIDE], choice[SIDE_STRIDE]
    network = 1.0 if rule == 0.0 else rule
    latents = 1.0 if published[ROUNDS_DOWN] == 1.0 else side
    model[0] = rule
    model[1] = stride
    model[3] = side
    model[4] = latents if published[PADS] == 1.0 else side * choice[PATCH_SIDE]
    model[7] = published[HAS_TEXT]
    model[8] = choice[TEXT]
    model[GEOMETRY] = network
    model[GEOMETRY + 1] = stride
    model[GEOMETRY + 2] = side
    model[GEOMETRY + 3] = published[CHUNK] if network == 4.0 else 1.0
    model[PATCH] = choice[PATCH_FRAMES]
    model[PATCH + 1] = choice[PATCH_SIDE]
    model[PATCH + 2] = choice[PATCH_SIDE]
    own = published[NETWORK] == 1.0 and network == published[OWN_GEOMETRY]
    own = own and stride == published[OWN_GEOMETRY + 1] and side == published[OWN_GEOMETRY + 2]
    own = own and choice[CHANNELS] == published[OWN_GEOMETRY + 3]
    model[CYCLE - 1] = 1.0 if own else 0.0
    model[CYCLE] = published[CYCLES] if own else 1.0
    model[OTHERS] = published[ENCODERS] + (published[AUTOENCODER] if own else 0.0)
    model[ENCODE] = published[OWN_ENCODE]
    model[ENCODE_TEXT] = published[OWN_ENCODE + 1]
    model[ENCODE_TEXT + 1] = published[OWN_ENCODE + 2]
    for place in range(7):
        model[TILES + place] = published[OWN_TILES + place] if own else 1.0
    model[TILES] = published[OWN_TILES] if own else 0.0
    for place in range(4 * ROW):
        model[ROWS + DECODE * ROW + place] = published[OWN_DECODE + place] if own else 0.0


@njit(cache=True, error_model="numpy")
def choice_refusal(published, choice, least, largest):
    """Code of the first reason why an architecture is none, 0 if it is one."""
    for place in range(CHOICES):
        value = choice[place]
        if not (value >= least[place] and value <= largest[place]) or value != floor(value):
            return 1 + place
    kind, more, text = choice[BLOCKS], choice[MORE_BLOCKS], published[HAS_TEXT]
    rule, stride = choice[FRAMES_RULE], choice[FRAMES_STRIDE]
    if kind == 0.0:
        return NO_BLOCKS
    if more > 0.0 and choice[MORE_DEPTH] < 1.0:
        return NO_DEPTH
    if choice[WIDTH] != choice[HEADS] * floor(choice[WIDTH] / choice[HEADS]):
        return HEADS_DIVIDE
    if rule < 2.0 and stride != 1.0:
        return ONE_FRAME
    if rule == 4.0 and published[CHUNK] == 0.0:
        return NO_CHUNK
    if text == 0.0 and (kind > 6.0 or kind == 2.0 or kind == 4.0 or kind == 6.0):
        return READS_TEXT
    if text == 0.0 and (more > 6.0 or more == 2.0 or more == 4.0 or more == 6.0):
        return MORE_READ_TEXT
    if (text == 0.0) != (choice[TEXT] == 0.0):
        return NO_TEXT
    return 0


@njit(cache=True, error_model="numpy")
def compose(published, choice, least, largest, model, out):
    """Write the row of a changed model, and what a form needs of it.

    published, choice, least, largest : float64 arrays
        `custom_rows.published_row`, and values and limits in the order of choices.CHOICES.
    model : float64 array
        In the order of calculator.MODEL and calculator.ROW_NAMES; all of it is written.
    out : float64 array
        In the order of choices.COMPOSED: code, widths near a refused one, first values and steps.
    """
    for place in range(model.size):
        model[place] = 0.0
    for place in range(out.size):
        out[place] = 0.0
    code = choice_refusal(published, choice, least, largest)
    out[0] = code
    if code > 0:
        if code == HEADS_DIVIDE:
            below = choice[HEADS] * floor(choice[WIDTH] / choice[HEADS])
            above = below + choice[HEADS]
            out[1] = below
            out[2] = above if above <= largest[WIDTH] else 0.0
        return
    width, heads, hidden = choice[WIDTH], choice[HEADS], choice[HIDDEN]
    compress(model, published, choice)
    embed(model, published, choice)
    operations = block(model, published, 0, choice[BLOCKS], choice[DEPTH], width, heads, hidden)
    if choice[MORE_BLOCKS] > 0.0:
        operations += block(
            model, published, 1, choice[MORE_BLOCKS], choice[MORE_DEPTH], width, heads, hidden
        )
    if published[REFINER] > 0.0:
        operations += refine(model, published[REFINER : REFINER + FIELDS], width, heads, hidden)
    if published[POOL] > 0.0:
        pool(model, published[POOL : POOL + FIELDS], width)
    model[OPERATIONS] = operations
    for gpus in range(1, 9):
        for degree in range(1, gpus + 1):
            whole = heads == degree * floor(heads / degree)
            if whole and gpus - gpus // degree * degree == 0:
                model[ULYSSES + gpus - 1] = degree
    rule, side, multiple = choice[FRAMES_RULE], model[3], model[4]
    out[3] = choice[FRAMES_STRIDE] if rule == 2.0 else 1.0
    out[4] = choice[FRAMES_STRIDE] if rule == 2.0 or rule == 3.0 else 1.0
    out[5] = multiple * floor((side + multiple - 1.0) / multiple)
    out[6] = multiple
