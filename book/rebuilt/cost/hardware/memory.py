"""Peak memory of one accelerator: weights, activations, buffers, optimizer state.

Decimal gigabytes. Activations are what is alive in the widest block when fused attention never
stores its scores: the residual stream in FP32, and in BF16 the normed input, queries, keys, values
and the attention's result, or the two hidden vectors of the feed-forward layer. Eager frameworks
hold several times that, with FP32 copies, temporaries and the allocator's reserve: one factor,
fitted to published peaks by `rebuilt fit`. Not counted: a decoder that runs untiled.
References: Korthikanti et al. 2022 (activations), ZeRO (16 bytes a parameter with Adam).
"""

from dataclasses import dataclass

from rebuilt.cost.autoencoders.coding import autoencoder_parameters
from rebuilt.cost.counting.blocks import block_operations
from rebuilt.cost.counting.forward import count, default_clip, denoiser_of, layer_operations
from rebuilt.cost.counting.grid import Grid
from rebuilt.cost.counting.latent import Clip, latent_of
from rebuilt.cost.counting.polynomial import total
from rebuilt.cost.hardware.accelerators import Accelerator
from rebuilt.cost.hardware.efficiencies import activation_factor
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Denoiser, TextEncoder, Transformer
from rebuilt.cost.models.catalogue import Model, autoencoder_of, load_kind
from rebuilt.errors import ShapeError

HALF, FULL = 2, 4  # bytes of one BF16 and one FP32 value
ADAM_BYTES = 12  # FP32 weights, first and second moment of one parameter
KEPT_LAYER_BYTES = 34  # per token and channel of a layer without recomputation
OFFLOADS = ("none", "model", "layers")
GB = 1e9
Layered = (
    schema.SequenceBlock
    | schema.JointBlock
    | schema.ParallelBlock
    | schema.ExpertBlock
    | schema.RefinerBlock
)


@dataclass(frozen=True, slots=True)
class Memory:
    """Peak of one accelerator, in GB, by what fills it.

    `weights` are the denoiser's and, unless offloaded, those of encoders and autoencoder;
    `optimizer` is gradients and Adam's state.
    """

    weights: float
    activations: float
    buffers: float
    optimizer: float
    capacity: float

    @property
    def total(self) -> float:
        """GB in all."""
        return self.weights + self.activations + self.buffers + self.optimizer

    @property
    def fits(self) -> bool:
        """Whether it fits the accelerator."""
        return self.total <= self.capacity

    def __str__(self) -> str:
        if self.fits:
            return f"{self.total:.1f} GB of {self.capacity:g} GB"
        return (
            f"does not fit: {self.total:.1f} GB are needed and the accelerator has "
            f"{self.capacity:g} GB, {self.total - self.capacity:.1f} GB too few"
        )


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
    clip = clip or default_clip(denoiser)
    own = count(denoiser, clip).parameters * weight_bytes
    others = 0 if offload != "none" else HALF * other_parameters(denoiser)
    layers = sum(block.depth for block in _layered(denoiser))
    held = own * 2 / layers if offload == "layers" else own / (gpus if shard_weights else 1)
    grid = latent_of(denoiser, clip).grid
    factor = activation_factor() if factor is None else factor
    alive = factor * batch * max(alive_bytes(block, grid) for block in denoiser.blocks) / gpus
    exchanged = max(exchanged_bytes(block, grid) for block in denoiser.blocks)
    return Memory(
        weights=(held + others) / GB,
        activations=alive / GB,
        buffers=batch * exchanged / gpus / GB if gpus > 1 else 0.0,
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
    clip = clip or default_clip(denoiser)
    parameters = count(denoiser, clip).parameters
    trained = parameters if trained_parameters is None else trained_parameters
    grid = latent_of(denoiser, clip).grid
    per_value = HALF if recompute else KEPT_LAYER_BYTES
    kept = sum(
        block.depth * _rows(block, grid) * block.width * per_value for block in _layered(denoiser)
    )
    widest = max(alive_bytes(block, grid) for block in denoiser.blocks)
    alive = 2 * activation_factor() * widest  # values and gradients
    return Memory(
        weights=HALF * parameters / gpus / GB,
        activations=(kept + alive) / sequence / GB,
        buffers=0.0,
        optimizer=(HALF + ADAM_BYTES) * trained / gpus / GB,
        capacity=accelerator.memory_gb,
    )


def encoder_parameters(encoder: TextEncoder) -> int:
    """Parameters of a text encoder, the embedding table of its tokens left out."""
    ones = Grid(frames=1, area=1, text=0)
    operations = layer_operations(encoder.layers, ones)
    for block in encoder.blocks:
        operations += block_operations(block, ones)
    return total(operation.parameters for operation in operations)


def _transformer(model: Model) -> Transformer:
    denoiser = denoiser_of(model)
    if not isinstance(denoiser, Transformer):
        raise ShapeError(
            f"{denoiser.id} is of architecture {denoiser.architecture}; memory is modelled for "
            "transformers only, so choose one"
        )
    return denoiser


def other_parameters(model: Denoiser) -> int:
    """Parameters of text encoders and autoencoder together."""
    uses = model.text.encoders if model.text else ()
    encoders = [load_kind(use.id, TextEncoder, model.id) for use in uses]
    autoencoder = autoencoder_of(model)
    return sum(map(encoder_parameters, encoders)) + (autoencoder_parameters(autoencoder) or 0)


def _rows(block: schema.Block, grid: Grid) -> int:
    rows = grid.video if isinstance(block, schema.SequenceBlock) else grid.video + grid.text
    return total([grid.text if isinstance(block, schema.RefinerBlock) else rows])


def alive_bytes(block: schema.Block, grid: Grid) -> int:
    """Bytes alive at the widest moment of a block: in attention or in the feed-forward layer."""
    if isinstance(block, schema.PoolBlock):
        return 0
    residual_and_input = (FULL + HALF) * block.width
    gates = 2 if getattr(block, "gated", False) else 1
    widest = max(4 * block.inner, (1 + gates) * block.hidden)
    if isinstance(block, schema.ParallelBlock):
        widest = 4 * block.inner + 2 * block.hidden
    return _rows(block, grid) * (residual_and_input + HALF * widest)


def exchanged_bytes(block: schema.Block, grid: Grid) -> int:
    """Send and receive buffers of queries, keys and values."""
    if isinstance(block, schema.PoolBlock | schema.RefinerBlock):
        return 0
    return 2 * 3 * HALF * _rows(block, grid) * block.inner


def _layered(model: Transformer) -> list[Layered]:
    return [block for block in model.blocks if not isinstance(block, schema.PoolBlock)]
