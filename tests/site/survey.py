"""Every page of a built site, opened as readers open it; what was seen, as data.

Each page is read twice over HTTP, below a sub-path and under the Content-Security-Policy: on a dark
phone and on a light laptop, each time as if nothing were cached. On the laptop every chart is
explored.
"""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page
from tests.site.axe import Finding, findings
from tests.site.looks import EXPLORED, READY
from tests.site.serving import SUB_PATH, serve

SETTLE_MS = 200
MOST_SHIFT = 0.02  # of layout, from the first paint to the last
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
SETTLE = """ms => { seen.settled = new Promise(done => setTimeout(
    () => requestAnimationFrame(() => requestAnimationFrame(done)), ms)); }"""


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
        forms = [_Form(browser, root, width, scheme) for width, scheme in FORMS]
        if slow:
            forms[0].line.send("Network.emulateNetworkConditions", SLOW_LINE)
        readings = [_read(forms, name) for name in names]
        for form in forms:
            form.context.close()
    return readings


class _Form:
    """A browser of one size and scheme without a cache, whose errors go into a reading."""

    def __init__(self, browser: Browser, root: str, width: int, scheme: str) -> None:
        self.root, self.width, self.reading = root, width, Reading("")
        self.times: dict[str, int] = {}  # of kinds of blocks, for axe
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(WATCH)
        self.page = page = self.context.new_page()
        self.line: CDPSession = self.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self.line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.on("pageerror", lambda error: self.reading.errors.append(str(error)))
        page.on("requestfailed", lambda one: self.reading.errors.append(f"no {one.url}"))
        page.on("console", self._said)
        page.on("request", lambda one: self._asked(one.url))

    def _said(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.reading.errors.append(said.text)

    def _asked(self, address: str) -> None:
        if address.startswith("data:"):
            return
        if not address.startswith(self.root):
            self.reading.foreign.append(address)
            return
        path = unquote(urlsplit(address).path).removeprefix(SUB_PATH)
        self.reading.files.add(path)

    def open(self, reading: Reading) -> None:
        """Go to the page of a reading, which gets all that is seen from now on."""
        self.reading = reading
        self.page.goto(f"{self.root}{reading.page}.html")
        self.page.evaluate("document.fonts.ready")
        self.page.wait_for_function(READY)
        self.page.evaluate(SETTLE, SETTLE_MS)

    def settled(self) -> Page:
        """Wait until nothing moves on the open page."""
        self.page.evaluate("seen.settled")
        return self.page


def _read(forms: list[_Form], name: str) -> Reading:
    reading = Reading(name)
    for form in forms:  # one settles while the other opens
        form.open(reading)
    for form in forms:
        page = form.settled()
        shift, chart = page.evaluate("[seen.shift, seen.chart]")
        if shift > MOST_SHIFT:  # a busy machine draws half a page; its own comes again
            form.open(reading)
            shift = min(shift, form.settled().evaluate("seen.shift"))
        reading.layout_shift = max(reading.layout_shift, shift)
        phone = form.width < 600
        if phone:
            reading.first_chart_ms = chart
        reading.findings.update(findings(page, form.times))
        if not phone:
            _explore_all(page, reading)
        reading.errors.extend(page.evaluate("seen.refused"))
    return reading


def _explore_all(page: Page, reading: Reading) -> None:
    without = set(reading.files)
    buttons = page.locator(".rb-explore")
    for place in range(buttons.count()):
        buttons.nth(place).click()
    page.wait_for_function(EXPLORED, arg=buttons.count())
    reading.errors.extend(filter(None, page.locator(".rb-status").all_inner_texts()))
    reading.files = without  # what a click brings is no part of the page's weight
