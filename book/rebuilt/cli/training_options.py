"""`rebuilt cost --train`: memory at the peak and seconds of a step, asked for and laid out."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rebuilt.cli.run_options import layout_of, software_of
from rebuilt.cost.counting.training_rows import TARGETS
from rebuilt.cost.hardware.accelerators import Accelerator
from rebuilt.cost.hardware.estimate_record import at_rent, beside
from rebuilt.cost.hardware.layouts import BEST
from rebuilt.cost.hardware.training import (
    FULL,
    LORA,
    OFFLOADED,
    OPTIMIZERS,
    RANK,
    RECOMPUTED,
    STAGES,
    Trained,
    TrainingEstimate,
    train,
)
from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.cost.models.latent import Clip
from rebuilt.errors import OptionError
from rebuilt.intake.numbers import whole

SETTINGS = ("rank", "target", "optimizer", "recompute", "zero")
OF_INFERENCE = ("steps", "passes", "tile", "cache", "computed", "density")
MAX_RANK, SHOWN_GB = 4096, 0.05
OF_MEMORY = {"optimizer": "gradients, state", "buffers": "gathered weights"}


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    group = parser.add_argument_group(
        "training",
        "the peak of memory and the seconds of one step; text and clips are encoded beforehand",
    )
    group.add_argument(
        "--train", metavar="KIND", help=f"{FULL}: all weights, or {LORA}: adapters (needs --gpu)"
    )
    group.add_argument("--rank", metavar="N", help=f"of adapters (default {RANK})")
    group.add_argument(
        "--target",
        metavar="LAYERS",
        help=f"that have adapters: {TARGETS[0]} (default) or {TARGETS[1]}, with feed-forward too",
    )
    group.add_argument(
        "--optimizer",
        metavar="NAME",
        help="; ".join(f"{name}: {one.holds}" for name, one in OPTIMIZERS.items())
        + " (default adamw)",
    )
    group.add_argument(
        "--recompute",
        metavar="WHAT",
        help="the backward pass computes again: blocks from their inputs (default), parts of "
        "blocks from theirs, or none",
    )
    group.add_argument(
        "--zero",
        metavar="N",
        help="what accelerators with clips of their own share: 1 the optimizer's state, 2 "
        "gradients too, 3 weights too, as shard in --layout (default: 0; 3 without --layout, "
        "where each of --gpus has a clip of its own)",
    )


def trained(
    model: Transformer | UNet,
    clip: Clip,
    chips: Sequence[Accelerator],
    args: argparse.Namespace,
) -> list[TrainingEstimate]:
    """Price the training that was asked for on each accelerator."""
    extra = [name for name in OF_INFERENCE if getattr(args, name) is not None]
    if extra:
        raise OptionError(f"--{extra[0]} is of inference, and --train is given; leave one out")
    for name in ("rank", "target"):
        if args.train == FULL and getattr(args, name) is not None:
            raise OptionError(f"--{name} is of adapters, and --train full has none; leave it out")
    if args.layout == BEST:
        raise OptionError(f"--layout {BEST} is of inference; with --train write the degrees")
    gpus = None if args.gpus is None else whole("--gpus", args.gpus)
    layout = layout_of(args, gpus)
    zero = None if args.zero is None else whole("--zero", args.zero, 0, STAGES)
    recipe = Trained(
        kind=args.train,
        rank=RANK if args.rank is None else whole("--rank", args.rank, 1, MAX_RANK),
        target=args.target or TARGETS[0],
        optimizer=args.optimizer or next(iter(OPTIMIZERS)),
        recompute=args.recompute or RECOMPUTED[0],
        zero=zero,
        offload=args.offload or OFFLOADED[0],
    )
    args.offload = None
    return [
        train(
            model,
            clip,
            gpu=chip,
            gpus=gpus or 1,
            layout=layout,
            batch=None if args.batch is None else whole("--batch", args.batch, 1),
            recipe=recipe,
            software=replace(software_of(args), offload="none"),
        )
        for chip in chips
    ]


def refuse_alone(args: argparse.Namespace) -> None:
    """Raise OptionError for an option of training without `--train`."""
    for name in SETTINGS:
        if getattr(args, name) is not None:
            raise OptionError(f"--{name} is of training; add --train full or --train lora")


def training_record(found: TrainingEstimate) -> dict[str, Any]:
    """One training step as numbers; `usd_per_step` is null without a rent."""
    recipe, memory, job = found.recipe, found.memory, found.job
    clip = job.forward.clip
    return {
        "model": job.forward.model,
        "frames": clip.frames,
        "height": clip.height,
        "width": clip.width,
        "tokens": job.forward.tokens,
        "parameters": job.forward.parameters,
        "train": recipe.kind,
        "rank": recipe.rank if recipe.kind == LORA else None,
        "target": recipe.target if recipe.kind == LORA else None,
        "trained_parameters": found.trained,
        "optimizer": recipe.optimizer,
        "recompute": recipe.recompute,
        "zero": 3 if found.layout.shard else recipe.zero or 0,
        "offload": recipe.offload,
        "gpu": found.accelerator.id,
        "gpus": found.layout.gpus,
        "layout": str(found.layout),
        "batch": found.batch,
        "format": found.software.format,
        "attention_kernel": found.software.kernel(found.accelerator.family),
        "compiled": found.software.compiled,
        "seconds_per_step": found.seconds,
        "seconds_per_step_low": found.low,
        "seconds_per_step_high": found.high,
        "seconds_by_part": _parts(found),
        "clips_per_second": found.batch / found.seconds,
        "model_tflops_per_gpu": found.model_tflops,
        "joules_per_step": found.joules,
        "usd_per_step": found.usd,
        "rent_usd_h": found.accelerator.usd_per_h,
        "rent_basis": found.accelerator.rent_basis,
        "memory_gb": memory.total,
        "memory_gb_by_part": memory.by_part,
        "fits": memory.fits,
        "fits_probability": memory.probability,
        "assumed_of_hardware": list(found.assumed),
    }


def training_table(times: Sequence[TrainingEstimate]) -> str:
    """Lay the same out for people, a column for each accelerator."""
    first = times[0]
    forward, clip = first.job.forward, first.job.forward.clip
    below = "text and clips are encoded beforehand; loading and validation are left out"
    notes = [note for found in times for note in found.assumed]
    return "\n".join(
        [
            f"{forward.model}: training on {clip}",
            f"  tokens       {forward.tokens:,} video, {forward.text_tokens:,} text",
            f"  parameters   {forward.parameters:,}, {first.trained:,} trained",
            *beside([_column(found) for found in times], below, notes),
        ]
    )


def _parts(found: TrainingEstimate) -> dict[str, float]:
    """Seconds of a step by what they are spent on."""
    figures = found.figures
    device = figures["device_s"]
    waits = found.seconds - device - figures["optimizer_s"]
    names = {"products": "product_s", "attention": "attention_s", "memory traffic": "traffic_s"}
    spent = {name: figures[key] for name, key in names.items()}
    return spent | {
        "exchange": figures["exchange_s"],
        "waiting": max(waits, 0.0),
        "update of weights": figures["optimizer_s"],
    }


def _column(found: TrainingEstimate) -> dict[str, str]:
    software, family = found.software, found.accelerator.family
    fused = "compiled" if software.compiled else "eager"
    parts = {
        OF_MEMORY.get(name, name): value
        for name, value in found.memory.by_part.items()
        if value >= SHOWN_GB
    }
    return {
        "accelerator": f"{found.layout.gpus} x {found.accelerator.name}",
        "layout": str(found.layout),
        "training": str(found.recipe),
        "software": f"{software.kernel(family)}, {fused}, frozen weights {software.format}"
        if found.recipe.kind == LORA
        else f"{software.kernel(family)}, {fused}",
        "clips of a step": str(found.batch),
        "one step": f"{found.seconds:.4g} s ({found.low:.4g} to {found.high:.4g} s)",
        **{f"  {name}": f"{value / found.seconds:.1%}" for name, value in _parts(found).items()},
        "throughput": f"{found.batch / found.seconds:.3g} clips/s, "
        f"{found.model_tflops:.3g} TFLOP/s each",
        "energy": f"{found.joules:.3g} J a step",
        "rent": "no sourced price"
        if found.usd is None
        else f"{1000 * found.usd:.3g} USD a thousand steps{at_rent(found.accelerator)}",
        "memory": str(found.memory),
        **{f"  {name}": f"{value:.1f} GB" for name, value in parts.items()},
    }
