"""A kernel that calls an edited one is compiled again."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rebuilt import kernel_cache
from rebuilt.paths import BOOK, DATA, PACKAGE

INNER = "from numba import njit\n@njit(cache=True)\ndef inner(x):\n    return x + {step}\n"
OUTER = (
    "from numba import njit\nfrom inner_kernels import inner\n"
    "@njit(cache=True)\ndef outer(x):\n    return inner(x)\n"
)


@pytest.fixture
def package(tmp_path):
    """Return a folder with two kernel files, of which one calls the other."""
    (tmp_path / "inner_kernels.py").write_text(INNER.format(step=1), encoding="utf-8")
    (tmp_path / "outer_kernels.py").write_text(OUTER, encoding="utf-8")
    (tmp_path / "other.py").write_text("", encoding="utf-8")
    return tmp_path


def run(package: Path) -> str:
    """Compile and call the outer kernel in a process of its own, cached by our digest."""
    folder = package / "cache" / kernel_cache.digest(package)
    done = subprocess.run(
        [sys.executable, "-c", "from outer_kernels import outer; print(outer(1))"],
        cwd=package,
        env={**os.environ, kernel_cache.VARIABLE: str(folder)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def test_an_edited_kernel_reaches_the_kernels_that_call_it(package):
    """In one folder for all states Numba would go on giving the old number."""
    before = run(package)
    (package / "inner_kernels.py").write_text(INNER.format(step=2), encoding="utf-8")

    assert (before, run(package)) == ("2", "3")


def test_the_digest_follows_every_kernel_and_nothing_else(package):
    """Names count as well as bytes."""
    digests = [kernel_cache.digest(package)]
    (package / "other.py").write_text("1", encoding="utf-8")
    digests.append(kernel_cache.digest(package))
    (package / "inner_kernels.py").rename(package / "new_kernels.py")
    digests.append(kernel_cache.digest(package))

    assert digests[0] == digests[1] != digests[2]


ASK = "from rebuilt.cost.engine.job_kernels import ring_of; print(ring_of(8.0, 2.0))"


def answer(book: Path) -> float:
    """Share of eight accelerators that a ring takes, from a kernel of a copy of the package."""
    environment = {key: value for key, value in os.environ.items() if key != kernel_cache.VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=book,
        env=environment | {"PYTHONPATH": str(book)},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def test_an_edit_of_the_text_reaches_compiled_answers(tmp_path):
    """Whole quotients are taken in `sizes`, which `bill` and only then a kernel calls."""
    book = tmp_path / "book"
    shutil.copytree(PACKAGE, book / "rebuilt", ignore=shutil.ignore_patterns("static", "*.pyc"))
    (tmp_path / "data").symlink_to(DATA)
    before = [answer(book), answer(book)]
    sizes = book / "rebuilt" / "cost" / "algebra" / "sizes.py"
    text = sizes.read_text(encoding="utf-8")
    quotient = "return floor((value + 0.5) * (1.0 / divisor))"
    assert text.count(quotient) == 1
    sizes.write_text(text.replace(quotient, quotient.replace("floor", "2 * floor")), "utf-8")

    assert before == [4, 4]
    assert answer(book) == 8


def test_every_compiled_module_is_among_the_sources():
    """A module with cached kernels must be named so that the digest sees it."""
    text = {path: path.read_text("utf-8") for path in (BOOK / "rebuilt").rglob("*.py")}
    compiling = [path for path, code in text.items() if re.search(r"\b(njit|compiled)\(", code)]

    assert compiling
    assert [p.name for p in compiling if not p.name.endswith("kernels.py")] == ["compiled.py"]


def test_the_users_own_folder_is_left_alone(monkeypatch):
    """Someone who sets Numba's variable means it."""
    monkeypatch.setenv(kernel_cache.VARIABLE, "/mine")
    kernel_cache.use()
    mine = os.environ[kernel_cache.VARIABLE]
    monkeypatch.delenv(kernel_cache.VARIABLE)
    kernel_cache.use()

    assert (mine, os.environ[kernel_cache.VARIABLE]) == ("/mine", str(kernel_cache.folder()))


@pytest.mark.parametrize(
    ("threads", "kept"), [("0", False), ("-2", False), ("", False), ("2", True), (None, False)]
)
def test_a_number_of_threads_that_can_be_none_is_set_aside(monkeypatch, threads, kept):
    """Numba would end in a traceback; one that can be stays the user's."""
    monkeypatch.delenv(kernel_cache.THREADS, raising=False)
    if threads is not None:
        monkeypatch.setenv(kernel_cache.THREADS, threads)

    kernel_cache.use()

    assert (kernel_cache.THREADS in os.environ) is kept
