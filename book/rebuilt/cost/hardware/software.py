"""How a job is run: attention kernel, eager or compiled, number formats, cache, offload, tiling.

Named profiles of data/software.csv say what an engine does unless told otherwise; an option
overrides one setting. The counts of the model stay what they are: software changes rates, which
passes are computed, and what lives in memory.
"""

import csv
from dataclasses import dataclass, fields
from functools import cache
from typing import NamedTuple

from rebuilt.errors import OptionError, UnknownNameError, nearest
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA

DEFAULT_SOFTWARE = "diffusers"
ANY = "all"  # the family that stands for every other one
KERNELS = (
    *("fa2", "fa3", "fa3-fp8", "fa4", "cudnn", "cudnn-fp8", "xformers", "aiter"),
    *("sage1", "sage2", "sage3", "native"),  # the last is the framework's own, whichever it is
)
CACHES = ("teacache", "fbcache", "magcache", "dbcache", "cache-dit")
OFFLOADS = ("none", "model", "blocks", "sequential")


class Format(NamedTuple):
    """A number format of weights.

    `weight_bytes` of one weight with its scales; `computes` is the format of matrix products.
    """

    weight_bytes: float
    computes: str


# By definition of the formats: one FP8 scale for 16 values in NVFP4, one FP16 scale for 32 in INT4,
# NF4 and Q4 of GGUF (4.5 bits each); scales of rows or of blocks of 128 weigh nothing. INT4 has
# kernels of its own, NF4 and Q4 are widened before each product, as FP8 and INT8 weights are.
FORMATS = {
    "bf16": Format(2.0, "bf16"),
    "fp32": Format(4.0, "bf16"),
    "fp8": Format(1.0, "fp8"),
    "int8": Format(1.0, "int8"),
    "nvfp4": Format(0.5625, "fp4"),
    "fp8-weights": Format(1.0, "bf16"),
    "int8-weights": Format(1.0, "bf16"),
    "int4-weights": Format(0.5625, "bf16"),
    "nf4-weights": Format(0.5625, "bf16"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """How a job is run.

    Attributes
    ----------
    name, as_of : str
        Engine, and the day for which its settings were read.
    attention : str
        One of KERNELS, or empty: what the engine takes on an accelerator of a family.
    compiled : bool
        Whether steps between products are fused (torch.compile or kernels of the engine).
    format : str
        One of FORMATS, of the denoiser's weights.
    cache : str
        One of CACHES, or empty; its share of steps is what it left in the median of its pairs.
    computed : float
        Share of steps that are computed besides, 1 unless told.
    density : float
        Share of attention's products that are computed, 1 without sparse attention at inference.
    offload : str
        `none`; `model`: only the network that runs is on the accelerator; `blocks`: weights of the
        denoiser come block by block while it computes; `sequential`: they come before each layer.
    """

    name: str = DEFAULT_SOFTWARE
    as_of: str = ""
    attention: str = ""
    compiled: bool = False
    format: str = "bf16"
    cache: str = ""
    computed: float = 1.0
    density: float = 1.0
    offload: str = "none"

    def kernel(self, family: str) -> str:
        """Attention kernel on accelerators of a family, such as Hopper."""
        if self.attention:
            return self.attention
        rows = _profiles()[self.name]
        return rows.get(family, rows[ANY])["attention"]


@cache
def load_software(name: str = DEFAULT_SOFTWARE) -> Software:
    """Read a named profile.

    Raises
    ------
    UnknownNameError
        If data/software.csv has no engine of that name; the message lists near names.
    """
    if name not in software_names():
        near = ", ".join(nearest(name, software_names()))
        raise UnknownNameError(f"no software {name!r} in data/software.csv; nearest names: {near}")
    row = _profiles()[name][ANY]
    return Software(name=name, as_of=row["as_of"], compiled=row["compiled"] == "yes")


def software_names() -> list[str]:
    """Names of the profiles, sorted."""
    return sorted(_profiles())


def check_software(software: Software) -> None:
    """Raise OptionError for a setting that does not exist or a share outside (0, 1]."""
    choices = {
        "attention": ("", *KERNELS),
        "format": tuple(FORMATS),
        "cache": ("", *CACHES),
        "offload": OFFLOADS,
    }
    for field in fields(software):
        value = getattr(software, field.name)
        if field.name in choices and value not in choices[field.name]:
            known = ", ".join(filter(None, choices[field.name]))
            raise OptionError(f"--{field.name} is {value!r}; choose one of {known}")
        if field.name in ("computed", "density") and not 0.0 < value <= 1.0:
            raise OptionError(f"--{field.name} is {value:g}; it must be above 0 and at most 1")


@cache
def _profiles() -> dict[str, dict[str, dict[str, str]]]:
    profiles: dict[str, dict[str, dict[str, str]]] = {}
    with open_input(DATA / "software.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            profiles.setdefault(row["software"], {})[row["family"]] = row
    return profiles
