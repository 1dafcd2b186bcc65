"""What a page looks like at several widths and on paper, measured in the page itself."""

from playwright.sync_api import Page

# A page hears of a new size or medium by events that come with its frames, and a busy machine draws
# those late. Chromium notices a medium in one frame and tells of it in the next.
HEARD = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# A function: to look at a text again is an eval, which the policy of pages that are served refuses.
READY = "() => !document.querySelector('.rb-form-on[hidden]')"
EXPLORED = """count => document.querySelectorAll('.rb-explore[aria-pressed=true]').length === count
    && document.querySelectorAll('.rb-live > div > svg, .rb-live .marks').length >= count"""
# Else the side column would still be on its way. Said before a page is read, so that none of its
# styles is worked out twice.
STILL = """const still = new CSSStyleSheet();
still.replaceSync('* { transition: none !important }');
document.adoptedStyleSheets.push(still);"""

WIDTHS = (320, 360, 768, 1280)
PAPER_PX = 718  # A4 less two margins of a centimetre, at 96 dots an inch
CHARTS = """() => [...document.querySelectorAll('.rb-figure[id^=chart-]')].map(figure => {
    const shown = [...figure.querySelectorAll('.rb-svg')].filter(svg => svg.checkVisibility());
    const box = shown.length === 1 ? shown[0].getBoundingClientRect() : {};
    return {id: figure.id, shown: shown.length, left: box.left, right: box.right,
            height: box.height};
})"""
LETTERS = """() => [...document.querySelectorAll('.rb-svg')].filter(svg => svg.checkVisibility())
    .map(svg => ({scale: svg.getBoundingClientRect().width / svg.viewBox.baseVal.width,
                  texts: [...svg.querySelectorAll('text:not([opacity="0"])')].filter(text => {
                      const letters = text.getBoundingClientRect();
                      const frame = svg.getBoundingClientRect();
                      return letters.left < frame.left - 1 || letters.right > frame.right + 1;
                  }).map(text => text.textContent)}))"""
# A box that scrolls cannot scroll to what lies left of its start.
UNREACHABLE = """() => [...document.querySelectorAll('main *')].filter(box => {
    const start = box.getBoundingClientRect().left;
    return box.scrollWidth > box.clientWidth + 1 && box.checkVisibility() && box.clientWidth > 1
        && ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(box).overflowX)
        && [...box.children].some(child => child.checkVisibility()
            && child.getBoundingClientRect().left < start - 1);
}).map(box => `${box.className}: ${box.textContent.trim().slice(0, 60)}`)"""
# Folded, cut or beside the sheet: what a reader of the page can reach and a reader of paper cannot.
LOST = """width => {
    const needless = 'script, style, noscript, button, summary, .rb-narrow, .rb-live,.rb-actions,'
        + '.headerlink, .rb-filter, .rb-hidden, .rb-form, .rb-player,'
        + 'svg title, svg desc,'
        + '.cell > details.hide, .cell > .cell_input,'  // paper has no code
        + '[popover],'  // opens when asked; the glossary prints the same'
        + 'article > section > h1,'  // the theme prints the title above the page
        + 'svg text[opacity="0"]';  // labels of an axis that Vega leaves out for want of room
    const lost = [];
    const article = document.querySelector('article, .bd-search-container');
    const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, around = text.parentElement;
        if (!text.data.trim() || around.closest(needless)) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const box = range.getBoundingClientRect();
        if (!around.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
            lost.push(`hidden: ${text.data.trim()}`);
        else if (box.right > width + 1 || box.left < -1)
            lost.push(`beside the sheet: ${text.data.trim()}`);
    }
    for (const box of article.querySelectorAll('*')) {
        const style = getComputedStyle(box);
        const cut = (style.overflowX !== 'visible' && box.scrollWidth > box.clientWidth + 1)
            || (style.overflowY !== 'visible' && box.scrollHeight > box.clientHeight + 1);
        if (cut && box.clientWidth > 1 && box.checkVisibility() && !box.closest(needless + ', svg'))
            lost.push(`cut: ${box.className} ${box.textContent.trim().slice(0, 60)}`);
    }
    return lost;
}"""


def at_width(page: Page, width: int) -> dict:
    """Measure charts and letters of a page at one width, and how far the page itself reaches."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(HEARD)
    return {
        "width": width,
        "reaches": page.evaluate("document.documentElement.scrollWidth"),
        "charts": page.evaluate(CHARTS),
        "unreachable": page.evaluate(UNREACHABLE) if width == WIDTHS[0] else [],
        "letters": page.evaluate(LETTERS) if width in (WIDTHS[0], WIDTHS[-1]) else [],
    }


def on_paper(page: Page) -> dict:
    """Measure what print leaves of a page: texts that are lost, charts, and the colours."""
    page.set_viewport_size({"width": PAPER_PX, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate(HEARD)
    seen = {
        "lost": page.evaluate(LOST, PAPER_PX),
        "charts": page.evaluate(CHARTS),
        "theme": page.evaluate("document.documentElement.dataset.theme"),
    }
    page.emulate_media(media="screen")
    return seen
