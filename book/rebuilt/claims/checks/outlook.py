"""The note's own data, and its broad sentences: eras, drivers of a sector, what is to come.

A broad sentence is a judgement: a measure is shown beside it, and no sentence passed.
"""

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.wording import Claim
from rebuilt.evidence.facts import Event, Fact, Facts

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


def page_views(claim: Claim, facts: Facts) -> Finding:
    """Look for a copy of the page with its counter."""
    copies = facts.texts("statements", NOTE_ITSELF, "statement", "copy with a counter")
    return verdicts.told(copies, (claim.claimed,), "the counter of the page: no copy of it found")


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
    """Show how much of what is new is made by AI, in writing and in video."""
    del claim
    kinds = {"articles": "web-articles", "short videos": "short-videos"}
    shares = {kind: _newest(facts, name, "share_percent") for kind, name in kinds.items()}
    known = {kind: fact for kind, fact in shares.items() if fact is not None}
    computed = ", ".join(f"{kind} {fact.number:g} percent" for kind, fact in known.items())
    rule = (
        "share of new articles and short videos made by AI; most of the rise in writing came with "
        "ChatGPT, a year before Sora"
    )
    return verdicts.opinion(computed or None, list(known.values()), rule)


def two_drivers(claim: Claim, facts: Facts) -> Finding:
    """Show the last products, and what is told of the demand for home-made accelerators."""
    del claim
    last = _last_products(facts)
    orders = facts.texts("statements", CHINA, "statement")
    share = _newest(facts, CHINA, "share_percent")
    parts = [_products(last)] if last else []
    parts += [fact.text or "" for fact in orders]
    parts += [f"home-made share of shipments {share.number:g} percent"] if share else []
    used = [*last.values(), *orders, *([share] if share else [])]
    rule = "last accelerators of both makers; orders, expectations and share of Chinese ones"
    return verdicts.opinion("; ".join(parts) or None, used, rule)


def two_drivers_global(claim: Claim, facts: Facts) -> Finding:
    """Show the last products of the two makers, and how NVIDIA's sales grew."""
    del claim
    last, quarters = _last_products(facts), _data_center_revenue(facts)
    parts = [_products(last)] if last else []
    used = list(last.values())
    if len(quarters) >= 5:
        growth = quarters[-1].number / quarters[-5].number
        parts.append(f"NVIDIA's data-center sales {growth:.1f} times those of a year before")
        used += [quarters[-1], quarters[-5]]
    rule = "last accelerators of both makers, and sales of the larger"
    return verdicts.opinion("; ".join(parts) or None, used, rule)


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
        return _acceleration(year, [fact.number for fact in numbers], numbers, rule)
    expected = facts.texts("statements", CHINA, "statement", "expectation of November 2023")
    if not expected:
        return verdicts.no_evidence(rule)
    rule = "what others expected for chips developed in China"
    return verdicts.states(expected[0].text or "", True, expected, rule)


def productivity(claim: Claim, facts: Facts) -> Finding:
    """Show productivity growth beside its long-run mean; no time is named, so it stays open."""
    del claim
    known = facts.values("statements", SECTOR, "growth_percent")
    expected = facts.texts("statements", SECTOR, "statement", "forecast of March 2023")
    rule = "US output per hour, yearly growth, the long-run mean among them (percent)"
    if known:
        numbers = [fact.number for fact in known]
        computed = f"{min(numbers):g} to {max(numbers):g} percent a year"
        return verdicts.pending(computed, [*known, *expected], rule)
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


def _last_products(facts: Facts) -> dict[str, Fact]:
    """Return the day of the last accelerator of each maker that had announced one."""
    days = {
        maker: [day for chip in chips for day in facts.texts("accelerators", chip, "announced")]
        for maker, chips in MAKERS.items()
    }
    return {
        maker: max(found, key=lambda day: day.text or "") for maker, found in days.items() if found
    }


def _products(last: dict[str, Fact]) -> str:
    return ", ".join(f"{maker} {(day.text or '')[:7]}" for maker, day in last.items())


def _data_center_revenue(facts: Facts) -> list[Fact]:
    """Return NVIDIA's data-center revenue, a quarter each, oldest first."""
    rows = facts.rows(
        "nvidia_revenue", pl.col("value").is_not_null(), quantity="data_center_revenue_usd_m"
    )
    fields = ["value", "unit", "source", "known_since"]
    return [
        Fact(text=None, **row)
        for row in rows.sort("period_end").select(fields).iter_rows(named=True)
    ]


def _acceleration(year: int, numbers: list[float], used: list[Fact], rule: str) -> Finding:
    earlier, before, during, share_before, share = numbers
    growth = [100 * (during / before - 1), 100 * (before / earlier - 1)]
    met = [growth[0] > growth[1], share > share_before]
    computed = (
        f"Cambricon's revenue {growth[0]:+.0f} percent in {year} after {growth[1]:+.0f} in "
        f"{year - 1}, home-made share of China's accelerators {share:g} percent after "
        f"{share_before:g}"
    )
    return verdicts.states(computed, all(met), used, rule, partly=any(met))
