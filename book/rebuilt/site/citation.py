"""The `rebuilt-citation` directive: how to cite, made of CITATION.cff.

It names the commit, which is put in when the pages are published.
"""

import html
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rebuilt.errors import DataError
from rebuilt.evidence import tables
from rebuilt.paths import ROOT
from rebuilt.site import names

FILE = ROOT / "CITATION.cff"
NEEDED = ("title", "authors", "version", "date-released", "repository-code")


class CitationNode(nodes.General, nodes.Element):  # type: ignore[misc]
    """Stands for sentence and entry until the page is written."""


class Citation(SphinxDirective):
    """Show a sentence and a BibTeX entry."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Leave a placeholder."""
        return [CitationNode()]


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put a sentence, the address and a block of BibTeX in place."""
    del app, docname
    for node in list(doctree.findall(CitationNode)):
        cited, commit = read(), names.COMMIT
        address = cited["repository-code"]
        link = nodes.reference("", address, refuri=address, internal=False)
        text = nodes.paragraph("", "", nodes.Text(f"{sentence(cited, commit)} "), link)
        entry = bibtex(cited, commit)
        node.replace_self([text, nodes.literal_block(entry, entry, language="bibtex")])


def read() -> dict[str, Any]:
    """Return the citation file.

    Raises
    ------
    DataError
        If a field that a citation needs is missing.
    """
    cited: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    missing = [field for field in NEEDED if not cited.get(field)]
    if missing:
        msg = f"CITATION.cff lacks {', '.join(missing)}; a citation needs it"
        raise DataError(msg)
    return cited


def sentence(cited: dict[str, Any], commit: str) -> str:
    """Return the reference as a sentence, without its address."""
    year = str(cited["date-released"])[:4]
    return (
        f"{_authors(cited)} ({year}): {cited['title']}. Version {cited['version']}, "
        f"data up to {tables.freeze_date()}, commit {commit}."
    )


def of_page(cited: dict[str, Any], commit: str, page: str, title: str) -> str:
    """Return the reference to one page, as a sentence and a BibTeX entry that unfold."""
    own = cited | {"title": f"{title}. In: {cited['title']}"}
    entry = html.escape(bibtex(own, commit, key=f"from-patches-to-photons-{page}"))
    return (
        '<details class="rb-cite"><summary>Cite this page</summary>'
        f"<p>{html.escape(sentence(own, commit))}</p><pre>{entry}</pre></details>"
    )


def bibtex(cited: dict[str, Any], commit: str, key: str = "from-patches-to-photons") -> str:
    """Return the reference as a BibTeX entry."""
    day = str(cited["date-released"])
    fields = {
        "title": f"{{{cited['title']}}}",
        "author": f"{{{_authors(cited)}}}",
        "year": day[:4],
        "date": day,
        "version": str(cited["version"]),
        "url": cited["repository-code"],
        "note": f"Data up to {tables.freeze_date()}; commit {commit}",
    }
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items()]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _authors(cited: dict[str, Any]) -> str:
    people = [
        author.get("name") or f"{author.get('given-names', '')} {author['family-names']}".strip()
        for author in cited["authors"]
    ]
    return " and ".join(people)


def connect(app: Sphinx) -> None:
    """Register directive, node and event."""
    app.add_node(CitationNode)
    app.add_directive("rebuilt-citation", Citation)
    app.connect("doctree-resolved", resolve)
