"""The words of verdicts: how evidence stands to a claim, and what a reader is told of it.

Words and nothing else: no claim, no evidence, no date. `rebuilt.claims.verdicts` finds the outcome.
Tables and menus list the words in the order in which they stand here.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """How the evidence stands to the claim."""

    EQUAL = "equal at the printed precision"
    ROUNDED = "equal within the stated tolerance"
    OTHER_READING = "equal only in another reading of the wording"
    BEYOND = "more than was forecast"
    DIFFERENT = "different"
    NOT_REPRODUCED = "measured, and short of the claim"
    LATE = "happened, but after the claimed time"
    NEVER = "the claimed time is over and it has not happened"
    PENDING = "the claimed time is not over yet"
    NO_EVIDENCE = "no evidence found"


class Then(StrEnum):
    """Verdict on what was known on the day of the note."""

    HOLDS = "holds"
    ROUNDED = "holds when rounded"
    IMPRECISE = "imprecise"
    WRONG = "wrong"
    UNVERIFIED = "unverified"
    NOT_TESTABLE = "not testable"
    UNCHECKED = "unchecked"


class Since(StrEnum):
    """Verdict on what has become public between the note and the data freeze."""

    CONFIRMED = "confirmed"
    EXCEEDED = "exceeded"
    LATE = "late"
    DID_NOT_HAPPEN = "did not happen"
    NOT_REPRODUCED = "not reproduced"
    REFUTED = "refuted"
    OPEN = "open"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


THEN_OF = {
    Outcome.EQUAL: Then.HOLDS,
    Outcome.ROUNDED: Then.ROUNDED,
    Outcome.OTHER_READING: Then.IMPRECISE,
    Outcome.BEYOND: Then.HOLDS,
    Outcome.DIFFERENT: Then.WRONG,
    Outcome.NOT_REPRODUCED: Then.WRONG,
    Outcome.LATE: Then.WRONG,
    Outcome.NEVER: Then.WRONG,
    Outcome.PENDING: Then.UNVERIFIED,
    Outcome.NO_EVIDENCE: Then.UNVERIFIED,
}
SINCE_OF = {
    Outcome.EQUAL: Since.CONFIRMED,
    Outcome.ROUNDED: Since.CONFIRMED,
    Outcome.OTHER_READING: Since.REFUTED,
    Outcome.BEYOND: Since.EXCEEDED,
    Outcome.DIFFERENT: Since.REFUTED,
    Outcome.NOT_REPRODUCED: Since.NOT_REPRODUCED,
    Outcome.LATE: Since.LATE,
    Outcome.NEVER: Since.DID_NOT_HAPPEN,
    Outcome.PENDING: Since.OPEN,
    Outcome.NO_EVIDENCE: Since.UNKNOWN,
}
# These two rest on what is missing by a day, so no new document can be asked of them.
OF_ABSENCE = {Outcome.NEVER, Outcome.PENDING}
