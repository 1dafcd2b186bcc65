"""The search finds what people type: prose, charts, claims, terms, in English and in Chinese."""

import csv
import re

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from rebuilt.paths import SEEDS
from rebuilt.site import search

# What a reader types -> a page that must be among the first five places.
QUERIES = {
    "how much does a minute of video cost": "compute-cost",
    "B100 delay": "nvidia",
    "英伟达": "nvidia",
    "glossary": "glossary",
    "光模块": "optics",
    "模块": "scorecard",
    "Sora shut down": "sora-closed",
    "why was Sora closed": "sora-closed",
    "HBM3e": "glossary",
    "Ulysses": "glossary",
    "adaLN": "glossary",
    "MI300X against H100": "amd",
    "oversubscription": "glossary",
    "oversubscripton": "glossary",
    "patches and tokens": "latent-patches",
    "how wrong are the run times": "validation-hardware",
    "corrections": "errata",
    "download all data": "data",
    "mixed reality": "mixed-reality",
    "Coherent": "optics",
    "Arista": "switching",
    "H200": "nvidia",
    "AI PC": "ai-terminals",
    "library python": "python-api",
    "U-Net": "glossary",
}
TEXT = """
Page
====

Opening words, and ``code``.

Part one
--------

First. Second.

Part two
--------

.. code::

   import polars
"""


@pytest.fixture(scope="module")
def find(site, browser):
    """Return a function from a query to the addresses that are found, best first."""
    page = browser.new_page()
    page.goto((site / "search.html").as_uri())
    yield lambda query: page.evaluate("query => window.rebuiltSearch(query)", query)
    page.close()


@pytest.mark.parametrize("query", QUERIES)
def test_what_people_type_leads_to_its_page(find, query):
    """As typed, with a slip of a letter, in Chinese, by another word for the same thing."""
    best = [address.split(".html")[0] for address in find(query)[:5]]

    assert QUERIES[query] in best


def test_every_chinese_term_leads_to_its_claims(find):
    """Each key term leads to the card of the claim."""
    with (SEEDS / "claims.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if any(c > "\u3400" for c in row["term_zh"])]
    missed = [
        row["id"] for row in rows
        if f"scorecard.html#claim-{row['id']}" not in find(row["term_zh"])
    ]  # fmt: skip

    assert len(rows) > 50
    assert missed == []


def test_answers_stand_below_the_field(site, visit):
    """As a reader types it, from a file: a link that leads there, a sentence, the words bold."""
    seen = visit(site, "search")
    seen.page.locator("#search-page-input").fill("what did a minute of Sora cost")
    seen.page.locator("#search-page-input").press("Enter")
    first = seen.page.locator(".rb-found li").first
    first.wait_for()

    assert "compute-cost.html" in first.locator("a").get_attribute("href")
    found = seen.page.locator(".rb-found p").all_inner_texts()
    assert not any("import " in text for text in found)
    assert [text for text in found if re.search(r"\d\.$", text)] == []  # cut at a decimal point
    assert first.locator("mark").count() > 0
    assert "places" in seen.page.locator("#search-results [role=status]").inner_text()
    assert (seen.errors, seen.requests) == ([], [])


@pytest.mark.parametrize(
    "query", ["<img src=x onerror=alert(1)>", "\\", "((", "zzzzqqq", "的" * 80]
)
def test_odd_questions_are_answered_in_words(fixture_html, visit, query):
    """Nothing of a question is read as markup or as a pattern."""
    seen = visit(fixture_html, "search")
    seen.page.locator("#search-page-input").fill(query)
    seen.page.locator("#search-page-input").press("Enter")
    seen.page.locator("#search-results [role=status]").wait_for()

    assert query in seen.page.locator("#search-results").inner_text()
    assert seen.page.locator("#search-results img").count() == 0
    assert seen.errors == []


@pytest.mark.parametrize(
    ("file", "body"),
    [
        *[("search-places.js", body) for body in ("<html>Sign in</html>", "", None)],
        *[("minisearch.js", body) for body in ("<html>Sign in</html>", "", None)],
        *[("rebuilt-search.js", body) for body in ("<html>Sign in</html>", None)],
    ],
)
def test_a_search_that_lost_a_file_says_so(site, browser, file, body):
    """A file that is lost, or holds something else, leaves a sentence; with all there is none."""
    page = browser.new_page()
    address = f"{(site / 'search.html').as_uri()}?q=h100"
    page.goto(address)

    assert page.get_by_role("alert").count() == 0

    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(
        f"**/{file}*",
        lambda route: route.abort() if body is None else route.fulfill(body=body),
    )
    page.reload()

    assert "one of its files could not be read" in page.get_by_role("alert").inner_text()
    assert [error for error in errors if "'<'" not in error] == []
    page.close()


def test_a_section_is_found_by_its_own_prose_only():
    """Code is not read, and a part's words are not those of the whole."""
    doctree = publish_doctree(TEXT, settings_overrides={"doctitle_xform": False})
    found = {place["heading"]: place for place in search.places(doctree, "page.html")}

    assert found["Page"] == {
        "heading": "Page", "at": "page.html", "text": "Opening words, and code."
    }  # fmt: skip
    assert found["Part one"]["at"] == "page.html#part-one"
    assert "Part two" not in found


def test_charts_and_claims_have_addresses_of_their_own():
    """A chart by its title; a claim by what it says, with its term."""
    card = (
        '<li id="claim-a-b" class="rb-card"><span class="rb-claim-text">One &amp; two</span>'
        '<ul><li>why</li></ul><span class="rb-term" lang="zh-Hans">光模块</span></li>'
    )
    doctree = nodes.document(None, None)
    chart = {"title": "It grows", "name": "growth", "description": "A line."}
    for kind, payload in (("chart", chart), ("ledger", {"html": f"<ol>{card}{card}</ol>"})):
        doctree += nodes.container(kind=kind, payload=payload)
    found = [*search.places(doctree, "x.html")]

    assert found[0] == {"heading": "It grows", "at": "x.html#chart-growth", "text": "A line."}
    assert found[1] == found[2] == {
        "heading": "One & two", "at": "x.html#claim-a-b", "text": "光模块"
    }  # fmt: skip


def test_a_word_stands_for_one_thing_only():
    """Or a question for one thing would be answered with two."""
    words = [word for group in search.groups() for word in group]

    assert len(set(words)) == len(words) > 60
    assert words == [word.lower() for word in words]


def test_a_word_longer_than_any_is_answered(site, visit):
    """Its likes would take more memory than there is."""
    seen = visit(site, "search")
    seen.page.goto(f"{(site / 'search.html').as_uri()}?q={'a' * 50_000}")

    assert "Nothing was found" in seen.page.get_by_role("status").inner_text()
    assert seen.errors == []
