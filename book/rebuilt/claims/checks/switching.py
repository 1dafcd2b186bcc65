"""The note's sentences on switches and Arista, whose fiscal year is the calendar year."""

import datetime as dt
from dataclasses import replace

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.vocabulary import Verdict, Witness
from rebuilt.claims.wording import Claim, period
from rebuilt.evidence import quarters
from rebuilt.evidence.facts import Event, Fact, Facts

AI_WAVE = dt.date(2022, 11, 30)  # ChatGPT opens; the note gives no day
CALL = "call of February 2024"
TARGET = "2025, set November 2023"
OUTCOME = "2025, front end and back end"


def ai_upgrade(claim: Claim, facts: Facts) -> Finding:
    """Look for a source that names AI as the cause; chips that came since are told beside it."""
    del claim
    said = facts.texts("statements", "arista", "statement", CALL)
    rows = facts.rows("switch_silicon", pl.col("text").is_not_null(), quantity="announced")
    known = [_announced(row) for row in rows.iter_rows(named=True)]
    names = sorted({event.subject for event in known if event.first_day > AI_WAVE})
    rule = f"what is said to drive new switches; switch chips announced after {AI_WAVE} beside it"
    found = verdicts.caused(("AI",), said, rule, witness=Witness.MAKER)
    if not said:
        return found
    found = replace(found, computed=f"Arista: {found.computed}")
    if not names:
        return found
    used: list[Fact | Event] = [*said, *(event for event in known if event.subject in names)]
    first = f"{AI_WAVE + dt.timedelta(days=1):%B %Y}"
    chips = "switch chip" if len(names) == 1 else "switch chips"
    listed = ", ".join(map(_named, names))
    computed = f"{found.computed}; {len(names)} {chips} announced since {first}: {listed}"
    return verdicts.states(computed, found.verdict is Verdict.HOLDS, used, found.rule,
                           partly=True, witness=Witness.MAKER)  # fmt: skip


def core_business(claim: Claim, facts: Facts) -> Finding:
    """Show revenue of the whole company: the core's part is told for two years only."""
    del claim
    last = quarters.latest(facts, "arista")
    rule = (
        "Arista, revenue of the last quarter known on the year before; the whole company stands "
        "for its core"
    )
    if last is None:
        return verdicts.no_evidence(rule)
    new, old = (
        quarters.revenue(facts, "arista", quarter) for quarter in (last, quarters.before(last, 4))
    )
    if new is None or old is None:
        return verdicts.no_evidence(rule)
    growth = 100.0 * (new.number / old.number - 1.0)
    return verdicts.opinion(f"{growth:+.1f}% in {last[2:]}", [new, old], rule)


def core_parts(claim: Claim, facts: Facts) -> Finding:
    """Look for the parts of the core business, and for the operating system under them."""
    del claim
    parts = facts.texts("statements", "arista", "statement", "core business")
    system = facts.texts("statements", "arista", "statement", "operating system")
    share = facts.value("statements", "arista", "share_percent")
    found = {
        word: True if any(word in (fact.text or "") for fact in texts) else None
        for word, texts in (("cloud", parts), ("AI", parts), ("data center", parts),
                            ("operating system of its own", system))
    }  # fmt: skip
    rule = "what Arista counts as its core business, and what it says its platform is built on"
    used = [*parts, *system, *([share] if share else [])]
    return verdicts.listed(found, used, rule, witness=Witness.MAKER)


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
    computed, used = f"{low:g} to {high:g}", [slowest, fastest]
    return verdicts.states(computed, agrees, used, rule, witness=Witness.MAKER)


def energy_availability(claim: Claim, facts: Facts) -> Finding:
    """Show a measurement against another network, if there is one."""
    del claim
    condition = "of an Arista network over another"
    found = facts.value("statements", "arista", "energy_ratio", condition)
    if found is None:
        return verdicts.no_evidence(
            "energy or availability of an Arista network measured against another, looked for in "
            "releases, calls and press, which have the company's wording only"
        )
    return verdicts.opinion(f"{found.number:g} times the energy", [found], f"energy {condition}")


def bandwidth_demand(claim: Claim, facts: Facts) -> Finding:
    """Look for a source that names the demand of data centres as the reason."""
    del claim
    said = facts.texts("statements", "arista", "statement", "reason for its products")
    rule = "what is said to be the reason for Arista's products"
    return verdicts.caused(("bandwidth",), said, rule, witness=Witness.MAKER)


def ethernet_pilots(claim: Claim, facts: Facts) -> Finding:
    """Count Ethernet back ends that were built; before, quote what the company said."""
    del claim
    rows = facts.rows(
        "clusters", pl.col("text").is_not_null(), quantity="network_fabric", condition="built"
    )
    built = [_cell(row) for row in rows.sort("subject", "known_since").iter_rows(named=True)]
    ethernet = {name: fact for name, fact in built if (fact.text or "").startswith("Ethernet")}
    said = facts.texts("statements", "arista", "statement", CALL)
    rule = "what Arista says of Ethernet between GPUs, and back ends that were built"
    if not said and not built:
        return verdicts.no_evidence(rule)
    told = [f"Arista: {fact.text}" for fact in said[:1]]
    told += ["built on Ethernet: " + ", ".join(ethernet)] if ethernet else []
    computed = "; ".join(told)
    used = [*said, *ethernet.values()] or [fact for _, fact in built]
    return verdicts.states(computed or "InfiniBand only", bool(said or ethernet), used, rule,
                           witness=None if ethernet else Witness.MAKER)  # fmt: skip


def ai_revenue(claim: Claim, facts: Facts) -> Finding:
    """Compare the outcome where it is known, the company's own target before."""
    outcome = facts.value("statements", "arista", "ai_revenue_usd_m", OUTCOME)
    if outcome is not None:
        rule = (
            "Arista, AI revenue of 2025, of which it printed no figure: inferred as half of the "
            "target for 2026 that it called double (1e9 US dollars); it counts front ends too, the "
            "back end alone was not told"
        )
        found = verdicts.at_least(
            claim, outcome.number / 1000.0, [outcome], rule, witness=Witness.MAKER_INFERRED
        )
        told = f"{found.computed:g} billion USD, front ends included; the back end was not told"
        return replace(found, computed=told)
    target = facts.value("statements", "arista", "ai_revenue_target_usd_m", TARGET)
    rule = "Arista's own target for 2025, set in November 2023 (1e9 US dollars)"
    if target is None:
        return verdicts.no_evidence(rule)
    return verdicts.at_least(claim, target.number / 1000.0, [target], rule, witness=Witness.MAKER)


def _announced(row: dict[str, object]) -> Event:
    first, last = period(str(row["text"]))
    fields = {name: row[name] for name in ("subject", "source", "known_since")}
    return Event(event="announced", kind="actual", first_day=first, last_day=last, **fields)  # type: ignore[arg-type]


def _named(subject: str) -> str:
    """Write the id of a chip as a name."""
    return "-".join("AI" if word == "ai" else word.capitalize() for word in subject.split("-"))


def _cell(row: dict[str, object]) -> tuple[str, Fact]:
    fields = {name: row[name] for name in ("value", "text", "unit", "source", "known_since")}
    return str(row["subject"]), Fact(**fields)  # type: ignore[arg-type]
