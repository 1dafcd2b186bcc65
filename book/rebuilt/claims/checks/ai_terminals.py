"""The note's sentences on AI terminals: PCs, phones, cars and the chips inside."""

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.vocabulary import Witness
from rebuilt.claims.wording import Claim
from rebuilt.evidence import terminals
from rebuilt.evidence.facts import Event, Fact, Facts

CHIPS = ("rtx-4080-super", "ryzen-7-8700g", "snapdragon-xr2-plus-gen-2")
CARDS = (
    ("rtx-4070", "rtx-4070-super"),
    ("rtx-4070-ti", "rtx-4070-ti-super"),
    ("rtx-4080", "rtx-4080-super"),
)
XR_CHIP = "snapdragon-xr2-plus-gen-2"
THREADS = ("one thread", "all threads")
RYZEN = "over Ryzen 7 5700G, Geekbench 6, {}"


def chat_with_rtx(claim: Claim, facts: Facts) -> Finding:
    """Look for the day of the release."""
    del claim
    events = facts.events("chat-with-rtx", "shipping", "actual")
    rule = "Chat with RTX, day on which it was offered for download"
    if not events or events[0].first_day > facts.as_of:
        return verdicts.no_evidence(rule)
    return verdicts.states(f"released {events[0].first_day}", True, events[:1], rule)


def ai_spread(claim: Claim, facts: Facts) -> Finding:
    """Show the share of AI devices among new PCs and phones."""
    del claim
    return _shares(facts, "2024", "2025")


def ai_plus_n(claim: Claim, facts: Facts) -> Finding:
    """Name kinds of terminal beside PC and phone with a product for AI."""
    del claim
    cars = facts.events("intel-sdv-soc", "announced", "actual")
    headsets = facts.texts("accelerators", XR_CHIP, "announced")
    sold = terminals.newest(facts, "smart-glasses", "shipments_mn", "2025", "EssilorLuxottica")
    kinds = ["cars"] * bool(cars) + ["headsets"] * bool(headsets)
    if sold is not None:
        kinds.append(f"smart glasses ({sold.number:g} million sold in 2025)")
    used: list[Fact | Event] = [*cars, *headsets, *([sold] if sold else [])]
    rule = "kinds of terminal beside PC and phone with a product for AI"
    return verdicts.opinion(", ".join(kinds) or None, used, rule)


def consumer_growth(claim: Claim, facts: Facts) -> Finding:
    """Ask what issuers name as the cause of growth; the note names no time, so it stays open."""
    del claim
    rule = "growth of PC shipments, and what Gartner names as its cause"
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


def new_products(claim: Claim, facts: Facts) -> Finding:
    """Ask of each class whether a new product of the half year before the note is told."""
    del claim
    phones = facts.texts("accelerators", "snapdragon-8-gen-3", "announced")
    headset = facts.events("vision-pro", "shipping", "actual")
    robots = facts.texts("statements", "humanoid-robots", "statement", "new products")
    headset = [event for event in headset if event.first_day <= facts.as_of]
    found = {
        "phones": bool(phones) or None,
        "mixed reality": bool(headset) or None,
        "robots": bool(robots) or None,
    }
    rule = "a new phone chip, headset and robot of the half year before the note"
    return verdicts.listed(found, [*phones, *headset, *robots], rule)


def era(claim: Claim, facts: Facts) -> Finding:
    """Show the share of AI devices among new PCs and phones."""
    del claim
    return _shares(facts, "2024")


def processors(claim: Claim, facts: Facts) -> Finding:
    """Ask of each of the named lines whether it had been announced."""
    del claim
    announced = {chip: facts.texts("accelerators", chip, "announced") for chip in CHIPS}
    found = {chip: bool(texts) or None for chip, texts in announced.items()}
    used = [texts[0] for texts in announced.values() if texts]
    return verdicts.listed(found, used, "named processor lines with a day of announcement")


def performance_leap(claim: Claim, facts: Facts) -> Finding:
    """Divide each chip by the one before it in its line, as far as a source compares them."""
    del claim
    pairs = [
        tuple(facts.value("accelerators", chip, "fp32_tflops") for chip in pair) for pair in CARDS
    ]
    cards = [new.number / old.number for old, new in pairs if new is not None and old is not None]
    used: list[Fact] = [fact for pair in pairs for fact in pair if fact is not None]
    ryzen = [
        facts.value("statements", "ryzen-7-8700g", "cpu_speed_ratio", RYZEN.format(threads))
        for threads in THREADS
    ]
    clock = facts.value("accelerators", XR_CHIP, "gpu_frequency_ratio")
    parts = [f"RTX cards {min(cards):.2f} to {max(cards):.2f}"] if cards else []
    parts += [f"8700G {f.number:.2f} ({t})" for t, f in zip(THREADS, ryzen, strict=True) if f]
    parts += [f"XR2+ Gen 2 {clock.number:.2f} (clock, over the XR2 Gen 2)"] if clock else []
    used += [fact for fact in (*ryzen, clock) if fact is not None]
    rule = (
        "gain over the chip before it in its line, in times; the XR2+ Gen 2 stands beside the XR2 "
        "Gen 2 and does not succeed it"
    )
    return verdicts.opinion("; ".join(parts) or None, used, rule)


def ai_penetration(claim: Claim, facts: Facts) -> Finding:
    """Look for a source that names these processors as the cause of AI's spread."""
    del claim
    said = facts.texts("statements", "ai-processors", "statement", "spread of AI into terminals")
    rule = "what is said to bring AI into PCs, cars and homes"
    return verdicts.caused(("processors",), said, rule)


