"""The words of verdicts: few, the same for both days, each with its definition.

Words and nothing else: no claim, no evidence, no date. `rebuilt.claims.verdicts` finds the verdict.
Tables and menus list the words in the order in which they stand here.
"""

from enum import StrEnum


class Verdict(StrEnum):
    """How the evidence of a day stands to the claim."""

    HOLDS = "holds"
    ENDED = "ended"
    IMPRECISE = "imprecise"
    WRONG = "wrong"
    NOT_REPRODUCED = "not reproduced"
    LATE = "late"
    DID_NOT_HAPPEN = "did not happen"
    OPEN = "open"
    NO_EVIDENCE = "no evidence"
    NOTHING_NEW = "nothing new"
    OPINION = "opinion"
    NOT_TESTABLE = "not testable"


class Witness(StrEnum):
    """Whose word or test a verdict rests on where nobody else stands behind it."""

    MAKER_INFERRED = "by the maker's own word, inferred"
    MAKER = "by the maker's own word"
    MAKER_TEST = "by the maker's own test"
    SELLER_TEST = "by a seller's own test"
    REPORTS = "by unnamed sources of the press"
    MEASURED = "measured by others"


MEANING = {
    Verdict.HOLDS: "the evidence says what the claim says, at the precision that the note printed; "
    "of what was still to come, on the day of the note: others expected it too",
    Verdict.ENDED: "it was so or came about, and has ended since, on the day that is named",
    Verdict.IMPRECISE: "right in part, or in another reading of its words only",
    Verdict.WRONG: "the evidence says something else",
    Verdict.NOT_REPRODUCED: "measured by others, and short of the claim",
    Verdict.LATE: "it happened, but after the claimed time",
    Verdict.DID_NOT_HAPPEN: "the claimed time is over and it has not happened",
    Verdict.OPEN: "there is evidence, and it settles the claim neither way",
    Verdict.NO_EVIDENCE: "nothing was found that bears on it; the card says what was looked for",
    Verdict.NOTHING_NEW: "nothing that became public after the note bears on it",
    Verdict.OPINION: "a judgement: the card shows a measure of ours and passes no sentence",
    Verdict.NOT_TESTABLE: "no observation could contradict it; the card says why",
}
# What a judgement may come to: a measure is shown, or none was found.
OF_OPINIONS = {Verdict.OPINION, Verdict.NO_EVIDENCE, Verdict.NOTHING_NEW, Verdict.NOT_TESTABLE}
# These rest on what is missing by a day, so no new document can be asked of them.
OF_ABSENCE = {Verdict.DID_NOT_HAPPEN, Verdict.OPEN, Verdict.NO_EVIDENCE}
