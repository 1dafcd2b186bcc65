"""Several accelerators on one job: which layouts a model allows, and how they are written.

Guidance-parallel runs the passes of a step beside each other; Ulysses exchanges the sequence for
heads around attention; a ring keeps queries and passes keys and values on; tensor parallelism
shares the width of every layer and adds activations up twice; a pipeline shares the layers; data
parallelism makes clips beside each other; `shard` (FSDP) shares the weights besides, and gathers
those of a layer before each use. References: xDiT README (bytes a layer), Megatron-LM, FSDP.
"""

from dataclasses import dataclass, fields
from functools import cache
from math import gcd, prod

from rebuilt.cost.hardware.bill import MAX_GPUS, Degrees
from rebuilt.cost.hardware.rates import layout_at, layouts_of
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.codes import NOT_COUNTED
from rebuilt.errors import OptionError, ShapeError

MAX_CLUSTER = 1024  # accelerators of one job
NAMES = {"cfg": "guidance", "dp": "data", "tp": "tensor", "pp": "pipeline", "sp": "ulysses"}
BEST = "best"
BEYOND_CLUSTER = "{gpus} GPUs are more than the {most} of one job"
TOO_FEW = {
    "guidance": "guidance is {degree}, and there are {most} passes of a step to share",
    "data": "data is {degree}, and there are {most} clips of a batch to share",
}
UNEVEN = (
    "{model} has {heads} heads, which {together} GPUs of a Ulysses or tensor group cannot share "
    "evenly; choose a degree of {divisors} and a ring for the rest"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a job is spread over accelerators: degrees, whose product is their number.

    Attributes
    ----------
    guidance, ulysses, ring, tensor, pipeline, data : int
        Accelerators that share passes, heads, sequence, width, layers and clips.
    shard : bool
        Whether all of them share the weights besides (FSDP).
    """

    guidance: int = 1
    ulysses: int = 1
    ring: int = 1
    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    shard: bool = False

    @property
    def gpus(self) -> int:
        """Accelerators that the layout takes."""
        return prod(getattr(self, name) for name in DEGREES)

    @property
    def degrees(self) -> Degrees:
        """The same as floats, as the bill reads it."""
        return Degrees(
            guidance=float(self.guidance),
            ulysses=float(self.ulysses),
            ring=float(self.ring),
            tensor=float(self.tensor),
            pipeline=float(self.pipeline),
            data=float(self.data),
            sharded=float(self.shard),
        )

    def __str__(self) -> str:
        said = [f"{name}={getattr(self, name)}" for name in DEGREES if getattr(self, name) > 1]
        return ",".join(said + ["shard"] * self.shard) or "one accelerator"


DEGREES = tuple(field.name for field in fields(Layout) if field.name != "shard")


def read_layout(text: str) -> Layout:
    """Read a layout such as `guidance=2,ulysses=4` or `tp=8,shard`.

    Raises
    ------
    OptionError
        For an unknown name, a degree that is no whole number above zero, or a name said twice.
    """
    degrees: dict[str, int] = {}
    shard = False
    for part in text.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        name = NAMES.get(name, name)
        if name in ("shard", "fsdp") and not value:
            shard = True
            continue
        if name not in DEGREES or name in degrees or not value.isdecimal() or int(value) < 1:
            raise OptionError(
                f"--layout is {text!r}; write degrees such as guidance=2,ulysses=4 or tensor=8,"
                f"shard, each of {', '.join(DEGREES)} at most once and at least 1, or {BEST}"
            )
        degrees[name] = int(value)
    return Layout(**degrees, shard=shard)


def head_counts(model: Transformer) -> list[int]:
    """Numbers of heads of the attention layers that are shared out, ascending."""
    skipped = schema.PoolBlock | schema.RefinerBlock
    return sorted({block.heads for block in model.blocks if not isinstance(block, skipped)})


def check_layout(model: Transformer, layout: Layout, passes: int = 3, batch: int = 1) -> None:
    """Raise ShapeError if a model cannot be spread out so.

    Every accelerator of a Ulysses or tensor group takes whole heads, so that their product must
    divide the heads; passes and clips are shared by at most as many as there are.
    """
    for name in DEGREES:
        degree = getattr(layout, name)
        if isinstance(degree, bool) or not isinstance(degree, int) or degree < 1:
            raise ShapeError(f"{name} is {degree!r}; it must be a whole number above zero")
    if layout.gpus > MAX_CLUSTER:
        raise ShapeError(BEYOND_CLUSTER.format(gpus=layout.gpus, most=MAX_CLUSTER))
    for name, degree, most in (("guidance", layout.guidance, passes), ("data", layout.data, batch)):
        if degree > most:
            raise ShapeError(TOO_FEW[name].format(degree=degree, most=most))
    together = layout.ulysses * layout.tensor
    for heads in head_counts(model):
        if heads % together:
            raise ShapeError(
                UNEVEN.format(
                    model=model.id, heads=heads, together=together, divisors=_divisors(heads)
                )
            )


def best_layout(model: Transformer, gpus: int) -> Layout:
    """Largest Ulysses degree that divides heads and GPUs of one server, a ring for the rest.

    Examples
    --------
    >>> from rebuilt.cost import load_model
    >>> print(best_layout(load_model("wan2.1-t2v-1.3b"), 8))
    ulysses=4,ring=2
    """
    if isinstance(gpus, bool) or not isinstance(gpus, int) or not 1 <= gpus <= MAX_CLUSTER:
        raise ShapeError(NOT_COUNTED.format(field="gpus", value=gpus, limit=MAX_CLUSTER))
    fits = [
        degree
        for degree in range(1, MAX_GPUS + 1)
        if gpus % degree == 0 and all(heads % degree == 0 for heads in head_counts(model))
    ]
    return Layout(ulysses=max(fits), ring=gpus // max(fits))


def layouts(model: Transformer, gpus: int, passes: int, batch: int = 1) -> tuple[Layout, ...]:
    """Every layout that a model allows on so many accelerators, with and without shared weights."""
    return _spread(gpus, passes, batch, gcd(*head_counts(model)))


@cache
def _spread(gpus: int, passes: int, batch: int, heads: int) -> tuple[Layout, ...]:
    numbers = float(gpus), float(passes), batch, float(heads)
    found = (layout_at(turn, *numbers) for turn in range(layouts_of(batch)))
    return tuple(
        Layout(**{name: int(getattr(one, name)) for name in DEGREES}, shard=one.sharded == 1.0)
        for one in found
        if one.ring > 0.0
    )


def _divisors(heads: int) -> str:
    fitting = [str(degree) for degree in range(1, MAX_GPUS + 1) if heads % degree == 0]
    return " or ".join([", ".join(fitting[:-1]), fitting[-1]] if len(fitting) > 1 else fitting)
