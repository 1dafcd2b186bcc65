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
from rebuilt.claims.vocabulary import Outcome, Since, Then
from rebuilt.errors import DataError
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
EQUAL, ROUNDED, READING = Outcome.EQUAL, Outcome.ROUNDED, Outcome.OTHER_READING
DIFFERENT, NOTHING = Outcome.DIFFERENT, Outcome.NO_EVIDENCE
CLAIMS = {claim.check: claim for claim in claims.read() if claim.section == "nvidia"}


def a100(quantity: str, large: float, small: float) -> worlds.World:
    return spec("a100-sxm-80gb", quantity, large) + spec("a100-sxm-40gb", quantity, small)


def case(check, why, outcome, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, outcome=outcome, computed=computed, world=world, day=day)


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
ALL_2024 = "calendar 2024, more than"
REVENUE = "revenue_usd_bn"
BLACKWELL_LATER = stated("blackwell", REVENUE, 11.0, "one quarter", UNSEEN)
AMD_LATER = stated("amd-instinct", REVENUE, 5.0, ALL_2024, UNSEEN)

CASES = [
    case("h200_announced", "the day", EQUAL, "2023-11-13", ANNOUNCED),
    case("h200_announced", "another day", DIFFERENT, "2023-11-14",
         event("h200-sxm", "announced", "actual", "2023-11-14", known="2023-11-14")),
    case("h200_announced", "nothing", NOTHING, None,
         event("h200-sxm", "announced", "actual", "2023-11-13", known=UNSEEN)),
    case("first_hbm3e", "first", EQUAL, "GH200 with HBM3e: 2023-12-01; H200: 2023-11-13",
         ANNOUNCED + event("gh200", "announced", "actual", "2023-12-01", known="2023-12-01")),
    case("first_hbm3e", "second", READING, "GH200 with HBM3e: 2023-08-08; H200: 2023-11-13",
         ANNOUNCED + event("gh200", "announced", "actual", "2023-08-08", known="2023-08-08")),
    case("first_hbm3e", "no GH200 known", NOTHING, None,
         ANNOUNCED + event("gh200", "announced", "actual", "2023-08-08", known=UNSEEN)),
    case("h200_bandwidth", "4.8", EQUAL, 4.8, spec("h200-sxm", "bandwidth_tb_s", 4.8)),
    case("h200_bandwidth", "less", DIFFERENT, 4.7, spec("h200-sxm", "bandwidth_tb_s", 4.7)),
    case("h200_bandwidth", "none", NOTHING, None, spec("h200-sxm", "bandwidth_tb_s", 4.8, UNSEEN)),
    case("h200_memory", "141", EQUAL, 141.0, spec("h200-sxm", "memory_gb", 141)),
    case("h200_memory", "physical", DIFFERENT, 144.0, spec("h200-sxm", "memory_gb", 144)),
    case("h200_memory", "none", NOTHING, None, spec("h200-sxm", "memory_gb", 141, UNSEEN)),
    case("capacity_vs_a100", "nearly double", ROUNDED, 1.7625,
         spec("h200-sxm", "memory_gb", 141) + a100("memory_gb", 80, 40)),
    case("capacity_vs_a100", "far from double", DIFFERENT, 1.45,
         spec("h200-sxm", "memory_gb", 116) + a100("memory_gb", 80, 40)),
    case("capacity_vs_a100", "double the small one only", READING, 2.0,
         spec("h200-sxm", "memory_gb", 80) + a100("memory_gb", 80, 40)),
    case("bandwidth_vs_a100", "an increase", EQUAL, 2.4,
         spec("h200-sxm", "bandwidth_tb_s", 6.8) + a100("bandwidth_tb_s", 2, 1.5)),
    case("bandwidth_vs_a100", "a ratio", READING, 2.4,
         spec("h200-sxm", "bandwidth_tb_s", 4.8) + a100("bandwidth_tb_s", 2, 1.5)),
    case("bandwidth_vs_a100", "neither", DIFFERENT, 1.0,
         spec("h200-sxm", "bandwidth_tb_s", 4.0) + a100("bandwidth_tb_s", 2, 1.5)),
    case("bandwidth_vs_a100", "an A100 unknown", NOTHING, None,
         spec("h200-sxm", "bandwidth_tb_s", 4.8, UNSEEN) + a100("bandwidth_tb_s", 2, 1.5)),
    case("inference_speed", "vendor, 1.9", ROUNDED, 1.9, stated(*SPEED, 1.9, TEST)),
    case("inference_speed", "vendor, 1.4", DIFFERENT, 1.4, stated(*SPEED, 1.4, TEST)),
    case("inference_speed", "vendor, 1.55", DIFFERENT, 1.55, stated(*SPEED, 1.55, TEST)),
    case("inference_speed", "vendor, later", NOTHING, None, stated(*SPEED, 1.9, TEST, UNSEEN)),
    case("inference_speed", "measured, twice", EQUAL, 2.0,
         measured("h200-sxm", "v4.1", 64000.0) + measured("h100-sxm", "v4.1", 32000.0), FREEZE),
    case("inference_speed", "measured, short", Outcome.NOT_REPRODUCED, 1.25,
         measured("h200-sxm", "v4.1", 40000.0)
         + measured("h100-sxm", "v4.1", 32000.0)
         + stated(*SPEED, 1.9, TEST), FREEZE),
    case("inference_energy", "vendor, half", EQUAL, 0.5, stated("h200-sxm", "energy_ratio", 0.5)),
    case("inference_energy", "vendor, more", DIFFERENT, 0.7,
         stated("h200-sxm", "energy_ratio", 0.7)),
    case("inference_energy", "vendor, later", NOTHING, None,
         stated("h200-sxm", "energy_ratio", 0.5, known=UNSEEN)),
    case("inference_energy", "measured, half", EQUAL, 0.5,
         energy("h200-sxm", "v4.1", 0.25) + energy("h100-sxm", "v4.0", 0.5, SPRING), FREEZE),
    case("inference_energy", "measured, more", Outcome.NOT_REPRODUCED, 0.75,
         energy("h200-sxm", "v4.1", 0.375)
         + energy("h100-sxm", "v4.0", 0.5, SPRING)
         + stated("h200-sxm", "energy_ratio", 0.5), FREEZE),
    case("h200_ships", "planned so", EQUAL, "2024-04-01 to 2024-06-30",
         event(*SHIPS, "plan", "2024-04-01", "2024-06-30")),
    case("h200_ships", "planned otherwise", DIFFERENT, "2024-10-01 to 2024-12-31",
         event(*SHIPS, "forecast", "2024-10-01", "2024-12-31")),
    case("h200_ships", "shipped in time", EQUAL, "2024-04-24",
         event(*SHIPS, "actual", "2024-04-24", known="2024-04-24"), FREEZE),
    case("h200_ships", "shipped late", Outcome.LATE, "2024-07-01",
         event(*SHIPS, "actual", "2024-07-01", known="2024-07-01"), FREEZE),
    case("h200_ships", "never shipped", Outcome.NEVER, f"not by {FREEZE}",
         event(*SHIPS, "plan", "2024-04-01", "2024-06-30"), FREEZE),
    case("b100_original_date", "named by the press", EQUAL, "2024-10-01 to 2024-12-31",
         event(*B100, "forecast", "2024-04-01", "2024-06-30")
         + event(*B100, "forecast", "2024-10-01", "2024-12-31")),
    case("b100_original_date", "another quarter", DIFFERENT, "2024-04-01 to 2024-06-30",
         event(*B100, "forecast", "2024-04-01", "2024-06-30")),
    case("b100_original_date", "only a plan", NOTHING, None,
         event(*B100, "plan", "2024-10-01", "2024-12-31")),
    case("b100_moved_up", "expected so", EQUAL, "2024-04-01 to 2024-06-30",
         event(*B100, "forecast", "2024-04-01", "2024-06-30")),
    case("b100_moved_up", "expected later", DIFFERENT, "2024-10-01 to 2024-12-31",
         event(*B100, "forecast", "2024-10-01", "2024-12-31")),
    case("b100_moved_up", "never sold", Outcome.NEVER, f"not by {FREEZE}",
         event(*B100, "forecast", "2024-04-01", "2024-06-30"), FREEZE),
    case("b100_qualification", "reported", EQUAL, "reported to be in it on 2023-10-31",
         event("b100-sxm", "qualification", "actual", "2023-10-01", "2023-10-31", "2023-10-31")),
    case("b100_qualification", "begun after the note", DIFFERENT,
         "reported to be in it on 2024-03-31",
         event("b100-sxm", "qualification", "actual", "2024-03-01", "2024-03-31", "2024-04-02"),
         FREEZE),
    case("b100_qualification", "only foretold", NOTHING, None,
         event("b100-sxm", "qualification", "forecast", "2023-10-01")),
    case("b100_qualification", "not reported", NOTHING, None,
         event("b100-sxm", "qualification", "actual", "2023-10-01", known=UNSEEN)),
    case("b100_model_size", "173", EQUAL, 173.0, stated(*SLIDE, 173, "SC23 slide")),
    case("b100_model_size", "175 on the slide, 173 in the press", DIFFERENT, 175.0,
         stated(*SLIDE, 175, "SC23 slide") + stated(*SLIDE, 173, "SC23 slide, press variant 173")),
    case("b100_model_size", "no slide", NOTHING, None, stated(*SLIDE, 173, "SC23 slide", UNSEEN)),
    case("b100_vs_h200", "more than twice", EQUAL, 2.5,
         measured("b200-sxm", "v4.1", 10000.0, accelerators=1)
         + measured("h200-sxm", "v4.1", 32000.0), FREEZE),
    case("b100_vs_h200", "less than twice", DIFFERENT, 1.75,
         measured("b200-sxm", "v4.1", 7000.0, accelerators=1)
         + measured("h200-sxm", "v4.1", 32000.0), FREEZE),
    case("b100_vs_h200", "exactly twice", DIFFERENT, 2.0,
         measured("b200-sxm", "v4.1", 8000.0, accelerators=1)
         + measured("h200-sxm", "v4.1", 32000.0), FREEZE),
    case("b100_vs_h200", "not measured", NOTHING, None,
         measured("h200-sxm", "v4.1", 32000.0), FREEZE),
    case("b100_capacity", "more", EQUAL, "192 against 141",
         spec("b100-sxm", "memory_gb", 192) + spec("h200-sxm", "memory_gb", 141)),
    case("b100_capacity", "the same", DIFFERENT, "141 against 141",
         spec("b100-sxm", "memory_gb", 141) + spec("h200-sxm", "memory_gb", 141)),
    case("b100_capacity", "not announced", NOTHING, None,
         spec("b100-sxm", "memory_gb", 192, UNSEEN) + spec("h200-sxm", "memory_gb", 141)),
    case("b100_bandwidth", "more", Outcome.BEYOND, 8.0, spec("b100-sxm", "bandwidth_tb_s", 8)),
    case("b100_bandwidth", "less", DIFFERENT, 4.0, spec("b100-sxm", "bandwidth_tb_s", 4)),
    case("b100_bandwidth", "the same", DIFFERENT, 4.8, spec("b100-sxm", "bandwidth_tb_s", 4.8)),
    case("b100_bandwidth", "not announced", NOTHING, None,
         spec("b100-sxm", "bandwidth_tb_s", 8, UNSEEN)),
    case("x100_year", "on the roadmap", EQUAL, "2025-01-01 to 2025-12-31",
         event(*X100, "plan", "2025-01-01", "2025-12-31")),
    case("x100_year", "another year", DIFFERENT, "2026-01-01 to 2026-12-31",
         event(*X100, "plan", "2026-01-01", "2026-12-31")),
    case("x100_year", "never came", Outcome.NEVER, f"not by {FREEZE}",
         event(*X100, "plan", "2025-01-01", "2025-12-31"), FREEZE),
    case("leadership", "quarter over outlook", EQUAL, "14.5 against 3.5 billion USD",
         quarter(13000, "2023-07-30", "2023-08-23")
         + quarter(14514)
         + stated("amd-instinct", REVENUE, 3.5, OUTLOOK)
         + BLACKWELL_LATER
         + AMD_LATER),
    case("leadership", "quarter under outlook", DIFFERENT, "3 against 3.5 billion USD",
         quarter(3000)
         + stated("amd-instinct", REVENUE, 3.5, OUTLOOK)
         + BLACKWELL_LATER
         + AMD_LATER),
    case("leadership", "no quarter known", NOTHING, None,
         quarter(14514, known=UNSEEN)
         + stated("amd-instinct", REVENUE, 3.5, OUTLOOK)
         + BLACKWELL_LATER
         + AMD_LATER),
    case("leadership", "a quarter over a year", EQUAL, "11 against 5 billion USD",
         stated("blackwell", REVENUE, 11.0, "one quarter")
         + stated("amd-instinct", REVENUE, 5.0, ALL_2024), FREEZE),
    case("leadership", "a quarter under a year", DIFFERENT, "4 against 5 billion USD",
         stated("blackwell", REVENUE, 4.0, "one quarter")
         + stated("amd-instinct", REVENUE, 5.0, ALL_2024), FREEZE),
    case("custom_chip_unit", "reported before the note", EQUAL, "reported 2024-02-09",
         event(*CHIPS, "forecast", "2024-02-09", known="2024-02-09")),
    case("custom_chip_unit", "not reported", NOTHING, None,
         event(*CHIPS, "forecast", "2024-02-09", known=UNSEEN)),
    case("custom_chip_unit", "reported again", Outcome.PENDING, "reported again 2025-01-02",
         event(*CHIPS, "forecast", "2024-02-09", known="2024-02-09")
         + event(*CHIPS, "forecast", "2025-01-02", known="2025-01-02"), FREEZE),
    case("custom_chip_unit", "announced", EQUAL, "announced 2025-05-18",
         event(*CHIPS, "forecast", "2024-02-09", known="2024-02-09")
         + event(*CHIPS, "actual", "2025-05-18", known="2025-05-18"), FREEZE),
    case("custom_chip_source", "it was CNBC", EQUAL, "CNBC reported it",
         stated(*WORDS, "CNBC reported it", "first report")),
    case("custom_chip_source", "it was Reuters", DIFFERENT, "Reuters reported it",
         stated(*WORDS, "Reuters reported it", "first report")
         + stated(*WORDS, "CNBC carried it", "report carried by CNBC")),
    case("custom_chip_source", "nobody knows", NOTHING, None,
         stated(*WORDS, "CNBC reported it", "first report", UNSEEN)),
    case("custom_chip_contents", "all three parts", EQUAL, ALL_PARTS,
         stated(*WORDS, ALL_PARTS, "contents")),
    case("custom_chip_contents", "two parts", READING, "accelerators and sensors",
         stated(*WORDS, "accelerators and sensors", "contents")),
    case("custom_chip_contents", "uses, not parts", DIFFERENT, "cars and games",
         stated(*WORDS, "cars and games", "contents")),
    case("custom_chip_contents", "not described", NOTHING, None,
         stated(*WORDS, ALL_PARTS, "contents", UNSEEN)),
]  # fmt: skip


