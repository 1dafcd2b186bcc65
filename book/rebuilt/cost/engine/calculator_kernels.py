"""Everything that the page's calculator computes, as one kernel over four arrays of float64.

It calls the kernels of `kernels.py` and `timing_kernels.py` and adds what joins them, in the order
of `totals.py`, `hardware.py` and `memory.py`, with which tests compare it. Places in the arrays
are the names of `calculator.py`, which a test compares too. FLOPs are float64 here, since clips of
minutes go past int64: exact below 2^53, and beyond it as near as float64 can be.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import floor

from numba import njit

from rebuilt.cost.engine.kernels import evaluate, latent_frames, latent_side, patches, refusal
from rebuilt.cost.engine.timing_kernels import (
    clip_joules,
    clip_seconds,
    device_seconds,
    exchange_bytes,
    host_seconds,
    merge_seconds,
)

REFUSALS = 17  # codes of refusals are below; `whole` and `beyond` of each of seven fields follow

# Places in `model`: rules 0 to 8, geometry and constants, then rows of 11 coefficients.
RULE, GEOMETRY, PATCH, ENCODE, CYCLE, OPERATIONS, OTHERS, ULYSSES = 0, 9, 13, 16, 18, 19, 20, 21
ENCODE_TEXT, TILES = 29, 31
ROWS, ROW = 38, 11
GROUPS, PARAMETERS, PRODUCT, ATTENTION, STREAM, HEAD, EXCHANGE = 0, 8, 9, 10, 11, 12, 13
DECODE, ALIVE, EXCHANGED = 14, 18, 22


@njit(cache=True, error_model="numpy")
def row(model, place, frames, area, text):
    """Value of one row of a model's coefficients."""
    start = ROWS + place * ROW
    return evaluate(model[start : start + ROW], frames, area, text)


@njit(cache=True, error_model="numpy")
def not_whole(clip, largest):
    """Code of the first field that is not whole or too large, 0 if there is none.

    Steps and passes come first, as in `totals.inference`, then sizes, then GPUs.
    """
    for turn in range(7):
        field = turn + 4 if turn < 2 else (turn - 2 if turn < 6 else 6)
        value = clip[field]
        if value != floor(value):  # nan too
            return REFUSALS + field
        counted = field >= 4 and value < 1.0
        if counted or not value <= largest[field]:
            return REFUSALS + 7 + field
    return 0


@njit(cache=True, error_model="numpy")
def refusal_of(model, frames, height, width, text):
    """Code of the rule of a model that a clip of whole sizes breaks."""
    return refusal(
        frames,
        height,
        width,
        text,
        int(model[0]),
        int(model[1]),
        int(model[2]),
        int(model[3]),
        int(model[4]),
        int(model[5]),
        int(model[6]),
        int(model[7]),
        int(model[8]),
    )


@njit(cache=True, error_model="numpy")
def about(code, field):
    """Whether a refusal is about frames (0), height (1) or width (2); 0 or 1."""
    frames = code == 1 or (code >= 6 and code <= 8)
    height = code == 2 or code == 9 or code == 11 or code == 13
    width = code == 3 or code == 10 or code == 12 or code == 14
    kept = frames if field == 0 else (height if field == 1 else width)
    return 1 if kept else 0


@njit(cache=True, error_model="numpy")
def near(model, frames, height, width, text, field, step):
    """Value of one field next below (step -1) or above (1) that keeps all rules about the field.

    0 if there is none within the larger of stride and side_multiple.
    """
    value = frames if field == 0 else (height if field == 1 else width)
    for _ in range(max(int(model[1]), int(model[4]))):
        value = value + step
        if value < 1:
            return 0
        code = refusal_of(
            model,
            value if field == 0 else frames,
            value if field == 1 else height,
            value if field == 2 else width,
            text,
        )
        if about(code, field) == 0:
            return value
    return 0


@njit(cache=True, error_model="numpy")
def judge(model, clip, largest, out):
    """Write code and near values of a clip; places 0 to 2 of `out`."""
    out[1] = 0.0
    out[2] = 0.0
    code = not_whole(clip, largest)
    if code == 0:
        frames, height, width = int(clip[0]), int(clip[1]), int(clip[2])
        text = int(clip[3])
        code = refusal_of(model, frames, height, width, text)
        for field in range(3):
            if about(code, field) == 1:
                out[1] = near(model, frames, height, width, text, field, -1)
                out[2] = near(model, frames, height, width, text, field, 1)
    out[0] = code
    return code


@njit(cache=True, error_model="numpy")
def tiles(model, frames, height, width):
    """Tiles that fit the latent along each axis, for decoders that work in overlapping ones."""
    along = max(floor((frames - model[TILES + 1]) / model[TILES + 4]) + 1.0, 0.0)
    down = max(floor((height - model[TILES + 2]) / model[TILES + 5]) + 1.0, 0.0)
    across = max(floor((width - model[TILES + 3]) / model[TILES + 6]) + 1.0, 0.0)
    return along * down * across


