"""Damage to a chapter stops the build or the check, which names the page and what is wrong."""

import re

import planting
import pytest
from tests.faults import caught
from tests.site import checkout

# what is wrong: (page, text, what it becomes, what the build says of it)
IN_THE_BUILD = {
    "failing cell": (
        "index",
        'bibliography.FILE = Path("sources.bib")\n',
        'bibliography.FILE = Path("sources.bib")\n1 / 0\n',
        r"ZeroDivisionError: division by zero[\s\S]*index\.md",
    ),
    "cell that ends its kernel": (
        "index",
        'bibliography.FILE = Path("sources.bib")\n',
        'bibliography.FILE = Path("sources.bib")\nimport os; os._exit(3)\n',
        r"\.\.\.\nbuild: book/index\.md line 16: this cell ended its kernel; [^\n]+\n\n"
        r"The book was NOT",
    ),
    "chart without description": (
        "index",
        'description="Bars of memory bandwidth for four chips, rising from Q1 to Q2 Max."',
        'description=" "',
        r"chart bandwidth-by-chip: description is empty; a reader who cannot see it needs one"
        r"[\s\S]*index\.md",
    ),
    "chart without sources": (
        "index",
        '"bench-results-2024"],',
        "None],",
        r"chart bandwidth-by-chip: [^\n]*source[\s\S]*index\.md",
    ),
}
AT_ONCE = {  # warnings, of which one build names all
    "broken cross-reference": (
        "second",
        "# The second page",
        "# The second page\n\nSee {ref}`chart-nowhere`.",
        r"second\.md:\d+: WARNING: undefined label: 'chart-nowhere'",
    ),
    "broken link": (
        "second",
        "## Sources of this page",
        "See [that](nowhere.md).\n\n## Sources of this page",
        r"second\.md:\d+: WARNING: [^\n]*nowhere\.md",
    ),
    "unknown claim": (
        "second",
        "Another table",
        "{claim}`no-such-claim` Another table",
        r"second\.md:\d+: WARNING: claim 'no-such-claim' is not in the ledger",
    ),
    "number that no cell gives": (
        "second",
        "its key term",
        "{glue:text}`nothing` its key term",
        r"second\.md:\d+: WARNING: [^\n]*nothing",
    ),
    "page without its sources": (
        "index",
        "page.sources()",
        "0",
        r"index\.md: WARNING: chart bandwidth-by-chip cites '[a-z0-9-]+', which is not in the "
        r"sources of this page",
    ),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return the small repository, whose pages are put back after each test."""
    return checkout.make(tmp_path_factory.mktemp("chapters") / "repository")


@pytest.fixture
def pages(book):
    """Put both pages back when the test is done."""
    texts = {path: path.read_text(encoding="utf-8") for path in (book.root / "book").glob("*.md")}
    yield texts
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


def plain(said: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", said)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(damage, marks=() if damage == "failing cell" else pytest.mark.weekly)
        for damage in IN_THE_BUILD  # others are asked by tests/page and tests/site in a moment
    ],
)
def test_a_chapter_that_cannot_run_is_not_published(damage, book, pages, record_property):
    """The cell's own error, the page's name, and no site."""
    page, old, new, said = IN_THE_BUILD[damage]
    book.edit(f"book/{page}.md", old, new)

    done = book.build()

    found = done.returncode == 1 and re.search(said, plain(done.stdout)) is not None
    caught.record(record_property, "chapter", damage, caught=int(found))
    assert found, plain(done.stdout)[-3000:]
    assert not (book.output / "html").exists()


def test_what_a_page_refers_to_must_be_there(book, pages, record_property):
    """Warnings are errors; each names page and line."""
    for page, old, new, _ in AT_ONCE.values():
        book.edit(f"book/{page}.md", old, new)

    done = book.build()

    missed = [
        damage for damage, (*_, said) in AT_ONCE.items() if not re.search(said, plain(done.stdout))
    ]
    for damage in AT_ONCE:
        caught.record(record_property, "chapter", damage, caught=int(damage not in missed))
    assert done.returncode == 1
    assert missed == [], plain(done.stdout)[-3000:]
    assert not (book.output / "html").exists()


@pytest.mark.parametrize(
    ("damage", "typed"),
    [
        ("typed number in prose", "The H200 holds 141 GB of memory."),
        ("typed number in a chart's title", '```{code-cell}\nshow(title="It has 141 GB")\n```'),
    ],
)
def test_a_typed_number_is_named_with_its_line(damage, typed, whole, record_property):
    """A number with a unit comes from data or not at all."""
    root, before = whole
    page = root / "book" / "nvidia.md"
    text = page.read_text(encoding="utf-8").rstrip("\n") + f"\n\n{typed}\n"
    page.write_text(text, encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "141 GB" in row)

    findings = planting.new_findings(root, before)

    found = any(item.file == "book/nvidia.md" and item.row == line for item in findings)
    caught.record(record_property, "chapter", damage, caught=int(found))
    assert found, findings
