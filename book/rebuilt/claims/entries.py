"""The ledger: every claim of the note, checked against data/ twice.

`then` uses only what was public on the day of the note, `since` everything up to the data freeze.
A claim names its check as ``module.function`` of `rebuilt.claims.checks`; one whose function does
not exist yet is `unchecked` and counted as such.
"""

import csv
import datetime as dt
import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.claims.vocabulary import Since, Then
from rebuilt.errors import UnknownNameError
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import SEEDS

Check = Callable[[Claim, Facts], Finding]
NOT_YET = "the check of this claim is not written yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger: a claim, two findings, two verdicts."""

    claim: Claim
    then: Then
    since: Since
    computed: float | str | None
    computed_since: float | str | None
    rule: str
    rule_since: str
    sources: tuple[str, ...]

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.claim.id

    @property
    def statement(self) -> str:
        """The claim in one English sentence."""
        return self.claim.statement


def read() -> list[Claim]:
    """Read all claims of seeds/claims.csv, in the order of the note."""
    path = open_input(SEEDS / "claims.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return [_claim(row) for row in csv.DictReader(lines)]


def ledger(as_of: str | dt.date | None = None, section: str | None = None) -> list[Entry]:
    """Judge every claim, or those of one section.

    Parameters
    ----------
    as_of : str or datetime.date, optional
        Nothing that became public later is used: `since` ends on that day, and so does `then` if
        the day is before the note. Default is the data freeze.
    section : str, optional
        A section of the note, such as ``"nvidia"``.

    Raises
    ------
    UnknownNameError
        If no claim has that section.
    """
    day = tables.freeze_date() if as_of is None else tables.parse_date(as_of)
    claims = read()
    sections = sorted({claim.section for claim in claims})
    if section is not None and section not in sections:
        raise UnknownNameError(f"no section {section!r}; known are: {', '.join(sections)}")
    return [judge(claim, day) for claim in claims if section in (None, claim.section)]


def find_check(claim: Claim) -> Check | None:
    """Return the function that a claim names, or None while it is not written."""
    module, _, function = claim.check.partition(".")
    try:
        found = getattr(importlib.import_module(f"rebuilt.claims.checks.{module}"), function, None)
    except ModuleNotFoundError as error:
        if error.name != f"rebuilt.claims.checks.{module}":
            raise
        return None
    return found


def judge(claim: Claim, day: dt.date) -> Entry:
    """Judge one claim, as the ledger does or with another tolerance, on evidence up to a day."""
    if claim.untestable:
        return _without_check(claim, Then.NOT_TESTABLE, Since.NOT_APPLICABLE, claim.untestable)
    check = find_check(claim)
    if check is None:
        return _without_check(claim, Then.UNCHECKED, Since.UNKNOWN, NOT_YET)
    note_date = tables.note_date()
    before = check(claim, _facts(min(day, note_date)))
    after = check(claim, _facts(day))
    return Entry(
        claim=claim,
        then=verdicts.then(before),
        since=verdicts.since(after, note_date) if day > note_date else Since.OPEN,
        computed=before.computed,
        computed_since=after.computed,
        rule=before.rule,
        rule_since=after.rule,
        sources=tuple(sorted({*before.sources, *after.sources})),
    )


def _without_check(claim: Claim, then: Then, since: Since, why: str) -> Entry:
    return Entry(
        claim=claim,
        then=then,
        since=since,
        computed=None,
        computed_since=None,
        rule=why,
        rule_since=why,
        sources=(),
    )


@functools.cache
def _facts(day: dt.date) -> Facts:
    return Facts(day)


def _claim(row: dict[str, str]) -> Claim:
    numbers: dict[str, Any] = {
        "paragraph": int(row["paragraph"]),
        "tolerance": float(row["tolerance"]) if row["tolerance"] else None,
    }
    return Claim(**{**row, **numbers})
