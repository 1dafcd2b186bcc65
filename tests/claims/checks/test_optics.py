"""Every check on optical modules can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import functools

import pytest
from worlds import SPRING, UNSEEN, Case, event, stated

from rebuilt import claims
from rebuilt.claims.checks import optics
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS, READING, DIFFERENT = Verdict.HOLDS, Verdict.IMPRECISE, Verdict.WRONG
NOTHING, OPEN = Verdict.NO_EVIDENCE, Verdict.OPEN
CLAIMS = {claim.check: claim for claim in claims.read() if claim.section == "optics"}
LOW, HIGH = "guidance_low_usd_m", "guidance_high_usd_m"
SHARE = "AI part of datacom transceiver revenue, fiscal 2024"
MODULE = ("transceiver-1.6t", "revenue")


def figure(quantity, value, fiscal_quarter="FY2024Q2", condition="quarter", known="2024-02-06"):
    row = {"subject": "coherent", "fiscal_quarter": fiscal_quarter, "quantity": quantity}
    row |= {"value": value, "unit": "usd_m", "condition": condition}
    return [("company_quarters", row | {"source": "report", "known_since": known})]


def revenue(value, fiscal_quarter="FY2024Q2", known="2024-02-06"):
    return figure("revenue_usd_m", value, fiscal_quarter, known=known)


def market(subject, quantity, value, condition, known="2023-12-20"):
    cell = {"text": value} if isinstance(value, str) else {"value": value}
    row = {"subject": subject, "quantity": quantity, "condition": condition, "unit": "u"} | cell
    return [("optics_market", row | {"source": f"said-{condition}", "known_since": known})]


def units(new, old, known=SPRING):
    up = ("transceivers-400g-up", "units_mn")
    return market(*up, new, optics.UNITS[0], known) + market(*up, old, optics.UNITS[1], known)


def guidance(low, high, known="2023-11-06"):
    return stated("coherent", LOW, low, "FY2024Q2", known) + stated(
        "coherent", HIGH, high, "FY2024Q2", known
    )


def orders(*told):
    worlds_of = [
        stated("coherent", "statement", "orders for AI", f"AI orders, {quarter}", known)
        for quarter, known in zip(optics.ORDERS, told, strict=True)
    ]
    return functools.reduce(list.__add__, worlds_of)


def growth(value, bound="at least", fiscal_quarter="FY2024Q2", known="2024-02-06"):
    condition = f"{bound}, quarter on quarter"
    return figure("growth_800g_percent", value, fiscal_quarter, condition, known)


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


def foretold(known="2023-12-20"):
    return market("transceiver-800g", "statement", "800G will grow", optics.BEFORE, known)


SEEN = "2024-01-01"
TOLD, UNTOLD = orders(SEEN, SEEN, SEEN), orders(UNSEEN, UNSEEN, UNSEEN)
NEXT = growth(80, "nearly", "FY2024Q3", UNSEEN)
CASES = [
    case("revenue", "as printed", HOLDS, 1.131434, revenue(1131.434)),
    case("revenue", "another quarter", DIFFERENT, 1.053083, revenue(1053.083)),
    case("revenue", "not reported", NOTHING, None, revenue(1131.434, known=UNSEEN)),
    case("revenue_guidance", "above", HOLDS, "1131 against 1100 million USD",
         revenue(1131) + guidance(1000, 1200)),
    case("revenue_guidance", "below", DIFFERENT, "1131 against 1150 million USD",
         revenue(1131) + guidance(1100, 1200)),
    case("revenue_guidance", "range unknown", NOTHING, None,
         revenue(1131) + guidance(1000, 1200, UNSEEN)),
    case("revenue_yoy", "exactly", HOLDS, -17.45, revenue(825.5) + revenue(1000, "FY2023Q2")),
    case("revenue_yoy", "rounded first", READING, 100 * (1.131 / 1.370 - 1),
         revenue(1131.434) + revenue(1370.285, "FY2023Q2")),
    case("revenue_yoy", "another", DIFFERENT, -20.0, revenue(800) + revenue(1000, "FY2023Q2")),
    case("revenue_yoy", "no year before", NOTHING, None, revenue(1131.434)),
    case("revenue_qoq", "exactly", HOLDS, 7.41, revenue(1074.1) + revenue(1000, "FY2024Q1")),
    case("revenue_qoq", "rounded first", READING, 100 * (1.131 / 1.053 - 1),
         revenue(1131.434) + revenue(1053.083, "FY2024Q1")),
    case("revenue_qoq", "another", DIFFERENT, 0.0, revenue(1000) + revenue(1000, "FY2024Q1")),
    case("revenue_800g", "passed", HOLDS, 0.1,
         figure("revenue_800g_usd_m", 100, condition="more than")),
    case("revenue_800g", "not reached", DIFFERENT, 0.09,
         figure("revenue_800g_usd_m", 90, condition="more than")),
    case("revenue_800g", "not told", NOTHING, None, revenue(1131)),
    case("growth_800g", "doubled", HOLDS, 100.0, growth(100)),
    case("growth_800g", "grew less", DIFFERENT, 80.0, growth(80)),
    case("growth_800g", "not told", NOTHING, None, revenue(1131)),
    case("ai_share", "told", HOLDS, 55.0, stated("coherent", "share_percent", 55, SHARE)),
    case("ai_share", "less", DIFFERENT, 40.0, stated("coherent", "share_percent", 40, SHARE)),
    case("ai_share", "not found", NOTHING, None,
         stated("coherent", "share_percent", 55, SHARE, UNSEEN)),
    case("year_1t6", "expected", HOLDS, "2025-01-01 to 2025-12-31",
         event(*MODULE, "forecast", "2025-01-01", "2025-12-31")),
    case("year_1t6", "expected later", DIFFERENT, "2026-01-01 to 2026-12-31",
         event(*MODULE, "forecast", "2026-01-01", "2026-12-31")),
    case("year_1t6", "came", HOLDS, "2025-04-01 to 2025-06-30",
         event(*MODULE, "actual", "2025-04-01", "2025-06-30", "2025-08-13"), FREEZE),
    case("year_1t6", "came late", Verdict.LATE, "2026-04-01 to 2026-06-30",
         event(*MODULE, "actual", "2026-04-01", "2026-06-30", "2026-08-13"), FREEZE),
    case("ai_upgrade", "AI is named", HOLDS, "Coherent, quarter to June 2023: orders for AI",
         foretold() + TOLD + units(20.4, 6.4, UNSEEN)),
    case("ai_upgrade", "growth without its cause", OPEN, "Dell'Oro: 800G will grow",
         foretold() + UNTOLD + units(20.4, 6.4, UNSEEN)),
    case("ai_upgrade", "not told", NOTHING, None,
         foretold(UNSEEN) + UNTOLD + units(20.4, 6.4, UNSEEN)),
    case("ai_upgrade", "tripled", HOLDS,
         "Coherent, quarter to June 2023: orders for AI; by TrendForce's count modules of 400G "
         "and above in 2024: 3 times those of 2023",
         foretold() + TOLD + units(18, 6), FREEZE),
    case("ai_upgrade", "fewer modules", DIFFERENT,
         "Coherent, quarter to June 2023: orders for AI; by TrendForce's count modules of 400G "
         "and above in 2024: 0.5 times those of 2023",
         foretold() + TOLD + units(3, 6), FREEZE),
    case("ai_orders", "three quarters", HOLDS, "3 of 3", orders(SEEN, SEEN, SEEN)),
    case("ai_orders", "two quarters", OPEN, "2 of 3; not found: FY2024Q2",
         orders(SEEN, SEEN, UNSEEN)),
    case("ai_orders", "nobody tells", NOTHING, None, UNTOLD),
    case("shipments_800g", "doubled", HOLDS, "100% in a quarter", growth(100) + NEXT),
    case("shipments_800g", "next quarter", HOLDS, "100%, then 80% in a quarter",
         growth(100) + growth(80, "nearly", "FY2024Q3", SPRING), FREEZE),
    case("shipments_800g", "next quarter shrinks", DIFFERENT, "100%, then -5% in a quarter",
         growth(100) + growth(-5, "nearly", "FY2024Q3", SPRING), FREEZE),
    case("shipments_800g", "not told", NOTHING, None, revenue(1131)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "then"),
    [
        ("revenue", Verdict.HOLDS),
        ("revenue_yoy", Verdict.IMPRECISE),
        ("revenue_qoq", Verdict.IMPRECISE),
        ("revenue_guidance", Verdict.NO_EVIDENCE),
        ("ai_share", Verdict.NO_EVIDENCE),
    ],
)
def test_the_printed_decimals_come_from_rounded_revenues(check, then):
    """On the real rows: the revenue is right, its two rates are quotients of rounded figures."""
    finding = getattr(optics, check)(CLAIMS[f"optics.{check}"], Facts(NOTE))

    assert finding.verdict is then


def test_what_was_not_found_says_what_was_looked_for():
    """An unverified claim names the places that were searched."""
    for check in ("revenue_guidance", "ai_share"):
        assert (
            "looked for in" in getattr(optics, check)(CLAIMS[f"optics.{check}"], Facts(FREEZE)).rule
        )
