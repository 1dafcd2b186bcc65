"""Which input files a running chapter has opened, and what they held.

MyST-NB's execution cache looks at code cells only, so a changed table would leave a stale page.
While a chapter runs, the build sets `REBUILT_INPUTS_LOG`; every file of data/ and seeds/ that the
package opens goes into that log with its digest, and `rebuilt.site.stale` compares at the next
build. A kernel that starts begins a new log: the log is that of the last execution.
"""

import functools
import hashlib
import json
import os
from pathlib import Path

from rebuilt.paths import ROOT

LOG_VARIABLE = "REBUILT_INPUTS_LOG"
DESCRIPTOR = "datapackage.json"
_SEALS = ("hash", "bytes", "rows")  # follow the tables, which are recorded by themselves
_started: set[str] = set()


def open_input(path: Path) -> Path:
    """Record `path` as an input of the running chapter and return it unchanged.

    Every function that reads a file of data/ or seeds/ passes the path through here.
    Outside a build nothing is recorded.
    """
    log = os.environ.get(LOG_VARIABLE)
    if log:
        mode = "a" if log in _started else "w"
        with Path(log).open(mode, encoding="utf-8") as lines:
            lines.write(f"{_name(path.resolve())} {digest(path)}\n")
        _started.add(log)
    return path


def _name(path: Path) -> str:
    """Name from the repository's root; in full for a file outside it."""
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def join_log(log: Path) -> None:
    """Let this process add to a log without beginning it anew: that is for the kernel to do."""
    _started.add(str(log))


def digest(path: Path) -> str:
    """SHA-256 of a file; of a descriptor without the seals of its tables.

    A table that was changed and sealed again must reach the chapters that use it, not all that
    looked a table up.
    """
    content = path.read_bytes()
    if path.name == DESCRIPTOR:
        content = _without_seals(content)
    return hashlib.sha256(content).hexdigest()


@functools.lru_cache(maxsize=1)  # a chapter looks the descriptor up thousands of times
def _without_seals(content: bytes) -> bytes:
    package = json.loads(content)
    for kind in ("resources", "files"):
        for item in package.get(kind, []):
            for seal in _SEALS:
                item.pop(seal, None)
    return json.dumps(package, sort_keys=True).encode()
