"""The note's sentences on mixed reality: the best terminal, and four scenarios."""

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.wording import Claim
from rebuilt.evidence import terminals
from rebuilt.evidence.facts import Event, Fact, Facts

YEAR = "2024"
FIELDS = ("economy", "education", "tax", "administration")
USES = ("meet", "brainstorm", "present", "work")
PURPOSES = ("diagnosis", "consultation", "teaching")


def best_terminal(claim: Claim, facts: Facts) -> Finding:
    """Show kinds of AI terminal by devices of 2024; the best is not the most."""
    del claim
    issuers = {"headsets": "IDC", "ai-pcs": "Gartner", "genai-phones": "Gartner"}
    words = {"ai-pcs": "AI PCs", "genai-phones": "phones with AI"}
    found = {
        subject: fact
        for subject, issuer in issuers.items()
        if (fact := terminals.newest(facts, subject, "shipments_mn", YEAR, issuer))
    }
    ranked = sorted(found, key=lambda subject: -found[subject].number)
    counts = (f"{words.get(name, name)} {found[name].number:g}" for name in ranked)
    computed = f"{', '.join(counts)} million" if found else None
    rule = "devices of 2024 in millions, youngest figure of each issuer"
    return verdicts.opinion(computed, list(found.values()), rule)


def application_room(claim: Claim, facts: Facts) -> Finding:
    """Show the growth of headsets, and of headsets and glasses together where it is told."""
    del claim
    headsets = _growth(facts, "headsets", "2025", "estimate") or _growth(
        facts, "headsets", YEAR, "forecast", "actual"
    )
    both = _growth(facts, "xr-devices", "2025", "estimate")
    named = {"headsets": headsets, "headsets and glasses": both}
    known = {name: fact for name, fact in named.items() if fact is not None}
    computed = ", ".join(f"{name} {fact.number:+g} percent" for name, fact in known.items())
    rule = "growth of shipments (IDC); devices stand for what can be done with them"
    return verdicts.opinion(computed or None, list(known.values()), rule)


def ai_empowers(claim: Claim, facts: Facts) -> Finding:
    """Look for a measure of what AI adds to content or devices."""
    del claim
    said = facts.texts("statements", "headsets", "statement", "what AI adds")
    rule = "what AI adds to content and devices of mixed reality, by a measure"
    return verdicts.opinion(said[0].text if said else None, said, rule)


def workrooms(claim: Claim, facts: Facts) -> Finding:
    """Look for the ways in; that the service ended later is told and refutes nothing."""
    del claim
    ways = facts.texts("statements", "workrooms", "statement", "ways in")
    rule = "Workrooms: headset or flat screen, and whether it is still open"
    found = verdicts.told(ways, ("headset", "flat screen"), rule)
    return verdicts.outlasted(found, facts.events("workrooms", "closed", "actual"))


def workrooms_uses(claim: Claim, facts: Facts) -> Finding:
    """Look for each of the uses in what is told of Workrooms."""
    del claim
    said = facts.texts("statements", "workrooms", "statement", "uses")
    rule = "uses of Workrooms that a dated source names"
    found = {use: True if any(use in (f.text or "") for f in said) else None for use in USES}
    return verdicts.outlasted(
        verdicts.listed(found, said, rule), facts.events("workrooms", "closed", "actual")
    )


def workrooms_zoom(claim: Claim, facts: Facts) -> Finding:
    """Look for the day on which Zoom began; before, for the announcement."""
    del claim
    used = facts.texts("statements", "workrooms", "statement", "Zoom, first day in use")
    planned = facts.events("workrooms", "announced", "actual")
    rule = "Zoom in Workrooms: in use, or announced"
    if used:
        found = verdicts.told(used, ("Zoom",), rule)
        return verdicts.outlasted(found, facts.events("workrooms", "closed", "actual"))
    if planned:
        computed = f"announced {planned[0].first_day}; the day on which it began was not found"
        return verdicts.pending(computed, planned, rule)
    return verdicts.no_evidence(rule)


def seoul_service(claim: Claim, facts: Facts) -> Finding:
    """Ask of each field whether a report on the opening names it."""
    del claim
    said = facts.texts("statements", "metaverse-seoul", "statement", "fields at the opening")
    opened = facts.events("metaverse-seoul", "opened", "actual")
    rule = "fields of Metaverse Seoul at its opening, and whether it is still open"
    found = {
        field: True if any(field in (f.text or "") for f in said) else None for field in FIELDS
    }
    stood = verdicts.listed(found, [*said, *opened], rule)
    return verdicts.outlasted(stood, facts.events("metaverse-seoul", "closed", "actual"))


def seoul_five_years(claim: Claim, facts: Facts) -> Finding:
    """Compare the city's plan with the claim; that it was given up refutes no plan."""
    plans = facts.events("metaverse-seoul", "volume", "plan")
    rule = "Metaverse Seoul: years of the road map, and whether the service is still open"
    if not plans:
        return verdicts.no_evidence(rule)
    years = max(1 + plan.last_day.year - plan.first_day.year for plan in plans)
    found = verdicts.equals(claim, float(years), plans, rule)
    ends = facts.events("metaverse-seoul", "closed", "actual")
    return verdicts.outlasted(found, ends, unit=claim.unit)


def icbc_first(claim: Claim, facts: Facts) -> Finding:
    """Look for a source that sets the banks in order."""
    del claim
    order = facts.texts("statements", "icbc-virtual-branch", "statement", "order of the banks")
    exists = facts.texts("statements", "icbc-virtual-branch", "statement", "existence")
    opened = facts.events("icbc-virtual-branch", "opened", "actual")
    rule = "virtual branches of banks by what one report says of their state"
    if order:
        return verdicts.told(order, ("on trial", "others plan"), rule)
    used: list[Fact | Event] = [*exists, *opened]
    return verdicts.no_evidence(rule, exists[0].text if exists else None, used)


def icbc_room(claim: Claim, facts: Facts) -> Finding:
    """Show how the branch is entered; what visitors feel nobody asked them."""
    del claim
    said = facts.texts("statements", "icbc-virtual-branch", "statement", "existence")
    rule = "how the branch is entered, by a report; no account of a visitor was found"
    return verdicts.opinion(said[0].text if said else None, said, rule)


def medical_glasses(claim: Claim, facts: Facts) -> Finding:
    """Ask of each purpose whether a dated source shows such glasses used for it."""
    del claim
    said = facts.texts("statements", "medical-ar-glasses", "statement", "purposes on trial")
    opened = facts.events("medical-ar-glasses", "opened", "actual")
    rule = "purposes with a dated trial or product; one case of each is enough"
    found = {name: True if any(name in (f.text or "") for f in said) else None for name in PURPOSES}
    return verdicts.listed(found, [*said, *opened], rule)


def _growth(facts: Facts, subject: str, period: str, *kinds: str) -> Fact | None:
    return terminals.newest(facts, subject, "shipment_growth_percent", period, "IDC", *kinds)
