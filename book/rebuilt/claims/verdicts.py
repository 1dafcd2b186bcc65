"""From a claim and its evidence to a verdict: the rules, and nothing but the rules.

A check brings evidence; a rule of this module compares it with the claim and returns a `Finding`;
`then` and `since` translate the finding into the two vocabularies of the book, which stand in
`rebuilt.claims.vocabulary`. No verdict is ever typed, neither in a check nor in a table.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rebuilt.claims.vocabulary import OF_ABSENCE, SINCE_OF, THEN_OF, Outcome, Since, Then
from rebuilt.errors import DataError
from rebuilt.evidence.facts import Event, Fact

# "Twice" allows 1.5 to 2.5 if read as a rounded figure. Where half a printed digit is more than 5 %
# of the value, a claim that is met only after rounding may be off by 10 % and no more.
COARSE = 0.05
ROUNDING = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One atomic assertion of the note: a row of seeds/claims.csv."""

    id: str
    paragraph: int
    section: str
    kind: str
    statement: str
    term_zh: str
    figures: str
    claimed: str
    unit: str
    tolerance: float | None
    check: str
    untestable: str

    @property
    def number(self) -> float:
        """The claimed value as a number.

        Raises
        ------
        DataError
            If the row has no number where its check needs one.
        """
        try:
            return float(self.claimed)
        except ValueError:
            msg = (
                f"claims.csv, {self.id}, column claimed: found {self.claimed!r}, expected a number"
            )
            raise DataError(msg) from None

    @property
    def window(self) -> tuple[dt.date, dt.date]:
        """First and last day of the claimed date, month, quarter or year."""
        return period(self.claimed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found: the recomputed value, how it compares, by which rule, from which rows."""

    outcome: Outcome
    computed: float | str | None
    rule: str
    sources: tuple[str, ...] = ()
    newest: dt.date | None = None


def then(finding: Finding) -> Then:
    """Translate a finding on the evidence of the day of the note."""
    return THEN_OF[finding.outcome]


def since(finding: Finding, note_date: dt.date) -> Since:
    """Translate a finding on the evidence up to the freeze.

    If everything that the finding rests on was public on the day of the note already, nothing has
    happened since that bears on the claim.
    """
    settled = finding.newest is not None and finding.newest <= note_date
    if settled and finding.outcome not in OF_ABSENCE:
        return Since.NOT_APPLICABLE
    return SINCE_OF[finding.outcome]


def equals(
    claim: Claim,
    computed: float,
    facts: Sequence[Fact | Event],
    rule: str,
    *,
    readings: Mapping[str, float] | None = None,
    measured: bool = False,
) -> Finding:
    """Compare a number with the claim at the precision that the note printed.

    Parameters
    ----------
    claim : Claim
        Its `claimed` text fixes the precision: ``2.4`` allows 2.35 to 2.45. One printed digit, as
        in "2 times", allows so much that anything but 2 itself only holds when rounded. A
        `tolerance` is relative and marks a hedge of the note ("nearly").
    computed : float
        The value recomputed from evidence, in the unit of the claim, in the literal reading.
    facts : sequence of Fact or Event
        The evidence used.
    rule : str
        What was computed, as a phrase: "H200 over A100 80 GB, ratio of bandwidths".
    readings : mapping of str to float, optional
        Other readings of an ambiguous wording, tried only if the literal one fails.
    measured : bool
        The value comes from a measurement, so that a shortfall reads `not reproduced`.
    """
    outcome, test = _compare(claim, computed)
    if outcome is Outcome.DIFFERENT:
        if measured:
            outcome = Outcome.NOT_REPRODUCED
        for reading, value in (readings or {}).items():
            if _compare(claim, value)[0] is not Outcome.DIFFERENT:
                outcome, computed = Outcome.OTHER_READING, value
                test = f"{test}; met {reading}"
                break
    return _finding(outcome, computed, f"{rule}; test: {test}", facts)


def more_than(claim: Claim, computed: float, facts: Sequence[Fact | Event], rule: str) -> Finding:
    """Compare a number with a claim of the form "more than"."""
    return _bound(claim, computed, computed > claim.number, facts, f"{rule}; test: more")


def at_least(claim: Claim, computed: float, facts: Sequence[Fact | Event], rule: str) -> Finding:
    """Compare a number with a claim of the form "at least"."""
    met = computed >= claim.number
    return _bound(claim, computed, met, facts, f"{rule}; test: at least as much")


def dated(claim: Claim, events: Sequence[Event], rule: str) -> Finding:
    """Compare the date of a past event with the claimed day, month, quarter or year."""
    if not events:
        return no_evidence(rule)
    first, last = claim.window
    hit = next((e for e in events if first <= e.first_day and e.last_day <= last), events[0])
    outcome = (
        Outcome.EQUAL if first <= hit.first_day and hit.last_day <= last else (Outcome.DIFFERENT)
    )
    return _finding(outcome, _days(hit), f"{rule}; test: inside the claimed {claim.unit}", [hit])


def foretold(
    claim: Claim, expected: Sequence[Event], actual: Sequence[Event], today: dt.date, rule: str
) -> Finding:
    """Judge a forecast: by what others expected before the fact, by what happened after it.

    `expected` are plans and forecasts, `actual` the events themselves, as known on `today`.
    """
    _, last = claim.window
    if actual:
        event = actual[0]
        outcome = Outcome.EQUAL if event.first_day <= last else Outcome.LATE
        return _finding(outcome, _days(event), f"{rule}; test: by the claimed time", [event])
    if today > last:
        window = f"not by {today}"
        return _finding(Outcome.NEVER, window, f"{rule}; test: by the claimed time", expected)
    agreeing = sorted((e for e in expected if _overlaps(e, claim.window)), key=_length)
    if agreeing:
        applied = "test: others expected it for the same time"
        return _finding(Outcome.EQUAL, _days(agreeing[0]), f"{rule}; {applied}", agreeing)
    if expected:
        applied = "test: others expected it for the same time"
        return _finding(Outcome.DIFFERENT, _days(expected[0]), f"{rule}; {applied}", expected)
    return no_evidence(rule)


def states(
    computed: str, agrees: bool, facts: Sequence[Fact | Event], rule: str, *, partly: bool = False
) -> Finding:
    """Compare a statement that is not a number with what the sources say.

    `partly` marks one that does not agree as a whole, but in part or in another reading.
    """
    otherwise = Outcome.OTHER_READING if partly else Outcome.DIFFERENT
    return _finding(Outcome.EQUAL if agrees else otherwise, computed, rule, facts)


def pending(computed: str, facts: Sequence[Fact | Event], rule: str) -> Finding:
    """Say that the matter is neither settled nor over."""
    return _finding(Outcome.PENDING, computed, rule, facts)


def no_evidence(
    rule: str, nearby: str | None = None, facts: Sequence[Fact | Event] = ()
) -> Finding:
    """Say that nothing was found, and what was looked for.

    `nearby` is what `facts` do say, where that bears on the claim without deciding it.
    """
    return _finding(Outcome.NO_EVIDENCE, nearby, f"{rule}; no evidence found", facts)


def period(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of ``2024``, ``2024-Q2``, ``2024-02`` or ``2024-02-20``.

    Raises
    ------
    DataError
        If the text is none of these.
    """
    year, _, rest = text.partition("-")
    try:
        if not rest:
            return dt.date(int(year), 1, 1), dt.date(int(year), 12, 31)
        if rest.startswith("Q"):
            month = 3 * int(rest[1:])
            return dt.date(int(year), month - 2, 1), _month_end(int(year), month)
        if "-" not in rest:
            return dt.date(int(year), int(rest), 1), _month_end(int(year), int(rest))
        day = dt.date.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} is not a date; write 2024, 2024-Q2, 2024-02 or 2024-02-20"
        raise DataError(msg) from None
    return day, day


