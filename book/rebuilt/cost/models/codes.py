"""Numbers that kernels use instead of names, and the limits within which they are exact.

`kernels.py` repeats the numbers, because a compiled file may import nothing; a test compares them.
"""

MAX_FRAMES = 2**17  # over an hour at 30 frames a second
MAX_SIDE = 2**14  # pixels; twice 8K
MAX_TEXT = 2**14  # text tokens
MAX_WIDTH = 2**15  # channels of one layer
MAX_STEPS = 10_000  # of a sampler
MAX_PASSES = 3  # of one step
MAX_COUNT = 2**63 - 1

IMAGE, EACH, EVEN, CAUSAL, CHUNKED = range(5)
FRAMES_RULES = ("image", "each", "even", "causal", "chunked")

# A clip is refused by a code: the place of a name here. The sentences are for people, in whatever
# language a kernel was compiled to; fields are those of the clip and of `latent.Rules`.
ACCEPTED = 0
SENTENCES = {
    "accepted": "",
    "frames": "frames is {frames} and must be at least 1",
    "height": "height is {height} and must be at least 1",
    "width": "width is {width} and must be at least 1",
    "text": "text_tokens is {text} and must be at least {text_minimum}",
    "image": "frames is {frames} and the model makes images; nearest 1",
    "frames_even": "frames {frames} is not a multiple of {stride}; nearest {near}",
    "frames_causal": "frames {frames} is not 1 + a multiple of {stride}; nearest {near}",
    "frames_maximum": "frames {frames} is above the model's maximum; nearest {frames_maximum}",
    "height_minimum": "height {height} is less than one latent pixel; nearest {side_minimum}",
    "width_minimum": "width {width} is less than one latent pixel; nearest {side_minimum}",
    "height_multiple": "height {height} is not a multiple of {side_multiple}; nearest {near}",
    "width_multiple": "width {width} is not a multiple of {side_multiple}; nearest {near}",
    "height_maximum": "height {height} is beyond the position table; nearest {side_maximum}",
    "width_maximum": "width {width} is beyond the position table; nearest {side_maximum}",
    "square": "height {height} and width {width} differ and the model takes squares; "
    "nearest {height}x{height} and {width}x{width}",
    "text_maximum": "text_tokens {text} is above the model's maximum; nearest {text_maximum}",
}
REFUSALS = tuple(SENTENCES)
NOT_WHOLE = "{field} is {value!r}; it must be a whole number"
BEYOND = "{field} is {value}; counts are checked up to {limit}"
NOT_COUNTED = "{field} is {value!r}; it must be a whole number from 1 to {limit}"

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
