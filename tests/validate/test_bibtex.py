"""A bibliography is entries and nothing else: what a reader of BibTeX skips is refused."""

import pytest

from rebuilt.errors import DataError
from rebuilt.validate.bibtex import read_entries

ENTRY = "@online{a,\n  title = {A},\n}\n"


def test_entries_have_their_lines():
    """Blank lines may stand between them and around them."""
    entries = read_entries(f"\n{ENTRY}\n{ENTRY.replace('{a,', '{b,')}\n")

    assert [(entry.key, entry.line) for entry in entries] == [("a", 2), ("b", 6)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n", "line 1: found no entry, expected sources"),
        (f"{ENTRY}online{{b, title = {{B}}}}\n", "line 4: found 'online{b, title = {B}}' between"),
        (f"{ENTRY}\n@comment{{gone}}\n", "line 5: found '@comment{gone}' between entries"),
        (f"a word\n{ENTRY}", "line 1: found 'a word' between entries"),
        (f"{ENTRY}@string{{x = {{y}}}}\n", "line 4: found @string, expected @online, @article"),
        (ENTRY.replace("online", "onlin"), "line 1: found @onlin, expected @online, @article"),
        ("@online{a,\n  title = {A},\n  Title = {B},\n}\n", "line 1: found the field title twice"),
        ("@online{a, title = {A}", "line 1: premature end of file; close the braces"),
    ],
)
def test_what_would_be_lost_without_a_word_is_refused(text, sentence):
    """With its line, what was found and what to do."""
    with pytest.raises(DataError) as caught:
        read_entries(text)

    assert str(caught.value).startswith(f"data/sources.bib {sentence}")
