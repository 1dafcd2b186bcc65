"""Names of the places in the arrays that the engine reads and writes, and its declared range.

Every array of the engine is a row of numbers in the order of one of these tuples: whoever fills or
reads one goes by name, and the text of the engine by the constants below.
"""

MAX_COUNT = 2**63 - 1  # whole numbers of compiled code; a job is refused before it passes this

# Sizes in which models are counted. Each follows from the job by a rule of `sizes.fill`, which may
# round, pad or chunk; a polynomial never does. `frames`, `area` and `text` are tokens after
# patching, `latent_*` before; `odd_frames` and `tiles` are how some decoders work, `decodes` is 1
# where the decoder of the file applies; then numbers of the architecture, audio tokens, and
# tokens of a frame in patches of two and four times the side, and networks that take turns.
SIZES = (
    *("frames", "area", "text", "latent_frames", "latent_area", "odd_frames", "tiles", "decodes"),
    *("depth", "more_depth", "width", "heads", "head", "padded_head", "norm_head", "hidden"),
    *("patch_frames", "patch_side", "channels", "audio", "half_area", "quarter_area"),
    "experts",
)
FRAMES, AREA, TEXT, LATENT_FRAMES, LATENT_AREA, ODD_FRAMES, TILES, DECODES = range(8)
DEPTH, MORE_DEPTH, WIDTH, HEADS, HEAD, PADDED_HEAD, NORM_HEAD, HIDDEN = range(8, 16)
PATCH_FRAMES, PATCH_SIDE, CHANNELS, AUDIO, HALF_AREA, QUARTER_AREA, EXPERTS = range(16, 23)

# What a polynomial of a model gives. `forward` is FLOPs of one pass, `product` and `attention` its
# two parts, the latter with heads as wide as kernels make them; `elements` values moved by a pass,
# of which `stream` and `head` by steps on whole rows and on rows of one head; `exchange` values of
# one of q, k, v and output; `launches` operations of a pass; `alive_*` and `exchanged_*` bytes, of
# which the largest counts; then FLOPs by group.
ALIVE_ROWS, EXCHANGED_ROWS = 8, 3
ROWS = (
    *("forward", "product", "attention", "elements", "stream", "head", "exchange", "launches"),
    *("parameters", "other_parameters", "encode", "decode"),
    *(f"alive_{place}" for place in range(ALIVE_ROWS)),
    *(f"exchanged_{place}" for place in range(EXCHANGED_ROWS)),
    *("projection", "self_attention", "feed_forward", "cross_attention"),
    *("modulation", "embedding", "output", "convolution"),
)
FORWARD, PRODUCT, ATTENTION, ELEMENTS, STREAM, HEAD_STEPS, EXCHANGE, LAUNCHES = range(8)
PARAMETERS, OTHER_PARAMETERS, ENCODE, DECODE, ALIVE = 8, 9, 10, 11, 12
EXCHANGED = ALIVE + ALIVE_ROWS
GROUP_ROWS = EXCHANGED + EXCHANGED_ROWS

# A job: the clip, how often, on how much; then the numbers of the architecture, and FLOPs for one
# pixel of an assumed decoder (0: that of the model's file).
JOB = (
    *("frames", "height", "width_px", "text_tokens", "steps", "passes", "batch", "gpus"),
    *("depth", "more_depth", "width", "heads", "hidden", "patch_frames", "patch_side"),
    *("frames_stride", "side_stride", "channels", "decode_flops"),
)
J_FRAMES, J_HEIGHT, J_WIDTH_PX, J_TEXT, J_STEPS, J_PASSES, J_BATCH, J_GPUS = range(8)
J_DEPTH, J_MORE_DEPTH, J_WIDTH, J_HEADS, J_HIDDEN, J_PATCH_FRAMES, J_PATCH_SIDE = range(8, 15)
J_FRAMES_STRIDE, J_SIDE_STRIDE, J_CHANNELS, J_DECODE_FLOPS = range(15, 19)

# What a model says that is no polynomial: which clips it takes, and when its decoder applies.
# Maxima and `side_multiple` are 0 where there is none; `shared_heads` is what every layer's heads
# are a multiple of, 0 where the job's heads are; tiles are latent frames, rows and columns of a
# tile of the decoder and of a step to the next. Audio has a rate, 0 where there is none; text and
# tokens of a frame are padded to a multiple, 1 where they are not. `history` is 1 where coarser
# patches are counted.
RULES = (
    *("rule", "chunk", "frames_maximum", "side_multiple", "side_patches_maximum", "square"),
    *("pads", "rounds_down", "text_minimum", "text_maximum", "shared_heads"),
    *("has_decoder", "own_rule", "own_frames_stride", "own_side_stride", "own_channels"),
    *("tile_frames", "tile_height", "tile_width", "tile_step_frames"),
    *("tile_step_height", "tile_step_width"),
    *("audio_fps", "audio_rate", "text_multiple", "area_multiple", "history"),
    "experts",
)
R_RULE, R_CHUNK, R_FRAMES_MAXIMUM, R_SIDE_MULTIPLE, R_SIDE_PATCHES, R_SQUARE = range(6)
R_PADS, R_ROUNDS_DOWN, R_TEXT_MINIMUM, R_TEXT_MAXIMUM, R_SHARED_HEADS = range(6, 11)
R_HAS_DECODER, R_OWN_RULE, R_OWN_FRAMES_STRIDE, R_OWN_SIDE_STRIDE, R_OWN_CHANNELS = range(11, 16)
R_TILE = 16
R_AUDIO_FPS, R_AUDIO_RATE, R_TEXT_MULTIPLE, R_AREA_MULTIPLE, R_HISTORY, R_EXPERTS = range(22, 28)

IMAGE, EACH, EVEN, CAUSAL, CHUNKED = range(5)  # how time is compressed, as codes.FRAMES_RULES

# What a bill gives: whole numbers, then floats. Seconds behind `fits` are of one step, but for the
# last two, which are of the job.
COUNTS = ("tokens", "flops", "bytes_moved", "parameters", "denoise", "text_encoder", "decode")
FIGURES = (
    *("seconds", "seconds_low", "seconds_high", "joules", "usd"),
    *("weights_bytes", "activation_bytes", "buffer_bytes", "memory_bytes", "fits"),
    *("product_s", "attention_s", "traffic_s", "exchange_s", "host_s", "encode_s", "decode_s"),
    "ulysses",
)
