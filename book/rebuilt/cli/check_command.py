"""`rebuilt check`: print every finding, one a line, and a summary."""

import argparse
from pathlib import Path

from rebuilt.cli.answers import show
from rebuilt.errors import OptionError
from rebuilt.paths import IN_CHECKOUT, ROOT
from rebuilt.validate.descriptor import seal
from rebuilt.validate.every_rule import check
from rebuilt.validate.finding import Finding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rebuilt check`."""
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of data/, seeds/ and book/")
    parser.add_argument("--json", action="store_true", help="print the findings as a JSON list")
    parser.add_argument(
        "--seal",
        action="store_true",
        help="first write hash, bytes and rows of every file into its descriptor",
    )


def run(args: argparse.Namespace) -> int:
    """Check, print and return 1 when anything was found, 0 otherwise."""
    if args.root == ROOT and not IN_CHECKOUT:
        raise OptionError("this package lies outside a checkout; name one with --root FOLDER")
    changes = seal(args.root) if args.seal else []
    findings = check(args.root)
    lines = [*changes, *findings, _summary(args.root, findings)]
    show([item.as_dict() for item in findings], "\n".join(map(str, lines)), as_json=args.json)
    return 1 if findings else 0


def _summary(root: Path, findings: list[Finding]) -> str:
    if not findings:
        return f"check: everything in order under {root.name}/"
    files = len({finding.file for finding in findings})
    return f"check: {len(findings)} finding(s) in {files} file(s)"
