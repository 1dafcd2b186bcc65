"""What a clip asks of the hardware, sorted by what limits it.

Products and attention are FLOPs. Norms, modulation, gates, activations and positions are memory
traffic that FLOP counters do not see: `stream` steps read and write whole token rows, `head` steps
(norms of queries and keys, rotary positions) work on one short row per head. Nothing here knows
accelerators or time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rebuilt.cost.counting.blocks import block_operations
from rebuilt.cost.counting.forward import operations_of
from rebuilt.cost.counting.grid import Grid
from rebuilt.cost.counting.latent import Clip
from rebuilt.cost.counting.operations import Operation
from rebuilt.cost.counting.polynomial import total
from rebuilt.cost.counting.totals import Inference, inference
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import Model
from rebuilt.errors import ShapeError

PADDED_HEAD = 32  # attention kernels round the width of a head up to a multiple of this
FULL_HEAD = 128  # a norm over a shorter head reads the same number of rows for fewer values


@dataclass(frozen=True, slots=True)
class Pass:
    """One forward pass on one clip.

    Attributes
    ----------
    product, attention : int
        FLOPs of products, and of attention with heads padded as its kernels do.
    stream, head : int
        Activation values moved by steps on whole rows, and by steps on rows of one head.
    exchange : int
        Values of one of queries, keys, values, output, added up over the self-attention layers:
        what sequence parallelism moves.
    """

    product: int
    attention: int
    stream: int
    head: int
    exchange: int


@dataclass(frozen=True, slots=True)
class Work:
    """A whole generated clip, batch 1: exact integers.

    `operations` is the number of operations of one forward pass, each of which the host launches
    as a few kernels. `decode` is 0 and `decode_known` false where that network is not modelled.
    """

    model: str
    forward: Pass
    operations: int
    steps: int
    passes: int
    encode: int
    decode: int
    decode_known: bool
    tokens: int
    parameters: int


def work_of(
    model: Model, clip: Clip | None = None, *, steps: int | None = None, passes: int | None = None
) -> Work:
    """Count what generating one clip asks of the hardware.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    clip : Clip, optional
        Default: the clip for which the model was published.
    steps, passes : int, optional
        Sampler steps and forward passes per step. Default: as published.

    Raises
    ------
    ShapeError
        If the model refuses the clip, or is no transformer.
    """
    if not isinstance(model, Transformer):
        raise ShapeError(
            f"{model.id} is of architecture {model.architecture}; run times are fitted to "
            "transformers only, so choose one"
        )
    job = inference(model, clip, steps=steps, passes=passes)
    return work_of_job(model, job)


def work_of_job(model: Transformer, job: Inference) -> Work:
    """Return the same from a job that was counted already."""
    return Work(
        model=model.id,
        forward=pass_of(model, job.forward.latent.grid),
        operations=operation_count(model),
        steps=job.steps,
        passes=job.passes,
        encode=job.text_encoder,
        decode=job.decode or 0,
        decode_known=job.decode is not None,
        tokens=job.forward.tokens,
        parameters=job.forward.parameters,
    )


def pass_of(model: Transformer, grid: Grid) -> Pass:
    """Sort the operations of one forward pass on a grid of integers."""
    blocks = [(block, block_operations(block, grid)) for block in model.blocks]
    listed = operations_of(model, grid)
    heads = [_head_steps(block, items) for block, items in blocks]
    pointwise = total(item.elements for item in listed if item.kind == "pointwise")
    return Pass(
        product=total(item.flops for item in listed if item.kind == "product"),
        attention=sum(_attention(block, items) for block, items in blocks),
        stream=pointwise - sum(plain for plain, _ in heads),
        head=sum(weighted for _, weighted in heads),
        exchange=sum(_exchange(block, grid) for block in model.blocks),
    )


def operation_count(model: Transformer) -> int:
    """Operations of one forward pass over all blocks, by the list that counts their FLOPs."""
    ones = Grid(frames=1, area=1, text=1)
    return sum(
        block.depth * len(block_operations(_each_alike(block), ones))
        for block in model.blocks
        if not isinstance(block, schema.PoolBlock)
    )


def padded_head(width: int) -> int:
    """Width of one head as attention kernels compute it."""
    return -(-width // PADDED_HEAD) * PADDED_HEAD


def _each_alike(block: schema.Block) -> schema.Block:
    """Return the block without its shorter last layer, so that one layer stands for all."""
    if isinstance(block, schema.JointBlock):
        return block.model_copy(update={"ends_text": False})
    return block


def _attention(block: schema.Block, items: Iterable[Operation]) -> int:
    flops = total(item.flops for item in items if item.kind == "attention")
    if isinstance(block, schema.PoolBlock):
        return flops
    return flops * padded_head(block.each_head) // block.each_head


def _head_steps(block: schema.Block, items: Iterable[Operation]) -> tuple[int, int]:
    """Values moved by norms of queries and keys and by positions: as they are, and weighted."""
    pointwise = [item for item in items if item.kind == "pointwise"]
    if isinstance(block, schema.PoolBlock):
        return 0, 0
    norms = total(item.elements for item in pointwise if item.group == "projection")
    rotary = total(item.elements for item in pointwise if item.group == "attention")
    short = min(block.each_head, FULL_HEAD)
    return norms + rotary, norms * FULL_HEAD // short + rotary


def _exchange(block: schema.Block, grid: Grid) -> int:
    if isinstance(block, schema.PoolBlock | schema.RefinerBlock):
        return 0
    rows = grid.video if isinstance(block, schema.SequenceBlock) else grid.video + grid.text
    return total([block.depth * rows * block.inner])
