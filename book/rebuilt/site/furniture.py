"""What every page says about itself: data freeze, version, licences, where to report errors."""

import html
import importlib.metadata
import os
import subprocess
import urllib.parse
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from rebuilt.evidence import tables
from rebuilt.page import note_chain
from rebuilt.paths import ROOT
from rebuilt.site import notebooks

CODE_LICENCE = "MIT"
TEXT_LICENCE = '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>'


def commit() -> str:
    """Short hash of the commit the site was built from; `unknown` outside a repository.

    A tree with local changes says so: its pages are not those of the commit.
    """
    head = _git("rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    return f"{head} with local changes" if _git("status", "--porcelain", "-uno") else head


def footer(repository: str, revision: str, freeze: str, page: str, *, notebook: str = "") -> str:
    """HTML under every page; `notebook` is the address of its executed form, if it has one."""
    version = importlib.metadata.version("rebuilt")
    title = urllib.parse.quote(f"Wrong number on page {page}")
    source = html.escape(repository)
    take_away = (
        f'<p class="rb-notebook"><a href="{html.escape(notebook)}" download>'
        "This page as an executed notebook</a>; numbers, outputs and code in one file.</p>"
        if notebook
        else ""
    )
    return (
        f'<div class="rb-footer">{take_away}'
        f"<p>Data up to <strong>{freeze}</strong>. Version {version}, commit {revision}. "
        f'<a href="{source}">Source of this book</a>.</p>'
        f'<p>Found a wrong number? <a href="{source}/issues/new?title={title}">Report it</a>: '
        "name the page, the chart or claim, and a dated source. Corrections are listed in the "
        '<a href="errata.html">errata</a>.</p>'
        f"<p>Code: {CODE_LICENCE} licence. Text and data: {TEXT_LICENCE}; sources keep their own "
        "terms. This book is research and teaching, <strong>not investment advice</strong>.</p>"
        "</div>"
    )


def metadata(book: str, title: str, description: str) -> str:
    """Tags that other sites read when they show a link to this page; they name no host."""
    tags = {
        "og:type": "article",
        "og:site_name": book,
        "og:title": title,
        "og:description": description,
        "twitter:card": "summary",
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
        app.config.rebuilt_commit,
        str(tables.freeze_date()),
        pagename,
        notebook=f"{notebooks.FOLDER}/{pagename}.ipynb"
        if pagename in getattr(app.env, "rebuilt_keys", {})
        else "",
    )
    context["rebuilt_strip"] = note_chain.whereabouts(pagename)
    tags = metadata(
        app.config.html_title or app.config.project,
        str(context.get("title", "")),
        _first_paragraph(doctree),
    )
    base = os.environ.get("REBUILT_BASE_PATH", "")
    if pagename == "404" and base:
        tags += f'\n<base href="{html.escape(base)}">'
    context["metatags"] = context.get("metatags", "") + tags


def set_commit(app: Sphinx, config: Config) -> None:
    """Make the commit a setting: a new one rewrites every page, not only changed ones."""
    del app
    config.rebuilt_commit = commit()


def _first_paragraph(doctree: nodes.document | None, limit: int = 200) -> str:
    if doctree is None:
        return ""
    paragraph = next(iter(doctree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph is not None else ""
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def connect(app: Sphinx) -> None:
    """Register the setting and the events."""
    app.add_config_value("rebuilt_commit", "unknown", "html", types=(str,))
    app.connect("config-inited", set_commit)
    app.connect("html-page-context", furnish)
