"""A published transformer with the choices of `custom.py` applied: a model file that nobody wrote.

Sizes of a model that equal its main width, or its hidden width, follow it; sizes of text encoders
and of time embeddings stay. What comes out is a `Transformer` like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Geometry, Transformer
from rebuilt.cost.models.catalogue import autoencoder_of, load_kind
from rebuilt.cost.models.choices import KINDS, MODELS_OF_KINDS, Choices
from rebuilt.cost.models.codes import FRAMES_RULES, IMAGE
from rebuilt.cost.models.custom import (
    Main,
    choice_refusal,
    choices_of,
    explain,
    kind_of,
    main_blocks,
)
from rebuilt.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Tie:
    """A size that follows the main width or the hidden width of a model, or neither."""

    constant: int = 0
    widths: int = 0
    hiddens: int = 0

    def at(self, width: int, hidden: int) -> int:
        """Return the size in a model of other widths."""
        return self.constant + self.widths * width + self.hiddens * hidden


def altered(model: Transformer, changes: Mapping[str, int]) -> Transformer:
    """Change a published transformer.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    changes : mapping of str to int
        New values of some of CHOICES; names as their places in NAMES (`read_choices`).

    Returns
    -------
    Transformer
        A description like any other: `count`, `lower`, `inference` and `estimate` take it.

    Raises
    ------
    ShapeError
        If no such architecture exists; the sentence says what to change.

    Examples
    --------
    >>> from rebuilt.cost import count, load_model
    >>> wan = load_model("wan2.1-t2v-14b")
    >>> count(altered(wan, {"depth": 20})).parameters < count(wan).parameters
    True
    """
    values = choices_of(model) | dict(changes)
    code = choice_refusal(model, values)
    if code:
        raise ShapeError(f"{model.id}, changed: {explain(values, code)}")
    return model.model_copy(
        update={
            "name": f"{model.name}, changed",
            "geometry": _geometry(model, values),
            "clip": _clip(model, values),
            "channels": _channels(model, values),
            "patch": _patch(model, values),
            "text": _text(model, values),
            "layers": tuple(_layer(model, layer, values) for layer in model.layers),
            "tables": tuple(_table(model, table, values) for table in model.tables),
            "blocks": _blocks(model, values),
            "output": _output(model, values),
        }
    )


def stand_in(kind: int) -> tuple[Main, Transformer]:
    """Return the published blocks that stand for a kind, and their model."""
    name, place = MODELS_OF_KINDS[KINDS[kind]]
    model = load_kind(name, Transformer, "blocks of another kind")
    return main_blocks(model)[place], model


def tie_width(size: int, width: int) -> Tie:
    """Tie a size to the main width if it is a multiple of it."""
    return Tie(size) if size % width else Tie(widths=size // width)


def tie_hidden(size: int, hidden: int) -> Tie:
    """Tie a size to the hidden width if it is that."""
    return Tie(hiddens=1) if size == hidden else Tie(size)


def tie_layer(layer: schema.Layer, place: int, width: int) -> Tie:
    """Tie one width of an embedder: what comes in from elsewhere stays as it is."""
    size = layer.widths[place]
    follows = size == width or (layer.group == "modulation" and place > 0)
    return tie_width(size, width) if follows else Tie(size)


def tie_channels(size: int, channels: int) -> tuple[int, int]:
    """Constant and multiple of the latent channels that make a size."""
    return (size, 0) if size % channels else (0, size // channels)


def _geometry(model: Transformer, values: Choices) -> Geometry | None:
    """Geometry of its own, None where it is the autoencoder's, whose decoder then applies."""
    own = autoencoder_of(model).geometry
    rule = "each" if values["frames_rule"] == IMAGE else FRAMES_RULES[values["frames_rule"]]
    wanted = Geometry(
        source=own.source,
        frames_rule=rule,  # type: ignore[arg-type]
        frames_stride=values["frames_stride"],
        side_stride=values["side_stride"],
        channels=values["channels"],
        chunk=own.chunk if rule == "chunked" else None,
        rounds_down=own.rounds_down,
    )
    return model.geometry if wanted == own else wanted