@njit(cache=True, error_model="numpy")
def count(model, clip, out):
    """Write sizes and FLOPs of an accepted clip; places 3 to 22 of `out`."""
    frames = latent_frames(int(model[9]), int(clip[0]), int(model[10]), int(model[12]))
    height = latent_side(int(clip[1]), int(model[11]))
    width = latent_side(int(clip[2]), int(model[11]))
    rows, columns = patches(height, int(model[14])), patches(width, int(model[15]))
    cut, area, text = float(patches(frames, int(model[13]))), float(rows * columns), clip[3]
    out[3] = frames
    out[4] = height
    out[5] = width
    out[6] = cut * area
    out[7] = text
    forward = 0.0
    for group in range(8):
        out[8 + group] = row(model, GROUPS + group, cut, area, text)
        forward += out[8 + group]
    cycle = int(model[CYCLE])
    part = DECODE + frames - frames // cycle * cycle
    prompts = 1.0 if clip[5] == 1.0 else 2.0
    out[16] = forward
    out[17] = clip[4] * clip[5] * forward
    encode = model[ENCODE] + text * (model[ENCODE_TEXT] + text * model[ENCODE_TEXT + 1])
    out[18] = prompts * encode
    out[19] = row(model, part, float(frames), float(height * width), 0.0)
    out[19] += model[TILES] * tiles(model, float(frames), float(height), float(width))
    out[20] = out[17] + out[18] + out[19]
    out[21] = row(model, PARAMETERS, cut, area, text)
    out[22] = cut


@njit(cache=True, error_model="numpy")
def spend(model, clip, machine, cut, area, text, out):
    """Write seconds of one step by what they are spent on; places 26 to 33 of `out`."""
    gpus, passes = clip[6], clip[5]
    ulysses = model[ULYSSES + int(gpus) - 1]
    ring = gpus / ulysses
    peak, bandwidth = machine[0] * 1e12, machine[1] * 1e12
    rate, attention_rate = 1.0 / (machine[6] * peak), 1.0 / (machine[7] * peak)
    per_byte, head_weight = 1.0 / (machine[8] * bandwidth), machine[13]
    product, attention = (
        row(model, PRODUCT, cut, area, text),
        row(model, ATTENTION, cut, area, text),
    )
    stream, head = row(model, STREAM, cut, area, text), row(model, HEAD, cut, area, text)
    moved = row(model, EXCHANGE, cut, area, text)
    out[26] = passes * device_seconds(
        product, 0.0, 0.0, 0.0, rate, attention_rate, per_byte, head_weight, gpus
    )
    out[27] = passes * device_seconds(
        0.0, attention, 0.0, 0.0, rate, attention_rate, per_byte, head_weight, gpus
    )
    out[28] = passes * device_seconds(
        0.0, 0.0, stream, 0.0, rate, attention_rate, per_byte, head_weight, gpus
    ) + passes * device_seconds(
        0.0, 0.0, 0.0, head, rate, attention_rate, per_byte, head_weight, gpus
    )
    out[29] = passes * merge_seconds(moved, ring, per_byte, machine[14], gpus)
    link = machine[4] * 1e9 * machine[15]
    out[30] = passes * exchange_bytes(moved, ulysses, ring, gpus) / link
    out[31] = host_seconds(model[OPERATIONS], ulysses, ring, machine[16], machine[17], machine[18])
    out[32] = out[19] / (machine[9] * peak)
    out[33] = out[18] * rate


@njit(cache=True, error_model="numpy")
def bill(clip, machine, out):
    """Write seconds with their interval, joules, dollars and what the seconds are spent on."""
    steps, gpus, tdp = clip[4], clip[6], machine[3]
    device = out[26] + out[27] + out[28] + out[29] + out[30]
    host, single = out[31], out[32] + out[33]
    seconds = clip_seconds(steps, device, host, single)
    out[36] = max(host - device, 0.0)
    spread = machine[24] if gpus == 1.0 else machine[25]
    out[23] = seconds
    out[24] = seconds / spread
    out[25] = seconds * spread
    drawn = (
        out[26] * machine[10]
        + out[27] * machine[11]
        + (out[28] + out[29]) * machine[12]
        + out[30] * machine[19]
    )
    out[34] = clip_joules(
        steps,
        device,
        tdp * drawn / device,
        device,
        host,
        single,
        tdp * machine[20],
        tdp * machine[21],
        tdp * machine[22],
        gpus,
    )
    out[35] = seconds / 3600.0 * machine[5] * gpus
    out[42] = steps * out[26]
    out[43] = steps * out[27]
    out[44] = steps * (out[28] + out[29])
    out[45] = steps * out[30]
    out[46] = steps * out[36]
    out[47] = single


@njit(cache=True, error_model="numpy")
def remember(model, clip, machine, cut, area, text, out):
    """Write GB of weights, activations and buffers, their sum and whether it fits; 37 to 41."""
    gpus, alive, exchanged = clip[6], 0.0, 0.0
    for place in range(4):
        alive = max(alive, row(model, ALIVE + place, cut, area, text))
    for place in range(2):
        exchanged = max(exchanged, row(model, EXCHANGED + place, cut, area, text))
    out[37] = (out[21] * 2.0 + 2.0 * model[OTHERS]) / 1e9
    out[38] = machine[23] * alive / gpus / 1e9
    out[39] = exchanged / gpus / 1e9 if gpus > 1.0 else 0.0
    out[40] = out[37] + out[38] + out[39]
    out[41] = 1.0 if out[40] <= machine[2] else 0.0


@njit(cache=True, error_model="numpy")
def calculate(model, clip, machine, largest, out):
    """Judge a clip, and if the model takes it, count it and put it on a machine.

    model, clip, machine, largest, out : float64 arrays
        In the order of MODEL, CLIP, MACHINE, LARGEST and RESULT of `calculator.py`.
    """
    if judge(model, clip, largest, out) == 0:
        count(model, clip, out)
        cut, text = out[22], out[7]
        area = out[6] / cut
        spend(model, clip, machine, cut, area, text, out)
        bill(clip, machine, out)
        remember(model, clip, machine, cut, area, text, out)
