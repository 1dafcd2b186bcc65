"""Where Numba keeps compiled kernels: a folder named by a digest of everything they are made of.

Numba compares a cached function with the file it stands in, and not with the files that this one
imports; a kernel that calls an edited function would go on giving old numbers. So the digest covers
every module named `*kernels` and every module of the package that one of them imports.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from rebuilt.paths import BUILD, PACKAGE

VARIABLE = "NUMBA_CACHE_DIR"
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
    found: set[Path] = set()
    waiting = list(package.rglob("*kernels.py"))
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, package)
    return found


def _imported(path: Path, package: Path) -> Iterator[Path]:
    """Modules of the package that a file imports by name."""
    for found in IMPORT.finditer(path.read_text(encoding="utf-8")):
        names = [found["module"], *(f"{found['module']}.{name}" for name in _names(found))]
        for name in names:
            module = package.parent.joinpath(*name.split(".")).with_suffix(".py")
            if module.exists():
                yield module


def _names(found: re.Match[str]) -> list[str]:
    return re.findall(r"\w+", found["names"] or "")


def use() -> None:
    """Name the folder to Numba, unless someone has; to be called before Numba is imported."""
    os.environ.setdefault(VARIABLE, str(folder()))
