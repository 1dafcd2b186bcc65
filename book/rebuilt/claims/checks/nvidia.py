"""The note's paragraphs on NVIDIA: H200, B100, X100, custom chips."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.vocabulary import Witness
from rebuilt.claims.wording import Claim
from rebuilt.errors import DataError
from rebuilt.evidence import mlperf, tables
from rebuilt.evidence.facts import Fact, Facts

VENDOR_TEST = (
    "vs H100, Llama 2 70B, one GPU, FP8, input 2048, output 128, batch 32 vs 8, preliminary"
)
PRESS = "vs H100, Llama 2 70B, conditions not stated, almost double"
SLIDE = "vs H200, GPT-3 175B, press reading of the SC23 slide, at least"
FORECAST = "HBM3e, forecast"


def h200_announced(claim: Claim, facts: Facts) -> Finding:
    """Compare the announced day."""
    events = facts.events("h200-sxm", "announced", "actual")
    return verdicts.dated(claim, events, "H200, day of the announcement")


def first_hbm3e(claim: Claim, facts: Facts) -> Finding:
    """Look for a product with HBM3e that was announced before the H200."""
    del claim
    ours = facts.events("h200-sxm", "announced", "actual")
    others = facts.events("gh200", "announced", "actual")
    said = facts.texts("statements", "h200-sxm", "statement", "first GPU with HBM3e")
    if not ours or not others:
        return verdicts.no_evidence("HBM3e products by day of announcement")
    earlier = others[0].first_day < ours[0].first_day
    computed = f"GH200 with HBM3e: {others[0].first_day}; H200: {ours[0].first_day}"
    rule = (
        "HBM3e products by day of announcement; the GH200 combines a CPU with its GPU, "
        "so the H200 is first only among accelerators sold by themselves"
    )
    return verdicts.states(computed, not earlier, [*ours, *others, *said], rule, partly=earlier)


def h200_bandwidth(claim: Claim, facts: Facts) -> Finding:
    """Compare the vendor's peak bandwidth."""
    return _specification(claim, facts, "bandwidth_tb_s", "H200, peak memory bandwidth (TB/s)")


def h200_memory(claim: Claim, facts: Facts) -> Finding:
    """Compare the usable capacity; that more is installed is told by other rows."""
    said = facts.values("statements", "h200-sxm", "memory_gb")
    usable = [fact for fact in said if fact.value == claim.number]
    return _specification(claim, facts, "memory_gb", "H200, memory capacity (GB)", usable)


def capacity_vs_a100(claim: Claim, facts: Facts) -> Finding:
    """Divide the capacities; the A100 of 80 GB is the version that was sold when the H200 came."""
    return _over_a100(claim, facts, "memory_gb", "capacity")


def bandwidth_vs_a100(claim: Claim, facts: Facts) -> Finding:
    """Take the wording literally (an increase by so many times), then as a ratio."""
    return _over_a100(claim, facts, "bandwidth_tb_s", "bandwidth")


def inference_speed(claim: Claim, facts: Facts) -> Finding:
    """Take the best like pair of MLPerf where it was public, the maker's own test before."""
    pairs = mlperf.pairs(facts, "h200-sxm", "h100-sxm")
    if pairs:
        best = pairs[0]
        rule = f"Llama 2 70B Offline, H200 over H100, the best of {len(pairs)} pairs: {best.where}"
        return verdicts.equals(claim, best.ratio, best.facts, rule, witness=Witness.MEASURED)
    press = facts.value("statements", "h200-sxm", "inference_speedup", PRESS)
    stated = facts.value("statements", "h200-sxm", "inference_speedup", VENDOR_TEST)
    if stated is None:
        return verdicts.no_evidence("maker's or measured speed of H200 over H100")
    rule = "Llama 2 70B, H200 over H100 (a batch four times as large on the H200)"
    used = [stated, *([press] if press else [])]
    return verdicts.equals(claim, stated.number, used, rule, witness=Witness.MAKER_TEST)


