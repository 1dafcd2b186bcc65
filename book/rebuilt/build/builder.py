"""Build the site: Jupyter Book into a work folder, then one rename into `_build/html`.

A reader of `_build/html` sees the last complete site or the new complete one, never a mixture.
Where nothing has changed since the last one, it stays, and nothing that a build needs is imported.
With `--check` the data are checked meanwhile, and nothing is published unless they pass.
"""

import argparse
import contextlib
import datetime as dt
import difflib
import errno
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rebuilt import kernel_cache, streams
from rebuilt.build import unchanged
from rebuilt.build.workplace import Workplace
from rebuilt.errors import DataError, RebuiltError, UnknownNameError
from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.paths import BOOK, BUILD, DATA, ROOT
from rebuilt.site import archive, names, revision

SITE = Workplace(BUILD).site
_RAN = re.compile(r"(?P<page>[\w-]+)\.md: Executed notebook in (?P<seconds>[\d.]+) seconds")
# What the place of a build could change in its bytes: hash seed, encoding, language, zone.
_FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",  # Python reads the paths of editable installs by it
    "LANGUAGE": "",
    "TZ": "UTC",
    "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this environment, not one of the user's
}
CHECK = [sys.executable, "-m", "rebuilt.cli", "check"]
DESCRIPTORS = 512  # files that a build has open at once, with room to spare
# A failure that a chapter's author can act on; the words of what ran the chapter add nothing.
_OURS = re.compile(r"^book/[\w-]+\.md line \d+: .+$", re.MULTILINE)
_NO_ROOM = [os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)]


