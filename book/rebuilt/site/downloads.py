"""The `rebuilt-downloads` directive: every table of data/, its columns, its file in two forms."""

import hashlib
import html
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rebuilt.evidence import tables
from rebuilt.paths import DATA, ROOT, SEEDS
from rebuilt.site import archive
from rebuilt.site.names import DATA_ARCHIVE

FOLDER = "_static/data"
PARQUET = f"{FOLDER}/parquet"
_BESIDE = {"datapackage.json": "the descriptor", "sources.bib": "the bibliography"}
_CLAIMS = ("claims.csv", "units.csv", "datapackage.json", "README.md")  # never the text of the note
_TERMS = ("LICENSE", "CITATION.cff")


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
        f'<li id="data-{resource["name"]}"><a href="{FOLDER}/{path}" download>{path}</a> '
        f'(<a href="{PARQUET}/{resource["name"]}.parquet" download>Parquet</a>): '
        f"{_prose(resource.get('description', resource['title']))}"
        f"<details><summary>Columns of {path}</summary><dl>{columns}</dl></details></li>"
    )


def _prose(text: str) -> str:
    """Return a description as HTML; commands between backticks become code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def copy_files(app: Sphinx, error: Exception | None) -> None:
    """Put the files beside the page, byte for byte, and as Parquet; and all in one archive.

    Where the archive stands nothing but chapters has changed, or the pages had not been kept.
    """
    if error or app.builder.format != "html" or (Path(app.outdir) / DATA_ARCHIVE).exists():
        return
    folder, typed = Path(app.outdir) / FOLDER, Path(app.outdir) / PARQUET
    typed.mkdir(parents=True, exist_ok=True)
    for name in [*(tables.describe(table)["path"] for table in tables.names()), *_BESIDE]:
        shutil.copyfile(DATA / name, folder / name)
    for name, content in as_parquet().items():
        (typed / name).write_bytes(content)
    archive.write(Path(app.outdir) / DATA_ARCHIVE, everything(typed))


def as_parquet() -> dict[str, bytes]:
    """Every table as a Parquet file of its descriptor's types, and a descriptor of these files."""
    files: dict[str, bytes] = {}
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    package.pop("files", None)
    for resource in package["resources"]:
        buffer = io.BytesIO()
        tables.load(resource["name"]).write_parquet(buffer, compression="zstd")
        content = buffer.getvalue()
        name = f"{resource['name']}.parquet"
        seal = hashlib.sha256(content).hexdigest()
        resource |= {
            "path": name,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "hash": f"sha256:{seal}",
            "bytes": len(content),
        }
        files[name] = content
    text = json.dumps(package, indent=1, ensure_ascii=False)
    return files | {"datapackage.json": f"{text}\n".encode()}


def everything(typed: Path) -> dict[str, bytes]:
    """Files of the archive: data/ and claims as they are in the repository, Parquet, licence."""
    claims = {f"seeds/{name}": (SEEDS / name).read_bytes() for name in _CLAIMS}
    licence = {name: (ROOT / name).read_bytes() for name in _TERMS if (ROOT / name).exists()}
    return archive.tree(DATA, "data/") | archive.tree(typed, "data-parquet/") | claims | licence


def connect(app: Sphinx) -> None:
    """Register the directive and the copy."""
    app.add_directive("rebuilt-downloads", Downloads)
    app.connect("build-finished", copy_files)
