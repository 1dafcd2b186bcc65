"""The built pages in a real browser, read from files; there is nothing else to ask."""

import pytest
from tests.site.browsing import foreign
from tests.site.looks import CHARTS, EXPLORED, READY, STILL, WIDTHS, at_width, on_paper

COLOURS = """() => [...document.querySelectorAll('.rb-svg')].filter(svg => svg.checkVisibility())
    .map(svg => [...new Set([...svg.querySelectorAll('[fill],[stroke]')].flatMap(mark =>
        [getComputedStyle(mark).fill, getComputedStyle(mark).stroke]))].join())"""

# The next drawing begins in light colours, goes dark meanwhile, and is held until `release`.
HELD = """() => {
    const embed = window.vegaEmbed;
    window.vegaEmbed = (...given) => {
        window.vegaEmbed = embed;
        const drawing = embed(...given);
        document.documentElement.dataset.theme = 'dark';
        return new Promise(done => { window.release = () => done(drawing); });
    };
}"""
BOTH = """for (const name of ['localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, { configurable: true, """
REFUSALS = (  # of storage
    BOTH + "get() { throw new DOMException('', 'SecurityError'); } });",
    BOTH + "value: undefined });",
    BOTH + "value: null });",
    "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };",
    "Storage.prototype.getItem = () => { throw new DOMException('', 'SecurityError'); };",
)
BARS = ".rb-live path[aria-roledescription=bar]"
FILLS = f"[...document.querySelectorAll('{BARS}')].map(bar => bar.getAttribute('fill'))"


@pytest.fixture(scope="module")
def looks(html, browser):
    """Name -> what a page looks like at each width, on paper, and what went wrong meanwhile."""
    context = browser.new_context(color_scheme="dark")
    context.add_init_script(STILL)
    page = context.new_page()
    seen, troubles = {}, []
    page.on("request", lambda one: troubles.extend(foreign(one.url)))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    for file in sorted(html.glob("*.html")):
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")
        page.wait_for_function(READY)
        widths = [at_width(page, width) for width in WIDTHS]
        seen[file.stem] = {"widths": widths, "paper": on_paper(page), "troubles": [*troubles]}
        troubles.clear()
    context.close()
    return seen


def test_pages_open_quietly_from_files(looks):
    """No error, and no request that is not one for a file."""
    assert {name: page["troubles"] for name, page in looks.items() if page["troubles"]} == {}


def test_pages_fit_their_screen(looks):
    """No sideways scroll; each chart shows exactly one drawing, inside."""
    for name, page in looks.items():
        for seen in page["widths"]:
            place = (name, seen["width"])

            assert seen["reaches"] <= seen["width"], place
            assert seen["unreachable"] == [], place
            for chart in seen["charts"]:
                assert chart["shown"] == 1, (*place, chart)
                assert chart["left"] >= 0, (*place, chart)
                assert chart["right"] <= seen["width"] + 1, (*place, chart)
                assert chart["height"] > 60, (*place, chart)


def test_letters_of_charts_are_legible_and_inside(looks):
    """Twelve-pixel letters are drawn at eleven or more, and none is cut at the drawing's edge."""
    drawings = [
        (name, drawing)
        for name, page in looks.items()
        for seen in page["widths"]
        for drawing in seen["letters"]
    ]

    assert drawings
    assert [pair for pair in drawings if 12 * pair[1]["scale"] < 11] == []
    assert [pair for pair in drawings if pair[1]["texts"]] == []


def test_printing_loses_nothing(looks):
    """Folds are open, tables and formulas are whole, charts are there, and paper is light."""
    lost = {name: page["paper"]["lost"] for name, page in looks.items()}
    charts = [
        (name, chart)
        for name, page in looks.items()
        for chart in page["paper"]["charts"]
        if chart["shown"] != 1 or chart["height"] < 60
    ]

    assert {name: texts for name, texts in lost.items() if texts} == {}
    assert charts == []
    assert {page["paper"]["theme"] for page in looks.values()} == {"light"}


def test_paper_is_light_at_once(html, visit):
    """By the event alone: a browser that prints a copy of the page does not wait for a frame."""
    page = visit(html, "index", scheme="dark").page
    themes = page.evaluate("""['beforeprint', 'afterprint'].map(name => {
        dispatchEvent(new Event(name));
        return document.documentElement.dataset.theme;
    })""")

    assert themes == ["light", "dark"]


