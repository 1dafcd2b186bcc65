"""Blocks of an executed chapter (`rebuilt.page.blocks`) -> figures, tables, pictures and CSV files.

MyST-NB hands every output with one of our mime types to `BlockRenderer`, which keeps the payload in
a `BlockNode`; the HTML is written when the page is, so a cached doctree still writes its CSV files.
"""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from rebuilt.page import markup, pictures
from rebuilt.page.blocks import KINDS, MIME, PLAIN

if TYPE_CHECKING:
    from sphinx.domains.std import StandardDomain

LOGGER = logging.getLogger(__name__)
CSV_FOLDER = "_static/charts"
PICTURE_FOLDER = "_static/pictures"
_KIND_OF = {MIME.format(kind=kind): kind for kind in KINDS}


class BlockNode(nodes.General, nodes.Element):  # type: ignore[misc]
    """A chart, table or source list with its payload; its text is for builders without figures."""


class BlockRenderer:
    """MyST-NB plugin: our mime types win over text/html in every builder."""

    mime_priority_overrides: ClassVar = [("*", mime, 1) for mime in _KIND_OF]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Turn one of our payloads into a node; None leaves other types to MyST-NB."""
        kind = _KIND_OF.get(data.mime_type)
        if kind is None or inline:
            return None
        node = BlockNode(kind=kind, payload=data.content)
        for field in ("title", "caption", "description", "note"):
            text = data.content.get(field)
            if text:
                node += nodes.inline(text=f"{text} ")
        if kind not in PLAIN:
            _take_address(renderer.renderer.sphinx_env, node, data.line)
        return [node]


def _take_address(env: BuildEnvironment, node: BlockNode, line: int | None) -> None:
    """Make `{ref}`chart-<name>`` work from any page, and refuse a name taken twice on this one."""
    kind, payload = node["kind"], node["payload"]
    address = f"{kind}-{payload['name']}"
    taken: set[str] = env.temp_data.setdefault("rebuilt_addresses", set())
    if payload["name"] in taken:
        LOGGER.warning(
            "%s name %r is used twice on this page",
            kind,
            payload["name"],
            type="rebuilt",
            subtype="chart",
            location=(env.docname, line),
        )
    taken.add(payload["name"])
    domain = cast("StandardDomain", env.get_domain("std"))
    title = payload.get("title") or payload["caption"]
    domain.anonlabels[address] = env.docname, address
    domain.labels[address] = env.docname, address, title


def visit_block(translator: HTML5Translator, node: BlockNode) -> None:
    """Write the block's HTML, and its CSV file beside the page."""
    translator.body.append(_html(translator, node) + "\n")
    raise nodes.SkipNode


def _html(translator: HTML5Translator, node: BlockNode) -> str:
    kind, payload = node["kind"], node["payload"]
    builder = translator.builder
    if kind == "miniature":
        from rebuilt.widgets import miniature_form as mini  # with Numba, which no other page needs

        (Path(builder.outdir) / "_static" / mini.SCRIPT).write_text(mini.script(), encoding="utf-8")
    if kind in PLAIN:
        return str(payload["html"])
    page = builder.current_docname
    if kind == "picture":
        return pictures.figure(payload, href=_picture(builder, page, payload), live=True)
    file = f"{page.replace('/', '-')}-{payload['name']}.csv"
    folder = Path(builder.outdir) / CSV_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(payload["csv"], encoding="utf-8", newline="\n")
    href = "../" * page.count("/") + f"{CSV_FOLDER}/{file}"
    draw = markup.figure if kind == "chart" else markup.table
    return draw(payload, csv_href=href, live=True)


def _picture(builder: Any, page: str, payload: dict[str, Any]) -> str:
    """Write the picture's file and return its address from the page."""
    file = f"{page.replace('/', '-')}-{payload['name']}.png"
    folder = Path(builder.outdir) / PICTURE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(base64.b64decode(payload["png"]))
    return "../" * page.count("/") + f"{PICTURE_FOLDER}/{file}"


def visit_text(translator: Any, node: BlockNode) -> None:
    """Write title and description in builders that show no figures."""
    translator.add_text(node.astext())
    raise nodes.SkipNode


def check_source_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn where a caption points at a source that the page's list does not hold."""
    del app
    blocks = list(doctree.findall(BlockNode))
    listed = {
        key for block in blocks if block["kind"] == "sources" for key in block["payload"]["keys"]
    }
    for block in blocks:
        for source in block["payload"].get("sources", []):
            if source["key"] not in listed:
                LOGGER.warning(
                    "%s %s cites %r, which is not in the sources of this page; end the page with "
                    "`page.sources()`",
                    block["kind"],
                    block["payload"]["name"],
                    source["key"],
                    type="rebuilt",
                    subtype="sources",
                    location=docname,
                )


def connect(app: Sphinx) -> None:
    """Register the node and the check. The renderer is an entry point of the package."""
    app.add_node(BlockNode, html=(visit_block, None), text=(visit_text, None))
    app.connect("doctree-resolved", check_source_lists)
