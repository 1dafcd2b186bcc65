"""What the calculator's page asks of the engine: judge a job, count it, rate a machine, price it.

Plain functions like the rest of the engine's text, so that Python can be asked what the page shows.
Whole numbers of the page have 64 bits: a job is counted in floats first, and refused with a
sentence of its own where a count would pass them.
"""

from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.algebra.sizes import about, multiple_of, near, not_whole, quotient, refusal_of
from rebuilt.cost.hardware.bill import MAX_GPUS, Degrees, count_job, in_sequence, price_job
from rebuilt.cost.hardware.rates import (
    BLOCKS,
    MOST_RENT,
    hardest,
    hardest_peak,
    held_share,
    layout_at,
    layouts_of,
    rated,
    widest,
)
from rebuilt.cost.models.codes import REFUSALS
from rebuilt.intake.numbers import MOST

# mypy: allow-untyped-defs, allow-untyped-calls
CLIP = ("frames", "height", "width", "text_tokens", "steps", "passes", "gpus", "batch")
CLIP_PLACES = tuple(p.JOB.index(name) for name in (*CLIP[:2], "width_px", *CLIP[3:]))
# Besides: how the clip is decoded, which layout is asked for, and 1 where the accelerator's
# constants are borrowed, and where its rent is the reader's.
ASKED = ("tile", "layout", "borrowed", "rented")
GPUS = CLIP.index("gpus")
A_TILE, A_LAYOUT, A_BORROWED, A_RENTED = range(4)
AS_NEEDED, IN_TILES, WHOLE = range(3)  # decoding: in tiles where whole would not fit
USUAL, OWN, BEST = range(3)  # layouts: the default, the degrees that are given, the best
JUDGED = (
    *("code", "below", "above", "frames_first", "frames_step", "side_first", "side_step"),
    "side_maximum",
)
SPENT = ("product", "attention", "traffic", "exchange", "waiting", "single")
PEAK = ("weights", "activation", "buffer", "decoding", "encoding", "reserve")
ANSWER = (
    *JUDGED,
    *("latent_frames", "latent_height", "latent_width", "decode_known", "forward"),
    *GROUPS,
    *p.COUNTS,
    *p.FIGURES,
    *(f"spent_{part}_s" for part in SPENT),
    *(f"peak_{part}_bytes" for part in PEAK),
    *("capacity_bytes", "tiled", "whole_bytes"),
    *Degrees._fields,
    "peak_kind",
)
REFUSED, FIELDS = len(REFUSALS), len(CLIP)
TOO_MANY = REFUSED + 2 * FIELDS  # the code of a count beyond 64 bits
# Codes of how a job is run, in the order in which the command refuses: a degree that counts
# nothing, too few passes, clips or heads for a layout, no network, no kernel, shares, and a rent.
SHARED = ("guidance", "data", "heads", "network", "kernel", "computed", "density", "rent")
COUNTED_OUT = TOO_MANY + 1  # and the codes after it: of each degree that counts nothing
GUIDANCE, DATA, HEADS, NETWORK, KERNEL, COMPUTED, DENSITY, UNRENTED = (
    COUNTED_OUT + len(Degrees._fields) - 1 + place for place in range(len(SHARED))
)
COUNTED_FROM, GROUPS_OF = 4, len(GROUPS)  # fields from here on count something, from 1
AT_LATENT = len(JUDGED)
AT_GROUPS = AT_LATENT + 5
AT_COUNTS = AT_GROUPS + GROUPS_OF
AT_FIGURES = AT_COUNTS + len(p.COUNTS)
AT_SPENT = AT_FIGURES + len(p.FIGURES)
AT_PEAK = AT_SPENT + len(SPENT)
AT_REST = AT_PEAK + len(PEAK)
COUNTS_OF, FIGURES_OF, DEGREES_OF = len(p.COUNTS), len(p.FIGURES), len(Degrees._fields)
# Places of FIGURES that are read here.
WEIGHTS, ACTIVATION, BUFFER, MEMORY, FITS = 5, 6, 7, 8, 9
PRODUCT_S, SINGLE_S, STEP_S, DECODING, ENCODING = 10, 18, 19, 21, 22


def unreadable(clip, largest):
    """Code of the first field that is not whole, too large, or counts nothing; 0 if none.

    Steps and passes come first, as in `totals.inference`, then sizes, then how many of what.
    """
    for turn in range(FIELDS):
        field = turn + 4 if turn < 2 else (turn - 2 if turn < 6 else turn)
        value = clip[field]
        if value != 1.0 * quotient(value, 1.0):  # nan too
            return REFUSED + field
        if (field >= COUNTED_FROM and value < 1.0) or not value <= largest[field]:
            return REFUSED + FIELDS + field
    return 0


