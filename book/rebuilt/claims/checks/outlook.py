"""The note's own data, and its broad sentences: eras, drivers of a sector, what is to come.

A broad sentence is tested by the least that it must mean; the measure is named here, so that a
reader who wants another one knows what to change.
"""

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence.facts import Event, Fact, Facts

MAJORITY = 50.0  # percent of what is new: what an era of AI-made content takes, at least
SHARE_OF_HUGE = 25.0  # percent of the accelerators shipped in China: below, others meet the demand
DOUBLED = 2.0  # times the sales of a year before: what "huge demand" takes, at least
BOOM = 2.0  # times the long-run growth of productivity: what a revolution of it takes, at least
RECENT_YEARS = 2  # a maker that iterates has announced an accelerator within so many years
MAKERS = {
    "NVIDIA": ("h100-sxm", "h200-sxm", "b200-sxm", "b300-sxm", "rubin"),
    "AMD": ("mi300x", "mi325x", "mi350x"),
}
NOTE_ITSELF = "analyst-note"
CHINA = "china-accelerators"
SECTOR = "us-nonfarm-business"


def publication_date(claim: Claim, facts: Facts) -> Finding:
    """Look for a dated copy; without one, bound the day by what the text knows.

    The text knows of Sora and still expects the B100, which was announced later.
    """
    rule = "day of the page: no copy with a date of its own; what the text knows bounds it"
    copies = facts.texts("statements", NOTE_ITSELF, "statement", "dated copy")
    if copies:
        found = copies[0].text or ""
        return verdicts.states(found, found == claim.claimed, copies, rule)
    known = facts.events("sora", "announced", "actual")
    ahead = facts.events("b100-sxm", "announced", "actual")
    if not known:
        return verdicts.no_evidence(rule)
    day, _ = claim.window
    bounds = f"not before {known[0].first_day}"
    if ahead:
        bounds = f"{bounds}, not after {ahead[0].first_day}"
    used: list[Event] = [known[0], *ahead[:1]]
    if day < known[0].first_day or (ahead and day > ahead[0].first_day):
        return verdicts.states(bounds, False, used, rule)
    return verdicts.no_evidence(rule, bounds, used)


def first_publisher(claim: Claim, facts: Facts) -> Finding:
    """Look for the text, or for the account, anywhere else."""
    del claim
    return _told(facts, "first publisher", "AIGC study room", "who first published the text")


def report_attribution(claim: Claim, facts: Facts) -> Finding:
    """Look for the report under its title, or for the analyst with that house."""
    del claim
    rule = "the report by its title, the analyst by his house at that time"
    return _told(facts, "report of the brokerage", "Founder Securities", rule)


def aigc_era(claim: Claim, facts: Facts) -> Finding:
    """Ask how much of what is new is made by AI, in writing and in video."""
    del claim
    kinds = {"articles": "web-articles", "short videos": "short-videos"}
    shares = {kind: _newest(facts, name, "share_percent") for kind, name in kinds.items()}
    known = {kind: fact for kind, fact in shares.items() if fact is not None}
    rule = (
        f"share of new articles and short videos made by AI, each at least {MAJORITY:g} percent; "
        "most of the rise in writing came with ChatGPT, a year before Sora"
    )
    if len(known) < len(kinds):
        return verdicts.no_evidence(rule)
    met = [fact.number >= MAJORITY for fact in known.values()]
    computed = ", ".join(f"{kind} {fact.number:g} percent" for kind, fact in known.items())
    return verdicts.states(computed, all(met), list(known.values()), rule, partly=any(met))


def two_drivers(claim: Claim, facts: Facts) -> Finding:
    """Look for both elements: new products for AI, and demand met by home-made accelerators."""
    iterating, announced = _iteration(facts)
    share = _newest(facts, CHINA, "share_percent")
    rule = (
        f"NVIDIA and AMD with a new accelerator within {RECENT_YEARS} years; home-made chips at "
        f"least {SHARE_OF_HUGE:g} percent of the accelerators shipped in China"
    )
    if share is None or not announced:
        return verdicts.no_evidence(rule)
    met = int(iterating) + int(share.number >= SHARE_OF_HUGE)
    computed = f"{met} of 2: home-made {share.number:g} percent"
    agrees = met == int(claim.number)
    return verdicts.states(computed, agrees, [*announced, share], rule, partly=met > 0)


