"""Prose numbers, tables, sources and the bibliography."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from rebuilt import page
from rebuilt.errors import DataError, UnknownNameError
from rebuilt.evidence import bibliography
from rebuilt.page import formats, markup

BIB = Path(__file__).parents[1] / "site" / "fixture_book" / "sources.bib"
FACTS = pl.DataFrame(
    {
        "chip": ["Q1", "Q2"],
        "memory_gb": [80.0, 141.0],
        "source": ["acme-datasheet-2023", "bench-results-2024"],
    }
)


@pytest.fixture(autouse=True)
def _fresh_page(monkeypatch):
    monkeypatch.setattr(bibliography, "FILE", BIB)
    page.reset()
    yield
    page.reset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (formats.number(141, "GB"), "141\u00a0GB"),
        (formats.number(4.8, "TB/s"), "4.8\u00a0TB/s"),
        (formats.number(1_979_000), "1,979,000"),
        (formats.number(0.30000000000000004), "0.3"),
        (formats.number(-3), "−3"),
        (formats.number(0.0), "0"),
        (formats.number(2.0, decimals=1), "2.0"),
        (formats.scaled(173e9, "parameters"), "173\u00a0billion\u00a0parameters"),
        (formats.scaled(999), "999"),
        (formats.percent(-0.1745, decimals=2), "−17.45%"),
        (formats.percent(0.5, signed=True), "+50%"),
        (formats.times(2.4), "2.4×"),
        (formats.interval(3, 5, "GB"), "3–5\u00a0GB"),
        (formats.date(dt.date(2024, 2, 20)), "20 February 2024"),
        (formats.date("2024-02"), "February 2024"),
        (formats.date("2024"), "2024"),
    ],
)
def test_numbers_read_as_in_print(text, expected):
    """Units after a no-break space, commas, a real minus, dates as precise as known."""
    assert text == expected


def test_a_number_that_is_none_is_refused():
    """Infinity is not a figure."""
    with pytest.raises(DataError) as caught:
        formats.number(float("inf"))

    assert str(caught.value) == (
        "cannot write inf as a number; give a finite value or say in words what is missing"
    )


def test_a_date_that_is_none_is_refused():
    """The message shows the three forms."""
    with pytest.raises(DataError) as caught:
        formats.date("20.2.2024")

    assert str(caught.value) == "'20.2.2024' is not a date; expected YYYY-MM-DD, YYYY-MM or YYYY"


def test_prose_takes_no_raw_float():
    """How many digits are printed is a decision, not an accident."""
    with pytest.raises(DataError) as caught:
        page.say(ratio=2.354)

    assert str(caught.value) == (
        "say(ratio=2.354): a float has no printed precision; use rebuilt.page.formats, "
        "for instance formats.number(2.354, decimals=1)"
    )


@pytest.mark.parametrize("text", ["141 GB", "1,151", "(2, 3)", "0x10", "it's", "−17.45%"])
def test_prose_prints_exactly_what_was_said(text, monkeypatch):
    """MyST-NB evaluates the repr of a glued value, which must give the text back unchanged."""
    import myst_nb  # half a second, for which no other test waits
    from myst_nb.core.variables import format_plain_text

    glued = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, **_: glued.update({name: value}))

    page.say(shown=text)

    assert format_plain_text(repr(glued["shown"]), "") == text


def test_table_has_scopes_caption_and_aligned_numbers():
    """A screen reader hears heads of columns and rows; digits stand under digits."""
    shown = page.table(FACTS, name="chips", caption="Two chips")._repr_mimebundle_()
    html = shown["text/html"]

    assert '<th scope="col" class="rb-number">memory (GB)</th>' in html
    assert '<th scope="row">Q2</th><td class="rb-number">141</td>' in html
    assert "Sources: Acme Corporation (2023a); Bench Consortium (2024)" in html
    assert shown["application/vnd.rebuilt.table+json"]["csv"].startswith("chip,memory_gb,source\n")


def test_a_table_names_its_sources_as_captions_do():
    """A reader knows no keys of the bibliography; who takes the CSV away needs them."""
    shown = page.table(FACTS, name="chips", caption="Two chips")._repr_mimebundle_()

    assert '<td class="rb-wraps">Bench Consortium (2024)</td>' in shown["text/html"]
    assert "Q2,141.0,bench-results-2024\n" in shown["application/vnd.rebuilt.table+json"]["csv"]


def test_an_empty_table_is_refused():
    """A filter that keeps nothing must not pass as a table."""
    with pytest.raises(DataError) as caught:
        page.table(FACTS.head(0), name="chips", caption="Two chips")

    assert str(caught.value) == (
        "table chips: the frame has no rows; check the filter that made it"
    )


def test_page_lists_each_source_once_with_its_address():
    """Attribution that a source asks for is printed, other notes are not."""
    page.used(["bench-results-2024", "acme-datasheet-2023", "bench-results-2024"])
    html = page.sources().html

    assert html.count("<li") == 2
    assert '<li id="source-acme-datasheet-2023">' in html
    assert "Licence: CC BY 4.0. Please cite as Acme data sheet</li>" in html
    assert (
        'Results of the fixture benchmark &amp; more</a>. <span class="rb-date">2024</span>.'
        in html
    )


@pytest.mark.parametrize(("most", "folded"), [(2, False), (1, True)])
def test_a_long_list_of_sources_is_folded(monkeypatch, most, folded):
    """The fold says how many there are; every address is inside."""
    monkeypatch.setattr(markup, "MOST_LISTED", most)
    page.used(["bench-results-2024", "acme-datasheet-2023"])
    html = page.sources().html

    assert ("<summary>2 sources</summary>" in html) == folded
    assert html.startswith('<details class="rb-many-sources">') == folded
    assert html.count('<li id="source-') == 2


def test_bibliography_tells_sources_of_one_author_and_year_apart():
    """Letters follow the order of the file."""
    labels = [source.label for source in bibliography.load().values()]

    assert labels == [
        "Acme Corporation (2023a)",
        "Acme Corporation (2023b)",
        "Bench Consortium (2024)",
    ]


def test_unknown_source_lists_near_names():
    """A typing error shows what was meant."""
    with pytest.raises(UnknownNameError) as caught:
        bibliography.find(["acme-datasheet-2032"])

    assert str(caught.value) == (
        "source 'acme-datasheet-2032' is not in data/sources.bib; "
        "close matches: acme-datasheet-2023, acme-blog-2023"
    )


def test_source_without_title_is_refused(tmp_path):
    """The message names file, entry and field."""
    file = tmp_path / "sources.bib"
    file.write_text("@misc{nameless, author = {{A}}, url = {https://example.org}}")

    with pytest.raises(DataError) as caught:
        bibliography.load(file)

    assert str(caught.value) == (
        "sources.bib entry nameless: title is empty; every source needs a title and an author"
    )


def test_markup_escapes_what_it_is_given():
    """A title from data cannot become markup."""
    payload = {
        "columns": [{"label": "<b>", "numeric": False, "long": False, "wraps": False}],
        "rows": [["a & b"]],
    }

    html = markup.grid(payload, label='say "x"')

    assert "&lt;b&gt;" in html
    assert "a &amp; b" in html
    assert 'aria-label="say &quot;x&quot;"' in html


def test_a_table_with_sentences_stacks_on_a_phone_and_a_long_one_scrolls():
    """Each of its cells says what it is; a table of numbers stays a table."""
    sentences = pl.DataFrame(
        {"what": ["one"], "why": ["a reason that takes more than a few words"]}
    )
    numbers = pl.DataFrame({"chip": [f"c{n}" for n in range(markup.MOST_ROWS + 1)], "gb": 1})
    stacked = page.table(sentences, name="reasons", caption="Reasons").html
    long = page.table(numbers, name="numbers", caption="Numbers").html

    assert "rb-stacks" in stacked
    assert '<td class="rb-long" data-label="why">' in stacked
    assert "rb-tall" not in stacked
    assert "rb-stacks" not in long
    assert "data-label" not in long
    assert "rb-tall" in long
