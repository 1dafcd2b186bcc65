"""Keep the execution cache honest: a page runs again when anything it was computed from changes.

jupyter-cache looks at code cells and the kernel's name only. This module stamps a key into the name
of the kernel before MyST-NB reads a chapter. The key changes with any byte of the lock file, with
the version of Python, and with any byte of the input files that the chapter opened and of the
modules that it imported when it last ran (recorded by `rebuilt.evidence.inputs`). A chapter that
has no record yet is keyed on all inputs, and one whose last run was cut short runs again: its list
of inputs may lack some.

What Sphinx itself imported from the package makes pages of executed chapters. A change there runs
no chapter, and all pages are read again.
"""

import functools
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
from rebuilt.site import sentences
from rebuilt.site.names import ONLY_VARIABLE
from rebuilt.site.notebooks import KERNEL_NAME, RECORDS

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ALWAYS = ("lock", "python", "recorder")
COMPLETE = "complete"  # line of a log; a kernel that starts begins the log anew without it
_FRONT = re.compile(r"\A---\n.*?^---$", re.DOTALL | re.MULTILINE)
_KERNEL_NAME = re.compile(r"(\bdisplay_name: *)[^,}\n]+")  # on a line of its own or in braces


def fingerprint() -> dict[str, str]:
    """Digests of all that a chapter may rest on.

    Every input file and file of the package; the lock file, Python, and what records inputs.
    """
    files = _files(ROOT, (DATA, SEEDS, BOOK / "rebuilt"))
    return {
        **{name: inputs.digest_now(path) for name, path in files if path.is_file()},
        "lock": inputs.digest_now(ROOT / "requirements.lock"),
        "python": hashlib.sha256(sys.version.encode()).hexdigest(),
        "recorder": inputs.digest_now(Path(inputs.__file__)),
    }


@functools.lru_cache(maxsize=1)  # a build asks for each chapter, and finds new files the next time
def _files(root: Path, folders: tuple[Path, ...]) -> list[tuple[str, Path]]:
    """Names and paths of all files of some folders, but the note and what Python compiles."""
    return [
        (path.relative_to(root).as_posix(), path)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "note.txt" and "__pycache__" not in path.parts
    ]


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
    return all((now.get(name) or _digest(ROOT / name)) == digest for name, _, digest in opened)


def _digest(path: Path) -> str:
    """Digest of a file, if it is still there."""
    return inputs.digest_now(path) if path.is_file() else "gone"


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
    texts: dict[str, str] = getattr(env, "rebuilt_texts", {})
    stale += [
        name for name, text in texts.items() if _digest(BOOK / f"{name}.md") not in (text, "gone")
    ]
    if any(_digest(file) != digest for file, digest in getattr(env, "rebuilt_modules", [])):
        stale = sorted(env.found_docs)
    only = os.environ.get(ONLY_VARIABLE)
    if only:
        changed.intersection_update({only})
        return [only]
    return stale


def is_executable(text: str) -> bool:
    """Whether a page has code: its head names a kernel."""
    front = _FRONT.match(text)
    return front is not None and "kernelspec" in front[0]


def stamped(app: "Sphinx", chapter: str, text: str) -> tuple[str, str] | None:
    """Return a chapter as it runs, with its key in the name of its kernel, and the key.

    None where no code is.

    Raises
    ------
    DataError
        If the kernel has no name to put it into.
    """
    front = _FRONT.match(text)
    if front is None or not is_executable(text):
        return None
    if not _KERNEL_NAME.search(front[0]):
        msg = (
            f"book/{chapter}.md: its kernelspec has no display_name, which carries the key of its "
            "cached outputs; add `display_name: Python 3`"
        )
        raise DataError(msg)
    key = key_of(chapter, fingerprint(), _records(app))
    head = _KERNEL_NAME.sub(rf"\g<1>{KERNEL_NAME.format(key=key)}", front[0], count=1)
    return sentences.with_cells(head + text[front.end() :]), key


def log_of(app: "Sphinx", chapter: str) -> Path:
    """File into which a running chapter writes what it opens and imports."""
    return _records(app) / f"{chapter}.log"


def complete(log: Path) -> None:
    """Say in a log, if there is one, that its chapter ran to its end."""
    if log.exists() and COMPLETE not in log.read_text(encoding="utf-8").splitlines():
        with log.open("a", encoding="utf-8") as lines:
            lines.write(f"{COMPLETE}\n")


def _stamp(app: "Sphinx", chapter: str, source: list[str]) -> None:
    # Sphinx looks at times, and a file may be put back that is older than what stood there.
    texts: dict[str, str] = vars(app.env).setdefault("rebuilt_texts", {})
    texts[chapter] = hashlib.sha256(source[0].encode()).hexdigest()
    keys: dict[str, str] = vars(app.env).setdefault("rebuilt_keys", {})
    keys.pop(chapter, None)
    found = stamped(app, chapter, source[0])
    if found is None:
        return
    source[0], keys[chapter] = found
    # What the page's roles read is an input too; the kernel, if it has yet to run, inherits this.
    log = log_of(app, chapter)
    inputs.join_log(log)
    os.environ[LOG_VARIABLE] = str(log)


def _complete(app: "Sphinx", doctree: "nodes.document") -> None:
    """Sphinx comes here only when the chapter has run to its end."""
    del doctree
    complete(log_of(app, app.env.docname))


def _close(app: "Sphinx", env: "BuildEnvironment") -> list[str]:
    """End the last log: what Sphinx opens once all is read belongs to no chapter."""
    del app
    os.environ.pop(LOG_VARIABLE, None)
    # Pages that were read earlier had modules that this build did without.
    known = {path for path, _ in getattr(env, "rebuilt_modules", [])}
    used = [(path, _digest(path)) for path in sorted(known.union(inputs.loaded())) if path.exists()]
    env.rebuilt_modules = used  # type: ignore[attr-defined]
    return []
