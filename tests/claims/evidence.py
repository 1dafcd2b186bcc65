"""One claim, and evidence for it: what the tests of the rules judge."""

import datetime as dt

from rebuilt.claims.wording import Claim
from rebuilt.evidence.facts import Event, Fact

NOTE = dt.date(2024, 2, 20)
LATER = dt.date(2024, 8, 28)
CLAIM = Claim(
    id="nvidia-h200-bandwidth",
    paragraph=1,
    section="nvidia",
    kind="figure",
    statement="The H200 moves this much.",
    term_zh="4.8 TB",
    figures="4.8 TB",
    claimed="4.8",
    unit="tb_per_s",
    tolerance=None,
    check="nvidia.h200_bandwidth",
    untestable="",
)


def fact(known_since: dt.date = NOTE) -> Fact:
    return Fact(value=4.8, text=None, unit="tb_per_s", source="a-source", known_since=known_since)


def event(first: str, last: str, known_since: dt.date = NOTE) -> Event:
    return Event(
        subject="b100-sxm",
        event="announced",
        kind="forecast",
        first_day=dt.date.fromisoformat(first),
        last_day=dt.date.fromisoformat(last),
        source="a-source",
        known_since=known_since,
    )
