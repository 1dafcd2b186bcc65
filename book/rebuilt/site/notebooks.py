"""Chapters as executed notebooks, with the outputs that the built site shows.

MyST-NB strips glued outputs from `jupyter_execute/`, so the outputs are taken from its execution
cache, where every prose number still stands.
"""

import json
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from myst_nb.core.read import read_myst_markdown_notebook

from rebuilt.errors import DataError
from rebuilt.paths import BOOK, BUILD

STATE = BUILD / "work" / "_build"
RECORDS = Path(".jupyter_cache") / "inputs"
KERNEL_NAME = "Python 3 with inputs {key}"


def executed(chapter: str) -> nbformat.NotebookNode:
    """Return one chapter with its outputs.

    Raises
    ------
    DataError
        If the site was not built from the present text of the chapter and the present data.
    """
    notebook = read_myst_markdown_notebook((BOOK / f"{chapter}.md").read_text(encoding="utf-8"))
    record = STATE / RECORDS / f"{chapter}.json"
    try:
        key = json.loads(record.read_text(encoding="utf-8"))["key"]
        notebook.metadata.kernelspec.display_name = KERNEL_NAME.format(key=key)
        merged: nbformat.NotebookNode
        _, merged = get_cache(STATE / ".jupyter_cache").merge_match_into_notebook(notebook)
    except (FileNotFoundError, KeyError):
        msg = f"book/{chapter}.md has changed since the site was built, or was never built"
        raise DataError(f"{msg}; run `make book`") from None
    merged.metadata.kernelspec.display_name = "Python 3"
    for number, cell in enumerate(merged.cells):
        cell.id = f"{chapter}-{number:03}"
    merged.nbformat, merged.nbformat_minor = 4, 5
    return merged


def write(chapter: str, folder: Path) -> Path:
    """Write one chapter as ``folder/<chapter>.ipynb``; the same bytes for the same outputs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{chapter}.ipynb"
    text = nbformat.writes(executed(chapter))  # type: ignore[no-untyped-call]
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def compared_cells(notebook: nbformat.NotebookNode) -> int:
    """Count the cells whose outputs nbval compares: executed, and with something to compare."""
    return sum(
        1
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.execution_count is not None and cell.outputs
    )
