"""What can be changed of a published architecture: names, limits, and sentences of refusals.

The form of the calculator, `rebuilt cost --set`, the axes of sweeps and the distributions of model
files name the same choices; `variants.py` makes them.
"""

from math import floor

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


# Places of CHOICES that the rules speak of, for the text below.
BLOCKS, DEPTH, MORE_BLOCKS, MORE_DEPTH, WIDTH, HEADS = range(6)
RULE, STRIDE, TEXT = 9, 10, 13
FIRST_RULE = 1 + len(CHOICES)
FROM_JOINT = 7  # kinds from here on read text, and before it every other one


def reads_text(kind):  # type: ignore[no-untyped-def]
    """Whether blocks of a kind (a place in KINDS) read text."""
    return kind >= FROM_JOINT or (kind > 0.0 and kind == 2.0 * floor(kind / 2.0))


def width_near(choice, largest, step):  # type: ignore[no-untyped-def]
    """Width next below (step -1) or above (1) that the heads share; 0 if there is none."""
    below = choice[HEADS] * floor(choice[WIDTH] / choice[HEADS])
    found = below if step < 0.0 else below + choice[HEADS]
    return found if found > 0.0 and found <= largest[WIDTH] else 0.0


def refused(choice, least, largest, has_text, has_chunk):  # type: ignore[no-untyped-def]
    """0 if the choices make an architecture, else the code of the first rule that they break.

    choice, least, largest : floats in the order of CHOICES
    has_text, has_chunk : 1.0 where the published model has a text encoder, a chunk length
    """
    for place in range(len(choice)):
        value = choice[place]
        inside = value >= least[place] and value <= largest[place]
        if not inside or value != floor(value):
            return 1 + place
    more, has_no_text = choice[MORE_BLOCKS], has_text == 0.0
    code = FIRST_RULE + 7 if has_no_text != (choice[TEXT] == 0.0) else 0
    code = FIRST_RULE + 6 if has_no_text and reads_text(more) else code
    code = FIRST_RULE + 5 if has_no_text and reads_text(choice[BLOCKS]) else code
    code = FIRST_RULE + 4 if choice[RULE] == 4.0 and has_chunk == 0.0 else code
    code = FIRST_RULE + 3 if choice[RULE] < 2.0 and choice[STRIDE] > 1.0 else code
    left = choice[WIDTH] - choice[HEADS] * floor(choice[WIDTH] / choice[HEADS])
    code = FIRST_RULE + 2 if left > 0.0 else code
    code = FIRST_RULE + 1 if more > 0.0 and choice[MORE_DEPTH] < 1.0 else code
    return FIRST_RULE if choice[BLOCKS] == 0.0 else code
