"""The exact reference of every kernel: plain Python on integers of any size.

Each function has the name of a kernel in `kernels.py` and finds the same number by another route:
by adding up products one by one, by stepping through frames, by trying the rules in order.
`rebuilt cost` and every table of the book answer from here.
"""

from collections.abc import Iterable, Sequence

from rebuilt.cost.models.codes import (
    CAUSAL,
    CHUNKED,
    EVEN,
    FACTORISED,
    IMAGE,
    JOINT,
    MONOMIALS,
    REFUSALS,
)


def linear_flops(rows: int, inner: int, columns: int) -> int:
    """FLOPs of [rows, inner] @ [inner, columns]: a multiply and an add per cell and step."""
    cells = rows * columns
    return (cells + cells) * inner


def attention_flops(copies: int, queries: int, keys: int, width: int) -> int:
    """FLOPs of attention as two products of `copies` sequences: scores, then weighted sum."""
    scores = linear_flops(queries, width, keys)
    weighted_sum = linear_flops(queries, keys, width)
    return copies * (scores + weighted_sum)


def latent_frames(rule: int, frames: int, stride: int, chunk: int) -> int:
    """Latent frames of a clip, by counting where groups of frames begin or end."""
    if rule == CAUSAL:
        return 1 + len(range(stride, frames, stride))
    if rule == EVEN:
        return len(range(stride, frames + 1, stride))
    if rule == CHUNKED:
        lengths = (min(chunk, frames - start) for start in range(0, frames, chunk))
        return sum(len(range(0, length, stride)) for length in lengths)
    return frames


def latent_side(pixels: int, stride: int) -> int:
    """Whole latent pixels along one side, by counting where they end."""
    return len(range(stride, pixels + 1, stride))


def patches(latents: int, patch: int) -> int:
    """Patches along one axis, by counting where they begin; the last one may be padded."""
    return len(range(0, latents, patch))


def refusal(
    frames: int,
    height: int,
    width: int,
    text: int,
    rule: int,
    stride: int,
    frames_maximum: int,
    side_minimum: int,
    side_multiple: int,
    side_maximum: int,
    square: int,
    text_minimum: int,
    text_maximum: int,
) -> int:
    """Place in codes.REFUSALS of the first rule that the clip breaks, 0 if it breaks none."""
    largest = side_maximum or max(height, width)
    broken = {
        "frames": frames <= 0,
        "height": height <= 0,
        "width": width <= 0,
        "text": text + 1 <= text_minimum,
        "image": rule == IMAGE and frames > 1,
        "frames_even": rule == EVEN and frames % stride > 0,
        "frames_causal": rule == CAUSAL and frames % stride != 1 % stride,
        "frames_maximum": frames > (frames_maximum or frames),
        "height_minimum": height // side_minimum == 0,
        "width_minimum": width // side_minimum == 0,
        "height_multiple": height % side_multiple > 0,
        "width_multiple": width % side_multiple > 0,
        "height_maximum": height > largest,
        "width_maximum": width > largest,
        "square": bool(square) and height != width,
        "text_maximum": text > text_maximum,
    }
    return next((REFUSALS.index(name) for name in REFUSALS if broken.get(name)), 0)


def evaluate(coefficients: Sequence[int], frames: int, area: int, text: int) -> int:
    """Value of one row of coefficients over MONOMIALS, term by term."""
    return sum(
        coefficient * frames**a * area**b * text**c
        for coefficient, (a, b, c) in zip(coefficients, MONOMIALS, strict=True)
    )


def _products(sizes: Iterable[tuple[int, int, int]]) -> int:
    return sum(linear_flops(*size) for size in sizes)


def _streams(layout: int, frames: int, area: int, text: int) -> list[int]:
    """Rows of each stream of tokens that has layers of its own."""
    return [frames * area, text] if layout == JOINT else [frames * area]


def projection_flops(layout: int, depth: int, width: int, frames: int, area: int, text: int) -> int:
    """Add up q, k, v and output of every layer and stream."""
    streams = _streams(layout, frames, area, text)
    return _products((rows, width, width) for rows in streams for _ in range(4 * depth))


def self_attention_flops(
    layout: int, depth: int, width: int, frames: int, area: int, text: int
) -> int:
    """Add up the attention of every layer; a factorised one alternates frame and time."""
    length = sum(_streams(layout, frames, area, text))
    in_frame = attention_flops(frames, area, area, width)
    over_time = attention_flops(area, frames, frames, width)
    if layout == FACTORISED:
        return sum(over_time if layer % 2 else in_frame for layer in range(depth))
    return sum(attention_flops(1, length, length, width) for _ in range(depth))


def feed_forward_flops(
    layout: int, depth: int, width: int, hidden: int, frames: int, area: int, text: int
) -> int:
    """Add up both linear layers of every block and stream."""
    streams = _streams(layout, frames, area, text)
    shapes = ((width, hidden), (hidden, width))
    return depth * _products((rows, *shape) for rows in streams for shape in shapes)


def cross_attention_flops(
    layout: int, depth: int, width: int, frames: int, area: int, text: int
) -> int:
    """Add up q and output of the video, k and v of the text, and the attention between them."""
    if layout == JOINT:
        return 0
    video = frames * area
    layers = _products((rows, width, width) for rows in (video, text, text, video))
    return depth * (layers + attention_flops(1, video, text, width))


def modulation_flops(layout: int, depth: int, width: int) -> int:
    """Add up one row times six vectors for every block and stream."""
    streams = 2 if layout == JOINT else 1
    return _products((1, width, width) for _ in range(6 * streams * depth))


def transformer_flops(
    layout: int, depth: int, width: int, hidden: int, frames: int, area: int, text: int
) -> int:
    """Sum of the five groups of a uniform transformer."""
    sizes = (frames, area, text)
    return sum(
        (
            projection_flops(layout, depth, width, *sizes),
            self_attention_flops(layout, depth, width, *sizes),
            feed_forward_flops(layout, depth, width, hidden, *sizes),
            cross_attention_flops(layout, depth, width, *sizes),
            modulation_flops(layout, depth, width),
        )
    )
