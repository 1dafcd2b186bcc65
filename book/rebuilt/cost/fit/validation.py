"""Our counts beside measured and published ones, row by row; what we cannot count is shown too."""

import csv
from dataclasses import dataclass
from decimal import Decimal

from rebuilt.cost.autoencoders.coding import (
    Coding,
    autoencoder_parameters,
    decode,
    decoder_parameters,
    encode,
)
from rebuilt.cost.counting.forward import Count, count
from rebuilt.cost.counting.totals import training
from rebuilt.cost.models.architectures import Autoencoder, Transformer, UNet
from rebuilt.cost.models.catalogue import load_model, model_ids
from rebuilt.cost.models.latent import Clip
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA

REFERENCE = DATA / "reference_flops.csv"
PUBLISHED = DATA / "published_costs.csv"

# U-Nets and autoencoders are measured by kind of operation, under these names.
KINDS = {"linear": "product", "conv": "convolution", "attention": "attention"}


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of data/reference_flops.csv beside our integer; None where we count no such part."""

    model: str
    module: str
    clip: Clip
    group: str
    measured: int
    ours: int | None

    @property
    def difference(self) -> int | None:
        """Ours minus measured, in FLOPs."""
        return None if self.ours is None else self.ours - self.measured


@dataclass(frozen=True, slots=True)
class Published:
    """One row of data/published_costs.csv beside our count; None where nothing can be compared.

    `row` holds all columns as text; `published` is the converted value.
    """

    row: dict[str, str]
    published: Decimal
    ours: int | None

    @property
    def error(self) -> float | None:
        """Ours relative to published, minus one."""
        return None if self.ours is None else float(self.ours / self.published - 1)


def measured_rows() -> list[Measured]:
    """Every measured group of every module and clip, beside ours.

    Returns
    -------
    list of Measured
        In the order of the table; FLOPs, 2 x MAC.
    """
    found: list[Measured] = []
    counts: dict[tuple[str, str, Clip], dict[str, int]] = {}
    for row in _read(REFERENCE.name):
        clip = _clip(row)
        key = (row["model"], row["module"], clip)
        if key not in counts:
            counts[key] = _groups(*key)
        ours = counts[key].get(row["group"], 0) if counts[key] else None
        found.append(Measured(*key, row["group"], int(row["flops"]), ours))
    return found


def published_rows() -> list[Published]:
    """Every published figure beside ours.

    Returns
    -------
    list of Published
        In the order of the table; a model, variant or quantity that is not modelled has no count
        of ours, and the row's note says so.
    """
    return [
        Published(row, Decimal(row["converted_value"]), _ours(row)) for row in _read(PUBLISHED.name)
    ]


def _groups(model: str, module: str, clip: Clip) -> dict[str, int]:
    described = load_model(model)
    counted: Count | Coding | None
    if isinstance(described, Autoencoder):
        counted = (encode if module == "encode" else decode)(described, clip)
    else:
        counted = count(described, clip)
    if counted is None:
        return {}
    groups = counted.by_group
    if module != "transformer":
        groups = {name: counted.by_kind.get(kind, 0) for name, kind in KINDS.items()}
    return groups | {"total": counted.flops}


def _ours(row: dict[str, str]) -> int | None:
    if row["model"] not in model_ids():
        return None
    model = load_model(row["model"])
    if isinstance(model, Autoencoder):
        alone = row["condition"] == "decoder alone"
        return decoder_parameters(model) if alone else autoencoder_parameters(model)
    if not isinstance(model, Transformer | UNet):
        return None
    counted = count(model, _clip(row) if row["clip_frames"] else None)
    return _quantity(row["quantity"], counted)


def _quantity(quantity: str, counted: Count) -> int | None:
    """Our value of a published quantity; None for what a script counts in its own way."""
    if quantity == "training_flops":
        job = training(load_model(counted.model), counted.clip, clips=1)
        return job.total - (job.encode or 0)
    values = {
        "forward_flops": counted.flops,
        "tokens": counted.tokens,
        "parameters": counted.parameters,
    }
    return values.get(quantity)


def _clip(row: dict[str, str]) -> Clip:
    text = row["text_tokens"]
    return Clip(
        frames=int(row["clip_frames"]),
        height=int(row["clip_height"]),
        width=int(row["clip_width"]),
        text_tokens=int(text) if text else None,
    )


def _read(name: str) -> list[dict[str, str]]:
    with open_input(DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
