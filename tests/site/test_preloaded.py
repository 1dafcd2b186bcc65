"""A kernel that is forked is one that a command starts, but for what it has imported."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.paths import BOOK
from rebuilt.site import preloaded

# One that asks for kernels, a cell in each, and what becomes of the cell.
ASKS = """
import json, os, sys
import nbformat
from nbclient import NotebookClient

def run(source):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    client = NotebookClient(notebook, timeout=2, resources={"metadata": {"path": os.getcwd()}})
    try:
        client.execute(env=dict(os.environ))
    except Exception as error:
        return type(error).__name__
    return "".join(output.text for output in notebook.cells[0].outputs)

print(json.dumps([run(source) for source in json.loads(sys.argv[1])]))
"""
ABOUT = """
import json, os, sys
before = sorted(name for name in sys.modules if name.partition(".")[0] in ("altair", "rebuilt"))
import rebuilt.page
from rebuilt.evidence import bibliography
bibliography.load()
print(json.dumps([os.getcwd(), sys.path, dict(os.environ), os.getsid(0) == os.getpid(), before]))
"""
WAITS = """
import os, pathlib, time
pathlib.Path("pid.new").write_text(str(os.getpid()))
os.rename("pid.new", "pid")
time.sleep(600)
"""


def asking(folder, *cells, **variables):
    """Start the one that asks."""
    environment = {**os.environ, "PYTHONPATH": str(BOOK)}
    environment.pop("_RJEM_MALLOC_CONF", None)  # Polars makes it longer at each import
    return subprocess.Popen(
        [sys.executable, "-c", ASKS, json.dumps(cells)],
        env=environment | variables, cwd=folder, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    """Ask a kernel that a command starts, and one that is forked: what it says, what it notes."""
    told = []
    for name in ("local-provisioner", preloaded.NAME):
        folder = tmp_path_factory.mktemp("chapter")
        log = folder.parent / f"{name}.log"
        variables = {preloaded.VARIABLE: name, LOG_VARIABLE: str(log)}
        said, _ = asking(folder, ABOUT, **variables).communicate(timeout=120)
        about = json.loads(json.loads(said)[0])
        about[0] = about[0] == str(folder)
        told.append((about, log.read_text(encoding="utf-8").splitlines()))
    return told


def test_it_has_folder_path_environment_and_session_like_any_other(kernels):
    """Else a chapter could give one thing in the build and another in JupyterLab."""
    (own, _), (forked, _) = kernels
    for about in (own, forked):
        for name in (preloaded.VARIABLE, LOG_VARIABLE, "JPY_PARENT_PID", "JPY_SESSION_NAME"):
            about[2].pop(name, None)

    assert forked[:4] == own[:4]
    assert own[0] is own[3] is True


def test_it_notes_what_it_was_computed_from_like_any_other(kernels):
    """The modules and the bibliography that were there before it too, and no other module."""
    (own, noted_by_own), (forked, noted) = kernels

    assert own[4] == []
    assert "altair" in forked[4]
    assert set(noted_by_own) <= set(noted)
    assert any(line.startswith("data/sources.bib ") for line in noted)
    more = {line.partition(" ")[0] for line in set(noted) - set(noted_by_own)}
    site = {f"book/rebuilt/site/{name}.py" for name in ("__init__", "beforehand", "preloaded")}
    assert more == site


def test_one_that_ends_or_takes_too_long_is_noticed(tmp_path):
    """The first by its exit status, the second is ended; and the next one runs."""
    cells = ("import os; os._exit(3)", WAITS, "print(1 + 1)")
    said, _ = asking(tmp_path, *cells, **{preloaded.VARIABLE: preloaded.NAME}).communicate()

    assert json.loads(said) == ["DeadKernelError", "CellTimeoutError", "2\n"]
    assert is_gone(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_it_ends_with_the_process_that_asked_for_it(tmp_path):
    """A build that is killed leaves nothing behind that computes on."""
    asker = asking(tmp_path, WAITS, **{preloaded.VARIABLE: preloaded.NAME})
    while not (tmp_path / "pid").exists():
        assert asker.poll() is None
        time.sleep(0.1)
    asker.send_signal(signal.SIGKILL)
    asker.communicate()

    assert is_gone(int((tmp_path / "pid").read_text(encoding="utf-8")))


def is_gone(pid, patience_s=10):
    """Whether a process ends within some seconds; a zombie has ended."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False