@pytest.mark.parametrize("check", ["h200_bandwidth", "h200_memory"])
@pytest.mark.parametrize(("claimed", "then"), [(True, Then.HOLDS), (False, Then.WRONG)])
def test_a_published_figure_holds_and_another_does_not(check, claimed, then):
    """On the real rows: 141 GB and 4.8 TB/s are right, twice as much is wrong."""
    claim = CLAIMS[f"nvidia.{check}"]
    claim = claim if claimed else replace(claim, claimed=str(2 * claim.number))

    assert verdicts.then(getattr(nvidia, check)(claim, Facts(NOTE))) is then


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
        "vendor's test, Llama 2 70B, H200 over H100 (a batch four times as large on the H200); "
        "test: the value itself, or rounding to it from at most 10% away"
    )
    assert after.rule == (
        "MLPerf v4.1, Llama 2 70B Offline, 8 H200 over 8 H100 (NVIDIA); "
        "test: the value itself, or rounding to it from at most 10% away"
    )
    assert verdicts.since(after, NOTE) is Since.NOT_REPRODUCED
    assert after.sources == ("results-h100-sxm", "results-h200-sxm")


def test_the_wording_of_the_unit_decides_between_ratio_and_increase(live):
    """The same rows: literally wrong as an increase, right as a ratio."""
    claim = CLAIMS["nvidia.bandwidth_vs_a100"]
    world = spec("h200-sxm", "bandwidth_tb_s", 4.8) + a100("bandwidth_tb_s", 2, 1.5)

    increase = nvidia.bandwidth_vs_a100(claim, live(world, NOTE))
    ratio = nvidia.bandwidth_vs_a100(replace(claim, unit="ratio"), live(world, NOTE))

    assert (verdicts.then(increase), verdicts.then(ratio)) == (Then.IMPRECISE, Then.HOLDS)
    assert increase.rule == (
        "H200 over A100 SXM 80 GB, bandwidth; test: equal at the printed precision; "
        "met as a ratio, not as an increase"
    )


