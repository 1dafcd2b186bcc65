"""The note's paragraphs on AMD: the MI300X, its packaging and the sales outlook."""

from collections.abc import Sequence

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Case, Finding
from rebuilt.claims.vocabulary import Witness
from rebuilt.claims.wording import Claim
from rebuilt.evidence import mlperf
from rebuilt.evidence.facts import Fact, Facts

MAKERS = ("AMD", "NVIDIA")
TESTERS = {"AMD": Witness.MAKER_TEST, "TensorWave": Witness.SELLER_TEST}
BEFORE = "calendar 2024, outlook of October 2023, more than"
RAISED = "calendar 2024, outlook of January 2024, more than"
OUTCOME = "calendar 2024, more than"
EXACT, ROUNDED = "published spec, peak", "published spec, as rounded at the launch"


def sales_outlook(claim: Claim, facts: Facts) -> Finding:
    """Compare the outlook of January 2024 with the one before; what came later is told."""
    del claim
    before, raised = (
        facts.value("statements", "amd-instinct", "revenue_usd_bn", condition)
        for condition in (BEFORE, RAISED)
    )
    rule = "outlook for AMD's data-center accelerators in 2024, lower bounds in 1e9 US dollars"
    if before is None or raised is None:
        return verdicts.no_evidence(rule)
    rows = facts.rows(
        "statements",
        pl.col("value").is_not_null(),
        subject="amd-instinct",
        quantity="revenue_usd_bn",
    ).sort("known_since", "source")
    steps = list(dict.fromkeys(rows["value"].to_list()))
    computed = "from " + " to ".join(f"{step:g}" for step in steps) + " billion USD"
    used = [_fact(row) for row in rows.iter_rows(named=True)]
    held = raised.number > before.number
    return verdicts.states(computed, held, used, rule, witness=Witness.MAKER)


def cowos_soic(claim: Claim, facts: Facts) -> Finding:
    """Look for both processes in what was reported of the packaging."""
    rule = "processes that reports name for the packaging of the MI300"
    said = facts.texts("statements", "mi300x", "statement", "packaging, processes named")
    if not said:
        return verdicts.no_evidence(rule)
    text = said[0].text or ""
    named = [name for name in (claim.term_zh, "CoWoS") if name in text]
    return verdicts.states(text, len(named) == 2, said, rule, partly=bool(named),
                           witness=Witness.REPORTS)  # fmt: skip


def mi300x_announced(claim: Claim, facts: Facts) -> Finding:
    """Look for the launch among the days on which the MI300X was announced."""
    events = facts.events("mi300x", "announced", "actual")
    return verdicts.dated(claim, events, "MI300X, days of announcement (shown in June 2023)")


def cdna3(claim: Claim, facts: Facts) -> Finding:
    """Compare the name of the architecture."""
    rule = "MI300X, name of the architecture"
    said = facts.texts("statements", "mi300x", "statement", "architecture")
    if not said:
        return verdicts.no_evidence(rule)
    text = said[0].text or ""
    return verdicts.states(text, claim.term_zh in text.replace(" ", ""), said, rule)


def hbm3_stacks(claim: Claim, facts: Facts) -> Finding:
    """Compare the number of memory stacks."""
    return _specification(claim, facts, "hbm_stacks", "MI300X, stacks of HBM3")


def memory(claim: Claim, facts: Facts) -> Finding:
    """Compare the memory capacity."""
    return _specification(claim, facts, "memory_gb", "MI300X, memory capacity (GB)")


def compute_units(claim: Claim, facts: Facts) -> Finding:
    """Compare active compute units; the dies hold 320, of which 304 are used."""
    rule = "active compute units, MI300X over MI250X, increase in percent"
    new, old = (facts.value("accelerators", chip, "compute_units") for chip in ("mi300x", "mi250x"))
    if new is None or old is None:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, 100.0 * (new.number / old.number - 1.0), [new, old], rule)


def memory_vs_mi250x(claim: Claim, facts: Facts) -> Finding:
    """Take the wording literally (an increase by so many times), then as a ratio."""
    new, old = (facts.value("accelerators", chip, "memory_gb") for chip in ("mi300x", "mi250x"))
    return _increase(claim, new, old, None, "memory capacity")


def bandwidth_vs_mi250x(claim: Claim, facts: Facts) -> Finding:
    """Take the wording literally, then as a ratio, then over the rounded figure of the launch.

    What AMD itself printed later is told beside it.
    """
    new = facts.value("accelerators", "mi300x", "bandwidth_tb_s")
    old = facts.value("accelerators", "mi250x", "bandwidth_tb_s", EXACT)
    rounded = facts.value("accelerators", "mi250x", "bandwidth_tb_s", ROUNDED)
    later = facts.values("statements", "mi300x", "memory_bandwidth_ratio")
    return _increase(claim, new, old, rounded, "peak memory bandwidth", later)


