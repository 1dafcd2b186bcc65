"""`rebuilt sweep`: bill a space of jobs and print reductions, or write full records."""

import argparse
import math
import sys
import time
from pathlib import Path

from rebuilt.cli.answers import show
from rebuilt.cost.engine.table import RECORD
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.bill import MAX_GPUS
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.choices import NAMES
from rebuilt.cost.models.variants import read_choice
from rebuilt.cost.sweep.reductions import Pareto, Quantiles, Reduction, Sensitivity
from rebuilt.cost.sweep.space import CHOSEN, COLUMNS, MOST_POINTS, Axis, Space
from rebuilt.cost.sweep.sweeping import CHUNK, MOST_CHUNK, Result, sweep
from rebuilt.errors import OptionError, ShapeError
from rebuilt.intake.columns import columns_of
from rebuilt.intake.numbers import number, once, whole

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
HALVINGS = 6  # of a histogram's bins: four for each factor of two are enough to read
MOST_LEVELS = 100_000  # of one axis of a grid
CLUSTER_SECONDS = 10  # that a scheduler and a first worker have to answer
BAR = 40  # characters of a histogram's fullest bin
EXAMPLES = f"""
columns: {", ".join(COLUMNS)}
figures: {", ".join(RECORD)}

an axis is NAME=VALUES: levels with commas; LOW:HIGH:STEP for steps from the low end, which a grid
takes one by one; LOW:HIGH for whole numbers and LOW:HIGH:log for a logarithmic range, of random and
Sobol points. `model`, `accelerator`, {", ".join(NAMES)} take names. Columns are those
of `rebuilt cost`: a clip (its width in pixels is width_px), a sampler, hardware, and what --set
changes of the architecture, in the same words; gpus are those of one server, 1 to {MAX_GPUS}. What
no axis names stays as the model was published.

examples:
  rebuilt sweep --model hunyuanvideo,wan2.1-t2v-14b --axis frames=33:241:4 --axis height=480,720 \\
      --axis gpus=1,2,4,8 --axis accelerator=h100-sxm,b200-sxm --axis steps=25,50
  rebuilt sweep --model wan2.1-t2v-14b --how sobol --count 1e9 --axis depth=20:64 \\
      --axis hidden=4096:16384:128 --axis steps=4:100 --quantiles seconds,usd \\
      --pareto usd,-parameters --state sweep.state
  rebuilt sweep --model hunyuanvideo --how random --count 1e8 --axis frames=33:241:4 --records p/
  rebuilt sweep --model hunyuanvideo --table jobs.parquet --records parts/
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("--model", required=True, metavar="IDS", help="published transformers, with commas")
    add("--axis", action="append", default=[], metavar="NAME=VALUES", help="what varies; repeat it")
    add("--fix", action="append", default=[], metavar="NAME=VALUE", help="a column's fixed value")
    add("--how", choices=("grid", "random", "sobol"), help="default: grid")
    add("--count", metavar="N", help="points of random and sobol, such as 1e9")
    add("--seed", metavar="N", help="seed of random and sobol (default 0)")
    add("--table", metavar="FILE", help="CSV or Parquet file with a column for each that varies")
    add("--quantiles", default="seconds", metavar="FIGURES", help="default: seconds")
    add("--histogram", metavar="FIGURES", help="counts in four bins for each factor of two")
    add("--pareto", metavar="A,B", help="front of two figures to keep small; -A: to keep large")
    add("--sensitivity", metavar="FIGURE", help="share of its variance that each axis explains")
    add("--records", metavar="FOLDER", help="write all records as Parquet parts")
    add("--state", metavar="FILE", help="save progress there and go on from there")
    add("--chunk", default=str(CHUNK), metavar="N", help=f"points of one chunk ({CHUNK})")
    add("--dask", metavar="ADDRESS", help="scheduler of a Dask cluster to run on")
    add("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Evaluate and print; a bad value raises a RebuiltError, which the caller prints."""
    space = _space(args)
    wanted: dict[str, Reduction] = {
        f"quantiles {name}": Quantiles(name) for name in args.quantiles.split(",")
    }
    for name in args.histogram.split(",") if args.histogram else ():
        wanted[f"histogram {name}"] = Quantiles(name)
    if args.pareto:
        first, _, second = args.pareto.partition(",")
        wanted[f"pareto {args.pareto}"] = Pareto((first, second))
    if args.sensitivity:
        wanted[f"sensitivity {args.sensitivity}"] = Sensitivity(args.sensitivity)
    start = time.monotonic()
    result = sweep(
        space,
        reductions=wanted,
        records=Path(args.records) if args.records else None,
        state=Path(args.state) if args.state else None,
        client=_client(args.dask),
        chunk=_count("--chunk", args.chunk, MOST_CHUNK),
        progress=Bar() if sys.stderr.isatty() else None,
    )
    seconds = time.monotonic() - start
    record = summary(result)
    return show(record, report(record, seconds), as_json=args.json)


