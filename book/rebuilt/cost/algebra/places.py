"""Names of the places in the arrays that the engine reads and writes, and its declared range.

Every array of the engine is a row of numbers in the order of one of these tuples: whoever fills or
reads one goes by name, and the text of the engine by the constants below.
"""

MAX_COUNT = 2**63 - 1  # whole numbers of compiled code; a job is refused before it passes this

# Sizes in which models are counted. Each follows from the job by a rule of `sizes.fill`, which may
# round, pad or chunk; a polynomial never does. `frames`, `area` and `text` are tokens after
# patching, `latent_*` before; `odd_frames` and `tiles` are how some decoders work, `decodes` is 1
# where the decoder of the file applies; then numbers of the architecture, audio tokens, and
# tokens of a frame in patches of two and four times the side, and networks that take turns; then
# the tiles that are decoded one by one: area and edge (rows + columns) of one, area of the others,
# and the sum of squared areas of all; frames of one, how many follow each other in time, frames of
# all, and the sum of their squares. Untiled there is one, the whole latent. `follows` is 1 where a
# latent frame follows the first, with which decoders that work in chunks begin otherwise;
# `later_frames` are those behind the first of each chunk, `area_tiles` the tiles of one frame.
SIZES = (
    *("frames", "area", "text", "latent_frames", "latent_area", "odd_frames", "tiles", "decodes"),
    *("depth", "more_depth", "width", "heads", "head", "padded_head", "norm_head", "hidden"),
    *("patch_frames", "patch_side", "channels", "audio", "half_area", "quarter_area"),
    *("experts", "tile_area", "tile_edge", "kept_area", "tile_squares", "follows"),
    *("tile_frames", "time_tiles", "all_frames", "frame_squares", "later_frames", "area_tiles"),
)
FRAMES, AREA, TEXT, LATENT_FRAMES, LATENT_AREA, ODD_FRAMES, TILES, DECODES = range(8)
DEPTH, MORE_DEPTH, WIDTH, HEADS, HEAD, PADDED_HEAD, NORM_HEAD, HIDDEN = range(8, 16)
PATCH_FRAMES, PATCH_SIDE, CHANNELS, AUDIO, HALF_AREA, QUARTER_AREA, EXPERTS = range(16, 23)
TILE_AREA, TILE_EDGE, KEPT_AREA, TILE_SQUARES, FOLLOWS = range(23, 28)
TILE_FRAMES, TIME_TILES, ALL_FRAMES, FRAME_SQUARES, LATER_FRAMES, AREA_TILES = range(28, 34)

# What a polynomial of a model gives. `forward` is FLOPs of one pass, `product` and `attention` its
# two parts, the latter with heads as wide as kernels make them; `elements` values moved by a pass,
# of which `stream` and `head` by steps on whole rows and on rows of one head; `exchange` values of
# one of q, k, v and output; `launches` operations of a pass; parameters at work, of experts that
# rest, of encoders and autoencoder, and of the largest encoder; FLOPs of text encoders for a
# prompt, of encoders of images for a clip, and of decoding; `alive_*`, `exchanged_*` and
# `decoding_*` (alive while the clip is decoded) bytes, of which the largest counts; then FLOPs by
# group.
ALIVE_ROWS, EXCHANGED_ROWS, DECODING_ROWS = 8, 3, 4
ROWS = (
    *("forward", "product", "attention", "elements", "stream", "head", "exchange", "launches"),
    *("parameters", "resting_parameters", "other_parameters", "encoder_parameters"),
    *("encode", "encode_image", "decode"),
    *(f"alive_{place}" for place in range(ALIVE_ROWS)),
    *(f"exchanged_{place}" for place in range(EXCHANGED_ROWS)),
    *(f"decoding_{place}" for place in range(DECODING_ROWS)),
    *("projection", "self_attention", "feed_forward", "cross_attention"),
    *("modulation", "embedding", "output", "convolution"),
)
FORWARD, PRODUCT, ATTENTION, ELEMENTS, STREAM, HEAD_STEPS, EXCHANGE, LAUNCHES = range(8)
PARAMETERS, RESTING, OTHER, ENCODER, ENCODE, ENCODE_IMAGE, DECODE, ALIVE = range(8, 16)
EXCHANGED = ALIVE + ALIVE_ROWS
DECODING = EXCHANGED + EXCHANGED_ROWS
GROUP_ROWS = DECODING + DECODING_ROWS

