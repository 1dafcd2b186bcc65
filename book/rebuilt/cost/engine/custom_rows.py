"""A published transformer as the numbers from which `custom_kernels.compose` makes another.

Names are the places of the kernels. Nothing here computes a cost: values are read off the model
file; sizes that follow a width are given as a constant and multiples of it (`custom_models.Tie`).
"""

from itertools import chain, pairwise

from rebuilt.cost.autoencoders.coding import autoencoder_parameters
from rebuilt.cost.engine import calculator
from rebuilt.cost.hardware.memory import other_parameters
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import autoencoder_of
from rebuilt.cost.models.choices import KINDS
from rebuilt.cost.models.codes import FRAMES_RULES
from rebuilt.cost.models.custom import Main, kind_of, main_blocks
from rebuilt.cost.models.custom_models import (
    stand_in,
    tie_channels,
    tie_hidden,
    tie_layer,
    tie_width,
)
from rebuilt.errors import ShapeError

QK_NORMS = ("none", "head_rms", "head_layer", "width_rms")
LAYER_ROWS = ("one", "text", "video", "frames", "area", "frames_text")
LAYER_GROUPS = ("embedding", "modulation", "output")
MAX_LAYERS, MAX_TABLES = 16, 4
FIELDS = (
    *("present", "gated", "bias_qkv", "bias_out", "bias_hidden", "qk_norm", "adaln", "adaln_rows"),
    *("table", "norm_parameters", "rotary", "per_frame_text", "cross_norm", "affine_norm"),
    *("text_width", "text_width_by_width", "text_hidden", "text_hidden_by_hidden"),
    *("adaln_text", "adaln_last_text", "ends_text", "video_attention", "condition_width"),
)
HEADER = (
    *("has_text", "pads", "rounds_down", "chunk"),
    *("frames_rule", "frames_stride", "side_stride", "channels"),
    *("network", "cycle", "encoder_parameters", "autoencoder_parameters"),
    *calculator.ENCODE,
    *calculator.TILES,
    *("patch_bias", "into", "into_by_channels", "out", "out_by_channels"),
    *("blocks", "more_blocks"),
    *("output_adaln", "output_rows", "output_condition", "output_condition_by_width"),
    *("output_table", "output_norms"),
)
SIZE = 534  # numbers of a published model: header, decoder, layers, tables, rows of blocks
Numbers = list[float]


def published_row(model: Transformer) -> Numbers:
    """Everything that `custom_kernels.compose` knows of a published model."""
    return [*own_row(model), *stand_in_rows()]


def own_row(model: Transformer) -> Numbers:
    """Header, decoder, layers, tables and groups of blocks of a model.

    Raises
    ------
    ShapeError
        If the model has more layers, tables or groups of blocks than the kernel has places for.
    """
    rows = [
        _filled(_layers(model), MAX_LAYERS, 9, "layers"),
        _filled([_table(model, item) for item in model.tables], MAX_TABLES, 3, "tables"),
        _filled(_ahead(model, schema.RefinerBlock), 1, len(FIELDS), "refiners"),
        _filled(_ahead(model, schema.PoolBlock), 1, len(FIELDS), "pools"),
        _filled(
            [_block(block, model) for block in main_blocks(model)],
            *(2, len(FIELDS), "groups of blocks"),
        ),
    ]
    decoded = chain(*calculator.decode_rows(model))
    return [float(value) for value in (*_header(model), *decoded, *chain(*rows))]


def stand_in_rows() -> Numbers:
    """Rows of the published blocks that stand for each kind, the same behind every model."""
    rows = (_block(*stand_in(kind)) for kind in range(1, len(KINDS)))
    return [float(value) for value in chain(*rows)]


def _header(model: Transformer) -> Numbers:
    autoencoder, output, main = autoencoder_of(model), model.output, main_blocks(model)
    geometry = autoencoder.geometry
    own = autoencoder_parameters(autoencoder) or 0
    condition = tie_width(output.condition_width or output.width, output.width)
    return [
        model.text is not None,
        model.patch.pads,
        geometry.rounds_down,
        geometry.chunk or 0,
        FRAMES_RULES.index(geometry.frames_rule),
        geometry.frames_stride,
        geometry.side_stride,
        geometry.channels,
        autoencoder.network is not None,
        calculator.cycle_of(model),
        other_parameters(model) - own,
        own,
        *calculator.encode_row(model),
        *calculator.tile_row(model),
        model.patch.bias,
        *tie_channels(model.channels.into, geometry.channels),
        *tie_channels(model.channels.out, geometry.channels),
        kind_of(main[0]),
        kind_of(main[1]) if len(main) > 1 else 0,
        output.adaln,
        LAYER_ROWS.index(output.adaln_rows),
        condition.constant,
        condition.widths,
        output.table,
        tie_width(output.norm_parameters, output.width).widths,
    ]


