"""Run chapters before Sphinx reads them, one more at a time than there are processor cores.

Sphinx reads pages one after another, and MyST-NB runs a chapter when its page is read. Here those
that are about to be read and have no outputs in the execution cache run side by side, the longest
first, each in a kernel of its own; then MyST-NB finds all outputs in the cache. One of them often
waits, for its kernel or for a drawing, and leaves its core to another.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from sphinx.errors import ExtensionError
from sphinx.util import logging

from rebuilt.evidence import tables
from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.page import vega
from rebuilt.site import assets, notebooks, preloaded, stale

if TYPE_CHECKING:
    from myst_nb.core.config import NbParserConfig
    from myst_nb.sphinx_ import SphinxEnvType
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)
AT_ONCE = (os.cpu_count() or 1) + 1
MANY = 4  # more than these start sooner where one process has imported for all
RAN = "%s.md: Executed notebook in %.2f seconds"  # MyST-NB's words, and those of `make book`


def connect(app: "Sphinx") -> None:
    """Run what is stale as soon as Sphinx knows which pages it will read."""
    app.connect("env-before-read-docs", _run_all)


def _run_all(app: "Sphinx", env: "SphinxEnvType", chapters: list[str]) -> None:
    cache = get_cache(env.mystnb_config.execution_cache_path)
    waiting = {}
    for chapter in chapters:
        notebook = _read(app, env, chapter)
        if notebook is not None and not _is_cached(cache, notebook):
            waiting[chapter] = notebook
    last = {row["chapter"]: row["seconds"] for row in tables.load("chapter_times").to_dicts()}
    order = sorted(waiting, key=lambda chapter: -last.get(chapter, float("inf")))
    with _helpers(app, len(waiting)), ThreadPoolExecutor(AT_ONCE) as pool:
        running = {
            pool.submit(_run, app, env.mystnb_config, chapter, waiting[chapter]): chapter
            for chapter in order
        }
        try:
            for done in as_completed(running):
                chapter = running[done]
                seconds = done.result()
                bundle = CacheBundleIn(
                    waiting[chapter],
                    str(env.doc2path(chapter)),
                    data={"execution_seconds": seconds},
                )
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                stale.complete(stale.log_of(app, chapter))
                LOGGER.info(RAN, chapter, seconds)
                notebooks.write_beside(app, chapter)
        finally:
            pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _helpers(app: "Sphinx", chapters: int) -> Iterator[None]:
    """Where many chapters run: kernels that start sooner, and one process that draws for all.

    Another makes what follows from no page, which would have to be made when all are written.
    """
    if chapters <= MANY:
        yield
        return
    os.environ[preloaded.VARIABLE] = preloaded.NAME
    with tempfile.TemporaryDirectory() as folder:  # addresses of sockets are short
        os.environ[vega.DRAWER_VARIABLE] = f"{folder}/drawer"
        drawer = preloaded.start(vega.draw_for_others, os.environ[vega.DRAWER_VARIABLE])
        maker = preloaded.start(assets.make, Path(app.doctreedir).parent)
        try:
            yield
            maker.join()
        finally:
            del os.environ[vega.DRAWER_VARIABLE]
            for helper in (drawer, maker):
                helper.terminate()
                helper.join()


def _read(app: "Sphinx", env: "SphinxEnvType", chapter: str) -> nbformat.NotebookNode | None:
    """Read a chapter as MyST-NB will, its kernel stamped; nothing where no code is."""
    path = env.doc2path(chapter)
    found = stale.stamped(app, chapter, Path(path).read_text(encoding="utf-8"))
    if found is None:
        return None
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, found[0])
    return None if reader is None else reader.read(found[0])


def _is_cached(cache: Any, notebook: nbformat.NotebookNode) -> bool:
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def _run(
    app: "Sphinx", config: "NbParserConfig", chapter: str, notebook: nbformat.NotebookNode
) -> float:
    """Run a chapter in place; seconds that it took.

    Raises
    ------
    ExtensionError
        If a cell fails, takes too long or kills its kernel; with the words of the kernel, or with
        the line of the cell where the kernel can say nothing any more.
    """
    started = time.perf_counter()
    begun = [""]  # sources of the cells that ran
    client = NotebookClient(
        notebook,
        timeout=config.execution_timeout,
        resources={"metadata": {"path": str(app.srcdir)}},
        record_timing=False,
        coalesce_streams=True,  # how soon a cell prints its lines is no result
        on_cell_execute=lambda cell, **_: begun.append(cell.source),
    )
    try:
        client.execute(env=os.environ | {LOG_VARIABLE: str(stale.log_of(app, chapter))})
    except DeadKernelError:
        line = _line_of(begun[-1], Path(app.srcdir, f"{chapter}.md"))
        msg = f"book/{chapter}.md line {line}: this cell ended its kernel; take out what ends it"
        raise ExtensionError(msg) from None
    except (CellExecutionError, CellTimeoutError) as error:
        msg = f"{error}\n{type(error).__name__} while a cell of {chapter}.md ran"
        raise ExtensionError(msg) from error
    return time.perf_counter() - started


def _line_of(source: str, page: Path) -> int:
    """Line of a page on which a cell begins."""
    text = page.read_text(encoding="utf-8")
    return text.count("\n", 0, max(text.find(source), 0)) + 1
