"""The text of the engine, first part: from a job to the sizes in which its model is counted.

Plain functions on floats that hold whole numbers: Python runs them, `rebuilt.compiled` compiles
them by name. Whole quotients are exact below 2^49, far beyond any clip.
"""

from math import floor

from rebuilt.cost.algebra import places as p

# mypy: allow-untyped-defs, allow-untyped-calls
PADDED = 32.0  # attention kernels round the width of a head up to a multiple of this
FULL_HEAD = 128.0  # a norm over a shorter head reads the same number of rows for fewer values
HEADS_DIVIDE = 17.0  # codes below are places in codes.REFUSALS
ONE_FRAME = 18.0


def quotient(value, divisor):
    """How often a whole number goes into another: floor(value / divisor).

    The half keeps rounding away from the next whole number, and a divisor that is the same for
    many jobs is inverted once.
    """
    return floor((value + 0.5) * (1.0 / divisor))


def latent_frames(rule, frames, stride, chunk):
    """Latent frames: 1 + whole strides behind the first (causal), whole strides (even), ...

    ... every chunk rounded up to whole strides (chunked), or frames (image, each).
    """
    causal = 1.0 + quotient(frames - 1.0, stride)
    even = 1.0 * quotient(frames, stride)
    chunks = quotient(frames, chunk)
    rest = quotient(frames - chunks * chunk + stride - 1.0, stride)
    chunked = 1.0 * chunks * quotient(chunk + stride - 1.0, stride) + rest
    grouped = causal if rule == p.CAUSAL else (even if rule == p.EVEN else chunked)
    return grouped if rule >= p.EVEN else frames


def cut(latents, patch):
    """Patches along one axis, the last one padded."""
    return 1.0 * quotient(latents + patch - 1.0, patch)


def later_frames(rule, frames, latents, chunk):
    """Latent frames behind the first of their chunk; without chunks, behind the first of all."""
    return latents - (cut(frames, chunk) if rule == p.CHUNKED else 1.0)


def not_whole(value, divisor):
    """Whether a whole number is no multiple of another."""
    return value - divisor * quotient(value, divisor) != 0.0


def multiple_of(rules, side_stride, patch_side):
    """Pixels of which a side must be a multiple."""
    latents = 1.0 if rules[p.R_ROUNDS_DOWN] == 1.0 else side_stride
    own = latents if rules[p.R_PADS] == 1.0 else side_stride * patch_side
    return rules[p.R_SIDE_MULTIPLE] if rules[p.R_SIDE_MULTIPLE] > 0.0 else own


def refused_sides(rules, height, width_px, side_stride, patch_side):
    """Code of the first rule about sides that a clip breaks, 0 if it breaks none."""
    multiple = multiple_of(rules, side_stride, patch_side)
    most = rules[p.R_SIDE_PATCHES] * patch_side * side_stride
    most = most if most > 0.0 else max(height, width_px)
    code = 14.0 if width_px > most else 0.0
    code = 13.0 if height > most else code
    code = 12.0 if not_whole(width_px, multiple) else code
    code = 11.0 if not_whole(height, multiple) else code
    code = 10.0 if width_px < side_stride else code
    code = 9.0 if height < side_stride else code
    code = 3.0 if width_px < 1.0 else code
    return 2.0 if height < 1.0 else code


def refused_frames(rules, frames, frames_stride):
    """Code of the first rule about frames that a clip breaks, 0 if it breaks none."""
    rule, most = rules[p.R_RULE], rules[p.R_FRAMES_MAXIMUM]
    code = 8.0 if frames > (most if most > 0.0 else frames) else 0.0
    ahead = 1.0 if rule == p.CAUSAL else 0.0
    stride = frames_stride if rule >= p.EVEN and rule != p.CHUNKED else 1.0
    code = 6.0 + ahead if not_whole(frames - ahead, stride) else code
    code = 5.0 if frames > (1.0 if rule == p.IMAGE else frames) else code
    return 1.0 if frames < 1.0 else code


