"""The chain from minutes of video to dollars a year: one plain function for each link.

Floats throughout, units in each docstring. A draw of the assumptions becomes a job of the engine
(`counting.design`), which the one bill prices; clusters are counted as `fabric` does. Python
runs this text as it stands; `chain_kernels` compiles it for many draws and for the page. Places in
`given`, `machine` and `out` are the names of `names.py`, which a test compares.
"""

from math import floor

from rebuilt.cost.algebra import places as p
from rebuilt.cost.counting.design import fill_job, frames_of, pixels_of
from rebuilt.cost.hardware.bill import best_ulysses, count_job, price_job
from rebuilt.fabric.leaf_spine import core, leaf, spine, uplinks

# mypy: allow-untyped-defs, allow-untyped-calls
HOURS_PER_DAY, HOURS_PER_YEAR, HOURS_PER_MONTH = 24.0, 8766.0, 730.5
ASPECT = 16.0 / 9.0

# Places in `given`, in the order of names.GIVEN.
MINUTES, ATTEMPTS, LENGTH, HEIGHT = 0, 1, 2, 3
DEPTH, WIDTH, HIDDEN, HEAD, SIDE, TIME, PATCH, PATCH_TIME = 4, 5, 6, 7, 8, 9, 10, 11
FPS, TEXT, STEPS, PASSES, DECODE = 12, 13, 14, 15, 16
GPUS, ERROR, GAIN, PEAK, OCCUPANCY, SPARE = 17, 18, 19, 20, 21, 22
CLIPS, TRAIN_LENGTH, TRAIN_HEIGHT, TRAIN_SHARE = 23, 24, 25, 26
HOST_W, PUE, NETWORKED, CLUSTER, RADIX, SPEED = 27, 28, 29, 30, 31, 32
PORTS_A_MODULE, OPTICAL, MODULE_W, SWITCH_W, MODULE_USD, SOLD = 33, 34, 35, 36, 37, 38
ACCELERATOR_USD, LIFETIME, KWH_USD, RENT = 39, 40, 41, 42


def design_of(given, drawn, job):
    """Write the job of one draw, in the order of places.JOB; `drawn` is room for it."""
    drawn[0] = given[DEPTH]
    drawn[1] = given[WIDTH]
    drawn[2] = given[HIDDEN]
    drawn[3] = given[HEAD]
    drawn[4] = given[SIDE]
    drawn[5] = given[TIME]
    drawn[6] = given[PATCH]
    drawn[7] = given[PATCH_TIME]
    drawn[8] = given[FPS]
    drawn[9] = given[TEXT]
    drawn[10] = given[STEPS]
    drawn[11] = given[PASSES]
    drawn[12] = given[DECODE]
    drawn[13] = given[LENGTH]
    drawn[14] = given[HEIGHT]
    drawn[15] = given[HEIGHT] * ASPECT
    drawn[16] = given[GPUS]
    fill_job(drawn, job)


def training_flops(given, program, rules, job, values, rows, counts):
    """FLOPs of a training run: forward and backward are three forward passes of each clip.

    The job is changed to a clip of the training's length and height.
    """
    side = job[p.J_SIDE_STRIDE] * job[p.J_PATCH_SIDE]
    job[p.J_FRAMES] = frames_of(given[TRAIN_LENGTH], given[FPS], job[p.J_FRAMES_STRIDE])
    job[p.J_HEIGHT] = pixels_of(given[TRAIN_HEIGHT], side)
    job[p.J_WIDTH_PX] = pixels_of(given[TRAIN_HEIGHT] * ASPECT, side)
    count_job(program, rules, job, values, rows, counts)
    return given[CLIPS] * 3.0 * rows[p.FORWARD]


def hours_per_minute(seconds, gpus, clip_s, error, gain):
    """Accelerator-hours for a minute of video of clips that take `seconds` on `gpus` each."""
    return seconds * gpus / 3600.0 * (60.0 / clip_s) * error / gain


def busy_accelerators(minutes_per_day, hours):
    """Accelerators that work on average, for so many generated minutes a day."""
    return minutes_per_day * hours / HOURS_PER_DAY


def fleet(busy, peak_to_mean, occupancy, spare):
    """Accelerators to own: enough for the busiest hour at that occupancy, and spare ones."""
    return busy * peak_to_mean / occupancy * (1.0 + spare)


def month_of(flops, peak, utilisation):
    """Accelerators that do so many FLOPs in a month at that share of their peak (FLOP/s)."""
    return flops / (peak * utilisation * 3600.0 * HOURS_PER_MONTH)


def break_even(accelerators_for_a_month, hours):
    """Minutes of video after which generation has taken as many accelerator-hours as training."""
    return accelerators_for_a_month * HOURS_PER_MONTH / hours


