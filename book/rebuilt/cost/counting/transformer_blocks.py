"""Transformer blocks as lists of operations, on integer or symbolic sizes.

Each function takes the block's description from the model file and the token grid and returns the
operations of ONE block. Groups: `projection` is q, k, v and output of self or joint attention,
`attention` its two products, `cross_attention` everything of cross-attention, `modulation` the
adaLN layers; embedders and text refiners count as `embedding`.
"""

from collections.abc import Callable, Iterable

from rebuilt.cost.algebra.grid import Grid
from rebuilt.cost.algebra.operations import (
    ACTIVATION_PASSES,
    GATE_PASSES,
    GATED_ACTIVATION_PASSES,
    MODULATE_PASSES,
    NORM_PASSES,
    QK_NORM_PASSES,
    RESIDUAL_PASSES,
    ROTARY_PASSES,
    Operation,
    attention,
    chunked_attention,
    head_step,
    linear,
    mlp,
    pointwise,
    repeat,
    table,
)
from rebuilt.cost.algebra.polynomial import Polynomial, Size, symbol
from rebuilt.cost.algebra.sizes import FULL_HEAD, padded_head
from rebuilt.cost.models import schema


def block_operations(block: schema.Block, grid: Grid) -> list[Operation]:
    """Operations of all `depth` blocks of one group of blocks."""
    if isinstance(block, schema.PoolBlock):
        return _pool(block, grid)
    if isinstance(block, schema.LearnedBlock):
        return []  # the model's section `learned` has them
    if isinstance(block, schema.JointBlock) and block.ends_text:
        last = _joint(block, grid, last=True)
        return repeat(block.depth - 1, _joint(block, grid)) + last
    each = [*_BUILDERS[block.kind](block, grid), *_beside(block, grid)]
    return repeat(block.depth, each)


def _beside(block: schema.Attention, grid: Grid) -> list[Operation]:
    """Operations that one block states beside those of its kind."""
    rows = grid.rows
    return [
        *layer_operations(block.layers, grid),
        *(
            attention(one.group, 1, rows(one.queries), rows(one.keys), one.width)
            for one in block.attends
        ),
        *([table("modulation", block.values)] if block.values else []),
    ]


def layer_operations(layers: Iterable[schema.Layer], grid: Grid) -> list[Operation]:
    """Layers that a model file lists one by one: embedders, shared modulation, a second stream."""
    return [
        operation
        for layer in layers
        for operation in mlp(
            layer.group,
            layer.times * grid.rows(layer.rows),
            layer.widths,
            bias=layer.bias,
            learned=layer.learned,
        )
    ]


def padded_width(block: schema.Attention) -> Size:
    """Width of queries with heads as wide as attention kernels make them."""
    return block.heads * _at_least("padded_head", block.each_head, padded_head)


def _at_least(name: str, head: Size, widen: Callable[[int], float]) -> Size:
    """Width of one head as a kernel makes it; a symbol of its own where the head is one."""
    return symbol(name) if isinstance(head, Polynomial) else int(widen(head))


def qk_norm(block: schema.Attention, group: str, rows: Size, kind: str) -> list[Operation]:
    """Norms of queries and keys: per head or over the whole width, with or without offset."""
    if kind == "none":
        return []
    learned = {
        "head_rms": block.each_head,
        "head_layer": 2 * block.each_head,
        "width_rms": block.inner,
    }[kind]
    if group != "projection":  # norms of cross-attention were fitted as steps on whole rows
        return [pointwise(group, rows, block.inner, QK_NORM_PASSES, parameters=2 * learned)]
    full = block.heads * _at_least("norm_head", block.each_head, lambda head: max(head, FULL_HEAD))
    return [head_step(group, rows, block.inner, QK_NORM_PASSES, full, parameters=2 * learned)]


def feed_forward(
    rows: Size,
    width: int,
    hidden: int,
    *,
    gated: bool = False,
    bias: bool = True,
    bias_last: bool | None = None,
    group: str = "feed_forward",
) -> list[Operation]:
    """Two linear layers; a gated one (SwiGLU) computes two hidden vectors and multiplies them."""
    passes = GATED_ACTIVATION_PASSES if gated else ACTIVATION_PASSES
    return [
        linear(group, rows, width, hidden * (2 if gated else 1), bias=bias),
        pointwise(group, rows, hidden, passes),
        linear(group, rows, hidden, width, bias=bias if bias_last is None else bias_last),
    ]