def refused_rest(rules, text, width, heads, frames_stride):
    """Code of the first rule about text and architecture that a job breaks, 0 if none.

    Heads must divide the width, and frames that are coded one by one have no stride.
    """
    code = 16.0 if text > rules[p.R_TEXT_MAXIMUM] else 0.0
    code = 4.0 if text < rules[p.R_TEXT_MINIMUM] else code
    code = (
        ONE_FRAME if frames_stride > (frames_stride if rules[p.R_RULE] >= p.EVEN else 1.0) else code
    )
    return HEADS_DIVIDE if not_whole(width, heads) else code


def refusal(frames, sides, rest, unlike):
    """Return the first of the codes of frames, sides and the rest, in the order of REFUSALS.

    An architecture that cannot be comes before its clip; `unlike` is whether a clip that must be
    square is none.
    """
    code = 15.0 if unlike else rest
    code = sides if sides > 0.0 and (code == 0.0 or sides < code) else code
    code = frames if frames > 0.0 and (code == 0.0 or frames < code) else code
    return rest if rest >= HEADS_DIVIDE else code


def decodes(rules, frames_stride, side_stride, channels):
    """1 where strides and channels are those of the decoder that the file names, else 0."""
    same = rules[p.R_HAS_DECODER] == 1.0 and max(rules[p.R_RULE], 1.0) == rules[p.R_OWN_RULE]
    same = same and frames_stride == rules[p.R_OWN_FRAMES_STRIDE]
    same = (
        same and side_stride == rules[p.R_OWN_SIDE_STRIDE] and channels == rules[p.R_OWN_CHANNELS]
    )
    return 1 if same else 0


def tiles_along(latents, size, step):
    """Overlapping tiles that fit along one axis; what is left over is not decoded."""
    return max(quotient(latents - size, step) + 1, 0)


def tiles_over(latents, size, step):
    """Overlapping tiles that cover one axis, moved together so that the last one is whole."""
    return max(1 + quotient(latents - size + step - 1.0, step), 1)


def tiles(rules, frames, height, width):
    """Tiles of a decoder that works in nothing else; 0 where no tile fits."""
    only = rules[p.R_TILES_ONLY]
    size, step = rules[p.R_TILE], max(rules[p.R_TILE + 3], 1.0)
    rows, down = rules[p.R_TILE + 1], max(rules[p.R_TILE + 4], 1.0)
    columns, across = rules[p.R_TILE + 2], max(rules[p.R_TILE + 5], 1.0)
    whole = tiles_along(frames, size, step) * tiles_along(height, rows, down)
    whole = whole * tiles_along(width, columns, across)
    over = tiles_over(frames, size, step) * tiles_over(height, rows, down)
    found = whole if only == 1.0 else over * tiles_over(width, columns, across)
    return found if only > 0.0 else 0


def first_cut(latents, size, step):
    """Tiles along one axis that are whole; those behind them end where the latent does."""
    return max(quotient(latents - size, step) + 1.0, 0.0)


def covered(latents, size, step):
    """Length of all tiles along one axis: one begins at every step, the last ones are cut."""
    whole, number = first_cut(latents, size, step), cut(latents, step)
    begun = (number * (number - 1.0) - whole * (whole - 1.0)) * 0.5
    return whole * size + (number - whole) * latents - step * begun


def covered_squares(latents, size, step):
    """Sum of the squared lengths of all tiles along one axis."""
    whole, number = first_cut(latents, size, step), cut(latents, step)
    begun = (number * (number - 1.0) - whole * (whole - 1.0)) * 0.5
    last = (number - 1.0) * number * (2.0 * number - 1.0)
    first = (whole - 1.0) * whole * (2.0 * whole - 1.0)
    squares = (last - first) * (1.0 / 6.0)
    found = whole * size * size + (number - whole) * latents * latents
    return 1.0 * floor(found - 2.0 * latents * step * begun + step * step * squares + 0.5)


