"""Peak memory of one accelerator: weights, activations, buffers, optimizer state.

Decimal gigabytes. Activations are what is alive in the widest block when fused attention never
stores its scores: the residual stream in FP32, and in BF16 the normed input, queries, keys, values
and the attention's result, or the two hidden vectors of the feed-forward layer. Eager frameworks
hold several times that, with FP32 copies, temporaries and the allocator's reserve: one factor,
fitted to published peaks by `rebuilt fit`. Decoding comes after, beside the same weights: the worse
of both moments counts. What lives while decoding was counted on real implementations.
References: Korthikanti et al. 2022 (activations), ZeRO (16 bytes a parameter with Adam).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rebuilt.cost.algebra.polynomial import whole
from rebuilt.cost.counting.forward import count, denoiser_of
from rebuilt.cost.counting.rows import Layered, token_rows
from rebuilt.cost.hardware.accelerators import Accelerator
from rebuilt.cost.hardware.bill import activation_bytes, buffer_bytes
from rebuilt.cost.hardware.efficiencies import activation_factor
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import Model
from rebuilt.cost.models.latent import Clip
from rebuilt.errors import ShapeError

HALF = 2  # bytes of one BF16 value
ADAM_BYTES = 12  # FP32 weights, first and second moment of one parameter
KEPT_LAYER_BYTES = 34  # per token and channel of a layer without recomputation
OFFLOADS = ("none", "model", "layers")
GB = 1e9
UNKNOWN_DECODING = "the decoder's peak is not counted"


@dataclass(frozen=True, slots=True)
class Memory:
    """Peak of one accelerator, in GB, by what fills it.

    `weights` are the denoiser's and, unless offloaded, those of encoders and autoencoder;
    `optimizer` is gradients and Adam's state. `decoding` is what lives while the clip is decoded,
    when activations and buffers are gone; None where that was not counted.
    """

    weights: float
    activations: float
    buffers: float
    optimizer: float
    capacity: float
    decoding: float | None = 0.0

    @property
    def total(self) -> float:
        """GB in all."""
        denoising = self.activations + self.buffers
        return self.weights + max(denoising, self.decoding or 0.0) + self.optimizer

    @property
    def fits(self) -> bool:
        """Whether it fits the accelerator."""
        return self.total <= self.capacity

    def __str__(self) -> str:
        found = f"{self.total:.1f} GB of {self.capacity:g} GB"
        if not self.fits:
            found = (
                f"does not fit: {self.total:.1f} GB are needed and the accelerator has "
                f"{self.capacity:g} GB, {self.total - self.capacity:.1f} GB too few"
            )
        if self.decoding is None:
            return f"{found}; {UNKNOWN_DECODING}"
        most = self.decoding > self.activations + self.buffers
        return f"{found}, most while decoding" if most else found


def inference_memory(
    model: Model,
    clip: Clip | None,
    accelerator: Accelerator,
    *,
    gpus: int = 1,
    batch: int = 1,
    shard_weights: bool = False,
    offload: str = "none",
    weight_bytes: int = HALF,
    factor: float | None = None,
) -> Memory:
    """Peak memory of one accelerator while generating.

    Parameters
    ----------
    model : Transformer
        From `load_model`; guidance passes run one after another.
    clip : Clip or None
        None: the clip for which the model was published.
    accelerator : Accelerator
        Whose capacity counts.
    gpus : int
        Accelerators that share the sequence.
    batch : int
        Clips generated together.
    shard_weights : bool
        Whether the denoiser's weights are shared out too.
    offload : str
        `none`; `model` keeps only the network that is running on the accelerator; `layers`
        streams the weights layer by layer, so that two layers are there at a time.
    weight_bytes : int
        2, or 4 where the code keeps FP32 weights.
    factor : float, optional
        Times the least activation memory. Default: as fitted; 1 is the least that must fit.

    Raises
    ------
    ShapeError
        For an unknown kind of offload, or a model without an architecture.
    """
    if offload not in OFFLOADS:
        raise ShapeError(f"offload is {offload!r}; choose one of {', '.join(OFFLOADS)}")
    denoiser = _transformer(model)
    rows = count(denoiser, clip).rows
    own = rows["parameters"] * weight_bytes
    others = 0 if offload != "none" else HALF * rows["other_parameters"]
    layers = sum(block.depth for block in _layered(denoiser))
    held = own * 2 / layers if offload == "layers" else own / (gpus if shard_weights else 1)
    factor = activation_factor() if factor is None else factor
    alive, exchanged = _largest(rows, "alive"), _largest(rows, "exchanged")
    return Memory(
        weights=(held + others) / GB,
        activations=activation_bytes(alive, factor, batch, 1 / gpus) / GB,
        buffers=buffer_bytes(exchanged, batch, 1 / gpus) / GB,
        optimizer=0.0,
        capacity=accelerator.memory_gb,
    )


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
    alive = 2 * activation_factor() * _largest(counted.rows, "alive")  # values and gradients
    return Memory(
        weights=HALF * parameters / gpus / GB,
        activations=(kept + alive) / sequence / GB,
        buffers=0.0,
        optimizer=(HALF + ADAM_BYTES) * trained / gpus / GB,
        capacity=accelerator.memory_gb,
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
