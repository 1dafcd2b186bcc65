"""Every check on NVIDIA can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import datetime as dt
from dataclasses import replace

import pytest
import worlds
from worlds import SPRING, UNSEEN, Case, energy, event, measured, quarter, spec, stated

from rebuilt import claims
from rebuilt.claims import verdicts
from rebuilt.claims.checks import nvidia
from rebuilt.claims.vocabulary import Verdict, Witness
from rebuilt.errors import DataError
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS, READING = Verdict.HOLDS, Verdict.IMPRECISE
DIFFERENT, NOTHING = Verdict.WRONG, Verdict.NO_EVIDENCE
OPINION, OPEN, ENDED = Verdict.OPINION, Verdict.OPEN, Verdict.ENDED
CLAIMS = {claim.check: claim for claim in claims.read() if claim.section == "nvidia"}


def a100(quantity: str, large: float, small: float) -> worlds.World:
    return spec("a100-sxm-80gb", quantity, large) + spec("a100-sxm-40gb", quantity, small)


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


ANNOUNCED = event("h200-sxm", "announced", "actual", "2023-11-13")
SHIPS = ("h200-sxm", "shipping")
B100 = ("b100-sxm", "shipping")
X100 = ("x100", "shipping")
TEST = nvidia.VENDOR_TEST
SPEED = ("h200-sxm", "inference_speedup")
SLIDE = ("gpt-3-175b", "parameters_bn")
CHIPS = ("nvidia-custom-chips", "announced")
WORDS = ("nvidia-custom-chips", "statement")
ALL_PARTS = "processing units, sensor integration, accelerators"
OUTLOOK = "calendar 2024, outlook of January 2024, more than"
REVENUE = "revenue_usd_bn"


def stacks(new, old, known="2023-11-28"):
    return stated("b100-sxm", "hbm_stacks", new, nvidia.FORECAST, known) + stated(
        "h200-sxm", "hbm_stacks", old, "HBM3e", known
    )


def chip(quantity, new, old, known="2024-03-18"):
    return spec("b100-sxm", quantity, new, known) + spec("h200-sxm", quantity, old)


def sibling(b200, submitter="NVIDIA"):
    """Set a B200 beside an H200 of the same company; of FP4 rates the B100 has half."""
    return (
        measured("b200-sxm", "v5.1", b200, submitter=submitter)
        + measured("h200-sxm", "v5.1", 10000.0, submitter="NVIDIA")
        + spec("b100-sxm", "fp4_dense_tflops", 5000.0)
        + spec("b200-sxm", "fp4_dense_tflops", 10000.0)
        + stated("b100-sxm", "inference_speedup", 2.0, nvidia.SLIDE)
    )


def announced(day, known=SPRING):
    return event("b100-sxm", "announced", "actual", day, known=known)


CANCELLED = event("b100-sxm", "cancelled", "actual", "2024-08-22", known="2024-08-22")
UNCANCELLED = event("b100-sxm", "cancelled", "actual", "2024-08-22", known=UNSEEN)
NOT_ANNOUNCED = announced("2024-03-18", UNSEEN) + UNCANCELLED
QUALIFIED = ("b100-sxm", "qualification")


CASES = [
    case("h200_announced", "the day", HOLDS, "2023-11-13", ANNOUNCED),
    case("h200_announced", "another day", DIFFERENT, "2023-11-14",
         event("h200-sxm", "announced", "actual", "2023-11-14", known="2023-11-14")),
    case("h200_announced", "nothing", NOTHING, None,
         event("h200-sxm", "announced", "actual", "2023-11-13", known=UNSEEN)),
    case("first_hbm3e", "first", HOLDS, "GH200 with HBM3e: 2023-12-01; H200: 2023-11-13",
         ANNOUNCED + event("gh200", "announced", "actual", "2023-12-01", known="2023-12-01")),
    case("first_hbm3e", "second", READING, "GH200 with HBM3e: 2023-08-08; H200: 2023-11-13",
         ANNOUNCED + event("gh200", "announced", "actual", "2023-08-08", known="2023-08-08")),
    case("first_hbm3e", "no GH200 known", NOTHING, None,
         ANNOUNCED + event("gh200", "announced", "actual", "2023-08-08", known=UNSEEN)),
    case("h200_bandwidth", "4.8", HOLDS, 4.8, spec("h200-sxm", "bandwidth_tb_s", 4.8)),
    case("h200_bandwidth", "less", DIFFERENT, 4.7, spec("h200-sxm", "bandwidth_tb_s", 4.7)),
    case("h200_bandwidth", "none", NOTHING, None, spec("h200-sxm", "bandwidth_tb_s", 4.8, UNSEEN)),
    case("h200_memory", "141", HOLDS, 141.0, spec("h200-sxm", "memory_gb", 141)),
    case("h200_memory", "physical", DIFFERENT, 144.0, spec("h200-sxm", "memory_gb", 144)),
    case("h200_memory", "none", NOTHING, None, spec("h200-sxm", "memory_gb", 141, UNSEEN)),
    case("capacity_vs_a100", "nearly double", HOLDS, 1.7625,
         spec("h200-sxm", "memory_gb", 141) + a100("memory_gb", 80, 40)),
    case("capacity_vs_a100", "far from double", DIFFERENT, 1.45,
         spec("h200-sxm", "memory_gb", 116) + a100("memory_gb", 80, 40)),
    case("capacity_vs_a100", "double the small one only", READING, 2.0,
         spec("h200-sxm", "memory_gb", 80) + a100("memory_gb", 80, 40)),
    case("bandwidth_vs_a100", "an increase", HOLDS, 2.4,
         spec("h200-sxm", "bandwidth_tb_s", 6.8) + a100("bandwidth_tb_s", 2, 1.5)),
    case("bandwidth_vs_a100", "a ratio", READING, 2.4,
         spec("h200-sxm", "bandwidth_tb_s", 4.8) + a100("bandwidth_tb_s", 2, 1.5)),
    case("bandwidth_vs_a100", "neither", DIFFERENT, 1.0,
         spec("h200-sxm", "bandwidth_tb_s", 4.0) + a100("bandwidth_tb_s", 2, 1.5)),
    case("bandwidth_vs_a100", "an A100 unknown", NOTHING, None,
         spec("h200-sxm", "bandwidth_tb_s", 4.8, UNSEEN) + a100("bandwidth_tb_s", 2, 1.5)),
    case("inference_speed", "vendor, 1.9", HOLDS, 1.9, stated(*SPEED, 1.9, TEST)),
    case("inference_speed", "vendor, 1.4", DIFFERENT, 1.4, stated(*SPEED, 1.4, TEST)),
    case("inference_speed", "vendor, 1.55", DIFFERENT, 1.55, stated(*SPEED, 1.55, TEST)),
    case("inference_speed", "vendor, later", NOTHING, None, stated(*SPEED, 1.9, TEST, UNSEEN)),
    case("inference_speed", "measured, twice", HOLDS, 2.0,
         measured("h200-sxm", "v4.1", 64000.0) + measured("h100-sxm", "v4.1", 32000.0), FREEZE),
    case("inference_speed", "measured, short", Verdict.NOT_REPRODUCED, 1.25,
         measured("h200-sxm", "v4.1", 40000.0)
         + measured("h100-sxm", "v4.1", 32000.0)
         + stated(*SPEED, 1.9, TEST), FREEZE),
    case("h200_ships", "planned so", HOLDS, "2024-04-01 to 2024-06-30",
         event(*SHIPS, "plan", "2024-04-01", "2024-06-30")),
    case("h200_ships", "planned otherwise", DIFFERENT, "2024-10-01 to 2024-12-31",
         event(*SHIPS, "forecast", "2024-10-01", "2024-12-31")),
    case("h200_ships", "shipped in time", HOLDS, "2024-04-24",
         event(*SHIPS, "actual", "2024-04-24", known="2024-04-24"), FREEZE),
    case("h200_ships", "shipped late", Verdict.LATE, "2024-07-01",
         event(*SHIPS, "actual", "2024-07-01", known="2024-07-01"), FREEZE),
    case("h200_ships", "never shipped", Verdict.DID_NOT_HAPPEN, f"not by {FREEZE}",
         event(*SHIPS, "plan", "2024-04-01", "2024-06-30"), FREEZE),
    case("b100_model_size", "173", HOLDS, 173.0, stated(*SLIDE, 173, "SC23 slide")),
    case("b100_model_size", "175 on the slide, 173 in the press", DIFFERENT, 175.0,
         stated(*SLIDE, 175, "SC23 slide") + stated(*SLIDE, 173, "SC23 slide, press variant 173")),
    case("b100_model_size", "no slide", NOTHING, None, stated(*SLIDE, 173, "SC23 slide", UNSEEN)),
    case("x100_year", "on the roadmap", HOLDS, "2025-01-01 to 2025-12-31",
         event(*X100, "plan", "2025-01-01", "2025-12-31")),
    case("x100_year", "another year", DIFFERENT, "2026-01-01 to 2026-12-31",
         event(*X100, "plan", "2026-01-01", "2026-12-31")),
    case("x100_year", "never came", Verdict.DID_NOT_HAPPEN, f"not by {FREEZE}",
         event(*X100, "plan", "2025-01-01", "2025-12-31"), FREEZE),
    case("custom_chip_unit", "reported before the note", HOLDS, "reported 2024-02-09",
         event(*CHIPS, "forecast", "2024-02-09", known="2024-02-09")),
    case("custom_chip_unit", "not reported", NOTHING, None,
         event(*CHIPS, "forecast", "2024-02-09", known=UNSEEN)),
    case("custom_chip_unit", "reported again", Verdict.OPEN, "reported again 2025-01-02",
         event(*CHIPS, "forecast", "2024-02-09", known="2024-02-09")
         + event(*CHIPS, "forecast", "2025-01-02", known="2025-01-02"), FREEZE),
    case("custom_chip_unit", "announced", HOLDS, "announced 2025-05-18",
         event(*CHIPS, "forecast", "2024-02-09", known="2024-02-09")
         + event(*CHIPS, "actual", "2025-05-18", known="2025-05-18"), FREEZE),
    case("inference_energy", "vendor, half", HOLDS, 0.5, stated("h200-sxm", "energy_ratio", 0.5)),
    case("inference_energy", "vendor, more", DIFFERENT, 0.7,
         stated("h200-sxm", "energy_ratio", 0.7)),
    case("inference_energy", "vendor, later", NOTHING, None,
         stated("h200-sxm", "energy_ratio", 0.5, known=UNSEEN)),
    case("inference_energy", "measured in two rounds", OPEN,
         "0.50 joules a token in MLPerf v4.0, 0.25 in v4.1",
         energy("h200-sxm", "v4.1", 0.25) + energy("h100-sxm", "v4.0", 0.5, SPRING)
         + stated("h200-sxm", "energy_ratio", 0.5), FREEZE),
    case("inference_speed", "unlike systems make no pair", NOTHING, None,
         measured("h200-sxm", "v4.1", 64000.0, submitter="Dell")
         + measured("h100-sxm", "v4.1", 32000.0) + stated(*SPEED, 1.9, TEST, UNSEEN), FREEZE),
    case("hbm3e_supply", "named", HOLDS, "HBM3e is short",
         stated("h200-sxm", "statement", "HBM3e is short", "what holds shipments back")),
    case("hbm3e_supply", "another cause", OPEN, "packaging is short",
         stated("h200-sxm", "statement", "packaging is short", "what holds shipments back")),
    case("b100_original_date", "named by the press", HOLDS, "2024-10-01 to 2024-12-31",
         event(*B100, "forecast", "2024-04-01", "2024-06-30")
         + event(*B100, "forecast", "2024-10-01", "2024-12-31")),
    case("b100_original_date", "another quarter", DIFFERENT, "2024-04-01 to 2024-06-30",
         event(*B100, "forecast", "2024-04-01", "2024-06-30")),
    case("b100_original_date", "only a plan", NOTHING, None,
         event(*B100, "plan", "2024-10-01", "2024-12-31")),
    case("b100_demand", "named", HOLDS, "demand for AI",
         stated("b100-sxm", "statement", "demand for AI", "reason for the new date")),
    case("b100_demand", "another reason", OPEN, "a rival's chip",
         stated("b100-sxm", "statement", "a rival's chip", "reason for the new date")),
    case("b100_moved_up", "expected so", HOLDS, "2024-04-01 to 2024-06-30",
         event(*B100, "forecast", "2024-04-01", "2024-06-30") + NOT_ANNOUNCED),
    case("b100_moved_up", "expected later", DIFFERENT, "2024-10-01 to 2024-12-31",
         event(*B100, "forecast", "2024-10-01", "2024-12-31") + NOT_ANNOUNCED),
    case("b100_moved_up", "announced in time", HOLDS, "2024-03-18",
         event(*B100, "forecast", "2024-04-01", "2024-06-30") + announced("2024-03-18")
         + UNCANCELLED, FREEZE),
    case("b100_moved_up", "announced in time and never sold", HOLDS,
         "announced 2024-03-18, before that quarter; never sold, by analysts cancelled in "
         "August 2024",
         event(*B100, "forecast", "2024-04-01", "2024-06-30") + announced("2024-03-18")
         + CANCELLED, FREEZE),
    case("b100_moved_up", "announced late", Verdict.LATE, "2024-07-01",
         event(*B100, "forecast", "2024-04-01", "2024-06-30")
         + announced("2024-07-01", "2024-07-01") + UNCANCELLED, FREEZE),
    case("b100_moved_up", "never announced", Verdict.DID_NOT_HAPPEN, f"not by {FREEZE}",
         event(*B100, "forecast", "2024-04-01", "2024-06-30") + NOT_ANNOUNCED, FREEZE),
    case("b100_qualification", "reported", HOLDS, "reported to be in it on 2023-10-31",
         event(*QUALIFIED, "actual", "2023-10-01", "2023-10-31", "2023-10-31")),
    case("b100_qualification", "reported, tests to come", HOLDS,
         "reported to be in it on 2023-10-31; its memory to be tested by 2024-03-31",
         event(*QUALIFIED, "actual", "2023-10-01", "2023-10-31", "2023-10-31")
         + event(*QUALIFIED, "forecast", "2024-01-01", "2024-03-31", "2023-10-31")),
    case("b100_qualification", "begun after the note", DIFFERENT,
         "reported to be in it on 2024-03-31",
         event(*QUALIFIED, "actual", "2024-03-01", "2024-03-31", "2024-04-02"), FREEZE),
    case("b100_qualification", "only foretold", NOTHING, None,
         event(*QUALIFIED, "forecast", "2023-10-01")),
    case("b100_vs_h200", "the press reads twice off the slide", HOLDS, 2.0,
         stated("b100-sxm", "inference_speedup", 2.0, nvidia.SLIDE)),
    case("b100_vs_h200", "the press reads less", DIFFERENT, 1.5,
         stated("b100-sxm", "inference_speedup", 1.5, nvidia.SLIDE)),
    case("b100_vs_h200", "more than twice even scaled", HOLDS,
         "5.00 to 5.00 for the B200, 2.50 to 2.50 scaled to the B100", sibling(50000.0), FREEZE),
    case("b100_vs_h200", "twice only unscaled", OPEN,
         "3.00 to 3.00 for the B200, 1.50 to 1.50 scaled to the B100", sibling(30000.0), FREEZE),
    case("b100_vs_h200", "nothing", NOTHING, None,
         stated("b100-sxm", "inference_speedup", 2.0, nvidia.SLIDE, UNSEEN)),
    case("b100_hbm", "the same expected", DIFFERENT, "HBM3e expected for both",
         stacks(8, 6) + spec("h200-sxm", "bandwidth_tb_s", 4.8)
         + spec("b100-sxm", "bandwidth_tb_s", 8, SPRING)),
    case("b100_hbm", "the same, and faster", READING, "HBM3e in both, 1 against 0.8 TB/s a stack",
         stacks(8, 6) + chip("bandwidth_tb_s", 8, 4.8), FREEZE),
    case("b100_hbm", "nothing", NOTHING, None,
         stacks(8, 6, UNSEEN) + chip("bandwidth_tb_s", 8, 4.8)),
    case("b100_capacity", "more", HOLDS, "192 against 141 GB", chip("memory_gb", 192, 141), FREEZE),
    case("b100_capacity", "the same", DIFFERENT, "141 against 141 GB",
         chip("memory_gb", 141, 141), FREEZE),
    case("b100_capacity", "more stacks expected", HOLDS, "8 stacks against 6",
         chip("memory_gb", 192, 141) + stacks(8, 6)),
    case("b100_capacity", "as many stacks expected", DIFFERENT, "6 stacks against 6",
         chip("memory_gb", 192, 141) + stacks(6, 6)),
    case("b100_capacity", "nothing", NOTHING, None,
         chip("memory_gb", 192, 141) + stacks(8, 6, UNSEEN)),
    case("b100_bandwidth", "more", HOLDS, 8.0, chip("bandwidth_tb_s", 8, 4.8), FREEZE),
    case("b100_bandwidth", "the same", DIFFERENT, 4.8, chip("bandwidth_tb_s", 4.8, 4.8), FREEZE),
    case("b100_bandwidth", "more stacks expected", HOLDS, 6.4,
         chip("bandwidth_tb_s", 8, 4.8) + stacks(8, 6)),
    case("b100_bandwidth", "nothing", NOTHING, None,
         chip("bandwidth_tb_s", 8, 4.8) + stacks(8, 6, UNSEEN)),
    case("leadership", "a quarter beside a year", OPINION,
         "NVIDIA in one quarter 14.5 billion USD, AMD's Instinct in all of 2024 at least 3.5",
         quarter(13000, "2023-07-30", "2023-08-23") + quarter(14514)
         + stated("amd-instinct", REVENUE, 3.5, OUTLOOK)),
    case("leadership", "no quarter known", NOTHING, None,
         quarter(14514, known=UNSEEN) + stated("amd-instinct", REVENUE, 3.5, OUTLOOK)),
    case("custom_chip_source", "it was CNBC", HOLDS, "CNBC reported it",
         stated(*WORDS, "CNBC reported it", "first report")),
    case("custom_chip_source", "others name Reuters", OPEN, "Reuters reported it",
         stated(*WORDS, "Reuters reported it", "first report")),
    case("custom_chip_source", "nobody knows", NOTHING, None,
         stated(*WORDS, "CNBC reported it", "first report", UNSEEN)),
    case("custom_chip_aim", "both", HOLDS, "2 of 2",
         stated(*WORDS, "performance and power", "aim")),
    case("custom_chip_aim", "one", OPEN, "1 of 2; not found: performance",
         stated(*WORDS, "lower power", "aim")),
    case("custom_chip_contents", "all three parts", HOLDS, "3 of 3",
         stated(*WORDS, ALL_PARTS, "contents")),
    case("custom_chip_contents", "two parts", OPEN, "2 of 3; not found: processing",
         stated(*WORDS, "accelerators and sensors", "contents")),
    case("custom_chip_contents", "uses, not parts", NOTHING, None,
         stated(*WORDS, "cars and games", "contents")),
]  # fmt: skip


@pytest.mark.parametrize("check", ["h200_bandwidth", "h200_memory"])
@pytest.mark.parametrize(("claimed", "then"), [(True, Verdict.HOLDS), (False, Verdict.WRONG)])
def test_a_published_figure_holds_and_another_does_not(check, claimed, then):
    """On the real rows: 141 GB and 4.8 TB/s are right, twice as much is wrong."""
    claim = CLAIMS[f"nvidia.{check}"]
    claim = claim if claimed else replace(claim, claimed=str(2 * claim.number))

    assert getattr(nvidia, check)(claim, Facts(NOTE)).verdict is then


def test_a_measurement_takes_the_place_of_the_vendors_test(live):
    """The vendor's ratio counts until the round is published, and the rule says which was used."""
    claim = CLAIMS["nvidia.inference_speed"]
    world = (
        stated(*SPEED, 1.9, TEST)
        + measured("h200-sxm", "v4.1", 40000.0)
        + measured("h100-sxm", "v4.1", 32000.0)
    )

    before = nvidia.inference_speed(claim, live(world, dt.date(2024, 8, 27)))
    after = nvidia.inference_speed(claim, live(world, dt.date(2024, 8, 28)))

    assert before.rule == (
        "Llama 2 70B, H200 over H100 (a batch four times as large on the H200); "
        "test: rounds to it from at most 10% away"
    )
    assert before.witness is Witness.MAKER_TEST
    assert after.rule == (
        "Llama 2 70B Offline, H200 over H100, the best of 1 pairs: MLPerf v4.1, NVIDIA, 8 of each; "
        "test: rounds to it from at most 10% away"
    )
    assert after.witness is Witness.MEASURED
    assert verdicts.since(after, NOTE) is Verdict.NOT_REPRODUCED
    assert after.sources == ("results-h100-sxm", "results-h200-sxm")


