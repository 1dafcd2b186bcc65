"""`rebuilt cost`: tokens, parameters and FLOPs of one clip through one model.

Answers from the plain text of the engine; nothing here imports Numba, Polars or Altair.
"""

import argparse
from collections.abc import Sequence
from typing import Any

from rebuilt.cli.answers import show
from rebuilt.cli.run_options import add_run_options, asked, layout_of, software_of
from rebuilt.cli.training_options import (
    add_training_options,
    refuse_alone,
    trained,
    training_record,
    training_table,
)
from rebuilt.cost.counting.forward import denoiser_of
from rebuilt.cost.counting.totals import Inference, inference
from rebuilt.cost.hardware.accelerators import Accelerator, load_accelerator, rented
from rebuilt.cost.hardware.estimate import GB, Estimate, Timed, fastest, price, timed
from rebuilt.cost.hardware.estimate_record import timing_record, timing_table
from rebuilt.cost.hardware.layouts import BEST
from rebuilt.cost.hardware.memory import UNKNOWN_DECODING
from rebuilt.cost.hardware.rates import MOST_RENT
from rebuilt.cost.hardware.remedies import remedy_of
from rebuilt.cost.models.architectures import Transformer, UNet
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.choices import CHOICES
from rebuilt.cost.models.config_reading import read_config
from rebuilt.cost.models.latent import Clip, default_clip
from rebuilt.cost.models.variants import altered, read_choices
from rebuilt.errors import OptionError, ShapeError
from rebuilt.intake.numbers import once, positive, whole

CONVENTION = "FLOPs = 2 x multiply-accumulates of products, convolutions and attention; batch 1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; numbers are read by `run`, so that its errors are one sentence."""
    parser.description = (
        "Tokens, parameters and FLOPs of one clip through one model; with --gpu also run time, "
        "energy, rent and memory with their intervals; with --train those of one training step."
    )
    parser.epilog = (
        "examples: rebuilt cost wan2.1-t2v-14b --height 480 --width 832 --gpu 4090 --format fp8 "
        "--offload blocks; rebuilt cost hunyuanvideo --gpu h100 --gpus 8 --layout best --software "
        "sglang; rebuilt cost flux.1-dev --gpu h100 --train lora --rank 64"
    )
    parser.add_argument("model", nargs="?", help="id of a model: the name of a file in data/models")
    parser.add_argument(
        "--config",
        metavar="PATH",
        help="in the place of a model: a diffusers transformer's config.json, or the folder of a "
        "checkpoint; what the file lacks is said as assumed",
    )
    for name, text in (
        ("--frames", "frames of the clip (default: the model's published clip)"),
        ("--height", "height in pixels"),
        ("--width", "width in pixels"),
        ("--text-tokens", "text tokens (default: what the model's pipeline pads to)"),
        ("--steps", "sampler steps (default: as published)"),
        ("--passes", "forward passes per step: 1, 2 or 3 (default: as published)"),
    ):
        parser.add_argument(name, metavar="N", help=text)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change the architecture, such as depth=20 or blocks=joint; repeat it; names: "
        + ", ".join(CHOICES),
    )
    parser.add_argument(
        "--gpu",
        metavar="IDS",
        help="accelerators, such as h100-sxm or h100-sxm,b200-sxm: adds run time, side by side",
    )
    parser.add_argument(
        "--gpus",
        metavar="N",
        help="how many (default 1); more than a server holds are joined by its network",
    )
    parser.add_argument(
        "--rent",
        metavar="USD,USD",
        help="what you pay for an hour of one accelerator, for each of --gpu (default: the price "
        "on demand of data/accelerators.csv or data/accelerator_rents.csv)",
    )
    add_run_options(parser)
    add_training_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object, exact integers")


