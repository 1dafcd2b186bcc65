"""`rebuilt new`: write a row, an entry or a file in its right place, with what is left to fill in.

Nothing is sealed: that says that the change is meant, and is for the author to say.
"""

import argparse
from pathlib import Path

from rebuilt.drafts import fields
from rebuilt.drafts.kinds import KINDS
from rebuilt.errors import OptionError
from rebuilt.paths import IN_CHECKOUT, ROOT
from rebuilt.validate.material import Material

NEXT = "Fill in what is open, then run `make seal`; it also says what is left."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; their content is read by `run`, so that errors are one sentence."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    lines = [f"  rebuilt new {name} {kind.usage}" for name, kind in KINDS.items()]
    parser.epilog = "\n".join(["kinds:", *lines])
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("name", help="what it is called; for a fact, the table it goes into")
    parser.add_argument("given", nargs="*", metavar="FIELD=VALUE", help="what is known already")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of data/, seeds/ and book/")


def run(args: argparse.Namespace) -> int:
    """Draft, write and say what is left; a bad value raises a RebuiltError, nothing written."""
    if args.root == ROOT and not IN_CHECKOUT:
        raise OptionError("this package lies outside a checkout; name one with --root FOLDER")
    made = KINDS[args.kind].draft(Material(args.root), args.name, fields.read(args.given))
    made.write(args.root)
    print("\n".join([*made.said, NEXT]))
    return 0