def samsung_cars(claim: Claim, facts: Facts) -> Finding:
    """Look for agreements, then for a service that works."""
    del claim
    agreed = facts.events("samsung-smartthings-cars", "announced", "actual")
    more = facts.texts("statements", "samsung-smartthings-cars", "statement")
    rule = "agreements that link home and car, and services that came of them"
    if not agreed:
        return verdicts.no_evidence(rule)
    told = "; ".join(fact.text or "" for fact in more)
    computed = f"agreement of {agreed[0].first_day}" + (f"; {told}" if told else "")
    return verdicts.states(computed, True, [*agreed, *more], rule)


def intel_ai_pc(claim: Claim, facts: Facts) -> Finding:
    """Look for the day on which the chips of the platform were announced."""
    del claim
    announced = facts.events("core-ultra", "announced", "actual")
    planned = facts.events("core-ultra", "shipping", "plan")
    rule = "Core Ultra, the base of Intel's AI PCs, day of announcement"
    if not announced:
        return verdicts.no_evidence(rule)
    computed = f"announced {announced[0].first_day}"
    if planned:
        computed = f"{computed} for {planned[0].first_day}"
    return verdicts.states(computed, True, [*announced, *planned], rule)


def intel_sdv_soc(claim: Claim, facts: Facts) -> Finding:
    """Look for the launch; that the business ended later is told and refutes nothing."""
    del claim
    announced = facts.events("intel-sdv-soc", "announced", "actual")
    planned = facts.events("intel-sdv-soc", "shipping", "plan")
    rule = "Intel's SoC for vehicles, day of announcement, and whether the business goes on"
    if not announced:
        return verdicts.no_evidence(rule)
    computed = f"announced {announced[0].first_day}"
    if planned:
        computed = f"{computed}, first chips planned by {planned[0].last_day}"
    found = verdicts.states(computed, True, [*announced, *planned], rule)
    return verdicts.outlasted(found, facts.events("intel-sdv-soc", "cancelled", "actual"))


def dell_core_ultra(claim: Claim, facts: Facts) -> Finding:
    """Look for a dated source that names such an Inspiron."""
    del claim
    return _products(facts, "dell-inspiron", "Dell", "Inspiron laptops with Core Ultra 7")


def dell_efficiency(claim: Claim, facts: Facts) -> Finding:
    """Look for a comparison of the energy that AI takes on an Inspiron."""
    del claim
    found = facts.value(
        "statements", "dell-inspiron", "energy_ratio", "AI work, over the one before"
    )
    rule = "energy of AI work on an Inspiron with Core Ultra 7 over the one before it"
    if found is None:
        return verdicts.no_evidence(rule)
    return verdicts.states(f"{found.number:g} times", found.number < 1.0, [found], rule)


def lenovo_ai_pcs(claim: Claim, facts: Facts) -> Finding:
    """Compare the number of models shown with the claimed ten or so."""
    shown = terminals.newest(facts, "lenovo", "products", "2024", "Lenovo", "actual")
    rule = "AI PCs that Lenovo showed in January 2024 (lower bound, its own count)"
    if shown is None:
        return verdicts.no_evidence(rule)
    return verdicts.at_least(claim, shown.number, [shown], rule, witness=Witness.MAKER)


def lenovo_rollout(claim: Claim, facts: Facts) -> Finding:
    """Look for the share of AI PCs among Lenovo's own."""
    del claim
    share = terminals.newest(facts, "lenovo", "market_share_percent", "2026", "Lenovo", "actual")
    rule = "share of AI PCs among those that Lenovo sells"
    if share is None:
        return verdicts.no_evidence(rule)
    computed = f"about {share.number:g} percent by 2026"
    return verdicts.states(computed, share.number > 0, [share], rule, witness=Witness.MAKER)


def asus_core_ultra(claim: Claim, facts: Facts) -> Finding:
    """Look for a dated source that names such an ASUS laptop."""
    del claim
    return _products(facts, "asus-laptops", "ASUS", "ASUS laptops with Core Ultra 9")


def asus_series(claim: Claim, facts: Facts) -> Finding:
    """Look for a dated source that tells the series apart by their customers."""
    del claim
    said = facts.texts("statements", "asus-laptops", "statement", "series by customer")
    rule = "ASUS laptops by series and customer"
    return verdicts.told(said, ("series",), rule, witness=Witness.MAKER)


def _products(facts: Facts, subject: str, issuer: str, rule: str) -> Finding:
    found = terminals.newest(facts, subject, "products", "2024", issuer, "actual")
    rule = f"{rule}, named by a dated source: press and maker pages searched"
    if found is None:
        return verdicts.no_evidence(rule)
    return verdicts.states(f"{found.number:g}", found.number >= 1, [found], rule)


def _shares(facts: Facts, *years: str) -> Finding:
    """Show the youngest share of AI devices that an issuer had given, PCs and phones."""
    asked = {
        (kind, year): _share(facts, subject, year, *issuers)
        for year in years
        for kind, subject, issuers in (
            ("PCs", "ai-pcs", ("Gartner", "Canalys")),
            ("phones", "genai-phones", ("Counterpoint", "Gartner", "IDC", "Canalys")),
        )
    }
    known = {key: fact for key, fact in asked.items() if fact is not None}
    parts = (f"{kind} {fact.number:g} percent of {year}" for (kind, year), fact in known.items())
    rule = "share of AI devices among new PCs and phones; definitions differ by issuer"
    return verdicts.opinion(", ".join(parts) or None, list(known.values()), rule)


def _share(facts: Facts, subject: str, year: str, *issuers: str) -> Fact | None:
    """Youngest share of a year from the first issuer that had given one."""
    found = [terminals.newest(facts, subject, "market_share_percent", year, who) for who in issuers]
    return next((fact for fact in found if fact is not None), None)
