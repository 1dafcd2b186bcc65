"""The part of model files that describes convolutional networks: U-Nets and autoencoders."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rebuilt.cost.schema import Positive, Sourced

Widths = Annotated[tuple[Positive, ...], Field(min_length=1)]


class UNetLevels(Sourced):
    """Levels of a U-Net from the finest to the coarsest, each half as high and wide as the last.

    `temporal` says what links frames: nothing, the motion modules of AnimateDiff (attention over
    frames behind every block outside the middle) or the temporal residual and transformer blocks
    of SVD. `added_width` is the size of further conditions, embedded like the time step.
    """

    widths: Widths
    layers_per_level: Positive
    heads: Widths
    attention: tuple[bool, ...]
    text_width: Positive
    linear_projection: bool = False
    temporal: Literal["none", "motion", "spatio_temporal"] = "none"
    added_width: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def levels_agree(self) -> Self:
        """Widths, heads and attention are given for the same levels."""
        lengths = (len(self.widths), len(self.heads), len(self.attention))
        if len(set(lengths)) > 1:
            raise ValueError(
                f"widths, heads and attention name {lengths[0]}, {lengths[1]} and {lengths[2]} "
                "levels; give each level one of each"
            )
        for width, heads in zip(self.widths, self.heads, strict=True):
            if width % heads:
                raise ValueError(f"width {width} is not a multiple of heads {heads}")
        return self


class AutoencoderNetwork(Sourced):
    """Levels of an encoder and decoder from the finest to the coarsest."""

    family: Literal["image", "cogvideox", "wan", "hunyuan", "ltx", "allegro", "mochi", "svd"]
    widths: Widths
    layers_per_level: Widths
    latent_channels: Positive
    quant: bool = True