def projections(
    block: schema.Attention,
    rows: Size,
    width: int,
    *,
    out: bool = True,
    kv_width: int | None = None,
    group: str = "projection",
) -> list[Operation]:
    """Make queries, keys and values of one stream, and the output where the stream goes on."""
    kv = block.inner if kv_width is None else kv_width
    layers = [
        linear(group, rows, width, block.inner, bias=block.bias_qkv),
        linear(group, rows, width, kv, bias=block.bias_qkv),
        linear(group, rows, width, kv, bias=block.bias_qkv),
    ]
    return (
        [*layers, linear(group, rows, block.inner, width, bias=block.bias_out)] if out else layers
    )


def _rotary(block: schema.Attention, rows: Size, rotary: bool) -> list[Operation]:
    if not rotary:
        return []
    return [head_step("attention", rows, block.inner, ROTARY_PASSES, block.inner)]


def _residuals(
    rows: Size, width: int, modulated: bool, norm_parameters: int = 0
) -> list[Operation]:
    """Norm, modulation and residual around attention and around the feed-forward layer."""
    passes = NORM_PASSES + (MODULATE_PASSES + GATE_PASSES if modulated else RESIDUAL_PASSES)
    return [pointwise("modulation", rows, width, 2 * passes, parameters=norm_parameters)]


def _sequence(block: schema.SequenceBlock, grid: Grid) -> list[Operation]:
    rows = grid.rows(block.stream)
    scope: dict[str, tuple[Size, Size]] = {
        "full": (1, rows),
        "spatial": (grid.frames, grid.area),
        "temporal": (grid.area, grid.frames),
    }
    copies, length = scope[block.scope]
    keys = length if block.keys is None else grid.rows(block.keys)
    modulated = block.adaln or block.table or _modulates(block)
    operations = [
        *_residuals(rows, block.width, bool(modulated), block.norm_parameters),
        *projections(block, rows, block.width, kv_width=block.kv_width),
        *qk_norm(block, "projection", rows, block.qk_norm),
        *_rotary(block, rows, block.rotary),
        attention("attention", copies, length, keys, block.inner, padded_width(block))
        if block.chunk is None
        else chunked_attention(
            "attention", grid.frames, grid.area, block.chunk, block.inner, padded_width(block)
        ),
        *feed_forward(
            rows,
            block.width,
            block.hidden,
            gated=block.gated,
            bias=block.bias_hidden,
            bias_last=block.bias_last,
        ),
        table("modulation", block.table * block.width),
    ]
    if block.adaln:
        condition = grid.rows(block.adaln_rows)
        operations.append(linear("modulation", condition, block.width, block.adaln * block.width))
    if block.cross_attention:
        operations += _cross_attention(block, block.cross_attention, grid)
    return operations


def _modulates(block: schema.Attention) -> bool:
    return any(layer.group == "modulation" for layer in block.layers)


def _cross_attention(
    block: schema.SequenceBlock, cross: schema.CrossAttention, grid: Grid
) -> list[Operation]:
    """Video tokens ask, text tokens answer; some models repeat the text for every frame."""
    group, width = "cross_attention", block.width
    keys = grid.rows(cross.rows)
    text = grid.rows("frames_text") if cross.per_frame_text else keys
    kv = block.inner if cross.kv_width is None else cross.kv_width
    bias = block.bias_qkv if cross.bias_qkv is None else cross.bias_qkv
    norm = 2 * width if cross.affine_norm else 0
    return [
        pointwise(group, grid.video, width, RESIDUAL_PASSES + bool(norm) * NORM_PASSES, norm),
        linear(group, grid.video, width, block.inner, bias=bias),
        linear(group, text, cross.text_width, kv, bias=bias),
        linear(group, text, cross.text_width, kv, bias=bias),
        *qk_norm(block, group, grid.video, cross.qk_norm),
        attention(group, 1, grid.video, keys, block.inner, padded_width(block)),
        linear(group, grid.video, block.inner, width, bias=block.bias_out),
    ]


