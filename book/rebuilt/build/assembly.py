"""All pages of the built site as one HTML document, for print.

Each page becomes a section; addresses get the page's name in front, so that a link from one chapter
to a chart or claim of another is a link within the document. Works on the markup that this site
writes (double-quoted attributes), not on HTML at large.
"""

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from rebuilt.errors import DataError

TOP = "top"
_ARTICLE = re.compile(r'<article class="bd-article">(.*)</article>', re.DOTALL)
_STYLES = re.compile(r'<link\b[^>]*\brel="stylesheet"[^>]*>')
_H1 = re.compile(r'<h1>(.*?)<a class="headerlink"', re.DOTALL)
# Code, data tables, scripts, the drawing for phones, and addresses to copy: for a screen only.
_SCREEN_ONLY = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"<script\b.*?</script>",
        r'<details class="rb-data">.*?</details>',
        r'<details class="admonition hide[^"]*">.*?</details>',
        r'<div class="rb-narrow"><svg\b.*?</svg></div>',
        r'<a class="(?:headerlink|rb-claim-link)".*?</a>',
        r'<div class="rb-actions">.*?</div>',
    )
]
_FOLDED = re.compile(r"<details((?: (?!open)[a-z-]+(?:=\"[^\"]*\")?)*)>")
_IDS = re.compile(r' (id|for|aria-labelledby|aria-describedby|aria-controls)="([^"]*)"')
_LINKS = re.compile(r' href="([^"]*)"')
_REFERENCES = re.compile(r"url\(#([^)]*)\)")
_ELSEWHERE = re.compile(r"[a-z]+:")


def assemble(site: Path, pages: Sequence[str], numbers: Mapping[str, int] | None = None) -> str:
    """Return one document with title, contents and every page.

    Parameters
    ----------
    site : Path
        Folder of the built site.
    pages : sequence of str
        Names in reading order; the first gives the title and the style sheets.
    numbers : mapping of str to int, optional
        Page of the printed book on which each begins, for its contents.

    Raises
    ------
    DataError
        If a page is missing or holds no article.
    """
    texts = {name: _read(site, name) for name in pages}
    titles = {name: title_of(text) for name, text in texts.items()}
    first = texts[pages[0]]
    chapters = [
        f'<section class="rb-chapter" id="{_address(name, TOP)}">{article(text, name, pages)}'
        "</section>"
        for name, text in texts.items()
    ]
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en" data-theme="light"><head><meta charset="utf-8">',
            f"<title>{html.escape(titles[pages[0]])}</title>",
            *_STYLES.findall(first),
            '<link rel="stylesheet" href="_static/rebuilt-print.css">',
            '</head><body class="rb-book">',
            _front(titles, numbers or {}, footer_of(first)),
            '<article class="bd-article">',
            *chapters,
            "</article></body></html>\n",
        ]
    )


def article(text: str, name: str, pages: Sequence[str]) -> str:
    """Return the article of one page as a part of the whole."""
    found = _ARTICLE.search(text)
    if found is None:
        raise DataError(f"{name}.html has no article; run `make book` again")
    body = found[1]
    for pattern in _SCREEN_ONLY:
        body = pattern.sub("", body)
    body = _FOLDED.sub(r"<details\1 open>", body)
    body = _IDS.sub(lambda match: _renamed(match, name), body)
    body = _REFERENCES.sub(lambda match: f"url(#{_address(name, match[1])})", body)
    return _LINKS.sub(lambda match: _link(match[1], name, pages), body)


def title_of(text: str) -> str:
    """Return the first heading of a page as plain text."""
    found = _H1.search(text, max(text.find("<article"), 0))
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def footer_of(text: str) -> str:
    """Return what every page says of data, version and licence."""
    found = re.search(r'<div class="rb-footer">.*?</div>', text, re.DOTALL)
    own = r'<p class="rb-notebook">.*?</p>|<details class="rb-cite">.*?</details>'  # of one page
    said = re.sub(own, "", found[0], flags=re.DOTALL) if found else ""
    return _LINKS.sub(_kept_if_elsewhere, said)


def _read(site: Path, name: str) -> str:
    try:
        return (site / f"{name}.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"the site has no page {name}.html; run `make book`") from None


def _front(titles: Mapping[str, str], numbers: Mapping[str, int], footer: str) -> str:
    """Title and contents. No headings: the outline of the document is that of its pages."""
    lines = [
        f'<li><a href="#{_address(name, TOP)}">{html.escape(title)}</a>'
        f'<span class="rb-page-number">{numbers.get(name, "")}</span></li>'
        for name, title in titles.items()
    ]
    book = next(iter(titles.values()))
    return (
        f'<section class="rb-front"><p class="rb-book-title">{html.escape(book)}</p>{footer}'
        f'<p class="rb-contents-title">Contents</p><ol class="rb-contents">{"".join(lines)}</ol>'
        "</section>"
    )


def _address(name: str, identity: str) -> str:
    return f"{name}--{identity}"


def _renamed(match: re.Match[str], name: str) -> str:
    return f' {match[1]}="{" ".join(_address(name, word) for word in match[2].split())}"'


def _link(target: str, name: str, pages: Sequence[str]) -> str:
    """Return the attribute for a link: within the document, to another host, or none at all."""
    if _ELSEWHERE.match(target):
        return f' href="{target}"'
    page, _, identity = target.partition("#")
    page = page.removesuffix(".html") if page else name
    return f' href="#{_address(page, identity or TOP)}"' if page in pages else ""


def _kept_if_elsewhere(match: re.Match[str]) -> str:
    return match[0] if _ELSEWHERE.match(match[1]) else ""
