"""The sentences of the note: numbered without a gap, each with claims of its own paragraph."""

import pytest

from rebuilt.validate.claim_rows import check_claims
from rebuilt.validate.material import Row, Table


class Note:
    """Claims and sentences, as much of a `Material` as the rule asks for."""

    def __init__(self, sentences):
        columns = ["paragraph", "sentence", "claims"]
        rows = [dict(zip(columns, row, strict=True)) for row in sentences]
        numbered = [Row(line, cells) for line, cells in enumerate(rows, 2)]
        claim = {"id": "a", "paragraph": "1", "statement": "It is so.", "term_zh": "是",
                 "check": "", "untestable": "A maxim.", "claimed": "", "unit": "", "figures": "",
                 "section": "a", "kind": "figure", "tolerance": ""}  # fmt: skip
        self.tables = {
            "claims": Table("c.csv", {"name": "claims"}, list(claim), [Row(2, claim)]),
            "sentences": Table("s.csv", {"name": "sentences"}, columns, numbered),
        }

    def exists(self, _file):
        """No checks are needed."""
        return False


def found(*sentences):
    """Return the findings on sentences as (row, column)."""
    return [(i.row, i.column) for i in check_claims(Note(sentences)) if i.file == "s.csv"]


@pytest.mark.parametrize(
    ("third", "places"),
    [
        (("2", "1", ""), []),
        (("1", "3", ""), []),
        (("1", "30", ""), [(4, "paragraph + sentence")]),
        (("20", "1", ""), [(4, "paragraph + sentence")]),
        (("2", "2", ""), [(4, "paragraph + sentence")]),
        (("0.2", "1", ""), [(4, "paragraph + sentence")]),
    ],
)
def test_a_sentence_follows_the_one_before(third, places):
    """The next of the paragraph, or the first of the next paragraph."""
    assert found(("1", "1", "a"), ("1", "2", ""), third) == places


def test_a_sentence_yields_claims_of_its_own_paragraph():
    """Another paragraph is a slip in one of the two tables."""
    assert found(("1", "1", ""), ("2", "1", "a")) == [(3, "paragraph")]
