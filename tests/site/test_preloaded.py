"""A kernel that is forked is one that a command starts, but for what it has imported."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

import psutil
import pytest

from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.paths import BOOK
from rebuilt.site import preloaded

# One that asks for kernels, a cell in each, and tells what becomes of the cell.
ASKS = """
import json, os, sys
import nbformat
from nbclient import NotebookClient

log = json.loads(sys.argv[2])  # known to the kernels only, as in a build
for source, timeout in json.loads(sys.argv[1]):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    client = NotebookClient(
        notebook, timeout=timeout, resources={"metadata": {"path": os.getcwd()}}
    )
    try:
        client.execute(env=os.environ | log)
        said = "".join(output.text for output in notebook.cells[0].outputs)
    except Exception as error:
        said = type(error).__name__
    print(json.dumps(said), flush=True)
"""
ABOUT = """
import json, os, sys
before = sorted(name for name in sys.modules if name.partition(".")[0] in ("altair", "rebuilt"))
import rebuilt.page
from rebuilt.evidence import bibliography
bibliography.load()
print(json.dumps([os.getcwd(), sys.path, dict(os.environ), os.getsid(0) == os.getpid(), before]))
"""
SAYS_WHO = """
import os, pathlib, time
pathlib.Path("pid.new").write_text(str(os.getpid()))
os.rename("pid.new", "pid")
time.sleep(600)
"""
SECONDS = 60


@contextmanager
def asking(folder, name, *cells):
    """Run cells in kernels of the provisioner of that name; yield who asks, and how it ends."""
    environment = {**os.environ, "PYTHONPATH": str(BOOK), preloaded.VARIABLE: name}
    log = {LOG_VARIABLE: str(folder.parent / f"{name}.log")}
    environment.pop("_RJEM_MALLOC_CONF", None)  # Polars makes it longer at each import
    with subprocess.Popen(
        [sys.executable, "-c", ASKS, json.dumps(cells), json.dumps(log)],
        env=environment, cwd=folder, stdout=subprocess.PIPE, text=True,
    ) as asker:  # fmt: skip
        yield asker


def told(asker, folder, name):
    """Return what a kernel says of itself, and what it noted."""
    about = json.loads(json.loads(asker.stdout.readline()))
    about[0] = about[0] == str(folder)
    for variable in (preloaded.VARIABLE, LOG_VARIABLE, "JPY_PARENT_PID", "JPY_SESSION_NAME"):
        about[2].pop(variable, None)
    return about, set((folder.parent / f"{name}.log").read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Ask a kernel that a command starts."""
    folder = tmp_path_factory.mktemp("chapter")
    with asking(folder, "local-provisioner", (ABOUT, SECONDS)) as asker:
        return told(asker, folder, "local-provisioner")


@pytest.fixture(scope="module")
def forked(tmp_path_factory):
    """Ask kernels that are forked, and kill who asked for them while the last one runs."""
    folder = tmp_path_factory.mktemp("chapter")
    cells = [ABOUT, "import os; os._exit(3)", SAYS_WHO, "print(1 + 1)", SAYS_WHO]
    patience = [SECONDS, SECONDS, 1, SECONDS, SECONDS]
    with asking(folder, preloaded.NAME, *zip(cells, patience, strict=True)) as asker:
        found = SimpleNamespace(told=told(asker, folder, preloaded.NAME))
        found.ends = [json.loads(asker.stdout.readline()) for _ in cells[1:-1]]
        found.late = pid_in(folder)
        (folder / "pid").unlink()
        while not (folder / "pid").exists():
            assert asker.poll() is None
            time.sleep(0.05)
        asker.send_signal(signal.SIGKILL)
        found.orphan = pid_in(folder)
    return found


def pid_in(folder):
    return int((folder / "pid").read_text(encoding="utf-8"))


def is_gone(pid, patience_s=10):
    """Whether a process ends within some seconds; a zombie has ended."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_it_has_folder_path_environment_and_session_like_any_other(own, forked):
    """Else a chapter could give one thing in the build and another in JupyterLab."""
    assert forked.told[0][:4] == own[0][:4]
    assert own[0][0] is own[0][3] is True


def test_it_notes_what_it_was_computed_from_like_any_other(own, forked):
    """The modules and the bibliography that were there before it too, and no other module."""
    (about, noted), (about_own, noted_by_own) = forked.told, own

    assert about_own[4] == []
    assert "altair" in about[4]
    assert noted_by_own <= noted
    assert any(line.startswith("data/sources.bib ") for line in noted)
    more = {line.partition(" ")[0] for line in noted - noted_by_own}
    names = ("__init__", "beforehand", "preloaded")
    assert more == {f"book/rebuilt/site/{name}.py" for name in names}


def test_one_that_ends_or_takes_too_long_is_noticed(forked):
    """The first by its exit status, the second is ended; and the next one runs."""
    assert forked.ends == ["DeadKernelError", "CellTimeoutError", "2\n"]
    assert is_gone(forked.late)


def test_it_ends_with_the_process_that_asked_for_it(forked):
    """A build that is killed leaves nothing behind that computes on."""
    assert is_gone(forked.orphan)