class Bar:
    """A line on standard error that shows how far a sweep has come."""

    def __call__(self, done: int, total: int) -> None:
        """Draw it again."""
        full = 30 * done // max(total, 1)
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r[{'#' * full:<30}] {done}/{total} chunks{end}")
        sys.stderr.flush()


def summary(result: Result) -> dict[str, object]:
    """Lay out counts by reason and every reduction as plain values."""
    found: dict[str, object] = {"points": result.points, "reasons": result.reasons}
    for name, what in result.reductions.items():
        if isinstance(what, Quantiles) and name.startswith("histogram "):
            found[name] = what.histogram(HALVINGS)
        elif isinstance(what, Quantiles):
            found[name] = {f"{level:g}": what.quantile(level) for level in LEVELS}
        elif isinstance(what, Pareto):
            found[name] = what.front()
        elif isinstance(what, Sensitivity):
            found[name] = {axis: float(share) for axis, share in what.indices().items()}
    if result.parts:
        found["parts"] = len(result.parts)
    if result.remade:
        found["parts_made_again"] = [part.name for part in result.remade]
    return found


def report(record: dict[str, object], seconds: float) -> str:
    """Lay the summary out for people."""
    points = record["points"]
    lines = [f"{points:,} points in {seconds:.1f} s"]
    for name, value in record.items():
        if isinstance(value, dict):
            lines.append(f"\n{name}")
            lines += [f"  {key:<60} {_shown(number):>16}" for key, number in value.items()]
        elif isinstance(value, list) and name.startswith("histogram "):
            lines += ["", name, *_bars(value)]
        elif isinstance(value, list) and name == "parts_made_again":
            lines.append(f"\nlost or damaged, made again: {', '.join(value)}")
        elif isinstance(value, list):
            lines.append(f"\n{name}: {len(value)} points on the front")
            lines += [f"  {a:>14.6g} {b:>14.6g}   point {i}" for a, b, i in value[:20]]
    return "\n".join(lines)


def _shown(value: float) -> str:
    """Show a number, or that nothing is known, as of jobs without a sourced rent."""
    return "unknown" if math.isnan(value) else f"{value:,.6g}"


def _bars(bins: list[tuple[float, float, int]]) -> list[str]:
    fullest = max((count for _, _, count in bins), default=1)
    return [
        f"  {low:>12.6g} to {high:>12.6g} {count:>14,} {'#' * round(BAR * count / fullest)}"
        for low, high, count in bins
    ]


