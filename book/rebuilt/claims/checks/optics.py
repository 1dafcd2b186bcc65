"""The note's sentences on optical modules and Coherent.

"2023Q4" is a calendar quarter: Coherent's fiscal year ends in June, so the quarter that ended on
31 December 2023 is its fiscal Q2 of 2024.
"""

from dataclasses import replace

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.vocabulary import Witness
from rebuilt.claims.wording import Claim
from rebuilt.evidence import quarters
from rebuilt.evidence.facts import Fact, Facts

QUARTER = "FY2024Q2"
ENDS = {"FY2023Q4": "June 2023", "FY2024Q1": "September 2023", "FY2024Q2": "December 2023"}
ORDERS = tuple(ENDS)
LABEL = "Coherent, quarter ended 2023-12-31 (fiscal Q2 of 2024)"
BEFORE = "2024, Dell'Oro, forecast"
UNITS = ("2024, TrendForce, estimate", "2023, TrendForce, actual")


def ai_upgrade(claim: Claim, facts: Facts) -> Finding:
    """Look for a source that names AI as the cause; the counts are told beside it."""
    del claim
    told = {f"Coherent, quarter to {end}": _orders(facts, quarter) for quarter, end in ENDS.items()}
    told["Dell'Oro"] = facts.texts("optics_market", "transceiver-800g", "statement", BEFORE)
    said = [fact for texts in told.values() for fact in texts]
    new, old = (facts.value("optics_market", "transceivers-400g-up", "units_mn", c) for c in UNITS)
    found = verdicts.caused(("AI",), said, "what is said to raise sales of fast modules",
                            witness=Witness.MAKER)  # fmt: skip
    if not said:
        return found
    who = next(
        who for who, texts in told.items() if any(fact.text == found.computed for fact in texts)
    )
    found = replace(found, computed=f"{who}: {found.computed}")
    if not (new and old):
        return found
    grew = f"modules of 400G and above in 2024: {new.number / old.number:.3g} times those of 2023"
    return verdicts.states(f"{found.computed}; by TrendForce's count {grew}",
                           new.number > old.number, [new, old, *said], found.rule,
                           witness=Witness.MAKER)  # fmt: skip


def revenue(claim: Claim, facts: Facts) -> Finding:
    """Compare the revenue of the calendar quarter."""
    found = quarters.revenue(facts, "coherent", QUARTER)
    if found is None:
        return verdicts.no_evidence(LABEL)
    return verdicts.equals(claim, found.number / 1000.0, [found], f"{LABEL}, 1e9 US dollars",
                           witness=Witness.MAKER)  # fmt: skip


def revenue_guidance(claim: Claim, facts: Facts) -> Finding:
    """Compare with the middle of the range that was announced three months earlier."""
    del claim
    low, high = (
        facts.value("statements", "coherent", f"guidance_{end}_usd_m", QUARTER)
        for end in ("low", "high")
    )
    found = quarters.revenue(facts, "coherent", QUARTER)
    if low is None or high is None or found is None:
        return verdicts.no_evidence(
            f"range announced for {QUARTER}, looked for in the shareholder letter of 2023-11-06 "
            "(opening only), slides, press and call summaries"
        )
    middle = (low.number + high.number) / 2.0
    computed = f"{found.number:g} against {middle:g} million USD"
    rule = f"{LABEL}, against the middle of the announced range"
    return verdicts.states(computed, found.number > middle, [found, low, high], rule)


def revenue_yoy(claim: Claim, facts: Facts) -> Finding:
    """Compare with the same quarter of the year before."""
    return _change(claim, facts, 4, "the year before")


def revenue_qoq(claim: Claim, facts: Facts) -> Finding:
    """Compare with the quarter before."""
    return _change(claim, facts, 1, "the quarter before")


def ai_orders(claim: Claim, facts: Facts) -> Finding:
    """Ask of each quarter in a row whether a source tells of strong orders."""
    del claim
    said = {quarter: _orders(facts, quarter) for quarter in ORDERS}
    found = {quarter: bool(texts) or None for quarter, texts in said.items()}
    used = [texts[0] for texts in said.values() if texts]
    rule = "quarters up to fiscal Q2 of 2024 for which a source tells of strong orders for AI"
    return verdicts.listed(found, used, rule, witness=Witness.MAKER)


