"""Architectures of your own: a published transformer with other blocks, sizes, strides or channels.

Start from any published transformer and change what CHOICES names. Whatever is not named stays:
embedders, text encoders, sampler, and the details of blocks whose kind is kept. Blocks of another
kind take their details from the published model that stands for it (MODELS_OF_KINDS). Limits that
come from published weights, such as position tables, are dropped; a compression network with other
strides or channels has no known decoder. The refusals here are the reference of
`custom_kernels.choice_refusal`.
"""

from collections.abc import Mapping

from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import autoencoder_of
from rebuilt.cost.models.choices import (
    CHOICES,
    KINDS,
    LIMITS,
    NAMES,
    OUT_OF_RANGE,
    READING,
    RULES,
    Choices,
    sentences,
)
from rebuilt.cost.models.codes import FRAMES_RULES, IMAGE, MAX_WIDTH
from rebuilt.errors import ShapeError

Main = schema.SequenceBlock | schema.JointBlock | schema.ParallelBlock | schema.ExpertBlock


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
