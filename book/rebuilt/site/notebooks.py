"""Chapters as executed notebooks, with the outputs that the built site shows.

MyST-NB strips glued outputs from `jupyter_execute/`, so the outputs are taken from its execution
cache, where every prose number still stands.
"""

import ast
import contextlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from jupyter_cache import get_cache
from myst_nb.core.read import read_myst_markdown_notebook

from rebuilt.errors import DataError
from rebuilt.paths import BOOK, BUILD
from rebuilt.site import sentences
from rebuilt.site.names import NOTEBOOKS, ONLY_VARIABLE

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

STATE = BUILD / "work" / "_build"
RECORDS = Path(".jupyter_cache") / "inputs"
KERNEL_NAME = "Python 3 with inputs {key}"
NEEDS = (
    "*A page of the book From Patches to Photons, as it was run. To run it again you need the "
    "book's package and data: get the book's source, run `make lab` there, and open this page as "
    "`_build/lab/{chapter}.ipynb`.*"
)
_GLUED = re.compile(r"\{glue:text\}`([\w-]+)`")
_SCRAP = "scrapbook"


def executed(
    chapter: str, *, state: Path | None = None, book: Path | None = None
) -> nbformat.NotebookNode:
    """Return one chapter with its outputs.

    Parameters
    ----------
    chapter : str
        Name of a page with code.
    state : Path, optional
        Folder of the execution cache; that of `make book` without it.
    book : Path, optional
        Folder of the chapters.

    Raises
    ------
    DataError
        If the site was not built from the present text of the chapter and the present data.
    """
    _, merged = _cached(chapter, state or STATE, book or BOOK)
    merged.metadata.kernelspec.display_name = "Python 3"
    merged.metadata.get("language_info", {}).pop("version", None)  # which Python ran is no result
    for number, cell in enumerate(merged.cells):
        cell.id = f"{chapter}-{number:03}"
    merged.nbformat, merged.nbformat_minor = 4, 5
    return merged


def seconds(chapter: str, *, state: Path | None = None, book: Path | None = None) -> float:
    """Return the seconds that the chapter took; parameters and errors are those of `executed`."""
    state = state or STATE
    record, _ = _cached(chapter, state, book or BOOK)
    data = get_cache(state / ".jupyter_cache").get_cache_record(record).data
    return float(data["execution_seconds"])


def _cached(chapter: str, state: Path, book: Path) -> tuple[int, nbformat.NotebookNode]:
    """Return number and notebook of the run that the present text and data lead to."""
    text = (book / f"{chapter}.md").read_text(encoding="utf-8")
    notebook = read_myst_markdown_notebook(sentences.with_cells(text))
    record = state / RECORDS / f"{chapter}.json"
    try:
        key = json.loads(record.read_text(encoding="utf-8"))["key"]
        notebook.metadata.kernelspec.display_name = KERNEL_NAME.format(key=key)
        found: tuple[int, nbformat.NotebookNode]
        found = get_cache(state / ".jupyter_cache").merge_match_into_notebook(notebook)
    except (FileNotFoundError, KeyError):
        msg = f"book/{chapter}.md has changed since the site was built, or was never built"
        raise DataError(f"{msg}; run `make book`") from None
    return found


def write(
    chapter: str, folder: Path, *, state: Path | None = None, book: Path | None = None
) -> Path:
    """Write one chapter as ``folder/<chapter>.ipynb``; the same bytes for the same outputs.

    Numbers that the page prints in its prose stand in the text of the notebook too, and not the
    cells that gave them; the first cell says what the notebook needs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{chapter}.ipynb"
    notebook = with_numbers(executed(chapter, state=state, book=book))
    notebook.cells = [cell for cell in notebook.cells if not sentences.is_ours(cell)]
    needs = NEEDS.format(chapter=chapter)
    first = nbformat.v4.new_markdown_cell(needs)  # type: ignore[no-untyped-call]
    first.id = f"{chapter}-needs"
    notebook.cells.insert(0, first)
    text = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def with_numbers(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Put the glued values into the Markdown cells, where Jupyter knows no `glue`."""
    values = {
        output.metadata[_SCRAP]["name"]: _text(output.data)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if _SCRAP in output.get("metadata", {})
    }
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _GLUED.sub(lambda found: values.get(found[1], found[0]), cell.source)
    return notebook


def compared_cells(notebook: nbformat.NotebookNode) -> int:
    """Count the cells whose outputs nbval compares: executed, and with something to compare."""
    return sum(
        1
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.execution_count is not None and cell.outputs
    )


def _text(data: dict[str, str]) -> str:
    """Return a glued text without the quotes of its repr."""
    found = next((value for mime, value in data.items() if mime.endswith("text/plain")), "")
    return str(ast.literal_eval(found)) if found[:1] in "'\"" else found


def write_beside(app: "Sphinx", chapter: str) -> None:
    """Put a chapter beside the pages of a site."""
    if app.builder.format != "html":
        return
    state, book = Path(app.doctreedir).parent, Path(app.srcdir)
    write(chapter, Path(app.outdir) / NOTEBOOKS, state=state, book=book)


def write_all(app: "Sphinx", error: Exception | None) -> None:
    """Put every chapter with code beside the pages that does not stand there yet."""
    if error:
        return
    for chapter in sorted(getattr(app.env, "rebuilt_keys", {})):
        # A build of one chapter leaves the pages of others as they are, old outputs included.
        with contextlib.suppress(*([DataError] if os.environ.get(ONLY_VARIABLE) else [])):
            if not (Path(app.outdir) / NOTEBOOKS / f"{chapter}.ipynb").exists():
                write_beside(app, chapter)


def _drop(app: "Sphinx", env: "BuildEnvironment", chapters: list[str]) -> None:
    """Remove the notebooks of chapters that will be read, or are gone."""
    folder = Path(app.outdir) / NOTEBOOKS
    for path in folder.glob("*.ipynb"):
        if path.stem in chapters or path.stem not in env.found_docs:
            path.unlink()


def connect(app: "Sphinx") -> None:
    """Write the notebooks when the pages are done."""
    app.connect("env-before-read-docs", _drop, priority=400)  # before chapters are run
    app.connect("build-finished", write_all)
