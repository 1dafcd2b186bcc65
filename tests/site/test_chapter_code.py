"""Chapters are prose with a little code that is worth reading: the goals, counted."""

import re
import statistics

import pytest

from rebuilt.paths import BOOK

MOST_CODE = 0.35  # of the lines of a chapter
MEDIAN_LINES, LONGEST_SHOWN, LONGEST_LINE = 8, 10, 100
LEAST_SHOWN = 1 / 3  # of the cells of the book


CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def cells_of(chapter):
    """Return the lines of each cell's code, and whether a reader sees it without asking."""
    found = []
    for cell in CELL.findall(chapter.read_text(encoding="utf-8")):
        code = re.sub(r"(?m)^:.*\n", "", cell).strip("\n").splitlines()
        found.append((code, ":tags:" not in cell))
    return found


CHAPTERS = {path.stem: cells_of(path) for path in sorted(BOOK.glob("*.md")) if cells_of(path)}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_prose_first(chapter):
    """Code is at most about a third of its lines, and half of its cells are short."""
    cells = [lines for lines, _ in CHAPTERS[chapter]]
    code = sum(1 for lines in cells for line in lines if line.strip())
    lines = len((BOOK / f"{chapter}.md").read_text(encoding="utf-8").splitlines())

    assert code / lines <= MOST_CODE
    assert statistics.median(len(cell) for cell in cells) <= MEDIAN_LINES


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_is_shown_can_be_read_at_a_glance(chapter):
    """A cell in view has ten lines at most; no line runs out of the page."""
    for lines, shown in CHAPTERS[chapter]:
        assert not shown or len(lines) <= LONGEST_SHOWN
        assert max(map(len, lines), default=0) <= LONGEST_LINE


def test_a_third_of_the_cells_is_shown():
    """What only draws is folded; what computes is not."""
    shown = [seen for cells in CHAPTERS.values() for _, seen in cells]

    assert sum(shown) / len(shown) >= LEAST_SHOWN


def test_numbers_reach_sentences_in_one_way():
    """By expressions in the sentence; nothing is glued by hand."""
    for path in BOOK.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert "{glue:" not in text, path.name
        assert "page.say(" not in text, path.name
