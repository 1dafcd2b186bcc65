"""Dates as precise as they are known: 2024, 2024-02 or 2024-02-20."""

import calendar
import re
from datetime import date

# What to do with a day after the freeze; the recipe stands in CONTRIBUTING.
MOVE_FREEZE = 'move the freeze date (CONTRIBUTING.md, "Move the freeze date")'
ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
PERIOD = re.compile(r"(\d{4})(?:-(Q)([1-4])|-(H)([12]))?")
MONTHS = {None: 12, "H": 6, "Q": 3}  # of a year, a half and a quarter


def first_day(text: str) -> date | None:
    """Return the first day that `text` can mean, or None when it is no ISO date."""
    return _day(text, last=False)


def last_day(text: str) -> date | None:
    """Return the last day that `text` can mean, or None when it is no ISO date."""
    return _day(text, last=True)


def period_end(text: str) -> date | None:
    """Return the last day of a calendar year, half or quarter: 2024, 2024-H1 or 2024-Q3."""
    match = PERIOD.fullmatch(text)
    if not match:
        return None
    month = MONTHS[match[2] or match[4]] * int(match[3] or match[5] or 1)
    return last_day(f"{match[1]}-{month:02}")


def _day(text: str, last: bool) -> date | None:
    match = ISO_DATE.fullmatch(text)
    if not match:
        return None
    year = int(match[1])
    month = int(match[2] or (12 if last else 1))
    try:
        day = int(match[3] or (calendar.monthrange(year, month)[1] if last else 1))
        return date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        return None
