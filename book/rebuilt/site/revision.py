"""Which commit the site is built from."""

import subprocess

from rebuilt.paths import ROOT


def commit() -> str:
    """Short hash of the commit the site was built from; `unknown` outside a repository.

    A tree with local changes says so: its pages are not those of the commit.
    """
    head = _git("rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    return f"{head} with local changes" if _git("status", "--porcelain", "-uno") else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
