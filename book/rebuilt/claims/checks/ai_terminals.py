"""The note's sentences on AI terminals: PCs, phones, cars and the chips inside."""

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence import terminals
from rebuilt.evidence.facts import Fact, Facts

MAJORITY = 50.0  # percent of new devices: what an era of a kind of device takes, at least
LEAP = 1.5  # half as fast again; generations of these chips gain less in most years
CHIPS = ("rtx-4080-super", "ryzen-7-8700g", "snapdragon-xr2-plus-gen-2")
CARDS = (
    ("rtx-4070", "rtx-4070-super"),
    ("rtx-4070-ti", "rtx-4070-ti-super"),
    ("rtx-4080", "rtx-4080-super"),
)
XR_CHIP = "snapdragon-xr2-plus-gen-2"


def chat_with_rtx(claim: Claim, facts: Facts) -> Finding:
    """Look for the release; no source measures what it did for the spread of AI."""
    del claim
    events = facts.events("chat-with-rtx", "shipping", "actual")
    rule = "Chat with RTX, day of release; that it speeds up the spread of AI is not measured"
    if not events or events[0].first_day > facts.as_of:
        return verdicts.no_evidence(rule)
    return verdicts.states(f"released {events[0].first_day}", True, events[:1], rule)


def ai_plus_n(claim: Claim, facts: Facts) -> Finding:
    """Count kinds of terminal beside PC and phone with a product for AI."""
    del claim
    cars = facts.events("intel-sdv-soc", "announced", "actual")
    headsets = facts.texts("accelerators", XR_CHIP, "announced")
    kinds = ["cars"] * bool(cars) + ["headsets"] * bool(headsets)
    sold = terminals.newest(facts, "smart-glasses", "shipments_mn", "2025", "EssilorLuxottica")
    rule = "kinds of terminal beside PC and phone with a product for AI: announced, then sold"
    if sold is not None:
        computed = f"smart glasses: {sold.number:g} million in 2025"
        return verdicts.states(computed, sold.number >= 1.0, [sold], rule)
    if not kinds:
        return verdicts.no_evidence(rule)
    return verdicts.states(", ".join(kinds), len(kinds) > 1, [*cars, *headsets], rule)


def consumer_growth(claim: Claim, facts: Facts) -> Finding:
    """Ask what issuers name as the cause of growth."""
    del claim
    rule = "growth of PC and phone shipments, and what Gartner names as its cause"
    growth = terminals.newest(facts, "pcs", "shipment_growth_percent", "2025", "Gartner")
    cause = terminals.newest(facts, "pcs", "named_growth_driver", "2025", "Gartner")
    if growth is not None and cause is not None:
        computed = f"PCs {growth.number:+g} percent in 2025; named: {cause.text}"
        if "AI" in (cause.text or "") and growth.number > 0:
            return verdicts.states(computed, True, [growth, cause], rule)
        return verdicts.pending(computed, [growth, cause], rule)
    expected = terminals.newest(facts, "genai-phones", "named_growth_driver", "2027", "Gartner")
    if expected is None:
        return verdicts.no_evidence(rule)
    return verdicts.pending(expected.text or "", [expected], rule)


def era(claim: Claim, facts: Facts) -> Finding:
    """Compare the share of AI devices among new PCs and phones with a majority."""
    del claim
    shares = {
        "PCs": _share(facts, "ai-pcs", "Gartner"),
        "phones": _share(facts, "genai-phones", "Counterpoint", "Gartner"),
    }
    known = {kind: fact for kind, fact in shares.items() if fact is not None}
    rule = (
        f"share of AI devices among new PCs and phones of 2024, at least {MAJORITY:g} percent; "
        "mixed-reality devices and robots were not counted by any source found"
    )
    if len(known) < len(shares):
        return verdicts.no_evidence(rule)
    met = [fact.number >= MAJORITY for fact in known.values()]
    computed = ", ".join(f"{kind} {fact.number:g} percent" for kind, fact in known.items())
    return verdicts.states(computed, all(met), list(known.values()), rule, partly=any(met))


