"""A claim of the note, and what its wording allows: precision, hedge, window of time."""

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal

from rebuilt.errors import DataError

# "Twice" allows 1.5 to 2.5 if read as a rounded figure. Where half a printed digit is more than 5 %
# of the value, a claim that is met only after rounding may be off by 10 % and no more.
COARSE = 0.05
ROUNDING = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One atomic assertion of the note: a row of seeds/claims.csv."""

    id: str
    paragraph: int
    section: str
    kind: str
    statement: str
    term_zh: str
    figures: str
    claimed: str
    unit: str
    tolerance: float | None
    check: str
    untestable: str

    @property
    def number(self) -> float:
        """The claimed value as a number.

        Raises
        ------
        DataError
            If the row has no number where its check needs one.
        """
        try:
            return float(self.claimed)
        except ValueError:
            msg = (
                f"claims.csv, {self.id}, column claimed: found {self.claimed!r}, expected a number"
            )
            raise DataError(msg) from None

    @property
    def window(self) -> tuple[dt.date, dt.date]:
        """First and last day of the claimed date, month, quarter or year."""
        return period(self.claimed)


def period(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of ``2024``, ``2024-Q2``, ``2024-02`` or ``2024-02-20``.

    Raises
    ------
    DataError
        If the text is none of these.
    """
    year, _, rest = text.partition("-")
    try:
        if not rest:
            return dt.date(int(year), 1, 1), dt.date(int(year), 12, 31)
        if rest.startswith("Q"):
            month = 3 * int(rest[1:])
            return dt.date(int(year), month - 2, 1), _month_end(int(year), month)
        if "-" not in rest:
            return dt.date(int(year), int(rest), 1), _month_end(int(year), int(rest))
        day = dt.date.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} is not a date; write 2024, 2024-Q2, 2024-02 or 2024-02-20"
        raise DataError(msg) from None
    return day, day


def reach(claim: Claim) -> float:
    """How far from the claimed number a value may lie for the claim to be met, in its unit.

    A hedge of the note allows its tolerance, a printed figure half a digit of it; one so coarse
    that half a digit says little may be off by `ROUNDING` and no more.
    """
    wanted, digit = abs(claim.number), _half_a_digit(claim)
    if claim.tolerance is not None:
        return claim.tolerance * wanted
    return digit if digit <= COARSE * wanted else min(digit, ROUNDING * wanted)


def compare(claim: Claim, value: float) -> tuple[bool, str]:
    """Compare by the test that the wording sets: a hedge, a single digit, the precision."""
    wanted = claim.number
    close = _within(value, wanted, reach(claim))
    if claim.tolerance is not None:
        return close, f"within {claim.tolerance:.0%}, as the note hedges"
    if _half_a_digit(claim) <= COARSE * abs(wanted):
        return close, "equal at the printed precision"
    return close, f"rounds to it from at most {ROUNDING:.0%} away"


def _within(value: float, wanted: float, reach: float) -> bool:
    """Whether two numbers are at most `reach` apart; the last bit of a float does not decide."""
    gap = abs(value - wanted)
    return gap <= reach or math.isclose(gap, reach, rel_tol=1e-9)


def _half_a_digit(claim: Claim) -> float:
    return 0.5 * 10.0 ** int(Decimal(claim.claimed).as_tuple().exponent)


def _month_end(year: int, month: int) -> dt.date:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)
