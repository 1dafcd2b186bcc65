"""The part of model files that describes convolutional networks: U-Nets and autoencoders."""

from typing import Annotated, Literal

from pydantic import Field

from rebuilt.cost.schema import Positive, Sourced

Widths = Annotated[tuple[Positive, ...], Field(min_length=1)]


class UNetLevels(Sourced):
    """Levels of a U-Net from the finest to the coarsest.

    `temporal` says what links frames: nothing, the motion modules of AnimateDiff (attention over
    frames behind every spatial block) or the 3D residual blocks and temporal transformers of SVD.
    """

    widths: Widths
    layers_per_level: Positive
    heads: Widths
    attention: tuple[bool, ...]
    text_width: Positive
    time_width: Positive
    temporal: Literal["none", "motion", "spatio_temporal"] = "none"
    added_condition: int = Field(default=0, ge=0)
    motion_heads: Positive | None = None
    motion_positions: Positive | None = None


class AutoencoderNetwork(Sourced):
    """Levels of an encoder and decoder from the finest to the coarsest."""

    family: Literal["image", "cogvideox", "wan", "hunyuan", "ltx", "allegro", "mochi", "svd"]
    widths: Widths
    layers_per_level: Widths
    latent_channels: Positive
    quant: bool = True