def test_a_ratio_with_a_zero_is_refused(live):
    """A zero bandwidth is an error of the data, not an infinite speed-up."""
    world = spec("h200-sxm", "memory_gb", 141) + a100("memory_gb", 0, 40)

    with pytest.raises(DataError) as caught:
        nvidia.capacity_vs_a100(CLAIMS["nvidia.capacity_vs_a100"], live(world, NOTE))

    assert str(caught.value) == (
        "a ratio needs two numbers: found 141.0 (press-h200-sxm) over 0.0 (press-a100-sxm-80gb); "
        "correct the rows"
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (None, 32000.0, "None (results-h200-sxm) over 4000.0 (results-h100-sxm)"),
        (40000.0, None, "5000.0 (results-h200-sxm) over None (results-h100-sxm)"),
    ],
)
def test_a_ratio_with_a_missing_number_is_refused(live, ours, theirs, found):
    """An entry without its result names both sources."""
    world = measured("h200-sxm", "v4.1", ours) + measured("h100-sxm", "v4.1", theirs)

    with pytest.raises(DataError) as caught:
        nvidia.inference_speed(CLAIMS["nvidia.inference_speed"], live(world, FREEZE))

    assert str(caught.value) == f"a ratio needs two numbers: found {found}; correct the rows"


@pytest.mark.parametrize("check", ["b100_vs_h200", "b100_bandwidth"])
def test_a_bound_of_the_b100_is_strict_and_says_so(live, check):
    """The note says "more than"."""
    (world, day) = next((c.world, c.day) for c in CASES if c.check == check and c.holds)

    finding = getattr(nvidia, check)(CLAIMS[f"nvidia.{check}"], live(world, day))

    assert finding.rule.endswith("; test: more")
