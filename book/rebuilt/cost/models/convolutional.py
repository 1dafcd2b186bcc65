"""The part of model files that describes convolutional networks: U-Nets and autoencoders."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.algebra.places import DECODING_ROWS
from rebuilt.cost.models.schema import Count, Parameters, Positive, Sourced

# Sizes in which a decoder is counted: latent frames, area, edge (rows + columns) and rows of a
# tile, 1 where frames are odd, 1 where a frame follows the first, frames behind the first of their
# chunk, one; tiles of a decoder that works in nothing else, and those of one frame, in which its
# encoder works once more.
LATENT_SIZES = (
    *("frames", "area", "edge", "rows", "odd", "follows", "later", "one"),
    *("tiles", "frame_tiles"),
)
# Where tiles are joined: latent frames, area of the latent and of all tiles of a frame, one.
JOINED_SIZES = ("frames", "area", "covered", "one")
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
    added_width: Count = 0

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


class Tiling(Sourced):
    """Overlapping tiles in which a decoder can work, in latent frames, rows and columns.

    `step` leads from one tile to the next. Frames are 0 where a tile has all of them. `only` is for
    a decoder that knows no other way: it leaves out what does not fill a tile (`whole`), or moves
    tiles together until they cover the latent (`over`). `usual`: pipelines cut unless told not to.
    """

    only: Literal["whole", "over"] | None = None
    usual: bool = False

    tile: tuple[Count, Positive, Positive]
    step: tuple[Count, Positive, Positive]


Terms = Annotated[dict[str, int], Field(min_length=1)]
Groups = Annotated[dict[str, Terms], Field(min_length=1)]


class Peak(Sourced):
    """Bytes alive while a latent is decoded, in BF16, counted on the real implementation.

    Each of `rows` is a polynomial of one moment, `sizes: coefficient` with the sizes of
    `counted.SIZES`; the largest counts. Input, output and caches are in it; weights and what
    kernels take besides are not, and attention is fused. `joined` is counted where a pipeline does
    not join tiles as most do, in sizes of JOINED_SIZES.
    """

    rows: Annotated[tuple[Terms, ...], Field(min_length=1, max_length=DECODING_ROWS - 1)]
    joined: tuple[Terms, ...] = ()

    @field_validator("rows")
    @classmethod
    def sizes_exist(cls, rows: tuple[Terms, ...]) -> tuple[Terms, ...]:
        """Check the names of sizes."""
        for row in rows:
            check_sizes(row)
        return rows

    @field_validator("joined")
    @classmethod
    def joined_sizes_exist(cls, joined: tuple[Terms, ...]) -> tuple[Terms, ...]:
        """Check the names of sizes where tiles are joined."""
        for row in joined:
            check_sizes(row, JOINED_SIZES)
        return joined

    @model_validator(mode="after")
    def rows_fit(self) -> Self:
        """Check that the engine has a row for every moment."""
        if len(self.rows) + len(self.joined) > DECODING_ROWS:
            raise ValueError(f"rows and joined name more than {DECODING_ROWS} moments together")
        return self


class CountedNetwork(Sourced):
    """FLOPs and parameters of an autoencoder, solved from counts of the real implementation.

    `encode` and `decode` hold a polynomial for each group of operations, as the rows of `Peak`.
    """

    parameters: Parameters
    decoder_parameters: Parameters
    encode: Groups
    decode: Groups

    @field_validator("encode", "decode")
    @classmethod
    def sizes_exist(cls, groups: Groups) -> Groups:
        """Check the names of groups and sizes."""
        for group, terms in groups.items():
            if group not in GROUPS:
                raise ValueError(f"there is no group {group!r}; groups are {', '.join(GROUPS)}")
            check_sizes(terms)
        return groups


def check_sizes(terms: Terms, sizes: tuple[str, ...] = LATENT_SIZES) -> None:
    """Raise ValueError if a polynomial has a size that latents do not have."""
    for names in terms:
        for name in names.split():
            if name not in sizes:
                raise ValueError(
                    f"there is no size {name!r} of a latent; sizes are {', '.join(sizes)}"
                )


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