def test_the_wording_of_the_unit_decides_between_ratio_and_increase(live):
    """The same rows: literally wrong as an increase, right as a ratio."""
    claim = CLAIMS["nvidia.bandwidth_vs_a100"]
    world = spec("h200-sxm", "bandwidth_tb_s", 4.8) + a100("bandwidth_tb_s", 2, 1.5)

    increase = nvidia.bandwidth_vs_a100(claim, live(world, NOTE))
    ratio = nvidia.bandwidth_vs_a100(replace(claim, unit="ratio"), live(world, NOTE))

    assert (increase.verdict, ratio.verdict) == (Verdict.IMPRECISE, Verdict.HOLDS)
    assert increase.rule == (
        "H200 over A100 SXM 80 GB, bandwidth; test: equal at the printed precision; "
        "met as a ratio, not as an increase"
    )


def test_a_ratio_with_a_zero_is_refused(live):
    """A zero bandwidth is an error of the data, not an infinite speed-up."""
    world = spec("h200-sxm", "memory_gb", 141) + a100("memory_gb", 0, 40)

    with pytest.raises(DataError) as caught:
        nvidia.capacity_vs_a100(CLAIMS["nvidia.capacity_vs_a100"], live(world, NOTE))

    assert str(caught.value).startswith("a ratio needs two numbers: found Fact(value=141.0")


def test_a_bound_of_the_b100_is_strict_and_says_so(live):
    """The note says "more than"."""
    world = chip("bandwidth_tb_s", 8, 4.8)

    finding = nvidia.b100_bandwidth(CLAIMS["nvidia.b100_bandwidth"], live(world, FREEZE))

    assert finding.rule.endswith("; test: more")
