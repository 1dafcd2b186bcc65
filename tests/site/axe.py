"""axe-core on an open page: violations of WCAG 2.2 A and AA, and best practice apart from them."""

from dataclasses import dataclass

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PRACTICE = "best-practice"
ALIKE_KEPT = 2
# Everything folded is opened, so that it is checked too. Of blocks that are made alike and stand
# alike (the same elements, classes, attributes and kinds of content all the way up and down) two
# of the whole site are kept: rows, entries, paragraphs, cards, figures are each written by one line
# of code or style. So is one word of each kind in code. Marks within a drawing are left out: to axe
# it is one picture with a name, whose inks it cannot judge. All this makes axe many times as fast.
PREPARE = """([kept, times]) => {
    const still = new CSSStyleSheet();  // the policy refuses a style element
    const none = 'transition: none !important; animation: none !important';
    still.replaceSync(`*, *::before, *::after { ${none} }`);
    document.adoptedStyleSheets.push(still);
    for (const fold of document.querySelectorAll('details')) fold.open = true;
    for (const button of document.querySelectorAll('.toggle-button-hidden')) button.click();
    const known = new Set();
    for (const word of document.querySelectorAll('.highlight pre span')) {
        const kind = word.className + '|' + (word.closest('details') !== null);
        if (word.firstElementChild === null && known.has(kind)) word.remove();
        known.add(kind);
    }
    for (const mark of document.querySelectorAll('.rb-svg > :not(title, desc)')) mark.remove();
    const said = ['role', 'type', 'tabindex', 'open', 'hidden', 'aria-hidden', 'aria-pressed'];
    const blocks = ['P', 'LI', 'TR', 'DIV', 'FIGURE', 'SECTION', 'DETAILS', 'TABLE', 'PRE'];
    const number = text => {  // of so many bits that no two texts of a site share it
        let high = 0xdeadbeef, low = 0x41c6ce57;
        for (let place = 0; place < text.length; place++) {
            high = Math.imul(high ^ text.charCodeAt(place), 2654435761);
            low = Math.imul(low ^ text.charCodeAt(place), 1597334677);
        }
        return `${high >>> 0}.${low >>> 0}`;
    };
    const make = (element, above) => {  // what it is made of, without what there is often enough
        const own = element.getAttributeNames().filter(name => name !== 'class').sort()
            .map(name => said.includes(name) ? `${name}=${element.getAttribute(name)}` : name);
        const words = [...element.childNodes].some(one => one.nodeType === 3 && one.data.trim());
        const name = `${element.tagName}.${element.className}`, within = new Set();
        for (const child of [...element.children]) {
            const made = make(child, `${above} ${name}`);
            within.add(made);
            if (!blocks.includes(child.tagName)) continue;
            const place = number(`${above} ${name} ${made}`);
            times[place] = (times[place] ?? 0) + 1;
            if (times[place] > kept) child.remove();
        }
        return number(`${name}[${own}]${words}(${[...within].sort()})`);
    };
    make(document.body, '');
    return times;
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


def findings(page: Page, times: dict[str, int]) -> list[Finding]:
    """Run axe on a page as it stands; the page is not the same afterwards.

    `times` holds how often each kind of block was met on the pages before, and is renewed.
    """
    times.update(page.evaluate(PREPARE, [ALIKE_KEPT, times]))
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
