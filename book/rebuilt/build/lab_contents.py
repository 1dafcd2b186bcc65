"""How JupyterLab reads and writes a chapter: as jupytext does, in the words that each side knows.

The page has a role for the verdicts of a claim and links to Markdown files. A notebook shows
verdicts through an expression, which JupyterLab evaluates, leads to notebooks, and folds the cells
that the page folds. What is saved has the page's words again.
"""

import copy
import re
from collections.abc import Callable
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupytext.async_contentsmanager import build_async_jupytext_contents_manager_class

KERNEL = {"display_name": "Python 3", "name": "python3"}  # as chapters write it
FOLDED = {"hide-input", "remove-input"}
_ROLE = re.compile(r"\{claim\}`([a-z0-9-]+)`")
_EXPRESSION = re.compile(r"\{eval\}`claim\(\"([a-z0-9-]+)\"\)`")
_TO_PAGE = re.compile(r"\]\(([a-z0-9-]+)\.md(#[^)]*)?\)")
_TO_NOTEBOOK = re.compile(r"\]\(([a-z0-9-]+)\.ipynb(#[^)]*)?\)")

_Paired: Any = build_async_jupytext_contents_manager_class(AsyncLargeFileManager)


class ChapterContents(_Paired):  # type: ignore[misc]
    """The contents manager of jupytext, with the words of chapters put into those of notebooks."""

    async def get(self, path: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Read a file; a notebook in the words of notebooks.

        Expressions are evaluated in notebooks that are trusted, as the chapters of one's own are.
        """
        model: dict[str, Any] = await super().get(path, *args, **kwargs)
        return _changed(model, as_notebook, opened=True)

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Write a file; a notebook in the words of chapters."""
        saved: dict[str, Any] = await super().save(_changed(model, as_chapter, opened=False), path)
        return saved


def as_notebook(text: str) -> str:
    """Return Markdown of a chapter as a notebook shows it."""
    shown = _ROLE.sub(r'{eval}`claim("\1")`', text)
    return _TO_PAGE.sub(lambda link: f"]({link[1]}.ipynb{link[2] or ''})", shown)


def as_chapter(text: str) -> str:
    """Return Markdown of a notebook as the chapter has it; undoes `as_notebook`."""
    written = _EXPRESSION.sub(r"{claim}`\1`", text)
    return _TO_NOTEBOOK.sub(lambda link: f"]({link[1]}.md{link[2] or ''})", written)


def _changed(
    model: dict[str, Any], change: Callable[[str], str], *, opened: bool
) -> dict[str, Any]:
    if model.get("type") != "notebook" or not model.get("content"):
        return model
    changed = copy.copy(model) | {"content": copy.deepcopy(model["content"])}
    for cell in changed["content"]["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = change(cell["source"])
            continue
        cell["metadata"].pop("jupyter", None)
        if opened:
            cell["metadata"]["trusted"] = True
            if FOLDED & set(cell["metadata"].get("tags", ())):
                cell["metadata"]["jupyter"] = {"source_hidden": True}
    if not opened:  # JupyterLab writes the name that the kernel has on this machine
        changed["content"]["metadata"]["kernelspec"] = dict(KERNEL)
    return changed
