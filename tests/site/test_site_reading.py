"""Reading in other ways: without scripts, by keyboard, on paper, by search."""

import re

import pypdf
import pytest

SEEN = """() => {
    const count = (css, also = () => true) =>
        [...document.querySelectorAll(css)].filter(also).length;
    // What is folded opens without a script; its line is read.
    const open = one => !one.closest('details:not([open])') || one.closest('summary');
    const shown = one => one.checkVisibility() && one.getBoundingClientRect().height > 0;
    const stops = ['.rb-explore', '.rb-download', 'summary', '.rb-scroll[tabindex="0"]'];
    return {
        figures: count('.rb-figure[id^=chart-]'),
        stops: stops.map(css => count(`.rb-figure[id^=chart-] ${css}`)),
        drawings: count('.rb-figure[id^=chart-] .rb-svg', shown),
        verdicts: count('article .rb-claim:not(.rb-words *)', open),
        read: count('article .rb-claim:not(.rb-words *)', shown),
        dead: count('button:not([popovertarget])', shown),
    };
}"""
CHART_STOPS = ["button rb-explore", "a rb-download", "summary ", "div rb-scroll"]
FOCUSED = """document.activeElement.tagName.toLowerCase()
    + ' ' + (document.activeElement.classList[0] ?? '')"""


@pytest.fixture(scope="module")
def plain(html, browser):
    """Name -> what is seen of a page without scripts."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    found = {}
    for file in sorted(html.glob("*.html")):
        page.goto(file.as_uri())
        found[file.stem] = page.evaluate(SEEN)
    context.close()
    return found


def test_every_chart_and_verdict_reads_without_scripts(plain):
    """Nothing waits for a script, and no button is shown that would do nothing."""
    assert sum(seen["figures"] for seen in plain.values()) >= 4
    for name, seen in plain.items():
        assert seen["drawings"] == seen["figures"], name
        assert seen["read"] == seen["verdicts"], name
        assert seen["dead"] == 0, name


def test_a_chart_is_reached_by_keyboard(fixture_html, visit):
    """Tab visits its button, its file, its description and, once open, its table, which scrolls."""
    page = visit(fixture_html, "index").page
    chart = page.locator("#chart-growth-by-line")
    chart.locator(".rb-explore").focus()
    stops = [page.evaluate(FOCUSED)]
    for key in ("Tab", "Tab", "Enter", "Tab"):
        page.keyboard.press(key)
        if key == "Tab":
            stops.append(page.evaluate(FOCUSED))

    assert stops == CHART_STOPS
    assert chart.locator(".rb-description").is_visible()
    assert chart.locator(".rb-table").is_visible()


def test_every_chart_has_stops_for_the_keyboard(plain):
    """The same four stops on every chart of every page."""
    for name, seen in plain.items():
        assert seen["stops"] == [seen["figures"]] * 4, name


def test_a_printed_page_holds_its_folded_table(fixture_html, visit, tmp_path):
    """A real PDF of a dark page: description and last row of the data, in ink of the light one."""
    page = visit(fixture_html, "index", scheme="dark").page
    page.pdf(path=tmp_path / "index.pdf", format="A4")
    sheets = pypdf.PdfReader(tmp_path / "index.pdf").pages
    words = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    drawn = b"".join(sheet.get_contents().get_data() for sheet in sheets)
    inks = {
        "#" + "".join(f"{round(255 * float(part)):02x}" for part in colour)
        for colour in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", drawn)
    }

    assert "Bars of memory bandwidth for four chips, rising from Q1 to Q2 Max." in words
    assert "Optical modules" in words
    assert "Change one row and build again." in words
    assert "#1f2a37" in inks
    assert "#e8edf3" not in inks


def test_a_folded_list_of_sources_opens_for_its_links(site, browser):
    """Whoever follows a link to a source sees it, also where the list is long and folded."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    folded = [
        path
        for path in sorted(site.glob("*.html"))
        if '<details class="rb-many-sources">' in path.read_text(encoding="utf-8")
    ]
    for path in folded:
        last = page.locator(f"#{last_id(path)}")
        page.goto(path.as_uri())
        assert not last.is_visible(), path.stem

        page.goto(f"{path.as_uri()}#{last_id(path)}")  # within the page
        assert last.is_visible(), path.stem

    page.goto("about:blank")
    page.goto(f"{path.as_uri()}#{last_id(path)}")  # and from elsewhere
    assert last.is_visible()
    context.close()

    assert folded


def last_id(path):
    return re.findall(r'<li id="(source-[^"]+)"', path.read_text(encoding="utf-8"))[-1]
