"""Static files of the site, and a sieve for what theme and extensions load that we do not want.

Nothing may be asked of another host, and scripts are files (a strict Content-Security-Policy
forbids scripts in the page), so scripts that extensions would put into every page are gathered in
one file instead.
"""

import hashlib
import importlib.metadata
import shutil
from pathlib import Path
from typing import Any

import vl_convert
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config

from rebuilt import kernel_cache
from rebuilt.paths import DATA, PACKAGE

HERE = Path(__file__).parent
BUNDLE = "vega-bundle.js"
SNIPPET = "window.vega = vega; window.vegaEmbed = vegaEmbed;"
GATHERED = "rebuilt-inline.js"
CLASSES = "rebuilt-classes.js"
UNWANTED = ("thebe", "THEBE")  # the book runs no cells in the browser


def add_static_files(app: Sphinx) -> None:
    """Add our folder after the build's digest of its settings, which must not hold a path."""
    app.config.html_static_path.append(str(HERE / "static"))
    app.config.html_favicon = "favicon.svg"


def add_templates(app: Sphinx, config: Config) -> None:
    """Put our page templates before those of the theme."""
    del app
    config.templates_path.insert(0, str(HERE / "templates"))


def drop_cell_runner(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Remove the in-page configuration of thebe, which Jupyter Book always loads."""
    del app, docname
    for node in list(doctree.findall(nodes.raw)):
        if "x-thebe-config" in node.astext() or node.astext().startswith("<script>kernelName"):
            node.parent.remove(node)


def gather_scripts(app: Sphinx, builder: Builder) -> None:
    """Write the scripts that extensions want in every page into one file."""
    if builder.format != "html":
        return
    bodies = {
        asset.attributes["body"].rstrip("; ") + ";\n"
        for asset in builder._js_files  # type: ignore[attr-defined]
        if asset.attributes.get("body") and not _is_unwanted(asset)
    }
    target = Path(app.outdir) / "_static" / GATHERED
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(sorted(bodies)), encoding="utf-8")


def sieve(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Keep local files only; scripts with a body are in the gathered file."""
    del app, pagename, templatename, doctree
    for kind in ("script_files", "css_files"):
        context[kind] = [
            asset
            for asset in context[kind]
            if not _is_unwanted(asset) and not _attributes(asset).get("body")
        ]


def write_generated(app: Sphinx, error: Exception | None) -> None:
    """Write the Vega bundle and the tables of configurations; drop unwanted files.

    Where they stand they are right: the folder of the pages was kept.
    """
    static = Path(app.outdir) / "_static"
    if error or app.builder.format != "html":
        return
    for leftover in static.glob("sphinx-thebe.*"):
        leftover.unlink()
    if not (static / CLASSES).exists():
        shutil.copyfile(_bundle(Path(app.doctreedir).parent), static / BUNDLE)
        (static / CLASSES).write_text(_classes(Path(app.doctreedir).parent), "utf-8")


def make(folder: Path) -> None:
    """Make, and keep in a folder, what takes seconds and follows from no page."""
    _bundle(folder)
    _classes(folder)


def _bundle(folder: Path) -> Path:
    """Return the Vega bundle, made once per folder and version; whole or not there."""
    converter = importlib.metadata.version("vl-convert-python")
    version = f"{vl_convert.get_vega_version()}-{converter}"
    bundle = folder / f"{version}-{BUNDLE}"
    if not bundle.exists():
        # Its top-level names (`_` is one) would clash with those of Sphinx's own scripts.
        script = f"(function () {{\n{vl_convert.javascript_bundle(SNIPPET)}\n}})();\n"
        fresh = bundle.with_suffix(".new")
        fresh.write_text(f"// vega, vl-convert: {version}\n{script}", encoding="utf-8")
        fresh.replace(bundle)
    return bundle


def _classes(folder: Path) -> str:
    """Return what the calculator reads configurations by, made once for what it is made of."""
    code = kernel_cache.closure([PACKAGE / "widgets" / "config_tables.py"], PACKAGE)
    made_of = [*DATA.glob("classes/*"), *DATA.glob("models/*"), *code]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(made_of))).hexdigest()
    kept = folder / CLASSES
    mark = f"// {digest}\n"
    if not kept.exists() or not kept.read_text("utf-8").startswith(mark):
        from rebuilt.widgets import config_tables  # with Numba, which no page is written with

        kept.write_text(mark + config_tables.script(), encoding="utf-8")
    return kept.read_text("utf-8").removeprefix(mark)


def _attributes(asset: Any) -> dict[str, Any]:
    return dict(getattr(asset, "attributes", {}))


def _is_unwanted(asset: Any) -> bool:
    """Anything of another host, and whatever belongs to an unwanted extension."""
    file = str(getattr(asset, "filename", asset) or "")
    text = file + str(_attributes(asset).get("body") or "")
    return "://" in file or any(word in text for word in UNWANTED)


def connect(app: Sphinx) -> None:
    """Register files and events; the sieve runs after all others have added theirs."""
    app.add_css_file("rebuilt.css", priority=900)
    app.add_css_file("rebuilt-ledger.css", priority=901)
    app.add_css_file("rebuilt-form.css", priority=901)
    app.add_css_file("rebuilt-clips.css", priority=901)
    app.add_js_file(GATHERED, priority=100)
    app.add_js_file("rebuilt-code.js", loading_method="defer", priority=900)
    app.add_js_file("rebuilt-charts.js", loading_method="defer", priority=900)
    app.add_js_file("rebuilt-ledger.js", loading_method="defer", priority=900)
    app.add_js_file("rebuilt-form.js", loading_method="defer", priority=900)
    app.add_js_file("rebuilt-calculator.js", loading_method="defer", priority=900)
    app.add_js_file("rebuilt-clips.js", loading_method="defer", priority=900)
    app.add_js_file("rebuilt-miniature.js", loading_method="defer", priority=901)
    app.add_js_file("rebuilt-dragged.js", loading_method="defer", priority=900)
    app.add_js_file("rebuilt-chain.js", loading_method="defer", priority=900)
    app.connect("config-inited", add_templates)
    app.connect("doctree-resolved", drop_cell_runner, priority=900)
    app.connect("builder-inited", add_static_files)
    app.connect("write-started", gather_scripts)
    app.connect("html-page-context", sieve, priority=990)
    app.connect("build-finished", write_generated)
