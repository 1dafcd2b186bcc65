"""The errors of the package. Each says what was found, what was expected and what to do."""

from collections.abc import Iterable
from difflib import SequenceMatcher

NEAR = 4  # names that a message lists
COMPARED = 100  # letters of a wrong name that are compared with known ones


class RebuiltError(Exception):
    """Anything that a reader or author can put right; the command line prints one sentence."""


class DataError(RebuiltError, ValueError):
    """A file of data/ or seeds/ breaks a rule; the message names file, row and column."""


class UnknownNameError(RebuiltError, LookupError):
    """A table, column, chapter, model or claim that is not there; the message lists near names."""


class ShapeError(RebuiltError, ValueError):
    """A clip, latent grid or block that the real model could not process."""


class OptionError(RebuiltError, ValueError):
    """A word of the command line that cannot be taken; the message names the option."""


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names most like a wrong one: first those that begin with it or hold it."""
    wrong = name[:COMPARED].lower()

    def unlike(one: str) -> tuple[bool, bool, float, str]:
        likeness = SequenceMatcher(None, wrong, one).ratio()
        return not one.startswith(wrong), wrong not in one, -likeness, one

    return sorted(known, key=unlike)[:NEAR]
