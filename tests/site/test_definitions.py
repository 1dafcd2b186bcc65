"""Terms of the glossary are marked where a page first uses them, and nowhere else."""

from types import SimpleNamespace

import pytest
from docutils.core import publish_doctree

from rebuilt.paths import ROOT
from rebuilt.site import definitions
from rebuilt.site.definitions import Defined

GLOSSARY = """
token
  One patch as a vector.

mixture of experts
  Several networks.

DiT
  A denoiser of blocks.

head (of attention)
  A part of attention.
"""


@pytest.fixture
def marked():
    """Return a function that marks a text and returns what was marked, in order."""
    env = SimpleNamespace(found_docs={"glossary"}, get_doctree=lambda _: publish_doctree(GLOSSARY))
    builder = SimpleNamespace(get_relative_uri=lambda _, to: f"{to}.html")
    app = SimpleNamespace(env=env, builder=builder)

    def mark(text, page="sora"):
        doctree = publish_doctree(text)
        before = doctree.astext()
        definitions.define(app, doctree, page)
        assert doctree.astext() == before
        return [(node.astext(), node["term"]) for node in doctree.findall(Defined)]

    return mark


def test_the_first_place_of_a_term_is_marked(marked):
    """The plural and the beginning of a sentence are the same word."""
    found = marked("Tokens are many. A token is one.\n\nA mixture of experts of DiT blocks.")

    assert found == [
        ("Tokens", "token"),
        ("mixture of experts", "mixture of experts"),
        ("DiT", "DiT"),
    ]


def test_a_word_with_other_senses_is_marked_beside_what_it_is_of(marked):
    """Its first place in a paragraph that speaks of that; the first paragraph does not."""
    found = marked("Two heads are better.\n\nAttention has heads.\n\nA head of attention.")

    assert found == [("heads", "head (of attention)")]


@pytest.mark.parametrize(
    "text",
    ["``token``", "`token <https://example.org>`_", "A tokenizer, a sub-token.", "dit, DIT",
     "Title of a token\n================\n\nNothing."],
)  # fmt: skip
def test_code_links_titles_and_parts_of_words_are_left_alone(marked, text):
    """Names with capitals are matched as they are written."""
    assert marked(text) == []


def test_the_glossary_itself_is_not_marked(marked):
    """It holds the definitions."""
    assert marked("A token.", page="glossary") == []


def test_every_term_has_one_definition_and_its_order_is_that_of_the_alphabet():
    """So that a reader finds it."""
    lines = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8").split("```")[1].splitlines()
    terms = [line for line in lines[1:] if line and not line.startswith(" ")]

    assert terms == sorted(set(terms), key=str.casefold)
    assert len(terms) > 25
