"""The checks on the note's own data and on its broad sentences: what each makes of which rows.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import datetime as dt

from worlds import UNSEEN, Case, World, event, stated

from rebuilt import claims
from rebuilt.claims.checks import outlook
from rebuilt.claims.vocabulary import Outcome
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
EQUAL, DIFFERENT, OTHER = Outcome.EQUAL, Outcome.DIFFERENT, Outcome.OTHER_READING
NOTHING, PENDING = Outcome.NO_EVIDENCE, Outcome.PENDING
CLAIMS = {claim.check: claim for claim in claims.read()}


def case(check, why, outcome, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, outcome=outcome, computed=computed, world=world, day=day)


def copy(text: str, condition: str = "dated copy", known: str = "2024-02-20") -> World:
    return stated(outlook.NOTE_ITSELF, "statement", text, condition, known)


def between(sora: str, b100: str) -> World:
    return (
        event("sora", "announced", "actual", sora, known=sora)
        + event("b100-sxm", "announced", "actual", b100, known=b100)
        + copy("", known=UNSEEN)
    )


def share(subject: str, percent: float, known: str = "2024-01-31", when: str = "now") -> World:
    return stated(subject, "share_percent", percent, when, known)


def chips(nvidia: str = "2023-11-13", amd: str = "2023-12-06", known: str = "") -> World:
    """One accelerator announced by each maker; the others are not known yet."""
    days = dict.fromkeys([*outlook.MAKERS["NVIDIA"], *outlook.MAKERS["AMD"]], "")
    days |= {"h200-sxm": nvidia, "mi300x": amd}
    return [
        ("accelerators", {"subject": chip, "quantity": "announced", "text": day or "2090-01-01",
                          "unit": "date", "source": f"press-{chip}",
                          "known_since": (known or day) if day else UNSEEN})
        for chip, day in days.items()
    ]  # fmt: skip


def revenues(*usd_m: float) -> World:
    """Data-center revenue of NVIDIA, one quarter after the other."""
    ends = [dt.date(2022, 9, 30) + dt.timedelta(days=91 * i) for i in range(len(usd_m))]
    return [
        ("nvidia_revenue", {"fiscal_quarter": str(i), "period_end": str(end), "value": value,
                            "quantity": "data_center_revenue_usd_m", "unit": "usd_m",
                            "source": f"report-{i}", "known_since": str(end)})
        for i, (end, value) in enumerate(zip(ends, usd_m, strict=True))
    ]  # fmt: skip


def cambricon(*rmb_mn: float, before: float = 10, during: float = 30, known="2025-04-30") -> World:
    years = zip((2022, 2023, 2024), rmb_mn, strict=True)
    told = "the first half of 2023", "2024"
    return (
        [row for year, value in years
         for row in stated("cambricon", "revenue_rmb_mn", value, f"calendar {year}", known)]
        + [row for when, percent in zip(told, (before, during), strict=True)
           for row in share(outlook.CHINA, percent, known, f"home-made, shipments of {when}, IDC")]
    )  # fmt: skip


def hoped(text: str, known: str = "2023-11-16") -> World:
    return stated(outlook.CHINA, "statement", text, "expectation of November 2023", known)


def growth(best: float, known: str = "2026-03-05") -> World:
    mean = "output per hour, yearly mean since 1947"
    return stated(outlook.SECTOR, "growth_percent", 2.0, mean, known) + stated(
        outlook.SECTOR, "growth_percent", best, "output per hour, 2025", known
    )


def forecast(known: str = "2023-03-26") -> World:
    return stated(outlook.SECTOR, "statement", "1.5 points", "forecast of March 2023", known)


TOO_FEW = share("web-articles", 60) + share("short-videos", 60, UNSEEN)
LATER = cambricon(1, 1, 1, known=UNSEEN)

CASES = [
    case("publication_date", "a dated copy", EQUAL, "2024-02-20", copy("2024-02-20")),
    case("publication_date", "a copy of another day", DIFFERENT, "2024-02-21", copy("2024-02-21")),
    case("publication_date", "it knows of later events", DIFFERENT, "not before 2024-02-21",
         between("2024-02-21", "2024-03-18"), dt.date(2024, 3, 1)),
    case("publication_date", "it expects what is past", DIFFERENT,
         "not before 2024-02-15, not after 2024-02-18", between("2024-02-15", "2024-02-18")),
    case("publication_date", "within its bounds", NOTHING,
         "not before 2024-02-15, not after 2024-03-18", between("2024-02-15", "2024-03-18"),
         FREEZE),
    case("publication_date", "nothing known", NOTHING, None, between("2090-01-01", "2090-01-01")),
    case("first_publisher", "found", EQUAL, "the account AIGC study room",
         copy("the account AIGC study room", "first publisher")),
    case("first_publisher", "somebody else", DIFFERENT, "another account",
         copy("another account", "first publisher")),
    case("first_publisher", "not found", NOTHING, None, copy("x", "first publisher", UNSEEN)),
    case("report_attribution", "found", EQUAL, "a report of Founder Securities",
         copy("a report of Founder Securities", "report of the brokerage")),
    case("report_attribution", "another house", DIFFERENT, "a report of Guosheng Securities",
         copy("a report of Guosheng Securities", "report of the brokerage")),
    case("report_attribution", "not found", NOTHING, None,
         copy("x", "report of the brokerage", UNSEEN)),
    case("aigc_era", "two majorities", EQUAL, "articles 60 percent, short videos 50 percent",
         share("web-articles", 60) + share("short-videos", 50)),
    case("aigc_era", "one majority", OTHER, "articles 60 percent, short videos 20 percent",
         share("web-articles", 60) + share("short-videos", 20)),
    case("aigc_era", "minorities", DIFFERENT, "articles 40 percent, short videos 20 percent",
         share("web-articles", 40) + share("short-videos", 20)),
    case("aigc_era", "not measured", NOTHING, None, TOO_FEW),
    case("two_drivers", "both", EQUAL, "2 of 2: home-made 25 percent",
         chips() + share(outlook.CHINA, 25)),
    case("two_drivers", "little is home-made", OTHER, "1 of 2: home-made 24 percent",
         chips() + share(outlook.CHINA, 24)),
    case("two_drivers", "neither", DIFFERENT, "0 of 2: home-made 10 percent",
         chips(nvidia="2021-12-31", amd="2021-12-31") + share(outlook.CHINA, 10)),
    case("two_drivers", "one maker stands still", OTHER, "1 of 2: home-made 30 percent",
         chips(amd="2021-12-31") + share(outlook.CHINA, 30)),
    case("two_drivers", "the newest share counts", EQUAL, "2 of 2: home-made 41 percent",
         chips("2025-03-18", "2025-06-12") + share(outlook.CHINA, 10)
         + share(outlook.CHINA, 41, "2026-04-03", "later"), FREEZE),
    case("two_drivers", "nothing", NOTHING, None, chips() + share(outlook.CHINA, 25, UNSEEN)),
    case("two_drivers_global", "both", EQUAL, "2 of 2: sales 2.0 times those of a year before",
         chips() + revenues(5, 6, 7, 8, 10)),
    case("two_drivers_global", "sales grow little", OTHER,
         "1 of 2: sales 1.9 times those of a year before", chips() + revenues(10, 6, 7, 8, 19)),
    case("two_drivers_global", "neither", DIFFERENT,
         "0 of 2: sales 1.0 times those of a year before",
         chips("2021-05-01", "2021-05-01") + revenues(10, 6, 7, 8, 10)),
    case("two_drivers_global", "less than a year", NOTHING, None, chips() + revenues(1, 2, 3, 4)),
    case("domestic_compute_2024", "expected", EQUAL, "faster", hoped("faster") + LATER),
    case("domestic_compute_2024", "faster", EQUAL,
         "revenue +60 percent after +0, share 30 percent after 10",
         hoped("faster") + cambricon(100, 100, 160), FREEZE),
    case("domestic_compute_2024", "more of less", OTHER,
         "revenue +20 percent after +50, share 30 percent after 10",
         hoped("faster") + cambricon(100, 150, 180), FREEZE),
    case("domestic_compute_2024", "slower", DIFFERENT,
         "revenue +20 percent after +50, share 9 percent after 10",
         hoped("faster") + cambricon(100, 150, 180, during=9), FREEZE),
    case("domestic_compute_2024", "nothing", NOTHING, None, hoped("faster", UNSEEN) + LATER),
    case("productivity", "a boom", EQUAL, "at best 4 percent a year, against 2",
         forecast() + growth(4.0), FREEZE),
    case("productivity", "no boom yet", PENDING, "at best 3.9 percent a year, against 2",
         forecast() + growth(3.9), FREEZE),
    case("productivity", "only hoped for", PENDING, "1.5 points", forecast() + growth(4, UNSEEN)),
    case("productivity", "nothing", NOTHING, None, forecast(UNSEEN) + growth(4, UNSEEN)),
]  # fmt: skip


def test_the_day_of_the_page_lies_within_what_the_text_knows():
    """On the real rows: it tells of Sora and still expects the B100."""
    finding = outlook.publication_date(CLAIMS["outlook.publication_date"], Facts(FREEZE))

    assert finding.computed == "not before 2024-02-15, not after 2024-03-18"
    assert len(finding.sources) == 2


def test_what_was_not_found_says_where_it_was_looked_for():
    """An unverified claim on the note itself names the places that were searched."""
    for check in (outlook.first_publisher, outlook.report_attribution):
        finding = check(CLAIMS[f"outlook.{check.__name__}"], Facts(FREEZE))

        assert "stored pages and public code searched, in Chinese" in finding.rule