def two_drivers_global(claim: Claim, facts: Facts) -> Finding:
    """Look for both elements in the business of the two makers that the note names."""
    iterating, announced = _iteration(facts)
    quarters = _data_center_revenue(facts)
    rule = (
        f"NVIDIA and AMD with a new accelerator within {RECENT_YEARS} years; NVIDIA's last "
        f"data-center quarter at least {DOUBLED:g} times that of the year before"
    )
    if len(quarters) < 5 or not announced:
        return verdicts.no_evidence(rule)
    latest, before = quarters[-1], quarters[-5]
    growth = latest.number / before.number
    met = int(iterating) + int(growth >= DOUBLED)
    computed = f"{met} of 2: sales {growth:.1f} times those of a year before"
    agrees = met == int(claim.number)
    return verdicts.states(computed, agrees, [*announced, latest, before], rule, partly=met > 0)


def domestic_compute_2024(claim: Claim, facts: Facts) -> Finding:
    """Compare growth in the claimed year with growth in the year before it."""
    year = int(claim.number)
    rule = f"Cambricon's revenue and the home-made share of accelerators: {year} against the year"
    rule = f"{rule} before"
    revenue = [
        facts.value("statements", "cambricon", "revenue_rmb_mn", f"calendar {when}")
        for when in (year - 2, year - 1, year)
    ]
    shares = [
        facts.value("statements", CHINA, "share_percent", f"home-made, shipments of {when}, IDC")
        for when in (f"the first half of {year - 1}", str(year))
    ]
    numbers = [fact for fact in (*revenue, *shares) if fact is not None]
    if len(numbers) == len(revenue) + len(shares):
        return _acceleration([fact.number for fact in numbers], numbers, rule)
    expected = facts.texts("statements", CHINA, "statement", "expectation of November 2023")
    if not expected:
        return verdicts.no_evidence(rule)
    rule = "what others expected for chips developed in China"
    return verdicts.states(expected[0].text or "", True, expected, rule)


def productivity(claim: Claim, facts: Facts) -> Finding:
    """Compare productivity growth with its long-run mean; no time is named, so it stays open."""
    del claim
    rule = f"US output per hour, yearly growth at least {BOOM:g} times the mean since 1947"
    mean = facts.value(
        "statements", SECTOR, "growth_percent", "output per hour, yearly mean since 1947"
    )
    years = [
        fact
        for fact in facts.values("statements", SECTOR, "growth_percent")
        if mean is not None and fact != mean
    ]
    if mean is not None and years:
        best = max(years, key=lambda fact: fact.number)
        computed = f"at best {best.number:g} percent a year, against {mean.number:g}"
        if best.number >= BOOM * mean.number:
            return verdicts.states(computed, True, [best, mean], rule)
        return verdicts.pending(computed, [best, mean], rule)
    expected = facts.texts("statements", SECTOR, "statement", "forecast of March 2023")
    if not expected:
        return verdicts.no_evidence(rule)
    return verdicts.pending(expected[0].text or "", expected, rule)


def _told(facts: Facts, condition: str, wanted: str, rule: str) -> Finding:
    """Compare what a source tells of the note itself with what the note says."""
    found = facts.texts("statements", NOTE_ITSELF, "statement", condition)
    rule = f"{rule}: stored pages and public code searched, in Chinese"
    if not found:
        return verdicts.no_evidence(rule)
    text = found[0].text or ""
    return verdicts.states(text, wanted in text, found[:1], rule)


def _newest(facts: Facts, subject: str, quantity: str) -> Fact | None:
    """Return the figure that became public last."""
    found = facts.values("statements", subject, quantity)
    return found[-1] if found else None


def _iteration(facts: Facts) -> tuple[bool, list[Fact]]:
    """Return whether each maker announced an accelerator lately, and the last of each."""
    last = []
    for chips in MAKERS.values():
        days = [day for chip in chips for day in facts.texts("accelerators", chip, "announced")]
        if days:
            last.append(max(days, key=lambda day: day.text or ""))
    ages = [facts.as_of.year - int((day.text or "")[:4]) for day in last]
    return len(last) == len(MAKERS) and max(ages) <= RECENT_YEARS, last


def _data_center_revenue(facts: Facts) -> list[Fact]:
    """Return NVIDIA's data-center revenue, a quarter each, oldest first."""
    rows = facts.frame("nvidia_revenue").filter(
        pl.col("quantity") == "data_center_revenue_usd_m", pl.col("value").is_not_null()
    )
    fields = ["value", "unit", "source", "known_since"]
    return [
        Fact(text=None, **row)
        for row in rows.sort("period_end").select(fields).iter_rows(named=True)
    ]


def _acceleration(numbers: list[float], used: list[Fact], rule: str) -> Finding:
    earlier, before, during, share_before, share = numbers
    growth = [100 * (during / before - 1), 100 * (before / earlier - 1)]
    met = [growth[0] > growth[1], share > share_before]
    computed = (
        f"revenue {growth[0]:+.0f} percent after {growth[1]:+.0f}, "
        f"share {share:g} percent after {share_before:g}"
    )
    return verdicts.states(computed, all(met), used, rule, partly=any(met))