def _space(args: argparse.Namespace) -> Space:
    models = tuple(load_model(name.strip()).id for name in args.model.split(","))
    once("--model", models)
    names: dict[str, tuple[str, ...]] = {"model": models, "accelerator": _DEFAULT}
    fixed: dict[str, float] = {}
    given = [_named(text) for text in (*args.fix, *args.axis)]
    once("--fix and --axis", [name for name, _ in given])
    for name, value in given[: len(args.fix)]:
        fixed[name] = _level(name, value, names)
    how = "table" if args.table else args.how or "grid"
    if args.table and (args.axis or args.how or len(models) > 1):
        raise ShapeError(
            "a table says itself what varies; leave out --axis and --how, name one model"
        )
    drawn = [name for name in ("count", "seed") if getattr(args, name) is not None]
    if drawn and how in ("grid", "table"):
        raise OptionError(
            f"--{drawn[0]} is of random and sobol points; leave it out, or add --how random"
        )
    axes = {"model": Axis(tuple(map(float, range(len(models)))))} if len(models) > 1 else {}
    for name, values in given[len(args.fix) :]:
        axes[name] = _axis(name, values, names, how)
    if not args.table and not axes:
        raise ShapeError("nothing varies; add --axis NAME=VALUES or --table FILE")
    rows = columns_of(Path(args.table), COLUMNS) if args.table else {}
    once("--table and --fix", [*rows, *fixed])
    return Space(
        models=models,
        axes=axes,
        how=how,
        count=_count("--count", args.count or "0", MOST_POINTS),
        seed=whole("--seed", args.seed or "0", 0),
        fixed=fixed,
        accelerators=names["accelerator"],
        rows=rows,
    )


_DEFAULT = ("h100-sxm",)


def _named(text: str) -> tuple[str, str]:
    name, equals, values = text.partition("=")
    if not equals or not values:
        raise ShapeError(f"{text!r} is not NAME=VALUES, such as depth=20,30,40")
    if name not in COLUMNS or name == "model":
        named = "models are named by --model; " if name == "model" else f"no column {name!r}; "
        raise ShapeError(f"{named}columns are {', '.join(COLUMNS[1:])}")
    return name, values


def _axis(name: str, text: str, names: dict[str, tuple[str, ...]], how: str) -> Axis:
    """Read levels or a range; a grid takes a range step by step."""
    low, *rest = text.split(":")
    if not rest or name in CHOSEN:
        texts = text.split(",")
        levels = tuple(_level(name, value, names) for value in texts)
        shown = dict(zip(levels, texts, strict=True))
        once(f"--axis {name}", [shown[level] for level in levels])
        return Axis(levels)
    if rest[1:] == ["log"]:
        return Axis((number(name, low), number(name, rest[0])), "log")
    first, last = number(name, low), number(name, rest[0])
    step = number(name, rest[1]) if rest[1:] else 1.0
    if step <= 0 or last < first or len(rest) > 2:
        raise ShapeError(f"{name} is {text!r}; a range is LOW:HIGH or LOW:HIGH:STEP, upwards")
    if how != "grid":
        return Axis((first, last), "linear", step)
    if (last - first) / step > MOST_LEVELS:
        raise ShapeError(f"{name} is {text!r}, over {MOST_LEVELS:,} levels; take a larger step")
    return Axis(tuple(first + step * turn for turn in range(int((last - first) // step) + 1)))


def _level(name: str, text: str, names: dict[str, tuple[str, ...]]) -> float:
    """Read one value; a name becomes its place."""
    if name == "accelerator":
        chip = load_accelerator(text.strip()).id
        known = names[name] if names[name] is not _DEFAULT else ()
        names[name] = known if chip in known else (*known, chip)
        return float(names[name].index(chip))
    if name in NAMES:
        return float(read_choice(name, text))
    return number(name, text)


def _count(option: str, text: str, high: int) -> int:
    """Read a whole number that may be written as 1e9."""
    value = number(option, text)
    if value != int(value) or not 0 <= value <= high:
        raise ShapeError(f"{option} is {text!r}; it must be a whole number from 0 to {high}")
    return int(value)


def _client(address: str | None) -> object:
    if address is None:
        return None
    from dask.distributed import Client  # a second of imports that local sweeps need not wait for

    try:
        client = Client(address, timeout=CLUSTER_SECONDS)
        client.wait_for_workers(1, timeout=CLUSTER_SECONDS)
    except (OSError, ValueError) as error:  # a time that has run out is an OSError
        reason = str(error).splitlines()[0] if str(error) else "nobody answers"
        raise OptionError(
            f"--dask is {address!r}, where no cluster with a worker answered within "
            f"{CLUSTER_SECONDS} s ({reason}); start one, or give the address of its scheduler, "
            "such as tcp://10.0.0.1:8786"
        ) from None
    return client
