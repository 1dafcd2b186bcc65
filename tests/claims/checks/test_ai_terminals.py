"""Every check on AI terminals can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import worlds
from worlds import UNSEEN, Case, device, event, spec, stated

from rebuilt.claims.checks import ai_terminals
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS = Verdict.HOLDS
DIFFERENT, OPEN, NOTHING = Verdict.WRONG, Verdict.OPEN, Verdict.NO_EVIDENCE
OPINION, ENDED = Verdict.OPINION, Verdict.ENDED


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


XR = ai_terminals.XR_CHIP
CAR, HOME = "intel-sdv-soc", "samsung-smartthings-cars"
GLASSES = ("smart-glasses", "shipments_mn", "2025", "EssilorLuxottica")
CAUSE = ("pcs", "named_growth_driver", "2025", "Gartner")
GREW = ("pcs", "shipment_growth_percent", "2025", "Gartner")
PHONES = ("genai-phones", "named_growth_driver", "2027", "Gartner")
SHARE = "market_share_percent"
NO_GLASSES = device(*GLASSES, 7, UNSEEN)
NO_CAUSE = device(*CAUSE, "AI", UNSEEN) + device(*GREW, 9, UNSEEN)
DELL, ASUS = ("dell-inspiron", "products", "2024"), ("asus-laptops", "products", "2024")
SHOWN = ("lenovo", "products", "2024", "Lenovo")
OUTCOME = (HOME, "statement")
LAPTOPS = ("asus-laptops", "statement")
SPREAD = ("ai-processors", "statement")
ROBOTS = ("humanoid-robots", "statement")
SERIES = "series by customer"
INTO = "spread of AI into terminals"


def announced(*chips: str, known: str = "2024-01-08") -> worlds.World:
    rows = {"quantity": "announced", "text": "2024-01-08", "unit": "date", "known_since": known}
    return [("accelerators", rows | {"subject": chip, "source": f"on-{chip}"}) for chip in chips]


def car(known: str = "2024-01-09", ended: str = UNSEEN, plan: str = UNSEEN) -> worlds.World:
    return (
        event(CAR, "announced", "actual", "2024-01-09", known=known)
        + event(CAR, "cancelled", "actual", "2025-06-24", known=ended)
        + event(CAR, "shipping", "plan", "2024-12-01", "2024-12-31", known=plan)
    )


def shares(pcs: float, phones: float, known: str = "2024-02-08") -> worlds.World:
    return device("ai-pcs", SHARE, "2024", "Gartner", pcs, known) + device(
        "genai-phones", SHARE, "2024", "Gartner", phones, known
    )


def cards(*gains: float, known: str = "2024-01-08") -> worlds.World:
    world = []
    for (old, new), gain in zip(ai_terminals.CARDS, gains, strict=True):
        world += spec(old, "fp32_tflops", 40.0, known) + spec(new, "fp32_tflops", 40 * gain, known)
    return world


def clocks(ratio: float, known: str = "2024-01-31") -> worlds.World:
    return spec(XR, "gpu_frequency_ratio", ratio, known)


def new(phone: str, headset: str, robot: str) -> worlds.World:
    return (
        announced("snapdragon-8-gen-3", known=phone)
        + event("vision-pro", "shipping", "actual", "2024-02-02", known=headset)
        + stated(*ROBOTS, "a robot", "new products", robot)
    )


def ryzen(one: float, all_: float, known: str = "2024-01-31") -> worlds.World:
    ratio = ("ryzen-7-8700g", "cpu_speed_ratio")
    return stated(*ratio, one, ai_terminals.RYZEN.format("one thread"), known) + stated(
        *ratio, all_, ai_terminals.RYZEN.format("all threads"), known
    )


def platform(known: str = "2023-09-30") -> worlds.World:
    return event("core-ultra", "announced", "actual", "2023-09-19", known=known) + event(
        "core-ultra", "shipping", "plan", "2023-12-14", known=known
    )


def rollout(share: float, known: str) -> worlds.World:
    return device("lenovo", SHARE, "2026", "Lenovo", share, known, kind="actual")


NO_CLOCKS = clocks(1.15, UNSEEN) + ryzen(1.3, 1.6, UNSEEN)
SOON = "2024-02-08"
RELEASE = ("chat-with-rtx", "shipping", "actual", "2024-02-13")
PACT = (HOME, "announced", "actual", "2024-01-04")

CASES = [
    case("chat_with_rtx", "released", HOLDS, "released 2024-02-13",
         event(*RELEASE, known="2024-02-14")),
    case("chat_with_rtx", "not reported", NOTHING, None, event(*RELEASE, known=UNSEEN)),
    case("consumer_growth", "expected later", OPEN, "not before 2027",
         device(*PHONES, "not before 2027") + NO_CAUSE),
    case("consumer_growth", "not told", NOTHING, None,
         device(*PHONES, "not before 2027", UNSEEN) + NO_CAUSE),
    case("consumer_growth", "AI is named", HOLDS, "PCs +9 percent in 2025; named: AI",
         device(*CAUSE, "AI", "2026-01-20") + device(*GREW, 9, "2026-01-20"), FREEZE),
    case("consumer_growth", "another cause", OPEN, "PCs +9 percent in 2025; named: Windows",
         device(*CAUSE, "Windows", "2026-01-20") + device(*GREW, 9, "2026-01-20"), FREEZE),
    case("lenovo_ai_pcs", "ten", HOLDS, 10.0, device(*SHOWN, 10, kind="actual")),
    case("lenovo_ai_pcs", "nine", DIFFERENT, 9.0, device(*SHOWN, 9, kind="actual")),
    case("lenovo_ai_pcs", "none", NOTHING, None, device(*SHOWN, 10, UNSEEN, kind="actual")),
    case("ai_spread", "counted", OPINION, "PCs 22 percent of 2024, phones 20 percent of 2024",
         shares(22, 20)),
    case("ai_spread", "counted again", OPINION,
         "PCs 22 percent of 2024, phones 20 percent of 2024, PCs 31 percent of 2025",
         shares(22, 20) + device("ai-pcs", SHARE, "2025", "Gartner", 31, "2025-10-31"), FREEZE),
    case("ai_spread", "not counted", NOTHING, None, shares(22, 20, UNSEEN)),
    case("ai_plus_n", "two kinds", OPINION, "cars, headsets", car() + announced(XR) + NO_GLASSES),
    case("ai_plus_n", "glasses sold", OPINION,
         "cars, headsets, smart glasses (7 million sold in 2025)",
         car() + announced(XR) + device(*GLASSES, 7, "2026-02-17"), FREEZE),
    case("ai_plus_n", "none", NOTHING, None,
         car(UNSEEN) + announced(XR, known=UNSEEN) + NO_GLASSES),
    case("new_products", "three classes", HOLDS, "3 of 3", new(SOON, SOON, SOON)),
    case("new_products", "two classes", OPEN, "2 of 3; not found: robots",
         new(SOON, SOON, UNSEEN)),
    case("new_products", "none", NOTHING, None, new(UNSEEN, UNSEEN, UNSEEN)),
    case("era", "counted", OPINION, "PCs 60 percent of 2024, phones 50 percent of 2024",
         shares(60, 50)),
    case("era", "not counted", NOTHING, None, shares(22, 20, UNSEEN)),
    case("processors", "three", HOLDS, "3 of 3", announced(*ai_terminals.CHIPS)),
    case("processors", "two", OPEN, f"2 of 3; not found: {XR}",
         announced(*ai_terminals.CHIPS[:2]) + announced(XR, known=UNSEEN)),
    case("processors", "none", NOTHING, None, announced(*ai_terminals.CHIPS, known=UNSEEN)),
    case("performance_leap", "all compared", OPINION,
         "RTX cards 1.10 to 1.30; 8700G 1.40 (one thread); 8700G 1.60 (all threads); "
         "XR2+ Gen 2 1.15 (clock, over the XR2 Gen 2)",
         cards(1.1, 1.2, 1.3) + clocks(1.15) + ryzen(1.4, 1.6)),
    case("performance_leap", "cards only", OPINION, "RTX cards 1.50 to 1.70",
         cards(1.5, 1.6, 1.7) + NO_CLOCKS),
    case("performance_leap", "no figures", NOTHING, None,
         cards(1.1, 1.2, 1.3, known=UNSEEN) + NO_CLOCKS),
    case("ai_penetration", "named", HOLDS, "new processors",
         stated(*SPREAD, "new processors", INTO)),
    case("ai_penetration", "software is named", OPEN, "software",
         stated(*SPREAD, "software", INTO)),
    case("samsung_cars", "agreed", HOLDS, "agreement of 2024-01-04",
         event(*PACT, known="2024-01-04") + stated(*OUTCOME, "started", "outcome", UNSEEN)),
    case("samsung_cars", "agreed and done", HOLDS, "agreement of 2024-01-04; started",
         event(*PACT, known="2024-01-04") + stated(*OUTCOME, "started", "outcome"), FREEZE),
    case("samsung_cars", "no agreement", NOTHING, None,
         event(*PACT, known=UNSEEN) + stated(*OUTCOME, "started", "outcome", UNSEEN)),
    case("intel_ai_pc", "announced", HOLDS, "announced 2023-09-19 for 2023-12-14", platform()),
    case("intel_ai_pc", "not announced", NOTHING, None, platform(UNSEEN)),
    case("intel_sdv_soc", "announced", HOLDS,
         "announced 2024-01-09, first chips planned by 2024-12-31", car(plan="2024-01-09")),
    case("intel_sdv_soc", "given up later", ENDED, "announced 2024-01-09; ended 2025-06-24",
         car(ended="2025-06-25"), FREEZE),
    case("intel_sdv_soc", "not announced", NOTHING, None, car(UNSEEN)),
    case("dell_core_ultra", "one", HOLDS, "1", device(*DELL, "Dell", 1, kind="actual")),
    case("dell_core_ultra", "none", NOTHING, None,
         device(*DELL, "Dell", 1, UNSEEN, kind="actual")),
    case("dell_efficiency", "less energy", HOLDS, "0.8 times",
         stated("dell-inspiron", "energy_ratio", 0.8, "AI work, over the one before")),
    case("dell_efficiency", "more energy", DIFFERENT, "1.2 times",
         stated("dell-inspiron", "energy_ratio", 1.2, "AI work, over the one before")),
    case("lenovo_rollout", "a third", HOLDS, "about 33 percent by 2026",
         rollout(33, "2026-01-31"), FREEZE),
    case("lenovo_rollout", "not told", NOTHING, None, rollout(33, "2026-01-31")),
    case("asus_core_ultra", "one", HOLDS, "1", device(*ASUS, "ASUS", 1, kind="actual")),
    case("asus_core_ultra", "none", NOTHING, None,
         device(*ASUS, "ASUS", 1, UNSEEN, kind="actual")),
    case("asus_series", "told apart", HOLDS, "one series for players",
         stated(*LAPTOPS, "one series for players", SERIES)),
    case("asus_series", "not told", NOTHING, None, stated(*LAPTOPS, "x", SERIES, UNSEEN)),
]  # fmt: skip
