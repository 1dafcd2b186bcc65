"""The note's sentences on mixed reality: the best terminal, and four scenarios."""

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence import terminals
from rebuilt.evidence.facts import Fact, Facts

YEAR = "2024"
FIELDS = ("economy", "education", "tax", "administration")


def best_terminal(claim: Claim, facts: Facts) -> Finding:
    """Rank kinds of AI terminal by devices of 2024: opinions aside, the count that sources give."""
    del claim
    issuers = {"headsets": "IDC", "ai-pcs": "Gartner", "genai-phones": "Gartner"}
    words = {"ai-pcs": "AI PCs", "genai-phones": "phones with AI"}
    found = {
        subject: fact
        for subject, issuer in issuers.items()
        if (fact := terminals.newest(facts, subject, "shipments_mn", YEAR, issuer))
    }
    rule = "devices of 2024 in millions, youngest figure of each issuer; test: headsets lead"
    if len(found) < len(issuers):
        return verdicts.no_evidence(rule)
    ranked = sorted(found, key=lambda subject: -found[subject].number)
    counts = (f"{words.get(name, name)} {found[name].number:g}" for name in ranked)
    computed = f"{', '.join(counts)} million"
    return verdicts.states(computed, ranked[0] == "headsets", list(found.values()), rule)


def application_room(claim: Claim, facts: Facts) -> Finding:
    """Take growth of headsets as the room that applications have: forecast, then outcome."""
    del claim
    growth = _growth(facts, "2025", "estimate") or _growth(facts, YEAR, "forecast", "actual")
    rule = "growth of headset shipments (IDC); taxonomies differ, only the sign is used"
    if growth is None:
        return verdicts.no_evidence(rule)
    computed = f"{growth.number:+g} percent"
    return verdicts.states(computed, growth.number > 0, [growth], rule)


def workrooms(claim: Claim, facts: Facts) -> Finding:
    """Look for the ways in, for Zoom, and for the end."""
    del claim
    ways = facts.texts("statements", "workrooms", "statement", "ways in")
    zoom = facts.texts("statements", "workrooms", "statement", "Zoom, first day in use")
    planned = facts.events("workrooms", "announced", "actual")
    closed = facts.events("workrooms", "closed", "actual")
    rule = "Workrooms: headset or flat screen, Zoom in use, and whether it is still open"
    if not ways:
        return verdicts.no_evidence(rule)
    if closed:
        return verdicts.states(f"closed {closed[0].first_day}", False, [*ways, *closed], rule)
    if zoom:
        return verdicts.states(ways[0].text or "", True, [*ways, *zoom], rule)
    computed = f"{ways[0].text}; Zoom announced, its start not found"
    return verdicts.states(computed, False, [*ways, *planned], rule, partly=True)


def seoul_service(claim: Claim, facts: Facts) -> Finding:
    """Count the fields that a report on the opening names."""
    said = facts.texts("statements", "metaverse-seoul", "statement", "fields at the opening")
    rule = "fields of Metaverse Seoul at its opening"
    if not said:
        return verdicts.no_evidence(rule)
    named = sum(field in (said[0].text or "") for field in FIELDS)
    return verdicts.equals(claim, float(named), said, rule)


def seoul_five_years(claim: Claim, facts: Facts) -> Finding:
    """Compare the city's plan with the claim, then with what became of the service."""
    plans = facts.events("metaverse-seoul", "volume", "plan")
    closed = facts.events("metaverse-seoul", "closed", "actual")
    opened = facts.events("metaverse-seoul", "opened", "actual")
    rule = "Metaverse Seoul: years of the road map, and whether the service is still open"
    if not plans:
        return verdicts.no_evidence(rule)
    if closed:
        computed = f"closed {closed[0].first_day}"
        return verdicts.states(computed, False, [*plans, *opened, *closed], rule)
    years = max(1 + plan.last_day.year - plan.first_day.year for plan in plans)
    return verdicts.equals(claim, float(years), plans, rule)


def icbc_first(claim: Claim, facts: Facts) -> Finding:
    """Look for a source that compares the banks; that the branch existed is sourced."""
    del claim
    first = facts.texts("statements", "icbc-virtual-branch", "statement", "first of its kind")
    rule = (
        "a comparison of banks by date of their virtual branches (the branch itself was reported "
        "on trial in October 2022)"
    )
    if not first:
        return verdicts.no_evidence(rule)
    return verdicts.states(first[0].text or "", True, first, rule)


def medical_glasses(claim: Claim, facts: Facts) -> Finding:
    """Count the named purposes for which a dated source shows glasses in use."""
    said = facts.texts("statements", "medical-ar-glasses", "statement", "purposes on trial")
    rule = "diagnosis, remote consultation, teaching: purposes with a dated trial or product"
    if not said:
        return verdicts.no_evidence(rule)
    text = said[0].text or ""
    named = sum(purpose in text for purpose in ("diagnosis", "consultation", "teaching"))
    if named == claim.number:
        return verdicts.states(text, True, said, rule)
    return verdicts.pending(f"{named} of {claim.number:g}: {text}", said, rule)


def _growth(facts: Facts, period: str, *kinds: str) -> Fact | None:
    return terminals.newest(facts, "headsets", "shipment_growth_percent", period, "IDC", *kinds)
