"""Keep the execution cache honest: a page runs again when anything it was computed from changes.

jupyter-cache looks at code cells and the kernel's name only. This module stamps a key into the name
of the kernel before MyST-NB reads a chapter. The key changes with any byte of the package or of the
lock file, with the version of Python, and with any byte of the input files that the chapter opened
when it last ran (recorded by `rebuilt.evidence.inputs`). A chapter that has no record yet is keyed
on all inputs, and one whose last run was cut short runs again: its list of inputs may lack some.
"""

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rebuilt.errors import DataError
from rebuilt.evidence import inputs
from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.paths import BOOK, DATA, ROOT, SEEDS
from rebuilt.site.notebooks import KERNEL_NAME, ONLY_VARIABLE, RECORDS

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ALWAYS = ("package", "lock", "python")
COMPLETE = "complete"  # line of a log; a kernel that starts begins the log anew without it
_FRONT = re.compile(r"\A---\n.*?^---$", re.DOTALL | re.MULTILINE)
_KERNEL_NAME = re.compile(r"(\bdisplay_name: *)[^,}\n]+")  # on a line of its own or in braces


def fingerprint() -> dict[str, str]:
    """Digest of every input file, and one each for package, lock file and version of Python."""
    files = {
        path.relative_to(ROOT).as_posix(): inputs.digest(path)
        for folder in (DATA, SEEDS)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "note.txt"
    }
    package = hashlib.sha256()
    for path in sorted((BOOK / "rebuilt").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            package.update(
                path.relative_to(BOOK).as_posix().encode() + inputs.digest(path).encode()
            )
    return {
        **files,
        "package": package.hexdigest(),
        "lock": inputs.digest(ROOT / "requirements.lock"),
        "python": hashlib.sha256(sys.version.encode()).hexdigest(),
    }


def key_of(chapter: str, now: dict[str, str], records: Path) -> str:
    """Return the execution key of a chapter, renewing its record if it is out of date.

    Parameters
    ----------
    chapter : str
        Sphinx document name.
    now : dict of str to str
        The present `fingerprint`.
    records : Path
        Folder of the records: ``<chapter>.json`` (key, and all digests when it was made) and
        ``<chapter>.log`` (the files that the chapter opened when it last ran, with digests).
    """
    record, log = records / f"{chapter}.json", records / f"{chapter}.log"
    last: dict[str, Any] = {"key": "", "digests": {}}
    if record.exists():
        last = _read(record) or last
        if _holds(last["digests"], log, now):
            return str(last["key"])
    # The old key is part of the new one: a state that returns never meets outputs of another.
    made_of = json.dumps([last["key"], now], sort_keys=True)
    key = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    records.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"key": key, "digests": now}), encoding="utf-8")
    log.unlink(missing_ok=True)
    return key


def _read(record: Path) -> dict[str, Any]:
    """Return a record; nothing if it was cut off while it was written."""
    try:
        return dict(json.loads(record.read_text(encoding="utf-8")))
    except ValueError:
        return {}


def _holds(then: dict[str, str], log: Path, now: dict[str, str]) -> bool:
    """Whether everything that the last run rested on is as it was."""
    if not log.exists():  # nobody knows what it opened
        return then == now
    if any(then.get(name) != now[name] for name in ALWAYS):
        return False
    lines = log.read_text(encoding="utf-8").splitlines()
    if COMPLETE not in lines:  # the run was cut short, or a cell failed
        return False
    opened = [line.rpartition(" ") for line in lines if line != COMPLETE]
    return all((now.get(name) or _other(name)) == digest for name, _, digest in opened)


def _other(name: str) -> str:
    """Digest of a file outside data/ and seeds/ that a chapter opened, if it is still there."""
    path = ROOT / name
    return inputs.digest(path) if path.is_file() else "gone"


def connect(app: "Sphinx") -> None:
    """Attach to a Sphinx build."""
    app.connect("env-get-outdated", _outdated)
    app.connect("source-read", _stamp)
    app.connect("doctree-read", _complete)
    app.connect("env-updated", _close)


def _records(app: "Sphinx") -> Path:
    # Beside the outputs that they speak of: removing the cache removes both.
    return Path(app.doctreedir).parent / RECORDS


def _outdated(
    app: "Sphinx", env: "BuildEnvironment", added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    del added
    keys: dict[str, str] = getattr(env, "rebuilt_keys", {})
    for name in removed:
        keys.pop(name, None)
    now = fingerprint()
    stale = [name for name, key in keys.items() if key_of(name, now, _records(app)) != key]
    only = os.environ.get(ONLY_VARIABLE)
    if only:
        changed.intersection_update({only})
        return [only]
    return stale


def _stamp(app: "Sphinx", chapter: str, source: list[str]) -> None:
    if not hasattr(app.env, "rebuilt_keys"):
        app.env.rebuilt_keys = {}  # type: ignore[attr-defined]
    keys: dict[str, str] = app.env.rebuilt_keys  # type: ignore[attr-defined]
    keys.pop(chapter, None)
    front = _FRONT.match(source[0])
    if front is None or "kernelspec" not in front[0]:
        return
    if not _KERNEL_NAME.search(front[0]):
        msg = (
            f"book/{chapter}.md: its kernelspec has no display_name, which carries the key of its "
            "cached outputs; add `display_name: Python 3`"
        )
        raise DataError(msg)
    key = key_of(chapter, fingerprint(), _records(app))
    keys[chapter] = key
    stamped = _KERNEL_NAME.sub(rf"\g<1>{KERNEL_NAME.format(key=key)}", front[0], count=1)
    source[0] = stamped + source[0][front.end() :]
    # The chapter runs in a kernel that inherits this process's environment, right after this event.
    log = _records(app) / f"{chapter}.log"
    inputs.join_log(log)
    os.environ[LOG_VARIABLE] = str(log)


def _complete(app: "Sphinx", doctree: "nodes.document") -> None:
    """Say in the log that the chapter ran to its end: Sphinx comes here only then."""
    del doctree
    log = _records(app) / f"{app.env.docname}.log"
    if log.exists() and COMPLETE not in log.read_text(encoding="utf-8").splitlines():
        with log.open("a", encoding="utf-8") as lines:
            lines.write(f"{COMPLETE}\n")


def _close(app: "Sphinx", env: "BuildEnvironment") -> list[str]:
    """End the last log: what Sphinx opens once all is read belongs to no chapter."""
    del app, env
    os.environ.pop(LOG_VARIABLE, None)
    return []
