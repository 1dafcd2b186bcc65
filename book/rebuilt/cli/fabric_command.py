"""`rebuilt fabric`: switches, cables, transceivers and watts for so many accelerators.

Counts are plain text; nothing on this path imports Numba.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rebuilt.cli.answers import show
from rebuilt.errors import UnknownNameError
from rebuilt.fabric.network import LIMITS, Fabric, Plan, design
from rebuilt.intake.numbers import whole

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from rebuilt.fabric.parts import Range

NUMBERS = (
    ("gpus", None, "accelerators"),
    ("radix", "64", "ports of one switch at the speed of a port"),
    ("port-gbps", "400", "speed of one port: 100, 200, 400, 800 or 1600 Gbit/s"),
    ("ports-per-gpu", "1", "network ports of one accelerator in each plane"),
    ("planes", "1", "networks side by side"),
    ("rails", "1", "groups of leaves, one for each port of a server"),
    ("oversubscription", "1", "ports down for each port up at a leaf"),
    ("nvlink-domain", "8", "accelerators that NVLink joins"),
)
RUNS = (
    ("server-run-m", "30", "longest cable from a server to its leaf, metres"),
    ("spine-run-m", "50", "longest cable from leaf to spine, metres"),
    ("core-run-m", "100", "longest cable from spine to core, metres"),
)
SWITCHES = (
    ("single-port", "every module serves one port (default: two ports at switches)"),
    ("twin-server", "two ports of a server share a module"),
    ("copper", "servers reach their leaf by copper"),
)
COUNTED = "modules and switch chips; not fans, supplies, boards, cables or the price of switches"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; numbers are read by `run`, so that its errors are one sentence."""
    for name, default, text in (*NUMBERS, *RUNS):
        shown = f" (default: {default})" if default else ""
        parser.add_argument(
            f"--{name}", metavar="N", default=default, required=default is None, help=text + shown
        )
    for name, text in SWITCHES:
        parser.add_argument(f"--{name}", action="store_true", help=text)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Count and print; a bad value raises a RebuiltError, which the caller prints."""
    plan = Plan(
        **{_field(name): _whole(args, name) for name, *_ in NUMBERS},
        twin_switch=not args.single_port,
        twin_server=args.twin_server,
        copper=args.copper,
    )
    server, spine, core = (_whole(args, name) for name, *_ in RUNS)
    runs_m = {
        "server end": server,
        "server to leaf": server,
        "leaf to spine": spine,
        "spine to core": core,
    }
    found = record(design(plan), runs_m)
    return show(found, report(found), as_json=args.json)


def record(fabric: Fabric, runs_m: dict[str, int]) -> dict[str, Any]:
    """All numbers of one fabric; `watts` and `usd` are central, their ranges stand beside them.

    `runs_m` is the longest cable of each link. Watts, dollars and reach are null where the data
    have no figure of a module of that speed.
    """
    return {
        "gpus": fabric.plan.gpus,
        "radix": fabric.plan.radix,
        "port_gbps": fabric.plan.port_gbps,
        "tiers": fabric.tiers,
        "leaf": fabric.leaf,
        "spine": fabric.spine,
        "core": fabric.core,
        "switches": fabric.switches,
        "planes": fabric.plan.planes,
        "rails": fabric.plan.rails,
        "oversubscription": fabric.plan.oversubscription,
        "uplinks_per_leaf": fabric.uplinks,
        "nvlink_domains": fabric.nvlink_domains,
        "cables": fabric.cables,
        "cables_by_link": {
            "server to leaf": fabric.node_leaf_cables,
            "leaf to spine": fabric.leaf_spine_cables,
            "spine to core": fabric.spine_core_cables,
        },
        "ports_total": fabric.ports_total,
        "ports_used": fabric.ports_used,
        "ports_free": fabric.ports_total - fabric.ports_used,
        "bisection_tb_s": fabric.bisection_tb_s,
        "transceivers_by_speed": fabric.transceivers_by_speed(),
        "transceivers_by_link": fabric.transceivers(),
        "transceivers_by_reach": _by_reach(fabric, runs_m),
        **_watts_and_dollars(fabric),
        "counted": COUNTED,
    }


def report(found: dict[str, Any]) -> str:
    """Lay the main numbers out for people."""
    modules = ", ".join(f"{n:,} x {speed}" for speed, n in found["transceivers_by_speed"].items())
    lines = [
        f"{found['gpus']:,} accelerators, switches with {found['radix']} ports",
        f"  tiers          {found['tiers']}",
        "  switches       {leaf:,} leaf, {spine:,} spine, {core:,} core".format(**found),
        f"  cables         {found['cables']:,}",
        f"  transceivers   {modules or 'none'}",
        f"  reach          {_reaches(found['transceivers_by_reach'])}",
        f"  ports          {found['ports_used']:,} used, {found['ports_free']:,} free",
        f"  bisection      {found['bisection_tb_s']:,.1f} Tbit/s one way",
        f"  watts          {_with_range(found, 'watts')}",
        f"  dollars        {_with_range(found, 'usd')}, modules only",
        "",
        f"  counted: {found['counted']}",
    ]
    return "\n".join(lines)


def _reaches(classes: dict[str, dict[str, int]] | None) -> str:
    if classes is None:
        return "unknown"
    return ", ".join(f"{sum(found.values()):,} {name}" for name, found in classes.items()) or "none"


def _with_range(found: dict[str, Any], name: str) -> str:
    if found[name] is None:
        return "unknown"
    low, high = found[f"{name}_range"]
    return f"{found[name]:,.0f} ({low:,.0f} to {high:,.0f})"


def _by_reach(fabric: Fabric, runs_m: dict[str, int]) -> dict[str, dict[str, int]] | None:
    from rebuilt.fabric import parts  # imports Polars, which a bad argument need not wait for

    try:
        return parts.by_reach(fabric, runs_m)
    except UnknownNameError:
        return None


def _watts_and_dollars(fabric: Fabric) -> dict[str, Any]:
    from rebuilt.fabric import parts  # imports Polars, which a bad argument need not wait for

    modules = fabric.transceivers_by_speed()
    chips = parts.switch_watts(fabric)
    optics = _known(parts.module_watts, modules)
    watts = optics + chips if optics else None
    dollars = _known(parts.module_dollars, modules)
    return {
        "watts": round(watts.central, 1) if watts else None,
        "watts_range": [round(watts.low, 1), round(watts.high, 1)] if watts else None,
        "watts_of": {
            "modules": round(optics.central, 1) if optics else None,
            "switch chips": round(chips.central, 1),
        },
        "usd": round(dollars.central) if dollars else None,
        "usd_range": [round(dollars.low), round(dollars.high)] if dollars else None,
    }


def _known(total: Callable[[dict[str, int]], Range], modules: dict[str, int]) -> Range | None:
    """Add up, or say None where the data have no figure of one of the speeds."""
    try:
        return total(modules)
    except UnknownNameError:
        return None


def _whole(args: argparse.Namespace, name: str) -> int:
    limits = LIMITS.get(_field(name), (1, None))
    return whole(f"--{name}", getattr(args, _field(name)), *limits)


def _field(option: str) -> str:
    return option.replace("-", "_")
