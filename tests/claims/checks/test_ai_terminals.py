"""Every check on AI terminals can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import worlds
from worlds import UNSEEN, Case, device, event, spec, stated

from rebuilt.claims.checks import ai_terminals
from rebuilt.claims.vocabulary import Outcome
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
EQUAL, ROUNDED, READING = Outcome.EQUAL, Outcome.ROUNDED, Outcome.OTHER_READING
DIFFERENT, PENDING, NOTHING = Outcome.DIFFERENT, Outcome.PENDING, Outcome.NO_EVIDENCE


def case(check, why, outcome, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, outcome=outcome, computed=computed, world=world, day=day)


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


def announced(*chips: str, known: str = "2024-01-08") -> worlds.World:
    rows = {"quantity": "announced", "text": "2024-01-08", "unit": "date", "known_since": known}
    return [("accelerators", rows | {"subject": chip, "source": f"on-{chip}"}) for chip in chips]


def car(known: str = "2024-01-09", ended: str = UNSEEN) -> worlds.World:
    return event(CAR, "announced", "actual", "2024-01-09", known=known) + event(
        CAR, "cancelled", "actual", "2025-06-24", known=ended
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


RELEASE = ("chat-with-rtx", "shipping", "actual", "2024-02-13")
PACT = (HOME, "announced", "actual", "2024-01-04")

CASES = [
    case("chat_with_rtx", "released", EQUAL, "released 2024-02-13",
         event(*RELEASE, known="2024-02-14")),
    case("chat_with_rtx", "not reported", NOTHING, None, event(*RELEASE, known=UNSEEN)),
    case("ai_plus_n", "two kinds", EQUAL, "cars, headsets", car() + announced(XR) + NO_GLASSES),
    case("ai_plus_n", "one kind", DIFFERENT, "headsets",
         car(UNSEEN) + announced(XR) + NO_GLASSES),
    case("ai_plus_n", "none", NOTHING, None,
         car(UNSEEN) + announced(XR, known=UNSEEN) + NO_GLASSES),
    case("ai_plus_n", "sold in millions", EQUAL, "smart glasses: 7 million in 2025",
         car() + announced(XR) + device(*GLASSES, 7, "2026-02-17"), FREEZE),
    case("ai_plus_n", "hardly sold", DIFFERENT, "smart glasses: 0.1 million in 2025",
         car() + announced(XR) + device(*GLASSES, 0.1, "2026-02-17"), FREEZE),
    case("consumer_growth", "expected later", PENDING, "not before 2027",
         device(*PHONES, "not before 2027") + NO_CAUSE),
    case("consumer_growth", "not told", NOTHING, None,
         device(*PHONES, "not before 2027", UNSEEN) + NO_CAUSE),
    case("consumer_growth", "AI is named", EQUAL, "PCs +9 percent in 2025; named: AI",
         device(*CAUSE, "AI", "2026-01-20") + device(*GREW, 9, "2026-01-20"), FREEZE),
    case("consumer_growth", "another cause", PENDING, "PCs +9 percent in 2025; named: Windows",
         device(*CAUSE, "Windows", "2026-01-20") + device(*GREW, 9, "2026-01-20"), FREEZE),
    case("era", "majorities", EQUAL, "PCs 60 percent, phones 50 percent", shares(60, 50)),
    case("era", "one majority", READING, "PCs 20 percent, phones 60 percent", shares(20, 60)),
    case("era", "minorities", DIFFERENT, "PCs 22 percent, phones 20 percent", shares(22, 20)),
    case("era", "not counted", NOTHING, None, shares(22, 20, UNSEEN)),
    case("processors", "three", EQUAL, 3.0, announced(*ai_terminals.CHIPS)),
    case("processors", "two", DIFFERENT, 2.0,
         announced(*ai_terminals.CHIPS[:2]) + announced(XR, known=UNSEEN)),
    case("processors", "none", NOTHING, None, announced(*ai_terminals.CHIPS, known=UNSEEN)),
    case("performance_leap", "all leap", EQUAL, "1.50 to 2.00 times",
         cards(1.5, 1.6, 1.7) + clocks(2.0)),
    case("performance_leap", "one leaps", READING, "1.10 to 2.00 times",
         cards(1.1, 1.2, 1.3) + clocks(2.0)),
    case("performance_leap", "steps", DIFFERENT, "1.10 to 1.30 times",
         cards(1.1, 1.2, 1.3) + clocks(1.15)),
    case("performance_leap", "no figures", NOTHING, None,
         cards(1.1, 1.2, 1.3, known=UNSEEN) + clocks(1.15, UNSEEN)),
    case("samsung_car_home", "agreed", EQUAL, "agreement of 2024-01-04",
         event(*PACT, known="2024-01-04") + stated(*OUTCOME, "started", "outcome", UNSEEN)),
    case("samsung_car_home", "agreed and done", EQUAL, "agreement of 2024-01-04; started",
         event(*PACT, known="2024-01-04") + stated(*OUTCOME, "started", "outcome"), FREEZE),
    case("samsung_car_home", "no agreement", NOTHING, None,
         event(*PACT, known=UNSEEN) + stated(*OUTCOME, "started", "outcome", UNSEEN)),
    case("intel_sdv_soc", "announced", EQUAL, "announced 2024-01-09", car()),
    case("intel_sdv_soc", "given up", READING,
         "announced 2024-01-09; business wound down 2025-06-24", car(ended="2025-06-25"), FREEZE),
    case("intel_sdv_soc", "not announced", NOTHING, None, car(UNSEEN)),
    case("core_ultra_laptops", "both", EQUAL, 2.0,
         device(*DELL, "Dell", 1, kind="actual") + device(*ASUS, "ASUS", 1, kind="actual")),
    case("core_ultra_laptops", "one", DIFFERENT, 1.0, device(*DELL, "Dell", 1, kind="actual")),
    case("core_ultra_laptops", "none", NOTHING, None,
         device(*DELL, "Dell", 1, UNSEEN, kind="actual")),
    case("lenovo_ai_pcs", "ten", EQUAL, 10.0, device(*SHOWN, 10, kind="actual")),
    case("lenovo_ai_pcs", "nine", DIFFERENT, 9.0, device(*SHOWN, 9, kind="actual")),
    case("lenovo_ai_pcs", "none", NOTHING, None, device(*SHOWN, 10, UNSEEN, kind="actual")),
]  # fmt: skip
