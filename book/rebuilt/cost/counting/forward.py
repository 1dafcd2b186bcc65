"""One forward pass of a published architecture on one clip: FLOPs by group, parameters, traffic.

The operations of a model are listed once, by `operations_of`; with integers they add up to a
count, with symbols to the coefficients that kernels evaluate (`lowering.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rebuilt.cost.counting.blocks import block_operations
from rebuilt.cost.counting.grid import Grid
from rebuilt.cost.counting.latent import Clip, Latent, latent_of, with_text
from rebuilt.cost.counting.operations import (
    KINDS,
    MODULATE_PASSES,
    NORM_PASSES,
    Operation,
    flops_by_group,
    flops_by_kind,
    linear,
    mlp,
    pointwise,
    table,
)
from rebuilt.cost.counting.polynomial import Size, total
from rebuilt.cost.counting.unet import unet_operations
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import (
    Autoencoder,
    Denoiser,
    TextEncoder,
    Transformer,
    Undisclosed,
    UNet,
)
from rebuilt.cost.models.catalogue import Model
from rebuilt.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Count:
    """Exact cost of one forward pass of one model on one clip.

    Attributes
    ----------
    tokens, text_tokens : int
        Video tokens after patching and text tokens as fed.
    parameters : int
        All parameters of the denoiser, fixed position tables included where the model stores them.
    by_group : dict of str to int
        FLOPs of each group of operations; 2 per multiply-accumulate.
    by_kind : dict of str to int
        The same FLOPs by kind of operation: product, attention, convolution.
    elements : dict of str to int
        Activation values read and written, by kind of operation, when nothing is fused.
    """

    model: str
    clip: Clip
    latent: Latent
    parameters: int
    by_group: dict[str, int]
    by_kind: dict[str, int]
    elements: dict[str, int]

    @property
    def tokens(self) -> int:
        """Video tokens (latent pixels for a U-Net)."""
        return self.latent.tokens

    @property
    def text_tokens(self) -> int:
        """Text tokens as fed."""
        return self.latent.text

    @property
    def flops(self) -> int:
        """FLOPs of one forward pass."""
        return sum(self.by_group.values())

    def bytes_moved(self, bytes_per_value: int = 2) -> int:
        """Bytes of weights and activations that one pass reads and writes when nothing is fused."""
        return bytes_per_value * (self.parameters + sum(self.elements.values()))


def count(model: Model, clip: Clip | None = None) -> Count:
    """Count one forward pass exactly.

    Parameters
    ----------
    model : Transformer or UNet
        From `load_model`.
    clip : Clip, optional
        Default: the clip for which the model was published.

    Returns
    -------
    Count
        Tokens, parameters, FLOPs by group (2 x MAC, batch 1) and activation traffic.

    Raises
    ------
    ShapeError
        If the model refuses the clip, is no denoiser, or does not disclose its architecture.

    Examples
    --------
    >>> from rebuilt.cost import Clip, count, load_model
    >>> count(load_model("dit-xl-2"), Clip(height=256, width=256)).flops
    237242843136
    """
    denoiser = denoiser_of(model)
    clip = with_text(denoiser, clip or default_clip(denoiser))
    latent = latent_of(denoiser, clip)
    operations = (
        operations_of(denoiser, latent.grid)
        if isinstance(denoiser, Transformer)
        else unet_operations(denoiser, latent)
    )
    return Count(
        denoiser.id,
        clip,
        latent,
        parameters=total(operation.parameters for operation in operations),
        by_group=flops_by_group(operations),
        by_kind=flops_by_kind(operations),
        elements={
            kind: total(item.elements for item in operations if item.kind == kind) for kind in KINDS
        },
    )


def denoiser_of(model: Model) -> Transformer | UNet:
    """Return the model if it can be counted as a denoiser, or say what to do instead."""
    if isinstance(model, Undisclosed):
        raise ShapeError(
            f"{model.id} does not disclose its architecture, "
            "so it has no exact count; choose values within the distributions of its file, or ask "
            f"`rebuilt uncertainty {model.id}`"
        )
    if isinstance(model, Autoencoder | TextEncoder):
        raise ShapeError(
            f"{model.id} is of architecture {model.architecture} and denoises nothing; "
            "ask for a model that uses it"
        )
    return model


def default_clip(model: Denoiser) -> Clip:
    """Return the clip for which the model was published."""
    shape = model.clip.default
    return Clip(frames=shape.frames, height=shape.height, width=shape.width)


def operations_of(model: Transformer, grid: Grid) -> list[Operation]:
    """All operations of one forward pass, on integer or symbolic sizes."""
    cut = model.patch.volume
    operations = [
        linear(
            "embedding",
            grid.video,
            model.channels.into * cut,
            model.output.width,
            bias=model.patch.bias,
        ),
        *layer_operations(model.layers, grid),
        *(table(item.group, _entries(item, grid)) for item in model.tables),
    ]
    for block in model.blocks:
        operations += block_operations(block, grid)
    return operations + _output(model, grid)


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
