"""`make bench`: how fast jobs are billed, as ratios of runs that stand side by side.

Every rival bills the same table of jobs by the same text. With `--write` the results go to
data/measured.csv, from which the book prints them.
"""

import argparse
import csv
import datetime as dt
import functools
import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
from tools.bench_rivals import by_numpy, by_polars

from rebuilt.cost.engine.lowered import lower_model
from rebuilt.cost.engine.table import RECORD, bill_table
from rebuilt.cost.hardware.estimate import timed
from rebuilt.cost.hardware.fleet import BATCHES, GROUPS, Service, fleets, measured_chips
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.hardware.software import load_software, software_names
from rebuilt.cost.models.catalogue import load_model
from rebuilt.paths import DATA, ROOT

MODEL, ACCELERATOR, HEADS = "hunyuanvideo", "h100-sxm", 16
POINTS, FEWER = 2**22, 2**20
ROUNDS = 15
CHOICES = {
    "frames": np.arange(81, 242, 4),
    "height": np.arange(480, 1088, 16),
    "steps": np.arange(4, 101),
    "passes": np.array([1, 2]),
    "gpus": np.array([1, 2, 4, 8]),
    "depth": np.arange(20, 65),
    "width": np.array([1536, 2048, 3072, 4096, 5120]),
}
JOBS = ("frames", "height", "steps", "passes", "gpus")
ARCHITECTURES = ("depth", "width", "frames", "steps", "passes", "gpus")
LARGE = (
    "--model", MODEL, "--axis", "frames=33:161:4", "--axis", "height=480:1088:16",
    "--axis", "depth=20:64:1", "--axis", "width=1536:6144:384", "--axis", "steps=4:50:1",
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


def jobs(names, count):
    """Return a table with a row for each name: values that can be, drawn with a fixed seed."""
    rng = np.random.default_rng(0)
    return np.array([rng.choice(CHOICES[name], count) for name in names], float)


def ready(names):
    """Return the model made ready for what varies, with heads that divide every width."""
    changes = {"heads": HEADS} if "width" in names else None
    return lower_model(load_model(MODEL), names, changes=changes)


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
        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    lambda part: np.copyto(target[part], source[part]),
                    (slice(0, half), slice(half, None)),
                )
            )

    return 2 * source.nbytes / best(copy)


def fleets_per_second():
    """Fleets compared in a second: engines, accelerators of a job and batches on every chip.

    Each is the fastest of the layouts that fit, as `rebuilt fleet` takes it without options.
    """
    counted, chips = timed(load_model(MODEL)), measured_chips()
    engines = [load_software(name) for name in software_names()]
    compare = functools.partial(fleets, counted, Service(1e5), chips, engines)
    return len(chips) * len(engines) * len(GROUPS) * len(BATCHES) / best(compare, 3)


def flop_counter_seconds():
    """Seconds that torch's FlopCounterMode takes for one job, None without its environment."""
    if not REFERENCE.exists():
        return None
    done = subprocess.run(
        [REFERENCE, "-c", COUNT], capture_output=True, text=True, check=False, timeout=300
    )
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def measure():
    """Run everything and return (name, value, unit) triples."""
    machine = machine_of(ACCELERATOR)
    ours = {}
    for kind, names in (("records", JOBS), ("architectures", ARCHITECTURES)):
        lowered, columns = ready(names), jobs(names, POINTS)
        out = bill_table(lowered, columns, machine)  # compiles, and makes the memory
        bill = functools.partial(bill_table, lowered, columns, machine, out)
        ours[kind] = best(bill) / POINTS
        fewer = columns[:, :FEWER]
        rival = best(functools.partial(by_numpy, lowered, machine, fewer), 3) / FEWER
        frame = pl.DataFrame(dict(zip(names, fewer, strict=True)))
        other = best(functools.partial(by_polars, lowered, machine, frame), 3) / FEWER
        yield f"{kind}_per_second", 1 / ours[kind], "1/s"
        yield f"{kind}_times_numpy", rival / ours[kind], "ratio"
        yield f"{kind}_times_polars", other / ours[kind], "ratio"
    yield "fleets_per_second", fleets_per_second(), "1/s"
    copied = copy_rate()
    moved = (len(JOBS) + len(RECORD)) * 8 + 1
    counter = flop_counter_seconds()
    yield "copy_bytes_per_second", copied, "B/s"
    yield "share_of_copy_bandwidth", moved / ours["records"] / copied, "ratio"
    if counter is not None:
        yield "records_per_flop_counter_run", counter / ours["records"], "ratio"


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
