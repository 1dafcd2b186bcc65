"""Memory at the peak and seconds of one step of training, whole or with adapters.

The step is priced by `training_bill.py` with the constants of inference; what is of training alone
are the share of values that a backward pass keeps, how much of the weights stays with the allocator
where shared ones are gathered, and how much slower attention runs backward.
Encoders ran before: latents and embeddings come from storage, as most trainers have it.
"""

from dataclasses import dataclass
from math import exp
from typing import NamedTuple

from rebuilt.cost.algebra.places import ROWS
from rebuilt.cost.counting.forward import denoiser_of
from rebuilt.cost.counting.totals import Training, training
from rebuilt.cost.counting.training_rows import (
    TARGETS,
    adapter_parameters,
    kept_values,
)
from rebuilt.cost.hardware.accelerators import Accelerator, load_accelerator
from rebuilt.cost.hardware.efficiencies import constant
from rebuilt.cost.hardware.layouts import Layout, check_layout
from rebuilt.cost.hardware.machines import (
    Constants,
    assumed_of,
    check_kernel,
    check_network,
    machine_with,
)
from rebuilt.cost.hardware.memory import Memory
from rebuilt.cost.hardware.rates import GB, HOUR_S
from rebuilt.cost.hardware.software import Software, check_software, load_software
from rebuilt.cost.hardware.training_bill import FIGURES, Recipe, price_training
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import Model
from rebuilt.cost.models.latent import Clip, job_of
from rebuilt.errors import OptionError, ShapeError

FULL, LORA = "full", "lora"
RECOMPUTED = ("blocks", "parts", "none")
OFFLOADED = ("none", "optimizer")
STAGES = 3  # of ZeRO
RANK = 16
FROZEN = ("bf16", "fp32", "fp8-weights", "int8-weights", "int4-weights")


class Optimizer(NamedTuple):
    """Bytes of state for each trained parameter, beside weight and gradient in BF16."""

    state: float
    holds: str


