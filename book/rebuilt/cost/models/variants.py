"""A published transformer with some choices changed: a model file that nobody wrote.

Start from any published transformer and change what CHOICES names. Whatever is not named stays:
embedders, text encoders, sampler, and the details of blocks whose kind is kept. Blocks of another
kind take their details from the published model that stands for it (MODELS_OF_KINDS). Sizes that
equal the main width, or the hidden width, follow it; sizes of text encoders and of time embeddings
stay. Limits that come from published weights, such as position tables, are dropped; a compression
network with other strides or channels has no known decoder. A choice may be a symbol: then counts
are polynomials in it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rebuilt.cost.algebra.places import IMAGE
from rebuilt.cost.algebra.polynomial import Polynomial, Size, symbol
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Geometry, Transformer
from rebuilt.cost.models.catalogue import autoencoder_of, load_kind
from rebuilt.cost.models.choices import (
    CHOICES,
    KINDS,
    LARGEST,
    LEAST,
    LIMITS,
    MODELS_OF_KINDS,
    NAMES,
    OUT_OF_RANGE,
    Choices,
    refused,
    sentences,
    width_near,
)
from rebuilt.cost.models.codes import FRAMES_RULES
from rebuilt.cost.models.groups import Main, choices_of, kind_of, main_blocks
from rebuilt.errors import ShapeError

SYMBOLIC = (
    *("depth", "more_depth", "width", "heads", "hidden", "patch_frames", "patch_side", "channels"),
)
FIXED = "was learned from its code, so its architecture is fixed"
Values = Mapping[str, Any]  # whole numbers, or polynomials where a choice is a symbol


@dataclass(frozen=True, slots=True)
class Tie:
    """A size that follows the main width or the hidden width of a model, or neither."""

    constant: int = 0
    widths: int = 0
    hiddens: int = 0

    def at(self, width: Size, hidden: Size) -> Any:
        """Return the size in a model of other widths."""
        return self.constant + self.widths * width + self.hiddens * hidden


def read_choices(texts: Mapping[str, str]) -> Choices:
    """Read choices as people write them, such as {"blocks": "joint", "depth": "20"}.

    Raises
    ------
    ShapeError
        If there is no such choice, name or whole number.
    """
    return {field: read_choice(field, text) for field, text in texts.items()}


def read_choice(field: str, text: str) -> int:
    """Read one choice; names become their places in NAMES."""
    if field not in LIMITS:
        raise ShapeError(f"there is no choice {field!r}; choose of {', '.join(CHOICES)}")
    names = NAMES.get(field)
    if names and text not in names:
        raise ShapeError(f"{field} is {text!r}; choose of {', '.join(names)}")
    digits = str(names.index(text)) if names else text
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        least, limit = LIMITS[field]
        raise ShapeError(OUT_OF_RANGE.format(field=field, value=text, least=least, limit=limit))
    return int(digits)


def altered(
    model: Transformer, changes: Mapping[str, int], varying: Collection[str] = ()
) -> Transformer:
    """Change a published transformer.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    changes : mapping of str to int
        New values of some of CHOICES; names as their places in NAMES (`read_choices`).
    varying : collection of str
        Choices that have another value in each job, so that rules about them are not judged here.

    Returns
    -------
    Transformer
        A description like any other: `count`, `inference` and `estimate` take it.

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
    _check_written(model)
    values = choices_of(model) | dict(changes)
    code = choice_refusal(model, _harmless(values, varying))
    if code:
        raise ShapeError(f"{model.id}, changed: {explain(values, code)}")
    changed = _with(model, values)
    return changed.model_copy(
        update={
            "geometry": _geometry(model, values),
            "clip": _clip(model, values),
            "text": _text(model, values),
        }
    )


def symbolic(
    model: Transformer, names: Iterable[str], changes: Mapping[str, int] | None = None
) -> Transformer:
    """Put symbols in the place of some choices of SYMBOLIC, so that counts are polynomials in them.

    Other choices change as `altered` would. A head's width is a symbol of its own where the width
    or the number of heads is one.
    """
    _check_written(model)
    own: dict[str, Any] = choices_of(model) | dict(changes or {})
    values = own | {name: symbol(name) for name in names}
    if isinstance(values["width"], Polynomial) or isinstance(values["heads"], Polynomial):
        values["head"] = symbol("head")
    return _with(model, values)


def choice_refusal(model: Transformer, values: Mapping[str, float]) -> int:
    """Code of the first rule that the choices break, 0 if they make an architecture."""
    chunk = autoencoder_of(model).geometry.chunk
    choice = [float(values[field]) for field in CHOICES]
    return int(refused(choice, LEAST, LARGEST, float(model.text is not None), float(bool(chunk))))


def explain(values: Mapping[str, float], code: int) -> str:
    """Say which rule the choices break and what would keep it."""
    shown: dict[str, object] = dict(values)
    if code <= len(CHOICES):
        field = CHOICES[code - 1]
        least, limit = LIMITS[field]
        return OUT_OF_RANGE.format(field=field, value=shown[field], least=least, limit=limit)
    for field, names in NAMES.items():
        shown[field] = names[int(values[field])]
    choice = [float(values[field]) for field in CHOICES]
    near = [width_near(choice, LARGEST, step) for step in (-1.0, 1.0)]
    found = " and ".join(str(int(width)) for width in near if width)
    return sentences()[code].format(near=found, **shown)