def _joint(block: schema.JointBlock, grid: Grid, last: bool = False) -> list[Operation]:
    text_vectors = block.adaln_last_text if last and block.adaln_last_text else block.adaln_text
    video, text = grid.rows(block.video_rows), grid.rows(block.text_rows)
    both = video + text
    operations = [
        *_condition(block.width, block.adaln_video, block.width),
        *_condition(block.width, text_vectors, block.text_width),
        *_residuals(video, block.width, True),
        *_residuals(text, block.text_width, True),
        *projections(block, video, block.width),
        *projections(block, text, block.text_width, out=not last),
        *qk_norm(block, "projection", video, block.qk_norm),
        *qk_norm(block, "projection", text, block.qk_norm),
        *_rotary(block, video, block.rotary),
        attention("attention", 1, both, both, block.inner, padded_width(block)),
        *feed_forward(video, block.width, block.hidden, gated=block.gated, bias=block.bias_hidden),
    ]
    if block.video_attention:
        operations += _second_attention(block, grid)
    if not last:
        operations += feed_forward(
            text,
            block.text_width,
            block.text_hidden,
            gated=block.gated,
            bias=block.bias_hidden,
        )
    return operations


def _condition(condition: Size, vectors: int, width: Size) -> list[Operation]:
    """Make vectors that modulate a stream, where a block makes any."""
    return [linear("modulation", 1, condition, vectors * width)] if vectors else []


def _second_attention(block: schema.JointBlock, grid: Grid) -> list[Operation]:
    video = grid.rows(block.video_rows)
    return [
        *projections(block, video, block.width),
        *qk_norm(block, "projection", video, block.qk_norm),
        attention("attention", 1, video, video, block.inner, padded_width(block)),
        pointwise("modulation", video, block.width, MODULATE_PASSES + GATE_PASSES),
    ]


def _parallel(block: schema.ParallelBlock, grid: Grid) -> list[Operation]:
    """Attention and feed-forward leave through one matrix, counted by where its rows come from."""
    rows = grid.video + grid.rows(block.text_rows)
    hidden, passes = block.hidden, ACTIVATION_PASSES
    if block.gated:
        hidden, passes = 2 * block.hidden, GATED_ACTIVATION_PASSES
    return [
        *_condition(block.width, block.adaln, block.width),
        pointwise("modulation", rows, block.width, NORM_PASSES + MODULATE_PASSES + GATE_PASSES),
        *projections(block, rows, block.width, out=False),
        linear("projection", rows, block.inner, block.width, bias=block.bias_out),
        *qk_norm(block, "projection", rows, block.qk_norm),
        *_rotary(block, rows, block.rotary),
        attention("attention", 1, rows, rows, block.inner, padded_width(block)),
        linear("feed_forward", rows, block.width, hidden, bias=block.bias_hidden),
        pointwise("feed_forward", rows, block.hidden, passes),
        linear("feed_forward", rows, block.hidden, block.width, bias=False),
    ]


def _expert(block: schema.ExpertBlock, grid: Grid) -> list[Operation]:
    rows = grid.video + grid.text
    condition = linear("modulation", 1, block.condition_width, block.adaln * block.width)
    return [
        condition,
        condition,
        *_residuals(rows, block.width, True, block.norm_parameters),
        *projections(block, rows, block.width),
        *qk_norm(block, "projection", rows, block.qk_norm),
        *_rotary(block, grid.video, block.rotary),
        attention("attention", 1, rows, rows, block.inner, padded_width(block)),
        *feed_forward(rows, block.width, block.hidden, gated=block.gated, bias=block.bias_hidden),
    ]


def _refiner(block: schema.RefinerBlock, grid: Grid) -> list[Operation]:
    group, rows = "embedding", grid.rows(block.rows)
    passes = 2 * (NORM_PASSES + GATE_PASSES)
    return [
        *([linear(group, 1, block.width, block.adaln * block.width)] if block.adaln else []),
        pointwise(group, rows, block.width, passes, parameters=block.norm_parameters),
        *projections(block, rows, block.width, kv_width=block.kv_width, group=group),
        *qk_norm(block, group, rows, block.qk_norm),
        attention(group, 1, rows, rows, block.inner, padded_width(block)),
        *feed_forward(
            rows,
            block.width,
            block.hidden,
            gated=block.gated,
            bias=block.bias_hidden,
            group=group,
        ),
    ]


def _pool(block: schema.PoolBlock, grid: Grid) -> list[Operation]:
    """One query, the mean of the text, attends to that mean and to every text token."""
    group, keys = "embedding", grid.text + 1
    return [
        linear(group, keys, block.width, 2 * block.width),
        linear(group, 1, block.width, block.width),
        attention(group, 1, 1, keys, block.width),
        linear(group, 1, block.width, block.out),
    ]


_BUILDERS: dict[str, Callable[..., list[Operation]]] = {
    "sequence": _sequence,
    "joint": _joint,
    "parallel": _parallel,
    "expert": _expert,
    "refiner": _refiner,
}
