"""Numbers, shares and dates as a reader sees them. Everything returns a string and rounds once.

A no-break space stands between number and unit, a comma between thousands, and the minus sign is
the typographical one. None of these functions knows where a number comes from.
"""

import datetime as dt
import math

from rebuilt.errors import DataError

SPACE = "\u00a0"
MINUS = "\u2212"
SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def number(value: float, unit: str = "", decimals: int | None = None) -> str:
    """Write a number with its unit: `number(4.8, "TB/s")` gives `4.8 TB/s`.

    Parameters
    ----------
    value : float or int
        Any finite number.
    unit : str
        Written after a no-break space; empty for none.
    decimals : int, optional
        Decimals to print. Without it: integers in full, other numbers to four significant digits.

    Raises
    ------
    DataError
        If `value` is not finite.
    """
    if not math.isfinite(value):
        msg = (
            f"cannot write {value} as a number; give a finite value or say in words what is missing"
        )
        raise DataError(msg)
    if decimals is None:
        decimals = 0 if value == int(value) else max(0, 3 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:,.{decimals}f}"
    return text.replace("-", MINUS) + (f"{SPACE}{unit}" if unit else "")


def scaled(value: float, unit: str = "", decimals: int | None = None) -> str:
    """Write a large number with its scale in words: `scaled(1.73e11)` gives `173 billion`."""
    for scale, word in SCALES:
        if abs(value) >= scale:
            return number(value / scale, word, decimals=decimals) + (
                f"{SPACE}{unit}" if unit else ""
            )
    return number(value, unit, decimals=decimals)


def coarse(value: float) -> str:
    """Write two digits of a number that is not known better: `coarse(13.3e6)` gives `13 million`.

    Examples
    --------
    >>> coarse(307_900), coarse(0.334)
    ('310,000', '0.33')
    """
    return scaled(float(f"{value:.2g}"))


def percent(share: float, decimals: int = 0, *, signed: bool = False) -> str:
    """Write a share of one as a percentage: `percent(-0.1745, decimals=2)` gives `−17.45%`."""
    text = number(share * 100, decimals=decimals) + "%"
    return f"+{text}" if signed and share > 0 else text


def times(ratio: float, decimals: int | None = None) -> str:
    """Write a ratio: `times(2.4)` gives `2.4×`."""
    return f"{number(ratio, decimals=decimals)}×"


def interval(low: float, high: float, unit: str = "", decimals: int | None = None) -> str:
    """Write a range with one unit: `interval(3, 5, "GB")` gives `3–5 GB`."""
    return f"{number(low, decimals=decimals)}–{number(high, unit, decimals=decimals)}"


def date(day: dt.date | str) -> str:
    """Write a date as precisely as it is known: `2024-02-20`, `2024-02` or `2024`.

    Raises
    ------
    DataError
        If a string is none of these three forms.
    """
    text = day.isoformat() if isinstance(day, dt.date) else day
    for pattern, shown in (
        ("%Y-%m-%d", "{0.day} {0:%B} {0.year}"),
        ("%Y-%m", "{0:%B} {0.year}"),
        ("%Y", "{0.year}"),
    ):
        try:
            return shown.format(dt.datetime.strptime(text, pattern))
        except ValueError:
            continue
    msg = f"{text!r} is not a date; expected YYYY-MM-DD, YYYY-MM or YYYY"
    raise DataError(msg)