def _layers(model: Transformer) -> list[Numbers]:
    """Return the linear layers of the embedders: widths, rows, times, group, bias, activation."""
    found: list[Numbers] = []
    for layer in model.layers:
        ties = [tie_layer(layer, place, model.output.width) for place in range(len(layer.widths))]
        for place, (inner, columns) in enumerate(pairwise(ties)):
            found.append(
                [
                    inner.constant,
                    inner.widths,
                    columns.constant,
                    columns.widths,
                    LAYER_ROWS.index(layer.rows),
                    layer.times,
                    LAYER_GROUPS.index(layer.group),
                    layer.bias,
                    place + 2 < len(ties),
                ]
            )
    return found


def _table(model: Transformer, item: schema.Table) -> Numbers:
    """Entries beside the width, whether they come in that width, and for every token of a frame."""
    entries, widths, areas = 1, 0, 0
    for axis in item.shape:
        if axis == "area":
            areas += 1
        elif axis == model.output.width:
            widths += 1
        else:
            entries *= int(axis)
    if max(widths, areas) > 1:
        raise ShapeError(f"{model.id}: table {item.name} has one of its axes twice")
    return [entries, widths, areas]


def _ahead(model: Transformer, kind: type[schema.RefinerBlock | schema.PoolBlock]) -> list[Numbers]:
    return [_block(block, model) for block in model.blocks if isinstance(block, kind)]


def _block(block: Main | schema.RefinerBlock | schema.PoolBlock, owner: Transformer) -> Numbers:
    """Return one group of blocks in the order of FIELDS; what its kind does not have is 0."""
    width, hidden = owner.output.width, main_blocks(owner)[0].hidden
    if isinstance(block, schema.PoolBlock):
        return _named(present=1, text_width=block.width, condition_width=block.out // width)
    cross = getattr(block, "cross_attention", None)
    text_width = getattr(block, "text_width", cross.text_width if cross else 0)
    text_hidden = getattr(block, "text_hidden", 0)
    if isinstance(block, schema.RefinerBlock):
        text_hidden = block.hidden
    text, own = tie_width(text_width, width), tie_hidden(text_hidden, hidden)
    return _named(
        present=block.depth,
        gated=block.gated,
        bias_qkv=block.bias_qkv,
        bias_out=block.bias_out,
        bias_hidden=block.bias_hidden,
        qk_norm=QK_NORMS.index(block.qk_norm),
        adaln=getattr(block, "adaln_video", getattr(block, "adaln", 0)),
        adaln_rows=LAYER_ROWS.index(getattr(block, "adaln_rows", "one")),
        table=getattr(block, "table", 0),
        norm_parameters=tie_width(getattr(block, "norm_parameters", 0), width).widths,
        rotary=getattr(block, "rotary", False),
        per_frame_text=cross.per_frame_text if cross else 0,
        cross_norm=QK_NORMS.index(cross.qk_norm) if cross else 0,
        affine_norm=cross.affine_norm if cross else 0,
        text_width=text.constant,
        text_width_by_width=text.widths,
        text_hidden=own.constant,
        text_hidden_by_hidden=own.hiddens,
        adaln_text=getattr(block, "adaln_text", 0),
        adaln_last_text=getattr(block, "adaln_last_text", None) or 0,
        ends_text=getattr(block, "ends_text", False),
        video_attention=getattr(block, "video_attention", False),
        condition_width=getattr(block, "condition_width", 0),
    )


def _named(**values: float) -> Numbers:
    return [values.get(name, 0) for name in FIELDS]


def _filled(rows: list[Numbers], number: int, size: int, what: str) -> Numbers:
    if len(rows) > number:
        raise ShapeError(
            f"{len(rows)} {what} do not fit the {number} that the kernel has; "
            "give it more in custom_kernels.py"
        )
    return [*chain(*rows), *[0.0] * (size * (number - len(rows)))]