def in_tiles(rules, tiled, height, width):
    """Whether a frame is decoded in tiles: where that is asked, possible and of use."""
    down, across = rules[p.R_TILE + 1], rules[p.R_TILE + 2]
    possible = tiled == 1.0 and rules[p.R_TILES_ONLY] == 0.0 and down > 0.0
    return possible and (height > down or width > across)


def fill_tiles(rules, tiled, frames, height, width, values):
    """Write the sizes of the tiles in which a latent is decoded."""
    rows, columns = 1.0 * height, 1.0 * width
    down, across = rules[p.R_TILE + 1], rules[p.R_TILE + 2]
    step_down, step_across = max(rules[p.R_TILE + 4], 1.0), max(rules[p.R_TILE + 5], 1.0)
    cuts = in_tiles(rules, tiled, rows, columns)
    area = covered(rows, down, step_down) * covered(columns, across, step_across)
    squares = covered_squares(rows, down, step_down)
    squares = squares * covered_squares(columns, across, step_across)
    area = area if cuts else rows * columns
    squares = squares if cuts else rows * rows * (columns * columns)
    number = cut(rows, step_down) * cut(columns, step_across) if cuts else 1.0
    rows = min(rows, down) if cuts else rows
    columns = min(columns, across) if cuts else columns
    values[1 + p.TILE_AREA] = int(rows * columns)
    values[1 + p.TILE_EDGE] = int(rows + columns)
    values[1 + p.KEPT_AREA] = int(area - rows * columns)
    values[1 + p.TILE_SQUARES] = int(squares)
    values[1 + p.AREA_TILES] = int(number)
    length, step = rules[p.R_TILE], max(rules[p.R_TILE + 3], 1.0)
    possible = tiled == 1.0 and rules[p.R_TILES_ONLY] == 0.0 and length > 0.0
    follow = possible and frames >= length
    every = covered(frames, length, step) if follow else frames
    frame_squares = covered_squares(frames, length, step) if follow else frames * frames
    values[1 + p.TILE_FRAMES] = int(length if follow else frames)
    values[1 + p.TIME_TILES] = int(cut(frames, step) if follow else 1.0)
    values[1 + p.ALL_FRAMES] = int(every)
    values[1 + p.FRAME_SQUARES] = int(frame_squares)


def padded_head(head):
    """Width of one head as attention kernels compute it."""
    return PADDED * quotient(head + PADDED - 1.0, PADDED)


def audio_tokens(rules, frames):
    """Audio tokens of a clip: its seconds times their rate, halves to the even number."""
    found = frames / rules[p.R_AUDIO_FPS] * rules[p.R_AUDIO_RATE]
    near = 1.0 * floor(found + 0.5)
    odd = near - 2.0 * floor(near / 2.0)
    return near - odd if near - found == 0.5 else near


def padded(value, multiple):
    """Whole number rounded up to a multiple of another."""
    return multiple * quotient(value + multiple - 1.0, multiple)


