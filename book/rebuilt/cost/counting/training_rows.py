"""What training a transformer keeps, and what adapters of a rank add to it.

A backward pass needs values of the forward pass: all of them, or the inputs of the layers, from
which the rest is computed again. Adapters (LoRA) put two thin matrices beside a weight. Counts are
polynomials or whole numbers of the model's own blocks.
References: Korthikanti et al. 2022 (activations), Hu et al. 2021 (adapters).
"""

from collections.abc import Iterator

from rebuilt.cost.algebra.grid import SYMBOLS
from rebuilt.cost.algebra.polynomial import Polynomial, lift, total
from rebuilt.cost.counting.forward import Count
from rebuilt.cost.counting.rows import Layered, token_rows
from rebuilt.cost.counting.transformer_blocks import block_operations
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.errors import ShapeError

TARGETS = ("attention", "linear")
Shape = tuple[int, int]  # values in and out of a linear layer


def adapter_parameters(model: Transformer, rank: int, target: str) -> int:
    """Parameters of adapters of one rank: rank x (values in + values out) for each weight.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    rank : int
        Width of the thin matrices.
    target : str
        `attention`: queries, keys, values and output of the stream that carries the video, where
        the output is a layer of its own; `linear`: every linear layer of attention and
        feed-forward, of text streams too.

    Raises
    ------
    ShapeError
        For a model that was learned from its code: its layers have no names.
    """
    found = 0
    for block in layered(model):
        if isinstance(block, schema.LearnedBlock):
            raise ShapeError(
                f"{model.id} was learned from its code, where layers have no names; adapters are "
                "counted on models whose blocks are described"
            )
        shapes = [*_attention(block), *(_others(block) if target == "linear" else ())]
        found += block.depth * sum(into + out for into, out in shapes)
    return rank * found


def kept_values(counted: Count, model: Transformer) -> tuple[int, int, int]:
    """Values that a backward pass may need, of one clip on one accelerator.

    Returns
    -------
    inputs, widest, every : int
        Of the inputs of all blocks; that the steps of the widest block read and write; the same of
        all steps.
    """
    blocks = layered(model)
    inputs = total(block.depth * token_rows(block, SYMBOLS) * block.width for block in blocks)
    every = counted.rows["elements"]
    moved = [_value(_moved(block), counted) for block in blocks]
    widest = max(moved) or every // sum(block.depth for block in blocks)
    return _value(inputs, counted), widest, every


def layered(model: Transformer) -> list[Layered]:
    """Return the groups of blocks that hold rows of tokens."""
    return [block for block in model.blocks if not isinstance(block, schema.PoolBlock)]


def _moved(block: Layered) -> Polynomial:
    """Values that the steps of one block read and write when nothing is fused."""
    if isinstance(block, schema.LearnedBlock):
        return lift(0)
    one = block.model_copy(update={"depth": 1})
    if isinstance(block, schema.JointBlock):
        one = one.model_copy(update={"ends_text": False})
    return total(item.elements for item in block_operations(one, SYMBOLS))


def _value(polynomial: Polynomial, counted: Count) -> int:
    return polynomial.at(counted.sizes).value()


def _attention(block: Layered) -> Iterator[Shape]:
    """Give the shapes of queries, keys, values and output of the stream of the video."""
    into, kv = (block.width, block.inner), (block.width, _keys(block))
    yield from (into, kv, kv)
    if not isinstance(block, schema.ParallelBlock):  # its output is joined with the feed-forward's
        yield block.inner, block.width
    if isinstance(block, schema.JointBlock) and block.video_attention:
        yield from (into, into, into, (block.inner, block.width))
    if isinstance(block, schema.SequenceBlock) and block.cross_attention:
        cross = block.cross_attention
        text = cross.text_width, block.inner if cross.kv_width is None else cross.kv_width
        yield from (into, text, text, (block.inner, block.width))


def _keys(block: Layered) -> int:
    """Width of keys and values; narrower where heads share them."""
    found = getattr(block, "kv_width", None)
    return block.inner if found is None else int(found)


def _others(block: Layered) -> Iterator[Shape]:
    """Feed-forward layers, and all of a text stream."""
    hidden = (2 if block.gated else 1) * block.hidden
    yield block.width, hidden
    joined = block.inner if isinstance(block, schema.ParallelBlock) else 0
    yield joined + block.hidden, block.width
    if isinstance(block, schema.JointBlock):
        text = block.text_width, block.inner
        yield from (text, text, text, (block.inner, block.text_width))
        yield block.text_width, (2 if block.gated else 1) * block.text_hidden
        yield block.text_hidden, block.text_width
