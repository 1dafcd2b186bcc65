"""Several accelerators on one job: what each layout moves, and which layouts a model allows.

Bytes are per accelerator and forward pass, one direction, BF16 activations. Ulysses shards the
sequence and exchanges it for heads around attention; a ring keeps queries and passes keys and
values on; tensor parallelism shards weights and adds activations up twice a layer; data
parallelism moves gradients only. References: xDiT README (bytes a layer), Megatron-LM.
"""

from dataclasses import dataclass

from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.codes import NOT_COUNTED
from rebuilt.errors import ShapeError

MAX_GPUS = 8  # of one server: beyond it the link is another one
SUMS_PER_LAYER = 2  # after attention and after the feed-forward layer


@dataclass(frozen=True, slots=True)
class Layout:
    """How one clip is spread over accelerators: `ulysses` x `ring`."""

    ulysses: int = 1
    ring: int = 1

    @property
    def gpus(self) -> int:
        """Accelerators that the layout takes."""
        return self.ulysses * self.ring


def head_counts(model: Transformer) -> list[int]:
    """Numbers of heads of the attention layers that are shared out, ascending."""
    skipped = schema.PoolBlock | schema.RefinerBlock
    return sorted({block.heads for block in model.blocks if not isinstance(block, skipped)})


def check_layout(model: Transformer, layout: Layout) -> None:
    """Raise ShapeError if a model cannot be spread out so.

    Every accelerator of a Ulysses group takes whole heads, so the degree must divide the heads.
    """
    for name, degree in (("ulysses", layout.ulysses), ("ring", layout.ring)):
        if isinstance(degree, bool) or not isinstance(degree, int) or degree < 1:
            raise ShapeError(f"{name} is {degree!r}; it must be a whole number above zero")
    if layout.gpus > MAX_GPUS:
        raise ShapeError(
            f"{layout.gpus} GPUs are more than the {MAX_GPUS} of one server; run times are fitted "
            f"within a server, so choose at most {MAX_GPUS}"
        )
    for heads in head_counts(model):
        if heads % layout.ulysses:
            raise ShapeError(
                f"{model.id} has {heads} heads, which {layout.ulysses} GPUs of a Ulysses group "
                f"cannot share evenly; choose a degree of {_divisors(heads)} and a ring for the "
                "rest"
            )


def best_layout(model: Transformer, gpus: int) -> Layout:
    """Largest Ulysses degree that divides heads and GPUs, a ring for the rest.

    Examples
    --------
    >>> from rebuilt.cost import load_model
    >>> best_layout(load_model("wan2.1-t2v-1.3b"), 8)
    Layout(ulysses=4, ring=2)
    """
    if isinstance(gpus, bool) or not isinstance(gpus, int) or not 1 <= gpus <= MAX_GPUS:
        raise ShapeError(NOT_COUNTED.format(field="gpus", value=gpus, limit=MAX_GPUS))
    fits = [
        degree
        for degree in range(1, gpus + 1)
        if gpus % degree == 0 and all(heads % degree == 0 for heads in head_counts(model))
    ]
    return Layout(max(fits), gpus // max(fits))


def _divisors(heads: int) -> str:
    fitting = [str(degree) for degree in range(1, MAX_GPUS + 1) if heads % degree == 0]
    return " or ".join([", ".join(fitting[:-1]), fitting[-1]] if len(fitting) > 1 else fitting)
