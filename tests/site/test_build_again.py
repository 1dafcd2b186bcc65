"""Never stale, always the same, whole or not at all: builds of a small book, disturbed on purpose.

The tests of this file run in order on one repository: each starts from what the last one left.
Those that kill, starve, hinder or move a build are run weekly; what could leave a page stale is
not.
"""

import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import checkout
import pytest

PAGES = {"index", "second"}
FAR = {"LANG": "tr_TR.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Chatham", "LANGUAGE": "zh"}


def executed(said: str) -> set[str]:
    """Pages that ran, by what the build said."""
    return {line.split(":")[0].strip() for line in said.splitlines() if ": executed in " in line}


READ_ONLY = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; exec "$@"'
SMALL = (
    'mount -t tmpfs -o size="$SIZE" none "$0"; test -z "$FROM" || cp -r "$FROM" "$0"; '
    '"$@" || code=$?; ls "$0"; exit $code'
)


def with_mounts(script: str, folder: Path, command: list[str]) -> list[str]:
    """Run a command where the mounts of `script` on `folder` are its own."""
    return ["unshare", "-rm", "sh", "-c", f"set -e; {script}", str(folder), *command]


def can_mount() -> bool:
    """Whether this machine lets us mount in a namespace of our own."""
    trial = with_mounts('mount -t tmpfs none "$0"; exec "$@"', Path("/mnt"), ["true"])
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run(trial, check=False, capture_output=True).returncode
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a repository that has been built once."""
    made = checkout.make(tmp_path_factory.mktemp("here") / "repository")
    done = made.build()
    if done.returncode:
        pytest.fail(f"the small book was not built:\n{done.stdout[-3000:]}")
    return made


@pytest.fixture(scope="module")
def whole(book):
    """Digests of the first site."""
    return checkout.manifest(book.output / "html")


def test_the_site_holds_both_pages_and_nothing_of_the_machine(book, whole):
    """What is compared below is a site, and no path of this place is in it."""
    assert {f"{page}.html" for page in PAGES} <= set(whole)
    assert ".buildinfo" not in whole
    here = str(book.root).encode()
    assert [name for name in whole if here in (book.output / "html" / name).read_bytes()] == []


@pytest.mark.weekly  # beside `make twice`, which does so with the whole book
def test_another_place_gives_the_same_bytes(book, whole, tmp_path):
    """A read-only checkout, an output path, another language, zone and folder, no home."""
    other = checkout.make(tmp_path / "another place 另一处")
    before = checkout.manifest(other.root)
    output = tmp_path / "output"
    command = other.command("--output", output)
    if can_mount():
        command = with_mounts(READ_ONLY, other.root, command)
    subprocess.run(["chmod", "-R", "a-w", other.root], check=True)

    done = subprocess.run(
        command,
        cwd="/",
        env=other.environment(HOME="/nowhere", **FAR),
        check=False,
        text=True,
        capture_output=True,
    )

    subprocess.run(["chmod", "-R", "u+w", other.root], check=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert checkout.manifest(output / "html") == whole
    assert {name for name in checkout.manifest(other.root) if "__pycache__" not in name} == {
        *before
    }


@pytest.mark.skipif(not can_mount(), reason="no private mounts on this machine")
def test_a_read_only_checkout_without_an_output_path_says_what_to_do(tmp_path):
    """One sentence, no traceback."""
    other = checkout.make(tmp_path / "repository")
    shutil.rmtree(other.output)
    command = with_mounts(READ_ONLY, other.root, other.command())

    done = subprocess.run(
        command, env=other.environment(), check=False, text=True, capture_output=True
    )

    assert done.returncode == 2
    assert done.stderr == (
        f"build: cannot write {other.output}: Read-only file system; make room, or name a folder "
        "that can be written with --output\n"
    )


def written(book, before: dict[str, int]) -> set[str]:
    """Pages that have been written since `before`."""
    return {page for page, time in times(book).items() if time != before[page]}


def times(book) -> dict[str, int]:
    """When each page was written."""
    pages = book.output / "work" / "_build" / "html"
    return {page: (pages / f"{page}.html").stat().st_mtime_ns for page in PAGES}


def test_prose_runs_no_page_and_writes_those_that_show_it(book, whole, tmp_path):
    """A sentence its own page, a title all; both as a build from nothing would, and back again."""
    prose = book.root / "book" / "index.md"
    about, then = prose.stat(), times(book)
    book.edit("book/index.md", "Two small pages", "Two quite small pages")
    sentence = book.build()
    by_sentence, then = written(book, then), times(book)
    book.edit("book/second.md", "# The second page", "# The other page")
    title = book.build()
    by_title = written(book, then)
    after = checkout.manifest(book.output / "html")

    nothing = tmp_path / "nothing"
    made = nothing / "work" / "_build"
    made.mkdir(parents=True)
    for file in (book.output / "work" / "_build").glob("*.js"):
        shutil.copy(file, made)
    anew = book.build("--output", nothing)

    book.edit("book/index.md", "Two quite small pages", "Two small pages")
    os.utime(prose, ns=(about.st_atime_ns, about.st_mtime_ns))
    book.edit("book/second.md", "# The other page", "# The second page")
    back = book.build()

    assert [executed(done.stdout) for done in (sentence, title, anew, back)] == [
        *(set(), set(), PAGES, set())
    ]
    assert (by_sentence, by_title) == ({"index"}, PAGES)
    assert after == checkout.manifest(nothing / "html") != whole
    assert checkout.manifest(book.output / "html") == whole


@pytest.mark.parametrize(
    ("edits", "pages"),
    [
        ({"data/training_mix.csv": "01"}, {"index"}),
        ({"book/rebuilt/page/charts.py": "eE"}, PAGES),
        ({"data/memory_figures.csv": "01", "book/rebuilt/mini/scenes.py": "eE"}, set()),
    ],
    ids=["data", "package", "unread"],
)
def test_one_byte_runs_exactly_the_pages_that_it_reaches(book, whole, edits, pages):
    """One byte of a table, a module; of a table and a module that no page uses.

    The lock file is one more name in the same digests: tests/site/test_stale.py.
    """
    for file, (old, new) in edits.items():
        book.edit(file, old, new)

    done = book.build()

    assert done.returncode == 0, done.stdout[-3000:]
    assert executed(done.stdout) == pages


def test_a_page_that_is_gone_leaves_nothing_behind(book):
    """Neither its file nor those of its charts: Sphinx itself would leave both."""
    book.edit("book/index.md", 'name="bandwidth-by-chip"', 'name="bytes-by-chip"')
    book.edit("book/index.md", "chart-bandwidth-by-chip", "chart-bytes-by-chip")

    done = book.build()

    charts = book.output / "html" / "_static" / "charts"
    assert done.returncode == 0, done.stdout[-3000:]
    assert (charts / "index-bytes-by-chip.csv").exists()
    assert not (charts / "index-bandwidth-by-chip.csv").exists()


@pytest.fixture(scope="module")
def put_back(book):
    """Return what brings the repository to the state of the first build."""
    files = ("data/training_mix.csv", "data/memory_figures.csv",
             "book/rebuilt/page/charts.py", "book/rebuilt/mini/scenes.py")  # fmt: skip

    def put_back():
        for file in files:
            shutil.copy(checkout.ROOT / file, book.root / file)
        page = book.root / "book/index.md"
        text = page.read_text(encoding="utf-8").replace("bytes-by-chip", "bandwidth-by-chip")
        page.write_text(text, encoding="utf-8")

    return put_back


def kill_when(build: subprocess.Popen, moment) -> bool:
    """Kill the group of a build when `moment` comes; whether it came before the end."""
    drain = threading.Thread(target=build.stdout.read)
    drain.start()
    while not (came := moment()) and build.poll() is None:
        time.sleep(0.002)
    if build.poll() is None:
        os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    drain.join()
    return came


@pytest.mark.weekly
def test_a_build_that_is_killed_leaves_the_old_site_or_the_new_one(book, whole, put_back):
    """At several moments; and what then is built is the same as from nothing."""
    old = checkout.manifest(book.output / "html")
    put_back()
    pages = book.output / "work" / "_build"
    moments = {
        "a kernel runs": (pages / ".jupyter_cache" / "inputs" / "index.log").exists,
        "pages are written": (pages / "html" / "index.html").exists,
        "the site is published": (book.output / "html.new").exists,
    }
    for name, moment in moments.items():
        if name == "a kernel runs":
            shutil.rmtree(pages / ".jupyter_cache")
        if name == "pages are written":
            shutil.rmtree(pages / "html")
        assert kill_when(book.start(), moment), name
        left = checkout.manifest(book.output / "html")
        assert left in (old, whole, {}), name

    done = book.build()

    assert done.returncode == 0, done.stdout[-3000:]
    assert checkout.manifest(book.output / "html") == whole


@pytest.mark.weekly
def test_of_two_builds_at_once_one_ends_and_one_says_why_not(book, whole):
    """The second does not wait and does not touch the first."""
    (book.output / "work" / "complete").unlink()
    first = book.start()
    while not (book.output / "work" / "unfinished").exists() and first.poll() is None:
        time.sleep(0.01)

    second = book.build()

    assert second.returncode == 2
    assert second.stdout == (
        f"build: another build is writing to {book.output}; wait until it has ended, or name "
        "another folder with --output\n"
    )
    assert "Built in" in first.communicate()[0]
    assert checkout.manifest(book.output / "html") == whole


@pytest.mark.weekly
def test_a_disk_that_is_full_leaves_the_old_site(book, whole):
    """No file may grow beyond 400 kB: the last ones of the build do not fit."""
    limit = 400_000
    (book.output / "work" / "complete").unlink()

    done = book.build(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))

    assert done.returncode == 1
    assert "build: a file could not be written: File too large; make room" in done.stdout
    assert checkout.manifest(book.output / "html") == whole


@pytest.mark.weekly
@pytest.mark.skipif(not can_mount(), reason="no private mounts on this machine")
@pytest.mark.parametrize("executed_before", [False, True])
def test_a_small_disk_gets_no_half_site(book, executed_before):
    """Too small for the execution cache; large enough for the pages, but not for their copy."""
    output = book.root / "small"
    output.mkdir(exist_ok=True)
    work = book.output / "work"
    used_kb = sum(4 + path.stat().st_size // 1024 for path in work.rglob("*") if path.is_file())
    size_kb = used_kb + 1500 if executed_before else 400

    done = subprocess.run(
        with_mounts(SMALL, output, book.command("--output", output)),
        cwd=book.root,
        env=book.environment(SIZE=f"{size_kb}k", FROM=str(work) if executed_before else ""),
        check=False,
        text=True,
        capture_output=True,
    )

    assert done.returncode in (1, 2)
    full = ("No space left on device", "disk is full")  # of the system, or of the cache's database
    assert any(words in done.stdout + done.stderr for words in full)
    assert "html" not in done.stdout.splitlines()


def test_a_build_that_failed_does_not_forget_why(book):
    """Sphinx warns once; the second build must fail as the first one did."""
    book.edit("book/second.md", "# The second page", "# The second page\n\nSee {ref}`nowhere`.")

    first, second = book.build(), book.build()

    for done in (first, second):
        assert done.returncode == 1
        assert "second.md:" in done.stdout
        assert "nowhere" in done.stdout
