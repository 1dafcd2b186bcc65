"""Every page of a built site, opened as readers open it; what was seen, as data.

Each page is read twice over HTTP, below a sub-path and under the Content-Security-Policy: on a dark
phone and on a light laptop, each time with an empty cache. On the laptop every chart is explored.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page
from tests.site.axe import Finding, findings
from tests.site.looks import EXPLORED, READY
from tests.site.serving import SUB_PATH, serve

SETTLE_MS = 200
PATIENCE_MS = 120_000  # a busy machine is no fault of the page
FORMS = ((360, "dark"), (1280, "light"))
# A slow fourth-generation line: 1.6 Mbit/s down, 0.75 Mbit/s up, 150 ms there and back.
SLOW_LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
WATCH = """
window.seen = { refused: [], shift: 0, chart: null };
document.addEventListener('securitypolicyviolation', event => seen.refused.push(
    `the policy refused ${event.effectiveDirective} ${event.blockedURI}`));
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) seen.shift += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
(function look() {
    const tall = drawing => drawing.getBoundingClientRect().height > 60;
    if ([...document.querySelectorAll('.rb-svg')].some(tall))
        requestAnimationFrame(() => { seen.chart = performance.now(); });
    else if (document.readyState !== 'complete') requestAnimationFrame(look);
})();
"""
# In the page's own time, and two frames later: a jump is known when the frame after it is drawn.
SETTLED = """ms => new Promise(done => setTimeout(
    () => requestAnimationFrame(() => requestAnimationFrame(done)), ms))"""


@dataclass
class Reading:
    """What was seen of one page, in both forms."""

    page: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    layout_shift: float = 0.0
    first_chart_ms: float | None = None
    findings: set[Finding] = field(default_factory=set)

    @property
    def violations(self) -> list[Finding]:
        """Findings that break WCAG 2.2 A or AA."""
        return sorted((one for one in self.findings if one.wcag), key=str)

    @property
    def practice(self) -> list[Finding]:
        """Findings that are best practice only."""
        return sorted((one for one in self.findings if not one.wcag), key=str)


def survey(browser: Browser, folder: Path, *, slow: bool = False) -> list[Reading]:
    """Read every page of the site in `folder`; with `slow` the phone is on a slow line."""
    names = sorted(path.stem for path in folder.glob("*.html"))
    with serve(folder) as root:
        return [_read(browser, root, name, slow=slow) for name in names]


def _read(browser: Browser, root: str, name: str, *, slow: bool) -> Reading:
    reading = Reading(name)
    for width, scheme in FORMS:
        with _watched(browser, root, reading, width, scheme) as page:
            phone = width < 600
            if phone and slow:
                page.context.new_cdp_session(page).send(
                    "Network.emulateNetworkConditions", SLOW_LINE
                )
            page.goto(f"{root}{name}.html")
            _settle(page)
            shift, chart = page.evaluate("[seen.shift, seen.chart]")
            reading.layout_shift = max(reading.layout_shift, shift)
            if phone:
                reading.first_chart_ms = chart
            reading.findings.update(findings(page))
            if not phone:
                _explore_all(page, reading)
    return reading


@contextmanager
def _watched(
    browser: Browser, root: str, reading: Reading, width: int, scheme: str
) -> Iterator[Page]:
    """Open an empty page whose errors and requests go into the reading."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.on("pageerror", lambda error: reading.errors.append(str(error)))
    page.on("requestfailed", lambda request: reading.errors.append(f"no {request.url}"))
    page.on(
        "console",
        lambda said: reading.errors.append(said.text) if said.type == "error" else None,
    )
    page.on("request", lambda request: _asked(request.url, root, reading))
    yield page
    reading.errors.extend(page.evaluate("seen.refused"))
    context.close()


def _asked(address: str, root: str, reading: Reading) -> None:
    if address.startswith("data:"):
        return
    if not address.startswith(root):
        reading.foreign.append(address)
        return
    path = unquote(urlsplit(address).path).removeprefix(SUB_PATH)
    reading.files.add(path)


def _settle(page: Page) -> None:
    page.evaluate("document.fonts.ready")
    page.wait_for_function(READY)
    page.evaluate(SETTLED, SETTLE_MS)


def _explore_all(page: Page, reading: Reading) -> None:
    without = set(reading.files)
    buttons = page.locator(".rb-explore")
    for place in range(buttons.count()):
        buttons.nth(place).click()
    page.wait_for_function(EXPLORED, arg=buttons.count())
    reading.errors.extend(filter(None, page.locator(".rb-status").all_inner_texts()))
    reading.files = without  # what a click brings is no part of the page's weight
