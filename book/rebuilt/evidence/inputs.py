"""Which files a running chapter was computed from, and what they held.

MyST-NB's execution cache looks at code cells only, so a changed table would leave a stale page.
While a chapter runs, the build sets `REBUILT_INPUTS_LOG`; every file of data/ and seeds/ that the
package opens and every module of the package that is imported goes into that log with its digest,
and `rebuilt.site.stale` compares at the next build. A kernel that starts begins a new log: the log
is that of the last execution.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from rebuilt.paths import PACKAGE, ROOT

LOG_VARIABLE = "REBUILT_INPUTS_LOG"
DESCRIPTOR = "datapackage.json"
_SEALS = ("hash", "bytes", "rows")  # follow the tables, which are recorded by themselves
RACY_NS = 1_000_000_000  # a file as young as this may change again without a new time stamp
_lines: dict[str, set[str]] = {}  # log -> lines that this process has written
_known: dict[Path, tuple[tuple[int, int, int], str]] = {}  # path -> state and digest of it


def open_input(path: Path) -> Path:
    """Record `path` as an input of the running chapter and return it unchanged.

    Every function that reads a file of data/, seeds/ or the package passes the path through here.
    Outside a build nothing is recorded.
    """
    log = os.environ.get(LOG_VARIABLE)
    if log:
        _write(log, f"{_name(path.resolve())} {digest_now(path)}\n")
    return path


def watch_imports() -> None:
    """Record the modules of the package that are loaded, and from now on those that come."""
    if not os.environ.get(LOG_VARIABLE):
        return
    for path in loaded():
        open_input(path)
    sys.meta_path.insert(0, _Imports())


def loaded() -> list[Path]:
    """Files of the modules of the package that this process has imported."""
    own = [m for name, m in sys.modules.items() if name.partition(".")[0] == PACKAGE.name]
    return sorted(Path(module.__file__) for module in own if module.__file__)


class _Imports:
    """Finds nothing itself: it writes down what is about to be imported from the package."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.startswith(f"{PACKAGE.name}."):
            spec = PathFinder.find_spec(name, path, target)
            if spec is not None and spec.origin is not None:
                open_input(Path(spec.origin))
        return None


def _write(log: str, line: str) -> None:
    """Add a line to a log, once; the first one of a process begins the log anew."""
    mode = "a" if log in _lines else "w"
    written = _lines.setdefault(log, set())
    if line not in written:
        with Path(log).open(mode, encoding="utf-8") as lines:
            lines.write(line)
        written.add(line)


def _name(path: Path) -> str:
    """Name from the repository's root; in full for a file outside it."""
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def join_log(log: Path) -> None:
    """Let this process add to a log without beginning it anew: that is for the kernel to do."""
    _lines.setdefault(str(log), set())


def digest_now(path: Path) -> str:
    """Digest of a file, read again only if it has changed: chapters open one thousands of times."""
    about = path.stat()
    state = (about.st_mtime_ns, about.st_size, about.st_ino)
    if path in _known and _known[path][0] == state:
        return _known[path][1]
    found = digest(path)
    if time.time_ns() - about.st_mtime_ns > RACY_NS:
        _known[path] = (state, found)
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file; of a descriptor without the seals of its tables.

    A table that was changed and sealed again must reach the chapters that use it, not all that
    looked a table up.
    """
    content = path.read_bytes()
    if path.name == DESCRIPTOR:
        content = _without_seals(content)
    return hashlib.sha256(content).hexdigest()


def _without_seals(content: bytes) -> bytes:
    package = json.loads(content)
    for kind in ("resources", "files"):
        for item in package.get(kind, []):
            for seal in _SEALS:
                item.pop(seal, None)
    return json.dumps(package, sort_keys=True).encode()
