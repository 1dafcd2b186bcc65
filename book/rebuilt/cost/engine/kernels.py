"""Scalar kernels of the cost model, compiled by Numba, and their parallel twins (`_many`).

Counts are int64 and exact inside the limits of `codes.py`, which callers check; nothing here
checks, raises or knows units of time. Only + - * // and comparisons, so every scalar also compiles
to WebAssembly without imports. Each has a reference of the same name in `exact.py`. A twin writes
out[i] and never sums across threads, so it equals the scalar bit for bit.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit, prange


@njit(cache=True, error_model="numpy")
def linear_flops(rows, inner, columns):
    """FLOPs of [rows, inner] @ [inner, columns]: 2 rows inner columns."""
    return 2 * rows * inner * columns


@njit(cache=True, error_model="numpy")
def attention_flops(copies, queries, keys, width):
    """FLOPs of QK^T and AV in `copies` sequences: 4 copies queries keys width."""
    return 4 * copies * queries * keys * width


@njit(cache=True, error_model="numpy")
def latent_frames(rule, frames, stride, chunk):
    """Latent frames of `frames` frames.

    rule 3 (causal): 1 + (frames - 1) // stride; 2 (even): frames // stride;
    4 (chunked): every chunk of `chunk` frames rounded up to whole strides; 0, 1: frames.
    """
    if rule == 3:
        return 1 + (frames - 1) // stride
    if rule == 2:
        return frames // stride
    if rule == 4:
        whole = frames // chunk
        rest = frames - whole * chunk
        return whole * ((chunk + stride - 1) // stride) + (rest + stride - 1) // stride
    return frames


@njit(cache=True, error_model="numpy")
def latent_side(pixels, stride):
    """Whole latent pixels along one side: pixels // stride."""
    return pixels // stride


@njit(cache=True, error_model="numpy")
def patches(latents, patch):
    """Patches along one axis, the last one padded: ceil(latents / patch)."""
    return (latents + patch - 1) // patch


@njit(cache=True, error_model="numpy")
def refusal(
    frames,
    height,
    width,
    text,
    rule,
    stride,
    frames_maximum,
    side_minimum,
    side_multiple,
    side_maximum,
    square,
    text_minimum,
    text_maximum,
):
    """0 if the real model takes the clip, else the place of the broken rule in codes.REFUSALS.

    `frames_maximum` and `side_maximum` (pixels) are 0 where there is none; `square` is 0 or 1.
    """
    code = 0
    if frames < 1:
        code = 1
    elif height < 1:
        code = 2
    elif width < 1:
        code = 3
    elif text < text_minimum:
        code = 4
    elif rule == 0 and frames != 1:
        code = 5
    elif rule == 2 and frames - frames // stride * stride != 0:
        code = 6
    elif rule == 3 and (frames - 1) - (frames - 1) // stride * stride != 0:
        code = 7
    elif frames_maximum > 0 and frames > frames_maximum:
        code = 8
    elif height < side_minimum:
        code = 9
    elif width < side_minimum:
        code = 10
    elif height - height // side_multiple * side_multiple != 0:
        code = 11
    elif width - width // side_multiple * side_multiple != 0:
        code = 12
    elif side_maximum > 0 and height > side_maximum:
        code = 13
    elif side_maximum > 0 and width > side_maximum:
        code = 14
    elif square == 1 and height != width:
        code = 15
    elif text > text_maximum:
        code = 16
    return code


@njit(cache=True, error_model="numpy")
def evaluate(coefficients, frames, area, text):
    """Value of one row of coefficients; int64, powers in the order of codes.MONOMIALS.

    coefficients : int64 array of shape (11,)
    frames, area, text : latent frames, tokens per frame, text tokens
    """
    video = frames * area
    return (
        coefficients[0]
        + coefficients[1] * frames
        + coefficients[2] * area
        + text * (coefficients[3] + coefficients[5] * frames + coefficients[10] * text)
        + video
        * (
            coefficients[4]
            + coefficients[6] * text
            + coefficients[7] * area
            + coefficients[8] * frames
            + coefficients[9] * video
        )
    )


@njit(parallel=True, cache=True, error_model="numpy")
def evaluate_many(coefficients, frames, area, text, out):
    """out[i, g] = evaluate(coefficients[g], frames[i], area[i], text[i]).

    coefficients : int64 array of shape (groups, 11)
    frames, area, text : int64 arrays of shape (n,)
    out : int64 array of shape (n, groups)
    """
    for i in prange(out.shape[0]):
        for g in range(coefficients.shape[0]):
            out[i, g] = evaluate(coefficients[g], frames[i], area[i], text[i])


@njit(cache=True, error_model="numpy")
def projection_flops(layout, depth, width, frames, area, text):
    """FLOPs of q, k, v and output of `depth` uniform layers: 8 rows width^2 each.

    Layout 0 (full) and 1 (factorised: half of the layers attend in a frame, half over time) have
    frames x area rows, layout 2 (joint, two streams) has the text tokens besides.
    """
    rows = frames * area
    if layout == 2:
        rows = rows + text
    return 8 * depth * rows * width * width


@njit(cache=True, error_model="numpy")
def self_attention_flops(layout, depth, width, frames, area, text):
    """FLOPs of QK^T and AV of `depth` uniform layers (DiT, Latte and MMDiT layouts).

    full: 4 depth video^2 width; factorised: half of the layers 4 frames area^2 width, half
    4 area frames^2 width; joint: 4 depth (video + text)^2 width. `depth` is even if factorised.
    """
    video = frames * area
    if layout == 1:
        return 2 * depth * width * video * (area + frames)
    if layout == 2:
        return 4 * depth * width * (video + text) * (video + text)
    return 4 * depth * width * video * video


@njit(cache=True, error_model="numpy")
def feed_forward_flops(layout, depth, width, hidden, frames, area, text):
    """FLOPs of two linear layers per block: 4 rows width hidden."""
    rows = frames * area
    if layout == 2:
        rows = rows + text
    return 4 * depth * rows * width * hidden


@njit(cache=True, error_model="numpy")
def cross_attention_flops(layout, depth, width, frames, area, text):
    """FLOPs of cross-attention to text of the same width; none in the joint layout.

    4 video width^2 (q, output) + 4 text width^2 (k, v) + 4 video text width, per layer.
    """
    if layout == 2:
        return 0 * text
    video = frames * area
    return 4 * depth * width * (width * (video + text) + video * text)


@njit(cache=True, error_model="numpy")
def modulation_flops(layout, depth, width):
    """FLOPs of one adaLN layer of six vectors per block and stream: 12 width^2."""
    if layout == 2:
        return 24 * depth * width * width
    return 12 * depth * width * width


@njit(cache=True, error_model="numpy")
def transformer_flops(layout, depth, width, hidden, frames, area, text):
    """Sum of the five groups of a uniform transformer; what sweeps over designs evaluate."""
    return (
        projection_flops(layout, depth, width, frames, area, text)
        + self_attention_flops(layout, depth, width, frames, area, text)
        + feed_forward_flops(layout, depth, width, hidden, frames, area, text)
        + cross_attention_flops(layout, depth, width, frames, area, text)
        + modulation_flops(layout, depth, width)
    )


@njit(parallel=True, cache=True, error_model="numpy")
def transformer_flops_many(layout, depth, width, hidden, frames, area, text, out):
    """out[i] = transformer_flops of design i; all int64 arrays of shape (n,)."""
    for i in prange(out.size):
        out[i] = transformer_flops(
            layout[i], depth[i], width[i], hidden[i], frames[i], area[i], text[i]
        )
