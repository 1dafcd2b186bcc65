"""The part of model files that describes convolutional networks: U-Nets and autoencoders."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rebuilt.cost.models.schema import Positive, Sourced

# Latent frames, rows and columns of a tile of Allegro's decoder, and of a step to the next one.
TILE, TILE_STEP = (6, 40, 40), (4, 25, 30)
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
    """Levels of an encoder and decoder from the finest to the coarsest.

    `family` names the way of working: `image` codes every frame alone, `cogvideox` and `wan` work
    in chunks with a cache, `allegro` in overlapping tiles, `hunyuan`, `ltx`, `svd`, `mochi` and
    `miniature` take the whole clip at once. `frames_halved` says
    behind which levels the encoder halves frames; the decoder doubles at `frames_doubled`, counted
    from its coarse end.
    """

    family: Literal[
        "image", "cogvideox", "hunyuan", "wan", "ltx", "svd", "allegro", "mochi", "miniature"
    ]
    widths: Widths
    layers: Widths
    latent_channels: Positive
    quant: bool = False
    frames_halved: tuple[bool, ...] = ()
    frames_doubled: tuple[bool, ...] = ()
    decoder_widths: tuple[Positive, ...] = ()
    strides: tuple[Positive, ...] = ()
    patch: Positive = 1
    chunk: Positive | None = None

    @model_validator(mode="after")
    def levels_agree(self) -> Self:
        """Every level has a width; LTX and Mochi also have layers in the middle."""
        expected = len(self.widths) + (self.family in ("ltx", "mochi"))
        if len(self.layers) != expected:
            raise ValueError(
                f"layers name {len(self.layers)} places and widths {len(self.widths)} levels; "
                f"family {self.family} needs {expected}"
            )
        return self
