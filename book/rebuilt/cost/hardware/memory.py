"""Peak memory of one accelerator: weights, activations, buffers, optimizer state, reserve.

Decimal gigabytes. Activations are what is alive in the widest block when fused attention never
stores its scores: the residual stream in FP32, and in BF16 the normed input, queries, keys, values
and the attention's result, or the two hidden vectors of the feed-forward layer. Eager frameworks
hold several times that, with FP32 copies and temporaries; `reserve` is the driver's context and
what the allocator keeps. Both are fitted to published peaks by `rebuilt fit`. Decoding comes after,
beside the weights that stay: the worse of both moments counts. What lives while decoding was
counted on real implementations.
References: Korthikanti et al. 2022 (activations), ZeRO (16 bytes a parameter with Adam).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rebuilt.cost.algebra.polynomial import whole
from rebuilt.cost.counting.forward import count, denoiser_of
from rebuilt.cost.counting.rows import Layered, token_rows
from rebuilt.cost.hardware.accelerators import Accelerator
from rebuilt.cost.hardware.efficiencies import constant
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import Model
from rebuilt.cost.models.latent import Clip
from rebuilt.errors import ShapeError

HALF = 2  # bytes of one BF16 value
ADAM_BYTES = 12  # FP32 weights, first and second moment of one parameter
KEPT_LAYER_BYTES = 34  # per token and channel of a layer without recomputation
GB = 1e9
UNKNOWN_DECODING = "the decoder's peak is not counted"
SURE = 0.9  # probability from which it is said to fit, or not to


@dataclass(frozen=True, slots=True)
class Memory:
    """Peak of one accelerator, in GB, by what fills it.

    `weights` are the denoiser's and, unless offloaded, those of encoders and autoencoder;
    `optimizer` is gradients and Adam's state. `decoding` is what lives while the clip is decoded,
    when activations and buffers are gone; None where that was not counted. `kept` is the share of
    weights that stay meanwhile.
    """

    weights: float
    activations: float
    buffers: float
    reserve: float
    optimizer: float
    capacity: float
    decoding: float | None = 0.0
    kept: float = 1.0

    @property
    def total(self) -> float:
        """GB in all."""
        denoising = self.weights + self.activations + self.buffers
        decoding = self.weights * self.kept + (self.decoding or 0.0)
        return max(denoising, decoding) + self.reserve + self.optimizer

    @property
    def at_decoding(self) -> bool:
        """Whether most is needed while decoding."""
        beside = self.weights * self.kept + (self.decoding or 0.0)
        return beside > self.weights + self.activations + self.buffers

    @property
    def by_part(self) -> dict[str, float]:
        """GB at the peak by what fills it, without what is empty."""
        parts = {
            "weights": self.weights * (self.kept if self.at_decoding else 1.0),
            "activations": 0.0 if self.at_decoding else self.activations,
            "buffers": 0.0 if self.at_decoding else self.buffers,
            "decoding": (self.decoding or 0.0) if self.at_decoding else 0.0,
            "reserve": self.reserve,
            "optimizer": self.optimizer,
        }
        return {name: value for name, value in parts.items() if value}

    @property
    def fits(self) -> bool:
        """Whether it fits the accelerator more likely than not."""
        return self.total <= self.capacity

    @property
    def probability(self) -> float:
        """Probability that it fits, from the residuals of published peaks (log-normal)."""
        deviation = constant("deviation_memory")
        return 0.5 * (1 + math.erf(math.log(self.capacity / self.total) / deviation / 2**0.5))

    @property
    def verdict(self) -> str:
        """`fits`, `does not fit`, or `on the edge`."""
        sure = self.probability >= SURE, self.probability <= 1 - SURE
        return "fits" if sure[0] else ("does not fit" if sure[1] else "on the edge")

    def __str__(self) -> str:
        found = f"{self.total:.1f} GB of {self.capacity:.4g} GB"
        if self.verdict == "does not fit":
            found = (
                f"does not fit: {self.total:.1f} GB are needed and the accelerator has "
                f"{self.capacity:.4g} GB, {self.total - self.capacity:.1f} GB too few"
            )
        if self.verdict == "on the edge":
            found = f"on the edge: {found}, fits with a probability of {self.probability:.0%}"
        if self.decoding is None:
            return f"{found}; {UNKNOWN_DECODING}"
        return f"{found}, most while decoding" if self.at_decoding else found


def training_memory(
    model: Model,
    clip: Clip | None,
    accelerator: Accelerator,
    *,
    gpus: int = 1,
    sequence: int = 1,
    recompute: bool = True,
    trained_parameters: int | None = None,
) -> Memory:
    """Peak memory of one accelerator while training on one clip at a time.

    Parameters
    ----------
    model : Transformer
        From `load_model`; encoders and autoencoder run elsewhere.
    clip : Clip or None
        None: the clip for which the model was published.
    accelerator : Accelerator
        Whose capacity counts.
    gpus : int
        Accelerators over which weights, gradients and optimizer state are shared out (ZeRO 3).
    sequence : int
        Accelerators that share one sequence.
    recompute : bool
        Whether only the input of every layer is kept.
    trained_parameters : int, optional
        Default: all; fewer for adapters, whose base weights need no optimizer state.
    """
    denoiser = _transformer(model)
    counted = count(denoiser, clip)
    parameters = counted.parameters
    trained = parameters if trained_parameters is None else trained_parameters
    per_value = HALF if recompute else KEPT_LAYER_BYTES
    grid = counted.latent.grid
    kept = whole(
        block.depth * token_rows(block, grid) * block.width * per_value
        for block in _layered(denoiser)
    )
    both = 2  # values and their gradients
    alive = both * constant("activation_eager") * _largest(counted.rows, "alive")
    return Memory(
        weights=HALF * parameters / gpus / GB,
        activations=(kept + alive) / sequence / GB,
        buffers=0.0,
        reserve=constant("reserve_gb"),
        optimizer=(HALF + ADAM_BYTES) * trained / gpus / GB,
        capacity=accelerator.visible_gb,
    )


def _largest(rows: Mapping[str, int], name: str) -> int:
    return max(count for row, count in rows.items() if row.startswith(f"{name}_"))


def _transformer(model: Model) -> Transformer:
    denoiser = denoiser_of(model)
    if not isinstance(denoiser, Transformer):
        raise ShapeError(
            f"{denoiser.id} is of architecture {denoiser.architecture}; memory is modelled for "
            "transformers only, so choose one"
        )
    return denoiser


def _layered(model: Transformer) -> list[Layered]:
    return [block for block in model.blocks if not isinstance(block, schema.PoolBlock)]
