"""The words of verdicts: each is defined, and each can be earned."""

from pathlib import Path

import rebuilt.claims
from rebuilt.claims.vocabulary import MEANING, OF_ABSENCE, OF_OPINIONS, Verdict

PACKAGE = Path(rebuilt.claims.__file__).parent


def test_every_word_has_its_definition():
    """In the order of the words, a phrase without a full stop."""
    assert list(MEANING) == list(Verdict)
    assert all(text and not text.endswith(".") for text in MEANING.values())


def test_every_word_is_passed_by_a_rule_or_by_the_ledger():
    """A word that nothing returns would be idle."""
    text = (PACKAGE / "verdicts.py").read_text() + (PACKAGE / "entries.py").read_text()

    assert [word for word in Verdict if f"Verdict.{word.name}" not in text] == []


def test_there_are_few_words():
    """A reader keeps a dozen in mind."""
    assert len(Verdict) <= 12
    assert set(Verdict) >= OF_ABSENCE | OF_OPINIONS
