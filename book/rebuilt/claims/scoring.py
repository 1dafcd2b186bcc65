"""The score of the note: how its claims stand, kind by kind, and what the score hangs on.

Everything is computed from the ledger. Shares are of the claims that could be decided, with a
90 % Wilson interval: the claims are the whole note and no sample, so the interval says how little
a share of so few says about such claims in general, and nothing else.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

import polars as pl

from rebuilt import claims
from rebuilt.claims.entries import Entry
from rebuilt.claims.vocabulary import Verdict, Witness
from rebuilt.claims.wording import Claim, reach
from rebuilt.evidence import bibliography, tables

CONFIDENCE = 0.90
MAKERS = ("nvidia", "amd")
# What a chip does at work, in tokens or joules; every other ratio compares what chips have.
PERFORMANCE = (
    "nvidia-inference-speed", "nvidia-inference-energy", "nvidia-b100-vs-h200",
    "amd-performance-vs-h100",
)  # fmt: skip
OTHERS = "documents and reports"  # nobody in particular has to be believed
RATIOS = ("ratio", "increase_ratio", "percent")
FACTORS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Standing(StrEnum):
    """What a verdict amounts to when claims are counted."""

    KEPT = "kept"
    ENDED = "kept, then ended"
    IN_PART = "in part"
    FAILED = "failed"
    UNDECIDED = "undecided"
    NOT_JUDGED = "not judged"


_STANDING = {
    Verdict.HOLDS: Standing.KEPT,
    Verdict.ENDED: Standing.ENDED,
    Verdict.IMPRECISE: Standing.IN_PART,
    Verdict.WRONG: Standing.FAILED,
    Verdict.NOT_REPRODUCED: Standing.FAILED,
    Verdict.LATE: Standing.FAILED,
    Verdict.DID_NOT_HAPPEN: Standing.FAILED,
    Verdict.OPEN: Standing.UNDECIDED,
    Verdict.NO_EVIDENCE: Standing.UNDECIDED,
    Verdict.OPINION: Standing.NOT_JUDGED,
    Verdict.NOT_TESTABLE: Standing.NOT_JUDGED,
}
DECIDED = (Standing.KEPT, Standing.ENDED, Standing.IN_PART, Standing.FAILED)
GOOD = (Standing.KEPT, Standing.ENDED)


def on_the_day(entry: Entry) -> Standing:
    """Say how a claim stood on the evidence of the day of the note."""
    return Standing.NOT_JUDGED if entry.claim.kind == "opinion" else _STANDING[entry.then]


def today(entry: Entry) -> Standing:
    """Say how a claim stands at the freeze: as it stood, where nothing newer bears on it."""
    if entry.since is Verdict.NOTHING_NEW:
        return on_the_day(entry)
    return Standing.NOT_JUDGED if entry.claim.kind == "opinion" else _STANDING[entry.since]


def standing_of(word: Verdict) -> str:
    """Say what a verdict counts as; what is new to nobody counts as on the day."""
    return "as on the day" if word is Verdict.NOTHING_NEW else str(_STANDING[word])


def family(entry: Entry) -> str | None:
    """Name the family of a claim that the score asks about, or None.

    Ratios are those of two chips; dates to come are forecasts of a quarter or a year.
    """
    claim = entry.claim
    if claim.id in PERFORMANCE:
        return "performance ratios"
    if claim.kind == "comparison" and claim.section in MAKERS and claim.unit in RATIOS:
        return "specification ratios"
    if claim.kind == "figure" and claim.section in MAKERS:
        return "specification figures"
    if claim.kind == "date":
        return "dates of the past"
    if claim.kind == "forecast" and claim.unit in ("quarter", "year"):
        return "dates to come"
    return None


def counts(entries: Sequence[Entry], field: str) -> pl.DataFrame:
    """Count claims by their standing today: columns `field`, `standing`, `claims`.

    Parameters
    ----------
    entries : sequence of Entry
        At least one.
    field : str
        A column of the claims, such as ``"kind"`` or ``"section"``.
    """
    rows = [
        {field: getattr(entry.claim, field), "standing": str(today(entry))} for entry in entries
    ]
    return pl.DataFrame(rows).group_by(field, "standing").len("claims").sort(field, "standing")


def shares(groups: Iterable[tuple[str, Sequence[Entry]]]) -> pl.DataFrame:
    """Return the share of claims kept, then and today, of those decided, with its interval.

    Parameters
    ----------
    groups : iterable of (str, sequence of Entry)
        A name and its claims.

    Returns
    -------
    polars.DataFrame
        Columns `group`, `when`, `kept`, `decided`, `share`, `low`, `high` (percent); one row each
        for the day of the note and for today, none where no claim is decided.
    """
    rows = []
    for name, members in groups:
        for when, judged in (("on the day", on_the_day), ("today", today)):
            standings = [judged(entry) for entry in members]
            decided = sum(standing in DECIDED for standing in standings)
            if decided:
                kept = sum(standing in GOOD for standing in standings)
                low, high = interval(kept, decided)
                rows.append((name, when, kept, decided, 100 * kept / decided, low, high))
    names = ["group", "when", "kept", "decided", "share", "low", "high"]
    return pl.DataFrame(rows, schema=names, orient="row")


def witnesses(entries: Sequence[Entry]) -> pl.DataFrame:
    """Count the verdicts of both days by whose word or test they rest on alone.

    Returns
    -------
    polars.DataFrame
        Columns `rests on`, `on the day`, `today`; verdicts on evidence only.
    """
    judged = {Verdict.NO_EVIDENCE, Verdict.NOT_TESTABLE}
    then = [_witness(e.witness) for e in entries if e.then not in judged]
    since = [
        _witness(e.witness if e.since is Verdict.NOTHING_NEW else e.witness_since)
        for e in entries
        if e.then not in judged or e.since not in {*judged, Verdict.NOTHING_NEW}
    ]
    words = [*map(_witness, Witness), OTHERS]
    rows = [
        {"rests on": word, "on the day": then.count(word), "today": since.count(word)}
        for word in words
    ]
    return pl.DataFrame(rows).filter(pl.col("on the day") + pl.col("today") > 0)


def grades(entries: Sequence[Entry]) -> pl.DataFrame:
    """Say of every claim with evidence what the best of its sources is.

    Returns
    -------
    polars.DataFrame
        `claim` and one of three columns true: `primary` (a primary source was opened), `copies`
        (none was, but a copy of one), `others` (reports by others and excerpts alone).
    """
    sources = bibliography.load()
    rows = []
    for entry in entries:
        if entry.sources:
            opened = {sources[k].nature for k in entry.sources if sources[k].reading == "opened"}
            primary, copies = "primary" in opened, "copy" in opened - {"primary"}
            best = {"primary": primary, "copies": copies and not primary}
            rows.append({"claim": entry.id} | best | {"others": not any(best.values())})
    schema = {"claim": pl.String(), **dict.fromkeys(("primary", "copies", "others"), pl.Boolean())}
    return pl.DataFrame(rows, schema=schema)


def _witness(witness: Witness | None) -> str:
    return OTHERS if witness is None else witness.removeprefix("by ")


def interval(kept: int, decided: int) -> tuple[float, float]:
    """90 % Wilson interval of a share, percent (Wilson 1927)."""
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share, spread = kept / decided, z**2 / decided
    middle = share + spread / 2
    reach = sqrt(spread * (share * (1 - share) + spread / 4))
    return 100 * (middle - reach) / (1 + spread), 100 * (middle + reach) / (1 + spread)


def by_kind(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Claims of each kind, the largest kind first."""
    kinds = sorted({entry.claim.kind for entry in entries})
    groups = [(kind, [e for e in entries if e.claim.kind == kind]) for kind in kinds]
    return sorted(groups, key=lambda group: -len(group[1]))


