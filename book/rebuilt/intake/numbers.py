"""Numbers on the command line, read in one place; a wrong one is a sentence that names its option.

Options reach here as text, so that a bad number is an error of ours and not of argparse.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable

from rebuilt.errors import OptionError

MAX_DIGITS = 18  # beyond them nothing is counted
MOST = 1e15  # of a number that need not be whole; the least above zero is its inverse
SHOWN = 60  # characters of what was typed that a message repeats
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


def whole(option: str, text: str, low: int | None = None, high: int | None = None) -> int:
    """Read a whole number.

    Parameters
    ----------
    option : str
        Name that the sentence begins with, such as `--gpus`.
    text : str
        What was typed.
    low, high : int or None
        Smallest and largest value that is taken.

    Raises
    ------
    OptionError
        If the text is not a whole number, has over MAX_DIGITS digits or lies outside the limits.
    """
    wanted = "a whole number" + _limits(low, high)
    value = _integer(option, text, wanted, high)
    if (low is not None and value < low) or (high is not None and value > high):
        raise _refused(option, text, wanted)
    return value


def power_of_two(option: str, text: str, high: int) -> int:
    """Read a power of two from 1 to `high`; OptionError as for `whole`."""
    wanted = f"a power of two from 1 to {high}"
    value = _integer(option, text, wanted, high)
    if not 1 <= value <= high or value & (value - 1):
        raise _refused(option, text, wanted)
    return value


def number(option: str, text: str) -> float:
    """Read a finite number of at most MOST, either sign; OptionError if it is none."""
    plain = text.strip()
    if _NO_NUMBER.fullmatch(plain):
        raise _refused(option, shown(text), "a finite number")
    if not _NUMBER.fullmatch(plain):
        raise _refused(option, shown(text), "a number")
    value = float(plain)
    if not math.isfinite(value):
        raise _refused(option, shown(text), "a finite number")
    if abs(value) > MOST or 0 < abs(value) < 1 / MOST:
        raise _refused(option, shown(text), f"0, or from {1 / MOST:g} to {MOST:g} in size")
    return value


def positive(option: str, text: str, high: float | None = None, low: float = 0.0) -> float:
    """Read a number above zero, from `low` to `high`; OptionError as for `number`."""
    value = number(option, text)
    if value <= 0 or value < low or (high is not None and value > high):
        limit = "" if high is None else f" and at most {high:g}"
        raise _refused(option, text, f"at least {low:g}{limit}" if low else f"above 0{limit}")
    return value


def _integer(option: str, text: str, wanted: str, high: int | None) -> int:
    plain = text.strip()
    if not _WHOLE.fullmatch(plain):
        raise _refused(option, shown(text), wanted)
    if len(plain.lstrip("+-")) > MAX_DIGITS:
        limit = f" of at most {MAX_DIGITS} digits" if high is None else ""
        raise _refused(option, shown(text), wanted + limit)
    return int(plain)


def _limits(low: int | None, high: int | None) -> str:
    if low is None:
        return "" if high is None else f" of at most {high}"
    return f" of at least {low}" if high is None else f" from {low} to {high}"


def shown(text: str) -> str:
    """Show in a message what was typed, cut where it is long."""
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}...")


def _refused(option: str, found: str, wanted: str) -> OptionError:
    return OptionError(f"{option} is {found}; it must be {wanted}")


def once(option: str, names: Iterable[str]) -> None:
    """Refuse a name that an option was given twice; OptionError names it."""
    twice = repeated(names)
    if twice is not None:
        raise OptionError(f"{option}: {twice} is given twice; give it once")


def repeated(names: Iterable[str]) -> str | None:
    """Return the first name that stands twice, or None."""
    return next((name for name, times in Counter(names).items() if times > 1), None)
