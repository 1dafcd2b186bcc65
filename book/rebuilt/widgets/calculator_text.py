"""What the calculator's page asks of the engine: judge a job, count it, price it.

Plain functions like the rest of the engine's text, so that Python can be asked what the page shows.
Whole numbers of the page have 64 bits: a job is counted in floats first, and refused with a
sentence of its own where a count would pass them.
"""

from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.algebra.sizes import about, multiple_of, near, quotient, refusal_of
from rebuilt.cost.hardware.bill import count_job, in_sequence, price_job
from rebuilt.cost.models.codes import REFUSALS

# mypy: allow-untyped-defs, allow-untyped-calls
CLIP = ("frames", "height", "width", "text_tokens", "steps", "passes", "gpus")
CLIP_PLACES = tuple(p.JOB.index(name) for name in (*CLIP[:2], "width_px", *CLIP[3:]))
JUDGED = (
    *("code", "below", "above", "frames_first", "frames_step", "side_first", "side_step"),
    "side_maximum",
)
SPENT = ("product", "attention", "traffic", "exchange", "waiting", "single")
ANSWER = (
    *JUDGED,
    *("latent_frames", "latent_height", "latent_width", "decode_known", "forward"),
    *GROUPS,
    *p.COUNTS,
    *p.FIGURES,
    *(f"spent_{part}_s" for part in SPENT),
)
REFUSED, FIELDS = len(REFUSALS), len(CLIP)
TOO_MANY = REFUSED + 2 * FIELDS  # the code of a count beyond 64 bits
COUNTED_FROM, GROUPS_OF = 4, len(GROUPS)  # fields from here on count something, from 1
AT_LATENT = len(JUDGED)
AT_GROUPS = AT_LATENT + 5
AT_COUNTS = AT_GROUPS + GROUPS_OF
AT_FIGURES = AT_COUNTS + len(p.COUNTS)
AT_SPENT = AT_FIGURES + len(p.FIGURES)
COUNTS_OF, FIGURES_OF = len(p.COUNTS), len(p.FIGURES)


def unreadable(clip, largest):
    """Code of the first field that is not whole, too large, or counts nothing; 0 if none.

    Steps and passes come first, as in `totals.inference`, then sizes, then accelerators.
    """
    for turn in range(FIELDS):
        field = turn + 4 if turn < 2 else (turn - 2 if turn < 6 else 6)
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


def calculate(program, rules, job, clip, largest, heads, machine, floats, wholes, figures, out):
    """Judge a job; if the model takes it, count it and price it.

    program : whole numbers, as `program.lower` writes them
    rules, job, clip, largest : floats in the order of RULES, JOB, CLIP
    heads : what the heads of all layers are a multiple of
    machine : Machine
    floats, wholes : values, rows and counts, as floats and as whole numbers; contents ignored
    figures : room for FIGURES
    out : floats in the order of ANSWER
    """
    if judge(rules, job, clip, largest, out) > 0.0:
        return
    values, rows, counts = floats
    count_job(program, rules, job, values, rows, counts)
    most = counts[0]
    for place in range(COUNTS_OF):
        most = max(most, counts[place])
    for place in range(len(rows)):
        most = max(most, rows[place])
    if most > 0.99 * p.MAX_COUNT:
        out[0] = 1.0 * TOO_MANY
        return
    sizes, exact, totals = wholes
    count_job(program, rules, job, sizes, exact, totals)
    price_job(job, exact, totals, in_sequence(heads, job[p.J_GPUS]), machine, figures)
    show(job, sizes, exact, totals, figures, out)


def show(job, sizes, rows, counts, figures, out):
    """Write what the page shows of a priced job."""
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
    steps, device = job[p.J_STEPS], 0.0
    for part in range(4):
        out[AT_SPENT + part] = steps * figures[10 + part]
        device += figures[10 + part]
    out[AT_SPENT + 4] = steps * max(figures[14] - device, 0.0)
    out[AT_SPENT + 5] = figures[18]