def run(args: argparse.Namespace) -> int:
    """Count and print; a bad value raises a RebuiltError, which the caller prints."""
    if args.train is None:
        refuse_alone(args)
    needed = [*asked(args), *(f"--{name}" for name in ("rent", "train") if getattr(args, name))]
    if args.gpu is None and (args.gpus is not None or needed):
        given = f"--gpus is {args.gpus}" if args.gpus is not None else f"{needed[0]} is given"
        raise OptionError(f"{given} and no accelerator is named; add --gpu, such as --gpu h100-sxm")
    read, assumed = model_of(args.model, args.config)
    model = _changed(read, args.set)
    clip = clip_of(args, model)
    if args.train:
        return _show_training(model, clip, args)
    steps, passes = (_whole(name, getattr(args, name)) for name in ("steps", "passes"))
    if args.gpu is None:
        job = inference(model, clip, steps=steps, passes=passes, tiled=bool(args.tile))
        return show(record(job, assumed), report(job, assumed), as_json=args.json)
    counted = timed(model, clip, steps=steps, passes=passes, tiled=args.tile)
    times = [_priced(counted, chip, args) for chip in _chips(args)]
    remedies = [remedy_of(counted, one, searched=args.layout == BEST) for one in times]
    each = [timing_record(*pair) for pair in zip(times, remedies, strict=True)]
    # One accelerator has the count of how it decodes; several share that of decoding whole.
    job = times[0].job if len(times) == 1 else counted.job
    found = record(job, assumed)
    found |= each[0] if len(each) == 1 else {"accelerators": each}
    text = "\n".join([report(job, assumed), *timing_table([*zip(times, remedies, strict=True)])])
    return show(found, text, as_json=args.json)


def _show_training(model: Transformer | UNet, clip: Clip, args: argparse.Namespace) -> int:
    found = trained(model, clip, _chips(args), args)
    each = [training_record(one) for one in found]
    answer = each[0] if len(each) == 1 else {"accelerators": each}
    return show(answer, training_table(found), as_json=args.json)


def _chips(args: argparse.Namespace) -> list[Accelerator]:
    """Return the accelerators that were named, each at its rent."""
    chips = [load_accelerator(name.strip()) for name in args.gpu.split(",")]
    once("--gpu", [chip.id for chip in chips])
    if args.rent is None:
        return chips
    rents = [positive("--rent", text, MOST_RENT) for text in args.rent.split(",")]
    if len(rents) != len(chips):
        raise OptionError(
            f"--rent is given for {len(rents)} and --gpu names {len(chips)}; give one for each "
            f"accelerator of --gpu, such as --rent {','.join(['2.5'] * len(chips))}"
        )
    return [rented(*pair) for pair in zip(chips, rents, strict=True)]


def _priced(counted: Timed, chip: Accelerator, args: argparse.Namespace) -> Estimate:
    """Price a job on one accelerator, in the layout that was asked for or found."""
    gpus, batch = _whole("gpus", args.gpus), _or(_whole("batch", args.batch), 1)
    software, layout = software_of(args), layout_of(args, gpus)
    if args.layout == BEST:
        return fastest(counted, gpu=chip, gpus=_or(gpus, 1), batch=batch, software=software)
    return price(
        counted, gpu=chip, gpus=_or(gpus, 1), layout=layout, batch=batch, software=software
    )


def model_of(name: str | None, config: str | None) -> tuple[Transformer | UNet, tuple[str, ...]]:
    """Load the model that was named or read, and what its configuration left open."""
    if (name is None) == (config is None):
        found = "neither is" if name is None else "both are"
        raise OptionError(
            f"{found} given: name a model, such as `rebuilt cost wan2.1-t2v-14b`, or give "
            "--config the path of a config.json"
        )
    if config is None:
        return denoiser_of(load_model(str(name))), ()
    read = read_config(config)
    return read.model, read.assumed


def clip_of(args: argparse.Namespace, model: Transformer | UNet) -> Clip:
    """Return the clip that was asked for; what was not said is as the model was published."""
    published = default_clip(model)
    return Clip(
        frames=_or(_whole("frames", args.frames), published.frames),
        height=_or(_whole("height", args.height), published.height),
        width=_or(_whole("width", args.width), published.width),
        text_tokens=_whole("text_tokens", args.text_tokens),
    )


