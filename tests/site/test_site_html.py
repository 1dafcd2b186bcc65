"""What the built pages hold, read as text."""

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser

import pytest
from tools.math_font import characters

from rebuilt.site import names

LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Reader(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Collect."""
        self.tags.append((tag, dict(attrs)))

    def of(self, tag, css_class=""):
        """Attributes of all tags of one name, and of one class if given."""
        return [
            attrs
            for name, attrs in self.tags
            if name == tag and css_class in [*(attrs.get("class") or "").split(), ""]
        ]


@pytest.fixture(scope="module")
def pages(html):
    """Name -> text and tags of every page."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(html.glob("*.html"))}
    return {name: (text, Reader(text)) for name, text in texts.items()}


def test_nothing_is_loaded_from_another_host(pages, html):
    """Scripts, styles, fonts and pictures are files of the site; links may lead away."""
    loaded = [
        (name, attrs[LOADING[tag]])
        for name, (_, reader) in pages.items()
        for tag, attrs in reader.tags
        if tag in LOADING and attrs.get(LOADING[tag]) and attrs.get("rel") != "canonical"
    ]
    own = ("rebuilt.css", "rebuilt-charts.js", "rebuilt-mode.js")
    styles = [(html / "_static" / file).read_text(encoding="utf-8") for file in own]

    assert loaded
    assert [pair for pair in loaded if "//" in pair[1]] == []
    assert [text for text in styles if re.search(r"url\([\"']?https?:", text)] == []


def test_no_script_or_style_stands_in_a_page(pages):
    """A strict Content-Security-Policy needs no exception; data blocks are not scripts."""
    scripts = [
        (name, attrs)
        for name, (_, reader) in pages.items()
        for attrs in reader.of("script")
        if "src" not in attrs and attrs.get("type") != "application/json"
    ]
    handlers = [
        (name, tag, key)
        for name, (_, reader) in pages.items()
        for tag, attrs in reader.tags
        for key in attrs
        if key.startswith("on") or (key == "style" and tag != "style")
    ]

    assert scripts == []
    assert handlers == []


def test_ids_are_unique_on_every_page(pages):
    """Two charts of one page share no id."""
    for name, (_, reader) in pages.items():
        counts = Counter(attrs["id"] for _, attrs in reader.tags if attrs.get("id"))

        assert [key for key, count in counts.items() if count > 1] == [], name


def test_every_page_has_one_search_form_and_one_header(pages):
    """Newer versions of the theme show two of each."""
    for name, (_, reader) in pages.items():
        forms = reader.of("form", "bd-search")

        assert len(forms) == (2 if name == "search" else 1), name
        assert len(reader.of("header")) == 1, name


OWN_FIGURES = {"status"}  # what the book counts of itself has no source outside


def test_every_chart_keeps_its_contract(pages, html):
    """Title, two drawings, description, sources in the page's list, table, CSV, stable address."""
    found = 0
    for name, (text, reader) in pages.items():
        ids = {attrs["id"] for _, attrs in reader.tags if attrs.get("id")}
        for figure in re.findall(r'<figure class="rb-figure" id="chart-.*?</figure>', text, re.S):
            found += 1
            part = Reader(figure)
            csv = part.of("a", "rb-download")[0]["href"]

            assert len(part.of("svg", "rb-svg")) == 2, name
            assert all(svg["role"] == "img" for svg in part.of("svg"))
            assert figure.count("<desc") == 2
            assert re.search(r'<p class="rb-description">[^<]{20,}', figure), name
            assert part.of("table", "rb-table")
            assert (html / csv).read_text(encoding="utf-8").count("\n") >= 2
            cited = re.findall(r'href="#(source[^"]+)"', figure)
            assert cited or name in OWN_FIGURES, name
            assert set(cited) <= ids, name
    assert found >= 4


def test_formulas_are_mathml(fixture_html):
    """A numbered formula, one within a line, and no script that would draw them."""
    text = (fixture_html / "index.html").read_text(encoding="utf-8")

    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in text
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">' in text
    assert re.search(r'<div class="rb-math" id="equation-ridge" [^>]*>.*\(1\)</span>', text)
    assert "mathjax@" not in text.lower()


def test_prose_numbers_come_without_quotation_marks(fixture_html):
    """Glued text reads as text."""
    text = (fixture_html / "index.html").read_text(encoding="utf-8")

    assert '<span class="pasted-text">141\u00a0GB</span>' in text
    assert '<span class="pasted-text">2.354×</span>' in text


def test_a_chart_can_be_referred_to(fixture_html):
    """The reference shows the chart's title and leads to its address."""
    text = (fixture_html / "index.html").read_text(encoding="utf-8")

    assert 'href="#chart-bandwidth-by-chip"><span class="std std-ref">Each generation' in text


def test_a_claim_shows_its_verdict_and_leads_to_the_scorecard(fixture_html):
    """The badge has words, not only a colour."""
    text = (fixture_html / "second.html").read_text(encoding="utf-8")

    assert re.search(
        r'<a class="rb-badges" href="scorecard.html#claim-[^>]+><span class="rb-claim ', text
    )


def test_every_page_says_what_it_is_and_how_to_complain(pages):
    """Freeze date, version, commit, licences, no advice, report; and metadata without a host."""
    wanted = (
        "Data up to <strong>",
        "Version ",
        "commit ",
        "MIT",
        "CC BY 4.0",
        "not investment advice",
        "Report it",
    )
    for name, (text, reader) in pages.items():
        assert [part for part in wanted if part not in text] == [], name
        assert [link["href"] for link in reader.of("link") if link.get("rel") == "icon"] == [
            "_static/favicon.svg"
        ], name
        if name != "search":
            assert any(meta.get("property") == "og:title" for meta in reader.of("meta")), name


def test_unwanted_files_are_not_shipped(html):
    """Nothing of the cell runner remains, and Vega is there once."""
    files = [path.name for path in html.rglob("*")]

    assert [name for name in files if "thebe" in name or "mathjax" in name.lower()] == []
    assert files.count("vega-bundle.js") == 1


def test_the_font_of_formulas_has_all_their_characters(html):
    """A missing one would be drawn by whatever font is there; tools/math_font.py cuts it anew."""
    known = {chr(one) for one in characters()}
    for path in html.glob("*.html"):
        for formula in re.findall(r"<math.*?</math>", path.read_text(encoding="utf-8"), re.DOTALL):
            text = unescape(re.sub(r"<[^>]+>", "", formula))
            assert set(text) - known - set("\n\u00a0") == set(), (path.name, text)


def test_no_placeholder_of_the_commit_is_left(site):
    """Pages, scripts and the notebooks to take home name the commit itself."""
    for path in [*site.rglob("*.html"), *site.rglob("*.js"), *site.rglob("*.ipynb")]:
        assert names.COMMIT not in path.read_text(encoding="utf-8"), path.name
