"""Estimates as JSON records and as columns for people, one for each accelerator."""

from collections.abc import Sequence
from typing import Any

from rebuilt.cost.hardware.estimate import GB, Estimate

LABEL = 19  # characters of the names of rows


def timing_record(found: Estimate) -> dict[str, Any]:
    """Run time with its 90 % interval, energy, rent and memory; `usd` is null without a price.

    `fits` leaves out the decoder's peak where `decoding_bytes` is null.
    """
    return {
        "gpu": found.accelerator.id,
        "gpus": found.layout.gpus,
        "ulysses": found.layout.ulysses,
        "ring": found.layout.ring,
        "seconds": found.seconds,
        "seconds_low": found.low,
        "seconds_high": found.high,
        "joules": found.joules,
        "usd": found.usd,
        "bytes_moved": found.bytes_moved,
        "memory_gb": found.memory.total,
        "memory_bytes": found.memory_bytes,
        "decoding_bytes": None if found.memory.decoding is None else found.memory.decoding * GB,
        "fits": found.memory.fits,
    }


def timing_table(times: Sequence[Estimate]) -> list[str]:
    """Lay the same out for people, rounded, a column for each accelerator."""
    columns = [_column(found) for found in times]
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
    return ["", *rows, "", "  energy of accelerators only; run time with its 90 % interval"]


def _column(found: Estimate) -> dict[str, str]:
    parts, steps, memory = found.parts, found.job.steps, found.memory
    spent = {
        "products": steps * parts.product,
        "attention": steps * parts.attention,
        "memory traffic": steps * parts.traffic,
        "exchange": steps * parts.exchange,
        "waiting for host": steps * max(0.0, parts.host - parts.device),
        "text and decoder": parts.single,
    }
    layout = found.layout
    return {
        "accelerator": f"{layout.gpus} x {found.accelerator.name}",
        "layout": f"ulysses {layout.ulysses}, ring {layout.ring}",
        "run time": f"{found.seconds:.4g} s ({found.low:.4g} to {found.high:.4g} s)",
        **{f"  {name}": f"{value / found.seconds:.1%}" for name, value in spent.items()},
        "energy": f"{found.joules:.3g} J",
        "rent": "no sourced price" if found.usd is None else f"{found.usd:.3g} USD",
        "memory": str(memory),
    }