def processors(claim: Claim, facts: Facts) -> Finding:
    """Count the named lines that had been announced."""
    announced = [facts.texts("accelerators", chip, "announced") for chip in CHIPS]
    found = [texts[0] for texts in announced if texts]
    rule = "named processor lines with a day of announcement"
    if not found:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, float(len(found)), found, rule)


def performance_leap(claim: Claim, facts: Facts) -> Finding:
    """Divide each chip by its own predecessor; the Ryzen's was not compared by any source."""
    del claim
    pairs = [
        tuple(facts.value("accelerators", chip, "fp32_tflops") for chip in pair) for pair in CARDS
    ]
    ratios = {new.number / old.number: (new, old) for old, new in pairs if new is not None and old}
    clocks = facts.value("accelerators", XR_CHIP, "gpu_frequency_ratio")
    used: list[Fact] = [fact for pair in ratios.values() for fact in pair]
    gains = list(ratios)
    if clocks is not None:
        gains.append(clocks.number)
        used.append(clocks)
    rule = f"gain of each chip over its predecessor, at least {LEAP:g} times for a leap"
    if not gains:
        return verdicts.no_evidence(rule)
    met = [gain >= LEAP for gain in gains]
    computed = f"{min(gains):.2f} to {max(gains):.2f} times"
    return verdicts.states(computed, all(met), used, rule, partly=any(met))


def samsung_car_home(claim: Claim, facts: Facts) -> Finding:
    """Look for agreements, then for a service that works."""
    del claim
    agreed = facts.events("samsung-smartthings-cars", "announced", "actual")
    service = facts.texts("statements", "samsung-smartthings-cars", "statement", "outcome")
    rule = "agreements that link home and car, and services that came of them"
    if not agreed:
        return verdicts.no_evidence(rule)
    computed = f"agreement of {agreed[0].first_day}"
    if service:
        computed = f"{computed}; {service[0].text}"
    return verdicts.states(computed, True, [*agreed, *service], rule)


def intel_sdv_soc(claim: Claim, facts: Facts) -> Finding:
    """Look for the announcement, then for what became of the business."""
    del claim
    announced = facts.events("intel-sdv-soc", "announced", "actual")
    ended = facts.events("intel-sdv-soc", "cancelled", "actual")
    rule = "Intel's SoC for vehicles: announced, and whether the business goes on"
    if not announced:
        return verdicts.no_evidence(rule)
    computed = f"announced {announced[0].first_day}"
    if ended:
        computed = f"{computed}; business wound down {ended[0].first_day}"
    return verdicts.states(computed, not ended, [*announced, *ended], rule, partly=bool(ended))


def core_ultra_laptops(claim: Claim, facts: Facts) -> Finding:
    """Count the two makers for which a dated source names such a laptop."""
    makers = {"dell-inspiron": "Dell", "asus-laptops": "ASUS"}
    found = [
        fact
        for subject, issuer in makers.items()
        if (fact := terminals.newest(facts, subject, "products", "2024", issuer, "actual"))
    ]
    rule = "Inspiron with Core Ultra 7 and ASUS with Core Ultra 9: press and maker pages searched"
    if not found:
        return verdicts.no_evidence(rule)
    return verdicts.equals(claim, float(len(found)), found, rule)


def lenovo_ai_pcs(claim: Claim, facts: Facts) -> Finding:
    """Compare the number of models shown with the claimed ten or so."""
    shown = terminals.newest(facts, "lenovo", "products", "2024", "Lenovo", "actual")
    later = terminals.newest(facts, "lenovo", "market_share_percent", "2026", "Lenovo", "actual")
    rule = "AI PCs that Lenovo showed in January 2024 (lower bound)"
    if shown is None:
        return verdicts.no_evidence(rule)
    if later is not None:
        rule = f"{rule}; by 2026 about {later.number:g} percent of its PCs"
    return verdicts.at_least(claim, shown.number, [shown, *([later] if later else [])], rule)


def _share(facts: Facts, subject: str, *issuers: str) -> Fact | None:
    """Youngest share of 2024 from the first issuer that had given one."""
    for issuer in issuers:
        found = terminals.newest(facts, subject, "market_share_percent", "2024", issuer)
        if found is not None:
            return found
    return None
