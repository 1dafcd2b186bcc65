"""The `rebuilt-downloads` directive: every table of data/, its columns, its file."""

import html
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rebuilt import tables
from rebuilt.paths import DATA

FOLDER = "_static/data"
_BESIDE = {"datapackage.json": "the descriptor", "sources.bib": "the bibliography"}


class Downloads(SphinxDirective):
    """List tables, columns and files, generated from the descriptor."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Leave one HTML list; the descriptor is a dependency of the page."""
        self.env.note_dependency(str(DATA / "datapackage.json"))
        items = "\n".join(_table(tables.describe(name)) for name in tables.names())
        beside = " and ".join(
            f'<a href="{FOLDER}/{file}" download>{file}</a> ({what})'
            for file, what in _BESIDE.items()
        )
        text = f'<ul class="rb-downloads">\n{items}\n</ul>\n<p>With them: {beside}.</p>'
        return [nodes.raw("", text, format="html")]


def _table(resource: dict[str, Any]) -> str:
    path = resource["path"]
    columns = "".join(
        f"<dt>{html.escape(field['name'])}</dt><dd>{html.escape(field.get('description', ''))}</dd>"
        for field in resource["schema"]["fields"]
    )
    return (
        f'<li id="data-{resource["name"]}"><a href="{FOLDER}/{path}" download>{path}</a>: '
        f"{_prose(resource.get('description', resource['title']))}"
        f"<details><summary>Columns of {path}</summary><dl>{columns}</dl></details></li>"
    )


def _prose(text: str) -> str:
    """Return a description as HTML; commands between backticks become code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def copy_files(app: Sphinx, error: Exception | None) -> None:
    """Put the files beside the page, byte for byte."""
    if error or app.builder.format != "html":
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name in [*(tables.describe(table)["path"] for table in tables.names()), *_BESIDE]:
        shutil.copyfile(DATA / name, folder / name)


def connect(app: Sphinx) -> None:
    """Register the directive and the copy."""
    app.add_directive("rebuilt-downloads", Downloads)
    app.connect("build-finished", copy_files)