def inference_energy(claim: Claim, facts: Facts) -> Finding:
    """Compare measured energy of like systems; what two rounds give cannot be divided."""
    stated = facts.value("statements", "h200-sxm", "energy_ratio")
    old, new = (mlperf.joules_per_token(facts, chip, round_)
                for chip, round_ in (("h100-sxm", "v4.0"), ("h200-sxm", "v4.1")))  # fmt: skip
    rule = "energy of a token, H200 over H100"
    if old and new:
        computed = f"{old.number:.2f} joules a token in MLPerf v4.0, {new.number:.2f} in v4.1"
        rule = f"{rule}; the two were measured in different rounds, and no like pair is public"
        used = [old, new, *([stated] if stated else [])]
        return verdicts.pending(computed, used, rule, witness=Witness.MEASURED)
    if stated is None:
        return verdicts.no_evidence(f"maker's or measured {rule}")
    return verdicts.equals(claim, stated.number, [stated], rule, witness=Witness.MAKER)


def hbm3e_supply(claim: Claim, facts: Facts) -> Finding:
    """Look for a source that names the supply of HBM3e as what holds the H200 back."""
    del claim
    said = facts.texts("statements", "h200-sxm", "statement", "what holds shipments back")
    return verdicts.caused(("HBM3e",), said, "what is said to hold the H200 back")


def h200_ships(claim: Claim, facts: Facts) -> Finding:
    """Judge the shipping quarter by plans before, by first shipments after."""
    return _foretold(claim, facts, "h200-sxm", "shipping", "H200, first shipments")


def b100_original_date(claim: Claim, facts: Facts) -> Finding:
    """Look for windows of the B100's release that the press named before it was moved."""
    expected = facts.events("b100-sxm", "shipping", "forecast")
    rule = "B100, windows of its release that the press named"
    before = [event for event in expected if event.first_day <= claim.window[0]]
    found = verdicts.dated(claim, expected, rule)
    return replace(found, witness=Witness.REPORTS) if before else verdicts.no_evidence(rule)


def b100_demand(claim: Claim, facts: Facts) -> Finding:
    """Look for the reason that reports give."""
    del claim
    said = facts.texts("statements", "b100-sxm", "statement", "reason for the new date")
    rule = "why the B100 was moved up, by reports"
    return verdicts.caused(("demand",), said, rule, witness=Witness.REPORTS)


def b100_moved_up(claim: Claim, facts: Facts) -> Finding:
    """Judge the announcement: the word of the claim is that of the H200's, not that of shipping.

    That the B100 was never sold is told beside it.
    """
    expected = facts.events("b100-sxm", "shipping", "plan", "forecast")
    actual = facts.events("b100-sxm", "announced", "actual")
    found = verdicts.foretold(claim, expected, actual, facts.as_of, "B100, day of the announcement")
    ended = facts.events("b100-sxm", "cancelled", "actual")
    if not (actual and ended):
        return replace(found, witness=Witness.REPORTS) if expected and not actual else found
    early = ", before that quarter" if actual[0].last_day < claim.window[0] else ""
    computed = f"announced {found.computed}{early}; never sold, by analysts cancelled in "
    computed += f"{ended[0].last_day:%B %Y}"
    return replace(found, computed=computed,
                   sources=tuple(sorted({*found.sources, ended[0].source})))  # fmt: skip


def b100_qualification(claim: Claim, facts: Facts) -> Finding:
    """Look for a report that the B100 was being qualified."""
    del claim
    reports = facts.events("b100-sxm", "qualification", "actual")
    planned = facts.events("b100-sxm", "qualification", "forecast")
    rule = "B100, press reports of a qualification stage"
    if not reports:
        return verdicts.no_evidence(rule)
    begun = reports[0].first_day <= tables.note_date()
    computed = f"reported to be in it on {reports[0].last_day}"
    if planned:
        computed = f"{computed}; its memory to be tested by {planned[0].last_day}"
    return verdicts.states(computed, begun, [*reports, *planned], rule, witness=Witness.REPORTS)


def b100_model_size(claim: Claim, facts: Facts) -> Finding:
    """Compare the size of the model on the maker's slide, not what the press made of it."""
    slide = facts.value("statements", "gpt-3-175b", "parameters_bn", "SC23 slide")
    if slide is None:
        return verdicts.no_evidence("model on NVIDIA's slide of November 2023")
    variants = facts.values("statements", "gpt-3-175b", "parameters_bn")
    least, most = (pick(fact.number for fact in variants) for pick in (min, max))
    rule = f"model on NVIDIA's slide (1e9 parameters); press and others print {least:g} to {most:g}"
    return verdicts.equals(claim, slide.number, [slide], rule)