def main(argv: list[str] | None = None) -> int:
    """Build the book; exit 0 with the site's address, or 1 with the builder's own words."""
    args = _parser().parse_args(argv)
    started = time.monotonic()
    place = Workplace(args.output.absolute())
    try:
        _need_descriptors()
        if args.chapter is not None:
            _check_name(args.chapter)
        with place.alone() as lock, _checking(args) as passed:
            given = unchanged.inherited()  # imports add to the environment
            then = unchanged.made_of(given, ROOT)
            same = _is_plain(args) and unchanged.holds(place, then)
            keep_pages = _is_plain(args) and unchanged.pages_hold(place, then)
            built = same or _build(place, args, lock, passed, keep_pages=keep_pages)
            built = passed() and built
            if built and not same and _is_plain(args):
                unchanged.keep(place, then, unchanged.made_of(given, ROOT))
    except RebuiltError as error:
        print(f"build: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # as in `| head`
        streams.drop_output()
        return streams.READER_GONE
    except OSError as error:
        print(f"build: {_in_words(error, place)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nbuild: interrupted; {place.site} is as it was", file=sys.stderr)
        return streams.INTERRUPTED
    if not built:
        print("\nThe book was NOT built; the first error above says why.", file=sys.stderr)
        return 1
    page = place.site / f"{args.chapter or 'index'}.html"
    what = "Nothing has changed" if same else f"Built in {time.monotonic() - started:.0f} s"
    print(f"\n{what}: {page}")
    print("Open that file in a browser, or run `make serve`.")
    return 0


def chapters() -> list[str]:
    """Names of all pages: the Markdown files of book/."""
    return sorted(path.stem for path in BOOK.glob("*.md"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rebuilt.build", description=__doc__)
    parser.add_argument("--chapter", help="re-read this page and leave the others as they are")
    parser.add_argument(
        "--pdf", action="store_true", help="print the whole book as well (needs Chromium)"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="check the data too; they must pass, or nothing is built",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=BUILD,
        help="folder of the site (html) and of all that the build writes; default %(default)s",
    )
    return parser


def _is_plain(args: argparse.Namespace) -> bool:
    """Whether the whole site is asked for, and nothing beside it."""
    return args.chapter is None and not args.pdf


@contextlib.contextmanager
def _checking(args: argparse.Namespace) -> Iterator[Callable[[], bool]]:
    """Check the data beside the build, if asked; what is yielded waits, and says if they passed."""
    if not args.check:
        yield lambda: True
        return
    with subprocess.Popen(CHECK) as check:
        yield lambda: check.wait() == 0


def _build(
    place: Workplace,
    args: argparse.Namespace,
    lock: int,
    passed: Callable[[], bool],
    *,
    keep_pages: bool = False,
) -> bool:
    """Run Jupyter Book and publish; whether it went well."""
    _check_texts()
    place.begin(keep_pages=keep_pages)
    print("Executing chapters and building pages (unchanged chapters come from the cache) ...")
    if not _run(_command(place), _environment(place, args), lock, passed):
        return False
    place.check(chapters())
    pages = place.prepare(revision.commit())
    if args.pdf:
        from rebuilt.build import printing

        printing.write_book(pages, reading_order(), pages / names.PRINTED)
    archive.write(pages / names.SITE_ARCHIVE, archive.tree(pages, "from-patches-to-photons/"))
    place.end()
    return True


def reading_order() -> list[str]:
    """Names of the pages in the order of the table of contents."""
    from sphinx_external_toc.parsing import parse_toc_yaml  # it imports Sphinx

    return [*parse_toc_yaml(ROOT / "_toc.yml")]


def _run(
    command: list[str],
    environment: dict[str, str],
    lock: int | None = None,
    passed: Callable[[], bool] = lambda: True,
) -> bool:
    """Run Jupyter Book, telling which chapters ran; on failure show all that it said.

    The child holds the lock too: it may outlive this process and still write. It ends where a
    check finds something, and only what that said is shown.
    """
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        pass_fds=() if lock is None else (lock,),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        threading.Thread(target=_end_unless, args=(passed, process), daemon=True).start()
        try:
            for line in process.stdout or ():
                said.append(line)
                ran = _RAN.search(line)
                if ran:
                    took = float(ran["seconds"])
                    print(f"  {ran['page']}: executed in {took:.1f} s", flush=True)
        except KeyboardInterrupt:
            process.terminate()  # else the child would go on writing
            raise
    if not passed():
        return False
    if process.returncode:
        told = "".join(said)
        ours = _OURS.search(told)
        print(f"build: {ours[0]}" if ours else told, file=sys.stderr if ours else sys.stdout)
        full = next((words for words in _NO_ROOM if words in told), None)
        if full:
            print(f"build: a file could not be written: {full}; make room", file=sys.stderr)
    return process.returncode == 0


def _end_unless(passed: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """End a process as soon as a check beside it has found something."""
    if not passed():
        process.terminate()


def _in_words(error: OSError, place: Workplace) -> str:
    """Say which file, what happened, what to do."""
    in_the_way = error.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST)
    what = "take away what is in its place" if in_the_way else "make room"
    return (
        f"cannot write {error.filename or place.folder}: {error.strerror or error}; {what}, or "
        "name a folder that can be written with --output"
    )


def _command(place: Workplace) -> list[str]:
    # An absolute --toc: Jupyter Book looks for a relative one inside book/.
    book = ["build", "book", "--config", "_config.yml", "--toc", str(ROOT / "_toc.yml")]
    strict = ["-W", "-n", "--keep-going"]
    # Of the grammars of URIs jsonschema makes parsers for two seconds; nothing here asks for one.
    without = "import gc, sys; sys.modules['rfc3987_syntax'] = None; "
    seldom = "gc.set_threshold(100_000, 50, 50); "  # trees of documents live to the end: a tenth
    main_of_jupyter_book = f"{without}{seldom}from jupyter_book.cli.main import main; main()"
    output = ["--path-output", str(place.work)]
    return [sys.executable, "-c", main_of_jupyter_book, *book, *output, *strict]


def _environment(place: Workplace, args: argparse.Namespace) -> dict[str, str]:
    """Return the environment of the builder: nothing of the user's place, language or profile."""
    ours = (LOG_VARIABLE, names.ONLY_VARIABLE, names.PRINT_VARIABLE)
    kept = {name: value for name, value in unchanged.inherited().items() if name not in ours}
    own = {
        "PYTHONPATH": str(BOOK),  # the package that runs is the one that kernels import
        "IPYTHONDIR": str(place.work / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(place.work / "runtime"),
        "SOURCE_DATE_EPOCH": str(_epoch()),
        kernel_cache.VARIABLE: str(kernel_cache.folder(place.folder)),
    }
    asked = {names.ONLY_VARIABLE: args.chapter, names.PRINT_VARIABLE: "1" if args.pdf else None}
    given = {name: value for name, value in asked.items() if value is not None}
    return {**kept, **_FIXED, **own, **given}


def _need_descriptors() -> None:
    """Take as many file descriptors as there may be: kernels have sockets for every channel."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= DESCRIPTORS:
        return
    if hard != resource.RLIM_INFINITY and hard < DESCRIPTORS:
        raise DataError(
            f"this process may open {hard} files at once and a build needs {DESCRIPTORS}; raise "
            f"the limit, for instance with ulimit -n {DESCRIPTORS}"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))


def _epoch() -> int:
    """Seconds of the data freeze, the only day that a page may tell."""
    from rebuilt.intake import documents  # it imports YAML, and `rebuilt.evidence.tables` Polars

    package = documents.json_of((DATA / "datapackage.json").read_bytes(), "data/datapackage.json")
    day = dt.date.fromisoformat(package["freeze_date"])
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())


def _check_texts() -> None:
    """Refuse pages that cannot be read as text; what builds them would not say which it was."""
    from rebuilt.intake import documents  # it imports YAML

    for path in sorted(BOOK.glob("*.md")):
        documents.text_of(path.read_bytes(), f"book/{path.name}")


def _check_name(chapter: str) -> None:
    if chapter not in chapters():
        near = difflib.get_close_matches(chapter, chapters(), n=3) or chapters()
        raise UnknownNameError(f"there is no chapter {chapter!r}; did you mean: {', '.join(near)}")
