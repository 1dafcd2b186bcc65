"""Options that say how and on what a job runs; `cost` and `fleet` share them."""

import argparse
from dataclasses import replace

from rebuilt.cli.given_once import YesOrNo
from rebuilt.cost.hardware.layouts import BEST, Layout, read_layout
from rebuilt.cost.hardware.software import (
    CACHES,
    DEFAULT_SOFTWARE,
    FORMATS,
    KERNELS,
    OFFLOADS,
    Software,
    check_software,
    load_software,
)
from rebuilt.errors import OptionError
from rebuilt.intake.numbers import positive

SETTINGS = ("attention", "format", "cache", "offload")
SHARES = ("computed", "density")


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Declare all of them."""
    add_software_options(parser)
    parser.add_argument(
        "--layout",
        metavar="LAYOUT",
        help="how accelerators share a job, degrees joined by commas, such as "
        "guidance=2,ulysses=4,shard: guidance shares the passes of a step, ulysses and ring the "
        "sequence, tensor the width, pipeline the layers, data the clips, and shard the weights "
        f"besides (FSDP); or {BEST}, which searches (default: ulysses as far as heads allow)",
    )
    parser.add_argument(
        "--batch",
        metavar="N",
        help="clips generated together (default 1); in training those of a step, which are all "
        "there at once: nothing is accumulated",
    )


def add_software_options(parser: argparse.ArgumentParser) -> None:
    """Declare those that `software_of` reads."""
    group = parser.add_argument_group("how it is run")
    group.add_argument(
        "--software",
        metavar="NAME",
        help="engine whose settings are taken, such as diffusers, xdit, vllm-omni, sglang or "
        f"lightx2v (default {DEFAULT_SOFTWARE}); the options below override single settings",
    )
    group.add_argument("--attention", metavar="KERNEL", help=f"one of {', '.join(KERNELS)}")
    fused = group.add_mutually_exclusive_group()
    fused.add_argument("--compiled", action="store_true", help="steps between products are fused")
    fused.add_argument("--eager", action="store_true", help="every step is a kernel of its own")
    group.add_argument(
        "--format",
        metavar="NAME",
        help=f"of the denoiser's weights: {', '.join(FORMATS)}; those that end in -weights are "
        "widened before each product, nf4 stands for 4-bit GGUF too",
    )
    group.add_argument(
        "--cache", metavar="NAME", help=f"steps that reuse others: {', '.join(CACHES)}"
    )
    group.add_argument(
        "--computed", metavar="SHARE", help="share of steps that a cache leaves to be computed"
    )
    group.add_argument(
        "--density", metavar="SHARE", help="share of attention that sparse kernels compute"
    )
    group.add_argument(
        "--offload",
        metavar="KIND",
        help=f"{', '.join(OFFLOADS)}: model keeps only the network at work on the accelerator, "
        "blocks brings its weights while it computes, sequential before each layer; in training "
        "none or optimizer",
    )
    group.add_argument(
        "--tile",
        action=YesOrNo,
        help="decode in tiles, or whole (default: in tiles where whole would not fit)",
    )


def asked(args: argparse.Namespace) -> list[str]:
    """Options about the run that were given, as they are written."""
    names = ("software", *SETTINGS, *SHARES, "compiled", "eager", "layout", "batch")
    tile = [] if args.tile is None else ["--tile" if args.tile else "--no-tile"]
    return [f"--{name}" for name in names if getattr(args, name)] + tile


def software_of(args: argparse.Namespace, name: str | None = None) -> Software:
    """Return the named engine, or the one that was asked for, with single settings overridden.

    Raises
    ------
    UnknownNameError, OptionError
        For an engine, a setting or a share that does not exist.
    """
    software = load_software(name or args.software or DEFAULT_SOFTWARE)
    said: dict[str, object] = {
        field: getattr(args, field) for field in SETTINGS if getattr(args, field) is not None
    }
    said |= {
        field: positive(f"--{field}", getattr(args, field), 1.0)
        for field in SHARES
        if getattr(args, field) is not None
    }
    if args.compiled or args.eager:
        said["compiled"] = args.compiled
    software = replace(software, **said)  # type: ignore[arg-type]
    check_software(software)
    return software


def layout_of(args: argparse.Namespace, gpus: int | None) -> Layout | None:
    """Return the layout that was asked for; None for the default and for a search."""
    if args.layout is None or args.layout == BEST:
        return None
    layout = read_layout(args.layout)
    if gpus is not None and layout.gpus != gpus:
        raise OptionError(
            f"--layout takes {layout.gpus} GPUs and --gpus is {gpus}; say one of them"
        )
    return layout
