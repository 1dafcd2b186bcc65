"""The note's paragraphs on NVIDIA: H200, B100, X100, custom chips."""

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.errors import DataError
from rebuilt.evidence import mlperf, tables
from rebuilt.evidence.facts import Fact, Facts
from rebuilt.evidence.mlperf import Entry

LATEST_SHARED_ROUND = "v4.1"  # the last round in which NVIDIA entered both H100 and H200 itself
VENDOR_TEST = (
    "vs H100, Llama 2 70B, one GPU, FP8, input 2048, output 128, batch 32 vs 8, preliminary"
)


def h200_announced(claim: Claim, facts: Facts) -> Finding:
    """Compare the announced day."""
    events = facts.events("h200-sxm", "announced", "actual")
    return verdicts.dated(claim, events, "H200, day of the announcement")


def first_hbm3e(claim: Claim, facts: Facts) -> Finding:
    """Look for a product with HBM3e that was announced before the H200."""
    del claim
    ours = facts.events("h200-sxm", "announced", "actual")
    others = facts.events("gh200", "announced", "actual")
    if not ours or not others:
        return verdicts.no_evidence("HBM3e products by day of announcement")
    earlier = others[0].first_day < ours[0].first_day
    computed = f"GH200 with HBM3e: {others[0].first_day}; H200: {ours[0].first_day}"
    rule = (
        "HBM3e products by day of announcement; the GH200 combines a CPU with its GPU, "
        "so the H200 is first only among accelerators sold by themselves"
    )
    return verdicts.states(computed, not earlier, [*ours, *others], rule, partly=earlier)


def h200_bandwidth(claim: Claim, facts: Facts) -> Finding:
    """Compare the vendor's peak bandwidth."""
    return _specification(claim, facts, "bandwidth_tb_s", "H200, peak memory bandwidth (TB/s)")


def h200_memory(claim: Claim, facts: Facts) -> Finding:
    """Compare the usable capacity."""
    return _specification(claim, facts, "memory_gb", "H200, memory capacity (GB)")


def capacity_vs_a100(claim: Claim, facts: Facts) -> Finding:
    """Divide the capacities; the A100 of 80 GB is the version that was sold when the H200 came."""
    return _over_a100(claim, facts, "memory_gb", "capacity")


def bandwidth_vs_a100(claim: Claim, facts: Facts) -> Finding:
    """Take the wording literally (an increase by so many times), then as a ratio."""
    return _over_a100(claim, facts, "bandwidth_tb_s", "bandwidth")


def inference_speed(claim: Claim, facts: Facts) -> Finding:
    """Compare MLPerf's Llama 2 70B where it was public, the vendor's own test before."""
    h200 = mlperf.result(facts, Entry(accelerator="h200-sxm", round=LATEST_SHARED_ROUND))
    h100 = mlperf.result(facts, Entry(accelerator="h100-sxm", round=LATEST_SHARED_ROUND))
    if h200 and h100:
        rule = f"MLPerf {LATEST_SHARED_ROUND}, Llama 2 70B Offline, 8 H200 over 8 H100 (NVIDIA)"
        return verdicts.equals(claim, _ratio(h200, h100), [h200, h100], rule, measured=True)
    stated = facts.value("statements", "h200-sxm", "inference_speedup", VENDOR_TEST)
    if stated is None or stated.value is None:
        return verdicts.no_evidence("vendor's or measured speed of H200 over H100")
    rule = "vendor's test, Llama 2 70B, H200 over H100 (a batch four times as large on the H200)"
    return verdicts.equals(claim, stated.value, [stated], rule)


def inference_energy(claim: Claim, facts: Facts) -> Finding:
    """Compare measured energy per token where it was public, the vendor's statement before."""
    h200 = mlperf.joules_per_token(facts, "h200-sxm", "v4.1")
    h100 = mlperf.joules_per_token(facts, "h100-sxm", "v4.0")
    if h200 and h100:
        rule = (
            "MLPerf Power, Llama 2 70B Offline, joules per token of power-capped systems, "
            "H200 in v4.1 over H100 in v4.0 (a year's software is part of the gain)"
        )
        return verdicts.equals(claim, _ratio(h200, h100), [h200, h100], rule, measured=True)
    stated = facts.value("statements", "h200-sxm", "energy_ratio")
    if stated is None or stated.value is None:
        return verdicts.no_evidence("vendor's or measured energy of H200 over H100")
    return verdicts.equals(claim, stated.value, [stated], "vendor's statement, H200 over H100")


