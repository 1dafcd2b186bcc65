"""Count autoencoders on shapes alone: FLOPs of both halves, and what lives while one decodes.

    python tools/reference/decoders.py data/decoder_counts.csv
    python tools/reference/decoders.py --solve wan2.2-vae

The first writes the table that tests compare with. The second counts small latents and solves for
the polynomials that stand in data/models: whole numbers, by rational arithmetic, in latent frames,
area, edge (rows + columns) and rows. Needs the environment of requirements.txt beside this file;
makers' own code is measured where its checkout is named.

What lives is the sum of the storages of all tensors in BF16, input and output included. Weights and
the workspaces of kernels are not in it, and attention is fused: it keeps no scores.
"""

from __future__ import annotations

import argparse
import csv
import logging
import weakref
from collections import Counter
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import diffusers
import torch
from autoencoders_2026 import AUTOENCODERS
from original_autoencoders import CHECKOUTS
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from autoencoders_2026 import Codec

VERSIONS = f"torch {torch.__version__.partition('+')[0]}; diffusers {diffusers.__version__}"
COLUMNS = (
    *("model", "frames", "height", "width", "tiled", "parameters"),
    *("encode_flops", "decode_flops", "peak_bytes", "peak_at"),
    *("implementation", "config_source", "versions"),
)
SIDES = ((8, 8), (8, 12), (12, 8), (12, 16), (16, 24), (10, 16))  # of small latents
GROUPS = {"convolution": "convolution", "mm": "projection", "addmm": "projection"}


