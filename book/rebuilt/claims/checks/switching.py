"""The note's sentences on switches and Arista, whose fiscal year is the calendar year."""

import datetime as dt

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence import quarters
from rebuilt.evidence.facts import Event, Fact, Facts

AI_WAVE = dt.date(2022, 11, 30)  # ChatGPT opens; the note gives no day
FAST = 15.0  # percent a year; twice the size in five years
CALL = "call of February 2024"
TARGET = "2025, set November 2023"
OUTCOME = "2025, front end and back end"


def ai_upgrade(claim: Claim, facts: Facts) -> Finding:
    """Look for switch chips and systems for AI clusters that came after the wave began."""
    del claim
    rows = facts.frame("switch_silicon").filter(pl.col("text").is_not_null(), quantity="announced")
    known = [_announced(row) for row in rows.iter_rows(named=True)]
    rule = f"switch chips and systems announced after {AI_WAVE}; a new generation, not a faster one"
    if not known:
        return verdicts.no_evidence(rule)
    since = [event for event in known if event.first_day > AI_WAVE]
    names = sorted({event.subject for event in since})
    computed = f"{len(names)}: " + ", ".join(names)
    return verdicts.states(computed.rstrip(": "), bool(since), since or known, rule)


def core_business(claim: Claim, facts: Facts) -> Finding:
    """Judge by the revenue of the whole company: the core's part is told for two years only."""
    del claim
    last = quarters.latest(facts, "arista")
    rule = (
        f"Arista, revenue of the last quarter known on the year before, at least {FAST:g}%; "
        "the whole company stands for its core"
    )
    if last is None:
        return verdicts.no_evidence(rule)
    new, old = (
        quarters.revenue(facts, "arista", quarter) for quarter in (last, quarters.before(last, 4))
    )
    if new is None or old is None:
        return verdicts.no_evidence(rule)
    growth = 100.0 * (new.number / old.number - 1.0)
    return verdicts.states(f"{growth:.1f}% in {last[2:]}", growth >= FAST, [new, old], rule)


def port_speeds(claim: Claim, facts: Facts) -> Finding:
    """Ask whether the speeds that the company names include those of the note."""
    speeds = [float(figure.rstrip("G")) for figure in claim.figures.split(";")]
    ends = [
        facts.value("statements", "arista", f"{end}_port_gbps", "named as deployed, 2025")
        for end in ("slowest", "fastest")
    ]
    slowest, fastest = ends
    if slowest is None or fastest is None:
        return verdicts.no_evidence(
            "speeds that Arista names as deployed, looked for in the transcript of 2024-02-12 "
            "(opening only), call summaries and the press release"
        )
    low, high = slowest.number, fastest.number
    agrees = low <= min(speeds) and max(speeds) <= high
    rule = "speeds that Arista names as deployed include those of the note (Gbit/s)"
    return verdicts.states(f"{low:g} to {high:g}", agrees, [slowest, fastest], rule)


def energy_availability(claim: Claim, facts: Facts) -> Finding:
    """Look for a measurement against another network."""
    del claim
    condition = "of an Arista network over another"
    found = facts.value("statements", "arista", "energy_ratio", condition)
    if found is None:
        return verdicts.no_evidence(
            "energy or availability of an Arista network measured against another, looked for in "
            "releases, calls and press, which have the company's wording only"
        )
    computed = f"{found.number:g} times the energy"
    return verdicts.states(computed, found.number < 1.0, [found], f"energy {condition}")


def ethernet_pilots(claim: Claim, facts: Facts) -> Finding:
    """Count Ethernet back ends that were built; before, quote what the company said."""
    del claim
    rows = facts.frame("clusters").filter(
        pl.col("text").is_not_null(), quantity="network_fabric", condition="built"
    )
    built = [_cell(row) for row in rows.sort("subject", "known_since").iter_rows(named=True)]
    ethernet = {name: fact for name, fact in built if (fact.text or "").startswith("Ethernet")}
    others = {name: fact for name, fact in built if name not in ethernet}
    if ethernet:
        rule = "Ethernet back ends of GPU clusters that were built and told"
        return verdicts.states(", ".join(ethernet), True, list(ethernet.values()), rule)
    said = facts.texts("statements", "arista", "statement", CALL)
    rule = "what Arista says of Ethernet between GPUs, and back ends that were built"
    if said:
        return verdicts.states(said[0].text or "", True, said, rule)
    if others:
        return verdicts.states("InfiniBand only", False, list(others.values()), rule)
    return verdicts.no_evidence(rule)


def ai_revenue(claim: Claim, facts: Facts) -> Finding:
    """Compare the outcome where it is known, the company's own target before."""
    outcome = facts.value("statements", "arista", "ai_revenue_usd_m", OUTCOME)
    if outcome is not None:
        rule = (
            "Arista, AI revenue of 2025, half of the target for 2026 that is called double "
            "(1e9 US dollars); it counts front ends too, the back end alone was not told"
        )
        return verdicts.at_least(claim, outcome.number / 1000.0, [outcome], rule)
    target = facts.value("statements", "arista", "ai_revenue_target_usd_m", TARGET)
    rule = "Arista's own target for 2025, set in November 2023 (1e9 US dollars)"
    if target is None:
        return verdicts.no_evidence(rule)
    return verdicts.at_least(claim, target.number / 1000.0, [target], rule)


def _announced(row: dict[str, object]) -> Event:
    first, last = verdicts.period(str(row["text"]))
    fields = {name: row[name] for name in ("subject", "source", "known_since")}
    return Event(event="announced", kind="actual", first_day=first, last_day=last, **fields)  # type: ignore[arg-type]


def _cell(row: dict[str, object]) -> tuple[str, Fact]:
    fields = {name: row[name] for name in ("value", "text", "unit", "source", "known_since")}
    return str(row["subject"]), Fact(**fields)  # type: ignore[arg-type]
