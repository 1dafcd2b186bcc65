"""`rebuilt check`: print every finding, one a line, and a summary.

Of the repository itself it is kept what passed: the very same bytes pass again with the very same
code. A change of chapters alone asks again only the rules that read them.
"""

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from rebuilt.cli.answers import show
from rebuilt.errors import OptionError
from rebuilt.evidence import state
from rebuilt.paths import BUILD, IN_CHECKOUT, ROOT, chapters

if TYPE_CHECKING:
    from rebuilt.validate.finding import Finding

PASSED = BUILD / "checked"  # digest of all that passed, and of the same without the chapters
FOLDERS = ("book", "data", "seeds", "tests/claims/checks")


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
    changes = _seal(args.root) if args.seal else []
    findings = _remembered(PASSED) if args.root == ROOT else _check(args.root)
    lines = [*changes, *findings, _summary(args.root, findings)]
    show([item.as_dict() for item in findings], "\n".join(map(str, lines)), as_json=args.json)
    return 1 if findings else 0


def _seal(root: Path) -> list[str]:
    from rebuilt.validate.descriptor import seal  # it imports Polars

    return seal(root)


def _check(root: Path, *, only_pages: bool = False) -> "list[Finding]":
    from rebuilt.validate import every_rule  # it imports Polars and Frictionless

    rules = every_rule.OF_PAGES if only_pages else every_rule.RULES
    return every_rule.check(root, rules)


def _remembered(passed: Path) -> "list[Finding]":
    """Check the repository, but for what has passed before; keep what passes now."""
    then = _look()
    last = passed.read_text(encoding="utf-8").split() if passed.is_file() else []
    if last[:1] == [then.digest]:
        return []
    findings = _check(ROOT, only_pages=last[1:] == [then.rest])
    if not findings and _look() == then:
        with contextlib.suppress(OSError):  # a checkout that cannot be written to is checked anew
            passed.parent.mkdir(parents=True, exist_ok=True)
            passed.write_text(f"{then.digest}\n{then.rest}\n", encoding="utf-8")
    return findings


def _look() -> state.State:
    """State of every file that a rule may read, and of the rules themselves."""
    folders = [ROOT / folder for folder in FOLDERS if (ROOT / folder).is_dir()]
    return state.look(state.below(*folders), chapters={*chapters(ROOT)})


def _summary(root: Path, findings: "list[Finding]") -> str:
    if not findings:
        return f"check: everything in order under {root.resolve().name}/"
    files = len({finding.file for finding in findings})
    return f"check: {len(findings)} finding(s) in {files} file(s)"
