"""`rebuilt demand`: from minutes of video to accelerators, watts, modules and dollars, what if.

What if steps halve: `rebuilt demand --set steps=x0.5`. What would need a tenth of all modules:
`rebuilt demand --scenario 2026 --module-share 0.1`. What if Sora were twice as large:
`rebuilt demand --set depth=x2`, with twice the layers and so twice the parameters.
"""

import argparse
from typing import Any

from rebuilt.cli.answers import show
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.sweep.montecarlo import SHARED, Spread
from rebuilt.demand.assumptions import SCENARIOS, Assumption, assumptions, changed
from rebuilt.demand.chain import central
from rebuilt.demand.effects import effects
from rebuilt.demand.names import GIVEN, LINKS, MACHINES, PLACES
from rebuilt.demand.sampling import DRAWS, MAX_DRAWS, spreads, spreads_for_share
from rebuilt.errors import OptionError, UnknownNameError
from rebuilt.intake.numbers import positive, power_of_two

SHOWN = 5  # assumptions named under the table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; numbers are read by `run`, so that its errors are one sentence."""
    parser.add_argument("--scenario", default="2024", help=f"{' or '.join(SCENARIOS)}")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="pin an assumption (steps=25) or scale its range (steps=x0.5); may be repeated",
    )
    parser.add_argument(
        "--module-share", help="turn the chain around: video that needs this share of modules sold"
    )
    parser.add_argument("--gpu", help="accelerator (default: the usual one of the scenario)")
    parser.add_argument("--link", default="accelerators", help="figure whose causes are named")
    parser.add_argument("--draws", default=str(DRAWS), help=f"a power of two (default: {DRAWS})")
    parser.add_argument("--list", action="store_true", help="print the assumptions and stop")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Draw, run and print; a bad value raises a RebuiltError, which the caller prints."""
    before = assumptions(args.scenario)
    known = changed(before, args.set)
    if args.list:
        rows = [_row(known[name]) for name in GIVEN]
        return show(rows, "\n".join(map(_line, rows)), as_json=args.json)
    if args.link not in PLACES:
        raise UnknownNameError(f"link {args.link!r} is unknown; choose {', '.join(PLACES)}")
    accelerator = load_accelerator(args.gpu or MACHINES[args.scenario]).id
    number = power_of_two("--draws", args.draws, MAX_DRAWS)
    usual = spreads(before, MACHINES[args.scenario], number)
    share = None if args.module_share is None else positive("--module-share", args.module_share)
    if share is not None and known["video_minutes"] != before["video_minutes"]:
        raise OptionError("--module-share asks for video_minutes, and --set gives them; say one")
    found = usual
    if share is not None:
        found = spreads_for_share(known, accelerator, share, number)
    elif args.set or args.gpu:
        found = spreads(known, accelerator, number)
    record = {
        "scenario": args.scenario,
        "accelerator": accelerator,
        "module_share": share,
        "changed": {name: _row(known[name]) for name in GIVEN if known[name] != before[name]},
        "links": _links(found, usual, central(known, accelerator)),
        "link": args.link,
        "sobol": found[args.link].indices,
        "one_at_a_time": [
            {"name": item.name, "low": item.at_low, "high": item.at_high}
            for item in effects(known, accelerator, args.link)
        ],
    }
    return show(record, report(record), as_json=args.json)


def report(record: dict[str, Any]) -> str:
    """Lay the links out for people, and say what the chosen one hangs on."""
    lines = [
        f"scenario {record['scenario']} on {record['accelerator']}",
        *_turned(record["module_share"]),
        *(
            f"  {name} {item['low']:g} to {item['high']:g} {item['unit']}"
            for name, item in record["changed"].items()
        ),
        "",
        f"{'':38}{'5 %':>11}{'median':>11}{'95 %':>11}{'changed by':>12}",
    ]
    for item in record["links"]:
        said = item["unit"] in item["label"].lower()
        label = item["label"] if said else f"{item['label']} ({item['unit']})"
        ends = "".join(f"{item[end]:>11.3g}" for end in ("low", "median", "high"))
        lines.append(f"{label:38}{ends}{_factor(item['over_usual']):>12}")
    causes = [f"{name} {share:.0%}" for name, share in record["sobol"].items()][:SHOWN]
    unknown = f"what is not known from fewer than {SHARED:,} draws"
    moved = record["one_at_a_time"][:SHOWN]
    lines += [
        "",
        f"{record['link']} hangs on: {', '.join(causes) or unknown}",
        "one at a time: "
        + ", ".join(f"{item['name']} {item['low']:.3g} to {item['high']:.3g}" for item in moved),
    ]
    return "\n".join(lines)


def _turned(share: float | None) -> list[str]:
    return (
        [] if share is None else [f"  video that needs {share:.3g} of the modules sold in a year"]
    )


def _links(
    found: dict[str, Spread], usual: dict[str, Spread], middle: dict[str, float]
) -> list[dict[str, Any]]:
    return [
        {
            "name": link.name,
            "label": link.label,
            "unit": link.unit,
            "low": found[link.name].low,
            "median": found[link.name].median,
            "high": found[link.name].high,
            "central": middle[link.name],
            "over_usual": _ratio(found[link.name].median, usual[link.name].median),
        }
        for link in LINKS
    ]


def _ratio(value: float, usual: float) -> float | None:
    return value / usual if usual else None


def _factor(ratio: float | None) -> str:
    return "" if ratio is None or ratio == 1 else f"x {ratio:.3g}"


def _row(item: Assumption) -> dict[str, Any]:
    return {
        "name": item.name,
        "low": item.low,
        "central": item.central,
        "high": item.high,
        "unit": item.unit,
        "distribution": item.distribution,
        "reason": item.reason,
        "source": item.source or None,
    }


def _line(row: dict[str, Any]) -> str:
    values = f"{row['low']:g} {row['central']:g} {row['high']:g} {row['unit']}"
    return f"{row['name']:22}{values}\n    {row['reason']} ({row['source'] or 'ours'})"