# A job: the clip, how often, on how much, whether decoded in tiles (1) or whole (0); then the
# numbers of the architecture, and FLOPs for one pixel of an assumed decoder (0: that of the model's
# file).
JOB = (
    *("frames", "height", "width_px", "text_tokens", "steps", "passes", "batch", "gpus", "tiled"),
    *("depth", "more_depth", "width", "heads", "hidden", "patch_frames", "patch_side"),
    *("frames_stride", "side_stride", "channels", "decode_flops"),
)
J_FRAMES, J_HEIGHT, J_WIDTH_PX, J_TEXT, J_STEPS, J_PASSES, J_BATCH, J_GPUS = range(8)
J_TILED, J_DEPTH, J_MORE_DEPTH, J_WIDTH, J_HEADS, J_HIDDEN = range(8, 14)
J_PATCH_FRAMES, J_PATCH_SIDE = 14, 15
J_FRAMES_STRIDE, J_SIDE_STRIDE, J_CHANNELS, J_DECODE_FLOPS = range(16, 20)

# What a model says that is no polynomial: which clips it takes, and when its decoder applies.
# Maxima and `side_multiple` are 0 where there is none; `shared_heads` is what every layer's heads
# are a multiple of, 0 where the job's heads are; tiles are latent frames, rows and columns of a
# tile of the decoder and of a step to the next, in which it works when it is asked to, or knows no
# other way (`tiles_only`: 1 whole ones, 2 as many as cover it); 0 where a tile has all frames, or
# there are none. Audio has a rate, 0 where there is none; text and tokens of a frame are padded to
# a multiple, 1 where they are not. `history` is 1 where coarser patches are counted.
RULES = (
    *("rule", "chunk", "frames_maximum", "side_multiple", "side_patches_maximum", "square"),
    *("pads", "rounds_down", "text_minimum", "text_maximum", "shared_heads"),
    *("has_decoder", "own_rule", "own_frames_stride", "own_side_stride", "own_channels"),
    *("tile_frames", "tile_height", "tile_width", "tile_step_frames"),
    *("tile_step_height", "tile_step_width"),
    *("audio_fps", "audio_rate", "text_multiple", "area_multiple", "history"),
    *("experts", "tiles_only"),
)
R_RULE, R_CHUNK, R_FRAMES_MAXIMUM, R_SIDE_MULTIPLE, R_SIDE_PATCHES, R_SQUARE = range(6)
R_PADS, R_ROUNDS_DOWN, R_TEXT_MINIMUM, R_TEXT_MAXIMUM, R_SHARED_HEADS = range(6, 11)
R_HAS_DECODER, R_OWN_RULE, R_OWN_FRAMES_STRIDE, R_OWN_SIDE_STRIDE, R_OWN_CHANNELS = range(11, 16)
R_TILE = 16
R_AUDIO_FPS, R_AUDIO_RATE, R_TEXT_MULTIPLE, R_AREA_MULTIPLE, R_HISTORY, R_EXPERTS = range(22, 28)
R_TILES_ONLY = 28

IMAGE, EACH, EVEN, CAUSAL, CHUNKED = range(5)  # how time is compressed, as codes.FRAMES_RULES

# What a bill gives: whole numbers, then floats. Seconds behind `fits` are of one step, but for
# `encode_s`, `decode_s` and `single_s`, which are of the job.
COUNTS = ("tokens", "flops", "bytes_moved", "parameters", "denoise", "text_encoder", "decode")
FIGURES = (
    *("seconds", "seconds_low", "seconds_high", "joules", "usd"),
    *("weights_bytes", "activation_bytes", "buffer_bytes", "memory_bytes", "fits"),
    *("product_s", "attention_s", "traffic_s", "exchange_s", "host_s", "encode_s", "decode_s"),
    *("copied_s", "single_s", "step_s", "ulysses", "decoding_bytes", "encoding_bytes"),
)