def record(job: Inference, assumed: Sequence[str] = ()) -> dict[str, Any]:
    """All numbers of one job as exact integers.

    `parameters` work in one pass, `parameters_held` are those of all experts; `assumed` is what a
    configuration did not say. `flops_total` = `flops_denoise` (steps x passes x
    `flops_per_forward`) + `flops_text_encoder` + `flops_decode`; what is null there is listed in
    `not_counted`.
    """
    forward, clip, latent = job.forward, job.forward.clip, job.forward.latent
    return {
        "model": forward.model,
        "frames": clip.frames,
        "height": clip.height,
        "width": clip.width,
        "latent_frames": latent.frames,
        "latent_height": latent.height,
        "latent_width": latent.width,
        "tokens": forward.tokens,
        "text_tokens": forward.text_tokens,
        "audio_tokens": forward.sizes["audio"],
        "parameters": forward.parameters,
        "parameters_held": forward.experts * forward.parameters,
        "flops_per_forward": forward.flops,
        "flops_by_group": forward.by_group,
        "steps": job.steps,
        "passes": job.passes,
        "flops_denoise": job.denoise,
        "flops_text_encoder": job.text_encoder,
        "flops_decode": job.decode,
        "flops_total": job.total,
        "tiled": job.tiled,
        "decoding_bytes": job.decoding_bytes,
        "not_counted": _not_counted(job),
        "approximations": list(job.approximations),
        "assumed": list(assumed),
        "convention": CONVENTION,
    }


def report(job: Inference, assumed: Sequence[str] = ()) -> str:
    """Lay the same numbers out for people, rounded to four figures."""
    forward, latent = job.forward, job.forward.latent
    audio, held = forward.sizes["audio"], forward.experts * forward.parameters
    lines = [
        f"{forward.model}: {forward.clip}",
        f"  latent       {latent.frames} x {latent.height} x {latent.width}",
        f"  tokens       {forward.tokens:,} video, {forward.text_tokens:,} text"
        + (f", {audio:,} audio" if audio else ""),
        f"  parameters   {forward.parameters:,}"
        + (f" at work of {held:,}" if forward.experts > 1 else ""),
        "",
        "  one forward pass            FLOPs    share",
        *(
            _line(group.replace("_", " "), flops, forward.flops)
            for group, flops in forward.by_group.items()
        ),
        _line("total", forward.flops, forward.flops),
        "",
        f"  one clip, {job.steps} steps x {job.passes} passes",
        _line("denoise", job.denoise, job.total),
        _line("text encoder", job.text_encoder, job.total),
        "  decode               not modelled"
        if job.decode is None
        else _line("decode", job.decode, job.total),
        _line("total", job.total, job.total),
        "",
        f"  decoding     {_alive(job)}",
        "",
        f"  {CONVENTION}",
        *(f"  approximate: {note}" for note in job.approximations),
        *(f"  assumed: {note}" for note in assumed),
    ]
    return "\n".join(lines)


def _not_counted(job: Inference) -> list[str]:
    """Name the fields that are null because nothing is known of them."""
    known = {"decode": job.decode, "decoding_bytes": job.decoding_bytes}
    return [name for name, found in known.items() if found is None]


def _alive(job: Inference) -> str:
    """Say what lives while the clip is decoded, or that nobody counted it."""
    how = "in tiles" if job.tiled else "whole"
    if job.decoding_bytes is None:
        return UNKNOWN_DECODING
    return f"{job.decoding_bytes / GB:.4g} GB alive at the widest moment, {how}, weights apart"


def _changed(model: Transformer | UNet, changes: list[str]) -> Transformer | UNet:
    """Apply what `--set` says."""
    if not changes:
        return model
    if not isinstance(model, Transformer):
        raise ShapeError(
            f"--set changes transformers and {model.id} is of architecture {model.architecture}; "
            "start from a transformer"
        )
    wrong = next((text for text in changes if "=" not in text), None)
    if wrong is not None:
        raise ShapeError(f"--set is {wrong!r}; it must be NAME=VALUE, such as depth=20")
    pairs = [text.split("=", 1) for text in changes]
    once("--set", [name for name, _ in pairs])
    return altered(model, read_choices(dict(pairs)))


def _line(name: str, flops: int, whole: int) -> str:
    return f"  {name:<20} {flops:>12.4g} {flops / whole:>8.1%}"


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _whole(name: str, text: str | None) -> int | None:
    return None if text is None else whole("--" + name.replace("_", "-"), text)
