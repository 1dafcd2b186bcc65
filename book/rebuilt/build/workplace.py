"""Where a build works and what it leaves behind: one builder at a time, a whole site or none.

Sphinx rewrites a page when its text is newer than the page, and forgets a warning once it has been
given. A build that was cut short or failed would therefore be mended into a site with stale pages
and without its warnings. So pages are read and written anew after a build that did not end well,
and written anew after one that did, unless only chapters are others (`rebuilt.build.unchanged`).
Executed cells are kept, if every one of them is whole.
"""

import contextlib
import fcntl
import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rebuilt.errors import DataError
from rebuilt.site import names

SPHINX_ONLY = ".buildinfo"  # a digest of settings, paths among them, which no reader needs
NAMING_COMMIT = (".html", ".js")


class BusyError(DataError):
    """Another build is writing to the same folder."""


@dataclass(frozen=True)
class Workplace:
    """The folder of a build: `html` is the site, `work` what the builder needs."""

    folder: Path

    @property
    def work(self) -> Path:
        """Folder that Jupyter Book is told to write to."""
        return self.folder / "work"

    @property
    def state(self) -> Path:
        """Folder of Jupyter Book's pages, doctrees and execution cache."""
        return self.work / "_build"

    @property
    def pages(self) -> Path:
        """Folder of the pages in the making."""
        return self.state / "html"

    @property
    def doctrees(self) -> Path:
        """Folder of what Sphinx has read."""
        return self.state / ".doctrees"

    @property
    def site(self) -> Path:
        """Folder of the finished site."""
        return self.folder / "html"

    @property
    def unfinished(self) -> Path:
        """File that stands while a build has begun and not ended well."""
        return self.work / "unfinished"

    @property
    def complete(self) -> Path:
        """File that tells what the site was made of, where `rebuilt.build.unchanged` knows it."""
        return self.work / "complete"

    @property
    def cache(self) -> Path:
        """Folder of the executed cells."""
        return self.state / ".jupyter_cache"

    @contextlib.contextmanager
    def alone(self) -> Iterator[int]:
        """Hold the folder; gives the lock's descriptor, for a child that should hold it too.

        Raises
        ------
        BusyError
            If another build holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                msg = (
                    f"another build is writing to {self.folder}; wait until it has ended, or name "
                    "another folder with --output"
                )
                raise BusyError(msg) from None
            yield lock.fileno()

    def begin(self, *, keep_pages: bool = False) -> None:
        """Clear away what may not be trusted, and mark the build as begun."""
        self.complete.unlink(missing_ok=True)
        _, old = _beside(self.site)
        if old.exists() and not self.site.exists():  # cut short between two renames
            old.rename(self.site)
        if self.unfinished.exists():
            _remove(self.doctrees)
            if not is_whole(self.cache):
                _remove(self.cache)
        if not keep_pages:
            _remove(self.pages)
        self.work.mkdir(parents=True, exist_ok=True)
        self.unfinished.touch()

    def check(self, chapters: list[str]) -> None:
        """Raise DataError if the page of a chapter is missing or cut off."""
        for chapter in chapters:
            page = self.pages / f"{chapter}.html"
            if not page.exists() or not page.read_bytes().rstrip().endswith(b"</html>"):
                msg = f"the page of {chapter} is missing or cut off; run `make book` again"
                raise DataError(msg)

    def prepare(self, commit: str) -> Path:
        """Copy the pages to where they wait for being published, and give that folder.

        The name of the commit is put into them only here: another commit makes no other pages.
        """

        def copy(source: str, target: str) -> None:
            content = Path(source).read_bytes()
            if source.endswith(NAMING_COMMIT):
                content = content.replace(names.COMMIT.encode(), commit.encode())
            Path(target).write_bytes(content)

        fresh, _ = _beside(self.site)
        _remove(fresh)
        ignored = shutil.ignore_patterns(SPHINX_ONLY)
        return Path(shutil.copytree(self.pages, fresh, ignore=ignored, copy_function=copy))

    def end(self) -> None:
        """Publish what was prepared and mark the build as ended."""
        publish(self.site)
        self.unfinished.unlink()


def publish(site: Path) -> None:
    """Replace the folder `site` by the one that was prepared beside it, by renames."""
    fresh, old = _beside(site)
    _remove(old)
    for path in (fresh, *fresh.rglob("*")):  # a web server may be another user, whatever the umask
        path.chmod(0o755 if path.is_dir() else 0o644)
    if site.exists() or site.is_symlink():  # a link may lead nowhere
        site.rename(old)
    fresh.rename(site)
    _remove(old)


def is_whole(cache: Path) -> bool:
    """Whether an execution cache has its tables, and every notebook in it to the last bracket."""
    folders = list((cache / "executed").glob("*"))
    try:
        for folder in folders:
            json.loads((folder / "base.ipynb").read_text(encoding="utf-8"))
        with contextlib.closing(sqlite3.connect(cache / "global.db")) as database:
            database.execute("SELECT hashkey FROM nbcache").fetchall()
    except (OSError, ValueError, sqlite3.Error):
        return False
    return bool(folders)


def _beside(site: Path) -> tuple[Path, Path]:
    return site.with_name(f"{site.name}.new"), site.with_name(f"{site.name}.old")


def _remove(path: Path) -> None:
    """Remove what is there, of a link the link alone; what cannot be removed is an error."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
