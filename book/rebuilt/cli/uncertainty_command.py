"""`rebuilt uncertainty`: what undisclosed values make of a clip's cost, and which matters."""

import argparse
import json
from typing import Any, Literal, cast

from pydantic import ValidationError

from rebuilt.cost.counting.forward import default_clip
from rebuilt.cost.counting.latent import Clip
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.models.architectures import Transformer, Undisclosed, Unknown, check_drawn
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.choices import DRAWN
from rebuilt.cost.sweep.drawn import distributed
from rebuilt.cost.sweep.uncertainty import DRAWS, Spread, undisclosed_minute
from rebuilt.errors import ShapeError

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
    draws, seed, gpus = (_whole(name, getattr(args, name)) for name in ("draws", "seed", "gpus"))
    if draws < 1 or draws & (draws - 1):
        raise ShapeError(f"--draws is {draws}; it must be a power of two, such as {DRAWS}")
    if not 1 <= gpus <= 8:
        raise ShapeError(f"--gpus is {gpus}; it must be a whole number from 1 to 8")
    load_accelerator(args.gpu)
    varied = dict(map(_unknown, args.vary))
    if isinstance(model, Undisclosed):
        figures, refused, shown = _undisclosed(model, varied, args, gpus, draws, seed)
    elif isinstance(model, Transformer):
        figures, refused, shown = _transformer(model, varied, args, gpus, draws, seed)
    else:
        raise ShapeError(
            f"{model.id} is of architecture {model.architecture}; distributions are drawn for "
            "transformers and undisclosed models, so choose one"
        )
    found = record(model.id, shown, args.gpu, gpus, draws, refused, figures)
    print(json.dumps(found, indent=2) if args.json else report(found))
    return 0


def record(
    model: str,
    clip: str,
    gpu: str,
    gpus: int,
    draws: int,
    refused: int,
    figures: dict[str, Spread],
) -> dict[str, Any]:
    """All numbers: 5, 50 and 95 % of every figure, and first-order indices of each input."""
    return {
        "model": model,
        "clip": clip,
        "gpu": gpu,
        "gpus": gpus,
        "draws": draws,
        "refused": refused,
        "figures": {
            name: {"p5": one.low, "p50": one.median, "p95": one.high, "first_order": one.indices}
            for name, one in figures.items()
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
) -> tuple[dict[str, Spread], int, str]:
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
    seconds = claimed.seconds if args.seconds is None else _number("seconds", args.seconds)
    height, width = (
        getattr(claimed, name) if getattr(args, name) is None else _whole(name, getattr(args, name))
        for name in ("height", "width")
    )
    figures = undisclosed_minute(
        model,
        seconds=seconds,
        height=height,
        width=width,
        accelerator=args.gpu,
        gpus=gpus,
        draws=draws,
        seed=seed,
    )
    refused = draws - len(figures["seconds"].values)
    return figures, refused, f"{seconds:g} s of {height}x{width}"


def _transformer(
    model: Transformer,
    varied: dict[str, Unknown],
    args: argparse.Namespace,
    gpus: int,
    draws: int,
    seed: int,
) -> tuple[dict[str, Spread], int, str]:
    if args.seconds is not None:
        raise ShapeError(f"{model.id} has a published clip; give --frames instead of --seconds")
    for name, unknown in varied.items():
        try:
            check_drawn(name, unknown)
        except ValueError as error:
            raise ShapeError(f"--vary: {error}") from None
    published = default_clip(model)
    sizes = {
        name: getattr(published, name)
        if getattr(args, name) is None
        else _whole(name, getattr(args, name))
        for name in ("frames", "height", "width")
    }
    clip = Clip(**sizes)
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
    return found.figures, found.refused, str(clip)


def _unknown(text: str) -> tuple[str, Unknown]:
    """Read NAME=LOW:CENTRAL:HIGH[:SHAPE]."""
    name, _, values = text.partition("=")
    first, *rest = values.split(":")
    shape = cast("Shape", rest.pop() if rest and rest[-1] in SHAPES else SHAPES[0])
    if len(rest) != 2:
        raise ShapeError(
            f"--vary is {text!r}; it must be NAME=LOW:CENTRAL:HIGH, such as steps=20:30:50"
        )
    low, central, high = (_number(name, value) for value in (first, *rest))
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


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ShapeError(f"{name} is {text!r}; it must be a number") from None


def _whole(name: str, text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise ShapeError(f"--{name} is {text!r}; it must be a whole number")
    return int(digits)
