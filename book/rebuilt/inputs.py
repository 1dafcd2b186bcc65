"""Which input files a running chapter has opened.

MyST-NB's execution cache looks at code cells only, so a changed table would leave a stale page.
While a chapter runs, the build sets `REBUILT_INPUTS_LOG`; every file of data/ and seeds/ that the
package opens is appended to that log, and `rebuilt.site.stale` compares the list at the next build.
"""

import os
from pathlib import Path

from rebuilt.paths import ROOT

LOG_VARIABLE = "REBUILT_INPUTS_LOG"


def open_input(path: Path) -> Path:
    """Record `path` as an input of the running chapter and return it unchanged.

    Every function that reads a file of data/ or seeds/ passes the path through here.
    Outside a build nothing is recorded.
    """
    log = os.environ.get(LOG_VARIABLE)
    if log:
        with Path(log).open("a", encoding="utf-8") as lines:
            lines.write(f"{path.resolve().relative_to(ROOT).as_posix()}\n")
    return path
