"""The time to read a page: prose, charts and code in view count, what is folded does not."""

from docutils import nodes
from docutils.utils import new_document

from rebuilt.site.figures import BlockNode
from rebuilt.site.page_tools import WORDS_A_MINUTE, launch_links, minutes_to_read


def page_of(*parts: nodes.Node) -> nodes.document:
    document = new_document("page")
    document += list(parts)
    return document


def words(count: int) -> nodes.paragraph:
    return nodes.paragraph(text=" ".join(["word"] * count))


def cell(code: str, *tags: str) -> nodes.container:
    return nodes.container("", nodes.literal_block(text=code), classes=["cell", *tags])


def test_prose_is_read_at_the_stated_speed():
    """Twice the words take twice the time; the shortest page takes a minute."""
    assert minutes_to_read(page_of(words(WORDS_A_MINUTE * 4))) == 4
    assert minutes_to_read(page_of(words(WORDS_A_MINUTE * 8))) == 8
    assert minutes_to_read(page_of(words(3))) == 1


def test_a_chart_takes_time_and_folded_code_takes_none():
    """Twenty lines in view are a minute; the same lines behind the switch are none."""
    prose, code = words(WORDS_A_MINUTE * 3), "\n".join(["x = 1"] * 20)

    assert minutes_to_read(page_of(prose, cell(code))) == 4
    assert minutes_to_read(page_of(prose, cell(code, "tag_hide-input"))) == 3
    charts = [BlockNode(kind="chart", payload={}) for _ in range(10)]
    assert minutes_to_read(page_of(prose, *charts)) == 6


def test_only_services_that_are_named_have_a_link():
    """And it opens the page itself, as a notebook."""
    options = {"repository_url": "https://github.com/a/b", "repository_branch": "main"}
    named = options | {"launch_buttons": {"binderhub_url": "https://mybinder.org/"}}

    assert launch_links(options, "amd") == ""
    assert launch_links(named, "amd") == (
        '<a href="https://mybinder.org/v2/gh/a/b/main?urlpath=lab/tree/_build/lab/amd.ipynb">'
        "Open in Binder</a>"
    )
