"""The text of the engine, third part: from drawn values to a job that can be.

An undisclosed model is known by distributions; a draw of them is rounded so that heads share the
width, strides are powers of two, and the clip fills whole latents and patches.
"""

from math import floor

from rebuilt.cost.algebra import places as p

# mypy: allow-untyped-defs, allow-untyped-calls
SERVER = 8.0  # accelerators of a server: the most that make one clip together
HEAD_STEP = 8.0  # channels: widths of heads are multiples of it
SQRT2 = 1.4142135623730951
# What `fill_job` reads of a draw, in this order.
DRAWN = (
    *("depth", "width", "hidden_ratio", "head_width", "side_stride", "frames_stride"),
    *("patch_side", "patch_frames", "fps", "text_tokens", "steps", "passes", "decode_flops"),
    *("seconds", "height", "width_px", "gpus"),
)


def rounded(value):
    """Nearest whole number, halves up."""
    return 1.0 * floor(value + 0.5)


def power_of_two(value):
    """Power of two that is nearest on a logarithmic scale; 1 at least."""
    found = 1.0
    while found * SQRT2 < value and found < 1024.0:
        found = found * 2.0
    return found


def frames_of(seconds, fps, stride):
    """Frames of a clip of so many seconds: 1 + a multiple of the stride in time."""
    return 1.0 + stride * max(rounded((seconds * fps - 1.0) / stride), 1.0)


def pixels_of(length, side):
    """Pixels of an edge: the multiple of `side` (stride x patch) that is nearest, 1 at least."""
    return side * max(rounded(length / side), 1.0)


def fill_job(drawn, job):
    """Write the job of one draw.

    drawn : floats in the order of DRAWN
    job : floats in the order of places.JOB; the latent channels stay as they are
    """
    head = HEAD_STEP * max(rounded(drawn[3] / HEAD_STEP), 1.0)
    heads = max(rounded(drawn[1] / head), 1.0)
    side, time = power_of_two(drawn[4]), max(rounded(drawn[5]), 1.0)
    patch = max(rounded(drawn[6]), 1.0)
    job[p.J_DEPTH] = max(rounded(drawn[0]), 1.0)
    job[p.J_MORE_DEPTH] = 0.0
    job[p.J_WIDTH] = head * heads
    job[p.J_HEADS] = heads
    job[p.J_HIDDEN] = max(rounded(drawn[2] * head * heads), 1.0)
    job[p.J_SIDE_STRIDE] = side
    job[p.J_FRAMES_STRIDE] = time
    job[p.J_PATCH_SIDE] = patch
    job[p.J_PATCH_FRAMES] = max(rounded(drawn[7]), 1.0)
    job[p.J_TEXT] = max(rounded(drawn[9]), 1.0)
    job[p.J_STEPS] = max(rounded(drawn[10]), 1.0)
    job[p.J_PASSES] = max(rounded(drawn[11]), 1.0)
    job[p.J_DECODE_FLOPS] = drawn[12]
    job[p.J_FRAMES] = frames_of(drawn[13], drawn[8], time)
    job[p.J_HEIGHT] = pixels_of(drawn[14], side * patch)
    job[p.J_WIDTH_PX] = pixels_of(drawn[15], side * patch)
    job[p.J_GPUS] = min(power_of_two(drawn[16]), SERVER)
    job[p.J_BATCH] = 1.0
    job[p.J_TILED] = 0.0
