"""What a transformer computes outside its blocks: patches, embedders, tables, output."""

from collections.abc import Iterable

from rebuilt.cost.algebra.grid import Grid
from rebuilt.cost.algebra.operations import (
    MODULATE_PASSES,
    NORM_PASSES,
    Operation,
    linear,
    mlp,
    pointwise,
    table,
)
from rebuilt.cost.algebra.polynomial import Size
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


def layer_operations(layers: Iterable[schema.Layer], grid: Grid) -> list[Operation]:
    """Embedders and shared modulation layers, which the model file lists one by one."""
    return [
        operation
        for layer in layers
        for operation in mlp(
            layer.group, layer.times * grid.rows(layer.rows), layer.widths, bias=layer.bias
        )
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
        linear("output", grid.video, output.width, model.channels.out * model.patch.volume),
    ]
    if output.adaln:
        condition = output.condition_width or output.width
        rows = grid.rows(output.adaln_rows)
        operations.append(linear("modulation", rows, condition, output.adaln * output.width))
    return operations
