"""The ledger: every claim of the note, checked against data/ twice.

`then` uses only what was public on the day of the note, `since` everything up to the data freeze.
A claim names its check as ``module.function`` of `rebuilt.claims.checks`.
"""

import csv
import datetime as dt
import difflib
import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.vocabulary import OF_OPINIONS, Verdict, Witness
from rebuilt.claims.wording import Claim
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import SEEDS

Check = Callable[[Claim, Facts], Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger: a claim, two findings, two verdicts and whose word each rests on."""

    claim: Claim
    then: Verdict
    since: Verdict
    computed: float | str | None
    computed_since: float | str | None
    rule: str
    rule_since: str
    sources: tuple[str, ...]
    witness: Witness | None = None
    witness_since: Witness | None = None

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


def entry(claim_id: str) -> Entry:
    """Judge one claim.

    Raises
    ------
    UnknownNameError
        If there is no such claim; the message lists near ids.
    """
    return judge(_find(claim_id), tables.freeze_date())


def claimed(claim_id: str) -> float:
    """Return the number that the note gives in one claim.

    Raises
    ------
    UnknownNameError
        If there is no such claim; the message lists near ids.
    DataError
        If the claim has no number.
    """
    return _find(claim_id).number


def _find(claim_id: str) -> Claim:
    found = {claim.id: claim for claim in read()}
    if claim_id not in found:
        near = difflib.get_close_matches(claim_id, found, n=3) or sorted(found)[:3]
        raise UnknownNameError(f"no claim {claim_id!r}; did you mean {', '.join(near)}?")
    return found[claim_id]


def find_check(claim: Claim) -> Check:
    """Return the function that a claim names.

    Raises
    ------
    UnknownNameError
        If it is not written yet; the message names claim and function.
    """
    module, _, function = claim.check.partition(".")
    try:
        found = getattr(importlib.import_module(f"rebuilt.claims.checks.{module}"), function, None)
    except ModuleNotFoundError as error:
        if error.name != f"rebuilt.claims.checks.{module}":
            raise
        found = None
    if found is None:
        msg = f"claims.csv, {claim.id}: there is no check {claim.check!r}; write it in checks/"
        raise UnknownNameError(msg)
    return found  # type: ignore[no-any-return]


def judge(claim: Claim, day: dt.date) -> Entry:
    """Judge one claim, as the ledger does or with another tolerance, on evidence up to a day.

    Raises
    ------
    DataError
        If a check passes a sentence on a judgement of the note.
    """
    if claim.untestable:
        return _untestable(claim)
    check = find_check(claim)
    note_date = tables.note_date()
    before = check(claim, _facts(min(day, note_date)))
    after = check(claim, _facts(day))
    since = verdicts.since(after, note_date) if day > note_date else Verdict.OPEN
    if claim.kind == "opinion" and not {before.verdict, after.verdict} <= OF_OPINIONS:
        msg = f"claims.csv, {claim.id}: an opinion is measured and not sentenced; its check says "
        raise DataError(f"{msg}{before.verdict}, {after.verdict}; return verdicts.opinion")
    return Entry(
        claim=claim,
        then=before.verdict,
        since=since,
        computed=before.computed,
        computed_since=after.computed,
        rule=before.rule,
        rule_since=after.rule,
        sources=tuple(sorted({*before.sources, *after.sources})),
        witness=before.witness,
        witness_since=after.witness,
    )


def _untestable(claim: Claim) -> Entry:
    return Entry(
        claim=claim,
        then=Verdict.NOT_TESTABLE,
        since=Verdict.NOT_TESTABLE,
        computed=None,
        computed_since=None,
        rule=claim.untestable,
        rule_since=claim.untestable,
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
