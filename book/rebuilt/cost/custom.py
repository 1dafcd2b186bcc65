"""Architectures of your own: a published transformer with other blocks, sizes, strides or channels.

Start from any published transformer and change what CHOICES names. Whatever is not named stays:
embedders, text encoders, sampler, and the details of blocks whose kind is kept. Blocks of another
kind take their details from the published model that stands for it (MODELS_OF_KINDS). Limits that
come from published weights, such as position tables, are dropped; a compression network with other
strides or channels has no known decoder. The refusals here are the reference of
`custom_kernels.choice_refusal`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rebuilt.cost import schema
from rebuilt.cost.architectures import Geometry, Transformer
from rebuilt.cost.catalogue import autoencoder_of, load_kind
from rebuilt.cost.codes import FRAMES_RULES, IMAGE, MAX_TEXT, MAX_WIDTH
from rebuilt.errors import ShapeError

# Kinds of blocks, and the published model and place whose details stand for each.
MODELS_OF_KINDS = {
    "full": ("dit-xl-2", 0),
    "full-text": ("wan2.1-t2v-14b", 0),
    "spatial": ("latte-xl-2", 0),
    "spatial-text": ("open-sora-1.2", 0),
    "temporal": ("latte-xl-2", 1),
    "temporal-text": ("open-sora-1.2", 1),
    "joint": ("hunyuanvideo", 0),
    "parallel": ("hunyuanvideo", 1),
    "expert": ("cogvideox-5b", 0),
}
KINDS = ("none", *MODELS_OF_KINDS)
READING = ("full-text", "spatial-text", "temporal-text", "joint", "parallel", "expert")
NAMES = {"blocks": KINDS, "more_blocks": KINDS, "frames_rule": FRAMES_RULES}
# Each choice with its least and largest value; names count from 0 in NAMES.
LIMITS = {
    "blocks": (0, len(KINDS) - 1),
    "depth": (1, 256),
    "more_blocks": (0, len(KINDS) - 1),
    "more_depth": (0, 256),
    "width": (8, MAX_WIDTH),
    "heads": (1, 1024),
    "hidden": (8, 4 * MAX_WIDTH),
    "patch_frames": (1, 16),
    "patch_side": (1, 64),
    "frames_rule": (0, len(FRAMES_RULES) - 1),
    "frames_stride": (1, 64),
    "side_stride": (1, 128),
    "channels": (1, 1024),
    "text_tokens": (0, MAX_TEXT),
}
CHOICES = tuple(LIMITS)
LEAST = tuple(low for low, _ in LIMITS.values())
LARGEST = tuple(high for _, high in LIMITS.values())
COMPOSED = ("code", "below", "above", "frames_first", "frames_step", "side_first", "side_step")
OUT_OF_RANGE = "{field} is {value!r}; it must be a whole number from {least} to {limit}"
RULES = {
    "no_blocks": "blocks is none; choose a kind of block",
    "no_depth": "more_depth is {more_depth} and more_blocks is {more_blocks}; "
    "it must be at least 1, or more_blocks none",
    "heads_divide": "width {width} is not a multiple of heads {heads}; nearest {near}",
    "one_frame": "frames_rule {frames_rule} codes every frame by itself, so frames_stride must "
    "be 1 and is {frames_stride}",
    "no_chunk": "frames_rule chunked needs a chunk length, which the published model does not "
    "have; choose even or causal",
    "reads_text": "blocks {blocks} read text and the model has no text encoder; choose full, "
    "spatial or temporal, or start from a model that reads text",
    "more_read_text": "more_blocks {more_blocks} read text and the model has no text encoder; "
    "choose full, spatial or temporal, or start from a model that reads text",
    "no_text": "text_tokens is {text_tokens}; it must be 0 in a model without text encoder and "
    "at least 1 in any other",
}
Main = schema.SequenceBlock | schema.JointBlock | schema.ParallelBlock | schema.ExpertBlock
Choices = dict[str, int]


@dataclass(frozen=True, slots=True)
class Tie:
    """A size that follows the main width or the hidden width of a model, or neither."""

    constant: int = 0
    widths: int = 0
    hiddens: int = 0

    def at(self, width: int, hidden: int) -> int:
        """Return the size in a model of other widths."""
        return self.constant + self.widths * width + self.hiddens * hidden


def sentences() -> list[str]:
    """Sentence of every code, in the order of codes: accepted, each choice, then the rules."""
    return ["", *[OUT_OF_RANGE] * len(CHOICES), *RULES.values()]


def choices_of(model: Transformer) -> Choices:
    """Return the published value of each choice; names as their places in NAMES."""
    main, geometry = main_blocks(model), autoencoder_of(model).geometry
    first, more = main[0], main[1] if len(main) > 1 else None
    rule = IMAGE if model.clip.image else FRAMES_RULES.index(geometry.frames_rule)
    return {
        "blocks": kind_of(first),
        "depth": first.depth,
        "more_blocks": kind_of(more) if more else 0,
        "more_depth": more.depth if more else 0,
        "width": model.output.width,
        "heads": first.heads,
        "hidden": first.hidden,
        "patch_frames": model.patch.frames,
        "patch_side": model.patch.height,
        "frames_rule": rule,
        "frames_stride": geometry.frames_stride,
        "side_stride": geometry.side_stride,
        "channels": geometry.channels,
        "text_tokens": model.text.tokens if model.text else 0,
    }


def read_choices(texts: Mapping[str, str]) -> Choices:
    """Read choices as people write them, such as {"blocks": "joint", "depth": "20"}.

    Raises
    ------
    ShapeError
        If there is no such choice, name or whole number.
    """
    found = {}
    for field, text in texts.items():
        if field not in LIMITS:
            raise ShapeError(f"there is no choice {field!r}; choose of {', '.join(CHOICES)}")
        names = NAMES.get(field)
        if names and text not in names:
            raise ShapeError(f"{field} is {text!r}; choose of {', '.join(names)}")
        digits = str(names.index(text)) if names else text
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            least, limit = LIMITS[field]
            raise ShapeError(OUT_OF_RANGE.format(field=field, value=text, least=least, limit=limit))
        found[field] = int(digits)
    return found


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


def choice_refusal(model: Transformer, values: Mapping[str, float]) -> int:
    """Code of the first rule that the choices break, 0 if they make an architecture."""
    for place, field in enumerate(CHOICES):
        low, high = LIMITS[field]
        if values[field] not in range(low, high + 1):
            return 1 + place
    has_text = model.text is not None
    kind, more = (KINDS[int(values[field])] for field in ("blocks", "more_blocks"))
    rule = FRAMES_RULES[int(values["frames_rule"])]
    chunk = autoencoder_of(model).geometry.chunk
    broken = {
        "no_blocks": kind == "none",
        "no_depth": more != "none" and values["more_depth"] == 0,
        "heads_divide": values["width"] % values["heads"] != 0,
        "one_frame": rule in ("image", "each") and values["frames_stride"] > 1,
        "no_chunk": rule == "chunked" and chunk is None,
        "reads_text": kind in READING and not has_text,
        "more_read_text": more in READING and not has_text,
        "no_text": has_text != (values["text_tokens"] > 0),
    }
    first = next((name for name, is_broken in broken.items() if is_broken), None)
    return 0 if first is None else 1 + len(CHOICES) + list(RULES).index(first)


def explain(values: Mapping[str, float], code: int) -> str:
    """Say which rule the choices break and what would keep it."""
    shown: dict[str, object] = dict(values)
    if code <= len(CHOICES):
        field = CHOICES[code - 1]
        least, limit = LIMITS[field]
        return OUT_OF_RANGE.format(field=field, value=shown[field], least=least, limit=limit)
    for field, names in NAMES.items():
        shown[field] = names[int(values[field])]
    width, heads = values["width"], values["heads"]
    below = width // heads * heads
    fits = [near for near in (below, below + heads) if 0 < near <= MAX_WIDTH]
    return sentences()[code].format(near=" and ".join(map(str, fits)), **shown)


def main_blocks(model: Transformer) -> list[Main]:
    """Return the groups of blocks that choices name: those that carry video tokens."""
    return [block for block in model.blocks if isinstance(block, Main)]


def kind_of(block: Main) -> int:
    """Place of a group's kind in KINDS."""
    if not isinstance(block, schema.SequenceBlock):
        return KINDS.index(block.kind)
    return KINDS.index(block.scope + ("-text" if block.cross_attention else ""))


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
