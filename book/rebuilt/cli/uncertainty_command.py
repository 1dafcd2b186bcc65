"""`rebuilt uncertainty`: what undisclosed values make of a clip's cost, and which matters."""

import argparse
from typing import Any, Literal, cast

from pydantic import ValidationError

from rebuilt.cli.answers import show
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.bill import MAX_GPUS
from rebuilt.cost.models.architectures import Transformer, Undisclosed, Unknown, check_drawn
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.choices import DRAWN
from rebuilt.cost.models.codes import MAX_FRAMES, MAX_SIDE
from rebuilt.cost.models.latent import Clip, default_clip
from rebuilt.cost.sweep.drawn import Drawn, distributed, undisclosed_clip
from rebuilt.cost.sweep.montecarlo import DRAWS, SHARED
from rebuilt.errors import ShapeError
from rebuilt.intake.numbers import number, once, positive, power_of_two, whole

MAX_SECONDS = 3600  # in frames still within those of any clip
MAX_DRAWS = 2**22  # a gigabyte of designs
LARGEST = {"frames": MAX_FRAMES, "height": MAX_SIDE, "width": MAX_SIDE}
Shape = Literal["triangular", "loguniform", "uniform"]
SHAPES: tuple[Shape, ...] = ("triangular", "loguniform", "uniform")
FRACTIONS = ("mfu", "hidden_ratio")  # drawn as they are; everything else is a whole number
UNITS = {"seconds": "s", "joules": "J", "usd": "USD", "memory_gb": "GB", "gpu_hours": "h"}
EXAMPLES = f"""
distributions come from the model's file and from --vary NAME=LOW:CENTRAL:HIGH[:SHAPE];
shapes: {", ".join(SHAPES)} (default: triangular)
names: {", ".join(DRAWN)}

examples:
  rebuilt uncertainty sora-2024 --gpus 8
  rebuilt uncertainty wan2.1-t2v-14b --vary steps=20:30:50 --vary depth=32:40:48
  rebuilt uncertainty hunyuanvideo --vary mfu=0.2:0.35:0.5 --gpu h200-sxm --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; numbers are read by `run`, so that its errors are one sentence."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("model", help="id of a model: the name of a file in data/models")
    add("--vary", action="append", default=[], metavar="NAME=VALUES", help="repeat it")
    add("--frames", metavar="N", help="frames of the clip (default: the model's published clip)")
    add("--seconds", metavar="N", help="length of an undisclosed model's clip (default: claimed)")
    add("--height", metavar="N", help="height in pixels")
    add("--width", metavar="N", help="width in pixels")
    add("--gpu", metavar="ID", default="h100-sxm", help="accelerator (default: h100-sxm)")
    add("--gpus", metavar="N", default="1", help="accelerators of one server, 1 to 8 (default 1)")
    add("--draws", metavar="N", default=str(DRAWS), help=f"a power of two (default {DRAWS})")
    add("--seed", metavar="N", default="0", help="of the draws (default 0)")
    add("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Draw and print; a bad value raises a RebuiltError, which the caller prints."""
    model = load_model(args.model)
    draws = power_of_two("--draws", args.draws, MAX_DRAWS)
    seed, gpus = whole("--seed", args.seed, 0), whole("--gpus", args.gpus, 1, MAX_GPUS)
    args.gpu = load_accelerator(args.gpu).id
    given = [_unknown(text) for text in args.vary]
    once("--vary", [name for name, _ in given])
    varied = dict(given)
    if isinstance(model, Undisclosed):
        drawn, shown = _undisclosed(model, varied, args, gpus, draws, seed)
    elif isinstance(model, Transformer):
        drawn, shown = _transformer(model, varied, args, gpus, draws, seed)
    else:
        raise ShapeError(
            f"{model.id} is of architecture {model.architecture}; distributions are drawn for "
            "transformers and undisclosed models, so choose one"
        )
    found = record(model.id, shown, args.gpu, gpus, drawn)
    return show(found, report(found), as_json=args.json)


def record(model: str, clip: str, gpu: str, gpus: int, drawn: Drawn) -> dict[str, Any]:
    """All numbers: 5, 50 and 95 % of every figure, and first-order indices of each input."""
    return {
        "model": model,
        "clip": clip,
        "gpu": gpu,
        "gpus": gpus,
        "draws": drawn.draws,
        "refused": drawn.refused,
        "figures": {
            name: {"p5": one.low, "p50": one.median, "p95": one.high, "first_order": one.indices}
            for name, one in drawn.figures.items()
        },
    }


