"""Which browser the tests drive, and how it is started: it may ask nothing of the outside."""

import os
import shutil
import warnings

import pytest

from rebuilt.build.printing import BROWSERS, OPTIONS

ARGUMENTS = [
    "--headless=new",
    *OPTIONS,
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def find_browser() -> str | None:
    """Path of Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def foreign(address: str) -> list[str]:
    """Return an address that a page read from files must not ask for, in a list; else none."""
    return [] if address.startswith(("file:", "data:", "blob:")) else [address]


def give_up(message: str) -> None:
    """Skip what cannot be checked here, loudly; in CI, where everything must be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(message)
    warnings.warn(message, stacklevel=2)
    pytest.skip(message)
