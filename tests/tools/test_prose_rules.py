"""Sentences that break a rule of style are found, by line; formulas, tables and heads are left."""

import pytest
from tools.prose import check_page, sentences

LONG = " ".join(["a chip computes and"] * 11) + " waits."


@pytest.mark.parametrize(
    ("sentence", "advice"),
    [
        (LONG, "divide it"),
        ("One rises; two fall; three wait.", "make sentences or a list of its parts"),
        ("Revenue by layer from one source.", "say who does what"),
        ("Double the length, twice.", "say who does what"),
        ("It has less memory than an H100.", "name what is spoken of"),
        ("This shows the whole.", "name what is spoken of"),
        ("The chip is very fast.", "leave it out, or write what it stands for"),
        ("Several chips (e.g. the H100) compute.", "leave it out, or write what it stands for"),
        ("An unprecedented chip computes.", "leave it out, or write what it stands for"),
    ],
)
def test_a_sentence_that_breaks_a_rule_is_named(sentence, advice):
    """The finding has the line and says what to do."""
    [finding] = check_page("book/x.md", f"# A page\n\nA chip computes.\n\n{sentence}\n")

    assert (finding.row, finding.advice) == (5, advice)


@pytest.mark.parametrize(
    "text",
    [
        "## Everything but video.",
        "| A table. | Of cells. |",
        "$$\nN = \\frac{R}{2}.\n$$",
        "**Office.** A room opens.",
        "A chip computes. It waits.",
        "In other words, this shows the whole.",
        "```{code-cell} ipython3\nx = 1  # no sentence.\n```",
        "One has {eval}`a; b; c` and `x; y; z`.",
        "adaLN\n  A layer learns.",
    ],
)
def test_what_is_no_sentence_or_a_whole_one_is_left(text):
    """Neither layout nor code is read as prose, and short sentences may follow one another."""
    assert list(check_page("book/x.md", text)) == []


def test_each_sentence_has_its_line():
    """As an editor counts them; only the first opens its paragraph."""
    text = "One opens. Two follows?\nThree is last.\n\n- Four opens an item.\n"

    assert list(sentences(text)) == [
        (1, "One opens.", True),
        (1, "Two follows?", False),
        (2, "Three is last.", False),
        (4, "Four opens an item.", True),
    ]