class Alive(TorchDispatchMode):
    """Bytes of storages that live, and the most of them at one moment."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.kept = [one.untyped_storage() for one in (*network.parameters(), *network.buffers())]
        self.sizes: dict[int, int] = {}
        self.apart = {storage._cdata for storage in self.kept}
        self.now = self.peak = 0
        self.at = ""
        self.moments: list[int] = []

    def note(self, tensor: torch.Tensor, name: str) -> None:
        """Count the storage of a tensor until it dies."""
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self.sizes or key in self.apart:
            return
        self.sizes[key] = storage.nbytes()
        self.now += self.sizes[key]
        weakref.finalize(storage, self._drop, key)
        if self.now > self.peak:
            self.peak, self.at = self.now, name

    def _drop(self, key: int) -> None:
        self.now -= self.sizes.pop(key)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, torch.Tensor):
                self.note(leaf, str(func))
        self.moments.append(self.now)
        return out


@contextmanager
def fused() -> Iterator[None]:
    """Attention that makes nothing but its result."""
    own = torch.nn.functional.scaled_dot_product_attention

    def result(query, key, value, *_, **__):  # type: ignore[no-untyped-def]
        return query.new_empty(*query.shape[:-1], value.shape[-1])

    torch.nn.functional.scaled_dot_product_attention = result
    try:
        yield
    finally:
        torch.nn.functional.scaled_dot_product_attention = own


def alive(codec: Codec, network: torch.nn.Module, shape: Sequence[int]) -> Alive:
    """Follow the decoding of a latent."""
    mode, latent = Alive(network), torch.empty(1, *shape, dtype=torch.bfloat16, device="meta")
    with torch.no_grad(), fused(), mode:
        mode.note(latent, "input")
        codec.decode(network, latent)
    return mode


def flops(run: Callable[[], Any]) -> Counter[str]:
    """FLOPs by group: convolutions, products, attention."""
    counter, found = FlopCounterMode(display=False), Counter()
    with torch.no_grad(), counter:
        run()
    for operation, number in counter.get_flop_counts()["Global"].items():
        found[GROUPS.get(str(operation).removeprefix("aten."), "attention")] += number
    return found


def solved(rows: list[list[int]], values: list[int]) -> list[int] | None:
    """Whole coefficients that meet all values, None where there are none."""
    matrix = [[Fraction(x) for x in (*row, v)] for row, v in zip(rows, values, strict=True)]
    width = len(rows[0])
    for column in range(width):
        pivot = next(place for place in range(column, len(matrix)) if matrix[place][column])
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        matrix[column] = [x / matrix[column][column] for x in matrix[column]]
        for place, row in enumerate(matrix):
            if place != column and row[column]:
                matrix[place] = [
                    a - row[column] * b for a, b in zip(row, matrix[column], strict=True)
                ]
    found = [row[width] for row in matrix[:width]]
    exact = all(not row[width] for row in matrix[width:]) and all(x.denominator == 1 for x in found)
    return [int(x) for x in found] if exact else None


def solve(codec: Codec, frames: Sequence[int]) -> None:
    """Print coefficients of area, its square, edge, rows and 1, for each number of frames."""
    network = codec.build()
    basis = [[h * w, (h * w) ** 2, h + w, h, 1] for h, w in SIDES]
    for number in frames:
        lead = (codec.channels,) if codec.stride is None else (codec.channels, number)
        pixels = () if codec.stride is None else (codec.frames(number),)
        counts: dict[str, list[Counter[str]]] = {"encode": [], "decode": []}
        peaks = []
        for h, w in SIDES:
            clip = torch.empty(
                1, codec.colours, *pixels, h * codec.side, w * codec.side, device="meta"
            )
            latent = torch.empty(1, *lead, h, w, device="meta", dtype=torch.bfloat16)
            counts["encode"].append(flops(lambda x=clip: codec.encode(network, x.bfloat16())))
            counts["decode"].append(flops(lambda x=latent: codec.decode(network, x)))
            peaks.append(alive(codec, network, (*lead, h, w)).peak)
        for half, found in counts.items():
            for group in sorted({name for one in found for name in one}):
                print(number, half, group, solved(basis, [one[group] for one in found]))
        print(number, "peak", solved(basis, peaks))


def measure(codec: Codec) -> list[dict[str, Any]]:
    """Rows of one autoencoder: each clip whole, and in tiles where the class has them."""
    network, rows = codec.build(), []
    for frames, height, width in codec.clips:
        shape = codec.latent(frames, height, width)
        time = () if codec.stride is None else (frames,)
        pixels = torch.empty(1, codec.colours, *time, height, width)
        clip = pixels.to("meta", torch.bfloat16)
        latent = torch.empty(1, *shape, dtype=torch.bfloat16, device="meta")
        for tiled in codec.ways(network):
            network.use_tiling = tiled
            if tiled and codec.whole:
                network.use_framewise_decoding = True
            mode = alive(codec, network, shape)
            row = {
                "model": codec.model,
                **{"frames": frames, "height": height, "width": width, "tiled": int(tiled)},
                "parameters": sum(one.numel() for one in network.parameters()),
                "decode_flops": flops(lambda x=latent: codec.decode(network, x)).total(),
                **{"peak_bytes": mode.peak, "peak_at": mode.at},
                "implementation": codec.implementation,
                **{"config_source": codec.source, "versions": VERSIONS},
            }
            if tiled == codec.ways(network)[0]:
                row["encode_flops"] = flops(lambda x=clip: codec.encode(network, x)).total()
            rows.append(row)
        if codec.whole:
            network.use_framewise_decoding = False
    return rows


def main() -> None:
    """Write the table, or print polynomials."""
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("table", type=Path, nargs="?", help="CSV file to write")
    parser.add_argument("--model", action="append", help="only this one; its rows are renewed")
    parser.add_argument("--solve", metavar="MODEL", help="print the polynomials of one")
    parser.add_argument("--frames", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    for name, (place, _) in CHECKOUTS.items():
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, type=Path, metavar="FOLDER", help=f"checkout of {place}")
    args = parser.parse_args()
    given = [(make, vars(args)[name]) for name, (_, make) in CHECKOUTS.items()]
    known = [*AUTOENCODERS, *(make(folder) for make, folder in given if folder)]
    if args.solve:
        solve(next(codec for codec in known if codec.model == args.solve), args.frames)
        return
    if args.table is None:
        parser.error("name the CSV file to write, or ask for --solve")
    chosen = [codec for codec in known if codec.model in (args.model or {codec.model})]
    rows = [row for codec in chosen for row in measure(codec)]
    if args.table.exists():
        with args.table.open(encoding="utf-8", newline="") as lines:
            names = {codec.model for codec in chosen}
            rows += [row for row in csv.DictReader(lines) if row["model"] not in names]
    with args.table.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        writer.writeheader()
        sizes = ("frames", "height", "width", "tiled")
        writer.writerows(sorted(rows, key=lambda r: (r["model"], *(int(r[s]) for s in sizes))))
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    main()
