"""The kinds of model file: transformer, U-Net, autoencoder, text encoder, undisclosed model."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rebuilt.cost.models.choices import DRAWN
from rebuilt.cost.models.convolutional import (
    AutoencoderNetwork,
    CountedNetwork,
    Peak,
    Tiling,
    UNetLevels,
)
from rebuilt.cost.models.schema import (
    AudioInput,
    Block,
    Channels,
    ClipRules,
    Layer,
    Learned,
    LearnedBlock,
    Output,
    Patch,
    PoolBlock,
    Positive,
    RefinerBlock,
    Released,
    Sampler,
    Section,
    SequenceBlock,
    Source,
    Sourced,
    Table,
    Text,
    TextInput,
)

FramesRule = Literal["each", "even", "causal", "chunked"]


class Geometry(Sourced):
    """How pixels become latents.

    `frames_rule`: `each` codes every frame by itself, `even` takes groups of `frames_stride`,
    `causal` keeps the first frame alone, `chunked` cuts chunks of
    `chunk` frames and rounds each up to whole latent frames. `rounds_down` drops the pixels at
    the edge that do not fill a latent pixel instead of refusing them.
    """

    frames_rule: FramesRule
    frames_stride: Positive = 1
    side_stride: Positive
    channels: Positive
    chunk: Positive | None = None
    rounds_down: bool = False

    @model_validator(mode="after")
    def rule_has_its_numbers(self) -> Self:
        """Chunks need a length, and rules that code frame by frame have stride 1."""
        if (self.frames_rule == "chunked") != (self.chunk is not None):
            raise ValueError(
                f"frames_rule {self.frames_rule} with chunk {self.chunk}; "
                "a chunk length belongs to frames_rule chunked and to no other"
            )
        if self.frames_rule == "each" and self.frames_stride != 1:
            raise ValueError(
                f"frames_rule {self.frames_rule} with frames_stride {self.frames_stride}; "
                "without temporal compression the stride is 1"
            )
        return self


class Named(Section):
    """What every model file begins with; `also` are other names that people type.

    Models that people ask for say which family they belong to, and when they were first public.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    name: Text
    also: tuple[Text, ...] = ()
    note: str = ""
    family: Text | None = None
    released: Released | None = None

    def __hash__(self) -> int:
        """By name, for a field that is a dict has no hash; equal models have equal names."""
        return hash(self.id)


class Autoencoder(Named):
    """The network between pixels and latents.

    It is described (`network`) or was counted (`counted`); without either only its geometry is
    known. `peak` is what lives while it decodes, `tiling` how it cuts a latent that is too large.
    """

    architecture: Literal["autoencoder"]
    geometry: Geometry
    network: AutoencoderNetwork | None = None
    counted: CountedNetwork | None = None
    peak: Peak | None = None
    tiling: Tiling | None = None

    @property
    def decodes(self) -> bool:
        """Whether decoding is modelled."""
        return self.network is not None or self.counted is not None

    @model_validator(mode="after")
    def one_network(self) -> Self:
        """Check that a network is described or counted, not both, and Allegro's has its tiles."""
        if self.network is not None and self.counted is not None:
            raise ValueError("network and counted both say what decoding takes; leave one out")
        tiled = self.network is not None and self.network.family == "allegro"
        if tiled and (self.tiling is None or self.tiling.only != "whole"):
            raise ValueError("family allegro works in tiles; give tiling with only: whole")
        return self


class TextEncoder(Named):
    """A text or image encoder that runs once per prompt, made of transformer blocks.

    `approximate` says what is left out or simplified; empty where the count is exact.
    """

    architecture: Literal["text_encoder"]
    approximate: str = ""
    layers: tuple[Layer, ...] = ()
    tables: tuple[Table, ...] = ()
    blocks: tuple[SequenceBlock, ...]


class Unknown(Sourced):
    """A hyper-parameter as a distribution: low, central and high value, and why."""

    low: float
    central: float
    high: float
    shape: Literal["triangular", "loguniform", "uniform"]
    integer: bool = True
    reason: Text

    @model_validator(mode="after")
    def ordered(self) -> Self:
        """Check that a distribution runs upwards, and a log-uniform one above zero."""
        if not self.low <= self.central <= self.high:
            raise ValueError(
                f"low {self.low:g}, central {self.central:g}, high {self.high:g} "
                "must be in ascending order"
            )
        if self.shape == "loguniform" and self.low <= 0:
            raise ValueError(f"low {self.low:g} of a loguniform distribution must be above zero")
        return self


