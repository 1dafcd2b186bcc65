"""The groups of blocks that choices name, and the published value of each choice."""

from rebuilt.cost.algebra.places import IMAGE
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import autoencoder_of
from rebuilt.cost.models.choices import KINDS, Choices
from rebuilt.cost.models.codes import FRAMES_RULES

Main = (
    schema.SequenceBlock
    | schema.JointBlock
    | schema.ParallelBlock
    | schema.ExpertBlock
    | schema.LearnedBlock
)


def main_blocks(model: Transformer) -> list[Main]:
    """Return the groups of blocks that choices name: those that carry video tokens."""
    return [block for block in model.blocks if isinstance(block, Main)]


def kind_of(block: Main) -> int:
    """Place of a group's kind in KINDS; one that was learned is of none."""
    if isinstance(block, schema.LearnedBlock):
        return 0
    if not isinstance(block, schema.SequenceBlock):
        return KINDS.index(block.kind)
    return KINDS.index(block.scope + ("-text" if block.cross_attention else ""))


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
