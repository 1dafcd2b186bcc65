"""The built pages in a real browser, read from files, every other request refused."""

import pytest

WIDTHS = (320, 360, 768, 1280)
VISIBLE = """() => [...document.querySelectorAll('.rb-figure[id^=chart-]')].map(figure => {
    const shown = [...figure.querySelectorAll('.rb-svg')].filter(svg => svg.checkVisibility());
    const box = shown.length === 1 ? shown[0].getBoundingClientRect() : {};
    return {id: figure.id, shown: shown.length, left: box.left, right: box.right,
            height: box.height};
})"""
LETTERS = """() => [...document.querySelectorAll('.rb-svg')].filter(svg => svg.checkVisibility())
    .map(svg => ({scale: svg.getBoundingClientRect().width / svg.viewBox.baseVal.width,
                  texts: [...svg.querySelectorAll('text')].filter(text => {
                      const letters = text.getBoundingClientRect();
                      const frame = svg.getBoundingClientRect();
                      return letters.left < frame.left - 1 || letters.right > frame.right + 1;
                  }).map(text => text.textContent)}))"""
COLOURS = """() => [...document.querySelectorAll('.rb-svg')].filter(svg => svg.checkVisibility())
    .map(svg => [...new Set([...svg.querySelectorAll('[fill],[stroke]')].flatMap(mark =>
        [getComputedStyle(mark).fill, getComputedStyle(mark).stroke]))].join())"""


def page_names(folder):
    return sorted(path.stem for path in folder.glob("*.html"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_open_quietly_and_fit_their_screen(html, visit, scheme):
    """No error, no request, no sideways scroll; each chart shows exactly one drawing, inside."""
    for name in page_names(html):
        seen = visit(html, name, scheme=scheme)
        seen.page.add_style_tag(content="* { transition: none !important }")
        for width in WIDTHS:
            seen.page.set_viewport_size({"width": width, "height": 900})
            place = (name, width)

            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, place
            for chart in seen.page.evaluate(VISIBLE):
                assert chart["shown"] == 1, (*place, chart)
                assert chart["left"] >= 0, (*place, chart)
                assert chart["right"] <= width + 1, (*place, chart)
                assert chart["height"] > 60, (*place, chart)
        assert seen.errors == [], name
        assert seen.requests == [], name


@pytest.mark.parametrize("width", [320, 1280])
def test_letters_of_charts_are_legible_and_inside(html, visit, width):
    """Twelve-pixel letters are drawn at eleven or more, and none is cut at the drawing's edge."""
    for name in page_names(html):
        for drawing in visit(html, name, width=width).page.evaluate(LETTERS):
            assert 12 * drawing["scale"] >= 11, name
            assert drawing["texts"] == [], name


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
    live.wait_for(state="visible")

    assert button.inner_text() == "Back to drawing"
    assert button.get_attribute("aria-pressed") == "true"
    assert live.get_attribute("aria-label").startswith("Both vendors double memory")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width

    button.click()

    assert button.inner_text() == "Explore"
    assert live.count() == 0
    assert all(chart["shown"] == 1 for chart in seen.page.evaluate(VISIBLE))
    assert (seen.errors, seen.requests) == ([], [])


def test_a_live_chart_follows_the_theme(fixture_html, visit):
    """Switching the page to dark redraws the open chart in dark colours."""
    page = visit(fixture_html, "index").page
    bar = page.locator("#chart-bandwidth-by-chip .rb-live path[aria-roledescription=bar]").first
    page.locator("#chart-bandwidth-by-chip .rb-explore").click()
    bar.wait_for()
    assert bar.get_attribute("fill") == "#0068a8"

    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(
        "document.querySelector('.rb-live path[aria-roledescription=bar]')"
        "?.getAttribute('fill') === '#5ab2f2'"
    )


def test_every_chart_can_be_explored(html, visit):
    """Each specification draws in the browser, without an error."""
    for name in page_names(html):
        seen = visit(html, name)
        buttons = seen.page.locator(".rb-explore")
        for place in range(buttons.count()):
            buttons.nth(place).click()
        seen.page.wait_for_function(
            "count => document.querySelectorAll('.rb-live > div > svg, .rb-live .marks').length"
            " >= count",
            arg=buttons.count(),
        )

        assert seen.page.locator(".rb-status").all_inner_texts() == [""] * buttons.count(), name
        assert (seen.errors, seen.requests) == ([], []), name


def test_a_missing_bundle_is_explained(fixture_html, visit, tmp_path):
    """The drawing stays and a sentence says why the interactive form did not come."""
    seen = visit(fixture_html, "index")
    seen.page.route("**/vega-bundle.js", lambda route: route.abort())
    figure = seen.page.locator("#chart-bandwidth-by-chip")

    figure.locator(".rb-explore").click()
    figure.locator(".rb-status", has_text="did not load").wait_for()

    assert figure.locator(".rb-status").inner_text() == (
        "The interactive form did not load (the file vega-bundle.js could not be read). "
        "The drawing stays."
    )
    assert figure.locator(".rb-explore").inner_text() == "Explore"


def test_charts_read_without_javascript(fixture_html, browser):
    """Drawings, sources, tables and a light page need no script."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((fixture_html / "index.html").as_uri())

    assert page.locator("#chart-bandwidth-by-chip .rb-wide svg").is_visible()
    assert page.locator("#chart-bandwidth-by-chip .rb-sources").is_visible()
    assert page.locator(".rb-explore:visible").count() == 0
    context.close()
