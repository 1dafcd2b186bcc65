"""Measure what a class of diffusers counts with a configuration, and add it to the table.

    python tools/reference/measure_configs.py data/configs/small-prx.json 1x256x256 1x512x384

Needs the reference environment (requirements.txt beside this file) with `book` on PYTHONPATH, no
weights and no network. Sizes are frames x height x width in pixels, with an optional x text. What
the forward pass is fed stands in data/class_inputs.yaml.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

import yaml
from cached import CACHED
from counting import check_counter, count

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book"))

from rebuilt.cost import Clip
from rebuilt.cost import count as ours
from rebuilt.cost.learn.feeding import INPUTS, inputs_of
from rebuilt.cost.learn.network import Network, stand_ins, versions
from rebuilt.cost.learn.records import counts
from rebuilt.cost.learn.shapes import Shape
from rebuilt.cost.models.checkpoint_parts import Parts
from rebuilt.cost.models.config_reading import model_from
from rebuilt.cost.models.latent import latent_of

TABLE = Path(__file__).resolve().parents[2] / "data" / "config_counts.csv"
ATTENTION = ("projection", "attention", "cross_attention")


def measured(path: Path, size: str, args: argparse.Namespace) -> dict[str, object]:
    """Run the class of a configuration once, and return its row."""
    config = json.loads(path.read_text(encoding="utf-8"))
    base = json.loads(args.beside.read_text(encoding="utf-8")) if args.beside else config
    index = {"_class_name": args.pipeline} if args.pipeline else {}
    model = model_from(base, path.name, Parts(index=index)).model
    frames, height, width, *text = (int(number) for number in size.split("x"))
    tokens = text[0] if text else model.text.tokens if model.text else 0
    clip = Clip(frames=frames, height=height, width=width, text_tokens=tokens)
    latent = latent_of(model, clip)
    shape = Shape(
        frames=latent.patch_frames,
        rows=latent.patch_rows,
        columns=latent.patch_columns,
        text=tokens,
        audio=ours(model, clip).sizes["audio"],
    )
    network = Network("diffusers", config["_class_name"], config)
    groups = grouped(network, shape, model.patch, args.pipeline or config["_class_name"])
    return {
        "config": args.name or path.stem,
        "class": config["_class_name"],
        "file": path.name,
        "pipeline": json.dumps(index) if index else "",
        "models": args.models,
        "frames": frames,
        "height": height,
        "width": width,
        "text_tokens": tokens,
        "tokens": latent.tokens,
        "parameters": network.parameters,
        "flops": sum(groups.values()),
        "feed_forward": groups.get("feed_forward", 0),
        "attention_layers": sum(groups.get(name, 0) for name in ATTENTION),
        "config_source": args.source,
        "versions": versions(),
        "note": args.note,
    }


def grouped(network: Network, shape: Shape, patch: Any, fed_as: str) -> dict[str, int]:
    """FLOPs by group as `rebuilt learn` records them; their sum is what torch's counter sees."""
    spec = CACHED.get(fed_as) or inputs_of(fed_as)
    if fed_as not in CACHED and fed_as not in yaml.safe_load(INPUTS.read_text(encoding="utf-8")):
        sys.exit(f"{fed_as} has no inputs yet: add them to data/class_inputs.yaml")
    found: dict[str, int] = {}
    for name, flops in counts(network.records(shape, patch, spec, settled=False)).items():
        group, _, what = name.split(" ")
        if what == "flops":
            found[group] = found.get(group, 0) + flops
    network.network.requires_grad_(False)
    inputs = network.inputs(shape, patch, spec)
    with stand_ins(type(network.network).__module__):
        seen = sum(count(lambda: network.network(**inputs)).values())
    if seen != sum(found.values()):
        raise ArithmeticError(f"torch counts {seen}, the records add up to {sum(found.values())}")
    return found


def main() -> None:
    """Measure, and put the rows in the place of those of the same configuration and size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("config", type=Path, help="a file of data/configs")
    parser.add_argument("size", nargs="+", help="frames x height x width, such as 81x480x832")
    parser.add_argument("--source", default="fields stated in the file, else class defaults")
    parser.add_argument("--pipeline", help="class of a pipeline that hands over something else")
    parser.add_argument("--name", help="of the rows, where the file's is taken by another pipeline")
    parser.add_argument("--beside", type=Path, help="the transformer that a control branch is of")
    parser.add_argument("--models", default="", help="models of the catalogue that it describes")
    parser.add_argument("--note", default="", help="what the counts leave out")
    args = parser.parse_args()
    check_counter()
    sizes = sorted(args.size, key=lambda size: [int(number) for number in size.split("x")])
    new = [measured(args.config, size, args) for size in sizes]
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        columns, rows = list(lines.fieldnames or ()), list(lines)
    key = ("config", "frames", "height", "width", "text_tokens")
    keys = {tuple(str(row[name]) for name in key) for row in new}
    kept = [row for row in rows if tuple(row[name] for name in key) not in keys]
    place = next((at for at, row in enumerate(kept) if row["config"] > new[0]["config"]), len(kept))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept[:place], *new, *kept[place:]])


if __name__ == "__main__":
    main()