def modules_for(ends, ports_per_module):
    """Modules for so many ports, so many of them to a module."""
    return floor((ends + ports_per_module - 1.0) / ports_per_module)


def join(given, accelerators, out):
    """Write ports, switches, cables, modules by link and watts of the network; places 12 to 19.

    Clusters of one size are counted as `rebuilt.fabric` does and multiplied.
    """
    attached = accelerators * given[NETWORKED]
    radix = int(max(given[RADIX], 4.0))
    most = float(radix) * float(radix // 2) * float(radix // 2)
    wanted = max(floor(min(min(given[CLUSTER], attached), most)), 1.0)  # small before it is whole
    cluster = int(wanted)
    times = attached / wanted
    leaves, spines = leaf(cluster, radix, 1, 1), spine(cluster, radix, 1, 1)
    cores = core(cluster, radix, 1, 1)
    lower = float(leaves * uplinks(cluster, radix, 1, 1))
    upper = float(spines * (radix // 2)) if cores > 0 else 0.0
    optical = wanted * given[OPTICAL]
    out[12] = times * (2.0 * wanted + 2.0 * (lower + upper))
    out[13] = times * float(leaves + spines + cores)
    out[14] = times * (wanted + lower + upper)
    out[15] = times * 2.0 * modules_for(optical, given[PORTS_A_MODULE])
    out[16] = times * modules_for(2.0 * lower, given[PORTS_A_MODULE])
    out[17] = times * modules_for(2.0 * upper, given[PORTS_A_MODULE])
    out[18] = out[15] + out[16] + out[17]
    per_switch = given[SWITCH_W] * float(radix) * given[SPEED] / 1000.0
    out[19] = (out[18] * given[MODULE_W] + out[13] * per_switch) / 1e6


def spend(given, idle_w, watts, out):
    """Write power, energy and dollars; places 10, 11 and 20 to 24.

    `watts` is what one accelerator draws while it works. Waiting ones draw their idle power; hosts
    and network always draw theirs.
    """
    busy, owned = out[8], out[9]
    hosts_w, network_w = owned * given[HOST_W], out[19] * 1e6
    out[10] = (owned * watts + hosts_w + network_w) * given[PUE] / 1e6
    mean_w = busy * watts + (owned - busy) * idle_w + hosts_w + network_w
    out[11] = mean_w * given[PUE] * HOURS_PER_YEAR / 1e9
    out[20] = out[18] * given[MODULE_USD]
    capital = owned * given[ACCELERATOR_USD] + out[20]
    out[21] = capital / given[LIFETIME] + out[11] * 1e6 * given[KWH_USD]
    out[22] = owned * given[RENT] * HOURS_PER_YEAR
    out[23] = out[21] / (HOURS_PER_YEAR / HOURS_PER_DAY) / given[MINUTES]
    out[24] = out[18] / (given[SOLD] * 1e6)


def chain_of(given, program, rules, machine, peak, idle_w, room, out):
    """Write all links of one draw, in the order of names.LINKS.

    given : floats in the order of names.GIVEN
    program, rules : of the published relative whose blocks stand in, all its numbers varying
    machine, peak, idle_w : Machine; its peak in FLOP/s; what a waiting accelerator draws, in watts
    room : seven arrays, contents ignored but for the channels of the job: a draw, a job, values,
        rows, counts and figures of the bill
    """
    drawn, job, values, rows, counts, figures = room
    design_of(given, drawn, job)
    count_job(program, rules, job, values, rows, counts)
    price_job(job, rows, counts, best_ulysses(job[p.J_HEADS], job[p.J_GPUS]), machine, figures)
    clip_s, seconds, gpus = job[p.J_FRAMES] / given[FPS], figures[0], job[p.J_GPUS]
    hours = hours_per_minute(seconds, gpus, clip_s, given[ERROR], given[GAIN])
    generated = given[MINUTES] * given[ATTEMPTS]
    out[0] = generated
    out[1] = generated * 60.0 / clip_s
    out[2] = counts[0]
    out[3] = counts[3]
    out[4] = counts[1] * (60.0 / clip_s)
    out[5] = out[4] * generated
    out[6] = hours
    out[7] = out[4] / (hours * 3600.0 * peak)
    out[8] = busy_accelerators(generated, hours)
    out[9] = fleet(out[8], given[PEAK], given[OCCUPANCY], given[SPARE])
    join(given, out[9], out)
    spend(given, idle_w, figures[3] / (seconds * gpus), out)
    flops = training_flops(given, program, rules, job, values, rows, counts)
    out[25] = month_of(flops, peak, given[TRAIN_SHARE])
    out[26] = break_even(out[25], hours)
