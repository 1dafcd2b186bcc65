"""Fixture books, and a browser that may read files and nothing else.

Set `REBUILT_HTML` to the folder of a built site to test that one instead of `_build/html`.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.site import checkout
from tests.site.browsing import ARGUMENTS, find_browser, foreign, give_up
from tests.site.forms import AS_AT_FIRST, Form, opener
from tests.site.survey import Reading, survey

from rebuilt.paths import BUILD

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def warned(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str]:
    """Exit code and output of the book that must warn."""
    return checkout.jupyter_book(HERE / "warning_book", tmp_path_factory.mktemp("warning"))


@pytest.fixture(scope="session", params=["fixture", "book"])
def html(request: pytest.FixtureRequest) -> Path:
    """HTML folder of the fixture book, then of the real one where it has been built."""
    if request.param == "fixture":
        return request.getfixturevalue("fixture_html")
    return request.getfixturevalue("site")


@pytest.fixture(scope="session")
def site() -> Path:
    """HTML folder of the real book."""
    folder = Path(os.environ.get("REBUILT_HTML", BUILD / "html")).resolve()
    if not (folder / "index.html").is_file():
        give_up(f"NO BUILT SITE in {folder}: it was NOT checked; run `make book`")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; without one the tests are skipped, in CI they fail."""
    path = find_browser()
    if path is None:
        give_up("NO BROWSER FOUND: charts, colours and widths of the site were NOT checked")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def readings(browser: Browser, site: Path) -> dict[str, Reading]:
    """Read every page of the real book once; name -> what was seen."""
    return {reading.page: reading for reading in survey(browser, site)}


@dataclass
class Visit:
    """One open page and what went wrong on it."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def visits(browser: Browser) -> Iterator:
    """Give what opens pages, and close them in the end."""
    contexts = []

    def go(
        folder: Path, name: str, choice: str = "", *, width: int = 1280, scheme: str = "light"
    ) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        seen = Visit(context.new_page())

        seen.page.on("request", lambda request: seen.requests.extend(foreign(request.url)))
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on("requestfailed", lambda request: seen.errors.append(request.url))
        seen.page.on(
            "console",
            lambda message: seen.errors.append(message.text) if message.type == "error" else None,
        )
        address = (folder / f"{name}.html").as_uri()
        seen.page.goto(f"{address}#{choice}" if choice else address)
        seen.page.evaluate("document.fonts.ready")
        return seen

    yield go
    for context in contexts:
        context.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator:
    """Open a page of a built site: `visit(html, "index", width=360, scheme="dark")`."""
    yield from visits(browser)


@pytest.fixture
def opened(site: Path, visit: Iterator):
    """Open a page with a form and wait until it is ready; see `forms.opener`."""
    return opener(site, visit)


@pytest.fixture(scope="module")
def kept(site: Path, browser: Browser) -> Iterator:
    """Open each page with a form once for all tests of a module: `kept("chain", "steps=25")`.

    It has the choice that is given, and else what it shows at first; what was unfolded stays so.
    """
    for visit in visits(browser):
        opened = cache(opener(site, visit))

        def show(name: str, choice: str = AS_AT_FIRST, opened: Callable = opened) -> Form:
            form = opened(name)
            form.resize(1280)
            form.follow(choice)
            return form

        yield show