# AdamW: Rajbhandari et al. 2019; 8 bits: Dettmers et al. 2021, with updates in the weights' own
# format; Adafactor: Shazeer and Stern 2018, sums of rows and columns weigh nothing; Muon: Liu et
# al. 2025, one moment where Adam has two.
OPTIMIZERS = {
    "adamw": Optimizer(12.0, "weights and two moments in FP32"),
    "adamw8bit": Optimizer(2.0, "two moments of eight bits"),
    "adafactor": Optimizer(0.0, "sums of rows and columns"),
    "muon": Optimizer(8.0, "weights and one moment in FP32"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """How a model is trained.

    Attributes
    ----------
    kind : str
        `full`: all weights; `lora`: adapters beside frozen ones.
    rank : int
        Of the adapters.
    target : str
        One of TARGETS: the layers that have adapters.
    optimizer : str
        One of OPTIMIZERS.
    recompute : str
        What a backward pass computes again: `blocks` from their inputs, `parts` of blocks from the
        inputs of each, or `none`.
    zero : int, optional
        What accelerators that see different clips share: 0 nothing, 1 the optimizer's state,
        2 gradients too, 3 weights too. Default: 3 with a layout that shards or with none, else 0.
    offload : str
        `optimizer`: its state waits in the host's memory, where weights are updated.
    """

    kind: str = FULL
    rank: int = RANK
    target: str = TARGETS[0]
    optimizer: str = "adamw"
    recompute: str = RECOMPUTED[0]
    zero: int | None = None
    offload: str = "none"

    def __str__(self) -> str:
        what = f"adapters of rank {self.rank} ({self.target})" if self.kind == LORA else "full"
        shared = f", ZeRO {self.zero}" if self.zero else ""
        return f"{what}, {self.optimizer}, computed again: {self.recompute}{shared}"


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """What one step of training takes.

    Attributes
    ----------
    job : Training
        What was counted: FLOPs of the clips of one step.
    trained : int
        Parameters that are trained.
    seconds, low, high : float
        Of one step, and the ends of its 90 % interval.
    joules : float
        Energy of all accelerators in one step.
    usd : float or None
        Rent of all accelerators for one step; None without a sourced price.
    figures : dict of str to float
        Parts of the step, by name of training_bill.FIGURES.
    """

    job: Training
    accelerator: Accelerator
    layout: Layout
    software: Software
    recipe: Trained
    assumed: tuple[str, ...]
    batch: int
    trained: int
    seconds: float
    low: float
    high: float
    joules: float
    usd: float | None
    memory: Memory
    figures: dict[str, float]

    @property
    def model_tflops(self) -> float:
        """1e12 FLOPs a second of one accelerator, as trainers print it: three forward passes."""
        passes = 3 * self.job.forward.flops * self.batch
        return passes / self.seconds / self.layout.gpus / 1e12


def train(
    model: Model,
    clip: Clip | None = None,
    *,
    gpu: str | Accelerator,
    gpus: int = 1,
    layout: Layout | None = None,
    batch: int | None = None,
    recipe: Trained | None = None,
    software: Software | None = None,
) -> TrainingEstimate:
    """Estimate what one step of training takes.

    Parameters
    ----------
    model : Transformer
        From `load_model`.
    clip : Clip, optional
        Shape of every clip. Default: the one for which the model was published.
    gpu, gpus : str or Accelerator, int
        Accelerators, as for `estimate`.
    layout : Layout, optional
        Default: a clip on each accelerator, weights shared by all (FSDP).
    batch : int, optional
        Clips of one step on all accelerators. Default: one for each data-parallel part.
    recipe : Trained, optional
        Default: all weights with AdamW, blocks computed again.
    software : Software, optional
        From `load_software`; its kernel, its compiler, and the format of frozen weights.

    Raises
    ------
    ShapeError
        If the model refuses clip or layout, or is no transformer.
    OptionError
        If a setting does not exist or makes no sense in training.
    """
    chip, software, recipe = load_accelerator(gpu), software or load_software(), recipe or Trained()
    denoiser = denoiser_of(model)
    if not isinstance(denoiser, Transformer):
        raise ShapeError(
            f"{denoiser.id} is of architecture {denoiser.architecture}; training is modelled for "
            "transformers only, so choose one"
        )
    layout = layout or Layout(data=gpus, shard=gpus > 1 and recipe.zero in (None, STAGES))
    batch = layout.data if batch is None else batch
    check_recipe(recipe, software, layout)
    check_layout(denoiser, layout, batch=batch)
    check_network(chip, layout)
    check_kernel(chip, software)
    job = training(denoiser, clip, clips=batch, recompute=recipe.recompute != "none")
    trained, found = priced_training(denoiser, job, chip, layout, recipe, software, constant)
    spread = constant("interval_training")
    seconds = found["seconds"]
    rent = None if chip.usd_per_h is None else chip.usd_per_h * layout.gpus / HOUR_S
    return TrainingEstimate(
        job,
        chip,
        layout,
        software,
        recipe,
        assumed_of(chip, software, layout),
        batch,
        trained,
        seconds,
        seconds / exp(spread),
        seconds * exp(spread),
        found["joules"],
        None if rent is None else rent * seconds,
        memory_of(found, chip, constant),
        found,
    )


def priced_training(
    model: Transformer,
    job: Training,
    chip: Accelerator,
    layout: Layout,
    recipe: Trained,
    software: Software,
    constants: Constants,
) -> tuple[int, dict[str, float]]:
    """Trained parameters, and figures of a step by name of training_bill.FIGURES."""
    counted, machine = job.forward, machine_with(chip, software, constants)
    full = recipe.kind == FULL
    trained = counted.parameters if full else adapter_parameters(model, recipe.rank, recipe.target)
    inputs, widest, every = kept_values(counted, model)
    numbers = job_of(model, counted.clip, batch=job.clips, gpus=layout.gpus)
    out = [0.0] * len(FIGURES)
    rows = [counted.rows[name] for name in ROWS]
    as_read = Recipe(
        trained=float(trained),
        own_weights=float(full),
        state=OPTIMIZERS[recipe.optimizer].state,
        held=float(recipe.offload == "none"),
        zero=3.0 if layout.shard else float(recipe.zero or 0),
        again=float(recipe.recompute == "blocks"),
        parts=float(recipe.recompute == "parts"),
        inputs=float(inputs),
        widest=float(widest),
        every=float(every),
        kept=constants("training_kept", "all"),
        slower=constants("attention_backward", "all"),
        gathered=constants("training_gathered", "all"),
        per_state_byte=1 / (chip.bandwidth_tb_s * 1e12),
    )
    price_training(numbers, rows, layout.degrees, as_read, machine, out)
    return trained, dict(zip(FIGURES, out, strict=True))


def memory_of(found: dict[str, float], chip: Accelerator, constants: Constants) -> Memory:
    """Peak of one accelerator, in GB."""
    return Memory(
        weights=found["weights_bytes"] / GB,
        activations=found["activation_bytes"] / GB,
        buffers=found["gathered_bytes"] / GB,
        reserve=constants("reserve_gb", "all"),
        optimizer=(found["gradient_bytes"] + found["state_bytes"]) / GB,
        capacity=chip.visible_gb,
        deviation="deviation_training",
    )


def check_recipe(recipe: Trained, software: Software, layout: Layout) -> None:
    """Raise OptionError for a setting that does not exist, or that training does not have."""
    check_software(software)
    choices = {
        "train": (recipe.kind, (FULL, LORA)),
        "target": (recipe.target, TARGETS),
        "optimizer": (recipe.optimizer, tuple(OPTIMIZERS)),
        "recompute": (recipe.recompute, RECOMPUTED),
        "offload": (recipe.offload, OFFLOADED),
        "format": (software.format, FROZEN if recipe.kind == LORA else FROZEN[:1]),
    }
    for name, (value, known) in choices.items():
        if value not in known:
            said = ", ".join(known)
            raise OptionError(f"--{name} is {value!r}; in training choose one of {said}")
    if not 0 <= (recipe.zero or 0) <= STAGES or recipe.rank < 1:
        raise OptionError("--zero is 0 to 3 and --rank at least 1")
    if layout.shard and recipe.zero not in (None, STAGES):
        raise OptionError(
            f"--zero is {recipe.zero}, and --layout {layout} shares weights too, which is 3; "
            "say one of them"
        )
    if software.cache or software.computed < 1.0 or software.density < 1.0:
        raise OptionError("--cache, --computed and --density are of inference; leave them out")
    if layout.guidance > 1 or layout.pipeline > 1:
        raise OptionError(
            "--layout shares passes or layers, which is not modelled in training; choose data, "
            "ulysses, ring, tensor and shard"
        )
