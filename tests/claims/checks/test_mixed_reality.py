"""Every check on mixed reality can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import worlds
from worlds import UNSEEN, Case, device, event, stated

from rebuilt.claims.vocabulary import Outcome
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
EQUAL, ROUNDED, READING = Outcome.EQUAL, Outcome.ROUNDED, Outcome.OTHER_READING
DIFFERENT, PENDING, NOTHING = Outcome.DIFFERENT, Outcome.PENDING, Outcome.NO_EVIDENCE


def case(check, why, outcome, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, outcome=outcome, computed=computed, world=world, day=day)


GROWTH = ("headsets", "shipment_growth_percent")
ROOMS, SEOUL = "workrooms", "metaverse-seoul"
WAYS, ZOOM = "ways in", "Zoom, first day in use"
OPENING = (SEOUL, "statement")
BANK = ("icbc-virtual-branch", "statement")
FIRST = "first of its kind"
DOCTORS = ("medical-ar-glasses", "statement")
TRIAL = "purposes on trial"


def units(headsets: float, pcs: float, phones: float, known: str = "2024-02-08") -> worlds.World:
    return (
        device("headsets", "shipments_mn", "2024", "IDC", headsets, known)
        + device("ai-pcs", "shipments_mn", "2024", "Gartner", pcs, known)
        + device("genai-phones", "shipments_mn", "2024", "Gartner", phones, known)
    )


def grew(before: float, after: float, known: str = UNSEEN) -> worlds.World:
    return device(*GROWTH, "2024", "IDC", before, "2023-12-20") + device(
        *GROWTH, "2025", "IDC", after, known, kind="estimate"
    )


def rooms(zoom: str = UNSEEN, closed: str = UNSEEN, ways: str = "2023-04-13") -> worlds.World:
    return (
        stated(ROOMS, "statement", "headset or screen", WAYS, ways)
        + stated(ROOMS, "statement", "2022-06-01", ZOOM, zoom)
        + event(ROOMS, "announced", "actual", "2021-09-14")
        + event(ROOMS, "closed", "actual", "2026-02-16", known=closed)
    )


def city(last: str, closed: str = UNSEEN, planned: str = "2023-01-16") -> worlds.World:
    return (
        event(SEOUL, "volume", "plan", "2023-01-16", last, planned)
        + event(SEOUL, "opened", "actual", "2023-01-16", known="2023-01-16")
        + event(SEOUL, "closed", "actual", "2024-10-16", known=closed)
    )


CASES = [
    case("best_terminal", "headsets lead", EQUAL,
         "headsets 90, AI PCs 50, phones with AI 40 million", units(90, 50, 40)),
    case("best_terminal", "headsets trail", DIFFERENT,
         "phones with AI 240, AI PCs 54, headsets 9 million", units(9, 54, 240)),
    case("best_terminal", "not counted", NOTHING, None, units(9, 54, 240, UNSEEN)),
    case("application_room", "growth expected", EQUAL, "+46 percent", grew(46, -42)),
    case("application_room", "decline expected", DIFFERENT, "-5 percent", grew(-5, 10)),
    case("application_room", "it grew", EQUAL, "+10 percent", grew(46, 10, "2025-12-31"), FREEZE),
    case("application_room", "it shrank", DIFFERENT, "-42 percent",
         grew(46, -42, "2025-12-31"), FREEZE),
    case("application_room", "not counted", NOTHING, None,
         device(*GROWTH, "2024", "IDC", 46, UNSEEN)),
    case("workrooms", "with Zoom", EQUAL, "headset or screen", rooms("2023-06-01")),
    case("workrooms", "Zoom only announced", READING,
         "headset or screen; Zoom announced, its start not found", rooms()),
    case("workrooms", "closed", DIFFERENT, "closed 2026-02-16",
         rooms("2023-06-01", "2026-02-16"), FREEZE),
    case("workrooms", "not described", NOTHING, None, rooms(ways=UNSEEN)),
    case("seoul_service", "four fields", EQUAL, 4.0,
         stated(*OPENING, "tax, education, economy, administration", "fields at the opening")),
    case("seoul_service", "two fields", DIFFERENT, 2.0,
         stated(*OPENING, "tax and education", "fields at the opening")),
    case("seoul_service", "not told", NOTHING, None,
         stated(*OPENING, "tax", "fields at the opening", UNSEEN)),
    case("seoul_five_years", "planned so", EQUAL, 5.0, city("2027-12-31")),
    case("seoul_five_years", "planned shorter", DIFFERENT, 3.0, city("2025-12-31")),
    case("seoul_five_years", "closed", DIFFERENT, "closed 2024-10-16",
         city("2027-12-31", "2024-10-16"), FREEZE),
    case("seoul_five_years", "no plan", NOTHING, None, city("2027-12-31", planned=UNSEEN)),
    case("icbc_first", "a comparison", EQUAL, "the first of six",
         stated(*BANK, "the first of six", FIRST)),
    case("icbc_first", "no comparison", NOTHING, None, stated(*BANK, "the first", FIRST, UNSEEN)),
    case("medical_glasses", "three purposes", EQUAL, "diagnosis, consultation, teaching",
         stated(*DOCTORS, "diagnosis, consultation, teaching", TRIAL)),
    case("medical_glasses", "one purpose", PENDING, "1 of 3: consultation",
         stated(*DOCTORS, "consultation", TRIAL)),
    case("medical_glasses", "no trial", NOTHING, None,
         stated(*DOCTORS, "consultation", TRIAL, UNSEEN)),
]  # fmt: skip