def revenue_800g(claim: Claim, facts: Facts) -> Finding:
    """Compare the bound that trade press reported from the results."""
    found = quarters.figure(facts, "coherent", QUARTER, "revenue_800g_usd_m", "more than")
    rule = "Coherent, 800G revenue of fiscal Q2 of 2024, a lower bound (1e9 US dollars)"
    if found is None:
        return verdicts.no_evidence(rule)
    return verdicts.at_least(claim, found.number / 1000.0, [found], rule, witness=Witness.MAKER)


def growth_800g(claim: Claim, facts: Facts) -> Finding:
    """Compare the growth that trade press reported from the results."""
    found = _growth(facts, QUARTER, "at least")
    rule = "Coherent, 800G revenue of fiscal Q2 of 2024 on the quarter before (%)"
    if found is None:
        return verdicts.no_evidence(rule)
    return verdicts.at_least(claim, found.number, [found], rule, witness=Witness.MAKER)


def shipments_800g(claim: Claim, facts: Facts) -> Finding:
    """Judge by the growth of 800G revenue, the last quarter that was told; only its sign counts."""
    del claim
    told = [_growth(facts, QUARTER, "at least"),
            _growth(facts, quarters.before(QUARTER, -1), "nearly")]  # fmt: skip
    known = [fact for fact in told if fact is not None]
    rule = (
        "growth of 800G revenue quarter by quarter; revenue stands for units, and nothing was "
        "found after March 2024"
    )
    if not known:
        return verdicts.no_evidence(rule)
    computed = ", then ".join(f"{fact.number:g}%" for fact in known) + " in a quarter"
    return verdicts.states(computed, known[-1].number > 0, known, rule, witness=Witness.MAKER)


def ai_share(claim: Claim, facts: Facts) -> Finding:
    """Compare the share that the company expected."""
    condition = "AI part of datacom transceiver revenue, fiscal 2024"
    found = facts.value("statements", "coherent", "share_percent", condition)
    if found is None:
        return verdicts.no_evidence(
            "AI share of datacom transceiver revenue in fiscal 2024, looked for in the letter of "
            "2024-02-05 (opening only), transcripts and press; it is not a reported segment"
        )
    return verdicts.at_least(claim, found.number, [found], condition, witness=Witness.MAKER)


def year_1t6(claim: Claim, facts: Facts) -> Finding:
    """Judge the launch by first revenue after, by what the industry expected before."""
    expected = facts.events("transceiver-1.6t", "revenue", "plan", "forecast")
    actual = facts.events("transceiver-1.6t", "revenue", "actual")
    return verdicts.foretold(
        claim, expected, actual, facts.as_of, "first revenue from 1.6T modules"
    )


def _change(claim: Claim, facts: Facts, back: int, than: str) -> Finding:
    new = quarters.revenue(facts, "coherent", QUARTER)
    old = quarters.revenue(facts, "coherent", quarters.before(QUARTER, back))
    if new is None or old is None:
        return verdicts.no_evidence(f"{LABEL}, and {than}")
    exact = 100.0 * (new.number / old.number - 1.0)
    rounded = 100.0 * (round(new.number / 1000.0, 3) / round(old.number / 1000.0, 3) - 1.0)
    readings = {"with both revenues rounded to 0.001 billion first": rounded}
    rule = f"{LABEL} on {than}, from thousands of dollars (%)"
    return verdicts.equals(claim, exact, [new, old], rule, readings=readings)


def _orders(facts: Facts, quarter: str) -> list[Fact]:
    return facts.texts("statements", "coherent", "statement", f"AI orders, {quarter}")


def _growth(facts: Facts, quarter: str, bound: str) -> Fact | None:
    condition = f"{bound}, quarter on quarter"
    return quarters.figure(facts, "coherent", quarter, "growth_800g_percent", condition)
