"""`rebuilt learn`: a model file out of a network's own code, exactly.

Needs torch, which lives in an environment of its own: `make learn` runs this command there.
"""

import argparse
import csv
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from rebuilt.cli.answers import show
from rebuilt.cost.learn.feeding import inputs_of
from rebuilt.cost.learn.learning import Learnt, Origin, axes_of, checks, described, learn, refused
from rebuilt.cost.learn.shapes import Axes
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import load_kind
from rebuilt.cost.models.config_reading import class_names, model_from
from rebuilt.errors import DataError, OptionError, RebuiltError, ShapeError
from rebuilt.intake import documents, files
from rebuilt.intake.numbers import whole
from rebuilt.paths import DATA

NO_TORCH = (
    "rebuilt learn: the real code is counted with torch, which is not installed here; run "
    'make learn ARGS="MODULE:CLASS --config config.json", which makes an environment with it'
)
MISSING = 3
CHECKS = (
    *("model", "class", "quantity", "solved_on", "verified_on", "largest_shape", "polynomial"),
    *("expected", "counted", "written", "equal", "versions", "refused"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("target", metavar="MODULE:CLASS", help="such as diffusers:MyTransformer")
    for name, meta, text in (
        ("--config", "PATH", "a config.json; without it the defaults of the class are counted"),
        ("--like", "MODEL", "whose clip, autoencoder, patch, text and sampler the file gets"),
        ("--inputs", "PATH", "YAML of input shapes (default: the class's of class_inputs.yaml)"),
        ("--id", "ID", "id of the new model (default: made of the class's name)"),
        ("--name", "TEXT", "its name for people (default: the class)"),
        ("--note", "TEXT", "what a user of the model must know"),
        ("--family", "TEXT", "family of models that it belongs to (default: the class)"),
        ("--released", "TEXT", "why no day of release is known, ending in: last tried YYYY-MM-DD"),
        ("--source", "KEY: PLACE", "where the configuration stands (default: the file)"),
        ("--out", "PATH", "where the model file goes (default: data/models/ID.yaml)"),
        ("--checks", "PATH", "CSV to which the record of what was verified is added"),
        ("--autoencoder", "ID", "in the place of that of --like"),
        ("--patch", "FxHxW", "latent frames, rows and columns of a token, such as 1x2x2"),
        ("--channels", "N", "latent channels in and out"),
        ("--clip", "FxHxW", "frames, height and width by default, such as 81x480x832"),
        ("--text-tokens", "N", "text tokens by default"),
        ("--steps", "N", "sampler steps"),
        ("--passes", "N", "forward passes of a step: 1, 2 or 3"),
        ("--frames-step", "N", "count only frames of tokens that are a multiple of it"),
        ("--side-step", "N", "count only rows and columns of tokens that are a multiple of it"),
        ("--text-step", "N", "count only text tokens that are a multiple of it"),
    ):
        parser.add_argument(name, metavar=meta, help=text)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Learn, write the file, and print what was found."""
    module, _, class_name = args.target.partition(":")
    if not module or not class_name:
        raise OptionError(
            f"{args.target!r} is no MODULE:CLASS; give both, as in diffusers:WanTransformer3DModel"
        )
    config = _config(args.config, class_name)
    base, said = _base(args, config, class_name)
    spec = inputs_of(class_name, Path(args.inputs) if args.inputs else None)
    axes = _axes(args, base)
    try:
        from rebuilt.cost.learn.network import Network, versions
    except ModuleNotFoundError:
        print(NO_TORCH, file=sys.stderr)
        return MISSING
    name = args.id or class_name.removesuffix("Model").lower()
    network = Network(module, class_name, config)
    source = args.source or f"config.json: {args.config or f'defaults of {class_name}'}"
    origin = Origin(
        source=source,
        module=module,
        class_name=class_name,
        config=network.config if args.config is None else config,
        versions=versions(),
        parameters=network.parameters,
    )
    try:
        learnt = learn(lambda shape: network.records(shape, base.patch, spec), axes)
    except RebuiltError as error:
        if args.checks:
            _record(Path(args.checks), refused(origin, name, str(error)))
        raise
    model = described(
        learnt, base, origin, id=name, name=args.name or class_name, note=args.note or ""
    )
    model["family"] = args.family or class_name
    if args.released:
        model["released"] = {"note": args.released}
    path = Path(args.out) if args.out else DATA / "models" / f"{name}.yaml"
    path.write_text(written(model), encoding="utf-8")
    template = None
    if class_name in class_names():
        template = model_from(dict(config) | {"_class_name": class_name}, "its template").model
    rows = checks(learnt, origin, name, template)
    if args.checks:
        _record(Path(args.checks), rows)
    found = {"model": name, "file": str(path), "assumed": list(said), "checks": rows}
    return show(found, report(found, learnt), as_json=args.json)


def written(model: Mapping[str, Any]) -> str:
    """YAML of a model file, its sections apart."""
    parts: list[str] = []
    for field, value in model.items():
        text = yaml.safe_dump({field: value}, sort_keys=False, allow_unicode=True, width=10**6)
        text = re.sub(r"source: '(.*)'$", r'source: "\1"', text, flags=re.MULTILINE)
        apart = isinstance(value, dict | list) and parts
        parts.append(f"\n{text}" if apart else text)
    return "".join(parts)


def report(found: Mapping[str, Any], learnt: Learnt) -> str:
    """Lay out what was solved and verified."""
    solved, rows = learnt.solved, found["checks"]
    shapes = ", ".join(str(shape) for shape, _ in solved.verified)
    lines = [
        f"{found['model']}: {len(solved.solved_on)} shapes solved, {len(solved.verified)} verified",
        *(f"  {row['quantity']:<28} {row['polynomial']}" for row in rows),
        "",
        f"  every count is equal at {shapes}",
        *(f"  assumed: {sentence}" for sentence in found["assumed"]),
        f"  written to {found['file']}",
    ]
    unlike = [row for row in rows if row["written"] not in ("", row["expected"])]
    lines += [
        f"  the class's template says {row['written']} for {row['quantity']} at "
        f"{row['largest_shape']}, and the code {row['expected']}"
        for row in unlike
    ]
    return "\n".join(lines)


def _config(path: str | None, class_name: str) -> dict[str, Any]:
    if path is None:
        return {}
    config = documents.json_of(files.content(Path(path), documents.MOST_BYTES), path)
    named = config.get("_class_name", class_name) if isinstance(config, dict) else None
    if named != class_name:
        raise DataError(
            f"{path} is of class {named!r} and {class_name!r} is asked for; give its own"
        )
    return dict(config)


def _base(
    args: argparse.Namespace, config: Mapping[str, Any], class_name: str
) -> tuple[Transformer, tuple[str, ...]]:
    """Everything that a forward pass does not show, and where it is taken from."""
    if args.like is not None:
        base = load_kind(args.like, Transformer, "--like")
        said: tuple[str, ...] = (f"clip, autoencoder, patch, text and sampler as {args.like}",)
    elif class_name in class_names():
        read = model_from(dict(config) | {"_class_name": class_name}, args.config or "defaults")
        base, said = read.model, read.assumed
    else:
        raise OptionError(
            f"{class_name} has no template in data/classes, so its clip, autoencoder, patch, text "
            "and sampler are not known; name a model that shares them, such as "
            "--like wan2.1-t2v-14b, and change what differs with --patch, --autoencoder and others"
        )
    changes = _changes(args, base)
    return base.model_copy(update=changes), (*said, *(f"{name} as given" for name in changes))


def _axes(args: argparse.Namespace, base: Transformer) -> Axes:
    """Sizes of the shapes that are counted, in the steps that were asked for."""
    names = ("frames_step", "side_step", "text_step")
    asked = {name: getattr(args, name) for name in names}
    steps: dict[str, Any] = {
        name: whole(f"--{name.replace('_', '-')}", text, low=1)
        for name, text in asked.items()
        if text
    }
    return replace(axes_of(base), **steps)


def _changes(args: argparse.Namespace, base: Transformer) -> dict[str, Any]:
    """Sections that options change; their source is then the command line."""
    source = {"source": "command line: options of rebuilt learn"}
    if args.source:
        source = {"source": args.source}
    found: dict[str, Any] = {}
    if args.autoencoder:
        found["autoencoder"] = args.autoencoder
    if args.patch:
        frames, height, width = _three("--patch", args.patch)
        sizes = {"frames": frames, "height": height, "width": width}
        found["patch"] = base.patch.model_copy(update=source | sizes)
    if args.channels:
        count = whole("--channels", args.channels)
        found["channels"] = base.channels.model_copy(update=source | {"into": count, "out": count})
    if args.clip:
        frames, height, width = _three("--clip", args.clip)
        shape = base.clip.default.model_copy(
            update={"frames": frames, "height": height, "width": width}
        )
        found["clip"] = base.clip.model_copy(update=source | {"default": shape})
    if args.text_tokens:
        if base.text is None:
            raise ShapeError(f"--text-tokens is given and {base.id} reads no text; leave it out")
        count = whole("--text-tokens", args.text_tokens)
        update = source | {"tokens": count, "maximum": max(count, base.text.maximum)}
        found["text"] = base.text.model_copy(update=update)
    sampler = {name: getattr(args, name) for name in ("steps", "passes")}
    counted = {name: whole(f"--{name}", text) for name, text in sampler.items() if text}
    if counted:
        found["sampler"] = base.sampler.model_copy(update=source | counted)
    return found


def _three(option: str, text: str) -> tuple[int, int, int]:
    parts = text.split("x")
    if len(parts) != 3:
        raise OptionError(f"{option} is {text!r}; give three numbers with x between, as 1x2x2")
    first, second, third = (whole(option, part) for part in parts)
    return first, second, third


def _record(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows in the place of those of the same model, in the order of models."""
    kept: list[Mapping[str, Any]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as lines:
            kept = [row for row in csv.DictReader(lines) if row["model"] != rows[0]["model"]]
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, CHECKS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted([*kept, *rows], key=lambda row: (row["model"], row["quantity"])))
