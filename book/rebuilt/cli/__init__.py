"""The `rebuilt` command: one sub-command per question, each in a module of its own.

Modules are imported only when asked for, so that `rebuilt cost` never waits for Polars or Numba.
"""

import argparse
import importlib
import sys

from rebuilt import streams
from rebuilt.cli.given_once import Given
from rebuilt.errors import RebuiltError

ABOUT = "One sub-command for each question; rebuilt COMMAND --help explains it."
BAD_INPUT, MISSING = 2, 3
LONGEST = 2000  # characters of an error that are printed: a wrong name may have a million
EXIT_CODES = (
    "exit codes: 0 fine; 1 a check found problems; 2 bad input; 3 the output or a file could not "
    "be written or read, or a package is missing; 130 interrupted; 141 the reader of a pipe went "
    "away"
)
EXTRAS = "what the core does not need comes with the extras rebuilt[book], [test] and [cluster]"
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
    "fleet": (
        "rebuilt.cli.fleet_command",
        "accelerators, layout and dollars a clip for so many clips a day",
    ),
    "fit": ("rebuilt.cli.fit_command", "fit the hardware model to measured run times"),
    "learn": (
        "rebuilt.cli.learn_command",
        "count a network's own code and write the model file that its polynomials make",
    ),
    "new": (
        "rebuilt.cli.new_command",
        "write a fact, source, claim, check, model, accelerator or chapter in its right place",
    ),
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
    """Run one sub-command.

    Returns
    -------
    int
        0: fine. 1: a check found problems. 2: bad input. 3: the output or a file could not be
        written or read, or a package is missing. 130: interrupted. 141: the reader of a pipe went
        away, as in `| head`.
    """
    streams.ready()
    try:
        try:
            return _command(sys.argv[1:] if argv is None else argv)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return streams.INTERRUPTED
    except BrokenPipeError:
        streams.drop_output()
        return streams.READER_GONE
    except ModuleNotFoundError as error:
        print(f"rebuilt: {error.name} is not installed; {EXTRAS}", file=sys.stderr)
        return MISSING
    except OSError as error:
        streams.drop_output()
        what, why = error.filename or "the output", error.strerror or error
        print(f"rebuilt: {what} could not be written or read: {why}", file=sys.stderr)
        return MISSING
    except MemoryError:
        print("rebuilt: this needs more memory than there is; ask for less", file=sys.stderr)
        return MISSING


def _command(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="rebuilt", description=ABOUT, epilog=EXIT_CODES)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module_name, help_text) in COMMANDS.items():
        sub = commands.add_parser(name, help=help_text, description=f"{help_text.capitalize()}.")
        if argv[:1] == [name]:
            sub.register("action", None, Given)
            module = importlib.import_module(module_name)
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    try:
        args = parser.parse_args(argv)
        return int(args.run(args))
    except RebuiltError as error:
        print(f"rebuilt {argv[0]}: {_cut(str(error))}", file=sys.stderr)
        return BAD_INPUT


def _cut(text: str) -> str:
    """Keep both ends of a long message, for what is expected stands at its end."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} ... {text[-half:]}"