def judge(rules, job, clip, largest, out):
    """Write the code of a job, near values of the size that is refused, and where sliders begin."""
    stride, side = job[p.J_FRAMES_STRIDE], job[p.J_SIDE_STRIDE]
    multiple = multiple_of(rules, side, job[p.J_PATCH_SIDE])
    code = 1.0 * unreadable(clip, largest)
    code = code if code > 0.0 else 1.0 * refusal_of(rules, job)
    out[0] = code
    out[1] = 0.0
    out[2] = 0.0
    for place in range(3):
        if code < REFUSED and about(code, place):
            out[1] = near(rules, job, place, -1.0)
            out[2] = near(rules, job, place, 1.0)
    grouped = rules[p.R_RULE] == p.EVEN or rules[p.R_RULE] == p.CAUSAL
    out[3] = stride if rules[p.R_RULE] == p.EVEN else 1.0
    out[4] = stride if grouped else 1.0
    out[5] = multiple * quotient(side + multiple - 1.0, multiple)
    out[6] = multiple
    out[7] = rules[p.R_SIDE_PATCHES] * job[p.J_PATCH_SIDE] * side
    return code


def unshared(d, job, heads, most):
    """Code of the first rule about layouts that given degrees break, 0 if they break none."""
    for place in range(DEGREES_OF - 1):  # the last says whether weights are shared
        degree = d[place]
        if degree != 1.0 * quotient(degree, 1.0) or degree < 1.0 or degree > most:
            return COUNTED_OUT + place
    if d.guidance > job[p.J_PASSES]:
        return GUIDANCE
    if d.data > job[p.J_BATCH]:
        return DATA
    return HEADS if not_whole(heads, d.ulysses * d.tensor) else 0


def above_zero(value, most):
    """Whether a number that need not be whole is one that the command takes, and at most `most`."""
    return value >= 1.0 / MOST and value <= most


def unlinked(chip, gpus):
    """Whether so many accelerators have no way to each other that a source states."""
    known = chip.domain >= MAX_GPUS and chip.network_gb_s == chip.network_gb_s
    return gpus > max(chip.domain, 1.0 * MAX_GPUS) and not known


def calculate(
    program, rules, job, clip, largest, heads, chip, run, common, widths, asked, degrees, floats,
    wholes, tiles, figures, spare, out,
):  # fmt: skip
    """Judge a job; if the model takes it, count it and price it.

    program : whole numbers, as `program.lower` writes them
    rules, job, clip, largest : floats in the order of RULES, JOB, CLIP
    heads : what the heads of all layers are a multiple of
    chip, run, common : Chip, Run and Common
    widths : factors of the interval, in the order of KINDS, then of borrowed constants
    asked : floats in the order of ASKED; degrees : Degrees, read for the layout OWN
    floats, wholes, tiles : values, rows and counts, as floats, as whole numbers, and as whole
        numbers of the job decoded in tiles; contents ignored
    figures, spare : room for FIGURES
    out : floats in the order of ANSWER
    """
    if judge(rules, job, clip, largest, out) > 0.0:
        return
    gpus, code = job[p.J_GPUS], 0
    if chip.attention != chip.attention:
        code = KERNEL
    if unlinked(chip, gpus):
        code = NETWORK
    if asked[A_LAYOUT] == OWN:
        shared = unshared(degrees, job, heads, largest[GPUS])
        code = shared if shared > 0 else code
    if not above_zero(run.density, 1.0):
        code = DENSITY
    if not above_zero(run.computed, 1.0):
        code = COMPUTED
    if asked[A_RENTED] == 1.0 and not above_zero(chip.usd_per_h, MOST_RENT):
        code = UNRENTED
    if code > 0:
        out[0] = 1.0 * code
        return
    values, rows, counts = floats
    most = 0.0
    for tiled in range(2):
        job[p.J_TILED] = 1.0 * tiled
        count_job(program, rules, job, values, rows, counts)
        for place in range(COUNTS_OF):
            most = max(most, counts[place])
        for place in range(len(rows)):
            most = max(most, rows[place])
    if most > 0.99 * p.MAX_COUNT:
        out[0] = 1.0 * TOO_MANY
        return
    job[p.J_TILED] = 1.0
    count_job(program, rules, job, tiles[0], tiles[1], tiles[2])
    job[p.J_TILED] = 1.0 if asked[A_TILE] == IN_TILES else 0.0
    may_tile = asked[A_TILE] == AS_NEEDED
    count_job(program, rules, job, wholes[0], wholes[1], wholes[2])
    kind, borrowed = hardest(run, gpus), asked[A_BORROWED]
    wide = widest(widths, kind, gpus, borrowed)
    held = held_share(job[p.J_DEPTH] + job[p.J_MORE_DEPTH]) if run.offload >= BLOCKS else 1.0
    machine = rated(chip, run, common, held, wide, wide)
    d = degrees if asked[A_LAYOUT] == OWN else in_sequence(heads, gpus)
    if asked[A_LAYOUT] == BEST:
        d = fastest(job, wholes, tiles, may_tile, heads, machine, figures, spare)
    whole_bytes = settle(job, wholes, tiles, may_tile, d, machine, figures, spare)
    if figures[MEMORY] < whole_bytes:
        job[p.J_TILED] = 1.0
        count_job(program, rules, job, wholes[0], wholes[1], wholes[2])
    show(job, wholes, whole_bytes, d, machine, figures, out)
    out[AT_REST + 3 + DEGREES_OF] = 1.0 * hardest_peak(run, gpus)


