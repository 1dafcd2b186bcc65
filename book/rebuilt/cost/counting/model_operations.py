"""What a transformer computes outside its blocks: patches, embedders, tables, output."""

from rebuilt.cost.algebra.grid import Grid
from rebuilt.cost.algebra.operations import (
    MODULATE_PASSES,
    NORM_PASSES,
    Operation,
    linear,
    pointwise,
    table,
)
from rebuilt.cost.algebra.polynomial import Size
from rebuilt.cost.counting.transformer_blocks import layer_operations
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer


def operations_beside_blocks(model: Transformer, grid: Grid) -> list[Operation]:
    """Operations of a forward pass outside its blocks, on integer or symbolic sizes."""
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
        *(table(item.group, _entries(item, grid)) for item in model.tables),
        *_output(model, grid),
    ]


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
