"""Which pages are written again where the last ones were kept, and which of their files go.

Sphinx writes the pages that it read again, and the one with the table of contents. What any page
may show of others, their titles and addresses for instance, has a digest here: where it is another,
all pages are written.
"""

import hashlib
import pprint
import re
from pathlib import Path
from typing import TYPE_CHECKING

from rebuilt.site import figures, previews

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

FOLDERS = (figures.CSV_FOLDER, figures.PICTURE_FOLDER, previews.FOLDER)
_FILE = re.compile(rf"(?:{'|'.join(FOLDERS)})/[^\"?#]+")


def shared(env: "BuildEnvironment") -> str:
    """Digest of what one page may show of another."""
    shown = (
        {name: str(node) for name, node in env.tocs.items()},
        {name: str(node) for name, node in env.longtitles.items()},
        {name: data for name, data in env.domaindata.items() if name != "index"},
        env.toctree_includes,
        env.toc_secnumbers,
        env.toc_fignumbers,
        sorted(getattr(env, "rebuilt_keys", {})),  # these pages have a notebook
    )
    return hashlib.sha256(pprint.pformat(shown).encode()).hexdigest()


def rewrite(app: "Sphinx", env: "BuildEnvironment") -> list[str]:
    """Name all pages where any may show something else of another."""
    del app
    last, env.rebuilt_shared = getattr(env, "rebuilt_shared", ""), shared(env)  # type: ignore[attr-defined]
    return [] if env.rebuilt_shared == last else sorted(env.found_docs)  # type: ignore[attr-defined]


def clear(app: "Sphinx", error: Exception | None) -> None:
    """Remove charts and pictures that no page shows any more."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    pages = (site / f"{name}.html" for name in app.env.found_docs)
    shown = {file for page in pages for file in _FILE.findall(page.read_text(encoding="utf-8"))}
    for folder in FOLDERS:
        for file in (site / folder).glob("*"):
            if f"{folder}/{file.name}" not in shown:
                file.unlink()


def number_no_figures(app: "Sphinx", config: "Config") -> None:
    """Undo what an extension for LaTeX sets: figures would be counted anew over all pages."""
    del app
    config.numfig = False


def connect(app: "Sphinx") -> None:
    """Compare when all that was changed has been read, and clear when all is written."""
    app.connect("config-inited", number_no_figures, priority=900)
    app.connect("env-get-updated", rewrite)
    app.connect("build-finished", clear)