def b100_vs_h200(claim: Claim, facts: Facts) -> Finding:
    """Scale what its sibling did to the B100, which nobody measured; before, read the slide.

    The B200 is divided by the H200 in like pairs only, and scaled by the FP4 rates of the two.
    """
    pairs = mlperf.pairs(facts, "b200-sxm", "h200-sxm")
    if pairs:
        rates = [
            facts.value("accelerators", chip, "fp4_dense_tflops")
            for chip in ("b100-sxm", "b200-sxm")
        ]
        scale = _ratio(rates[0], rates[1])
        most, least = pairs[0].ratio, pairs[-1].ratio
        computed = (f"{least:.2f} to {most:.2f} for the B200, "
                    f"{scale * least:.2f} to {scale * most:.2f} scaled to the B100")  # fmt: skip
        rule = (
            "MLPerf, Llama 2 70B Offline, B200 over H200 in like pairs, FP4 against FP8, and the "
            "same times the FP4 rate of B100 over B200; no B100 was measured"
        )
        used = [fact for pair in pairs for fact in pair.facts] + [f for f in rates if f]
        if scale * least > claim.number:
            return verdicts.states(computed, True, used, rule, witness=Witness.MEASURED)
        return verdicts.pending(computed, used, rule, witness=Witness.MEASURED)
    reading = facts.value("statements", "b100-sxm", "inference_speedup", SLIDE)
    rule = "NVIDIA's slide of November 2023 as the press read it, a bar without a number"
    if reading is None:
        return verdicts.no_evidence(rule)
    return verdicts.at_least(claim, reading.number, [reading], rule, witness=Witness.MAKER)


def b100_hbm(claim: Claim, facts: Facts) -> Finding:
    """Compare generation and rate of a stack with those of the H200."""
    del claim
    rule = "B100 beside H200: both HBM3e; bandwidth of one stack (TB/s)"
    stacks = {chip: facts.value("statements", chip, "hbm_stacks", condition)
              for chip, condition in (("b100-sxm", FORECAST), ("h200-sxm", "HBM3e"))}  # fmt: skip
    rates = {chip: facts.value("accelerators", chip, "bandwidth_tb_s") for chip in stacks}
    if not all(stacks.values()):
        return verdicts.no_evidence(rule)
    used = [fact for fact in (*stacks.values(), *rates.values()) if fact is not None]
    if not all(rates.values()):
        return verdicts.states("HBM3e expected for both", False, used, rule)
    new, old = (_ratio(rates[chip], stacks[chip]) for chip in ("b100-sxm", "h200-sxm"))
    computed = f"HBM3e in both, {new:.2g} against {old:.2g} TB/s a stack"
    return verdicts.states(computed, False, used, rule, partly=new > old)


def b100_capacity(claim: Claim, facts: Facts) -> Finding:
    """Compare announced capacities; before, the stacks that were expected."""
    del claim
    b100, h200 = (
        facts.value("accelerators", chip, "memory_gb") for chip in ("b100-sxm", "h200-sxm")
    )
    if b100 and h200:
        computed = f"{b100.number:g} against {h200.number:g} GB"
        rule = "B100 over H200, announced memory capacity (GB)"
        return verdicts.states(computed, b100.number > h200.number, [b100, h200], rule)
    return _stacks(facts, "B100 over H200, stacks of HBM3e that were expected")


def b100_bandwidth(claim: Claim, facts: Facts) -> Finding:
    """Compare the announced bandwidth; before, the expected stacks at the H200's rate."""
    b100 = facts.value("accelerators", "b100-sxm", "bandwidth_tb_s")
    h200 = facts.value("accelerators", "h200-sxm", "bandwidth_tb_s")
    if b100 is not None:
        rule = "B100, announced memory bandwidth (TB/s)"
        return verdicts.more_than(claim, b100.number, [b100], rule, witness=Witness.MAKER)
    new, old = _expected_stacks(facts)
    rule = "stacks expected for the B100 at the rate of one of the H200's (TB/s)"
    if new is None or old is None or h200 is None:
        return verdicts.no_evidence(rule)
    expected = h200.number * new.number / old.number
    return verdicts.more_than(claim, expected, [new, old, h200], rule)


def x100_year(claim: Claim, facts: Facts) -> Finding:
    """Judge the roadmap year by what came."""
    return _foretold(claim, facts, "x100", "shipping", "X100 on NVIDIA's roadmap")


