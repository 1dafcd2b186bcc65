"""All pages in one document: every address unique, every link inside it or to another host."""

import re

import pytest

from rebuilt.build.assembly import assemble, title_of
from rebuilt.errors import DataError

PAGE = """<html><head><link rel="stylesheet" href="_static/a.css">
<script src="x.js"></script></head>
<body><h1>Wrong</h1><article class="bd-article"><section id="{name}">
<h1>Page <b>{name}</b> &amp; more<a class="headerlink" href="#{name}">#</a></h1>
{body}
</section></article><div class="rb-footer">
<p class="rb-notebook"><a href="_static/notebooks/one.ipynb">Notebook</a></p>
<p>Data. <a href="method.html">Method</a>
<a href="https://example.org/">Source</a></p></div></body></html>"""


@pytest.fixture
def site(tmp_path):
    """Return a site of two pages."""

    def write(first: str, second: str = ""):
        for name, body in (("one", first), ("two", second)):
            text = PAGE.format(name=name, body=body)
            (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("#chart-a", ' href="#one--chart-a"'),
        ("two.html", ' href="#two--top"'),
        ("two.html#claim-b", ' href="#two--claim-b"'),
        ("https://example.org/#x", ' href="https://example.org/#x"'),
        ("_static/charts/a.csv", ""),
        ("search.html", ""),
    ],
)
def test_a_link_stays_inside_or_leads_to_another_host_or_is_none(site, link, becomes):
    """A file of this machine is never an address in print."""
    text = assemble(site(f'<p>See <a class="x" href="{link}">there</a>.</p>'), ["one", "two"])

    assert f'<p>See <a class="x"{becomes}>there</a>.</p>' in text


def test_the_same_name_on_two_pages_is_two_addresses(site):
    """Labels, descriptions and drawings refer to what their own page means."""
    body = (
        '<svg id="a" aria-labelledby="t d"><title id="t">T</title><desc id="d">D</desc>'
        '<g clip-path="url(#c)"></g></svg>'
    )
    text = assemble(site(body, body), ["one", "two"])

    for page in ("one", "two"):
        assert f'id="{page}--a" aria-labelledby="{page}--t {page}--d"' in text
        assert f"url(#{page}--c)" in text
    addresses = re.findall(r' id="([^"]*)"', text)
    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize(
    "screen",
    [
        "<script type='a'>GONE</script>",
        '<details class="rb-data"><summary>Data</summary>GONE</details>',
        '<details class="admonition hide above-input"><p>GONE</p></details>',
        '<div class="rb-narrow"><svg><g>GONE</g></svg></div>',
        '<a class="headerlink" href="#x">GONE</a>',
    ],
)
def test_what_only_a_screen_can_use_is_left_out(site, screen):
    """Code, data tables, the drawing for phones: the site and the notebooks have them."""
    text = assemble(site(f"<p>before</p>{screen}<p>after</p>"), ["one", "two"])

    assert "GONE" not in text
    assert "<p>before</p><p>after</p>" in text


@pytest.mark.parametrize("attributes", ["", ' class="rb-why"', ' class="a b" id="x"'])
def test_what_is_folded_is_unfolded(site, attributes):
    """Paper has nothing to click on; what is open stays so."""
    body = f"<details{attributes}><summary>Why</summary></details><details open><p></p></details>"

    text = assemble(site(body), ["one"])

    assert text.count(" open>") == 2
    assert " open open" not in text


def test_contents_name_every_page_and_its_number(site):
    """In reading order; without numbers before the first print."""
    text = assemble(site(""), ["one", "two"], {"one": 3, "two": 5})

    lines = re.findall(r'<li><a href="#(.*?)">(.*?)</a><span class=".*?">(\d*)</span></li>', text)
    assert lines == [
        ("one--top", "Page one &amp; more", "3"),
        ("two--top", "Page two &amp; more", "5"),
    ]
    assert "<h1>Wrong" not in text


def test_styles_are_kept_and_scripts_are_not(site):
    """The print sheet comes last; the footer keeps only addresses of other hosts."""
    text = assemble(site(""), ["one"])

    assert text.index("_static/a.css") < text.index("_static/rebuilt-print.css")
    assert "x.js" not in text
    assert "<a>Method</a>" in text
    assert "Notebook" not in text
    assert '<a href="https://example.org/">Source</a>' in text


def test_a_title_is_the_first_heading_of_the_article():
    """As text: the outline and the contents need no markup."""
    assert title_of(PAGE.format(name="one", body="")) == "Page one & more"
    assert title_of("<p>none</p>") == ""


def test_a_page_that_is_missing_or_empty_is_named(site):
    """What to do is said."""
    folder = site("")
    (folder / "two.html").write_text("<p>cut", encoding="utf-8")

    with pytest.raises(DataError) as empty:
        assemble(folder, ["one", "two"])
    with pytest.raises(DataError) as missing:
        assemble(folder, ["one", "three"])

    assert str(empty.value) == "two.html has no article; run `make book` again"
    assert str(missing.value) == "the site has no page three.html; run `make book`"
