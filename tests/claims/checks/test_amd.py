"""Every check on AMD can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import worlds
from worlds import UNSEEN, Case, event, measured, spec, stated

from rebuilt import claims
from rebuilt.claims.checks import amd
from rebuilt.claims.vocabulary import Verdict, Witness
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS, READING = Verdict.HOLDS, Verdict.IMPRECISE
DIFFERENT, OPEN, NOTHING = Verdict.WRONG, Verdict.OPEN, Verdict.NO_EVIDENCE
CLAIMS = {claim.check: claim for claim in claims.read() if claim.section == "amd"}


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


REVENUE = ("amd-instinct", "revenue_usd_bn")
WORDS = ("mi300x", "statement")
LAUNCH = ("mi300x", "announced")
BASE = "bandwidth_tb_s"


def outlook(before: float, raised: float, known: str = "2024-01-30") -> worlds.World:
    return stated(*REVENUE, before, amd.BEFORE, known) + stated(*REVENUE, raised, amd.RAISED, known)


def later(value: float, known: str = "2024-07-30") -> worlds.World:
    return stated(*REVENUE, value, "calendar 2024, outlook of July 2024, more than", known)


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
SPEED = ("mi300x", "inference_speedup")
BY_AMD = "vs H100, AMD in December 2023, Llama 2 70B"
BY_SELLER = "vs H100, TensorWave in June 2024, Mixtral 8x7B"
BY_RIVAL = "vs H100, NVIDIA in December 2023, Llama 2 70B"
SUPPLIER, OTHERS = "packaging, supplier", "packaging, other reports"
NOBODY_ELSE = stated(*WORDS, "x", SUPPLIER, UNSEEN) + stated(*WORDS, "x", OTHERS, UNSEEN)
STACK, BONDING = "packaging, stack", "packaging, bonding"

CASES = [
    case("cowos_soic", "both named", HOLDS, "SoIC and CoWoS",
         stated(*WORDS, "SoIC and CoWoS", PROCESSES)),
    case("cowos_soic", "one named", READING, "CoWoS", stated(*WORDS, "CoWoS", PROCESSES)),
    case("cowos_soic", "another named", DIFFERENT, "EMIB", stated(*WORDS, "EMIB", PROCESSES)),
    case("cowos_soic", "not told", NOTHING, None, stated(*WORDS, "SoIC", PROCESSES, UNSEEN)),
    case("mi300x_announced", "shown, then launched", HOLDS, "2023-12-06",
         event(*LAUNCH, "actual", "2023-06-13", known="2023-06-13")
         + event(*LAUNCH, "actual", "2023-12-06", known="2023-12-07")),
    case("mi300x_announced", "another day", DIFFERENT, "2023-12-05",
         event(*LAUNCH, "actual", "2023-12-05", known="2023-12-07")),
    case("mi300x_announced", "nothing", NOTHING, None,
         event(*LAUNCH, "actual", "2023-12-06", known=UNSEEN)),
    case("cdna3", "CDNA 3", HOLDS, "CDNA 3", stated(*WORDS, "CDNA 3", "architecture")),
    case("cdna3", "CDNA 2", DIFFERENT, "CDNA 2", stated(*WORDS, "CDNA 2", "architecture")),
    case("cdna3", "not told", NOTHING, None, stated(*WORDS, "CDNA 3", "architecture", UNSEEN)),
    case("hbm3_stacks", "eight", HOLDS, 8.0, spec("mi300x", "hbm_stacks", 8)),
    case("hbm3_stacks", "six", DIFFERENT, 6.0, spec("mi300x", "hbm_stacks", 6)),
    case("hbm3_stacks", "none", NOTHING, None, spec("mi300x", "hbm_stacks", 8, UNSEEN)),
    case("memory", "192", HOLDS, 192.0, spec("mi300x", "memory_gb", 192)),
    case("memory", "128", DIFFERENT, 128.0, spec("mi300x", "memory_gb", 128)),
    case("memory", "none", NOTHING, None, spec("mi300x", "memory_gb", 192, UNSEEN)),
    case("compute_units", "about 40", HOLDS, 38.18181818, pair("compute_units", 304, 220)),
    case("compute_units", "half as many again", DIFFERENT, 50.0, pair("compute_units", 330, 220)),
    case("compute_units", "one unknown", NOTHING, None, pair("compute_units", 304, 220, UNSEEN)),
    case("memory_vs_mi250x", "an increase", HOLDS, 1.5, pair("memory_gb", 250, 100)),
    case("memory_vs_mi250x", "a ratio", READING, 1.5, pair("memory_gb", 192, 128)),
    case("memory_vs_mi250x", "neither", DIFFERENT, 1.0, pair("memory_gb", 256, 128)),
    case("memory_vs_mi250x", "one unknown", NOTHING, None, pair("memory_gb", 192, 128, UNSEEN)),
    case("bandwidth_vs_mi250x", "an increase", HOLDS, 1.7,
         spec("mi300x", BASE, 5.4) + base(2.0, 2.0)),
    case("bandwidth_vs_mi250x", "a ratio over the rounded figure", READING, 1.65625,
         spec("mi300x", BASE, 5.3) + base(3.28, 3.2)),
    case("bandwidth_vs_mi250x", "a ratio over the exact figure", READING, 1.7,
         spec("mi300x", BASE, 3.4) + base(2.0, 3.2)),
    case("bandwidth_vs_mi250x", "told again by its maker", READING, 1.7,
         spec("mi300x", BASE, 3.4) + base(2.0, 3.2)
         + stated("mi300x", "memory_bandwidth_ratio", 1.6, "Hot Chips", "2024-08-31"), FREEZE),
    case("bandwidth_vs_mi250x", "neither", DIFFERENT, 0.5,
         spec("mi300x", BASE, 4.5) + base(3.0, 3.2)),
    case("bandwidth_vs_mi250x", "one unknown", NOTHING, None,
         spec("mi300x", BASE, 5.3, UNSEEN) + base(3.28, 3.2)),
    case("transistors", "more", HOLDS, 153.0, spec("mi300x", "transistors_bn", 153)),
    case("transistors", "exactly", DIFFERENT, 150.0, spec("mi300x", "transistors_bn", 150)),
    case("transistors", "unknown", NOTHING, None, spec("mi300x", "transistors_bn", 153, UNSEEN)),
    case("sales_outlook", "raised", HOLDS, "from 2 to 3.5 billion USD",
         outlook(2, 3.5) + later(4.5, UNSEEN)),
    case("sales_outlook", "cut", DIFFERENT, "from 3.5 to 2 billion USD", outlook(3.5, 2)),
    case("sales_outlook", "raised again", HOLDS, "from 2 to 3.5 to 4.5 billion USD",
         outlook(2, 3.5) + later(4.5), FREEZE),
    case("sales_outlook", "not public", NOTHING, None, outlook(2, 3.5, UNSEEN)),
    case("performance_vs_h100", "its maker's test", HOLDS, 1.3, stated(*SPEED, 1.3, BY_AMD)),
    case("performance_vs_h100", "its maker's test, less", OPEN, 1.1, stated(*SPEED, 1.1, BY_AMD)),
    case("performance_vs_h100", "its rival's test", NOTHING, None, stated(*SPEED, 1.3, BY_RIVAL)),
    case("performance_vs_h100", "measured so", HOLDS, 1.3, score(26000, 20000), FREEZE),
    case("performance_vs_h100", "one workload measured short refutes nothing", OPEN, 0.95,
         score(19000, 20000), FREEZE),
    case("performance_vs_h100", "short in the benchmark, met in a seller's test", HOLDS, 1.33,
         score(19000, 20000) + stated(*SPEED, 1.6, BY_AMD) + stated(*SPEED, 1.33, BY_SELLER),
         FREEZE),
    case("packaging", "both parts", HOLDS, "2 of 2",
         part(STACK) + part(BONDING)),
    case("packaging", "one part", OPEN, "1 of 2; not found: hybrid bonding",
         part(STACK) + part(BONDING, UNSEEN)),
    case("packaging", "nothing", NOTHING, None, part(STACK, UNSEEN) + part(BONDING, UNSEEN)),
    case("interposer", "told", HOLDS, "a silicon interposer",
         stated(*WORDS, "a silicon interposer", "packaging, interposer")),
    case("interposer", "another base", DIFFERENT, "an organic base",
         stated(*WORDS, "an organic base", "packaging, interposer")),
    case("packaging_supplier", "TSMC", HOLDS, "TSMC; SoIC of TSMC; another company packages it",
         stated(*WORDS, "TSMC", SUPPLIER) + stated(*WORDS, "SoIC of TSMC", PROCESSES)
         + stated(*WORDS, "another company packages it", OTHERS)),
    case("packaging_supplier", "the scheme alone", HOLDS, "SoIC of TSMC",
         stated(*WORDS, "SoIC of TSMC", PROCESSES) + NOBODY_ELSE),
    case("packaging_supplier", "the scheme of another", DIFFERENT, "I-Cube of Samsung",
         stated(*WORDS, "I-Cube of Samsung", PROCESSES) + NOBODY_ELSE),
    case("packaging_supplier", "nothing", NOTHING, None,
         stated(*WORDS, "x", PROCESSES, UNSEEN) + NOBODY_ELSE),
]  # fmt: skip


def test_the_strongest_witness_is_named_and_the_short_cases_are_counted(live):
    """One case meets an existential claim; the verdict says whose test it is."""
    world = score(19000, 20000) + stated(*SPEED, 1.3, BY_AMD) + stated(*SPEED, 1.33, BY_SELLER)

    found = amd.performance_vs_h100(CLAIMS["amd.performance_vs_h100"], live(world, FREEZE))

    assert found.witness is Witness.SELLER_TEST
    assert found.rule == (
        "speed of MI300X over H100 in single workloads; test: one case that reaches it; "
        f"met: {BY_SELLER} (2 of 3 cases)"
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
