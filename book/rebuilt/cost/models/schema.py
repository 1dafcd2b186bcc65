"""The shape of data/models/*.yaml: what a published architecture must state, and with which source.

Every section names its source as `bibliography-key: place in it`; the section's values all come
from there. Nothing here counts anything.
"""

import math
import re
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from rebuilt.cost.algebra.grid import ROWS, row_terms
from rebuilt.cost.algebra.polynomial import read

MOST = 2**48  # of a size; the largest of the catalogue are vocabularies and tables of positions
MOST_PARAMETERS = 10**16  # of one network; the largest published video model has under 10**11
Positive = Annotated[int, Field(ge=1, le=MOST, strict=True)]
Count = Annotated[int, Field(ge=0, le=MOST, strict=True)]
Parameters = Annotated[int, Field(ge=1, le=MOST_PARAMETERS, strict=True)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*: .+")]
DAY = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"  # or a month, or a year
Group = Literal[
    "projection",
    "attention",
    "feed_forward",
    "cross_attention",
    "modulation",
    "embedding",
    "output",
]
HEADS_SHARE = (
    "width {width} is not a multiple of heads {heads}; correct one of them or state head_width"
)
QueryKeyNorm = Literal["none", "head_rms", "head_layer", "width_rms"]


def known_rows(rows: int | str) -> int | str:
    """Check the rows of a layer: a number, or names of grid.ROWS and numbers with + between."""
    for _, term in row_terms(rows):
        if not (term.isascii() and term.isdigit()) and term not in ROWS:
            raise ValueError(
                f"rows {rows!r} has {term!r}; write a whole number or names of {', '.join(ROWS)}, "
                "with + or - between them"
            )
    return rows


Rows = Annotated[Positive | Text, AfterValidator(known_rows)]


def known_count(text: str | int) -> str:
    """Check a polynomial in sizes that a grid has; the text stays as it is."""
    strange = sorted({name for monomial in read(text).terms for name in monomial} - {*LEARNED})
    if strange:
        raise ValueError(
            f"polynomial {text!r} has the size {strange[0]!r}; sizes are {', '.join(LEARNED)}"
        )
    return str(text)


LEARNED = ("frames", "area", "text", "audio")  # the sizes in which a learned model is counted
Counted = Annotated[str, BeforeValidator(known_count)]


def possible(sizes: str, parameters: int) -> None:
    """Raise ValueError for more parameters than any network has."""
    if parameters > MOST_PARAMETERS:
        raise ValueError(
            f"{sizes} makes {parameters:.2g} parameters; a network has at most "
            f"{MOST_PARAMETERS:.0e}, so correct a size"
        )


class Section(BaseModel):
    """Any part of a model file; a field that is not listed is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Sourced(Section):
    """A part that states where all its values come from."""

    source: Source


class Released(Section):
    """When a model was first public: a day, a month or a year, and the source that says so.

    `note` says what the date is of where that is not plain; without a date, why nobody knows it.
    """

    source: Source | None = None
    date: Annotated[str, Field(pattern=DAY)] | None = None
    note: str = ""

    @model_validator(mode="after")
    def sourced_or_said_to_be_unknown(self) -> Self:
        """Check that a date has a source, and a missing one a reason and the day of the search."""
        if self.date is None and not re.search(r"last tried \d{4}-\d\d-\d\d$", self.note):
            raise ValueError(
                "there is no date; add one with its source, or a note that says why not and ends "
                'in "last tried" and the day'
            )
        if (self.date is None) != (self.source is None):
            raise ValueError(f"date {self.date} with source {self.source}; give both or neither")
        return self

    @property
    def year(self) -> int | None:
        """Year of the date, None where it is unknown."""
        return int(self.date[:4]) if self.date else None


class ClipShape(Section):
    """Frames, height and width in pixels."""

    frames: Positive
    height: Positive
    width: Positive


class ClipRules(Sourced):
    """Which clips the real model accepts beyond what strides and patches require."""

    default: ClipShape
    fps: float | None = Field(default=None, gt=0)
    image: bool = False
    frames_maximum: Positive | None = None
    side_multiple: Positive | None = None
    side_patches_maximum: Positive | None = None
    square: bool = False


class Patch(Sourced):
    """Latent frames, rows and columns that make one token.

    `pads`: rows and columns that do not fill a patch are padded instead of refused; frames always.
    `area_multiple`: tokens of a frame are padded to a multiple of it.
    `history`: earlier frames pass beside, in patches of two and four times the side.
    """

    frames: Positive = 1
    height: Positive
    width: Positive
    pads: bool = False
    area_multiple: Positive = 1
    history: bool = False
    bias: bool = True

    @property
    def volume(self) -> int:
        """Latent positions in one token."""
        return self.frames * self.height * self.width


class Channels(Sourced):
    """Latent channels into and out of the network."""

    into: Positive
    out: Positive


class Encoder(Section):
    """A text encoder and the tokens that it sees: `text` are the denoiser's own.

    `text + 34` where a pipeline puts a template before the prompt that the denoiser does not see.
    One of `images` reads no prompt but so many given images, once, whatever guidance asks for.
    """

    id: Text
    tokens: Rows = "text"
    images: int = Field(default=0, ge=0)


class TextInput(Sourced):
    """Text tokens as the denoiser sees them; `tokens` is the padded length of the pipeline.

    `multiple`: whatever is fed is padded to a multiple of it.
    """

    tokens: Positive
    maximum: Positive
    multiple: Positive = 1
    encoders: tuple[Encoder, ...]


class AudioDecoder(Sourced):
    """What turns audio tokens into sound, once a clip: autoencoder and vocoder together.

    `first` and `later` are FLOPs (2 x MAC) of the first token and of each that follows, counted on
    the real implementation; `parameters` are those that are held, of the encoder too.
    """

    parameters: Parameters
    first: Annotated[int, Field(ge=1, strict=True)]
    later: Annotated[int, Field(ge=1, strict=True)]


class AudioInput(Sourced):
    """Audio tokens of a clip: round(frames / fps x tokens_per_second); and their decoder."""

    fps: float = Field(gt=0)
    tokens_per_second: float = Field(gt=0)
    decoder: AudioDecoder | None = None


class Layer(Section):
    """A chain of linear layers: widths [a, b, c] is a -> b -> c.

    `times` applications of the same weights, as for height and width of one image. One that is
    not `learned` is a product without weights, as of positions with frequencies. A depthwise
    convolution is a layer from its taps to its channels.
    """

    name: Text
    group: Group
    rows: Rows
    times: Positive = 1
    widths: Annotated[tuple[Positive, ...], Field(min_length=2)]
    bias: bool = True
    learned: bool = True

    @model_validator(mode="after")
    def could_be_built(self) -> Self:
        """Check its parameters."""
        each = [first * second for first, second in pairwise(self.widths)]
        possible(f"widths {' x '.join(map(str, self.widths))}", self.times * sum(each))
        return self


class Attend(Section):
    """Attention beside that of a block's kind: who asks, who answers, in which width."""

    name: Text
    group: Group
    queries: Rows
    keys: Rows
    width: Positive


class Table(Section):
    """Learned values without products; `area` in the shape grows with the clip."""

    name: Text
    group: Group
    shape: Annotated[tuple[Positive | Literal["area"], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def could_be_built(self) -> Self:
        """Check its parameters."""
        sizes = [size for size in self.shape if isinstance(size, int)]
        possible(f"shape {' x '.join(map(str, sizes))}", math.prod(sizes))
        return self


class Attention(Sourced):
    """What every attention block states: `heads` x `head_width` is the attention's own width.

    `layers`, `attends` and `values` (learned, without products) are what one block has beside its
    kind: image tokens, a second stream, modulation of low rank. `bias_last` is of the second layer
    of the feed-forward, where that differs from the first.
    """

    depth: Positive
    width: Positive
    heads: Positive
    head_width: Positive | None = None
    hidden: Positive
    gated: bool = False
    bias_qkv: bool = True
    bias_out: bool = True
    bias_hidden: bool = True
    bias_last: bool | None = None
    qk_norm: QueryKeyNorm = "none"
    layers: tuple[Layer, ...] = ()
    attends: tuple[Attend, ...] = ()
    values: Count = 0

    @model_validator(mode="after")
    def heads_divide_width(self) -> Self:
        """Without a stated head width, heads share the width evenly."""
        if self.head_width is None and self.width % self.heads:
            raise ValueError(HEADS_SHARE.format(width=self.width, heads=self.heads))
        return self

    @model_validator(mode="after")
    def could_be_built(self) -> Self:
        """Check the parameters of its feed-forward alone: no one has a network of so many."""
        sizes = f"depth {self.depth} x width {self.width} x hidden {self.hidden}"
        possible(sizes, self.depth * self.width * self.hidden)
        return self

    @property
    def inner(self) -> int:
        """Width of queries: heads x head width."""
        return self.heads * self.each_head

    @property
    def each_head(self) -> int:
        """Width of one head."""
        return self.head_width or self.width // self.heads


class CrossAttention(Section):
    """Video queries, text keys and values; `kv_width` where fewer heads answer than ask."""

    text_width: Positive
    rows: Rows = "text"
    kv_width: Positive | None = None
    bias_qkv: bool | None = None
    per_frame_text: bool = False
    qk_norm: QueryKeyNorm = "none"
    affine_norm: bool = False


class SequenceBlock(Attention):
    """One stream of tokens: DiT, PixArt, Latte, Open-Sora, Wan, LTX, Allegro, text encoders.

    `scope` says who attends to whom: all tokens, those of one frame, or one place over time.
    `adaln` linears make that many vectors per block from the condition; `table` learns them.
    `stream` is whose tokens pass through the block, `keys` who answers them where that is not the
    stream itself: other tokens too, or, in linear attention, as many rows as a head has values.
    `chunk`: frames of tokens attend to those of their own chunk of so many and of earlier chunks,
    a mask that the model was trained with; whole chunks are counted.
    """

    kind: Literal["sequence"]
    scope: Literal["full", "spatial", "temporal"] = "full"
    stream: Rows = "video"
    keys: Rows | None = None
    chunk: Positive | None = None
    kv_width: Positive | None = None
    adaln: Count = 0
    adaln_rows: Rows = "one"
    table: Count = 0
    norm_parameters: Count = 0
    rotary: bool = False
    cross_attention: CrossAttention | None = None

    @model_validator(mode="after")
    def chunks_are_of_the_video(self) -> Self:
        """Check that chunks of frames are cut where whole frames attend to whole frames."""
        if self.chunk and (self.scope, self.stream, self.keys) != ("full", "video", None):
            raise ValueError(
                f"chunk {self.chunk} with scope {self.scope}, stream {self.stream} and keys "
                f"{self.keys}; chunks belong to full attention of the video to itself"
            )
        return self


class JointBlock(Attention):
    """Two streams that attend together: SD3, Flux, HunyuanVideo, Mochi.

    `ends_text`: the last block of the group drops the text stream behind its attention.
    `video_attention`: a second attention among video tokens only (SD3.5-medium).
    `video_rows` and `text_rows`: what shares each stream, such as earlier frames, image tokens.
    """

    kind: Literal["joint"]
    text_width: Positive
    text_hidden: Positive
    video_rows: Rows = "video"
    text_rows: Rows = "text"
    adaln_video: Count
    adaln_text: Count
    adaln_last_text: Positive | None = None
    ends_text: bool = False
    video_attention: bool = False
    rotary: bool = False


class ParallelBlock(Attention):
    """One joined stream with attention and feed-forward side by side: Flux, HunyuanVideo."""

    kind: Literal["parallel"]
    text_rows: Rows = "text"
    adaln: Count
    rotary: bool = False


class ExpertBlock(Attention):
    """One joined stream, shared weights, separate modulation of text and video: CogVideoX."""

    kind: Literal["expert"]
    condition_width: Positive
    adaln: Positive
    norm_parameters: Count = 0
    rotary: bool = False


class RefinerBlock(Attention):
    """Self-attention among text tokens before the transformer: HunyuanVideo."""

    kind: Literal["refiner"]
    rows: Rows = "text"
    kv_width: Positive | None = None
    adaln: Count
    norm_parameters: Count = 0


class PoolBlock(Sourced):
    """Attention that sums the text up in one vector: Mochi."""

    kind: Literal["pool"]
    width: Positive
    out: Positive


class LearnedBlock(Attention):
    """Blocks that nobody described: what memory and layouts ask of them; counts stand in `learned`.

    `rows` of tokens pass through it, and it runs `steps` operations.
    """

    kind: Literal["learned"]
    rows: Counted
    steps: Positive


Block = Annotated[
    SequenceBlock
    | JointBlock
    | ParallelBlock
    | ExpertBlock
    | RefinerBlock
    | PoolBlock
    | LearnedBlock,
    Field(discriminator="kind"),
]


class LearnedOperation(Section):
    """All operations of one group and kind, as `algebra.operations.Operation` has them."""

    group: Group
    kind: Literal["product", "attention", "pointwise", "head"]
    flops: Counted = "0"
    elements: Counted = "0"
    padded: Counted = "0"


class Learned(Sourced):
    """Counts of a network's own code, found by `rebuilt learn`: polynomials in LEARNED.

    `config` is the SHA-256 of the configuration (keys sorted, without spaces) that the class was
    built with; `versions` are those of the packages that ran.
    """

    module: Text
    class_name: Text
    config: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    versions: Text
    parameters: Parameters
    operations: Annotated[tuple[LearnedOperation, ...], Field(min_length=1)]


class Output(Sourced):
    """What follows the last block: final norm, modulation, projection back to latent patches."""

    width: Positive
    bias: bool = True
    adaln: Count = 0
    adaln_rows: Rows = "one"
    adaln_bias: bool = True
    condition_width: Positive | None = None
    table: Count = 0
    norm_parameters: Count = 0


class Sampler(Sourced):
    """How the published pipeline samples: steps, and network passes per step (guidance)."""

    steps: Positive
    passes: Annotated[int, Field(ge=1, le=3, strict=True)]
    distilled: bool = False
