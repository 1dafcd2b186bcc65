"""The chain from minutes of video to dollars a year, compiled by Numba: one function for each link.

float64 throughout; counts of switches are int64 inside `fabric.kernels`. Every function says its
units. The design of a model is billed by `cost.design_kernels`, tile by tile. Only + - * / floor,
min, max and comparisons, so that all of it also compiles to WebAssembly without imports. Places in
`given`, `machine` and `out` are the names of `names.py`, which a test compares.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import floor

from numba import njit

from rebuilt.cost.engine.design_kernels import FILLED, OUT, RATE, TILE, bill_tile, pass_counts
from rebuilt.fabric.kernels import core, leaf, spine, uplinks

SERVER = 8.0  # accelerators of a server: the most that make one clip together
HOURS_PER_DAY, HOURS_PER_YEAR, HOURS_PER_MONTH = 24.0, 8766.0, 730.5
ASPECT = 16.0 / 9.0
SQRT2 = 1.4142135623730951

# Places in `given`, in the order of names.GIVEN.
MINUTES, ATTEMPTS, LENGTH, HEIGHT = 0, 1, 2, 3
DEPTH, WIDTH, HIDDEN, HEAD, SIDE, TIME, PATCH, PATCH_TIME = 4, 5, 6, 7, 8, 9, 10, 11
FPS, TEXT, STEPS, PASSES, DECODE = 12, 13, 14, 15, 16
GPUS, ERROR, GAIN, PEAK, OCCUPANCY, SPARE = 17, 18, 19, 20, 21, 22
CLIPS, TRAIN_LENGTH, TRAIN_HEIGHT, TRAIN_SHARE = 23, 24, 25, 26
HOST_W, PUE, NETWORKED, CLUSTER, RADIX, SPEED = 27, 28, 29, 30, 31, 32
OPTICAL, MODULE_W, SWITCH_W, MODULE_USD, SOLD = 33, 34, 35, 36, 37
ACCELERATOR_USD, LIFETIME, KWH_USD, RENT = 38, 39, 40, 41
RATES, FLOPS_PEAK, IDLE_W = 20, 20, 15  # places in `machine`: how many rates, peak, idle watts


@njit(cache=True, error_model="numpy", inline="always")
def rounded(value):
    """Nearest whole number, halves up."""
    return floor(value + 0.5)


@njit(cache=True, error_model="numpy")
def power_of_two(value):
    """Power of two that is nearest on a logarithmic scale; 1 at least."""
    found = 1.0
    while found * SQRT2 < value and found < 1024.0:
        found = found * 2.0
    return found


@njit(cache=True, error_model="numpy", inline="always")
def frames_of(seconds, fps, stride):
    """Frames of a clip of so many seconds: 1 + a multiple of the stride in time."""
    return 1.0 + stride * max(rounded((seconds * fps - 1.0) / stride), 1.0)


@njit(cache=True, error_model="numpy", inline="always")
def pixels_of(length, side):
    """Pixels of an edge: the multiple of `side` (stride x patch) that is nearest, 1 at least."""
    return side * max(rounded(length / side), 1.0)


@njit(cache=True, error_model="numpy")
def fill_design(given, tile, j):
    """Write the design and clip of one draw into column j of a tile (design.COLUMNS)."""
    head = 8.0 * max(rounded(given[HEAD] / 8.0), 1.0)
    width = head * max(rounded(given[WIDTH] / head), 1.0)
    stride, time = power_of_two(given[SIDE]), max(rounded(given[TIME]), 1.0)
    patch = max(rounded(given[PATCH]), 1.0)
    tile[j] = 0.0
    tile[TILE + j] = max(rounded(given[DEPTH]), 1.0)
    tile[2 * TILE + j] = width
    tile[3 * TILE + j] = max(rounded(given[HIDDEN] * width), 1.0)
    tile[4 * TILE + j] = head
    tile[5 * TILE + j] = frames_of(given[LENGTH], given[FPS], time)
    tile[6 * TILE + j] = pixels_of(given[HEIGHT], stride * patch)
    tile[7 * TILE + j] = pixels_of(given[HEIGHT] * ASPECT, stride * patch)
    tile[8 * TILE + j] = stride
    tile[9 * TILE + j] = time
    tile[10 * TILE + j] = patch
    tile[11 * TILE + j] = max(rounded(given[PATCH_TIME]), 1.0)
    tile[12 * TILE + j] = max(rounded(given[TEXT]), 0.0)
    tile[13 * TILE + j] = max(rounded(given[STEPS]), 1.0)
    tile[14 * TILE + j] = max(rounded(given[PASSES]), 1.0)
    tile[15 * TILE + j] = 0.0
    tile[16 * TILE + j] = min(power_of_two(given[GPUS]), SERVER)
    tile[17 * TILE + j] = given[DECODE]


@njit(cache=True, error_model="numpy", inline="always")
def training_flops(given, tile, j):
    """FLOPs of a training run: forward and backward are three forward passes of each clip."""
    time, side = tile[9 * TILE + j], tile[8 * TILE + j] * tile[10 * TILE + j]
    behind = (frames_of(given[TRAIN_LENGTH], given[FPS], time) - 1.0) / time
    frames = floor((behind + tile[11 * TILE + j]) / tile[11 * TILE + j])
    rows = pixels_of(given[TRAIN_HEIGHT], side) / side
    area = rows * (pixels_of(given[TRAIN_HEIGHT] * ASPECT, side) / side)
    product, attention, _, _, _ = pass_counts(
        0.0,
        tile[TILE + j],
        tile[2 * TILE + j],
        tile[3 * TILE + j],
        tile[4 * TILE + j],
        frames,
        area,
        tile[12 * TILE + j],
    )
    return given[CLIPS] * 3.0 * (product + attention)


@njit(cache=True, error_model="numpy", inline="always")
def hours_per_minute(seconds, gpus, clip_s, error, gain):
    """Accelerator-hours for a minute of video of clips that take `seconds` on `gpus` each."""
    return seconds * gpus / 3600.0 * (60.0 / clip_s) * error / gain


@njit(cache=True, error_model="numpy", inline="always")
def busy_accelerators(minutes_per_day, hours):
    """Accelerators that work on average, for so many generated minutes a day."""
    return minutes_per_day * hours / HOURS_PER_DAY


@njit(cache=True, error_model="numpy", inline="always")
def fleet(busy, peak_to_mean, occupancy, spare):
    """Accelerators to own: enough for the busiest hour at that occupancy, and spare ones."""
    return busy * peak_to_mean / occupancy * (1.0 + spare)


@njit(cache=True, error_model="numpy", inline="always")
def month_of(flops, peak, utilisation):
    """Accelerators that do so many FLOPs in a month at that share of their peak (FLOP/s)."""
    return flops / (peak * utilisation * 3600.0 * HOURS_PER_MONTH)


@njit(cache=True, error_model="numpy", inline="always")
def break_even(accelerators_for_a_month, hours):
    """Minutes of video after which generation has taken as many accelerator-hours as training."""
    return accelerators_for_a_month * HOURS_PER_MONTH / hours


@njit(cache=True, error_model="numpy", inline="always")
def modules_for(ends):
    """Modules for so many ports, two to a module."""
    return floor((ends + 1.0) / 2.0)


@njit(cache=True, error_model="numpy")
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
    out[15] = times * 2.0 * modules_for(optical)
    out[16] = times * modules_for(2.0 * lower)
    out[17] = times * modules_for(2.0 * upper)
    out[18] = out[15] + out[16] + out[17]
    per_switch = given[SWITCH_W] * float(radix) * given[SPEED] / 1000.0
    out[19] = (out[18] * given[MODULE_W] + out[13] * per_switch) / 1e6


@njit(cache=True, error_model="numpy", inline="always")
def spend(given, machine, watts, out):
    """Write power, energy and dollars; places 10, 11 and 20 to 24.

    `watts` is what one accelerator draws while it works. Waiting ones draw their idle power; hosts
    and network always draw theirs.
    """
    busy, owned = out[8], out[9]
    hosts_w, network_w = owned * given[HOST_W], out[19] * 1e6
    out[10] = (owned * watts + hosts_w + network_w) * given[PUE] / 1e6
    mean_w = busy * watts + (owned - busy) * machine[IDLE_W] + hosts_w + network_w
    out[11] = mean_w * given[PUE] * HOURS_PER_YEAR / 1e9
    out[20] = out[18] * given[MODULE_USD]
    capital = owned * given[ACCELERATOR_USD] + out[20]
    out[21] = capital / given[LIFETIME] + out[11] * 1e6 * given[KWH_USD]
    out[22] = owned * given[RENT] * HOURS_PER_YEAR
    out[23] = out[21] / (HOURS_PER_YEAR / HOURS_PER_DAY) / given[MINUTES]
    out[24] = out[18] / (given[SOLD] * 1e6)


@njit(cache=True, error_model="numpy")
def chain_of(given, machine, tile, j, out):
    """Write all links of one draw whose design is billed in column j of a tile."""
    clip_s = tile[5 * TILE + j] / given[FPS]
    seconds, gpus = tile[OUT + 4 * TILE + j], tile[16 * TILE + j]
    hours = hours_per_minute(seconds, gpus, clip_s, given[ERROR], given[GAIN])
    generated = given[MINUTES] * given[ATTEMPTS]
    out[0] = generated
    out[1] = generated * 60.0 / clip_s
    out[2] = tile[OUT + j]
    out[3] = tile[OUT + TILE + j]
    out[4] = tile[OUT + 2 * TILE + j] * (60.0 / clip_s)
    out[5] = out[4] * generated
    out[6] = hours
    out[7] = out[4] / (hours * 3600.0 * machine[FLOPS_PEAK])
    out[8] = busy_accelerators(generated, hours)
    out[9] = fleet(out[8], given[PEAK], given[OCCUPANCY], given[SPARE])
    join(given, out[9], out)
    watts = tile[OUT + 5 * TILE + j] / (seconds * gpus)
    spend(given, machine, watts, out)
    flops = training_flops(given, tile, j)
    out[25] = month_of(flops, machine[FLOPS_PEAK], given[TRAIN_SHARE])
    out[26] = break_even(out[25], hours)


@njit(cache=True, error_model="numpy")
def run_table(given, machine, tile, out):
    """Run the chain for a table of draws.

    given : float64 array of shape (n, 42), in the order of names.GIVEN
    machine : float64 array of shape (21,): design.Rates, then the peak in FLOP/s
    tile : float64 array of shape (design_kernels.SIZE,), contents ignored
    out : float64 array of shape (n, 27), in the order of names.LINKS
    """
    total = given.shape[0]
    tile[FILLED] = -1.0
    for r in range(RATES):
        for j in range(TILE):
            tile[RATE + r * TILE + j] = machine[r]
    for start in range(0, total, TILE):
        for j in range(TILE):
            fill_design(given[min(start + j, total - 1)], tile, j)
        bill_tile(tile)
        for j in range(min(TILE, total - start)):
            chain_of(given[start + j], machine, tile, j, out[start + j])