class Denoiser(Named):
    """What transformer and U-Net share: clips, autoencoder, text and sampler.

    `geometry` takes the place of the autoencoder's own, whose network then does not apply.
    `own_encoders` are text encoders of a checkpoint, which the catalogue does not have.
    """

    clip: ClipRules
    autoencoder: Text
    geometry: Geometry | None = None
    channels: Channels
    text: TextInput | None = None
    own_encoders: tuple[TextEncoder, ...] = ()
    sampler: Sampler


class Transformer(Denoiser):
    """A diffusion transformer on patches of the latent grid.

    `distributions` are of values that its makers did not disclose, by the names of choices.DRAWN;
    counts use the values of the other sections, the Monte Carlo of `drawn.py` the distributions.
    `learned` holds all counts of a network that was learned from its code: its blocks and output
    say widths and heads, and nothing else is listed.
    `experts` are networks of this shape that take turns by noise level: one at work, all held.
    """

    architecture: Literal["transformer"]
    distributions: dict[str, Unknown] = Field(default_factory=dict)
    patch: Patch
    audio: AudioInput | None = None
    experts: Positive = 1
    layers: tuple[Layer, ...] = ()
    tables: tuple[Table, ...] = ()
    layers_source: Source
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]
    output: Output
    learned: Learned | None = None

    @model_validator(mode="after")
    def learned_or_written(self) -> Self:
        """Take counts from the code or from what the file lists, never from both."""
        learned = [isinstance(block, LearnedBlock) for block in self.blocks]
        agree = all(learned) == any(learned) == (self.learned is not None)
        if agree and (self.learned is None or not (self.layers or self.tables)):
            return self
        raise ValueError(
            "a learned model has the section learned, blocks of kind learned only, and neither "
            "layers nor tables; any other has none of the first two"
        )

    @model_validator(mode="after")
    def widths_agree(self) -> Self:
        """Check that the stream which patches enter leaves through the output; text has its own."""
        for block in self.blocks:
            of_text = isinstance(block, PoolBlock | RefinerBlock)
            if not of_text and block.width != self.output.width:
                raise ValueError(
                    f"blocks of kind {block.kind} have width {block.width} and output has width "
                    f"{self.output.width}; both carry the video tokens and must be equal"
                )
        return self

    @model_validator(mode="after")
    def distributions_can_be_drawn(self) -> Self:
        """Check names and limits of distributions, and that what they are of exists."""
        for name, unknown in self.distributions.items():
            check_drawn(name, unknown)
            if name == "text_tokens" and self.text is None:
                raise ValueError(
                    "distributions has text_tokens and the file has no text section; add one"
                )
        return self

    @model_validator(mode="after")
    def text_is_declared(self) -> Self:
        """Blocks that read text need a text section."""
        for block in self.blocks:
            reads = block.kind != "learned"
            if isinstance(block, SequenceBlock):
                reads = block.cross_attention is not None
            if reads and self.text is None:
                raise ValueError(
                    f"blocks of kind {block.kind} read text and the file has no text section; "
                    "add one"
                )
        return self


def check_drawn(name: str, unknown: Unknown) -> None:
    """Raise ValueError if nothing of this name can be drawn, or not between these values."""
    if name not in DRAWN:
        raise ValueError(
            f"distributions has {name!r}, of which nothing is drawn; choose of {', '.join(DRAWN)}"
        )
    least, limit = DRAWN[name]
    if unknown.low < least or unknown.high > limit:
        raise ValueError(
            f"the distribution of {name} runs from {unknown.low:g} to {unknown.high:g}; it must "
            f"stay from {least:g} to {limit:g}"
        )
    if unknown.integer != (name != "mfu"):
        kind = "a fraction: set integer: false" if name == "mfu" else "a whole number: leave out"
        rest = "" if name == "mfu" else " integer"
        raise ValueError(f"the distribution of {name} is of {kind}{rest}")


class UNet(Denoiser):
    """A convolutional denoiser with attention on some of its levels."""

    architecture: Literal["unet"]
    levels: UNetLevels


class Claimed(Sourced):
    """The longest and largest clip that the model's makers claim."""

    seconds: float = Field(gt=0)
    height: Positive
    width: Positive


class Undisclosed(Named):
    """A model whose architecture was never published: distributions, never numbers.

    `blocks_of` is the published relative whose kind of blocks, embedders and text encoders stand
    in; all their sizes are drawn.
    """

    architecture: Literal["undisclosed"]
    claimed: Claimed
    blocks_of: Text
    unknowns: dict[str, Unknown]


Architecture = Annotated[
    Transformer | UNet | Autoencoder | TextEncoder | Undisclosed,
    Field(discriminator="architecture"),
]
