"""An estimate as a JSON record and as lines for people."""

from typing import Any

from rebuilt.cost.hardware.estimate import Estimate


def timing_record(found: Estimate) -> dict[str, Any]:
    """Run time with its 90 % interval, energy, rent and memory; `usd` is null without a price."""
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
        "memory_gb": found.memory.total,
        "fits": found.memory.fits,
    }


def timing_report(found: Estimate) -> list[str]:
    """Lay the same out for people, rounded."""
    parts, steps = found.parts, found.work.steps
    spent = {
        "products": steps * parts.product,
        "attention": steps * parts.attention,
        "memory traffic": steps * (parts.traffic + parts.merge),
        "exchange": steps * parts.exchange,
        "waiting for host": steps * max(0.0, parts.host - parts.device),
        "text and decoder": parts.single,
    }
    rent = "no sourced price" if found.usd is None else f"{found.usd:.3g} USD"
    return [
        "",
        f"  on {found.layout.gpus} x {found.accelerator.name} "
        f"(ulysses {found.layout.ulysses}, ring {found.layout.ring})",
        f"  run time     {found.seconds:.4g} s "
        f"(90 % interval {found.low:.4g} to {found.high:.4g} s)",
        *(f"    {name:<16} {value / found.seconds:>8.1%}" for name, value in spent.items()),
        f"  energy       {found.joules:.3g} J, accelerators only",
        f"  rent         {rent}",
        f"  memory       {found.memory}",
    ]