def h200_ships(claim: Claim, facts: Facts) -> Finding:
    """Judge the shipping quarter by plans before, by first shipments after."""
    return _foretold(claim, facts, "h200-sxm", "shipping", "H200, first shipments")


def b100_original_date(claim: Claim, facts: Facts) -> Finding:
    """Look for plans or forecasts of the B100's launch in the claimed quarter."""
    expected = facts.events("b100-sxm", "shipping", "forecast")
    return verdicts.dated(claim, expected, "B100, launch windows that the press named")


def b100_moved_up(claim: Claim, facts: Facts) -> Finding:
    """Judge the launch by first shipments: it was on a slide in March 2024, and never on sale."""
    return _foretold(claim, facts, "b100-sxm", "shipping", "B100, a part that customers can buy")


def b100_qualification(claim: Claim, facts: Facts) -> Finding:
    """Look for a report that the B100 was being qualified."""
    del claim
    reports = facts.events("b100-sxm", "qualification", "actual")
    if not reports:
        return verdicts.no_evidence("reports on the qualification of the B100")
    begun = reports[0].first_day <= tables.note_date()
    computed = f"reported to be in it on {reports[0].last_day}"
    return verdicts.states(computed, begun, reports, "B100, press reports of a qualification stage")


def b100_model_size(claim: Claim, facts: Facts) -> Finding:
    """Compare the size of the model on the vendor's slide, not what the press made of it."""
    slide = facts.value("statements", "gpt-3-175b", "parameters_bn", "SC23 slide")
    if slide is None or slide.value is None:
        return verdicts.no_evidence("model on NVIDIA's slide of November 2023")
    return verdicts.equals(claim, slide.value, [slide], "model on NVIDIA's slide (1e9 parameters)")


def b100_vs_h200(claim: Claim, facts: Facts) -> Finding:
    """Compare the B200, the sibling that was sold: no B100 was ever measured."""
    b200 = mlperf.result(facts, Entry(accelerator="b200-sxm", round="v4.1", accelerators=1))
    h200 = mlperf.result(facts, Entry(accelerator="h200-sxm", round="v4.1"))
    rule = (
        "MLPerf v4.1, Llama 2 70B Offline per accelerator: the sibling B200 over the H200, "
        "FP4 against FP8 and 1000 W against 700 W"
    )
    if not (b200 and h200):
        return verdicts.no_evidence("speed of the B100 or its sibling over the H200")
    return verdicts.more_than(claim, _ratio(b200, h200), [b200, h200], rule)


def b100_capacity(claim: Claim, facts: Facts) -> Finding:
    """Compare the announced capacities."""
    del claim
    return _b100_over_h200(facts, "memory_gb", "memory capacity (GB)")


def b100_bandwidth(claim: Claim, facts: Facts) -> Finding:
    """Compare the announced bandwidth with the figure of the claim."""
    b100 = facts.value("accelerators", "b100-sxm", "bandwidth_tb_s")
    if b100 is None or b100.value is None:
        return verdicts.no_evidence("B100, announced memory bandwidth (TB/s)")
    return verdicts.more_than(claim, b100.value, [b100], "B100, announced memory bandwidth (TB/s)")


def x100_year(claim: Claim, facts: Facts) -> Finding:
    """Judge the roadmap year by what came."""
    return _foretold(claim, facts, "x100", "shipping", "X100 on NVIDIA's roadmap")


def leadership(claim: Claim, facts: Facts) -> Finding:
    """Compare one quarter of NVIDIA with a whole year of the nearest competitor."""
    del claim
    ours = facts.value("statements", "blackwell", "revenue_usd_bn")
    theirs = facts.value("statements", "amd-instinct", "revenue_usd_bn", "calendar 2024, more than")
    rule = "first quarter of Blackwell revenue against AMD Instinct in all of 2024 (at least)"
    if ours is None or theirs is None:
        ours = _latest_data_center_usd_bn(facts)
        theirs = facts.value(
            "statements",
            "amd-instinct",
            "revenue_usd_bn",
            "calendar 2024, outlook of January 2024, more than",
        )
        rule = "last data-center quarter known against AMD's outlook for all of 2024 (at least)"
    if ours is None or theirs is None or ours.value is None or theirs.value is None:
        return verdicts.no_evidence(rule)
    computed = f"{ours.value:.3g} against {theirs.value:.3g} billion USD"
    return verdicts.states(computed, ours.value > theirs.value, [ours, theirs], rule)