def settle(job, wholes, tiles, may_tile, d, machine, figures, spare):
    """Price a job, in tiles where it may and would not fit whole; bytes of memory as asked for."""
    price_job(job, wholes[1], wholes[2], d, machine, figures)
    whole_bytes = figures[MEMORY]
    if may_tile and figures[FITS] == 0.0 and at_decoding(figures, machine):
        price_job(job, tiles[1], tiles[2], d, machine, spare)
        if spare[MEMORY] < whole_bytes:
            for place in range(FIGURES_OF):
                figures[place] = spare[place]
    return whole_bytes


def fastest(job, wholes, tiles, may_tile, heads, machine, figures, spare):
    """Return the fastest layout that fits, or the one that needs the least memory if none does."""
    best, fits, least, batch = in_sequence(heads, 1.0), 0.0, 0.0, int(job[p.J_BATCH])
    for turn in range(layouts_of(batch)):
        d = layout_at(turn, job[p.J_GPUS], job[p.J_PASSES], batch, heads)
        if d.ring > 0.0:
            settle(job, wholes, tiles, may_tile, d, machine, figures, spare)
            cost = figures[0] if figures[FITS] == 1.0 else figures[MEMORY]
            if least == 0.0 or figures[FITS] > fits or (figures[FITS] == fits and cost < least):
                best, fits, least = d, figures[FITS], cost
    return best


def at_encoding(figures, machine):
    """Whether most is needed while the largest text encoder runs alone."""
    beside = figures[WEIGHTS] * machine.rest_held + figures[DECODING]
    denoising = figures[WEIGHTS] + figures[ACTIVATION] + figures[BUFFER]
    return figures[ENCODING] > max(denoising, beside)


def at_decoding(figures, machine):
    """Whether most is needed while decoding, beside the weights that stay."""
    beside = figures[WEIGHTS] * machine.rest_held + figures[DECODING]
    denoising = figures[WEIGHTS] + figures[ACTIVATION] + figures[BUFFER]
    return beside > denoising and not at_encoding(figures, machine)


def show(job, wholes, whole_bytes, d, machine, figures, out):
    """Write what the page shows of a priced job."""
    sizes, rows, counts = wholes
    side = job[p.J_SIDE_STRIDE]
    out[AT_LATENT] = sizes[1 + p.LATENT_FRAMES]
    out[AT_LATENT + 1] = quotient(job[p.J_HEIGHT], side)
    out[AT_LATENT + 2] = quotient(job[p.J_WIDTH_PX], side)
    out[AT_LATENT + 3] = sizes[1 + p.DECODES]
    out[AT_LATENT + 4] = rows[p.FORWARD]
    for place in range(GROUPS_OF):
        out[AT_GROUPS + place] = rows[p.GROUP_ROWS + place]
    for place in range(COUNTS_OF):
        out[AT_COUNTS + place] = counts[place]
    for place in range(FIGURES_OF):
        out[AT_FIGURES + place] = figures[place]
    steps, device = (figures[0] - figures[SINGLE_S]) / figures[STEP_S], 0.0
    for part in range(4):
        out[AT_SPENT + part] = steps * figures[PRODUCT_S + part]
        device += figures[PRODUCT_S + part]
    out[AT_SPENT + 4] = steps * max(figures[STEP_S] - device, 0.0)
    out[AT_SPENT + 5] = figures[SINGLE_S]
    early, late = at_encoding(figures, machine), at_decoding(figures, machine)
    stays = 0.0 if early else machine.rest_held if late else 1.0
    out[AT_PEAK] = figures[WEIGHTS] * stays
    out[AT_PEAK + 1] = 0.0 if early or late else figures[ACTIVATION]
    out[AT_PEAK + 2] = 0.0 if early or late else figures[BUFFER]
    out[AT_PEAK + 3] = figures[DECODING] if late else 0.0
    out[AT_PEAK + 4] = figures[ENCODING] if early else 0.0
    out[AT_PEAK + 5] = machine.reserve_bytes
    out[AT_REST] = machine.capacity_bytes
    out[AT_REST + 1] = job[p.J_TILED]
    out[AT_REST + 2] = whole_bytes
    for place in range(DEGREES_OF):
        out[AT_REST + 3 + place] = d[place]
