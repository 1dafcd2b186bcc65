"""What `rebuilt new` left to be filled in is found wherever it may stand, and nothing beside it."""

import pytest

from rebuilt.validate.placeholders import placeholder

LEFT = placeholder("the day as printed")


@pytest.mark.parametrize(
    ("file", "old", "place"),
    [
        ("data/accelerators.csv", "2020-05-14,date", "data/accelerators.csv row 2, column text"),
        ("data/revenue.csv", "14514", "data/revenue.csv row 2, column value"),
        ("data/sources.bib", "2020-05-14}", "data/sources.bib line 9, field date"),
        ("data/models/tiny.yaml", "second paragraph", "data/models/tiny.yaml line 3"),
        ("seeds/claims.csv", "Nobody has defined it.", "seeds/claims.csv row 3, column untestable"),
        ("book/chapter.md", "# A chapter", "book/chapter.md line 1"),
        ("book/rebuilt/claims/checks/nvidia.py", "return facts",
         "book/rebuilt/claims/checks/nvidia.py line 2"),
    ],
)  # fmt: skip
def test_a_placeholder_is_one_finding_whatever_else_its_row_breaks(book, file, old, place):
    """It says what belongs there; what a placeholder breaks by being one is not told."""
    ending = {"2020-05-14,date": ",date", "2020-05-14}": "}"}.get(old, "")
    book.replace(file, old, LEFT + ending)

    assert book.found() == [
        f"{place}: found a placeholder, expected the day as printed; fill it in"
    ]
