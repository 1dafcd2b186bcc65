"""`rebuilt claims`: the ledger on a terminal or as JSON."""

import argparse
from collections import Counter
from typing import Any

from rebuilt import claims
from rebuilt.cli.answers import show


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    parser.add_argument(
        "--as-of", metavar="DATE", help="use nothing that became public after this day (YYYY-MM-DD)"
    )
    parser.add_argument("--section", help="only this section of the note, for instance nvidia")


def run(args: argparse.Namespace) -> int:
    """Print the ledger."""
    entries = claims.ledger(args.as_of, args.section)
    return show([as_object(entry) for entry in entries], report(entries), as_json=args.json)


def report(entries: list[claims.Entry]) -> str:
    """Lay the ledger out for people, one claim a line, and count the verdicts."""
    width = max(len(entry.id) for entry in entries)
    lines = [f"{'claim':{width}}  {'then':14}  {'since':14}  {'claimed':>12}  computed"]
    for entry in entries:
        computed = _short(entry.computed if entry.computed is not None else entry.computed_since)
        claimed = f"{entry.claim.claimed} {entry.claim.unit}".strip()
        lines.append(
            f"{entry.id:{width}}  {entry.then:14}  {entry.since:14}  {claimed:>12}  {computed}"
        )
    lines.append(f"\n{len(entries)} claims. Then: {_count(entry.then for entry in entries)}.")
    lines.append(f"Since: {_count(entry.since for entry in entries)}.")
    return "\n".join(lines)


def as_object(entry: claims.Entry) -> dict[str, Any]:
    """Return one ledger line as a JSON object; `claimed` is a number wherever it is one."""
    claim = entry.claim
    return {
        "id": claim.id,
        "paragraph": claim.paragraph,
        "section": claim.section,
        "kind": claim.kind,
        "statement": claim.statement,
        "term_zh": claim.term_zh,
        "claimed": _number(claim.claimed),
        "computed": entry.computed,
        "computed_since": entry.computed_since,
        "unit": claim.unit,
        "tolerance": claim.tolerance,
        "then": entry.then,
        "since": entry.since,
        "witness": entry.witness,
        "witness_since": entry.witness_since,
        "rule": entry.rule,
        "rule_since": entry.rule_since,
        "check": claim.check,
        "sources": list(entry.sources),
    }


def _number(text: str) -> float | str | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _short(computed: float | str | None) -> str:
    if computed is None:
        return "-"
    return computed if isinstance(computed, str) else f"{computed:.4g}"


def _count(verdicts: Any) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in Counter(verdicts).most_common())
