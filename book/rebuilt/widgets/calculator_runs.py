"""How a job is run and on what: numbers, names and sentences that the calculator's page holds.

Figures and constants are those that `rebuilt cost` looks up; what the page does with them is the
text of `hardware/rates.py`, compiled.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from statistics import NormalDist
from typing import Any

from rebuilt.cost.hardware import layouts, machines
from rebuilt.cost.hardware.accelerators import (
    GIVEN,
    NOT_RENT,
    Accelerator,
    accelerator_ids,
    load_accelerator,
    rent_of,
)
from rebuilt.cost.hardware.bill import MAX_GPUS
from rebuilt.cost.hardware.efficiencies import borrowed, constant, has, runs_behind
from rebuilt.cost.hardware.estimate import IN_TILES
from rebuilt.cost.hardware.memory import SURE, UNKNOWN_DECODING
from rebuilt.cost.hardware.rates import Chip, Run
from rebuilt.cost.hardware.remedies import REMEDIES
from rebuilt.cost.hardware.software import (
    ANY,
    CACHES,
    DEFAULT_SOFTWARE,
    FORMATS,
    KERNELS,
    OFFLOADS,
    Software,
    load_software,
    software_names,
)

MAX_BATCH = 64  # clips made together
USUAL = {  # how a job is run unless something else is chosen; as `rebuilt cost` without options
    **{"software": DEFAULT_SOFTWARE, "attention": "", "compiled": "", "format": "bf16"},
    **{"cache": "", "computed": 1, "density": 1, "offload": "none", "tile": "", "layout": ""},
    **dict.fromkeys(layouts.DEGREES, 1),
    **{"shard": "", "rent": ""},
}
FUSED = ("compiled", "eager")
SHARES = ("computed", "density")
NOT_SHARE = "{field} is {value!r}; it must be above 0 and at most 1"
VERDICTS = ("fits", "uncertain", "does not fit")


def runs() -> dict[str, Any]:
    """Everything about how a job is run: profiles, formats, caches, and the constants of each."""
    plain = load_software()
    return {
        "chipFields": Chip._fields,
        "runFields": Run._fields,
        "common": machines.common_row(constant),
        "run": machines.run_row(plain, constant),
        "fused": _differing(replace(plain, compiled=True), replace(plain, compiled=False)),
        "eager": _differing(replace(plain, compiled=False), replace(plain, compiled=True)),
        "engines": {name: _engine(name) for name in software_names()},
        "formats": {name: _format(name) for name in FORMATS},
        "caches": {name: constant(f"cache_{name}") for name in CACHES},
        "offloads": OFFLOADS,
        "kernels": KERNELS,
        "widths": [math.exp(constant(f"interval_{kind}")) for kind in machines.WIDTHS],
        "how": USUAL,
        "given": GIVEN,
        "degrees": layouts.DEGREES,
        "odds": [odds(kind) for kind in machines.MEMORY_KINDS],
        "verdicts": VERDICTS,
        "inTiles": IN_TILES,
        "unknownDecoding": UNKNOWN_DECODING,
        "remedies": REMEDIES,
        **chips(),
    }


def chips() -> dict[str, Any]:
    """Accelerators with their figures, constants, and what is assumed of each; tails of notes."""
    tails: list[str] = []
    found = {name: _chip(load_accelerator(name), tails) for name in accelerator_ids()}
    return {"machines": found, "tails": tails}


def odds(kind: str) -> dict[str, Any]:
    """Capacity over need from which a job fits: surely, surely not, and with each whole percent.

    `kind` is one of MEMORY_KINDS.
    """
    deviation = constant(f"deviation_{kind}")

    def least(probability: float) -> float:
        return math.exp(deviation * NormalDist().inv_cdf(probability))

    percents = [round(least((percent - 0.5) / 100), 6) for percent in range(1, 101)]
    return {"fits": least(SURE), "not": least(1 - SURE), "percents": percents}


def sentences() -> list[str]:
    """Sentence of every code of how a job is run, in the order of `calculator_text.SHARED`."""
    guidance, data = (layouts.TOO_FEW[name] for name in ("guidance", "data"))
    return [
        guidance.replace("{degree}", "{guidance}").replace("{most}", "{passes}"),
        data.replace("{degree}", "{data}").replace("{most}", "{batch}"),
        layouts.UNEVEN.replace("{heads}", "{shared_heads}"),
        machines.NO_NETWORK,
        machines.NO_KERNEL,
        *(NOT_SHARE.replace("{field}", name).replace("{value", "{" + name) for name in SHARES),
        NOT_RENT,
    ]


def _engine(name: str) -> dict[str, Any]:
    software = load_software(name)
    kernel = software.kernel(ANY)
    families = {load_accelerator(chip).family for chip in accelerator_ids()}
    own = {one: software.kernel(one) for one in sorted(families) if software.kernel(one) != kernel}
    return {
        "slower": constant(f"engine_{name}"),
        "compiled": software.compiled,
        "as_of": software.as_of,
        "kernel": kernel,
        "kernels": own,
    }


def _format(name: str) -> dict[str, Any]:
    form = FORMATS[name]
    gain = machines.format_gain(name, constant)
    return {"gain": gain, "weight_bytes": form.weight_bytes, "computes": form.computes}


def _differing(software: Software, other: Software) -> dict[str, float]:
    """Return numbers of a run in which it differs from another."""
    rows = (machines.run_row(one, constant)._asdict() for one in (software, other))
    own, others = rows
    return {name: value for name, value in own.items() if value != others[name]}


def rent_sources() -> list[str]:
    """Bibliography keys of the rents of all accelerators, each once."""
    rents = (rent_of(name) for name in accelerator_ids())
    return sorted({key for rent in rents if rent is not None for key in rent.sources})


def _chip(chip: Accelerator, tails: list[str]) -> dict[str, Any]:
    row = machines.chip_row(chip, "bf16", math.nan, constant)
    lender = borrowed("product", chip.id)
    notes = list(_notes(chip, tails))
    kernels = [
        constant(f"attention_{name}", chip.id) if has(f"attention_{name}", chip.id) else None
        for name in KERNELS
    ]
    return {
        "name": chip.name,
        "family": chip.family,
        "numbers": [None if math.isnan(value) else value for value in row],
        "peaks": chip.peaks,
        "kernels": kernels,
        "borrowed": tails.index(f"efficiencies {lender}") if lender else -1,
        "runs": runs_behind("product", chip.id),
        "rent": chip.rent_basis,
        "most": max(chip.domain, MAX_GPUS),
        "notes": notes,
    }


def _notes(chip: Accelerator, tails: list[str]) -> Iterator[list[Any]]:
    """Write what is assumed, as [place in `tails`, what it is said of, from or of which on].

    Each is asked of the same function as the command's, of one setting at a time.
    """
    plain = load_software()
    kernels = [name for name in KERNELS if has(f"attention_{name}", chip.id)]
    usual = replace(plain, attention=kernels[0])

    def said(software: Software, gpus: int = 1) -> set[str]:
        return set(machines.assumed_of(chip, software, layouts.Layout(ring=gpus)))

    def put(notes: set[str], of: str, which: str | int) -> Iterator[list[Any]]:
        for note in sorted(notes):
            tail = note.removeprefix(f"{chip.name}: ")
            if tail not in tails:
                tails.append(tail)
            yield [tails.index(tail), of, which]

    own = {name: said(replace(plain, attention=name)) for name in kernels}
    always, linked = set.intersection(*own.values()), said(usual)
    yield from put(always, "gpus", 1)
    for gpus in range(2, 2 * MAX_GPUS + 2):
        yield from put(said(usual, gpus) - linked, "gpus", gpus)
        linked |= said(usual, gpus)
    for name in FORMATS:
        yield from put(said(replace(usual, format=name)) - said(usual), "format", name)
    for name, notes in own.items():
        yield from put(notes - always, "kernel", name)
