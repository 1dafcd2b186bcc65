"""The `rebuilt-citation` directive: how to cite, made of CITATION.cff."""

from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rebuilt import tables
from rebuilt.errors import DataError
from rebuilt.paths import ROOT
from rebuilt.site.furniture import commit

FILE = ROOT / "CITATION.cff"
NEEDED = ("title", "authors", "version", "date-released", "repository-code")


class Citation(SphinxDirective):
    """Show a sentence and a BibTeX entry."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Leave a paragraph and a block of BibTeX; the file is a dependency of the page."""
        self.env.note_dependency(str(FILE))
        cited = read()
        entry = nodes.literal_block(bibtex(cited), bibtex(cited), language="bibtex")
        return [nodes.paragraph(text=sentence(cited)), entry]


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


def sentence(cited: dict[str, Any]) -> str:
    """Return the reference as a sentence."""
    year = str(cited["date-released"])[:4]
    return (
        f"{_authors(cited)} ({year}): {cited['title']}. Version {cited['version']}, "
        f"data up to {tables.freeze_date()}, commit {commit()}. {cited['repository-code']}"
    )


def bibtex(cited: dict[str, Any]) -> str:
    """Return the reference as a BibTeX entry."""
    day = str(cited["date-released"])
    fields = {
        "title": f"{{{cited['title']}}}",
        "author": f"{{{_authors(cited)}}}",
        "year": day[:4],
        "date": day,
        "version": str(cited["version"]),
        "url": cited["repository-code"],
        "note": f"Data up to {tables.freeze_date()}; commit {commit()}",
    }
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items()]
    return "\n".join(["@misc{from-patches-to-photons,", *lines, "}"])


def _authors(cited: dict[str, Any]) -> str:
    names = [
        author.get("name") or f"{author.get('given-names', '')} {author['family-names']}".strip()
        for author in cited["authors"]
    ]
    return " and ".join(names)


def connect(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("rebuilt-citation", Citation)