def report(found: dict[str, Any]) -> str:
    """Lay the same numbers out for people, rounded to four figures."""
    figures = found["figures"]
    lines = [
        f"{found['model']}: {found['clip']} on {found['gpus']} x {found['gpu']}",
        f"  {found['draws']:,} draws, {found['refused']:,} of which cannot exist",
        "",
        f"  {'':<14} {'5 %':>12} {'median':>12} {'95 %':>12}",
        *(
            f"  {name:<14} {one['p5']:>12.4g} {one['p50']:>12.4g} {one['p95']:>12.4g} "
            f"{UNITS.get(name, '')}".rstrip()
            for name, one in figures.items()
        ),
        "",
        "  share of the spread of seconds that one input explains (first-order Sobol index)",
        *(f"  {name:<14} {share:>12.1%}" for name, share in _indices(figures).items()),
        *([] if _indices(figures) else [f"  not known from fewer than {SHARED:,} draws"]),
    ]
    return "\n".join(lines)


def _indices(figures: dict[str, Any]) -> dict[str, float]:
    return cast("dict[str, float]", figures["seconds"]["first_order"])


def _undisclosed(
    model: Undisclosed,
    varied: dict[str, Unknown],
    args: argparse.Namespace,
    gpus: int,
    draws: int,
    seed: int,
) -> tuple[Drawn, str]:
    if args.frames is not None:
        raise ShapeError(f"{model.id} discloses no frame rate; give --seconds instead of --frames")
    strange = [name for name in varied if name not in model.unknowns]
    if strange:
        raise ShapeError(
            f"--vary names {strange[0]!r}; {model.id} has distributions of "
            f"{', '.join(model.unknowns)}"
        )
    model = model.model_copy(update={"unknowns": model.unknowns | varied})
    claimed = model.claimed
    seconds = claimed.seconds
    if args.seconds is not None:
        seconds = positive("--seconds", args.seconds, MAX_SECONDS)
    height, width = _sizes(args, claimed, "height", "width")
    found = undisclosed_clip(
        model,
        seconds=seconds,
        height=height,
        width=width,
        accelerator=args.gpu,
        gpus=gpus,
        draws=draws,
        seed=seed,
    )
    return found, f"{seconds:g} s of {height}x{width}"


def _transformer(
    model: Transformer,
    varied: dict[str, Unknown],
    args: argparse.Namespace,
    gpus: int,
    draws: int,
    seed: int,
) -> tuple[Drawn, str]:
    if args.seconds is not None:
        raise ShapeError(f"{model.id} has a published clip; give --frames instead of --seconds")
    for name, unknown in varied.items():
        try:
            check_drawn(name, unknown)
        except ValueError as error:
            raise ShapeError(f"--vary: {error}") from None
    published = default_clip(model)
    frames, height, width = _sizes(args, published, "frames", "height", "width")
    clip = Clip(frames=frames, height=height, width=width)
    unknowns = model.distributions | varied
    found = distributed(
        model,
        clip,
        unknowns=unknowns,
        accelerator=args.gpu,
        gpus=gpus,
        draws=draws,
        seed=seed,
    )
    return found, str(clip)


def _sizes(args: argparse.Namespace, usual: Any, *names: str) -> list[int]:
    """Read sizes of the clip; one that is not given is the usual one."""
    given = {name: getattr(args, name) for name in names}
    return [
        getattr(usual, name) if text is None else whole(f"--{name}", text, 1, LARGEST[name])
        for name, text in given.items()
    ]


def _unknown(text: str) -> tuple[str, Unknown]:
    """Read NAME=LOW:CENTRAL:HIGH[:SHAPE]."""
    name, _, values = text.partition("=")
    first, *rest = values.split(":")
    shape = cast("Shape", rest.pop() if rest and rest[-1] in SHAPES else SHAPES[0])
    if len(rest) != 2:
        raise ShapeError(
            f"--vary is {text!r}; it must be NAME=LOW:CENTRAL:HIGH, such as steps=20:30:50"
        )
    low, central, high = (number(f"--vary {name}", value) for value in (first, *rest))
    try:
        return name, Unknown(
            low=low,
            central=central,
            high=high,
            shape=shape,
            integer=name not in FRACTIONS,
            reason="given on the command line",
            source="command-line: --vary",
        )
    except ValidationError as error:
        rule = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ShapeError(f"--vary {name}: {rule}") from None
