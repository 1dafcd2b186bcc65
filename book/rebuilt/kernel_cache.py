"""Where Numba keeps compiled kernels: a folder named by a digest of everything they are made of.

Numba compares a cached function with the file it stands in, and not with the files that this one
imports; a kernel that calls an edited function would go on giving old numbers. So the digest covers
every module named `*kernels` and every module of the package that one of them imports.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rebuilt.paths import BUILD, PACKAGE

VARIABLE = "NUMBA_CACHE_DIR"
THREADS = "NUMBA_NUM_THREADS"
NO_NUMBER_OF_THREADS = re.compile(r"\s*[-+]?0*\s*|\s*-.*")
# Reading imports as text takes two milliseconds, parsing the files eighty.
IMPORT = re.compile(
    r"^(?:from|import) (?P<module>[\w.]+)(?: import (?P<names>\([^)]*\)|[^\n#]*))?", re.MULTILINE
)


def folder(build: Path = BUILD) -> Path:
    """Folder of the compiled kernels of the present sources."""
    return build / "numba" / digest(PACKAGE)


def digest(package: Path) -> str:
    """Digest of all modules of a package that kernels are made of, names and bytes."""
    sources = hashlib.sha256()
    for path in sorted(modules(package)):
        sources.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return sources.hexdigest()[:16]


def modules(package: Path) -> set[Path]:
    """Files of a package whose name ends in `kernels`, and what they import from it."""
    return closure(package.rglob("*kernels.py"), package)


def closure(files: Iterable[Path], package: Path) -> set[Path]:
    """Files of a package, and all modules of it that they import, and these import in turn."""
    found: set[Path] = set()
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, package)
    return found


def _imported(path: Path, package: Path) -> Iterator[Path]:
    """Modules of the package that a file imports by name, or from which it imports a name."""
    for found in IMPORT.finditer(path.read_text(encoding="utf-8")):
        names = [f"{found['module']}.{name}" for name in _names(found)]
        files = [_file(name, package) for name in names] or [None]
        if None in files:  # what is imported is no module itself
            files.append(_file(found["module"], package))
        yield from filter(None, files)


def _file(module: str, package: Path) -> Path | None:
    """File of a module or package by its full name, if it is one of ours."""
    place = package.parent.joinpath(*module.split("."))
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((file for file in files if file.exists()), None)


def _names(found: re.Match[str]) -> list[str]:
    return re.findall(r"(\w+)(?: as \w+)?", found["names"] or "")


def use() -> None:
    """Name the folder to Numba, unless someone has; to be called before Numba is imported.

    A number of threads that can be none, from which Numba ends in a traceback, is set aside.
    """
    os.environ.setdefault(VARIABLE, str(folder()))
    if NO_NUMBER_OF_THREADS.fullmatch(os.environ.get(THREADS, "1")):
        del os.environ[THREADS]
