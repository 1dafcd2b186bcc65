"""`rebuilt status`: how far numbers and verdicts can be looked up, as text or as JSON."""

import argparse
from typing import Any

from rebuilt.cli.answers import show
from rebuilt.page import status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print one object")


def run(args: argparse.Namespace) -> int:
    """Print the status."""
    found = status.as_object()
    return show(found, _text(found), as_json=args.json)


def _text(found: dict[str, Any]) -> str:
    hand, claims = found["by_hand"], found["claims"]
    lines = [
        f"{found['located']['share']:.1%} of {found['numbers_about_the_world']} numbers about the "
        "world have an opened source and an exact place",
        f"{hand['located']['share']:.1%} of the {hand['numbers']} in tables made by hand; "
        f"{hand['primary_opened']['share']:.1%} of these come from an opened primary source "
        f"(the aim is {hand['primary_opened']['aim']:.0%}), "
        f"{hand['primary_or_copy_opened']['share']:.1%} from one or from a copy of one; "
        "what was looked for beyond stands in --json and on the status page",
        "",
        *(f"{count:6}  {grade}" for grade, count in found["grades"].items()),
        "",
        f"{claims['on_a_primary_source']} of {claims['with_evidence']} claims with evidence rest "
        f"on an opened primary source, {claims['on_a_copy_of_one']} on a copy of one, "
        f"{claims['on_reports_and_excerpts_only']} on reports by others and excerpts alone",
    ]
    return "\n".join(lines)
