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

from rebuilt.paths import BOOK, BUILD

VARIABLE = "NUMBA_CACHE_DIR"
# Reading imports as text takes two milliseconds, parsing the files eighty.
IMPORT = re.compile(
    r"^(?:from|import) (?P<module>[\w.]+)(?: import (?P<names>\([^)]*\)|[^\n#]*))?", re.MULTILINE
)


def folder(build: Path = BUILD) -> Path:
    """Folder of the compiled kernels of the present sources."""
    return build / "numba" / digest(BOOK)


def digest(root: Path) -> str:
    """Digest of all modules below a folder that kernels are made of, names and bytes."""
    sources = hashlib.sha256()
    for path in sorted(modules(root)):
        sources.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return sources.hexdigest()[:16]


def modules(root: Path) -> set[Path]:
    """Files whose name ends in `kernels`, and what they import from below `root`."""
    found: set[Path] = set()
    waiting = list(root.rglob("*kernels.py"))
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, root)
    return found


def _imported(path: Path, root: Path) -> Iterator[Path]:
    """Modules below `root` that a file imports by name."""
    for found in IMPORT.finditer(path.read_text(encoding="utf-8")):
        names = [found["module"], *(f"{found['module']}.{name}" for name in _names(found))]
        for name in names:
            module = root.joinpath(*name.split(".")).with_suffix(".py")
            if module.exists():
                yield module


def _names(found: re.Match[str]) -> list[str]:
    return re.findall(r"\w+", found["names"] or "")


def use() -> None:
    """Name the folder to Numba, unless someone has; to be called before Numba is imported."""
    os.environ.setdefault(VARIABLE, str(folder()))
