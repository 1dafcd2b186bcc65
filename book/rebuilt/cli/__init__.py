"""The `rebuilt` command: one sub-command per question, each in a module of its own.

Modules are imported only when asked for, so that `rebuilt cost` never waits for Polars or Numba.
"""

import argparse
import importlib
import sys

from rebuilt.errors import RebuiltError

COMMANDS = {
    "claims": (
        "rebuilt.cli.claims_command",
        "print the ledger: every claim of the note with its verdicts",
    ),
    "check": ("rebuilt.cli.check_command", "validate data/, seeds/ and the chapters' prose"),
    "cost": (
        "rebuilt.cli.cost_command",
        "tokens, parameters and FLOPs of one clip through one model",
    ),
    "demand": (
        "rebuilt.cli.demand_command",
        "from minutes of video a day to accelerators, watts, optical modules and dollars, what if",
    ),
    "fabric": (
        "rebuilt.cli.fabric_command",
        "switches, cables, transceivers and watts that join so many accelerators",
    ),
    "fit": ("rebuilt.cli.fit_command", "fit the hardware model to measured run times"),
    "status": (
        "rebuilt.cli.status_command",
        "how far numbers and verdicts can be looked up",
    ),
    "sweep": ("rebuilt.cli.sweep_command", "evaluate a space of designs: records or reductions"),
    "uncertainty": (
        "rebuilt.cli.uncertainty_command",
        "what undisclosed values make of a clip's cost, and which of them matters",
    ),
}


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; 0 is fine, 1 means a check found problems, 2 means bad input."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="rebuilt", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module_name, help_text) in COMMANDS.items():
        sub = commands.add_parser(name, help=help_text, description=f"{help_text.capitalize()}.")
        if argv[:1] == [name]:
            module = importlib.import_module(module_name)
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args))
    except RebuiltError as error:
        print(f"rebuilt {args.command}: {error}", file=sys.stderr)
        return 2
