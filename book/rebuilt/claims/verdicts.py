"""From a claim and its evidence to a verdict: the rules, and nothing but the rules.

A check brings evidence; a rule of this module compares it with the claim and returns a `Finding`;
`since` says whether anything newer bears on it. The words stand in `rebuilt.claims.vocabulary`.
No verdict is ever typed, neither in a check nor in a table.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rebuilt.claims.units import units
from rebuilt.claims.vocabulary import OF_ABSENCE, Verdict, Witness
from rebuilt.claims.wording import Claim, compare, reach
from rebuilt.evidence.facts import Event, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found: the recomputed value, how it compares, by which rule, from which rows.

    `witness` names whose word or test it rests on where nobody independent stands behind it.
    """

    verdict: Verdict
    computed: float | str | None
    rule: str
    sources: tuple[str, ...] = ()
    newest: dt.date | None = None
    witness: Witness | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One instance of what a claim says exists: where it was found, how large, who says so."""

    where: str
    value: float
    witness: Witness
    facts: tuple[Fact | Event, ...]


# The strength of a witness, the strongest first.
STRENGTH = (
    Witness.MEASURED,
    Witness.SELLER_TEST,
    Witness.MAKER_TEST,
    Witness.MAKER,
    Witness.REPORTS,
)


def since(finding: Finding, note_date: dt.date) -> Verdict:
    """Return the verdict at the freeze.

    If everything that the finding rests on was public on the day of the note already, nothing has
    happened since that bears on the claim.
    """
    settled = finding.newest is not None and finding.newest <= note_date
    if settled and finding.verdict not in OF_ABSENCE:
        return Verdict.NOTHING_NEW
    return finding.verdict


def equals(
    claim: Claim,
    computed: float,
    facts: Sequence[Fact | Event],
    rule: str,
    *,
    readings: Mapping[str, float] | None = None,
    witness: Witness | None = None,
) -> Finding:
    """Compare a number with the claim at the precision that the note printed.

    Parameters
    ----------
    claim : Claim
        Its `claimed` text fixes the precision: ``2.4`` allows 2.35 to 2.45. One printed digit, as
        in "2 times", allows so much that a value must lie within 10 % as well. A `tolerance` is
        relative and marks a hedge of the note ("nearly").
    computed : float
        The value recomputed from evidence, in the unit of the claim, in the literal reading.
    facts : sequence of Fact or Event
        The evidence used.
    rule : str
        What was computed, as a phrase: "H200 over A100 80 GB, ratio of bandwidths".
    readings : mapping of str to float, optional
        Other readings of an ambiguous wording, tried only if the literal one fails.
    witness : Witness, optional
        Who stands behind the value; a shortfall `MEASURED` by others reads `not reproduced`.
    """
    met, test = compare(claim, computed)
    verdict = Verdict.HOLDS
    if not met:
        measured = witness is Witness.MEASURED
        verdict = Verdict.NOT_REPRODUCED if measured else Verdict.WRONG
        for reading, value in (readings or {}).items():
            if compare(claim, value)[0]:
                verdict, computed = Verdict.IMPRECISE, value
                test = f"{test}; met {reading}"
                break
    return _finding(verdict, computed, f"{rule}; test: {test}", facts, witness)


def more_than(
    claim: Claim,
    computed: float,
    facts: Sequence[Fact | Event],
    rule: str,
    *,
    witness: Witness | None = None,
) -> Finding:
    """Compare a number with a claim of the form "more than"."""
    verdict = Verdict.HOLDS if computed > claim.number else Verdict.WRONG
    return _finding(verdict, computed, f"{rule}; test: more", facts, witness)


def at_least(
    claim: Claim,
    computed: float,
    facts: Sequence[Fact | Event],
    rule: str,
    *,
    witness: Witness | None = None,
) -> Finding:
    """Compare a number with a claim of the form "at least"."""
    verdict = Verdict.HOLDS if computed >= claim.number else Verdict.WRONG
    return _finding(verdict, computed, f"{rule}; test: at least as much", facts, witness)


def exists(claim: Claim, cases: Sequence[Case], rule: str) -> Finding:
    """Judge a claim that something occurs "in some cases" or "up to" a value.

    One case that reaches the claim meets it, the one with the strongest witness is told; cases that
    fall short do not refute it, however many and however well measured they are.
    """
    rule = f"{rule}; test: one case that reaches it"
    met = [case for case in cases if case.value >= claim.number - reach(claim)]
    if met:
        best = min(met, key=lambda case: (STRENGTH.index(case.witness), case.value))
        told = f"{rule}; met: {best.where} ({len(met)} of {len(cases)} cases)"
        return _finding(Verdict.HOLDS, best.value, told, best.facts, best.witness)
    if not cases:
        return no_evidence(rule)
    most = max(cases, key=lambda case: case.value)
    used = [fact for case in cases for fact in case.facts]
    told = f"{rule}; the most found: {most.where}"
    return _finding(Verdict.OPEN, most.value, told, used, most.witness)


def dated(claim: Claim, events: Sequence[Event], rule: str) -> Finding:
    """Compare the date of a past event with the claimed day, month, quarter or year."""
    if not events:
        return no_evidence(rule)
    first, last = claim.window
    hit = next((e for e in events if first <= e.first_day and e.last_day <= last), events[0])
    inside = first <= hit.first_day and hit.last_day <= last
    verdict = Verdict.HOLDS if inside else Verdict.WRONG
    return _finding(verdict, _days(hit), f"{rule}; test: inside the claimed {claim.unit}", [hit])


def foretold(
    claim: Claim, expected: Sequence[Event], actual: Sequence[Event], today: dt.date, rule: str
) -> Finding:
    """Judge a forecast: by what others expected before the fact, by what happened after it.

    `expected` are plans and forecasts, `actual` the events themselves, as known on `today`.
    """
    _, last = claim.window
    if actual:
        event = actual[0]
        verdict = Verdict.HOLDS if event.first_day <= last else Verdict.LATE
        return _finding(verdict, _days(event), f"{rule}; test: by the claimed time", [event])
    if today > last:
        window = f"not by {today}"
        applied = f"{rule}; test: by the claimed time"
        return _finding(Verdict.DID_NOT_HAPPEN, window, applied, expected)
    agreeing = sorted((e for e in expected if _overlaps(e, claim.window)), key=_length)
    if expected:
        found = agreeing or list(expected)
        verdict = Verdict.HOLDS if agreeing else Verdict.WRONG
        applied = f"{rule}; test: others expected it for the same time"
        return _finding(verdict, _days(found[0]), applied, found)
    return no_evidence(rule)


def states(
    computed: str,
    agrees: bool,
    facts: Sequence[Fact | Event],
    rule: str,
    *,
    partly: bool = False,
    witness: Witness | None = None,
) -> Finding:
    """Compare a statement that is not a number with what the sources say.

    `partly` marks one that does not agree as a whole, but in part or in another reading.
    """
    otherwise = Verdict.IMPRECISE if partly else Verdict.WRONG
    return _finding(Verdict.HOLDS if agrees else otherwise, computed, rule, facts, witness)


def listed(
    found: Mapping[str, bool | None],
    facts: Sequence[Fact | Event],
    rule: str,
    *,
    witness: Witness | None = None,
) -> Finding:
    """Judge a list, item by item: True is borne out, False contradicted, None not found.

    All borne out: holds. Some borne out and some contradicted: imprecise. All contradicted: wrong.
    Some not found and none contradicted: open. None found: no evidence.
    """
    met = [item for item, said in found.items() if said]
    missing = [item for item, said in found.items() if said is None]
    against = [item for item, said in found.items() if said is False]
    if len(missing) == len(found):
        return no_evidence(rule)
    verdict = Verdict.HOLDS
    if against:
        verdict = Verdict.IMPRECISE if met else Verdict.WRONG
    elif missing:
        verdict = Verdict.OPEN
    groups = (("not", against), ("not found", missing))
    told = [f"{len(met)} of {len(found)}"] + [
        f"{word}: {', '.join(items)}" for word, items in groups if items
    ]
    return _finding(verdict, "; ".join(told), f"{rule}; test: item by item", facts, witness)


def told(
    said: Sequence[Fact], words: Sequence[str], rule: str, *, witness: Witness | None = None
) -> Finding:
    """Judge a statement by the words that must stand in what sources say: all, some or none."""
    if not said:
        return no_evidence(rule)
    found = sum(any(word in (fact.text or "") for fact in said) for word in words)
    whole, partly = found == len(words), bool(found)
    return states(said[0].text or "", whole, said, rule, partly=partly, witness=witness)


def outlasted(
    stood: Finding, ends: Sequence[Event], facts: Sequence[Fact | Event] = (), *, unit: str = ""
) -> Finding:
    """Tell of what was so and has ended: an end refutes neither an event nor a description.

    A finding that is a number needs the claim's unit, for it becomes part of a sentence.
    """
    if not ends or stood.verdict not in (Verdict.HOLDS, Verdict.IMPRECISE):
        return stood
    found = stood.computed
    if isinstance(found, float):
        found = f"{found:g} {units()[unit].printed}"
    return replace(
        stood,
        verdict=Verdict.ENDED,
        computed=f"{found}; ended {_days(ends[0])}",
        sources=tuple(sorted({*stood.sources, ends[0].source, *(f.source for f in facts)})),
        newest=max(filter(None, [stood.newest, ends[0].known_since])),
    )


def caused(
    wanted: Sequence[str], said: Sequence[Fact], rule: str, *, witness: Witness | None = None
) -> Finding:
    """Judge a claim of cause: it holds where a dated source names the cause, and is open else."""
    rule = f"{rule}; test: a dated source names the cause"
    naming = [fact for fact in said if any(word in (fact.text or "") for word in wanted)]
    if naming:
        return _finding(Verdict.HOLDS, naming[0].text, rule, naming, witness)
    if said:
        return _finding(Verdict.OPEN, said[0].text, rule, said, witness)
    return no_evidence(rule)


def late(computed: str, facts: Sequence[Fact | Event], rule: str) -> Finding:
    """Say that what the claim tells as past came about only after the note."""
    return _finding(Verdict.LATE, computed, f"{rule}; test: by the day of the note", facts)


def opinion(measure: str | None, facts: Sequence[Fact | Event], rule: str) -> Finding:
    """Show a measure beside a judgement and pass no sentence; the measure is ours."""
    if measure is None:
        return no_evidence(rule)
    return _finding(Verdict.OPINION, measure, f"our measure: {rule}", facts)


def pending(
    computed: str,
    facts: Sequence[Fact | Event],
    rule: str,
    *,
    witness: Witness | None = None,
) -> Finding:
    """Say that the matter is neither settled nor over."""
    return _finding(Verdict.OPEN, computed, rule, facts, witness)


def no_evidence(
    rule: str, nearby: str | None = None, facts: Sequence[Fact | Event] = ()
) -> Finding:
    """Say that nothing was found, and what was looked for.

    `nearby` is what `facts` do say, where that bears on the claim without deciding it.
    """
    return _finding(Verdict.NO_EVIDENCE, nearby, f"{rule}; no evidence found", facts)


def _finding(
    verdict: Verdict,
    computed: float | str | None,
    rule: str,
    facts: Sequence[Fact | Event],
    witness: Witness | None = None,
) -> Finding:
    return Finding(
        verdict=verdict,
        computed=computed,
        rule=rule,
        sources=tuple(sorted({fact.source for fact in facts})),
        newest=max((fact.known_since for fact in facts), default=None),
        witness=witness,
    )


def _overlaps(event: Event, window: tuple[dt.date, dt.date]) -> bool:
    return event.first_day <= window[1] and event.last_day >= window[0]


def _length(event: Event) -> dt.timedelta:
    return event.last_day - event.first_day


def _days(event: Event) -> str:
    if event.first_day == event.last_day:
        return event.first_day.isoformat()
    return f"{event.first_day} to {event.last_day}"
