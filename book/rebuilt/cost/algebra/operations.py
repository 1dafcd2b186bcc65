"""The operations that networks are made of: matrix product, convolution, attention, pointwise.

FLOPs are 2 x multiply-accumulates of products, convolutions and attention products, nothing else.
`elements` counts activation values read and written when every operation runs by itself: the
memory traffic that a FLOP counter does not see. Sizes may be integers or polynomials.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rebuilt.cost.algebra.polynomial import Size, whole

GROUPS = (
    "projection",
    "attention",
    "feed_forward",
    "cross_attention",
    "modulation",
    "embedding",
    "output",
    "convolution",
)
KINDS = ("product", "attention", "convolution", "pointwise", "head")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, or several equal ones: FLOPs, parameters and activation elements moved.

    `padded` is what kernels make of it where they work on whole heads: FLOPs of attention with the
    width of a head rounded up, elements of a step on short heads as if the heads were full.
    """

    group: str
    kind: str
    flops: Size = 0
    parameters: Size = 0
    elements: Size = 0
    padded: Size = 0


def linear(
    group: str,
    rows: Size,
    inner: Size,
    columns: Size,
    *,
    bias: bool = True,
    learned: bool = True,
) -> Operation:
    """[rows, inner] @ [inner, columns] with learned weights: 2 x rows x inner x columns FLOPs."""
    return Operation(
        group,
        "product",
        flops=2 * rows * inner * columns,
        parameters=(inner * columns + bias * columns) if learned else 0,
        elements=rows * (inner + columns),
    )


def attention(
    group: str,
    copies: Size,
    queries: Size,
    keys: Size,
    width: Size,
    padded: Size | None = None,
) -> Operation:
    """Scores and weighted sum of `copies` sequences: 2 x 2 x queries x keys x width FLOPs.

    `width` is heads x head width; it does not matter how many heads share it. `padded` is the
    same with heads as wide as kernels make them. A fused kernel reads queries, keys and values and
    writes the result.
    """
    pairs = 4 * copies * queries * keys
    return Operation(
        group,
        "attention",
        flops=pairs * width,
        elements=2 * copies * (queries + keys) * width,
        padded=pairs * (width if padded is None else padded),
    )


def chunked_attention(
    group: str, frames: Size, area: Size, chunk: Size, width: Size, padded: Size
) -> Operation:
    """Attention of frames to those of their own chunk and of earlier ones, which kernels skip.

    Of whole chunks a share of (frames + chunk) / (2 frames) of all pairs is left: of n chunks the
    first attends to one, the last to n. `frames` is a multiple of `chunk`.
    """
    pairs = 2 * area * area * frames * (frames + chunk)
    moved = 4 * frames * area * width
    return Operation(group, "attention", flops=pairs * width, elements=moved, padded=pairs * padded)


def convolution(
    group: str,
    outputs: Size,
    inner: int,
    columns: int,
    kernel: int,
    *,
    inputs: Size | None = None,
    bias: bool = True,
) -> Operation:
    """Convolve with `kernel` taps in all on `outputs` positions: 2 x MAC, padding included."""
    read = outputs if inputs is None else inputs
    return Operation(
        group,
        "convolution",
        flops=2 * outputs * inner * columns * kernel,
        parameters=inner * columns * kernel + bias * columns,
        elements=read * inner + outputs * columns,
    )


def pointwise(group: str, rows: Size, width: Size, passes: int, parameters: Size = 0) -> Operation:
    """Norms, gates, positions, activations: no FLOPs, `passes` x rows x width values moved."""
    return Operation(group, "pointwise", parameters=parameters, elements=passes * rows * width)


def head_step(
    group: str, rows: Size, width: Size, passes: int, padded: Size, parameters: Size = 0
) -> Operation:
    """Like `pointwise` on rows of single heads, `padded` wide together for the kernel."""
    moved = passes * rows
    return Operation(group, "head", 0, parameters, moved * width, padded=moved * padded)


def table(group: str, parameters: Size) -> Operation:
    """Learned values that are looked up or added, such as positions: parameters only."""
    return Operation(group, "pointwise", parameters=parameters)


def mlp(
    group: str,
    rows: Size,
    widths: Sequence[Size],
    *,
    bias: bool = True,
    learned: bool = True,
) -> list[Operation]:
    """Chain linear layers with an activation between them."""
    layers = [
        linear(group, rows, inner, columns, bias=bias, learned=learned)
        for inner, columns in pairwise(widths)
    ]
    return layers + [pointwise(group, rows, width, ACTIVATION_PASSES) for width in widths[1:-1]]


def repeat(times: Size, operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations of `times` equal layers, each with weights of its own."""
    return [replace(item, parameters=times * item.parameters) for item in share(times, operations)]


def share(times: Size, operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations of one layer that is applied `times` times with the same weights."""
    return [
        replace(
            item,
            flops=times * item.flops,
            elements=times * item.elements,
            padded=times * item.padded,
        )
        for item in operations
    ]


def flops_by_group(operations: Sequence[Operation]) -> dict[str, int]:
    """FLOPs of each group that has any, in the order of GROUPS."""
    sums = {
        group: whole(item.flops for item in operations if item.group == group) for group in GROUPS
    }
    return {group: flops for group, flops in sums.items() if flops}


def flops_by_kind(operations: Sequence[Operation]) -> dict[str, int]:
    """FLOPs of each kind of operation that has any, in the order of KINDS."""
    sums = {kind: whole(item.flops for item in operations if item.kind == kind) for kind in KINDS}
    return {kind: flops for kind, flops in sums.items() if flops}


# Tensors read plus tensors written by one pointwise step when nothing is fused.
NORM_PASSES = 2
MODULATE_PASSES = 2
GATE_PASSES = 5  # scale by the gate (2), add to the residual (3)
RESIDUAL_PASSES = 3
ACTIVATION_PASSES = 2
GATED_ACTIVATION_PASSES = 3
ROTARY_PASSES = 4  # queries and keys, each read and written
QK_NORM_PASSES = 4