def performance_vs_h100(claim: Claim, facts: Facts) -> Finding:
    """Look for one workload that reaches the claim, and say whose test it is."""
    cases = [
        Case(where=f"{pair.where}, Llama 2 70B {scenario}", value=pair.ratio,
             witness=Witness.MEASURED, facts=pair.facts)
        for scenario in ("Offline", "Server")
        for pair in mlperf.pairs(facts, "mi300x", "h100-sxm", makers=MAKERS, scenario=scenario)
    ]  # fmt: skip
    tests = facts.rows("statements", pl.col("value").is_not_null(), subject="mi300x",
                       quantity="inference_speedup")  # fmt: skip
    cases += [
        Case(where=str(row["condition"]), value=row["value"], witness=witness, facts=(_fact(row),))
        for row in tests.sort("known_since", "condition").iter_rows(named=True)
        for tester, witness in TESTERS.items() if f", {tester} " in row["condition"]
    ]  # fmt: skip
    return verdicts.exists(claim, cases, "speed of MI300X over H100 in single workloads")


def packaging(claim: Claim, facts: Facts) -> Finding:
    """Ask for dated sources of the stack and of its hybrid bonding."""
    del claim
    parts = {"dies stacked on dies": "packaging, stack", "hybrid bonding": "packaging, bonding"}
    said = {name: _said(facts, part) for name, part in parts.items()}
    found = {name: bool(texts) or None for name, texts in said.items()}
    used: list[Fact] = [fact for texts in said.values() for fact in texts]
    return verdicts.listed(found, used, "parts of the description with a dated source")


def interposer(claim: Claim, facts: Facts) -> Finding:
    """Look for the interposer under dies and memory."""
    del claim
    said = _said(facts, "packaging, interposer")
    return verdicts.told(said, ("silicon interposer",), "what stack and memory stand on")


def packaging_supplier(claim: Claim, facts: Facts) -> Finding:
    """Ask whose scheme the packaging is; who else packages and tests is told beside it."""
    del claim
    said = _said(facts, "packaging, supplier")
    schemes = _said(facts, "packaging, processes named")
    others = _said(facts, "packaging, other reports")
    rule = "whose packaging scheme the MI300 has, by reports; who packages and tests is told too"
    used = [*said, *schemes, *others]
    if not said and not schemes:
        return verdicts.no_evidence(rule)
    computed = "; ".join(dict.fromkeys(fact.text or "" for fact in used))
    whose = all("TSMC" in (fact.text or "") for fact in [*said, *schemes])
    return verdicts.states(computed, whose, used, rule, witness=Witness.REPORTS)


def transistors(claim: Claim, facts: Facts) -> Finding:
    """Compare the number of transistors of all dies."""
    fact = facts.value("accelerators", "mi300x", "transistors_bn")
    rule = "MI300X, transistors of all dies (1e9)"
    if fact is None:
        return verdicts.no_evidence(rule)
    return verdicts.more_than(claim, fact.number, [fact], rule, witness=Witness.MAKER)


def _specification(claim: Claim, facts: Facts, quantity: str, rule: str) -> Finding:
    fact = facts.value("accelerators", "mi300x", quantity)
    if fact is None:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, fact.number, [fact], rule, witness=Witness.MAKER)


def _said(facts: Facts, condition: str) -> list[Fact]:
    return facts.texts("statements", "mi300x", "statement", condition)


def _fact(row: dict[str, object]) -> Fact:
    return Fact(**{name: row[name] for name in Fact.__dataclass_fields__})  # type: ignore[arg-type]


def _increase(
    claim: Claim,
    new: Fact | None,
    old: Fact | None,
    rounded: Fact | None,
    what: str,
    later: Sequence[Fact] = (),
) -> Finding:
    rule = f"MI300X over MI250X, {what}, as an increase"
    if new is None or old is None:
        return verdicts.no_evidence(rule)
    if later:
        rule = f"{rule}; AMD printed {later[-1].number:g} times later"
    ratio = new.number / old.number
    readings = {"as a ratio, not as an increase": ratio}
    used = [new, old, *later]
    if rounded is not None:
        over = f"as a ratio over the {rounded.number:g} that was printed at its launch"
        readings[over] = new.number / rounded.number
        used.append(rounded)
    return verdicts.equals(claim, ratio - 1.0, used, rule, readings=readings)
