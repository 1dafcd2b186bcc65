"""The chain as navigation: every page in one place at most, bars that add up, a marked link."""

import re
from itertools import chain

import pytest

from rebuilt import claims
from rebuilt.page import note_chain
from rebuilt.page.labels import SECTIONS
from rebuilt.page.note_chain import LINKS
from rebuilt.paths import ROOT

SAID = {link.name: f"number of {link.name} < 2" for link in LINKS}


def test_every_page_of_the_chain_is_there_and_in_one_link():
    """A page that moved or was renamed would leave a dead link."""
    pages = list(chain.from_iterable(link.pages for link in LINKS))

    assert [page for page in pages if not (ROOT / "book" / f"{page}.md").exists()] == []
    assert len(set(pages)) == len(pages)
    assert set(chain.from_iterable(link.sections for link in LINKS)) <= set(SECTIONS)


def test_each_bar_has_as_many_parts_as_its_sections_have_claims():
    """The widths of a bar are counts of claims; what is drawn is also said."""
    html = note_chain.show(SAID).html
    links = [line.partition("</a>")[0] for line in html.split("<li><a")[1:]]
    lines = [line for line in links if "preserveAspectRatio" in line]
    sections = [link.sections for link in LINKS if link.sections]

    assert (len(links), len(lines)) == (len(LINKS), len(sections))
    for line, names in zip(lines, sections, strict=True):
        number = sum(len(claims.ledger(section=name)) for name in names)
        drawn = [int(width) for width in re.findall(r'width="(\d+)" height="1"', line)]
        spoken = re.search(r"hidden\">: ([^<]*)<", line)[1]
        assert sum(drawn) == number
        assert [int(n) for n in re.findall(r"\d+", spoken)] == drawn


def test_numbers_are_shown_as_text_and_none_may_be_missing():
    """A link without its number is a mistake of the page."""
    assert "number of Video &lt; 2" in note_chain.show(SAID).html
    with pytest.raises(KeyError, match="Switches"):
        note_chain.show({name: text for name, text in SAID.items() if name != "Switches"})


def test_a_chapter_is_marked_in_its_strip():
    """The first page of a link is the link's own; others stand in it; pages beside have none."""
    assert note_chain.whereabouts("amd").count("aria-current") == 1
    assert '"nvidia.html" aria-current="location"' in note_chain.whereabouts("amd")
    assert '"nvidia.html" aria-current="page"' in note_chain.whereabouts("nvidia")
    assert note_chain.whereabouts("data") == ""
