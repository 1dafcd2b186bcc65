"""The printed book: every page of the site in it, found by its outline and by its links."""

import os
import shutil
import subprocess
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from pypdf import PdfReader

from rebuilt.build import printing
from rebuilt.build.assembly import assemble, title_of
from rebuilt.errors import DataError
from rebuilt.evidence.tables import freeze_date

PAGES = ["index", "second"]


@pytest.fixture(scope="module")
def site(fixture_html, tmp_path_factory, browser):
    """Return a copy of the two-page site, which printing writes into."""
    return shutil.copytree(fixture_html, tmp_path_factory.mktemp("print") / "html")


@pytest.fixture(scope="module")
def printed(site):
    """Return the reader of the printed two-page book."""
    return PdfReader(write_book(site, site / "take-away" / "book.pdf"))


def write_book(site, target):
    """Print in a thread of its own: this one belongs to the browser of the other tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(printing.write_book, site, PAGES, target).result()


def no_chinese_font():
    """Whether this machine cannot draw Chinese; said loudly, and never accepted in CI."""
    fonts = subprocess.run(["fc-list", ":lang=zh"], check=False, capture_output=True).stdout
    if not fonts and os.environ.get("CI") != "true":
        warnings.warn("NO CHINESE FONT: the characters of the print were NOT read", stacklevel=1)
        return True
    return False


def annotations(reader):
    """Every link of the book."""
    return [
        note.get_object()
        for page in reader.pages
        for note in page.get("/Annots") or []
        if note.get_object()["/Subtype"] == "/Link"
    ]


def test_the_outline_is_that_of_the_site(printed, site):
    """One entry a page, in reading order; its sections below it."""
    top = [entry.title for entry in printed.outline if not isinstance(entry, list)]

    titles = [title_of((site / f"{page}.html").read_text("utf-8")) for page in PAGES]
    assert top == titles
    assert [entry.title for entry in printed.outline[1]] == [
        "How much faster?",
        "Sources of this page",
    ]


def test_contents_name_the_sheet_on_which_each_page_begins(printed):
    """The number that is printed is that of the sheet with the heading."""
    contents = printed.pages[0].extract_text()
    firsts = {
        entry.title: printed.get_destination_page_number(entry) + 1
        for entry in printed.outline
        if not isinstance(entry, list)
    }

    assert len(set(firsts.values())) == len(PAGES)
    for title, number in firsts.items():
        assert f"{title} {number}" in " ".join(contents.split())
        assert title in printed.pages[number - 1].extract_text()


def test_every_link_leads_somewhere(printed):
    """To a place of the book that exists, or to another host; never to a file of this machine."""
    places = set(printed.named_destinations)
    inside = [str(note["/Dest"]) for note in annotations(printed) if "/Dest" in note]
    outside = [str(note["/A"]["/URI"]) for note in annotations(printed) if "/A" in note]

    assert {"/second--top", "/second--table-all-chips"} <= set(inside)
    assert set(inside) <= places
    assert outside
    assert [target for target in outside if not target.startswith("https://")] == []


def test_text_can_be_searched_in_both_languages_and_no_sheet_is_empty(printed):
    """Chinese characters are text, not pictures; charts keep their labels."""
    texts = [page.extract_text() for page in printed.pages]
    whole = "".join("".join(texts).split())

    assert "训练算力" in whole or no_chinese_font()
    assert "Memorybandwidth(TB/s)" in whole
    assert [number for number, text in enumerate(texts, 1) if len(text.strip()) < 20] == []


def test_code_and_tables_of_charts_stay_on_the_screen(printed):
    """A book on paper is to be read; tables that stand in the text are printed."""
    whole = "".join(page.extract_text() for page in printed.pages)

    assert "import polars" not in whole
    assert "All chips of the fixture" in whole


def test_nothing_of_the_moment_or_the_machine_is_in_it(printed, site):
    """The day is that of the data, and the sheet that was printed is gone."""
    day = f"D:{freeze_date():%Y%m%d}000000Z"
    content = (site / "take-away" / "book.pdf").read_bytes()

    assert (printed.metadata["/CreationDate"], printed.metadata["/ModDate"]) == (day, day)
    assert printed.metadata.title == "The fixture book"
    assert str(site).encode() not in content
    assert not (site / printing.SHEET).exists()


def test_numbers_of_the_structure_do_not_depend_on_the_process():
    """Lengths and order stay, so that offsets and sorted names do."""
    one = b"/ID (node00000591) /Headers [ (node00000599) (node00000591) ]"

    assert printing.with_own_numbers(one) == (
        b"/ID (node00000001) /Headers [ (node00000002) (node00000001) ]"
    )


def test_radicals_become_the_characters_that_people_type():
    """Nothing else of a font's table changes."""
    table = b"2 beginbfchar\n<0A01> <2F12>\n<0A02> <2ecb>\n<0A03> <8BAD>\nendbfchar"

    assert printing.without_radicals(table) == (
        b"2 beginbfchar\n<0A01> <529B>\n<0A02> <8F66>\n<0A03> <8BAD>\nendbfchar"
    )


def test_a_second_print_has_the_same_bytes(printed, site):
    """As everything else that a build writes."""
    again = write_book(site, site / "take-away" / "again.pdf")

    assert again.read_bytes() == (site / "take-away" / "book.pdf").read_bytes()


def test_a_chapter_that_was_not_printed_is_named(printed, site):
    """The contents would lead nowhere."""
    with pytest.raises(DataError) as caught:
        printing.first_pages(site / "take-away" / "book.pdf", ["third"])

    assert str(caught.value) == "the printed book has no chapter third; is its page empty?"


def test_without_a_browser_it_says_what_is_missing(monkeypatch, fixture_html, tmp_path):
    """One sentence, and nothing is left behind."""
    monkeypatch.setattr(printing, "BROWSERS", ("no-such-browser",))

    with pytest.raises(DataError) as caught:
        printing.browser()

    assert str(caught.value) == (
        "no browser found to print with (looked for no-such-browser); install Chromium"
    )
    assert "rb-front" in assemble(fixture_html, PAGES)
