"""Estimates as JSON records and as columns for people, one for each accelerator."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rebuilt.cost.hardware.accelerators import GIVEN, Accelerator
from rebuilt.cost.hardware.estimate import GB, Estimate
from rebuilt.cost.hardware.remedies import FITS, Remedy

LABEL = 19  # characters of the names of rows


def timing_record(found: Estimate, remedy: Remedy | None = None) -> dict[str, Any]:
    """Run time with its 90 % interval, energy, rent and memory; `usd` is null without a price.

    `fits` leaves out the decoder's peak where `decoding_bytes` is null. `remedy` is the cheapest
    option that would surely fit; null where the job fits, and where none does.
    """
    layout, software, memory = found.layout, found.software, found.memory
    return {
        "gpu": found.accelerator.id,
        "gpus": layout.gpus,
        "layout": str(layout),
        "ulysses": layout.ulysses,
        "ring": layout.ring,
        "batch": found.batch,
        "software": software.name,
        "software_as_of": software.as_of,
        "attention_kernel": software.kernel(found.accelerator.family),
        "compiled": software.compiled,
        "format": software.format,
        "offload": software.offload,
        "seconds": found.seconds,
        "seconds_low": found.low,
        "seconds_high": found.high,
        "seconds_by_part": spent(found),
        "joules": found.joules,
        "usd": found.usd,
        "rent_usd_h": found.accelerator.usd_per_h,
        "rent_basis": found.accelerator.rent_basis,
        "bytes_moved": found.bytes_moved,
        "memory_gb": memory.total,
        "memory_bytes": found.memory_bytes,
        "memory_gb_by_part": memory.by_part,
        "decoding_bytes": None if memory.decoding is None else memory.decoding * GB,
        "fits": memory.fits,
        "fits_probability": memory.probability,
        "remedy": None
        if remedy is None
        else {
            "options": remedy.options,
            "seconds": remedy.found.seconds,
            "usd": remedy.found.usd,
            "memory_gb": remedy.found.memory.total,
        },
        "assumed_of_hardware": list(found.assumed),
    }


def timing_table(times: Sequence[tuple[Estimate, Remedy | None]]) -> list[str]:
    """Lay the same out for people, rounded, a column for each accelerator."""
    columns = [_column(found, remedy) for found, remedy in times]
    notes = [note for found, _ in times for note in found.assumed]
    return beside(columns, "energy of accelerators only; run time with its 90 % interval", notes)


def beside(columns: Sequence[Mapping[str, str]], below: str, notes: Iterable[str]) -> list[str]:
    """Lay columns of the same rows side by side; below them a remark and what is assumed, once."""
    widths = [max(map(len, column.values())) for column in columns]
    rows = [
        "  ".join(
            [
                f"  {name:<{LABEL}}",
                *(f"{column[name]:<{size}}" for column, size in zip(columns, widths, strict=True)),
            ]
        ).rstrip()
        for name in columns[0]
    ]
    assumed = [f"  assumed: {note}" for note in sorted(set(notes))]
    return ["", *rows, "", f"  {below}", *assumed]


def spent(found: Estimate) -> dict[str, float]:
    """Seconds of the whole job by what they are spent on."""
    parts, steps = found.parts, found.steps
    step = {
        "products": parts.product,
        "attention": parts.attention,
        "memory traffic": parts.traffic,
        "exchange": parts.exchange,
        "waiting": parts.waiting,
    }
    return {name: steps * value for name, value in step.items()} | {
        "text and decoder": parts.single
    }


def _column(found: Estimate, remedy: Remedy | None) -> dict[str, str]:
    software, family = found.software, found.accelerator.family
    fused = "compiled" if software.compiled else "eager"
    run = f"{software.name} of {software.as_of}, {software.kernel(family)}, {fused}"
    return {
        "accelerator": f"{found.layout.gpus} x {found.accelerator.name}",
        "layout": str(found.layout),
        "software": f"{run}, {software.format}",
        "run time": f"{found.seconds:.4g} s ({found.low:.4g} to {found.high:.4g} s)",
        **{f"  {name}": f"{value / found.seconds:.1%}" for name, value in spent(found).items()},
        "energy": f"{found.joules:.3g} J",
        "rent": "no sourced price"
        if found.usd is None
        else f"{found.usd:.3g} USD{at_rent(found.accelerator)}",
        "memory": str(found.memory),
        "would fit": _remedy(found, remedy),
    }


def at_rent(chip: Accelerator) -> str:
    """Say of dollars that they are at a rent of the reader's; nothing where they are not."""
    if chip.rent_basis != GIVEN:
        return ""
    return f", at {chip.usd_per_h:g} USD an hour, {GIVEN}"


def _remedy(found: Estimate, remedy: Remedy | None) -> str:
    if found.memory.verdict == FITS:
        return "as it is"
    if remedy is None:
        return "with none of the options tried, and no two of them"
    rent = "" if remedy.found.usd is None else f", {remedy.found.usd:.3g} USD"
    return f"with {remedy.options}: {remedy.found.seconds:.4g} s{rent}"
