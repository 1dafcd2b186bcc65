"""Measure what a class of diffusers counts with a configuration, and add it to the table.

    python tools/reference/measure_configs.py data/configs/small-prx.json 1x256x256 1x512x384

Needs the reference environment (requirements.txt beside this file) with `book` on PYTHONPATH, no
weights and no network. Sizes are frames x height x width in pixels, with an optional x text.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

import diffusers
import torch
from config_inputs import INPUTS, ON_CPU, Sizes
from counting import check_counter, count
from diffusers.models.transformers import transformer_cosmos
from torch.nn.attention import SDPBackend, sdpa_kernel

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book"))

from rebuilt.cost import Clip, read_config
from rebuilt.cost.models.latent import latent_of

TABLE = Path(__file__).resolve().parents[2] / "data" / "config_counts.csv"
VERSIONS = f"torch {torch.__version__.partition('+')[0]}; diffusers {diffusers.__version__}"


class Resized:
    """Stands in for torchvision, which is not in the reference environment: shapes only."""

    class functional:  # noqa: N801 - as torchvision names it
        """What the classes use of it."""

        @staticmethod
        def resize(mask: torch.Tensor, size: list[int], **_: object) -> torch.Tensor:
            """Return a mask of another size."""
            return mask.new_ones(*mask.shape[:-2], *size)

    class InterpolationMode:
        """What the classes name of it."""

        NEAREST = None


transformer_cosmos.transforms = Resized


def measured(path: Path, size: str, args: argparse.Namespace) -> dict[str, object]:
    """Run the class of a configuration once, and return its row."""
    config = json.loads(path.read_text(encoding="utf-8"))
    name = config["_class_name"]
    if name not in INPUTS:
        sys.exit(f"{name} has no inputs yet: add them to tools/reference/config_inputs.py")
    frames, height, width, *text = (int(number) for number in size.split("x"))
    model = read_config(path).model
    tokens = text[0] if text else model.text.tokens if model.text else 0
    latent = latent_of(model, Clip(frames=frames, height=height, width=width, text_tokens=tokens))
    device = "cpu" if name in ON_CPU else "meta"
    with torch.device(device):
        module = getattr(diffusers, name).from_config(config).eval().to(device)
    given = Sizes(latent.frames, latent.height, latent.width, tokens, device)
    inputs = INPUTS[args.pipeline or name](module.config, given)
    with sdpa_kernel(SDPBackend.MATH):  # on the CPU, fused attention would be counted as nothing
        flops = sum(count(lambda: module(**inputs)).values())
    return {
        "config": args.name or path.stem,
        "class": name,
        "file": path.name,
        "pipeline": json.dumps({"_class_name": args.pipeline}) if args.pipeline else "",
        "frames": frames,
        "height": height,
        "width": width,
        "text_tokens": tokens,
        "tokens": latent.tokens,
        "parameters": sum(parameter.numel() for parameter in module.parameters()),
        "flops": flops,
        "config_source": args.source,
        "versions": VERSIONS,
    }


def main() -> None:
    """Measure, and put the rows in the place of those of the same configuration and size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("config", type=Path, help="a file of data/configs")
    parser.add_argument("size", nargs="+", help="frames x height x width, such as 81x480x832")
    parser.add_argument("--source", default="fields stated in the file, else class defaults")
    parser.add_argument("--pipeline", help="class of a pipeline that hands over something else")
    parser.add_argument("--name", help="of the rows, where the file's is taken by another pipeline")
    args = parser.parse_args()
    check_counter()
    new = [measured(args.config, size, args) for size in args.size]
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
