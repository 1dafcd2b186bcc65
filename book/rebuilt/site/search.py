"""What the search of the site knows: prose by section, titles of charts, claims, the glossary.

Each page gives a list of places when it is written; at the end all of them become one script, so
that the search works from a file too. The browser searches with MiniSearch (fuzzy, by prefix);
words that people type for the same thing stand in `search_words.csv`.
"""

import csv
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder

PLACES, KEPT = "search-places.js", "search"
WORDS = Path(__file__).with_name("search_words.csv")
_CARD = re.compile(r'<li id="(claim-[^"]+)"')
_CLAIM = re.compile(r'class="rb-claim-text">(.*?)</span>', re.DOTALL)
_TERM = re.compile(r'class="rb-term"[^>]*>([^<]+)<')
_TAG = re.compile(r"<[^>]+>")
_UNREAD = (nodes.raw, nodes.literal_block, nodes.math, nodes.math_block)


def collect(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Keep what a page has to be found by, until it is written again."""
    del templatename
    if app.builder.format != "html" or doctree is None or pagename == "404":
        return
    title = str(context.get("title", ""))
    found = [{"page": title, **place} for place in places(doctree, f"{pagename}.html")]
    folder = Path(app.doctreedir) / KEPT
    folder.mkdir(exist_ok=True)
    (folder / f"{pagename}.json").write_text(json.dumps(found, ensure_ascii=False), "utf-8")


def places(doctree: nodes.document, address: str) -> Iterator[dict[str, str]]:
    """Yield every section, chart, claim and term of a page: heading, address, text."""
    for section in doctree.findall(nodes.section):
        anchor = "" if section.parent is doctree else f"#{section['ids'][0]}"
        heading = next(section.findall(nodes.title)).astext()
        if text := _prose(section):
            yield {"heading": heading, "at": address + anchor, "text": text}
    for node in doctree.findall(_is_block):
        yield from _of_block(node, address)
    for item in doctree.findall(nodes.definition_list_item):
        term = next(item.findall(nodes.term))
        if term["ids"]:
            meaning = next(item.findall(nodes.definition)).astext()
            at = f"{address}#{term['ids'][0]}"
            yield {"heading": term.astext(), "at": at, "text": " ".join(meaning.split())}


def _of_block(node: nodes.Element, address: str) -> Iterator[dict[str, str]]:
    """Yield a chart or a table by its title, and claims where they have their addresses."""
    payload = node["payload"]
    title = payload.get("title") or payload.get("caption")
    if title:
        at = f"{address}#{node['kind']}-{payload['name']}"
        yield {"heading": title, "at": at, "text": payload.get("description", "")}
    _, *cards = _CARD.split(payload.get("html", ""))
    for anchor, card in zip(cards[::2], cards[1::2], strict=True):
        claim, terms = _CLAIM.findall(card)[0], " ".join(_TERM.findall(card))
        heading = html.unescape(_TAG.sub("", claim))
        yield {"heading": heading, "at": f"{address}#{anchor}", "text": html.unescape(terms)}


def _prose(section: nodes.section) -> str:
    """Text of the paragraphs of a section that are in none of its subsections."""
    texts = []
    for paragraph in section.findall(nodes.paragraph):
        above = paragraph.parent
        while not isinstance(above, (nodes.section, nodes.definition_list_item)):
            above = above.parent
        if above is section:
            read = (t.astext() for t in paragraph.findall(nodes.Text) if not _is_unread(t))
            texts.append(" ".join("".join(read).split()))
    return " ".join(filter(None, texts))


def _is_unread(text: nodes.Text) -> bool:
    return isinstance(text.parent, _UNREAD)


def _is_block(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and "payload" in node.attributes


def groups() -> list[list[str]]:
    """Words for the same thing, a list for each thing."""
    with WORDS.open(encoding="utf-8", newline="") as lines:
        return [row["words"].split("; ") for row in csv.DictReader(lines)]


def write(app: Sphinx, error: Exception | None) -> None:
    """Write all places as one script; the index of Sphinx is not used."""
    if error or app.builder.format != "html":
        return
    found = []
    for name in sorted(app.env.found_docs):
        kept = Path(app.doctreedir) / KEPT / f"{name}.json"
        if kept.exists():
            found += json.loads(kept.read_text(encoding="utf-8"))
    data = json.dumps({"places": found, "words": groups()}, ensure_ascii=False, sort_keys=True)
    static = Path(app.outdir) / "_static"
    (static / PLACES).write_text(f"window.rebuiltPlaces = {data};\n", encoding="utf-8")
    for unused in ("searchtools.js", "language_data.js"):
        (static / unused).unlink(missing_ok=True)


def skip_index(app: Sphinx, builder: Builder) -> None:
    """Save the time of an index that no page asks for; the page of the search stays."""
    del app
    if builder.format == "html":
        builder.index_page = lambda *_: None  # type: ignore[attr-defined]
        builder.dump_search_index = lambda: None  # type: ignore[attr-defined]
        builder.load_indexer = lambda *_: None  # type: ignore[attr-defined]


def connect(app: Sphinx) -> None:
    """Collect from each page that is written, and write at the end."""
    app.connect("html-page-context", collect)
    app.connect("write-started", skip_index)
    app.connect("build-finished", write, priority=950)
