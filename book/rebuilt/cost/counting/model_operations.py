"""What a transformer computes outside its blocks: patches, embedders, tables, output."""

from collections.abc import Iterable

from rebuilt.cost.algebra.grid import Grid
from rebuilt.cost.algebra.operations import (
    MODULATE_PASSES,
    NORM_PASSES,
    Operation,
    linear,
    pointwise,
    table,
)
from rebuilt.cost.algebra.polynomial import Size, read
from rebuilt.cost.counting.transformer_blocks import layer_operations
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer


def operations_beside_blocks(model: Transformer, grid: Grid) -> list[Operation]:
    """Operations of a forward pass outside its blocks; of a learned one all, which are no block's.

    Sizes are whole numbers or symbols.
    """
    if model.learned is not None:
        return _learned(model.learned, grid)
    cut = model.patch.volume
    return [
        linear(
            "embedding",
            grid.video,
            model.channels.into * cut,
            model.output.width,
            bias=model.patch.bias,
        ),
        *layer_operations(model.layers, grid),
        *table_operations(model.tables, grid),
        *_output(model, grid),
    ]


def table_operations(tables: Iterable[schema.Table], grid: Grid) -> list[Operation]:
    """Operations of learned tables, which are looked up: parameters, and no products."""
    return [table(item.group, _entries(item, grid)) for item in tables]


def _learned(learned: schema.Learned, grid: Grid) -> list[Operation]:
    sizes = {name: getattr(grid, name) for name in schema.LEARNED}
    operations = [
        Operation(
            one.group,
            one.kind,
            flops=read(one.flops).of(sizes),
            elements=read(one.elements).of(sizes),
            padded=read(one.padded).of(sizes),
        )
        for one in learned.operations
    ]
    return [*operations, table("embedding", learned.parameters)]


def _entries(item: schema.Table, grid: Grid) -> Size:
    entries: Size = 1
    for axis in item.shape:
        entries = entries * (grid.area if axis == "area" else axis)
    return entries


def _output(model: Transformer, grid: Grid) -> list[Operation]:
    output = model.output
    passes = NORM_PASSES + MODULATE_PASSES
    operations = [
        pointwise("output", grid.video, output.width, passes, output.norm_parameters),
        table("modulation", output.table * output.width),
        linear(
            "output",
            grid.video,
            output.width,
            model.channels.out * model.patch.volume,
            bias=output.bias,
        ),
    ]
    if output.adaln:
        condition = output.condition_width or output.width
        rows = grid.rows(output.adaln_rows)
        columns = output.adaln * output.width
        operations.append(linear("modulation", rows, condition, columns, bias=output.adaln_bias))
    return operations
