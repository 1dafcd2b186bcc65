"""Static files of the site, and a sieve for what theme and extensions load that we do not want.

Nothing may be asked of another host, and scripts are files (a strict Content-Security-Policy
forbids scripts in the page), so scripts that extensions would put into every page are gathered in
one file instead.
"""

from pathlib import Path
from typing import Any

import vl_convert
from docutils import nodes
from sphinx.application import Sphinx

STATIC = Path(__file__).parent / "static"
BUNDLE = "vega-bundle.js"
GATHERED = "rebuilt-inline.js"
UNWANTED = ("thebe", "THEBE")  # the book runs no cells in the browser
_SCRIPTS = "rebuilt_gathered_scripts"


def add_static_files(app: Sphinx) -> None:
    """Add our folder after the build's digest of its settings, which must not hold a path."""
    app.config.html_static_path.append(str(STATIC))
    app.config.html_favicon = "favicon.svg"


def sieve(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any],
          doctree: nodes.document | None) -> None:
    """Keep local files only; remember the bodies of in-page scripts for the gathered file."""
    del pagename, templatename, doctree
    bodies = _gathered(app)
    for kind in ("script_files", "css_files"):
        kept = []
        for asset in context[kind]:
            body = getattr(asset, "attributes", {}).get("body")
            text = f"{getattr(asset, 'filename', asset)} {body or ''}"
            if "://" in text.split()[0] or any(word in text for word in UNWANTED):
                continue
            if body:
                if "pagename" not in body:
                    bodies[body] = None
                continue
            kept.append(asset)
        context[kind] = kept


def write_generated(app: Sphinx, error: Exception | None) -> None:
    """Write the gathered scripts and, once per output folder and version, the Vega bundle."""
    static = Path(app.outdir) / "_static"
    if error or app.builder.format != "html":
        return
    if _gathered(app):
        text = "\n".join(f"{body};" for body in sorted(_gathered(app)))
        (static / GATHERED).write_text(text + "\n", encoding="utf-8")
    versions = f"// vega {vl_convert.get_vega_version()}, vl-convert {vl_convert.__version__}\n"
    bundle = static / BUNDLE
    if not bundle.exists() or not bundle.read_text(encoding="utf-8").startswith(versions):
        bundle.write_text(versions + vl_convert.javascript_bundle(), encoding="utf-8")


def _gathered(app: Sphinx) -> dict[str, None]:
    bodies: dict[str, None] = app.__dict__.setdefault(_SCRIPTS, {})
    return bodies


def connect(app: Sphinx) -> None:
    """Register files and events; the sieve runs after all others have added theirs."""
    app.add_css_file("rebuilt.css", priority=900)
    app.add_js_file(GATHERED, priority=100)
    app.add_js_file("rebuilt-charts.js", loading_method="defer", priority=900)
    app.connect("builder-inited", add_static_files)
    app.connect("html-page-context", sieve, priority=990)
    app.connect("build-finished", write_generated)
