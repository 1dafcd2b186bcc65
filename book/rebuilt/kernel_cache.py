"""Where Numba keeps compiled kernels: a folder named by a digest of everything they are made of.

Numba compares a cached function with the file it stands in, and not with the files that this one
imports; a kernel that calls an edited one would go on giving old numbers.
"""

import hashlib
import os
from pathlib import Path

from rebuilt.paths import BOOK, BUILD

VARIABLE = "NUMBA_CACHE_DIR"


def folder(build: Path = BUILD) -> Path:
    """Folder of the compiled kernels of the present sources."""
    return build / "numba" / digest(BOOK / "rebuilt")


def digest(package: Path) -> str:
    """Digest of all modules of the package whose name ends in `kernels`."""
    sources = hashlib.sha256()
    for path in sorted(package.rglob("*kernels.py")):
        sources.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return sources.hexdigest()[:16]


def use() -> None:
    """Name the folder to Numba, unless someone has; to be called before Numba is imported."""
    os.environ.setdefault(VARIABLE, str(folder()))
