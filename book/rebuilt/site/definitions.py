"""Definitions where a word first stands: the terms of the glossary, marked on every other page.

The glossary is Sphinx's own. The first place of a term in the running text of a page becomes a
button that opens its definition; the browser does that itself (`popover`), without a script.

A word with other senses stands in the glossary with what it is of, such as `head (of attention)`:
it is marked only in a paragraph that speaks of that too.
"""

import functools
import hashlib
import html
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.writers.html5 import HTML5Translator

from rebuilt.paths import ROOT

GLOSSARY = "glossary"
JOINED = "&#8288;"  # a word joiner: a line may end after a button, and a full stop begins none
FILE = ROOT / "book" / f"{GLOSSARY}.md"
_APART = (nodes.literal, nodes.reference, nodes.raw, nodes.math, nodes.title, nodes.Invisible)


class Defined(nodes.Inline, nodes.TextElement):  # type: ignore[misc]
    """A word of the text, with what it means."""


def define(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Mark the first place of each term in the paragraphs of a page."""
    known = _meanings(app.env) if GLOSSARY in app.env.found_docs and page != GLOSSARY else {}
    left = dict(known)
    for paragraph in doctree.findall(nodes.paragraph):
        said = paragraph.astext()
        here = {term: meaning for term, meaning in left.items() if _fits(term, said)}
        for text in [*paragraph.findall(nodes.Text)]:
            if here and not _is_apart(text, paragraph):
                _mark(text, here, app.builder.get_relative_uri(page, GLOSSARY))
        left = {term: left[term] for term in left if term in here or not _fits(term, said)}


def _word(term: str) -> str:
    """Return a term without what it is of."""
    return term.partition(" (")[0]


@functools.cache
def _owner(term: str) -> str:
    """Return the last word of what a term is of; empty for a term with one sense."""
    return term.partition(" (")[2].rstrip(")").rpartition(" ")[2]


def _fits(term: str, said: str) -> bool:
    """Whether a paragraph speaks of what a term is of."""
    owner = _owner(term)
    return not owner or re.search(rf"(?i)(?<![\w-]){re.escape(owner)}s?(?![\w-])", said) is not None


def _mark(text: nodes.Text, left: dict[str, str], glossary: str) -> None:
    """Cut a text at the terms in it that have no place yet, and take them off the list."""
    pieces: list[nodes.Node] = []
    rest = text.astext()
    while found := left and re.search(_pattern(tuple(map(_word, left))), rest):
        name = next(term for term in left if _word(term).casefold() == found[1].casefold())
        mark = Defined(term=name, meaning=left.pop(name), glossary=glossary)
        mark += nodes.Text(found[0])
        pieces += [nodes.Text(rest[: found.start()]), mark]
        rest = rest[found.end() :]
    if pieces:
        text.parent.replace(text, [*pieces, nodes.Text(rest)])


@functools.cache
def _pattern(terms: tuple[str, ...]) -> str:
    """Match one of the terms as a whole word, the plural too; the longer one first.

    A term in lower case may begin a sentence; one with capitals is written as it is.
    """
    longest = sorted(terms, key=len, reverse=True)
    words = (f"(?i:{re.escape(t)})" if t.islower() else re.escape(t) for t in longest)
    return rf"(?<![\w-])({'|'.join(words)})s?(?![\w-])"


def _is_apart(text: nodes.Text, paragraph: nodes.Node) -> bool:
    """Whether a text is code, a link, a formula or a title within its paragraph."""
    node = text.parent
    while node is not paragraph:
        if isinstance(node, _APART):
            return True
        node = node.parent
    return False


def _meanings(env: BuildEnvironment) -> dict[str, str]:
    """Terms of the glossary with their definitions, read once for a build."""
    if not hasattr(env, "_rebuilt_meanings"):
        items = env.get_doctree(GLOSSARY).findall(nodes.definition_list_item)
        env._rebuilt_meanings = {  # type: ignore[attr-defined]
            next(item.findall(nodes.term)).astext(): next(item.findall(nodes.definition)).astext()
            for item in items
        }
    return env._rebuilt_meanings  # type: ignore[attr-defined, no-any-return]


def visit_defined(translator: HTML5Translator, node: Defined) -> None:
    """Write the word as a button, and its meaning as what the button opens."""
    identifier = f"meaning-{re.sub(r'[^a-z0-9]+', '-', node['term'].lower())}"
    meaning = html.escape(node["meaning"])
    link = f'<a href="{node["glossary"]}#term-{_address(node["term"])}">Glossary</a>'
    translator.body.append(
        f'<button type="button" class="rb-defined" popovertarget="{identifier}">'
        f"{html.escape(node.astext())}</button>{JOINED}"
        f'<span class="rb-meaning" id="{identifier}" popover><b>{html.escape(node["term"])}</b> '
        f"{meaning} {link}</span>"
    )
    raise nodes.SkipNode


def visit_text(translator: Any, node: Defined) -> None:
    """Write the word alone where nothing can be opened."""
    translator.add_text(node.astext())
    raise nodes.SkipNode


def _address(term: str) -> str:
    """Return what Sphinx makes of a term, the end of its address in the glossary."""
    return term if re.fullmatch(r"[\w-]+", term) else nodes.make_id(term)


def set_digest(app: Sphinx, config: Config) -> None:
    """Make the glossary a setting: another one rewrites every page."""
    del app
    text = FILE.read_bytes() if FILE.exists() else b""
    config.rebuilt_glossary = hashlib.sha256(text).hexdigest()


def connect(app: Sphinx) -> None:
    """Register node, setting and event; the marks come after all references are resolved."""
    app.add_node(Defined, html=(visit_defined, None), text=(visit_text, None))
    app.add_config_value("rebuilt_glossary", "", "html", types=(str,))
    app.connect("config-inited", set_digest)
    app.connect("doctree-resolved", define, priority=950)