def test_charts_follow_light_and_dark(html, visit):
    """The same drawing has other colours on a dark page, by the system's wish or by the button."""
    light = visit(html, "index").page
    dark = visit(html, "index", scheme="dark").page
    before = light.evaluate(COLOURS)
    for first, second in zip(before, dark.evaluate(COLOURS), strict=True):
        assert first != second

    light.locator(".theme-switch-button").click()  # automatic -> the other one
    if light.evaluate("document.documentElement.dataset.theme") == "light":
        light.locator(".theme-switch-button").click()

    assert light.evaluate("document.documentElement.dataset.theme") == "dark"
    assert light.evaluate(COLOURS) == dark.evaluate(COLOURS)


@pytest.mark.parametrize("width", [360, 1280])
def test_explore_brings_a_live_chart_and_takes_it_back(fixture_html, visit, width):
    """Vega loads from a file on the first click; the label says how to return."""
    seen = visit(fixture_html, "second", width=width)
    button = seen.page.locator("#chart-memory-by-vendor .rb-explore")
    live = seen.page.locator("#chart-memory-by-vendor .rb-live svg")
    assert seen.page.evaluate("typeof window.vegaEmbed") == "undefined"

    button.click()
    seen.page.wait_for_function(EXPLORED, arg=1)

    assert live.is_visible()
    assert button.inner_text() == "Back to drawing"
    assert button.get_attribute("aria-pressed") == "true"
    assert live.get_attribute("aria-label").startswith("Both vendors double memory")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width

    button.click()

    assert button.inner_text() == "Explore"
    assert live.count() == 0
    assert all(chart["shown"] == 1 for chart in seen.page.evaluate(CHARTS))
    assert (seen.errors, seen.requests) == ([], [])


def test_a_live_chart_follows_the_theme(fixture_html, visit):
    """Switching the page to dark redraws the open chart in dark colours."""
    page = visit(fixture_html, "index").page
    page.locator("#chart-bandwidth-by-chip .rb-explore").click()
    page.wait_for_function(EXPLORED, arg=1)
    assert set(page.evaluate(FILLS)) == {"#0068a8"}

    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"{FILLS}[0] === '#5ab2f2'")


def test_a_chart_that_is_being_drawn_follows_the_theme_too(fixture_html, visit):
    """The drawing in the colours of before is dropped, however late it is done."""
    page = visit(fixture_html, "index").page
    button = page.locator("#chart-bandwidth-by-chip .rb-explore")
    button.click()
    page.wait_for_function(EXPLORED, arg=1)
    button.click()
    page.evaluate(HELD)
    button.click()
    page.wait_for_function(f"{FILLS}[0] === '#5ab2f2'")
    page.evaluate("release()")
    page.wait_for_function(EXPLORED, arg=1)

    assert set(page.evaluate(FILLS)) == {"#5ab2f2"}
    assert page.locator(".rb-live svg").count() == 1


def test_every_chart_can_be_explored(fixture_html, visit):
    """Each specification draws from files too, without an error; over HTTP the survey does it."""
    for name in ("index", "second"):
        seen = visit(fixture_html, name)
        buttons = seen.page.locator(".rb-explore")
        for place in range(buttons.count()):
            buttons.nth(place).click()
        seen.page.wait_for_function(EXPLORED, arg=buttons.count())

        assert seen.page.locator(".rb-status").all_inner_texts() == [""] * buttons.count(), name
        assert (seen.errors, seen.requests) == ([], []), name


def test_a_missing_bundle_is_explained(fixture_html, visit, tmp_path):
    """The drawing stays and a sentence says why the interactive form did not come."""
    seen = visit(fixture_html, "index")
    seen.page.route("**/vega-bundle.js", lambda route: route.abort())
    seen.page.reload()  # a page is read with or without such a watch from its first file on
    figure = seen.page.locator("#chart-bandwidth-by-chip")

    figure.locator(".rb-explore").click()
    figure.locator(".rb-status", has_text="did not load").wait_for()

    assert figure.locator(".rb-status").inner_text() == (
        "The interactive form did not load (the file vega-bundle.js could not be read). "
        "The drawing stays."
    )
    assert figure.locator(".rb-explore").inner_text() == "Explore"


@pytest.mark.parametrize("refusal", REFUSALS)
def test_light_and_dark_can_be_chosen_where_nothing_may_be_kept(site, browser, refusal):
    """A browser may throw at the very name, have no place left or no storage; the page works."""
    page = browser.new_page(color_scheme="light")
    page.add_init_script(refusal)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "nvidia.html").as_uri())
    page.reload()  # what is kept is written when a page is left
    seen = set()
    for _ in range(3):
        page.locator(".theme-switch-button").first.click()
        seen.add(page.evaluate("document.documentElement.dataset.theme"))

    assert errors == []
    assert seen == {"light", "dark"}
    page.close()