def leadership(claim: Claim, facts: Facts) -> Finding:
    """Show the last quarter known beside a whole year of the nearest competitor."""
    del claim
    ours = _latest_data_center_usd_bn(facts)
    outlooks = facts.values("statements", "amd-instinct", "revenue_usd_bn")
    rule = "NVIDIA's last data-center quarter known beside what AMD told of Instinct in all of 2024"
    if ours is None or not outlooks:
        return verdicts.no_evidence(rule)
    computed = (
        f"NVIDIA in one quarter {ours.number:.3g} billion USD, AMD's Instinct in all of 2024 at "
        f"least {outlooks[-1].number:.3g}"
    )
    return verdicts.opinion(computed, [ours, outlooks[-1]], rule)


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
        computed = f"reported again {reports[-1].known_since}"
        return verdicts.pending(computed, reports, rule, witness=Witness.REPORTS)
    computed = f"reported {reports[0].known_since}"
    return verdicts.states(computed, True, reports, rule, witness=Witness.REPORTS)


def custom_chip_source(claim: Claim, facts: Facts) -> Finding:
    """Ask who reported it; that others name another origin does not show what CNBC carried."""
    reports = facts.texts("statements", "nvidia-custom-chips", "statement", "first report")
    rule = "reports on the unit; all that were found name Reuters, and no page of CNBC was found"
    if not reports:
        return verdicts.no_evidence(rule)
    named = [report for report in reports if claim.term_zh in (report.text or "")]
    if named:
        return verdicts.states(named[0].text or "", True, named, rule)
    return verdicts.pending(reports[0].text or "", reports, rule)


def custom_chip_aim(claim: Claim, facts: Facts) -> Finding:
    """Look for both requirements in what reports say that buyers want."""
    del claim
    said = facts.texts("statements", "nvidia-custom-chips", "statement", "aim")
    found = {word: True if any(word in (f.text or "") for f in said) else None
             for word in ("performance", "power")}  # fmt: skip
    rule = "what custom chips are for, by press reports"
    return verdicts.listed(found, said, rule, witness=Witness.REPORTS)


def custom_chip_contents(claim: Claim, facts: Facts) -> Finding:
    """Look for a report on what the chips would hold."""
    del claim
    said = facts.texts("statements", "nvidia-custom-chips", "statement", "contents")
    rule = "what custom chips would hold, by press reports (those read name uses, not parts)"
    found = {part: True if any(part in (f.text or "") for f in said) else None
             for part in ("processing", "sensor", "accelerator")}  # fmt: skip
    return verdicts.listed(found, said, rule, witness=Witness.REPORTS)


def _latest_data_center_usd_bn(facts: Facts) -> Fact | None:
    rows = facts.rows(
        "nvidia_revenue", pl.col("value").is_not_null(), quantity="data_center_revenue_usd_m"
    )
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


def _specification(
    claim: Claim, facts: Facts, quantity: str, rule: str, said: Sequence[Fact] = ()
) -> Finding:
    fact = facts.value("accelerators", "h200-sxm", quantity)
    if fact is None or fact.value is None:
        return verdicts.no_evidence(rule)
    later = [f for f in facts.values("accelerators", "h200-sxm", quantity) if f.value == fact.value]
    return verdicts.equals(claim, fact.value, [fact, *later, *said], rule, witness=Witness.MAKER)


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


def _expected_stacks(facts: Facts) -> tuple[Fact | None, Fact | None]:
    return (
        facts.value("statements", "b100-sxm", "hbm_stacks", FORECAST),
        facts.value("statements", "h200-sxm", "hbm_stacks", "HBM3e"),
    )


def _stacks(facts: Facts, rule: str) -> Finding:
    new, old = _expected_stacks(facts)
    if new is None or old is None:
        return verdicts.no_evidence(rule)
    computed = f"{new.number:g} stacks against {old.number:g}"
    return verdicts.states(computed, new.number > old.number, [new, old], rule)


def _foretold(claim: Claim, facts: Facts, subject: str, event: str, rule: str) -> Finding:
    expected = facts.events(subject, event, "plan", "forecast")
    actual = facts.events(subject, event, "actual")
    return verdicts.foretold(claim, expected, actual, facts.as_of, rule)


def _ratio(above: Fact | None, below: Fact | None) -> float:
    if above is None or below is None or above.value is None or not below.value:
        msg = f"a ratio needs two numbers: found {above} over {below}; correct the rows"
        raise DataError(msg)
    return above.value / below.value
