"""What can be changed of a published architecture: names, limits, and sentences of refusals.

The form of the calculator, `rebuilt cost --set` and the distributions of model files name the same
choices; `custom.py` applies them and `custom_kernels.py` knows their places.
"""

from rebuilt.cost.models.codes import FRAMES_RULES, MAX_PASSES, MAX_STEPS, MAX_TEXT, MAX_WIDTH

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
# What model files may give distributions for, with the limits of each.
DRAWN: dict[str, tuple[float, float]] = {
    **{name: limits for name, limits in LIMITS.items() if name not in NAMES},
    "steps": (1, MAX_STEPS),
    "passes": (1, MAX_PASSES),
    "mfu": (0.001, 1.0),  # fraction of the dense peak, in the place of the hardware model
}
Choices = dict[str, int]


def sentences() -> list[str]:
    """Sentence of every code, in the order of codes: accepted, each choice, then the rules."""
    return ["", *[OUT_OF_RANGE] * len(CHOICES), *RULES.values()]
