"""`make lab`: a chapter as a notebook whose sentences follow its cells, saved back as it was."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import jupytext
import pytest
from playwright.sync_api import expect
from tests.site import checkout

from rebuilt.build.lab import chapters
from rebuilt.build.lab_contents import as_chapter, as_notebook
from rebuilt.paths import ROOT

PATIENCE_MS = 120_000


@pytest.mark.parametrize("chapter", chapters(), ids=lambda path: path.stem)
def test_a_chapter_is_the_same_file_after_a_visit_to_the_notebook(chapter):
    """What jupytext reads and writes is the chapter, byte for byte, in both words."""
    text = chapter.read_text(encoding="utf-8")
    sheet = jupytext.reads(text, fmt="md:myst")
    for cell in sheet.cells:
        if cell.cell_type == "markdown":
            assert as_chapter(as_notebook(cell.source)) == cell.source
    sheet.metadata.setdefault("jupytext", {})["notebook_metadata_filter"] = "-all"
    written = jupytext.writes(sheet, fmt="md:myst")
    body = re.compile(r"\A---\n.*?^---\s*", re.DOTALL | re.MULTILINE)

    assert body.sub("", written) == body.sub("", text)


def test_a_badge_becomes_an_expression_and_a_link_leads_to_a_notebook():
    """Only links to pages of the book change."""
    text = "See [that](chain.md#a), [this](https://example.org/x.md): {claim}`amd-memory`."

    shown = as_notebook(text)

    assert shown == (
        'See [that](chain.ipynb#a), [this](https://example.org/x.md): {eval}`claim("amd-memory")`.'
    )
    assert as_chapter(shown) == text


@pytest.fixture
def lab(tmp_path):
    """Return a small repository and the address of its JupyterLab."""
    book = checkout.make(tmp_path / "repository")
    shutil.copy(ROOT / "jupytext.toml", book.root)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "rebuilt.build.lab", "--port", str(port), "--no-browser"],
        cwd=book.root,
        env=book.environment(),
        start_new_session=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = ""
    while "token=" not in said:
        line = process.stdout.readline()
        if not line:
            pytest.fail(f"JupyterLab did not start:\n{said}")
        said += line
    token = re.search(r"token=([0-9a-f]+)", said)[1]
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{address}/api?token={token}", timeout=5).close()
            break
        except OSError:
            time.sleep(0.5)
    yield book, f"{address}/lab/tree/_build/lab/index.ipynb?token={token}"
    os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=20)
    with contextlib.suppress(ProcessLookupError):  # a server asks before it stops; nobody answers
        os.killpg(process.pid, signal.SIGKILL)


def run_all(page):
    """Run every cell, once the kernel has nothing else to do."""
    idle = page.locator("#jp-main-statusbar", has_text="| Idle")
    idle.wait_for(timeout=PATIENCE_MS)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()


@pytest.mark.weekly  # it starts JupyterLab, and runs a chapter in it twice
def test_a_sentence_follows_a_changed_cell(lab, browser):
    """Charts, tables and sources look as on the page; the number in the sentence is the cell's."""
    book, address = lab
    chapter = book.root / "book" / "index.md"
    before = chapter.read_text(encoding="utf-8")
    page = browser.new_page(viewport={"width": 1400, "height": 3000})
    page.goto(address)
    sentence = page.locator(".jp-MarkdownCell", has_text="the bytes of the Q1 Pro")
    sentence.wait_for(timeout=PATIENCE_MS)
    run_all(page)
    expect(sentence).to_contain_text("moves 2.354× the bytes", timeout=PATIENCE_MS)
    expect(page.locator(".rb-figure").first).to_contain_text("Each generation of the fixture")

    cell = page.locator(".jp-CodeCell", has_text="bibliography.FILE").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("ratio = 9")
    run_all(page)
    expect(sentence).to_contain_text("moves 9× the bytes", timeout=PATIENCE_MS)

    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=PATIENCE_MS)
    page.close()
    assert chapter.read_text(encoding="utf-8") == before.replace(
        'rows = tables.load("training_mix").height\n',
        'rows = tables.load("training_mix").height\nratio = 9\n',
    )
