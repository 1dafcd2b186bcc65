"""The diffusion transformer of the miniature: captions and noisy patches in, velocities out.

The kernels do the work; here are shapes, checks and the order of the weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rebuilt.errors import ShapeError
from rebuilt.mini import transformer_kernels as kernels
from rebuilt.mini.packing import Packed
from rebuilt.mini.weights import (
    AFTER,
    BEFORE,
    EACH,
    TIME_BASE,
    Floats,
    Stored,
    Vector,
    Whole,
    axis_table,
    frequencies,
    joined,
)


@dataclass(frozen=True, slots=True)
class Transformer:
    """Weights and sizes of one transformer; `sizes` is what the kernels read."""

    vector: Vector
    sizes: Whole
    patch: int
    channels: int

    @classmethod
    def of(cls, stored: Stored) -> Self:
        """Order the tensors of a file for the kernels.

        Raises
        ------
        DataError
            If a tensor is missing, has a shape that the configuration does not give, or is broken.
        """
        number = stored.number
        channels, patch = number("channels"), stored.sizes("patch", 3)[1]
        width, depth, inputs = number("width"), number("depth"), channels * patch**2
        condition, hidden = number("condition"), 4 * width
        sizes = np.array([width, depth, number("heads"), condition, hidden, inputs], np.int64)
        shapes = _shapes(sizes, len(stored.config["vocabulary"]), number("tokens_most"))
        learned = [_turned(name, stored.take(name, *shape)) for name, shape in shapes]
        computed = [
            frequencies(width // 2, TIME_BASE),
            *(axis_table(axis, width) for axis in range(3)),
        ]
        first, last = kernels.FREQUENCIES, len(learned)
        order = [*range(first), *range(last, last + 4), *range(first, last)]
        return cls(joined(learned, computed, order), sizes, patch, channels)

    @property
    def inputs(self) -> int:
        """Values of one patch."""
        return int(self.sizes[kernels.INPUTS])

    def velocity(self, packed: Packed, patches: Floats, times: Sequence[float]) -> Floats:
        """Velocity (noise minus clip) of every patch.

        Parameters
        ----------
        packed : Packed
            Captions and grids of the clips.
        patches : float32 (patches of all clips, values per patch)
            Noisy latents.
        times : sequence of float
            Of each clip, 0 where there is no noise and 1 where there is nothing else.

        Raises
        ------
        ShapeError
            If patches or times do not fit the clips.
        """
        self._check(packed, patches, times)
        out = np.empty_like(patches)
        work = np.empty(kernels.work_size(self.sizes, packed.grid), np.float32)
        vector = self.vector
        at = np.asarray(times, np.float32)
        kernels.velocity(
            vector.values,
            vector.places,
            self.sizes,
            packed.grid,
            packed.tokens,
            patches.reshape(-1),
            at,
            out.reshape(-1),
            work,
        )
        return out

    def layers(
        self, packed: Packed, patches: Floats, times: Sequence[float]
    ) -> Iterator[tuple[str, Floats]]:
        """Yield the name and result of each layer of `velocity`, in the order of computing.

        Names are those of torch; rows are those of the joint sequence. `condition` is the vector
        of each clip's time behind its last SiLU, `tokens` the stream before the first block.
        """
        self._check(packed, patches, times)
        vector, sizes, grid = self.vector, self.sizes, packed.grid
        width, rows = int(sizes[kernels.WIDTH]), kernels.rows_of(grid)
        stream = np.empty(rows * width, np.float32)
        conditions = np.empty((len(times), int(sizes[kernels.CONDITION])), np.float32)
        work = np.empty(kernels.work_size(sizes, grid), np.float32)
        weights = (vector.values, vector.places, sizes)
        for time, row in zip(np.asarray(times, np.float32), conditions, strict=True):
            kernels.condition_of(*weights, time, work[:width], row)
        yield "condition", conditions
        kernels.embed(*weights, grid, packed.tokens, patches.reshape(-1), stream)
        yield "tokens", stream.reshape(rows, width).copy()
        for number in range(int(sizes[kernels.DEPTH])):
            kernels.block(*weights, number, grid, conditions.reshape(-1), stream, work)
            for name, values in self._inside(rows, work):
                yield f"blocks.{number}.{name}", values
            yield f"blocks.{number}", stream.reshape(rows, width).copy()
        out = np.empty_like(patches)
        kernels.finish(*weights, grid, conditions.reshape(-1), stream, out.reshape(-1), work)
        yield "velocity", out

    def attention(
        self, packed: Packed, patches: Floats, times: Sequence[float]
    ) -> Iterator[Floats]:
        """Yield what each block attends to: shares of the first clip, (heads, rows, rows)."""
        width, heads = int(self.sizes[kernels.WIDTH]), int(self.sizes[kernels.HEADS])
        first, shape = packed.rows[0], (-1, heads, width // heads)
        query: Any = None
        for name, values in self.layers(packed, patches, times):
            if name.endswith("norm_q"):
                query = values[first].astype(np.float64).reshape(shape)
            elif name.endswith("norm_k"):
                key = values[first].astype(np.float64).reshape(shape)
                scores = np.einsum("qhd,khd->hqk", query, key) / np.sqrt(shape[2])
                shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
                yield (shares / shares.sum(axis=-1, keepdims=True)).astype(np.float32)

    def _inside(self, rows: int, work: Floats) -> Iterator[tuple[str, Floats]]:
        """Layers inside a block, from where it leaves them in its scratch."""
        width, hidden = int(self.sizes[kernels.WIDTH]), int(self.sizes[kernels.HIDDEN])
        places = {"attn.norm_q": 1, "attn.norm_k": 2, "attn.to_v": 3, "ff.2": 0}
        for name, place in places.items():
            start = place * rows * width
            yield name, work[start : start + rows * width].reshape(rows, width).copy()
        start = 5 * rows * width
        yield "ff.1", work[start : start + rows * hidden].reshape(rows, hidden).copy()

    def _check(self, packed: Packed, patches: Floats, times: Sequence[float]) -> None:
        expected = (kernels.rows_of(packed.grid) - packed.tokens.size, self.inputs)
        if patches.shape != expected or patches.dtype != np.float32:
            msg = (
                f"patches are {patches.dtype} of shape {patches.shape}; these clips need float32 "
                f"of shape {expected}"
            )
            raise ShapeError(msg)
        if len(times) != packed.clips:
            msg = f"{len(times)} times for {packed.clips} clips; give one for each clip"
            raise ShapeError(msg)


def _shapes(sizes: Whole, vocabulary: int, text: int) -> list[tuple[str, tuple[int, ...]]]:
    """Names and shapes of all tensors, in the order of the kernels."""
    width, depth, heads, condition, hidden, inputs = (int(size) for size in sizes)
    layers = {
        "patch_embed": (width, inputs),
        "time.0": (condition, width),
        "time.2": (condition, condition),
        **dict.fromkeys(("norm1.linear", "norm2.linear"), (6 * width, condition)),
        **dict.fromkeys(("attn.to_q", "attn.to_k", "attn.to_v", "attn.to_out"), (width, width)),
        **dict.fromkeys(("norm1.norm", "norm2.norm", "norm_final", "norm_out.norm"), (width,)),
        **dict.fromkeys(("attn.norm_q", "attn.norm_k"), (width // heads,)),
        "ff.0": (hidden, width),
        "ff.2": (width, hidden),
        "norm_out.linear": (2 * width, condition),
        "proj_out": (inputs, width),
    }
    tables = {"text_embed.weight": (vocabulary, width), "text_position": (text, width)}
    named = [(name, name) for name in BEFORE]
    named += [(f"blocks.{place}.{name}", name) for place in range(depth) for name in EACH]
    named += [(name, name) for name in AFTER]
    found: list[tuple[str, tuple[int, ...]]] = []
    for full, name in named:
        if name in tables:
            found.append((full, tables[name]))
        else:
            found += [(f"{full}.weight", layers[name]), (f"{full}.bias", layers[name][:1])]
    return found


def _turned(name: str, tensor: Floats) -> Floats:
    """Torch keeps a layer's weight as (out, in); the kernels read (in, out). Tables stay."""
    return tensor if tensor.ndim == 1 or name.startswith("text_") else tensor.T
