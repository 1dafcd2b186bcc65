"""Which browser the tests drive, and how it is started: it may ask nothing of the outside."""

import os
import shutil
import warnings

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str | None:
    """Path of Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def give_up(message: str) -> None:
    """Skip what cannot be checked here, loudly; in CI, where everything must be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(message)
    warnings.warn(message, stacklevel=2)
    pytest.skip(message)
