"""Files that a user names: regular, of bounded size, and with digests where they are handed on."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rebuilt.errors import DataError

MB = 2**20
SHOWN = 200  # characters of a name that a message repeats


def content(path: Path, most: int) -> bytes:
    """Read a file.

    Parameters
    ----------
    path : Path
        As the user named it.
    most : int
        Largest size in bytes.

    Raises
    ------
    DataError
        If it is not there, is no regular file (a folder, a device), is too large or cannot be read.
    """
    try:
        if not path.exists():
            raise DataError(f"there is no file {path}")
        if not path.is_file():
            raise DataError(f"{path} is no regular file; name a file")
        size = path.stat().st_size
        if size > most:
            raise DataError(f"{path} has {size:,} bytes; at most {most:,} are read")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError of its own
        if isinstance(error, DataError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{_shown(path)} cannot be read: {reason}") from None


def is_there(path: Path) -> bool:
    """Whether something has this name; DataError for what cannot be a name."""
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{_shown(path)} cannot be read: {reason}") from None


def is_folder(path: Path) -> bool:
    """Whether there is a folder of this name; DataError for what cannot be a name."""
    return is_there(path) and path.is_dir()


@contextmanager
def anew(path: Path) -> Iterator[BinaryIO]:
    """Write a file that takes the place of `path` when it is whole, and else leaves it as it was.

    Until then it lies beside it under a name that nothing has, so that no other file is
    overwritten and no link is followed. DataError if `path` is a folder.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder where a file is to be written; choose another place")
    draft = path.with_name(f"{secrets.token_hex(8)}.draft")
    try:
        with draft.open("xb") as stream:
            yield stream
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _shown(path: Path) -> str:
    text = str(path)
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}...")


def digest(path: Path) -> str:
    """SHA-256 of a file of any size, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
