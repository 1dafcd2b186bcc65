"""The checks on the note's own data and on its broad sentences: what each makes of which rows.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import datetime as dt

from worlds import UNSEEN, Case, World, event, stated

from rebuilt import claims
from rebuilt.claims.checks import outlook
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables
from rebuilt.evidence.facts import Facts

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS, DIFFERENT, OTHER = Verdict.HOLDS, Verdict.WRONG, Verdict.IMPRECISE
NOTHING, OPEN, OPINION = Verdict.NO_EVIDENCE, Verdict.OPEN, Verdict.OPINION
CLAIMS = {claim.check: claim for claim in claims.read()}


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


COUNTER = "copy with a counter"


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


def orders(known: str = "2023-11-08") -> World:
    return stated(outlook.CHINA, "statement", "1,600 ordered", "orders of 2023", known)


LATER = cambricon(1, 1, 1, known=UNSEEN)

CASES = [
    case("publication_date", "a dated copy", HOLDS, "2024-02-20", copy("2024-02-20")),
    case("publication_date", "a copy of another day", DIFFERENT, "2024-02-21", copy("2024-02-21")),
    case("publication_date", "it knows of later events", DIFFERENT, "not before 2024-02-21",
         between("2024-02-21", "2024-03-18"), dt.date(2024, 3, 1)),
    case("publication_date", "it expects what is past", DIFFERENT,
         "not before 2024-02-15, not after 2024-02-18", between("2024-02-15", "2024-02-18")),
    case("publication_date", "within its bounds", NOTHING,
         "not before 2024-02-15, not after 2024-03-18", between("2024-02-15", "2024-03-18"),
         FREEZE),
    case("publication_date", "nothing known", NOTHING, None, between("2090-01-01", "2090-01-01")),
    case("first_publisher", "found", HOLDS, "the account AIGC study room",
         copy("the account AIGC study room", "first publisher")),
    case("first_publisher", "somebody else", DIFFERENT, "another account",
         copy("another account", "first publisher")),
    case("first_publisher", "not found", NOTHING, None, copy("x", "first publisher", UNSEEN)),
    case("report_attribution", "found", HOLDS, "a report of Founder Securities",
         copy("a report of Founder Securities", "report of the brokerage")),
    case("report_attribution", "another house", DIFFERENT, "a report of Guosheng Securities",
         copy("a report of Guosheng Securities", "report of the brokerage")),
    case("report_attribution", "not found", NOTHING, None,
         copy("x", "report of the brokerage", UNSEEN)),
    case("domestic_compute_2024", "expected", HOLDS, "faster", hoped("faster") + LATER),
    case("domestic_compute_2024", "faster", HOLDS,
         "Cambricon's revenue +60 percent in 2024 after +0 in 2023, home-made share of "
         "China's accelerators 30 percent after 10",
         hoped("faster") + cambricon(100, 100, 160), FREEZE),
    case("domestic_compute_2024", "more of less", OTHER,
         "Cambricon's revenue +20 percent in 2024 after +50 in 2023, home-made share of "
         "China's accelerators 30 percent after 10",
         hoped("faster") + cambricon(100, 150, 180), FREEZE),
    case("domestic_compute_2024", "slower", DIFFERENT,
         "Cambricon's revenue +20 percent in 2024 after +50 in 2023, home-made share of "
         "China's accelerators 9 percent after 10",
         hoped("faster") + cambricon(100, 150, 180, during=9), FREEZE),
    case("domestic_compute_2024", "nothing", NOTHING, None, hoped("faster", UNSEEN) + LATER),
    case("page_views", "a copy with a counter", HOLDS, "98 views", copy("98 views", COUNTER)),
    case("page_views", "another count", DIFFERENT, "12 views", copy("12 views", COUNTER)),
    case("page_views", "no copy", NOTHING, None, copy("98 views", COUNTER, UNSEEN)),
    case("aigc_era", "both counted", OPINION, "articles 60 percent, short videos 50 percent",
         share("web-articles", 60) + share("short-videos", 50)),
    case("aigc_era", "one counted", OPINION, "articles 60 percent",
         share("web-articles", 60) + share("short-videos", 60, UNSEEN)),
    case("aigc_era", "not counted", NOTHING, None,
         share("web-articles", 60, UNSEEN) + share("short-videos", 60, UNSEEN)),
    case("two_drivers", "all told", OPINION,
         "NVIDIA 2023-11, AMD 2023-12; 1,600 ordered; home-made share of shipments 25 percent",
         chips() + orders() + share(outlook.CHINA, 25)),
    case("two_drivers", "the newest share counts", OPINION,
         "NVIDIA 2025-03, AMD 2025-06; 1,600 ordered; home-made share of shipments 41 percent",
         chips("2025-03-18", "2025-06-12") + orders() + share(outlook.CHINA, 10)
         + share(outlook.CHINA, 41, "2026-04-03", "later"), FREEZE),
    case("two_drivers", "nothing", NOTHING, None,
         chips("", "") + orders(UNSEEN) + share(outlook.CHINA, 25, UNSEEN)),
    case("two_drivers_global", "both", OPINION,
         "NVIDIA 2023-11, AMD 2023-12; NVIDIA's data-center sales 2.0 times those of a year before",
         chips() + revenues(5, 6, 7, 8, 10)),
    case("two_drivers_global", "less than a year of sales", OPINION, "NVIDIA 2023-11, AMD 2023-12",
         chips() + revenues(1, 2, 3, 4)),
    case("two_drivers_global", "nothing", NOTHING, None, chips("", "") + revenues(1, 2, 3, 4)),
    case("productivity", "measured", OPEN, "2 to 4 percent a year",
         forecast() + growth(4.0), FREEZE),
    case("productivity", "only hoped for", OPEN, "1.5 points", forecast() + growth(4, UNSEEN)),
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
