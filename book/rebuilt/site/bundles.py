"""One stylesheet and one script for every page, in the place of two dozen files.

What theme and extensions ask for is gathered in their order; scripts that only some pages need stay
files of their own and are asked for by those pages alone.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

STYLE, SCRIPT = "book.css", "book.js"
# Written into the theme's template, before and after what Sphinx knows of.
FIRST_STYLES = ("basic.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css")
LAST_SCRIPTS = ("scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js")
UNUSED = ("design-tabs.js", "sphinx-design.min.css")  # the book has no tabs, cards or grids of it
# Scripts of some pages -> what such a page has in it.
SOMEWHERE = {
    "rebuilt-charts.js": 'class="rb-explore"',
    "rebuilt-ledger.js": "rb-home",
    "rebuilt-form.js": "data-form=",
    "rebuilt-calculator.js": 'data-form="calculator"',
    "rebuilt-chain.js": 'data-form="chain"',
    "rebuilt-clips.js": "rb-player",
    "rebuilt-miniature.js": 'data-form="miniature"',
    "rebuilt-dragged.js": 'class="rb-dragged"',
}


def gather(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Let a page ask for the two bundles, and for the scripts that are its own."""
    del pagename, templatename, doctree
    styles = [_name(file) for file in context["css_files"]]
    own, scripts = {}, []
    for file in context["script_files"]:
        name = _name(file)
        if name in SOMEWHERE:
            own[name] = file
        else:
            scripts.append(name)
    parts = {
        STYLE: [*FIRST_STYLES, *styles],
        SCRIPT: [*scripts, *LAST_SCRIPTS],
    }
    app.builder.rebuilt_parts = parts  # type: ignore[attr-defined]
    body = context.get("body", "")
    context["css_files"] = [f"_static/{STYLE}"]
    context["script_files"] = [file for name, file in own.items() if SOMEWHERE[name] in body]


def write(app: Sphinx, error: Exception | None) -> None:
    """Write both bundles beside the files of which they are made."""
    static = Path(app.outdir) / "_static"
    if error or app.builder.format != "html":
        return
    for name, parts in getattr(app.builder, "rebuilt_parts", {}).items():
        between = ";\n" if name == SCRIPT else "\n"  # a script may end without a semicolon
        (static / name).write_text(between.join(_texts(static, parts)), encoding="utf-8")


def _texts(static: Path, parts: Iterable[str]) -> Iterator[str]:
    """Read each file once, under its name; what may only begin a file is left out."""
    for name in dict.fromkeys(parts):
        if Path(name).name not in UNUSED:
            text = (static / name).read_text(encoding="utf-8")
            yield f"/* {name} */\n{re.sub(r'^@charset[^;]*;', '', text).strip()}\n"


def _name(file: Any) -> str:
    """Name of a stylesheet or script below `_static`."""
    return str(getattr(file, "filename", file)).split("?")[0].removeprefix("_static/")


def connect(app: Sphinx) -> None:
    """Gather after the sieve has chosen, write after all other files are there."""
    app.connect("html-page-context", gather, priority=995)
    app.connect("build-finished", write, priority=900)
