"""axe-core on an open page: violations of WCAG 2.2 A and AA, and best practice apart from them."""

from dataclasses import dataclass

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PRACTICE = "best-practice"
ROWS_KEPT = 3
# Everything folded is opened, so that it is checked too. Rows of one table, entries of one list of
# sources, claims with one verdict and words of one kind in code are each written by one line of
# code: a few of each are kept, which makes axe several times as fast.
PREPARE = """rows => {
    const still = new CSSStyleSheet();  // the policy refuses a style element
    const none = 'transition: none !important; animation: none !important';
    still.replaceSync(`*, *::before, *::after { ${none} }`);
    document.adoptedStyleSheets.push(still);
    for (const fold of document.querySelectorAll('details')) fold.open = true;
    for (const button of document.querySelectorAll('.toggle-button-hidden')) button.click();
    for (const table of document.querySelectorAll('.rb-table, table.table'))
        for (const row of [...table.rows].slice(rows + 1)) row.remove();
    for (const list of document.querySelectorAll('.rb-source-list'))
        for (const entry of [...list.children].slice(rows)) entry.remove();
    const known = new Set();
    for (const card of document.querySelectorAll('.rb-ledger > .rb-card')) {
        const shown = [card.dataset.then, 'since ' + card.dataset.since];
        if (shown.every(verdict => known.has(verdict))) card.remove();
        shown.forEach(verdict => known.add(verdict));
    }
    for (const word of document.querySelectorAll('.highlight pre span')) {
        const kind = word.className + '|' + (word.closest('details') !== null);
        if (word.firstElementChild === null && known.has(kind)) word.remove();
        known.add(kind);
    }
}"""
RUN = """async tags => {
    const found = await axe.run(document, {
        runOnly: tags,
        rules: { 'target-size': { enabled: true } },  // off by default in axe, though WCAG 2.2 AA
        resultTypes: ['violations'],
        preload: false,  // its own requests would count as those of the page
    });
    return found.violations.map(one => [one.id, one.tags, one.nodes.map(node =>
        [node.target.join(' '), (node.any.concat(node.all, node.none)[0] ?? {}).message ?? ''])]);
}"""


@dataclass(frozen=True)
class Finding:
    """One rule that one page breaks: where, and how many times."""

    rule: str
    wcag: bool
    count: int
    place: str
    message: str

    def __str__(self) -> str:
        """Say it as a line of a report."""
        return f"{self.rule} at {self.place} ({self.count} of them): {self.message}"


def findings(page: Page) -> list[Finding]:
    """Run axe on a page as it stands; the page is not the same afterwards."""
    page.evaluate(PREPARE, ROWS_KEPT)
    page.evaluate(AXE_SCRIPT)
    return [
        Finding(
            rule=rule,
            wcag=PRACTICE not in tags,
            count=len(nodes),
            place=nodes[0][0],
            message=nodes[0][1],
        )
        for rule, tags, nodes in page.evaluate(RUN, [*WCAG, PRACTICE])
    ]
