"""`rebuilt fleet`: clips a day and a latency in; accelerators, layout and dollars a clip out."""

import argparse
import math
from typing import Any

from rebuilt.cli.answers import show
from rebuilt.cli.cost_command import clip_of, model_of
from rebuilt.cli.run_options import add_software_options, software_of
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.estimate import Timed, timed
from rebuilt.cost.hardware.fleet import BATCHES, GROUPS, Fleet, Service, fleets, measured_chips
from rebuilt.cost.hardware.layouts import MAX_CLUSTER
from rebuilt.cost.hardware.software import software_names
from rebuilt.errors import ShapeError
from rebuilt.intake.numbers import once, positive, whole

SHOWN = 12
MAX_BATCH = 64
COLUMNS = ("accelerators", "each job on", "layout", "software", "batch", "run time", "USD a clip")
ASSUMPTIONS = Service(1.0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; numbers are read by `run`, so that its errors are one sentence."""
    parser.add_argument("model", nargs="?", help="id of a model: the name of a file in data/models")
    parser.add_argument("--config", metavar="PATH", help="in the place of a model: a config.json")
    parser.description = (
        "Accelerators, layout and dollars a clip for so many clips a day. Every accelerator, "
        "engine, number of accelerators a job and batch is tried, each in the fastest layout that "
        "fits; the list is sorted by rent, and its first line recommends one and says why."
    )
    parser.epilog = (
        "example: rebuilt fleet wan2.2-t2v-a14b --clips-per-day 100000 --latency 60 --gpu "
        "h100,b200 --height 480 --width 832; rent is that of all accelerators all day, and a clip "
        "waits in no queue: for waiting, lower --occupancy"
    )
    parser.add_argument(
        "--clips-per-day", metavar="N", required=True, help="mean number of clips over a day"
    )
    for name, text in (
        ("--latency", "longest run time of a job in seconds (default: any)"),
        ("--frames", "frames of the clip (default: the model's published clip)"),
        ("--height", "height in pixels"),
        ("--width", "width in pixels"),
        ("--text-tokens", "text tokens (default: what the model's pipeline pads to)"),
        ("--steps", "sampler steps (default: as published)"),
        ("--passes", "forward passes per step: 1, 2 or 3 (default: as published)"),
        (
            "--peak-to-mean",
            "clips of the busiest hour over the mean (default "
            f"{ASSUMPTIONS.peak_to_mean:g}, the central assumption of data/assumptions.csv)",
        ),
        (
            "--occupancy",
            "share of the busiest hour in which accelerators work (default "
            f"{ASSUMPTIONS.occupancy:g}, the same)",
        ),
    ):
        parser.add_argument(name, metavar="N", help=text)
    parser.add_argument(
        "--gpu", metavar="IDS", help="accelerators (default: all with measured runs and a rent)"
    )
    parser.add_argument("--gpus", metavar="N,N", help="accelerators of a job (default 1,2,4,8)")
    parser.add_argument("--batch", metavar="N,N", help="clips generated together (default 1,2,4)")
    add_software_options(parser)
    parser.add_argument("--json", action="store_true", help="print every fleet as a JSON list")


def run(args: argparse.Namespace) -> int:
    """Compare and print; a bad value raises a RebuiltError, which the caller prints."""
    model, _ = model_of(args.model, args.config)
    steps, passes = (
        None if text is None else whole(f"--{name}", text)
        for name, text in (("steps", args.steps), ("passes", args.passes))
    )
    counted = timed(model, clip_of(args, model), steps=steps, passes=passes, tiled=args.tile)
    service = Service(
        positive("--clips-per-day", args.clips_per_day),
        math.inf if args.latency is None else positive("--latency", args.latency),
        _or("--peak-to-mean", args.peak_to_mean, ASSUMPTIONS.peak_to_mean, low=1.0),
        _or("--occupancy", args.occupancy, ASSUMPTIONS.occupancy, high=1.0),
    )
    names = [args.software] if args.software else software_names()
    found = fleets(
        counted,
        service,
        _chips(args.gpu),
        [software_of(args, name) for name in names],
        _list("--gpus", args.gpus, GROUPS, MAX_CLUSTER),
        _list("--batch", args.batch, BATCHES, MAX_BATCH),
    )
    if not found:
        raise ShapeError(
            "nothing meets the latency and fits; allow more time, more --gpus, other --format or "
            "--offload, or other accelerators"
        )
    return show([record(one) for one in found], report(found, counted), as_json=args.json)


def record(fleet: Fleet) -> dict[str, Any]:
    """One fleet as numbers; dollars are null without a sourced rent."""
    job, dollars = fleet.job, math.isfinite(fleet.usd_per_day)
    return {
        "gpu": job.accelerator.id,
        "gpus": fleet.gpus,
        "gpus_low": fleet.gpus_between[0],
        "gpus_high": fleet.gpus_between[1],
        "gpus_per_job": job.layout.gpus,
        "layout": str(job.layout),
        "software": job.software.name,
        "batch": job.batch,
        "seconds": job.seconds,
        "seconds_low": job.low,
        "seconds_high": job.high,
        "clips_per_day_at_most": fleet.clips_per_day,
        "usd_per_day": fleet.usd_per_day if dollars else None,
        "usd_per_clip": fleet.usd_per_clip if dollars else None,
        "joules_per_clip": fleet.joules_per_clip,
        "memory_gb": job.memory.total,
        "fits_probability": job.memory.probability,
    }


def report(found: list[Fleet], counted: Timed) -> str:
    """Lay the cheapest fleets out for people, the recommendation with its reason first."""
    best = found[0]
    job, service = best.job, best.service
    low, high = best.gpus_between
    reason = "least rent a day" if math.isfinite(best.usd_per_day) else "fewest accelerators"
    rows = [COLUMNS, *(_row(one) for one in found[:SHOWN])]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    lines = [
        "  " + "  ".join(f"{cell:<{size}}" for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(
        [
            f"{counted.model.id}: {counted.job.forward.clip}, "
            f"{service.clips_per_day:,.0f} clips a day",
            f"  take {best.gpus:,} x {job.accelerator.name} ({low:,} to {high:,}), "
            f"{job.layout.gpus} for each job ({job.layout}), {job.software.name}, batch "
            f"{job.batch}: {reason} of {len(found):,} that fit"
            + ("" if math.isinf(service.latency_s) else f" and answer in {service.latency_s:g} s"),
            "",
            *lines,
            "",
            f"  busiest hour {service.peak_to_mean:g} times the mean, accelerators busy for "
            f"{service.occupancy:.0%} of it; rent of all of them, queues left out",
        ]
    )


def _row(fleet: Fleet) -> tuple[str, ...]:
    job = fleet.job
    price = f"{fleet.usd_per_clip:.3g}" if math.isfinite(fleet.usd_per_day) else "no sourced price"
    return (
        f"{fleet.gpus:,} x {job.accelerator.name}",
        str(job.layout.gpus),
        str(job.layout),
        job.software.name,
        str(job.batch),
        f"{job.seconds:.4g} s ({job.low:.3g} to {job.high:.3g})",
        price,
    )


def _chips(text: str | None) -> list[str]:
    if text is not None:
        chips = [load_accelerator(name.strip()).id for name in text.split(",")]
        once("--gpu", chips)
        return chips
    return measured_chips()


def _list(option: str, text: str | None, default: tuple[int, ...], high: int) -> list[int]:
    if text is None:
        return list(default)
    found = [whole(option, part, 1, high) for part in text.split(",")]
    once(option, [str(number) for number in found])
    return found


def _or(option: str, text: str | None, default: float, **limits: float) -> float:
    return default if text is None else positive(option, text, **limits)
