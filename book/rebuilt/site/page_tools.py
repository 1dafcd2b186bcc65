"""What stands over a page: time to read, one switch for its code, and where it runs."""

import html
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx

from rebuilt.site.figures import BlockNode

# Of a reader who follows the argument: English prose, a chart, a line of code that is not folded.
WORDS_A_MINUTE, MINUTES_A_CHART, MINUTES_A_CODE_LINE = 230, 0.3, 0.05
SWITCH = (
    '<button type="button" class="rb-code-switch" aria-pressed="false" hidden>'
    "Show all code</button>"
)


def minutes_to_read(doctree: nodes.document) -> int:
    """Return how long a page takes to read, in whole minutes: prose, charts and code in view."""
    words = sum(len(node.astext().split()) for node in doctree.findall(_is_prose))
    charts = sum(node["kind"] in ("chart", "table") for node in doctree.findall(BlockNode))
    lines = sum(node.astext().count("\n") + 1 for node in doctree.findall(_is_code_in_view))
    spent = words / WORDS_A_MINUTE + MINUTES_A_CHART * charts + MINUTES_A_CODE_LINE * lines
    return max(1, int(spent + 0.5))


def _is_prose(node: nodes.Node) -> bool:
    read = (nodes.paragraph, nodes.title, nodes.term)
    return isinstance(node, read) and _cell_of(node) is None


def _is_code_in_view(node: nodes.Node) -> bool:
    cell = _cell_of(node) if isinstance(node, nodes.literal_block) else None
    return cell is not None and not any(name.startswith("tag_") for name in cell["classes"])


def _cell_of(node: nodes.Node) -> nodes.Element | None:
    """Return the cell that a node is part of, if it is."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.Element) and "cell" in node.get("classes", []):
            return node
    return None


def launch_links(options: dict[str, Any], page: str) -> str:
    """Return links that open a page as a notebook, for the services that `_config.yml` names."""
    asked = options.get("launch_buttons") or {}
    place = str(options.get("repository_url", "")).removeprefix("https://github.com/")
    binder = str(asked.get("binderhub_url") or "").rstrip("/")
    codespaces = str(asked.get("codespaces_url") or "").rstrip("/")
    branch = options.get("repository_branch", "main")
    opened = quote(f"lab/tree/_build/lab/{page}.ipynb")
    links = {
        "Open in Binder": binder and f"{binder}/v2/gh/{place}/{branch}?urlpath={opened}",
        "Open in Codespaces": codespaces and f"{codespaces}/{place}",
    }
    return "".join(
        f'<a href="{html.escape(address)}">{name}</a>' for name, address in links.items() if address
    )


def _equip(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    del templatename
    has_cells = doctree is not None and any(
        "cell" in node.get("classes", []) for node in doctree.findall(nodes.container)
    )
    if not has_cells or doctree is None:
        context["rebuilt_tools"] = ""
        return
    minutes = minutes_to_read(doctree)
    told = f"{minutes} minute{'s' if minutes > 1 else ''} to read"
    launch = launch_links(app.config.html_theme_options, pagename)
    context["rebuilt_tools"] = f'<p class="rb-tools"><span>{told}</span>{SWITCH}{launch}</p>'


def connect(app: Sphinx) -> None:
    """Equip every page that has cells."""
    app.connect("html-page-context", _equip)
