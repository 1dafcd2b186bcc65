"""U-Nets, the generation before diffusion transformers: SD 1.5, AnimateDiff and SVD.

The layer list is generated from the levels of the model file: the way down, the middle, and the
way up with one skip connection per layer. Sizes are integers; a level is half as high and wide as
the one before, rounded up. Convolutions count padding like any other tap.
"""

from dataclasses import dataclass

from rebuilt.cost.algebra.operations import (
    ACTIVATION_PASSES,
    GATED_ACTIVATION_PASSES,
    NORM_PASSES,
    RESIDUAL_PASSES,
    Operation,
    attention,
    convolution,
    linear,
    mlp,
    pointwise,
    share,
)
from rebuilt.cost.models.architectures import UNet
from rebuilt.cost.models.latent import Latent

TIME_FACTOR = 4  # the time embedding is four times as wide as the finest level


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a layer works: frames, positions per frame, text tokens, and the model's settings."""

    model: UNet
    frames: int
    height: int
    width: int
    text: int

    @property
    def area(self) -> int:
        """Positions of one frame."""
        return self.height * self.width

    @property
    def rows(self) -> int:
        """Positions of all frames."""
        return self.frames * self.area

    @property
    def time_width(self) -> int:
        """Width of the time embedding."""
        return TIME_FACTOR * self.model.levels.widths[0]

    def halved(self) -> "Stage":
        """Return the next coarser level."""
        return Stage(self.model, self.frames, -(-self.height // 2), -(-self.width // 2), self.text)


def unet_operations(model: UNet, latent: Latent) -> list[Operation]:
    """All operations of one forward pass of a U-Net on integer sizes.

    Parameters
    ----------
    model : UNet
        Levels from the finest to the coarsest.
    latent : Latent
        Latent frames, height and width; at least one position on the coarsest level.

    Returns
    -------
    list of Operation
        FLOPs are 2 x MAC, batch 1.
    """
    levels = model.levels
    stage = Stage(model, latent.frames, latent.height, latent.width, latent.text)
    finest = levels.widths[0]
    operations = [
        *mlp("embedding", 1, (finest, stage.time_width, stage.time_width)),
        *(
            mlp("embedding", 1, (levels.added_width, stage.time_width, stage.time_width))
            if levels.added_width
            else []
        ),
        convolution("embedding", stage.rows, model.channels.into, finest, 9),
    ]
    down, stages, skips = _down(stage)
    operations += down
    operations += _middle(stages[-1], levels.widths[-1])
    operations += _up(stages, skips)
    return [
        *operations,
        pointwise("output", stage.rows, finest, NORM_PASSES + ACTIVATION_PASSES, 2 * finest),
        convolution("output", stage.rows, finest, model.channels.out, 9),
    ]


def _down(stage: Stage) -> tuple[list[Operation], list[Stage], list[int]]:
    """List the operations on the way down, the stage of each level, the widths for the way up."""
    levels = stage.model.levels
    operations: list[Operation] = []
    stages, skips, width = [stage], [levels.widths[0]], levels.widths[0]
    for level, out in enumerate(levels.widths):
        for _ in range(levels.layers_per_level):
            operations += _layer(stages[-1], width, out, levels.attention[level])
            width = out
            skips.append(out)
        if level + 1 < len(levels.widths):
            stages.append(stages[-1].halved())
            operations.append(
                convolution("convolution", stages[-1].rows, out, out, 9, inputs=stages[-2].rows)
            )
            skips.append(out)
    return operations, stages, skips


def _middle(stage: Stage, width: int) -> list[Operation]:
    return [
        *_residual(stage, width, width),
        *_transformer(stage, width),
        *_residual(stage, width, width),
    ]


def _up(stages: list[Stage], skips: list[int]) -> list[Operation]:
    levels = stages[0].model.levels
    operations: list[Operation] = []
    width = levels.widths[-1]
    for level in reversed(range(len(levels.widths))):
        out = levels.widths[level]
        for _ in range(levels.layers_per_level + 1):
            operations += _layer(stages[level], width + skips.pop(), out, levels.attention[level])
            width = out
        if level:
            finer = stages[level - 1]
            operations.append(convolution("convolution", finer.rows, out, out, 9))
    return operations


def _layer(stage: Stage, width: int, out: int, attends: bool) -> list[Operation]:
    operations = _residual(stage, width, out)
    if attends:
        operations += _transformer(stage, out)
    if stage.model.levels.temporal == "motion":
        operations += _motion(stage, out)
    return operations


def _residual(stage: Stage, width: int, out: int) -> list[Operation]:
    """Two 3 x 3 convolutions with the time step added between them; SVD adds two over time."""
    operations = _convolutions(stage, width, out, 9)
    if width != out:
        operations.append(convolution("convolution", stage.rows, width, out, 1))
    if stage.model.levels.temporal == "spatio_temporal":
        operations += [*_convolutions(stage, out, out, 3), _mixer(stage, out)]
    return operations


def _convolutions(stage: Stage, width: int, out: int, kernel: int) -> list[Operation]:
    passes = NORM_PASSES + ACTIVATION_PASSES
    return [
        pointwise("convolution", stage.rows, width, passes, 2 * width),
        convolution("convolution", stage.rows, width, out, kernel),
        linear("modulation", stage.frames, stage.time_width, out),
        pointwise("convolution", stage.rows, out, passes + RESIDUAL_PASSES, 2 * out),
        convolution("convolution", stage.rows, out, out, kernel),
    ]


def _mixer(stage: Stage, width: int) -> Operation:
    """One learned number blends the spatial and the temporal result."""
    return pointwise("modulation", stage.rows, width, RESIDUAL_PASSES, 1)


def _transformer(stage: Stage, width: int) -> list[Operation]:
    levels, rows, frames = stage.model.levels, stage.rows, stage.frames
    if levels.linear_projection:
        ends = linear("projection", rows, width, width)
    else:
        ends = convolution("projection", rows, width, width, 1)
    operations = [
        pointwise("projection", rows, width, NORM_PASSES, 2 * width),
        ends,
        *_self_attention(rows, width, frames, stage.area),
        *_cross_attention(rows, width, levels.text_width, frames, stage.area, stage.text),
        *_feed_forward(rows, width),
        ends,
    ]
    if levels.temporal == "spatio_temporal":
        operations += _temporal(stage, width)
    return operations


def _temporal(stage: Stage, width: int) -> list[Operation]:
    """SVD's second transformer block, whose sequences are one place over all frames."""
    rows, frames, area = stage.rows, stage.frames, stage.area
    text_width = stage.model.levels.text_width
    return [
        *mlp("embedding", frames, (width, TIME_FACTOR * width, width)),
        *_feed_forward(rows, width),
        *_self_attention(rows, width, area, frames),
        *_cross_attention(rows, width, text_width, area, frames, stage.text),
        *_feed_forward(rows, width),
        _mixer(stage, width),
    ]


def _motion(stage: Stage, width: int) -> list[Operation]:
    """AnimateDiff's module: two self-attentions over frames and a feed-forward layer."""
    rows, ends = stage.rows, linear("projection", stage.rows, width, width)
    return [
        pointwise("projection", rows, width, NORM_PASSES, 2 * width),
        ends,
        *_self_attention(rows, width, stage.area, stage.frames),
        *_self_attention(rows, width, stage.area, stage.frames),
        *_feed_forward(rows, width),
        ends,
    ]


def _self_attention(rows: int, width: int, copies: int, length: int) -> list[Operation]:
    return [
        pointwise("projection", rows, width, NORM_PASSES + RESIDUAL_PASSES, 2 * width),
        linear("projection", rows, width, 3 * width, bias=False),
        attention("attention", copies, length, length, width),
        linear("projection", rows, width, width),
    ]


def _cross_attention(
    rows: int, width: int, text_width: int, copies: int, length: int, text: int
) -> list[Operation]:
    """Every sequence gets its own copy of the text keys and values, as in the real networks."""
    group = "cross_attention"
    return [
        pointwise(group, rows, width, NORM_PASSES + RESIDUAL_PASSES, 2 * width),
        linear(group, rows, width, width, bias=False),
        *share(copies, [linear(group, text, text_width, 2 * width, bias=False)]),
        attention(group, copies, length, text, width),
        linear(group, rows, width, width),
    ]


def _feed_forward(rows: int, width: int) -> list[Operation]:
    """GEGLU: eight widths out, half of them gates."""
    return [
        pointwise("feed_forward", rows, width, NORM_PASSES + RESIDUAL_PASSES, 2 * width),
        linear("feed_forward", rows, width, 8 * width),
        pointwise("feed_forward", rows, 4 * width, GATED_ACTIVATION_PASSES),
        linear("feed_forward", rows, 4 * width, width),
    ]
