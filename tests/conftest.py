"""What all tests share: a hypothesis profile, a small site, and what is run first and told last.

The first call of a kernel compiles, so examples have no deadline. After a run the table of planted
faults is printed.
"""

import fcntl
import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from tests.faults import caught
from tests.site import checkout

from rebuilt.cost import load_model
from rebuilt.cost.engine.lowered import lower_model
from rebuilt.cost.engine.table import bill_table
from rebuilt.cost.hardware.machines import machine_of

settings.register_profile("rebuilt", deadline=None, derandomize=True)
settings.load_profile("rebuilt")

# Folders and files whose tests build books, compile kernels, fit, drive a browser, draw charts or
# many clips, look at all that is installed, start processes or run every rule on every table, the
# longest first.
SLOW = (
    "notebooks",
    "test_hostile_calls.py",  # far from the others that wait for the same kernels
    "site",
    "faults",
    "test_one_engine.py",
    "test_lowered.py",
    "test_check_command.py",
    "test_fit.py",
    "test_new_command.py",
    "test_sweep_dask.py",
    "test_cli.py",
    "test_training_fit.py",
    "test_calculator_module.py",
    "test_sweep_command.py",
    "test_every_rule.py",
    "test_config_tables.py",
    "test_wheel.py",
    "test_readme.py",
    "test_kernel_cache.py",
    "test_detectors.py",
    "test_state.py",
    "test_miniature.py",
    "test_forms.py",
    "test_vega.py",
)


@contextmanager
def one_at_a_time(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """Hold all workers but one back, which finds a path that is the same for all of them."""
    folder = factory.getbasetemp()
    shared = (folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder) / name
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared


@pytest.fixture(scope="session")
def fixture_html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HTML folder of the two-page book, built by the first of the workers that asks for it."""
    with one_at_a_time(tmp_path_factory, "fixture") as target:
        if not target.exists():
            whole = target.with_name("fixture-unfinished")
            shutil.rmtree(whole, ignore_errors=True)
            whole.mkdir()
            code, said = checkout.jupyter_book(checkout.FIXTURE, whole)
            if code:
                pytest.fail(f"the fixture book was not built:\n{said[-3000:]}")
            whole.rename(target)
    return target / "_build" / "html"


@pytest.fixture(scope="session")
def compiled_tables(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have the first worker compile what bills many jobs; for the others Numba's cache has it."""
    with one_at_a_time(tmp_path_factory, "compiling"):
        lowered = lower_model(load_model("dit-xl-2"), ["steps"])
        for whole in (True, False):
            bill_table(lowered, np.array([[1.0]]), machine_of("h100-sxm"), whole=whole)


def pytest_ignore_collect(collection_path, config):
    """Where slow tests are left out, import nothing that only they need."""
    return ("not slow" in config.option.markexpr and _place(collection_path) < len(SLOW)) or None


def pytest_collection_modifyitems(items):
    """Begin with the slow files, so that at the end no worker is alone with one of them."""
    for item in items:
        if _place(item.path) < len(SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: _place(item.path))


def _place(path):
    """Return the place of a file or of its folder among the slow ones; behind them if none."""
    return min(map(SLOW.index, {path.name, path.parent.name} & set(SLOW)), default=len(SLOW))


def pytest_collection_finish():
    """Look for garbage seldom, and never in thousands of collected tests: it took a fifth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_terminal_summary(terminalreporter):
    """Print what was planted and what was caught, if anything was."""
    reports = [item for kind in ("passed", "failed") for item in terminalreporter.getreports(kind)]
    plants = caught.collect(reports)
    if plants:
        terminalreporter.write_sep("=", "planted faults")
        for line in caught.lines(plants):
            terminalreporter.write_line(line)
