"""Whether the site that stands is the one that a build would make: then none is needed.

A build that ended well keeps a digest of all that the site is made of, and of the site. The next
one ends at once if both are as they were. Whatever is not known to be the same is built: a file
that cannot be read, a build of one chapter or with the printed book, and one during which a file
was written. Where nothing but the text of chapters and the commit is another, Sphinx may go on from
the pages that it wrote; after any other change they are all written anew.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from rebuilt.build.workplace import Workplace, is_whole
from rebuilt.evidence import state
from rebuilt.paths import ROOT, chapters
from rebuilt.site import revision

FOLDERS = ("book", "data", "seeds")
# What a shell, make or terminal sets anew for each call; the builder never sees it.
PASSING = (
    *("_", "PWD", "OLDPWD", "SHLVL"),
    *("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKE_TERMOUT", "MAKE_TERMERR"),
    *("TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TERM_SESSION_ID", "COLORTERM"),
    *("HERE", "PORT", "NAME"),  # of our Makefile
    *("COLUMNS", "LINES", "WINDOWID"),
    *("SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY"),
)


def inherited() -> dict[str, str]:
    """Environment that a builder gets from its caller: every byte of it belongs to the digest.

    PYTHONPATH, PYTHONHOME, PYTHONSTARTUP and others are for the user's own programs.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name not in PASSING and not name.startswith("PYTHON")
    }


def made_of(environment: Mapping[str, str], root: Path = ROOT) -> state.State:
    """State of all that the site is made of.

    Chapters, package, templates, static files, tables and claims; settings, lock and licence, which
    stand at the top of the repository; the commit, the environment, Python, what is installed.
    """
    there = [root / folder for folder in FOLDERS if (root / folder).is_dir()]
    top = sorted(path for path in root.iterdir() if path.is_file())
    pages = chapters(root)
    beside = json.dumps([dict(environment), *map(str, pages)], sort_keys=True)
    found = state.look([*state.below(*there), *top], beside, chapters={*pages})
    return replace(found, digest=f"{found.digest}-{revision.commit().replace(' ', '-')}")


def holds(place: Workplace, now: state.State) -> bool:
    """Whether the site of a workplace is whole and made of what there is now."""
    try:
        digest, _, outputs, _ = _kept(place)
        same = (digest, outputs) == (now.digest, state.contents(_outputs(place)))
        return same and is_whole(place.cache)
    except (OSError, ValueError):
        return False


def pages_hold(place: Workplace, now: state.State) -> bool:
    """Whether all but chapters and commit is as it was, and the pages in the making are too."""
    try:
        _, rest, _, pages = _kept(place)
        return (rest, pages) == (now.rest, _of_pages(place))
    except (OSError, ValueError):
        return False


def keep(place: Workplace, then: state.State, now: state.State) -> None:
    """Keep the digest of a site that was just made, unless a file was written meanwhile."""
    if then == now:
        with contextlib.suppress(OSError):  # nothing is known, then, and the next build builds
            outputs = state.contents(_outputs(place))
            line = f"{now.digest} {now.rest} {outputs} {_of_pages(place)}\n"
            place.complete.write_text(line, encoding="utf-8")


def _kept(place: Workplace) -> list[str]:
    """Digests of what the site was made of, of the same without chapters, and of what was made."""
    return place.complete.read_text(encoding="utf-8").split()


def _of_pages(place: Workplace) -> str:
    """Digest of when the pages in the making, and what Sphinx has read, were written."""
    return state.times(state.below(place.pages, place.doctrees))


def _outputs(place: Workplace) -> Iterable[Path]:
    # Whoever looks at an executed notebook leaves the time in the cache's own tables.
    return [
        path for path in state.below(place.site, place.cache) if not path.name.startswith("global.")
    ]
