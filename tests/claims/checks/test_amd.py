"""Every check on AMD can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import worlds
from worlds import UNSEEN, Case, event, measured, spec, stated

from rebuilt import claims
from rebuilt.claims.checks import amd
from rebuilt.claims.vocabulary import Outcome
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
EQUAL, ROUNDED, READING = Outcome.EQUAL, Outcome.ROUNDED, Outcome.OTHER_READING
DIFFERENT, PENDING, NOTHING = Outcome.DIFFERENT, Outcome.PENDING, Outcome.NO_EVIDENCE
CLAIMS = {claim.check: claim for claim in claims.read() if claim.section == "amd"}


def case(check, why, outcome, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, outcome=outcome, computed=computed, world=world, day=day)


REVENUE = ("amd-instinct", "revenue_usd_bn")
WORDS = ("mi300x", "statement")
LAUNCH = ("mi300x", "announced")
BASE = "bandwidth_tb_s"


def outlook(before: float, raised: float, known: str = "2024-01-30") -> worlds.World:
    return stated(*REVENUE, before, amd.BEFORE, known) + stated(*REVENUE, raised, amd.RAISED, known)


def actual(value: float, known: str = "2025-02-04") -> worlds.World:
    return stated(*REVENUE, value, amd.OUTCOME, known)


def base(exact: float, rounded: float, known: str = "2021-11-30") -> worlds.World:
    return limited(BASE, exact, amd.EXACT, known) + limited(BASE, rounded, amd.ROUNDED, known)


def limited(quantity: str, value: float, condition: str, known: str) -> worlds.World:
    (table, row), *_ = spec("mi250x", quantity, value, known)
    return [(table, row | {"condition": condition, "source": f"press-{condition[-6:]}"})]


def pair(quantity: str, new: float, old: float, known: str = "2023-12-06") -> worlds.World:
    return spec("mi300x", quantity, new, known) + spec("mi250x", quantity, old, "2021-11-30")


def part(name: str, known: str = "2023-11-13") -> worlds.World:
    return stated(*WORDS, "as told", name, known)


def score(ours: float, theirs: float) -> worlds.World:
    return measured("mi300x", "v4.1", ours, submitter="AMD") + measured("h100-sxm", "v4.1", theirs)


PROCESSES = "packaging, processes named"
TEST = amd.VENDOR_TEST
ALL_PARTS = [row for name in amd.PARTS for row in part(name)]
SPEED = ("mi300x", "inference_speedup")
LATER = stated(*SPEED, 1.3, TEST, UNSEEN)

CASES = [
    case("sales_outlook", "raised", EQUAL, "from 2 to 3.5 billion USD",
         outlook(2, 3.5) + actual(5, UNSEEN)),
    case("sales_outlook", "cut", DIFFERENT, "from 3.5 to 2 billion USD",
         outlook(3.5, 2) + actual(5, UNSEEN)),
    case("sales_outlook", "raised and beaten", EQUAL, "from 2 to 3.5 billion USD; it became 5",
         outlook(2, 3.5) + actual(5), FREEZE),
    case("sales_outlook", "raised and missed", DIFFERENT, "from 2 to 3.5 billion USD; it became 3",
         outlook(2, 3.5) + actual(3), FREEZE),
    case("sales_outlook", "not public", NOTHING, None,
         outlook(2, 3.5, UNSEEN) + actual(5, UNSEEN)),
    case("cowos_soic", "both named", EQUAL, "SoIC and CoWoS",
         stated(*WORDS, "SoIC and CoWoS", PROCESSES)),
    case("cowos_soic", "one named", READING, "CoWoS", stated(*WORDS, "CoWoS", PROCESSES)),
    case("cowos_soic", "another named", DIFFERENT, "EMIB", stated(*WORDS, "EMIB", PROCESSES)),
    case("cowos_soic", "not told", NOTHING, None, stated(*WORDS, "SoIC", PROCESSES, UNSEEN)),
    case("mi300x_announced", "shown, then launched", EQUAL, "2023-12-06",
         event(*LAUNCH, "actual", "2023-06-13", known="2023-06-13")
         + event(*LAUNCH, "actual", "2023-12-06", known="2023-12-07")),
    case("mi300x_announced", "another day", DIFFERENT, "2023-12-05",
         event(*LAUNCH, "actual", "2023-12-05", known="2023-12-07")),
    case("mi300x_announced", "nothing", NOTHING, None,
         event(*LAUNCH, "actual", "2023-12-06", known=UNSEEN)),
    case("cdna3", "CDNA 3", EQUAL, "CDNA 3", stated(*WORDS, "CDNA 3", "architecture")),
    case("cdna3", "CDNA 2", DIFFERENT, "CDNA 2", stated(*WORDS, "CDNA 2", "architecture")),
    case("cdna3", "not told", NOTHING, None, stated(*WORDS, "CDNA 3", "architecture", UNSEEN)),
    case("hbm3_stacks", "eight", EQUAL, 8.0, spec("mi300x", "hbm_stacks", 8)),
    case("hbm3_stacks", "six", DIFFERENT, 6.0, spec("mi300x", "hbm_stacks", 6)),
    case("hbm3_stacks", "none", NOTHING, None, spec("mi300x", "hbm_stacks", 8, UNSEEN)),
    case("memory", "192", EQUAL, 192.0, spec("mi300x", "memory_gb", 192)),
    case("memory", "128", DIFFERENT, 128.0, spec("mi300x", "memory_gb", 128)),
    case("memory", "none", NOTHING, None, spec("mi300x", "memory_gb", 192, UNSEEN)),
    case("compute_units", "about 40", ROUNDED, 38.18181818, pair("compute_units", 304, 220)),
    case("compute_units", "half as many again", DIFFERENT, 50.0, pair("compute_units", 330, 220)),
    case("compute_units", "one unknown", NOTHING, None, pair("compute_units", 304, 220, UNSEEN)),
    case("memory_vs_mi250x", "an increase", EQUAL, 1.5, pair("memory_gb", 250, 100)),
    case("memory_vs_mi250x", "a ratio", READING, 1.5, pair("memory_gb", 192, 128)),
    case("memory_vs_mi250x", "neither", DIFFERENT, 1.0, pair("memory_gb", 256, 128)),
    case("memory_vs_mi250x", "one unknown", NOTHING, None, pair("memory_gb", 192, 128, UNSEEN)),
    case("bandwidth_vs_mi250x", "an increase", EQUAL, 1.7,
         spec("mi300x", BASE, 5.4) + base(2.0, 2.0)),
    case("bandwidth_vs_mi250x", "a ratio over the rounded figure", READING, 1.65625,
         spec("mi300x", BASE, 5.3) + base(3.28, 3.2)),
    case("bandwidth_vs_mi250x", "a ratio over the exact figure", READING, 1.7,
         spec("mi300x", BASE, 3.4) + base(2.0, 3.2)),
    case("bandwidth_vs_mi250x", "neither", DIFFERENT, 0.5,
         spec("mi300x", BASE, 4.5) + base(3.0, 3.2)),
    case("bandwidth_vs_mi250x", "one unknown", NOTHING, None,
         spec("mi300x", BASE, 5.3, UNSEEN) + base(3.28, 3.2)),
    case("performance_vs_h100", "vendor's test", EQUAL, 1.3, stated(*SPEED, 1.3, TEST)),
    case("performance_vs_h100", "vendor's test, less", DIFFERENT, 1.1, stated(*SPEED, 1.1, TEST)),
    case("performance_vs_h100", "vendor's test, later", NOTHING, None, LATER),
    case("performance_vs_h100", "measured so", EQUAL, 1.3, score(26000, 20000) + LATER, FREEZE),
    case("performance_vs_h100", "measured, short", Outcome.NOT_REPRODUCED, 0.95,
         score(19000, 20000) + stated(*SPEED, 1.3, TEST), FREEZE),
    case("packaging", "all parts", EQUAL, "4 of 4 parts", ALL_PARTS),
    case("packaging", "some parts", PENDING, "3 of 4 parts",
         ALL_PARTS[1:] + part(amd.PARTS[0], UNSEEN)),
    case("packaging", "nothing", NOTHING, None,
         [row for name in amd.PARTS for row in part(name, UNSEEN)]),
    case("transistors", "more", EQUAL, 153.0, spec("mi300x", "transistors_bn", 153)),
    case("transistors", "exactly", DIFFERENT, 150.0, spec("mi300x", "transistors_bn", 150)),
    case("transistors", "unknown", NOTHING, None, spec("mi300x", "transistors_bn", 153, UNSEEN)),
]  # fmt: skip


def test_a_benchmark_takes_the_place_of_the_vendors_test(live):
    """The rule says which of the two was used."""
    world = score(19000, 20000) + stated(*SPEED, 1.3, TEST)
    claim = CLAIMS["amd.performance_vs_h100"]

    before, after = (amd.performance_vs_h100(claim, live(world, day)) for day in (NOTE, FREEZE))

    assert before.rule == (
        "vendor's test, Llama 2 70B, MI300X with vLLM over H100 with TensorRT-LLM; "
        "test: equal at the printed precision"
    )
    assert after.rule == (
        "MLPerf v4.1, Llama 2 70B Offline, 8 MI300X (AMD) over 8 H100 (NVIDIA); "
        "test: equal at the printed precision"
    )


def test_the_base_of_the_bandwidth_decides_between_two_answers(live):
    """On the real rows the exact base gives 1.6 and the rounded base 1.7."""
    facts = Facts(NOTE)
    new = facts.value("accelerators", "mi300x", BASE)
    ratios = [
        new.number / facts.value("accelerators", "mi250x", BASE, condition).number
        for condition in (amd.EXACT, amd.ROUNDED)
    ]

    assert [f"{ratio:.1f}" for ratio in ratios] == ["1.6", "1.7"]