def _clip(model: Transformer, values: Choices) -> schema.ClipRules:
    return schema.ClipRules(
        source=model.clip.source,
        default=model.clip.default,
        fps=model.clip.fps,
        image=values["frames_rule"] == IMAGE,
    )


def _channels(model: Transformer, values: Choices) -> schema.Channels:
    own = autoencoder_of(model).geometry.channels
    sizes = {}
    for field in ("into", "out"):
        constant, times = tie_channels(getattr(model.channels, field), own)
        sizes[field] = constant + times * values["channels"]
    return model.channels.model_copy(update=sizes)


def _patch(model: Transformer, values: Choices) -> schema.Patch:
    side = values["patch_side"]
    sizes = {"frames": values["patch_frames"], "height": side, "width": side}
    return model.patch.model_copy(update=sizes)


def _text(model: Transformer, values: Choices) -> schema.TextInput | None:
    if model.text is None:
        return None
    tokens = values["text_tokens"]
    return model.text.model_copy(update={"tokens": tokens, "maximum": tokens})


def _layer(model: Transformer, layer: schema.Layer, values: Choices) -> schema.Layer:
    ties = (tie_layer(layer, place, model.output.width) for place in range(len(layer.widths)))
    widths = tuple(tie.at(values["width"], values["hidden"]) for tie in ties)
    return layer.model_copy(update={"widths": widths})


def _table(model: Transformer, table: schema.Table, values: Choices) -> schema.Table:
    own = model.output.width
    shape = tuple(values["width"] if axis == own else axis for axis in table.shape)
    return table.model_copy(update={"shape": shape})


def _blocks(model: Transformer, values: Choices) -> tuple[schema.Block, ...]:
    """Blocks ahead of the transformer, then the two groups that were chosen."""
    sized = [_sized(block, model, values) for block in model.blocks if not isinstance(block, Main)]
    own = [*main_blocks(model), None]
    for place, (kind, depth) in enumerate((("blocks", "depth"), ("more_blocks", "more_depth"))):
        wanted = values[kind]
        if wanted == 0:
            continue
        block = own[place]
        owner = model
        if block is None or kind_of(block) != wanted:
            block, owner = stand_in(wanted)
        sized.append(_sized(block, owner, values, values[depth]))
    return tuple(sized)


def _sized(
    block: schema.Block, owner: Transformer, values: Choices, depth: int | None = None
) -> schema.Block:
    """Return a group of blocks of `owner` in the widths that were chosen."""
    width, hidden = owner.output.width, main_blocks(owner)[0].hidden

    def wide(size: int) -> int:
        return tie_width(size, width).at(values["width"], values["hidden"])

    def deep(size: int) -> int:
        return tie_hidden(size, hidden).at(values["width"], values["hidden"])

    if isinstance(block, schema.PoolBlock):
        return block.model_copy(update={"out": wide(block.out)})
    changed: dict[str, object] = {
        "depth": block.depth if depth is None else depth,
        "width": values["width"],
        "heads": values["heads"],
        "hidden": deep(block.hidden),
    }
    for field in ("norm_parameters", "text_width"):
        if hasattr(block, field):
            changed[field] = wide(getattr(block, field))
    if isinstance(block, schema.JointBlock):
        changed["text_hidden"] = deep(block.text_hidden)
    if isinstance(block, schema.SequenceBlock) and block.cross_attention:
        cross = block.cross_attention
        changed["cross_attention"] = cross.model_copy(update={"text_width": wide(cross.text_width)})
    return block.model_copy(update=changed)


def _output(model: Transformer, values: Choices) -> schema.Output:
    output, width = model.output, values["width"]
    norms = tie_width(output.norm_parameters, output.width).at(width, 0)
    return output.model_copy(update={"width": width, "norm_parameters": norms})
