"""The operations that networks are made of: matrix product, convolution, attention, pointwise.

FLOPs are 2 x multiply-accumulates of products, convolutions and attention products, nothing else.
`elements` counts activation values read and written when every operation runs by itself: the
memory traffic that a FLOP counter does not see. Sizes may be integers or polynomials.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rebuilt.cost.counting.polynomial import Size, total

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
KINDS = ("product", "attention", "convolution", "pointwise")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, or several equal ones: FLOPs, parameters and activation elements moved."""

    group: str
    kind: str
    flops: Size = 0
    parameters: Size = 0
    elements: Size = 0


def linear(group: str, rows: Size, inner: int, columns: int, *, bias: bool = True) -> Operation:
    """[rows, inner] @ [inner, columns] with learned weights: 2 x rows x inner x columns FLOPs."""
    return Operation(
        group,
        "product",
        flops=2 * rows * inner * columns,
        parameters=inner * columns + bias * columns,
        elements=rows * (inner + columns),
    )


def attention(group: str, copies: Size, queries: Size, keys: Size, width: int) -> Operation:
    """Scores and weighted sum of `copies` sequences: 2 x 2 x queries x keys x width FLOPs.

    `width` is heads x head width; it does not matter how many heads share it. A fused kernel
    reads queries, keys and values and writes the result.
    """
    return Operation(
        group,
        "attention",
        flops=4 * copies * queries * keys * width,
        elements=2 * copies * (queries + keys) * width,
    )


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


def pointwise(group: str, rows: Size, width: int, passes: int, parameters: int = 0) -> Operation:
    """Norms, gates, positions, activations: no FLOPs, `passes` x rows x width values moved."""
    return Operation(group, "pointwise", parameters=parameters, elements=passes * rows * width)


def table(group: str, parameters: Size) -> Operation:
    """Learned values that are looked up or added, such as positions: parameters only."""
    return Operation(group, "pointwise", parameters=parameters)


def mlp(group: str, rows: Size, widths: Sequence[int], *, bias: bool = True) -> list[Operation]:
    """Chain linear layers with an activation between them."""
    layers = [linear(group, rows, inner, columns, bias=bias) for inner, columns in pairwise(widths)]
    return layers + [pointwise(group, rows, width, ACTIVATION_PASSES) for width in widths[1:-1]]


def repeat(times: int, operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations of `times` equal layers, each with weights of its own."""
    return [
        Operation(
            item.group,
            item.kind,
            times * item.flops,
            times * item.parameters,
            times * item.elements,
        )
        for item in operations
    ]


def share(times: Size, operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations of one layer that is applied `times` times with the same weights."""
    return [
        Operation(item.group, item.kind, times * item.flops, item.parameters, times * item.elements)
        for item in operations
    ]


def flops_by_group(operations: Sequence[Operation]) -> dict[str, int]:
    """FLOPs of each group that has any, in the order of GROUPS."""
    sums = {
        group: total(item.flops for item in operations if item.group == group) for group in GROUPS
    }
    return {group: flops for group, flops in sums.items() if flops}


def flops_by_kind(operations: Sequence[Operation]) -> dict[str, int]:
    """FLOPs of each kind of operation that has any, in the order of KINDS."""
    sums = {kind: total(item.flops for item in operations if item.kind == kind) for kind in KINDS}
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
