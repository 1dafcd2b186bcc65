"""`make bench`: how fast designs are billed, as ratios of runs that stand side by side.

Every rival bills the same table of designs with the same formulas. With `--write` the results go
to data/measured.csv, from which the book prints them.
"""

import argparse
import csv
import datetime as dt
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from rebuilt.cost.engine.billing import bill_table
from rebuilt.cost.engine.design import COLUMNS, rates_of
from tools.bench_rivals import numpy_bill, polars_bill

from rebuilt.cost.sweep.space import DEFAULTS
from rebuilt.paths import DATA, ROOT

POINTS = 2**22
ROUNDS = 15
VARY = ("depth", "width", "frames", "steps", "passes", "gpus")
LARGE = (
    "--axis", "depth=20:64:1", "--axis", "width=1152:6144:128", "--axis", "steps=4:100:1",
    "--axis", "gpus=1,2,4,8", "--axis", "accelerator=h100-sxm,b200-sxm",
)  # fmt: skip
REFERENCE = ROOT / ".venv-reference" / "bin" / "python"
COUNT = """
import time, torch
from torch.utils.flop_counter import FlopCounterMode
from diffusers import WanTransformer3DModel
with torch.device("meta"):
    model = WanTransformer3DModel(num_attention_heads=12, ffn_dim=8960, num_layers=30)
    inputs = dict(hidden_states=torch.empty(1, 16, 21, 60, 104), timestep=torch.ones(1),
                  encoder_hidden_states=torch.empty(1, 512, 4096))
    best = 1e9
    for _ in range(3):
        start = time.perf_counter()
        with FlopCounterMode(display=False), torch.no_grad():
            model(**inputs)
        best = min(best, time.perf_counter() - start)
print(best)
"""


def designs(count):
    """Return a table of designs that vary in six columns, all of which can exist."""
    rng = np.random.default_rng(0)
    columns = np.empty((len(VARY), count))
    choices = {
        "depth": np.arange(20, 65),
        "width": np.array([1536, 2048, 3072, 4096, 5120]),
        "frames": np.arange(81, 242, 4),
        "steps": np.arange(4, 101),
        "passes": np.array([1, 2]),
        "gpus": np.array([1, 2, 4, 8]),
    }
    for row, name in enumerate(VARY):
        columns[row] = rng.choice(choices[name], count)
    return columns


def best(run, rounds=ROUNDS):
    """Return the least time of several runs: what the machine can do when left alone."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def copy_rate():
    """Bytes a second that NumPy copies on all cores, read and written, best of several."""
    source = np.ones(2**25)
    target = np.empty_like(source)
    half = source.size // 2

    def copy():
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    lambda part: np.copyto(target[part], source[part]),
                    (slice(0, half), slice(half, None)),
                )
            )

    return 2 * source.nbytes / best(copy)


def flop_counter_seconds():
    """Seconds that torch's FlopCounterMode takes for one design, None without its environment."""
    if not REFERENCE.exists():
        return None
    done = subprocess.run(
        [REFERENCE, "-c", COUNT], capture_output=True, text=True, check=False, timeout=300
    )
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def measure():
    """Run everything and return (name, value, unit) triples."""
    columns, rate = designs(POINTS), rates_of("h100-sxm")
    places = np.array([VARY.index(name) if name in VARY else -1 for name in COLUMNS])
    fixed = np.array([float(DEFAULTS[name]) for name in COLUMNS])
    out = bill_table(columns, places, fixed, [rate])  # compiles, and makes the memory

    ours = best(lambda: bill_table(columns, places, fixed, [rate], out)) / POINTS
    small = columns[:, : 2**20]
    numpy_time = best(lambda: numpy_bill(small, VARY, fixed, rate), 3) / 2**20
    frame = pl.DataFrame(dict(zip(VARY, small, strict=True)))
    polars_time = best(lambda: polars_bill(frame, VARY, fixed, rate), 3) / 2**20
    copied = copy_rate()
    moved = (len(VARY) + 7) * 8 + 1
    counter = flop_counter_seconds()
    yield "records_per_second", 1 / ours, "1/s"
    yield "times_numpy", numpy_time / ours, "ratio"
    yield "times_polars", polars_time / ours, "ratio"
    yield "copy_bytes_per_second", copied, "B/s"
    yield "share_of_copy_bandwidth", moved / ours / copied, "ratio"
    if counter is not None:
        yield "designs_per_flop_counter_run", counter / ours, "ratio"


def command_cost(*arguments):
    """Seconds and peak memory in bytes of one `rebuilt sweep`, run as a reader would run it."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "rebuilt.cli", "sweep", *LARGE, *arguments],
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"rebuilt sweep ended with exit code {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def measure_large():
    """Run the billion-point reduction and the hundred million full records at full size."""
    seconds, memory = command_cost(
        "--how", "sobol", "--count", "1e9", "--quantiles", "seconds,usd", "--pareto",
        "usd,-parameters",
    )  # fmt: skip
    yield "billion_points_reduced_in", seconds, "s"
    yield "billion_points_peak_memory", memory, "B"
    with tempfile.TemporaryDirectory() as folder:
        seconds, memory = command_cost("--how", "random", "--count", "1e8", "--records", folder)
        written = sum(part.stat().st_size for part in Path(folder).glob("*.parquet"))
    yield "hundred_million_records_in", seconds, "s"
    yield "hundred_million_records_peak_memory", memory, "B"
    yield "hundred_million_records_size", written, "B"


def main():
    """Print the ratios; with --write, put them into data/measured.csv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="also 1e9 points and 1e8 records")
    parser.add_argument("--write", action="store_true", help="write data/measured.csv")
    arguments = parser.parse_args()
    # The large runs first: a child's peak counts what its parent held when it started.
    found = [*(measure_large() if arguments.large else ()), *measure()]
    for name, value, unit in found:
        print(f"{name:32} {value:14.4g} {unit}")
    if arguments.write:
        save(found)


def save(found):
    """Write the results with machine and date."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {processor()}"
    day = dt.date.today().isoformat()
    with (DATA / "measured.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["measurement", "value", "unit", "machine", "date"])
        for name, value, unit in sorted(found):
            writer.writerow([name, f"{value:.4g}", unit, machine, day])
    print("wrote data/measured.csv; now run `rebuilt check --seal`")


def processor():
    """Name of the processor as Linux gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or sys.platform


if __name__ == "__main__":
    main()