def fill(rules, job, values):
    """Write the sizes of a job behind the number one; whole numbers in the order of SIZES."""
    side, patch, stride = job[p.J_SIDE_STRIDE], job[p.J_PATCH_SIDE], job[p.J_FRAMES_STRIDE]
    frames = latent_frames(rules[p.R_RULE], job[p.J_FRAMES], stride, rules[p.R_CHUNK])
    height, width = quotient(job[p.J_HEIGHT], side), quotient(job[p.J_WIDTH_PX], side)
    head = quotient(job[p.J_WIDTH], job[p.J_HEADS])
    values[0] = 1
    values[1 + p.FRAMES] = int(cut(frames, job[p.J_PATCH_FRAMES]))
    area = cut(height, patch) * cut(width, patch)
    values[1 + p.AREA] = int(padded(area, rules[p.R_AREA_MULTIPLE]))
    values[1 + p.TEXT] = int(padded(job[p.J_TEXT], rules[p.R_TEXT_MULTIPLE]))
    values[1 + p.LATENT_FRAMES] = int(frames)
    values[1 + p.LATENT_AREA] = height * width
    values[1 + p.ODD_FRAMES] = 1 if not_whole(frames, 2.0) else 0
    values[1 + p.TILES] = tiles(rules, frames, height, width)
    fill_tiles(rules, job[p.J_TILED], frames, height, width, values)
    values[1 + p.FOLLOWS] = 1 if frames > 1.0 else 0
    later = later_frames(rules[p.R_RULE], job[p.J_FRAMES], frames, rules[p.R_CHUNK])
    values[1 + p.LATER_FRAMES] = int(later)
    values[1 + p.DECODES] = decodes(rules, stride, side, job[p.J_CHANNELS])
    values[1 + p.DEPTH] = int(job[p.J_DEPTH])
    values[1 + p.MORE_DEPTH] = int(job[p.J_MORE_DEPTH])
    values[1 + p.WIDTH] = int(job[p.J_WIDTH])
    values[1 + p.HEADS] = int(job[p.J_HEADS])
    values[1 + p.HEAD] = head
    values[1 + p.PADDED_HEAD] = int(padded_head(head))
    values[1 + p.NORM_HEAD] = int(max(head, FULL_HEAD))
    values[1 + p.HIDDEN] = int(job[p.J_HIDDEN])
    values[1 + p.PATCH_FRAMES] = int(job[p.J_PATCH_FRAMES])
    values[1 + p.PATCH_SIDE] = int(patch)
    values[1 + p.CHANNELS] = int(job[p.J_CHANNELS])
    values[1 + p.EXPERTS] = int(rules[p.R_EXPERTS])
    values[1 + p.HALF_AREA] = int(cut(height, 2.0 * patch) * cut(width, 2.0 * patch))
    values[1 + p.QUARTER_AREA] = int(cut(height, 4.0 * patch) * cut(width, 4.0 * patch))
    values[1 + p.AUDIO] = int(audio_tokens(rules, job[p.J_FRAMES]))


def refusal_of(rules, job):
    """0 for a job that can be, else its code."""
    return refusal_at(rules, job, job[p.J_FRAMES], job[p.J_HEIGHT], job[p.J_WIDTH_PX])


def refusal_at(rules, job, frames, height, width_px):
    """Return the code of a job with another clip."""
    stride = job[p.J_FRAMES_STRIDE]
    return refusal(
        refused_frames(rules, frames, stride),
        refused_sides(rules, height, width_px, job[p.J_SIDE_STRIDE], job[p.J_PATCH_SIDE]),
        refused_rest(rules, job[p.J_TEXT], job[p.J_WIDTH], job[p.J_HEADS], stride),
        rules[p.R_SQUARE] == 1.0 and height != width_px,
    )


def about(code, place):
    """Whether a refusal is about frames (place 0 of a job), height (1) or width (2)."""
    frames = code == 1.0 or (code >= 6.0 and code <= 8.0)
    height = code == 2.0 or code == 9.0 or code == 11.0 or code == 13.0
    width = code == 3.0 or code == 10.0 or code == 12.0 or code == 14.0
    return frames if place == p.J_FRAMES else (height if place == p.J_HEIGHT else width)


def near(rules, job, place, step):
    """Value of one size next below (step -1) or above (1) that keeps all rules about it; 0: none.

    Looked for within the larger of the stride in time and what sides are a multiple of.
    """
    frames, height, width = job[p.J_FRAMES], job[p.J_HEIGHT], job[p.J_WIDTH_PX]
    multiple = multiple_of(rules, job[p.J_SIDE_STRIDE], job[p.J_PATCH_SIDE])
    for _ in range(int(max(job[p.J_FRAMES_STRIDE], multiple))):
        frames = frames + step if place == p.J_FRAMES else frames
        height = height + step if place == p.J_HEIGHT else height
        width = width + step if place == p.J_WIDTH_PX else width
        found = frames if place == p.J_FRAMES else (height if place == p.J_HEIGHT else width)
        code = refusal_at(rules, job, frames, height, width)
        if found < 1.0 or not about(code, place):
            return max(found, 0.0)
    return 0.0


def prompts_of(passes):
    """Prompts that are encoded: guidance needs an empty or negative one as well."""
    return 1 if passes == 1.0 else 2
