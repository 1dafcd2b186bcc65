"""The `rebuilt-takeaway` directive: what of the book can be kept, with links that work.

Notebooks and data are written with the pages; the archive of the site and the printed book only
when the whole site stands (`rebuilt.build.builder`), which says so to this module by an environment
variable.
"""

import html
import os

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rebuilt.site.names import DATA_ARCHIVE, NOTEBOOKS, PRINT_VARIABLE, PRINTED, SITE_ARCHIVE


class TakeAwayNode(nodes.General, nodes.Element):  # type: ignore[misc]
    """Stands for the list until all pages are known."""


class TakeAway(SphinxDirective):
    """List archives and notebooks."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Leave a placeholder."""
        return [TakeAwayNode()]


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the list, with every chapter that has code."""
    del docname
    for node in list(doctree.findall(TakeAwayNode)):
        root = app.config.root_doc
        executed = getattr(app.env, "rebuilt_keys", {})
        order = [root, *app.env.toctree_includes.get(root, [])]
        titles = {name: app.env.titles[name].astext() for name in order if name in executed}
        text = listing(titles, printed=bool(os.environ.get(PRINT_VARIABLE)))
        node.replace_self(nodes.raw("", text, format="html"))


def listing(titles: dict[str, str], *, printed: bool) -> str:
    """HTML of the list; `titles` are the chapters with code by name."""
    pdf = (
        f'<a href="{PRINTED}" download>The whole book as one PDF</a>'
        if printed
        else "The whole book as one PDF: run <code>make pdf</code> (needs Chromium)"
    )
    items = [
        f"<li>{pdf}: contents, links and charts; code and data tables are left out.</li>",
        f'<li><a href="{SITE_ARCHIVE}" download>The whole site as a zip</a>: unpack it and open '
        "<code>index.html</code>; it needs no server and no network.</li>",
        f'<li><a href="{DATA_ARCHIVE}" download>All data as a zip</a>: every table as CSV and as '
        "Parquet, the model files, the claims, the sources and their descriptors.</li>",
    ]
    chapters = [
        f'<li><a href="{NOTEBOOKS}/{name}.ipynb" download>{html.escape(title)}</a></li>'
        for name, title in titles.items()
    ]
    lines = [
        '<ul class="rb-takeaway">',
        *items,
        "</ul>",
        "<p>Each chapter as an executed notebook; to run it again, start Jupyter in a clone of the "
        "repository:</p>",
        '<ul class="rb-notebooks">',
        *chapters,
        "</ul>",
    ]
    return "\n".join(lines)


def connect(app: Sphinx) -> None:
    """Register directive, node and event."""
    app.add_node(TakeAwayNode)
    app.add_directive("rebuilt-takeaway", TakeAway)
    app.connect("doctree-resolved", resolve)
