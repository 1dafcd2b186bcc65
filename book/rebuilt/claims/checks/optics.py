"""The note's sentences on optical modules and Coherent.

"2023Q4" is a calendar quarter: Coherent's fiscal year ends in June, so the quarter that ended on
31 December 2023 is its fiscal Q2 of 2024.
"""

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence import quarters
from rebuilt.evidence.facts import Fact, Facts

QUARTER = "FY2024Q2"
ORDERS = ("FY2023Q4", "FY2024Q1", "FY2024Q2")
UPGRADE = 2.0  # shipments of fast modules at least double within a year
STRONG = 20.0  # percent a quarter; a doubling takes less than a year
LABEL = "Coherent, quarter ended 2023-12-31 (fiscal Q2 of 2024)"
BEFORE = "2024, Dell'Oro, forecast"
UNITS = ("2024, TrendForce, estimate", "2023, TrendForce, actual")


def ai_upgrade(claim: Claim, facts: Facts) -> Finding:
    """Count modules where counts were public, take a dated forecast before."""
    del claim
    new, old = (facts.value("optics_market", "transceivers-400g-up", "units_mn", c) for c in UNITS)
    if new and old:
        ratio = new.number / old.number
        rule = f"modules of 400G and above, 2024 over 2023 (TrendForce); at least {UPGRADE:g} times"
        return verdicts.states(f"{ratio:.3g} times", ratio >= UPGRADE, [new, old], rule)
    said = facts.texts("optics_market", "transceiver-800g", "statement", BEFORE)
    rule = "forecasts that clusters for AI raise sales of 800G modules"
    if not said:
        return verdicts.no_evidence(rule)
    return verdicts.states(said[0].text or "", True, said, rule)


def revenue(claim: Claim, facts: Facts) -> Finding:
    """Compare the revenue of the calendar quarter."""
    found = quarters.revenue(facts, "coherent", QUARTER)
    if found is None:
        return verdicts.no_evidence(LABEL)
    return verdicts.equals(claim, found.number / 1000.0, [found], f"{LABEL}, 1e9 US dollars")


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
    """Count the quarters in a row for which a source tells of strong orders."""
    said = [
        facts.texts("statements", "coherent", "statement", f"AI orders, {quarter}")
        for quarter in ORDERS
    ]
    told = [found[0] for found in said if found]
    rule = "quarters up to fiscal Q2 of 2024 for which a source tells of strong orders for AI"
    if not told:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, float(len(told)), told, rule)


def revenue_800g(claim: Claim, facts: Facts) -> Finding:
    """Compare the bound that trade press reported from the results."""
    found = quarters.figure(facts, "coherent", QUARTER, "revenue_800g_usd_m", "more than")
    rule = "Coherent, 800G revenue of fiscal Q2 of 2024, a lower bound (1e9 US dollars)"
    if found is None:
        return verdicts.no_evidence(rule)
    return verdicts.at_least(claim, found.number / 1000.0, [found], rule)


def growth_800g(claim: Claim, facts: Facts) -> Finding:
    """Compare the growth that trade press reported from the results."""
    found = _growth(facts, QUARTER, "at least")
    rule = "Coherent, 800G revenue of fiscal Q2 of 2024 on the quarter before (%)"
    if found is None:
        return verdicts.no_evidence(rule)
    return verdicts.at_least(claim, found.number, [found], rule)


def shipments_800g(claim: Claim, facts: Facts) -> Finding:
    """Judge by the growth of 800G revenue, the last quarter that was told."""
    del claim
    found = _growth(facts, quarters.before(QUARTER, -1), "nearly") or _growth(
        facts, QUARTER, "at least"
    )
    rule = (
        f"growth of 800G revenue in the last quarter told, at least {STRONG:g}%; "
        "revenue stands for units, and nothing was found after March 2024"
    )
    if found is None:
        return verdicts.no_evidence(rule)
    computed = f"{found.number:g}% in a quarter"
    return verdicts.states(computed, found.number >= STRONG, [found], rule)


def ai_share(claim: Claim, facts: Facts) -> Finding:
    """Compare the share that the company expected."""
    condition = "AI part of datacom transceiver revenue, fiscal 2024"
    found = facts.value("statements", "coherent", "share_percent", condition)
    if found is None:
        return verdicts.no_evidence(
            "AI share of datacom transceiver revenue in fiscal 2024, looked for in the letter of "
            "2024-02-05 (opening only), transcripts and press; it is not a reported segment"
        )
    return verdicts.at_least(claim, found.number, [found], condition)


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


def _growth(facts: Facts, quarter: str, bound: str) -> Fact | None:
    condition = f"{bound}, quarter on quarter"
    return quarters.figure(facts, "coherent", quarter, "growth_800g_percent", condition)