def group_in_place(model: Transformer, slot: int | None, kind: int, depth: Size) -> schema.Block:
    """Group of blocks of a kind, all its numbers symbols: the model's own where it has that kind.

    With `slot` None it is the published group that stands for the kind.
    """
    values: dict[str, Any] = {name: symbol(name) for name in SYMBOLIC} | {"head": symbol("head")}
    own = None if slot is None else [*main_blocks(model), None, None][slot]
    if own is not None and kind_of(own) == kind:
        return _sized(own, model, values, depth)
    block, owner = stand_in(kind)
    return _sized(block, owner, values, depth)


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


def _check_written(model: Transformer) -> None:
    if model.learned is not None:
        raise ShapeError(
            f"{model.id} {FIXED}; learn it again from another configuration, or start from a model "
            "whose file lists its blocks"
        )


def _harmless(values: Choices, varying: Collection[str]) -> Choices:
    """Put values that break no rule in the place of those that vary."""
    found = dict(values)
    if "heads" in varying:
        found["heads"] = 1
    if "width" in varying:
        found["width"] = LIMITS["width"][0] * found["heads"]
    ones = [name for name in ("more_depth", "frames_stride") if name in varying]
    return found | dict.fromkeys(ones, 1)


def _with(model: Transformer, values: Values) -> Transformer:
    """Return the description with other numbers; Pydantic does not look at copies."""
    return model.model_copy(
        update={
            "name": f"{model.name}, changed",
            "channels": _channels(model, values),
            "patch": _patch(model, values),
            "layers": tuple(_layer(model, layer, values) for layer in model.layers),
            "tables": tuple(_table(model, table, values) for table in model.tables),
            "blocks": _blocks(model, values),
            "output": _output(model, values),
        }
    )


def _geometry(model: Transformer, values: Values) -> Geometry | None:
    """Geometry of its own, None where it is the autoencoder's, whose decoder then applies."""
    own = autoencoder_of(model).geometry
    rule = "each" if values["frames_rule"] == IMAGE else FRAMES_RULES[values["frames_rule"]]
    wanted = Geometry(
        source=own.source,
        frames_rule=rule,  # type: ignore[arg-type]
        frames_stride=1 if rule == "each" else values["frames_stride"],
        side_stride=values["side_stride"],
        channels=values["channels"],
        chunk=own.chunk if rule == "chunked" else None,
        rounds_down=own.rounds_down,
    )
    return model.geometry if wanted == own else wanted


def _clip(model: Transformer, values: Values) -> schema.ClipRules:
    return schema.ClipRules(
        source=model.clip.source,
        default=model.clip.default,
        fps=model.clip.fps,
        image=values["frames_rule"] == IMAGE,
    )


def _channels(model: Transformer, values: Values) -> schema.Channels:
    own = autoencoder_of(model).geometry.channels
    sizes = {}
    for field in ("into", "out"):
        constant, times = tie_channels(getattr(model.channels, field), own)
        sizes[field] = constant + times * values["channels"]
    return model.channels.model_copy(update=sizes)


def _patch(model: Transformer, values: Values) -> schema.Patch:
    side = values["patch_side"]
    sizes = {"frames": values["patch_frames"], "height": side, "width": side}
    return model.patch.model_copy(update=sizes)


def _text(model: Transformer, values: Values) -> schema.TextInput | None:
    if model.text is None:
        return None
    tokens = values["text_tokens"]
    return model.text.model_copy(update={"tokens": tokens, "maximum": tokens})


def _layer(model: Transformer, layer: schema.Layer, values: Values) -> schema.Layer:
    ties = (tie_layer(layer, place, model.output.width) for place in range(len(layer.widths)))
    widths = tuple(tie.at(values["width"], values["hidden"]) for tie in ties)
    return layer.model_copy(update={"widths": widths})


def _table(model: Transformer, table: schema.Table, values: Values) -> schema.Table:
    own = model.output.width
    shape = tuple(values["width"] if axis == own else axis for axis in table.shape)
    return table.model_copy(update={"shape": shape})


def _blocks(model: Transformer, values: Values) -> tuple[schema.Block, ...]:
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
    block: schema.Block, owner: Transformer, values: Values, depth: Size | None = None
) -> schema.Block:
    """Return a group of blocks of `owner` in the widths that were chosen."""
    width, hidden = owner.output.width, main_blocks(owner)[0].hidden

    def wide(size: int) -> Any:
        return tie_width(size, width).at(values["width"], values["hidden"])

    def deep(size: int) -> Any:
        return tie_hidden(size, hidden).at(values["width"], values["hidden"])

    if isinstance(block, schema.PoolBlock):
        return block.model_copy(update={"out": wide(block.out)})
    changed: dict[str, object] = {
        "depth": block.depth if depth is None else depth,
        "width": values["width"],
        "heads": values["heads"],
        "hidden": deep(block.hidden),
        "head_width": block.head_width or values.get("head"),  # one that is stated stays
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


def _output(model: Transformer, values: Values) -> schema.Output:
    output, width = model.output, values["width"]
    norms = tie_width(output.norm_parameters, output.width).at(width, 0)
    return output.model_copy(update={"width": width, "norm_parameters": norms})
