"""The words of verdicts: none is missing, and none is idle."""

from rebuilt.claims.vocabulary import SINCE_OF, THEN_OF, Outcome, Since, Then


def test_every_word_is_earned_by_an_outcome_or_told_of_a_claim_without_one():
    """Each outcome has a word in both vocabularies; three words need no outcome."""
    assert set(THEN_OF) == set(SINCE_OF) == set(Outcome)
    assert set(Then) - set(THEN_OF.values()) == {Then.NOT_TESTABLE, Then.UNCHECKED}
    assert set(Since) - set(SINCE_OF.values()) == {Since.NOT_APPLICABLE}
