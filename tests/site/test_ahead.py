"""Chapters run before Sphinx reads them: side by side, and what fails is said with its page."""

import threading
from types import SimpleNamespace

import nbformat
import pytest
from sphinx.errors import ExtensionError

from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.site import ahead


def app_of(folder):
    """Return what the run of a chapter needs of a Sphinx application."""
    return SimpleNamespace(doctreedir=str(folder / ".doctrees"), srcdir=str(folder))


def notebook(source):
    """Return a chapter of one cell."""
    found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    found.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    return found


CONFIG = SimpleNamespace(execution_timeout=60)
LOG = f"import os; print(os.environ['{LOG_VARIABLE}'].rpartition('/')[2])"


def test_two_chapters_run_at_once_and_each_has_its_log(tmp_path):
    """One environment for all kernels would mix what they open."""
    chapters = {name: notebook(LOG) for name in ("first", "second")}
    threads = [
        threading.Thread(target=ahead._run, args=(app_of(tmp_path), CONFIG, name, chapter))
        for name, chapter in chapters.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    said = {name: chapter.cells[0].outputs[0].text for name, chapter in chapters.items()}
    assert said == {"first": "first.log\n", "second": "second.log\n"}


def test_lines_are_one_text_however_slowly_they_come(tmp_path):
    """Else two builds would give a notebook of other bytes."""
    slow = "import time\nfor line in range(3):\n    print(line, flush=True)\n    time.sleep(0.4)"
    chapter = notebook(slow)
    ahead._run(app_of(tmp_path), CONFIG, "first", chapter)

    assert [output.text for output in chapter.cells[0].outputs] == ["0\n1\n2\n"]


def test_a_cell_that_fails_is_said_with_its_page(tmp_path):
    """The words of the kernel, and which chapter it was."""
    with pytest.raises(ExtensionError, match=r"(?s)ZeroDivisionError.*first\.md"):
        ahead._run(app_of(tmp_path), CONFIG, "first", notebook("1 / 0"))


def test_a_cell_that_ends_its_kernel_is_said_with_page_and_line(tmp_path):
    """The kernel has no words for it."""
    source = "import os\nos._exit(3)"
    (tmp_path / "first.md").write_text(f"# A\n\n```{{code-cell}}\n{source}\n```\n", "utf-8")
    with pytest.raises(ExtensionError, match=r"^book/first\.md line 4: this cell ended its kernel"):
        ahead._run(app_of(tmp_path), CONFIG, "first", notebook(source))
