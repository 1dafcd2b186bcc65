"""Every check on mixed reality can hold and can fail.

Each case gives one check a world of a few invented rows and a day, and says what the check finds.
"""

import worlds
from worlds import UNSEEN, Case, device, event, stated

from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables

NOTE, FREEZE = tables.note_date(), tables.freeze_date()
HOLDS, DIFFERENT, OPEN = Verdict.HOLDS, Verdict.WRONG, Verdict.OPEN
NOTHING, OPINION, ENDED = Verdict.NO_EVIDENCE, Verdict.OPINION, Verdict.ENDED


def case(check, why, verdict, computed, world, day=NOTE) -> Case:
    return Case(check=check, why=why, verdict=verdict, computed=computed, world=world, day=day)


GROWTH = ("headsets", "shipment_growth_percent")
ROOMS, SEOUL = "workrooms", "metaverse-seoul"
WAYS, ZOOM = "ways in", "Zoom, first day in use"
OPENING = (SEOUL, "statement")
BANK = ("icbc-virtual-branch", "statement")
ORDER, EXISTS = "order of the banks", "existence"
ENTERED = "entered with VR glasses"
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


def both(value: float, known: str) -> worlds.World:
    return device("xr-devices", "shipment_growth_percent", "2025", "IDC", value, known,
                  kind="estimate")  # fmt: skip


def rooms(zoom: str = UNSEEN, closed: str = UNSEEN, ways: str = "2023-04-13") -> worlds.World:
    return (
        stated(ROOMS, "statement", "headset or flat screen", WAYS, ways)
        + stated(ROOMS, "statement", "Zoom since 2022-06-01", ZOOM, zoom)
        + event(ROOMS, "announced", "actual", "2021-09-14", known=ways)
        + event(ROOMS, "closed", "actual", "2026-02-16", known=closed)
    )


def uses(text: str, known: str = "2021-08-18", closed: str = UNSEEN) -> worlds.World:
    return stated(ROOMS, "statement", text, "uses", known) + rooms(closed=closed)


def bank(order: str = UNSEEN, text: str = "on trial; others plan") -> worlds.World:
    return (
        stated(*BANK, text, ORDER, order)
        + stated(*BANK, ENTERED, EXISTS, "2022-10-13")
        + event("icbc-virtual-branch", "opened", "actual", "2022-10-13")
    )


def trial(text: str, known: str = "2023-11-13") -> worlds.World:
    return stated(*DOCTORS, text, TRIAL, known) + event(
        "medical-ar-glasses", "opened", "actual", "2023-11-13", known=known
    )


def fields(text: str, known: str = "2023-01-16", closed: str = UNSEEN) -> worlds.World:
    return stated(*OPENING, text, "fields at the opening", known) + city(
        "2027-12-31", closed, opened=known
    )


def city(
    last: str, closed: str = UNSEEN, planned: str = "2023-01-16", opened: str = "2023-01-16"
) -> worlds.World:
    return (
        event(SEOUL, "volume", "plan", "2023-01-16", last, planned)
        + event(SEOUL, "opened", "actual", "2023-01-16", known=opened)
        + event(SEOUL, "closed", "actual", "2024-10-16", known=closed)
    )


CASES = [
    case("best_terminal", "counted", OPINION,
         "phones with AI 240, AI PCs 54, headsets 9 million", units(9, 54, 240)),
    case("best_terminal", "not counted", NOTHING, None, units(9, 54, 240, UNSEEN)),
    case("application_room", "growth expected", OPINION, "headsets +46 percent",
         grew(46, -42) + both(41, UNSEEN)),
    case("application_room", "both counts told", OPINION,
         "headsets -42 percent, headsets and glasses +41 percent",
         grew(46, -42, "2025-12-31") + both(41, "2025-12-31"), FREEZE),
    case("application_room", "not counted", NOTHING, None,
         device(*GROWTH, "2024", "IDC", 46, UNSEEN) + both(41, UNSEEN)),
    case("ai_empowers", "measured", OPINION, "twice the frames",
         stated("headsets", "statement", "twice the frames", "what AI adds")),
    case("ai_empowers", "not measured", NOTHING, None,
         stated("headsets", "statement", "twice the frames", "what AI adds", UNSEEN)),
    case("workrooms", "two ways", HOLDS, "headset or flat screen", rooms()),
    case("workrooms", "closed later", ENDED, "headset or flat screen; ended 2026-02-16",
         rooms(closed="2026-02-16"), FREEZE),
    case("workrooms", "not described", NOTHING, None, rooms(ways=UNSEEN)),
    case("workrooms_uses", "all four", HOLDS, "4 of 4",
         uses("meet, brainstorm, present and work")),
    case("workrooms_uses", "three", OPEN, "3 of 4; not found: present",
         uses("meet, brainstorm and work")),
    case("workrooms_uses", "closed later", ENDED, "4 of 4; ended 2026-02-16",
         uses("meet, brainstorm, present and work", closed="2026-02-16"), FREEZE),
    case("workrooms_zoom", "in use", HOLDS, "Zoom since 2022-06-01", rooms("2023-06-01")),
    case("workrooms_zoom", "in use and closed later", ENDED,
         "Zoom since 2022-06-01; ended 2026-02-16", rooms("2023-06-01", "2026-02-16"), FREEZE),
    case("workrooms_zoom", "only announced", OPEN,
         "announced 2021-09-14; the day on which it began was not found", rooms()),
    case("workrooms_zoom", "nothing", NOTHING, None, rooms(ways=UNSEEN)),
    case("seoul_service", "four fields", HOLDS, "4 of 4",
         fields("tax, education, economy, administration")),
    case("seoul_service", "two fields", OPEN, "2 of 4; not found: economy, administration",
         fields("tax and education")),
    case("seoul_service", "closed later", ENDED, "4 of 4; ended 2024-10-16",
         fields("tax, education, economy, administration", closed="2024-10-16"), FREEZE),
    case("seoul_service", "not told", NOTHING, None, fields("tax", UNSEEN)),
    case("seoul_five_years", "planned so", HOLDS, 5.0, city("2027-12-31")),
    case("seoul_five_years", "planned shorter", DIFFERENT, 3.0, city("2025-12-31")),
    case("seoul_five_years", "given up later", ENDED, "5 years; ended 2024-10-16",
         city("2027-12-31", "2024-10-16"), FREEZE),
    case("seoul_five_years", "no plan", NOTHING, None, city("2027-12-31", planned=UNSEEN)),
    case("icbc_first", "ahead of others", HOLDS, "on trial; others plan", bank("2022-10-13")),
    case("icbc_first", "behind others", DIFFERENT, "two banks opened before",
         bank("2022-10-13", "two banks opened before")),
    case("icbc_first", "no comparison", NOTHING, ENTERED, bank()),
    case("icbc_room", "described", OPINION, ENTERED, bank()),
    case("icbc_room", "not described", NOTHING, None, stated(*BANK, ENTERED, EXISTS, UNSEEN)),
    case("medical_glasses", "three purposes", HOLDS, "3 of 3",
         trial("diagnosis, consultation, teaching")),
    case("medical_glasses", "one purpose", OPEN, "1 of 3; not found: diagnosis, teaching",
         trial("consultation")),
    case("medical_glasses", "no trial", NOTHING, None, trial("consultation", UNSEEN)),
]  # fmt: skip