def _finding(
    outcome: Outcome, computed: float | str | None, rule: str, facts: Sequence[Fact | Event]
) -> Finding:
    return Finding(
        outcome=outcome,
        computed=computed,
        rule=rule,
        sources=tuple(sorted({fact.source for fact in facts})),
        newest=max((fact.known_since for fact in facts), default=None),
    )


def _bound(
    claim: Claim, computed: float, met: bool, facts: Sequence[Fact | Event], rule: str
) -> Finding:
    outcome = Outcome.BEYOND if claim.kind == "forecast" else Outcome.EQUAL
    return _finding(outcome if met else Outcome.DIFFERENT, computed, rule, facts)


def reach(claim: Claim) -> float:
    """How far from the claimed number a value may lie for the claim to be met, in its unit.

    A hedge of the note allows its tolerance, a printed figure half a digit of it; one so coarse
    that half a digit says little may be off by `ROUNDING` and no more.
    """
    wanted, digit = abs(claim.number), _half_a_digit(claim)
    if claim.tolerance is not None:
        return claim.tolerance * wanted
    return digit if digit <= COARSE * wanted else min(digit, ROUNDING * wanted)


def _compare(claim: Claim, value: float) -> tuple[Outcome, str]:
    """Compare by the test that the wording sets: a hedge, a single digit, the precision."""
    wanted = claim.number
    close = _within(value, wanted, reach(claim))
    if claim.tolerance is not None:
        test = f"within {claim.tolerance:.0%}, as the note hedges"
        return (Outcome.ROUNDED if close else Outcome.DIFFERENT), test
    if _half_a_digit(claim) <= COARSE * abs(wanted):
        return (Outcome.EQUAL if close else Outcome.DIFFERENT), "equal at the printed precision"
    test = f"the value itself, or rounding to it from at most {ROUNDING:.0%} away"
    if math.isclose(value, wanted, rel_tol=1e-3):
        return Outcome.EQUAL, test
    return (Outcome.ROUNDED if close else Outcome.DIFFERENT), test


def _within(value: float, wanted: float, reach: float) -> bool:
    """Whether two numbers are at most `reach` apart; the last bit of a float does not decide."""
    gap = abs(value - wanted)
    return gap <= reach or math.isclose(gap, reach, rel_tol=1e-9)


def _half_a_digit(claim: Claim) -> float:
    return 0.5 * 10.0 ** int(Decimal(claim.claimed).as_tuple().exponent)


def _overlaps(event: Event, window: tuple[dt.date, dt.date]) -> bool:
    return event.first_day <= window[1] and event.last_day >= window[0]


def _length(event: Event) -> dt.timedelta:
    return event.last_day - event.first_day


def _days(event: Event) -> str:
    if event.first_day == event.last_day:
        return event.first_day.isoformat()
    return f"{event.first_day} to {event.last_day}"


def _month_end(year: int, month: int) -> dt.date:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)
