"""Numbers that kernels use instead of names, and the limits within which they are exact.

`kernels.py` repeats the numbers, because a compiled file may import nothing; a test compares them.
"""

MAX_FRAMES = 2**17  # over an hour at 30 frames a second
MAX_SIDE = 2**14    # pixels; twice 8K
MAX_TEXT = 2**14    # text tokens
MAX_WIDTH = 2**15   # channels of one layer
MAX_COUNT = 2**63 - 1

IMAGE, EACH, EVEN, CAUSAL, CHUNKED = range(5)
FRAMES_RULES = ("image", "each", "even", "causal", "chunked")

ACCEPTED = 0
REFUSALS = (
    "accepted",
    "frames",
    "height",
    "width",
    "text",
    "image",
    "frames_even",
    "frames_causal",
    "frames_maximum",
    "height_multiple",
    "width_multiple",
    "height_maximum",
    "width_maximum",
    "square",
    "text_maximum",
)

# Powers of (latent frames, tokens per frame, text tokens) that counts of transformers consist of.
MONOMIALS = (
    (0, 0, 0),
    (1, 0, 0),
    (0, 1, 0),
    (0, 0, 1),
    (1, 1, 0),
    (1, 0, 1),
    (1, 1, 1),
    (1, 2, 0),
    (2, 1, 0),
    (2, 2, 0),
    (0, 0, 2),
)

FULL, FACTORISED, JOINT = range(3)
LAYOUTS = ("full", "factorised", "joint")
