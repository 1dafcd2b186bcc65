"""The note's paragraphs on AMD: the MI300X, its packaging and the sales outlook."""

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence import mlperf
from rebuilt.evidence.facts import Fact, Facts
from rebuilt.evidence.mlperf import Entry

ROUND = "v4.1"  # the first round in which AMD entered the MI300X
VENDOR_TEST = "vs H100, AMD in December 2023, Llama 2 70B, vLLM FP16 against TensorRT-LLM"
PARTS = ("packaging, stack", "packaging, bonding", "packaging, interposer", "packaging, supplier")
BEFORE = "calendar 2024, outlook of October 2023, more than"
RAISED = "calendar 2024, outlook of January 2024, more than"
OUTCOME = "calendar 2024, more than"
EXACT, ROUNDED = "vendor spec, peak", "vendor spec, as rounded at the launch"


def sales_outlook(claim: Claim, facts: Facts) -> Finding:
    """Compare the outlook of January 2024 with the one before, then with what came."""
    del claim
    before, raised, actual = (
        facts.value("statements", "amd-instinct", "revenue_usd_bn", condition)
        for condition in (BEFORE, RAISED, OUTCOME)
    )
    rule = "data-center accelerators of AMD in 2024, lower bounds in 1e9 US dollars"
    if before is None or raised is None:
        return verdicts.no_evidence(rule)
    computed = f"from {before.number:g} to {raised.number:g} billion USD"
    if actual is None:
        return verdicts.states(computed, raised.number > before.number, [before, raised], rule)
    computed = f"{computed}; it became {actual.number:g}"
    held = actual.number >= raised.number > before.number
    return verdicts.states(computed, held, [before, raised, actual], rule)


def cowos_soic(claim: Claim, facts: Facts) -> Finding:
    """Look for both processes in what was reported of the packaging."""
    rule = "processes that reports name for the packaging of the MI300"
    said = facts.texts("statements", "mi300x", "statement", "packaging, processes named")
    if not said:
        return verdicts.no_evidence(rule)
    text = said[0].text or ""
    named = [name for name in (claim.term_zh, "CoWoS") if name in text]
    return verdicts.states(text, len(named) == 2, said, rule, partly=bool(named))


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
    """Take the wording literally, then as a ratio, then over the rounded figure of the launch."""
    new = facts.value("accelerators", "mi300x", "bandwidth_tb_s")
    old = facts.value("accelerators", "mi250x", "bandwidth_tb_s", EXACT)
    rounded = facts.value("accelerators", "mi250x", "bandwidth_tb_s", ROUNDED)
    return _increase(claim, new, old, rounded, "peak memory bandwidth")


def performance_vs_h100(claim: Claim, facts: Facts) -> Finding:
    """Compare MLPerf's Llama 2 70B where it was public, the vendor's own test before."""
    ours = mlperf.result(facts, Entry(accelerator="mi300x", submitter="AMD", round=ROUND))
    theirs = mlperf.result(facts, Entry(accelerator="h100-sxm", round=ROUND))
    if ours and theirs:
        rule = f"MLPerf {ROUND}, Llama 2 70B Offline, 8 MI300X (AMD) over 8 H100 (NVIDIA)"
        ratio = ours.number / theirs.number
        return verdicts.equals(claim, ratio, [ours, theirs], rule, measured=True)
    stated = facts.value("statements", "mi300x", "inference_speedup", VENDOR_TEST)
    if stated is None:
        return verdicts.no_evidence("vendor's or measured speed of MI300X over H100")
    rule = "vendor's test, Llama 2 70B, MI300X with vLLM over H100 with TensorRT-LLM"
    return verdicts.equals(claim, stated.number, [stated], rule)


def packaging(claim: Claim, facts: Facts) -> Finding:
    """Count the parts of the description that a dated source supports."""
    del claim
    rule = "stack, hybrid bonding, silicon interposer and TSMC: parts with a dated source"
    said = [facts.texts("statements", "mi300x", "statement", part) for part in PARTS]
    found = [texts[0] for texts in said if texts]
    if not found:
        return verdicts.no_evidence(rule)
    computed = f"{len(found)} of {len(PARTS)} parts"
    if len(found) < len(PARTS):
        return verdicts.pending(computed, found, rule)
    return verdicts.states(computed, True, found, rule)


def transistors(claim: Claim, facts: Facts) -> Finding:
    """Compare the number of transistors of all dies."""
    fact = facts.value("accelerators", "mi300x", "transistors_bn")
    rule = "MI300X, transistors of all dies (1e9)"
    if fact is None:
        return verdicts.no_evidence(rule)
    return verdicts.more_than(claim, fact.number, [fact], rule)


def _specification(claim: Claim, facts: Facts, quantity: str, rule: str) -> Finding:
    fact = facts.value("accelerators", "mi300x", quantity)
    if fact is None:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, fact.number, [fact], rule)


def _increase(
    claim: Claim, new: Fact | None, old: Fact | None, rounded: Fact | None, what: str
) -> Finding:
    rule = f"MI300X over MI250X, {what}, as an increase"
    if new is None or old is None:
        return verdicts.no_evidence(rule)
    ratio = new.number / old.number
    readings = {"as a ratio, not as an increase": ratio}
    used = [new, old]
    if rounded is not None:
        over = f"as a ratio over the {rounded.number:g} that was printed at its launch"
        readings[over] = new.number / rounded.number
        used.append(rounded)
    return verdicts.equals(claim, ratio - 1.0, used, rule, readings=readings)
