"""Every check on switches can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import worlds
from worlds import SPRING, UNSEEN, Case, stated

from rebuilt import claims
from rebuilt.claims.checks import switching
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS, DIFFERENT = Verdict.HOLDS, Verdict.WRONG
NOTHING, OPEN, OPINION = Verdict.NO_EVIDENCE, Verdict.OPEN, Verdict.OPINION
CLAIMS = {claim.check: claim for claim in claims.read() if claim.section == "switching"}
SPEEDS = "named as deployed, 2025"
RATIO = "of an Arista network over another"


def chip(subject, announced, known=SPRING):
    row = {"subject": subject, "quantity": "announced", "text": announced, "unit": "date"}
    return [("switch_silicon", row | {"source": f"press-{subject}", "known_since": known})]


def revenue(value, fiscal_quarter, known="2024-02-12"):
    row = {"subject": "arista", "fiscal_quarter": fiscal_quarter, "quantity": "revenue_usd_m"}
    row |= {"value": value, "unit": "usd_m", "condition": "quarter"}
    return [("company_quarters", row | {"source": "report", "known_since": known})]


def cluster(subject, fabric, known=SPRING):
    row = {"subject": subject, "quantity": "network_fabric", "text": fabric, "unit": "text"}
    row |= {"condition": "built", "source": f"told-{subject}", "known_since": known}
    return [("clusters", row)]


def speeds(slowest, fastest, known="2024-02-01"):
    return stated("arista", "slowest_port_gbps", slowest, SPEEDS, known) + stated(
        "arista", "fastest_port_gbps", fastest, SPEEDS, known
    )


def target(value, known="2023-11-14"):
    return stated("arista", "ai_revenue_target_usd_m", value, switching.TARGET, known)


def outcome(value, known=SPRING):
    return stated("arista", "ai_revenue_usd_m", value, switching.OUTCOME, known)


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


def core(text, known="2024-02-12"):
    return stated("arista", "statement", text, "core business", known)


def system(known="2017-12-31"):
    text = "an extensible operating system of its own"
    return stated("arista", "statement", text, "operating system", known)


def share(known="2024-02-12"):
    return stated("arista", "share_percent", 65, "core products", known)


def reason(text):
    return stated("arista", "statement", text, "reason for its products")


SAID = stated("arista", "statement", "pilots for AI", switching.CALL)
UNSAID = stated("arista", "statement", "pilots for AI", switching.CALL, UNSEEN)
CASES = [
    case("port_speeds", "named", HOLDS, "10 to 400", speeds(10, 400)),
    case("port_speeds", "too slow", DIFFERENT, "10 to 100", speeds(10, 100)),
    case("port_speeds", "not named", NOTHING, None, speeds(10, 400, UNSEEN)),
    case("ai_revenue", "target", HOLDS, 0.75, target(750) + outcome(1625, UNSEEN)),
    case("ai_revenue", "lower target", DIFFERENT, 0.5, target(500) + outcome(1625, UNSEEN)),
    case("ai_revenue", "no target", NOTHING, None, target(750, UNSEEN) + outcome(1625, UNSEEN)),
    case("ai_revenue", "outcome", HOLDS,
         "1.625 billion USD, front ends included; the back end was not told",
         target(750) + outcome(1625), FREEZE),
    case("ai_revenue", "poor outcome", DIFFERENT,
         "0.7 billion USD, front ends included; the back end was not told",
         target(750) + outcome(700), FREEZE),
    case("ai_upgrade", "AI is named, and chips came", HOLDS,
         "Arista: pilots for AI; 1 switch chip announced since December 2022: New-AI",
         SAID + chip("old", "2022-08", "2022-08-31") + chip("new-ai", "2023-04", "2023-04-30")),
    case("ai_upgrade", "AI is named, none came", HOLDS, "Arista: pilots for AI",
         SAID + chip("old", "2022-08", "2022-08-31")),
    case("ai_upgrade", "chips without the cause", NOTHING, None,
         UNSAID + chip("new", "2023-04", "2023-04-30")),
    case("core_business", "grows", OPINION, "+20.0% in 2023Q4",
         revenue(1200, "FY2023Q4") + revenue(1000, "FY2022Q4")),
    case("core_business", "last quarter counts", OPINION, "+10.0% in 2024Q1",
         revenue(1200, "FY2023Q4") + revenue(1000, "FY2022Q4")
         + revenue(1100, "FY2024Q1", SPRING) + revenue(1000, "FY2023Q1"), FREEZE),
    case("core_business", "no year before", NOTHING, None, revenue(1200, "FY2023Q4")),
    case("core_business", "nothing", NOTHING, None, revenue(1200, "FY2023Q4", UNSEEN)),
    case("core_parts", "all named", HOLDS, "4 of 4",
         core("cloud, AI and data center") + system() + share()),
    case("core_parts", "a part left out", OPEN, "3 of 4; not found: AI",
         core("cloud and data center") + system() + share()),
    case("core_parts", "nothing", NOTHING, None,
         core("cloud", UNSEEN) + system(UNSEEN) + share(UNSEEN)),
    case("energy_availability", "measured", OPINION, "0.8 times the energy",
         stated("arista", "energy_ratio", 0.8, RATIO)),
    case("energy_availability", "not measured", NOTHING, None,
         stated("arista", "energy_ratio", 0.8, RATIO, UNSEEN)),
    case("bandwidth_demand", "named", HOLDS, "demand for bandwidth",
         reason("demand for bandwidth")),
    case("bandwidth_demand", "another reason", OPEN, "price", reason("price")),
    case("ethernet_pilots", "said", HOLDS, "Arista: pilots for AI",
         SAID + cluster("a", "Ethernet", UNSEEN)),
    case("ethernet_pilots", "said and built", HOLDS, "Arista: pilots for AI; built on Ethernet: a",
         SAID + cluster("a", "Ethernet (RoCE): x") + cluster("b", "InfiniBand: y"), FREEZE),
    case("ethernet_pilots", "only the other was built", DIFFERENT, "InfiniBand only",
         UNSAID + cluster("b", "InfiniBand: y"), FREEZE),
    case("ethernet_pilots", "neither", NOTHING, None,
         UNSAID + cluster("b", "InfiniBand: y", UNSEEN)),
]  # fmt: skip


def test_the_rule_of_the_outcome_names_the_changed_definition(monkeypatch):
    """The target was for back ends, the outcome counts front ends too."""
    facts = worlds.live(monkeypatch, target(750) + outcome(1625), FREEZE)

    rule = switching.ai_revenue(CLAIMS["switching.ai_revenue"], facts).rule

    assert "it counts front ends too, the back end alone was not told" in rule
