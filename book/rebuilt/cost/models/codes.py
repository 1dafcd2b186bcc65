"""Why a clip is refused: codes, sentences for people, and the limits of every count."""

MAX_FRAMES = 2**17  # over an hour at 30 frames a second
MAX_SIDE = 2**14  # pixels; twice 8K
MAX_TEXT = 2**14  # text tokens
MAX_WIDTH = 2**15  # channels of one layer
MAX_STEPS = 10_000  # of a sampler
MAX_PASSES = 3  # of one step

FRAMES_RULES = ("image", "each", "even", "causal", "chunked")

# A job is refused by a code: the place of a name here. The sentences are for people, whatever the
# text of the engine was compiled to; fields are those of `latent.named`.
_PADDED = "nearest {near}, to which pipelines crop or pad"
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
    "height_multiple": "height {height} is not a multiple of {side_multiple}; " + _PADDED,
    "width_multiple": "width {width} is not a multiple of {side_multiple}; " + _PADDED,
    "height_maximum": "height {height} is beyond the position table; nearest {side_maximum}",
    "width_maximum": "width {width} is beyond the position table; nearest {side_maximum}",
    "square": "height {height} and width {width} differ and the model takes squares; "
    "nearest {height}x{height} and {width}x{width}",
    "text_maximum": "text_tokens {text} is above the model's maximum; nearest {text_maximum}",
    "heads_divide": "width {channels} is not a multiple of heads {heads}; choose another of them",
    "one_frame": "every frame is coded by itself, so frames_stride must be 1 and is {stride}",
}
REFUSALS = tuple(SENTENCES)
# The same in a word or two, for the counts of a sweep.
FITS, UNCOUNTED, TOO_LARGE = 0, 99, 100  # the second fits as far as it was counted
REASONS = {
    FITS: "fits",
    UNCOUNTED: "fits, but the decoder's peak is not counted",
    TOO_LARGE: "does not fit the accelerator's memory",
    **{code: f"refused: {name.replace('_', ' ')}" for code, name in enumerate(REFUSALS) if code},
}
NOT_WHOLE = "{field} is {value!r}; it must be a whole number"
BEYOND = "{field} is {value}; counts are checked up to {limit}"
NOT_COUNTED = "{field} is {value!r}; it must be a whole number from 1 to {limit}"
