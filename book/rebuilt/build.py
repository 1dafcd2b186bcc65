"""Build the site: Jupyter Book into a work folder, then one rename into `_build/html`.

A reader of `_build/html` sees the last complete site or the new complete one, never a mixture.
"""

import argparse
import difflib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from rebuilt.errors import RebuiltError, UnknownNameError
from rebuilt.paths import BOOK, BUILD, ROOT
from rebuilt.site.stale import ONLY_VARIABLE

WORK = BUILD / "work"
_RAN = re.compile(r"(?P<page>[\w-]+)\.md: Executed notebook in (?P<seconds>[\d.]+) seconds")
SITE = BUILD / "html"


def main(argv: list[str] | None = None) -> int:
    """Build the book; exit 0 with the site's address, or 1 with the builder's own words."""
    parser = argparse.ArgumentParser(prog="python -m rebuilt.build", description=__doc__)
    parser.add_argument("--chapter", help="re-read this page and leave the others as they are")
    args = parser.parse_args(argv)
    started = time.monotonic()
    try:
        environment = _environment(args.chapter)
    except RebuiltError as error:
        print(f"build: {error}", file=sys.stderr)
        return 2
    print("Executing chapters and building pages (unchanged chapters come from the cache) ...")
    if not _run(_command(), environment):
        print("\nThe book was NOT built; the first error above says why.", file=sys.stderr)
        return 1
    publish(WORK / "_build" / "html", SITE)
    page = SITE / f"{args.chapter or 'index'}.html"
    print(f"\nBuilt in {time.monotonic() - started:.0f} s: {page}")
    print("Open that file in a browser, or run `make serve`.")
    return 0


def publish(built: Path, site: Path) -> None:
    """Replace the folder `site` with a copy of `built` by renames."""
    fresh, old = site.with_name(f"{site.name}.new"), site.with_name(f"{site.name}.old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(built, fresh)
    if site.exists():
        site.rename(old)
    fresh.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def chapters() -> list[str]:
    """Names of all pages: the Markdown files of book/."""
    return sorted(path.stem for path in BOOK.glob("*.md"))


def _run(command: list[str], environment: dict[str, str]) -> bool:
    """Run Jupyter Book, telling which chapters ran; on failure show all that it said."""
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            ran = _RAN.search(line)
            if ran:
                print(f"  {ran['page']}: executed in {float(ran['seconds']):.1f} s", flush=True)
    if process.returncode:
        print("".join(said))
    return process.returncode == 0


def _command() -> list[str]:
    # An absolute --toc: Jupyter Book looks for a relative one inside book/.
    book = ["build", "book", "--config", "_config.yml", "--toc", str(ROOT / "_toc.yml")]
    strict = ["-W", "-n", "--keep-going"]
    main_of_jupyter_book = "from jupyter_book.cli.main import main; main()"
    output = ["--path-output", str(WORK.relative_to(ROOT))]
    return [sys.executable, "-c", main_of_jupyter_book, *book, *output, *strict]


def _environment(chapter: str | None) -> dict[str, str]:
    # One hash seed and one epoch: two builds of a commit give the same bytes.
    fixed = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "PYTHONUTF8": "1"}
    environment = {**os.environ, **fixed}
    if chapter is None:
        return environment
    if chapter not in chapters():
        near = difflib.get_close_matches(chapter, chapters(), n=3) or chapters()
        raise UnknownNameError(f"there is no chapter {chapter!r}; did you mean: {', '.join(near)}")
    return {**environment, ONLY_VARIABLE: chapter}


if __name__ == "__main__":
    sys.exit(main())
