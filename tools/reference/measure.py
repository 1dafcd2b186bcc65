"""Measure the reference table: FLOPs of real implementations, by group of operations.

    python tools/reference/measure.py data/reference_flops.csv
    python tools/reference/measure.py --layers flux.1-dev

Needs the reference environment (requirements.txt beside this file), no weights and no network.
The DiT family, Open-Sora and Step-Video run their authors' code: name their checkouts with --dit,
--open-sora, --open-sora-2 and --step-video, or their rows are kept from the table as it stands.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diffusers
import torch
from configured import CONFIGURED
from convolutional import AUTOENCODERS, UNETS
from counting import by_group, check_counter, count
from image_transformers import IMAGE_TRANSFORMERS
from layers import listing
from maker_transformers import open_sora_2_networks, step_video_networks
from miniature import MINIATURES
from originals import dit_networks, open_sora_networks
from video_transformers import VIDEO_TRANSFORMERS

if TYPE_CHECKING:
    from networks import Clip, Network

COLUMNS = (
    "model",
    "module",
    "clip_frames",
    "clip_height",
    "clip_width",
    "text_tokens",
    "tokens",
    "parameters",
    "group",
    "flops",
    "implementation",
    "config_source",
    "versions",
    "note",
)
VERSIONS = f"torch {torch.__version__.partition('+')[0]}; diffusers {diffusers.__version__}"


def built(network: Network, clip: Clip) -> torch.nn.Module:
    """Build a network without weights, in the mode in which it generates."""
    with torch.device("meta"):
        return network.build(clip).eval().to("meta")  # some constants ignore the default device


def measure(network: Network, clip: Clip) -> list[dict[str, Any]]:
    """Rows of one network and clip: one for each group, and their total."""
    module = built(network, clip)
    if network.grouped and clip != network.clips[0]:
        tokens, groups = network.grouped(module, clip)
    else:
        tokens, groups = seen(network, module, clip)
    shared = {
        "model": network.model,
        "module": network.module,
        "clip_frames": clip.frames,
        "clip_height": clip.height,
        "clip_width": clip.width,
        "text_tokens": clip.text,
        "tokens": tokens,
        "parameters": sum(parameter.numel() for parameter in module.parameters()),
        "implementation": network.implementation,
        "config_source": network.source,
        "versions": VERSIONS,
        "note": network.note,
    }
    groups = {**groups, "total": sum(groups.values())}
    return [{**shared, "group": name, "flops": n} for name, n in groups.items()]


def seen(network: Network, module: torch.nn.Module, clip: Clip) -> tuple[int, dict[str, int]]:
    """Tokens, and FLOPs by group, whose sum is what torch's own counter sees."""
    found: list[int] = []
    counts = count(lambda: found.append(network.run(module, clip)))
    if network.grouped:
        _, groups = network.grouped(module, clip)
    else:
        groups = by_group(counts, network.rules)
    total = sum(counts.values())
    if sum(groups.values()) != total:
        raise ArithmeticError(f"{network.model}: groups do not add up to {total}")
    return found[0], groups


def sort_key(row: dict[str, Any]) -> tuple:
    """Order of the table."""
    sizes = ("clip_frames", "clip_height", "clip_width", "text_tokens")
    return row["model"], row["module"], *(int(row[size]) for size in sizes), row["group"]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the table, keeping rows of models that were not measured this time."""
    measured = {(row["model"], row["module"]) for row in rows}
    kept: list[dict[str, Any]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            found = csv.DictReader(file)
            kept = [row for row in found if (row["model"], row["module"]) not in measured]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows + kept, key=sort_key))


def chosen(args: argparse.Namespace) -> list[Network]:
    """Return the networks to measure, or those of the models named on the command line."""
    networks: list[Network] = [*IMAGE_TRANSFORMERS, *VIDEO_TRANSFORMERS, *CONFIGURED]
    networks += [*UNETS, *AUTOENCODERS, *MINIATURES]
    if args.dit:
        networks += dit_networks(args.dit)
    if args.open_sora:
        networks += open_sora_networks(args.open_sora)
    if args.open_sora_2:
        networks += open_sora_2_networks(args.open_sora_2)
    if args.step_video:
        networks += step_video_networks(args.step_video)
    names = set(args.model or [network.model for network in networks])
    unknown = names - {network.model for network in networks}
    if unknown:
        sys.exit(
            f"unknown model {', '.join(sorted(unknown))}; known: "
            f"{', '.join(sorted({network.model for network in networks}))}"
        )
    return [network for network in networks if network.model in names]


def main() -> None:
    """Measure and write the table, or list layers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("table", type=Path, nargs="?", help="CSV file to write or update")
    parser.add_argument("--model", action="append", help="only this model; may be repeated")
    parser.add_argument("--layers", action="store_true", help="print every layer's shapes instead")
    parser.add_argument("--dit", type=Path, help="checkout of facebookresearch/DiT")
    parser.add_argument("--open-sora", type=Path, help="checkout of hpcaitech/Open-Sora v1.2.0")
    parser.add_argument("--open-sora-2", type=Path, help="checkout of hpcaitech/Open-Sora 2.0")
    parser.add_argument("--step-video", type=Path, help="checkout of stepfun-ai/Step-Video-T2V")
    args = parser.parse_args()
    networks = chosen(args)
    if args.layers:
        for network in networks:
            print(listing(network, network.clips[-1], built(network, network.clips[-1])))
        return
    if args.table is None:
        parser.error("name the CSV file to write, or ask for --layers")
    check_counter()
    rows = [row for network in networks for clip in network.clips for row in measure(network, clip)]
    write(args.table, rows)
    models = Counter(network.model for network in networks)
    print(f"{len(rows)} rows of {len(models)} models measured")


if __name__ == "__main__":
    main()
