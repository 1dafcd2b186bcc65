"""What a result is made of, as one digest: the bytes of files, and what is installed.

A step that ended well may keep the digest and be spared the next time that it is the same. Of our
own files every byte counts. Of the 24,000 files of installed packages size and time of
the last writing do, and the file's number: one that another was put in place of has a new one.
"""

import hashlib
import os
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class State:
    """Files at a moment; two that are equal have nothing that was written between them."""

    digest: str
    rest: str  # the same without the chapters
    times: str  # when each file was last written, as a digest


def look(files: Iterable[Path], *said: str, chapters: Collection[Path] = ()) -> State:
    """Return the state of some files, with what is `said` beside them: settings.

    Python and what is installed belong to every state; the rest is without the chapters.
    """
    files = list(files)
    rest = [path for path in files if path not in chapters]
    beside = hashlib.sha256("\0".join([sys.version, _installed(), *said]).encode())
    whole, part = (contents(some) + beside.hexdigest() for some in (files, rest))
    return State(whole, part, times(files))


def below(*folders: Path) -> list[Path]:
    """Every file of some folders, but for what Python compiles.

    Raises
    ------
    OSError
        If a folder is missing or cannot be read: nothing is known of its files then.
    """
    return sorted(map(Path, _names(*folders)))


def _names(*folders: Path) -> Iterator[str]:
    """Paths of the files of some folders as text: of thousands, objects would take a second."""
    for folder in folders:
        for place, within, names in os.walk(folder, onerror=_give_up, followlinks=True):
            within[:] = [name for name in within if not name.startswith("__pycache__")]
            yield from (os.path.join(place, name) for name in names)  # noqa: PTH118


def contents(files: Iterable[Path]) -> str:
    """Digest of names and bytes; a link to nowhere, as editors leave, counts by its name."""
    seen = hashlib.sha256()
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        seen.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return seen.hexdigest()


def times(files: Iterable[Path | str]) -> str:
    """Digest of names, sizes, times of the last writing and numbers in the file system."""
    seen = hashlib.sha256()
    for path in files:
        about = os.lstat(path)
        line = f"{path}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_ino}\0"
        seen.update(line.encode("utf-8", "surrogateescape"))
    return seen.hexdigest()


def _installed() -> str:
    """State of the packages that Python finds, and of the kernels and settings of Jupyter."""
    packages = {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")}
    jupyter = {Path(sys.prefix, folder, "jupyter") for folder in ("share", "etc")}
    return times(sorted(_names(*(folder for folder in packages | jupyter if folder.is_dir()))))


def _give_up(error: OSError) -> None:
    raise error