def by_family(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Claims of each family, in the order in which the note brings them."""
    names = dict.fromkeys(name for entry in entries if (name := family(entry)))
    return [(name, [e for e in entries if family(e) == name]) for name in names]


def gains(entries: Sequence[Entry]) -> pl.DataFrame:
    """Compare what the note said of two chips with what was found, in times as much.

    A saving counts as the gain that it is: half the energy is twice as good. An increase is taken
    in the reading in which the check found it met.

    Returns
    -------
    polars.DataFrame
        Columns `claim`, `family`, `claimed`, `found`, `kept` (found over claimed); ratios of which
        nothing was measured are left out.
    """
    rows = []
    for entry in entries:
        found = entry.computed_since
        if family(entry) not in ("performance ratios", "specification ratios"):
            continue
        if isinstance(found, float):
            said, seen = (_gain(entry.claim, number) for number in (entry.claim.number, found))
            rows.append((entry.id, family(entry), said, seen, seen / said))
    names = ["claim", "family", "claimed", "found", "kept"]
    return pl.DataFrame(rows, schema=names, orient="row")


def misleading(entries: Sequence[Entry]) -> list[Entry]:
    """Claims that held on the day and have failed since, the largest gap first.

    Whoever checked them with care believed them. The gap is that of the number, if there is one.
    """
    found = [
        entry for entry in entries if on_the_day(entry) in GOOD and today(entry) is Standing.FAILED
    ]
    return sorted(found, key=lambda entry: -(gap(entry) or 0.0))


def best_aged(entries: Sequence[Entry]) -> list[Entry]:
    """Forecasts that have come true: what nothing public supported on the day comes first."""
    true = [
        entry
        for entry in entries
        if entry.claim.kind == "forecast" and entry.since is Verdict.HOLDS
    ]
    return sorted(true, key=lambda entry: entry.then is not Verdict.NO_EVIDENCE)


def gap(entry: Entry) -> float | None:
    """How far what was found since is from the claim, relative; None without two numbers."""
    try:
        claimed = entry.claim.number
    except ValueError:
        return None
    found = entry.computed_since
    return abs(found / claimed - 1) if isinstance(found, float) and claimed else None


def stretched(claim: Claim, factor: float) -> Claim:
    """Return a claim with a number whose reach, hedge or rounding, is `factor` times as long.

    Its checks then allow that much and no more. A claim without a number comes back as it is.
    """
    try:
        wanted = claim.number
    except ValueError:
        return claim
    return replace(claim, tolerance=factor * reach(claim) / abs(wanted))


def tolerance_sweep(
    entries: Sequence[Entry], factors: Sequence[float] = FACTORS
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Judge every claim again with each tolerance multiplied.

    Returns
    -------
    tuple of polars.DataFrame
        Counts (`factor`, `when`, `standing`, `claims`) and the changes against the ledger itself
        (`factor`, `claim`, `when`, `was`, `now`).
    """
    day = tables.freeze_date()
    numbers, changes = [], []
    for factor in factors:
        again = [_judged_again(entry, factor, day) for entry in entries]
        for when, judged in (("on the day", on_the_day), ("today", today)):
            standings = [judged(entry) for entry in again]
            numbers += [
                (factor, when, str(standing), standings.count(standing)) for standing in Standing
            ]
            changes += [
                (factor, before.id, when, str(judged(before)), str(now))
                for before, now in zip(entries, standings, strict=True)
                if judged(before) is not now
            ]
    return (
        pl.DataFrame(numbers, schema=["factor", "when", "standing", "claims"], orient="row"),
        pl.DataFrame(changes, schema=_CHANGES, orient="row"),
    )


def _judged_again(entry: Entry, factor: float, day: dt.date) -> Entry:
    """Judge a claim by its stretched number; one without a number cannot come out otherwise."""
    claim = stretched(entry.claim, factor)
    return entry if claim is entry.claim else claims.judge(claim, day)


_CHANGES = {"factor": pl.Float64} | dict.fromkeys(["claim", "when", "was", "now"], pl.String)


def _gain(claim: Claim, number: float) -> float:
    if claim.unit == "percent":
        return 1 + number / 100
    return 1 / number if claim.number < 1 else number
