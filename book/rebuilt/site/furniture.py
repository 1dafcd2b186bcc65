"""What every page says about itself: data freeze, version, licences, where to report errors."""

import html
import importlib.metadata
import os
import re
import urllib.parse
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from rebuilt.evidence import tables
from rebuilt.page import note_chain
from rebuilt.site import citation, names, previews

CODE_LICENCE = "MIT"
TEXT_LICENCE = '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>'


def footer(
    repository: str, revision: str, freeze: str, page: str, *, title: str, notebook: str = ""
) -> str:
    """HTML under every page; `notebook` is the address of its executed form, if it has one."""
    version = importlib.metadata.version("rebuilt")
    issue = urllib.parse.quote(f"Wrong number on page {page}")
    cite = citation.of_page(citation.read(), revision, page, title)
    source = html.escape(repository)
    take_away = (
        f'<p class="rb-notebook"><a href="{html.escape(notebook)}" download>'
        "This page as an executed notebook</a>; numbers, outputs and code in one file.</p>"
        if notebook
        else ""
    )
    return (
        f'<div class="rb-footer">{take_away}{cite}'
        f"<p>Data up to <strong>{freeze}</strong>. Version {version}, commit {revision}. "
        f'<a href="{source}">Source of this book</a>.</p>'
        f'<p>Found a wrong number? <a href="{source}/issues/new?title={issue}">Report it</a>: '
        "name the page, the chart or claim, and a dated source. Corrections are listed in the "
        '<a href="errata.html">errata</a>.</p>'
        f"<p>Code: {CODE_LICENCE} licence. Text and data: {TEXT_LICENCE}; sources keep their own "
        "terms. This book is research and teaching, <strong>not investment advice</strong>.</p>"
        "</div>"
    )


def metadata(book: str, title: str, description: str, picture: str = "") -> str:
    """Tags that other sites read when they show a link to this page.

    They name no host but the one that `html_baseurl` gives, which a picture needs to be found.
    """
    tags = {
        "og:type": "article",
        "og:site_name": book,
        "og:title": title,
        "og:description": description,
        "og:image": picture,
        "twitter:card": "summary_large_image" if picture else "summary",
    }
    lines = [
        f'<meta property="{name}" content="{html.escape(text)}">'
        for name, text in tags.items()
        if text
    ]
    return "\n".join(
        [f'<meta name="description" content="{html.escape(description)}">', *lines]
        if description
        else lines
    )


def furnish(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Put footer and metadata into a page."""
    del templatename
    options = app.config.html_theme_options
    context["theme_extra_footer"] = footer(
        options.get("repository_url", ""),
        names.COMMIT,
        str(tables.freeze_date()),
        pagename,
        title=re.sub(r"<[^>]*>", "", str(context.get("title", pagename))),
        notebook=f"{names.NOTEBOOKS}/{pagename}.ipynb"
        if pagename in getattr(app.env, "rebuilt_keys", {})
        else "",
    )
    context["rebuilt_strip"] = note_chain.whereabouts(pagename)
    book, title = app.config.html_title or app.config.project, str(context.get("title", ""))
    chart = previews.first_drawing(doctree) if doctree is not None else None
    picture = ""
    if chart is not None:
        card = previews.card(*chart, book, title)
        path = previews.write(card, pagename, Path(app.outdir))
        picture = urllib.parse.urljoin(app.config.html_baseurl, path)
    tags = metadata(book, title, _first_paragraph(doctree), picture)
    base = os.environ.get("REBUILT_BASE_PATH", "")
    if pagename == "404" and base:
        tags += f'\n<base href="{html.escape(base)}">'
    context["metatags"] = context.get("metatags", "") + tags


def _first_paragraph(doctree: nodes.document | None, limit: int = 200) -> str:
    if doctree is None:
        return ""
    paragraph = next(iter(doctree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph is not None else ""
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"


def connect(app: Sphinx) -> None:
    """Register the event."""
    app.connect("html-page-context", furnish)