def custom_chip_unit(claim: Claim, facts: Facts) -> Finding:
    """Look for reports before the note, for an announcement since."""
    del claim
    actual = facts.events("nvidia-custom-chips", "announced", "actual")
    reports = facts.events("nvidia-custom-chips", "announced", "forecast")
    rule = "custom-chip unit of NVIDIA, by press reports; NVIDIA has not announced one"
    if actual:
        return verdicts.states(f"announced {actual[0].first_day}", True, actual, rule)
    if not reports:
        return verdicts.no_evidence(rule)
    if reports[-1].known_since > tables.note_date():
        return verdicts.pending(f"reported again {reports[-1].known_since}", reports, rule)
    return verdicts.states(f"reported {reports[0].known_since}", True, reports, rule)


def custom_chip_source(claim: Claim, facts: Facts) -> Finding:
    """Ask who reported it first."""
    reports = facts.texts("statements", "nvidia-custom-chips", "statement", "first report")
    rule = "who reported the unit first; no report found names CNBC as its origin"
    if not reports:
        return verdicts.no_evidence(rule)
    named = [report for report in reports if claim.term_zh in (report.text or "")]
    return verdicts.states(reports[0].text or "", bool(named), named or reports, rule)


def custom_chip_contents(claim: Claim, facts: Facts) -> Finding:
    """Look for a report on what the chips would hold."""
    reports = facts.texts("statements", "nvidia-custom-chips", "statement", "contents")
    rule = "what custom chips would hold, by press reports (those read name uses, not parts)"
    if not reports:
        return verdicts.no_evidence(rule)
    text = reports[0].text or ""
    named = [part for part in ("processing", "sensor", "accelerator") if part in text]
    return verdicts.states(text, len(named) == claim.number, reports, rule, partly=bool(named))


def _latest_data_center_usd_bn(facts: Facts) -> Fact | None:
    rows = facts.frame("nvidia_revenue").filter(quantity="data_center_revenue_usd_m")
    if rows.is_empty():
        return None
    last = rows.sort("period_end").row(-1, named=True)
    return Fact(
        value=last["value"] / 1000.0,
        text=None,
        unit="usd_bn",
        source=last["source"],
        known_since=last["known_since"],
    )


def _specification(claim: Claim, facts: Facts, quantity: str, rule: str) -> Finding:
    fact = facts.value("accelerators", "h200-sxm", quantity)
    if fact is None or fact.value is None:
        return verdicts.no_evidence(rule)
    later = [f for f in facts.values("accelerators", "h200-sxm", quantity) if f.value == fact.value]
    return verdicts.equals(claim, fact.value, [fact, *later], rule)


def _over_a100(claim: Claim, facts: Facts, quantity: str, what: str) -> Finding:
    h200 = facts.value("accelerators", "h200-sxm", quantity)
    versions = {
        name: facts.value("accelerators", f"a100-sxm-{name}gb", quantity) for name in ("80", "40")
    }
    large, small = versions["80"], versions["40"]
    if h200 is None or large is None or small is None:
        return verdicts.no_evidence(f"{what} of H200 and A100")
    ratio, over_small = _ratio(h200, large), _ratio(h200, small)
    literal, readings = ratio, {"over the A100 40 GB instead": over_small}
    if claim.unit == "increase_ratio":
        literal = ratio - 1.0
        readings = {"as a ratio, not as an increase": ratio} | readings
    rule = f"H200 over A100 SXM 80 GB, {what}"
    return verdicts.equals(claim, literal, [h200, large], rule, readings=readings)


def _b100_over_h200(facts: Facts, quantity: str, what: str) -> Finding:
    b100 = facts.value("accelerators", "b100-sxm", quantity)
    h200 = facts.value("accelerators", "h200-sxm", quantity)
    rule = f"B100 over H200, announced {what}"
    if b100 is None or h200 is None or b100.value is None or h200.value is None:
        return verdicts.no_evidence(rule)
    computed = f"{b100.value:g} against {h200.value:g}"
    return verdicts.states(computed, b100.value > h200.value, [b100, h200], rule)


def _foretold(claim: Claim, facts: Facts, subject: str, event: str, rule: str) -> Finding:
    expected = facts.events(subject, event, "plan", "forecast")
    actual = facts.events(subject, event, "actual")
    return verdicts.foretold(claim, expected, actual, facts.as_of, rule)


def _ratio(above: Fact, below: Fact) -> float:
    if above.value is None or not below.value:
        msg = f"a ratio needs two numbers: found {above.value} ({above.source}) over "
        raise DataError(f"{msg}{below.value} ({below.source}); correct the rows")
    return above.value / below.value
