"""Where things lie. Every path of the package starts here.

In a checkout of the repository they are its folders. An installed package carries data/ and seeds/
in its folder `shipped`, and what it builds goes to the user's cache.
"""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = PACKAGE.parents[1]
IN_CHECKOUT = PACKAGE.parent.name == "book" and (_CHECKOUT / "data" / "datapackage.json").is_file()
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")

ROOT = _CHECKOUT if IN_CHECKOUT else PACKAGE / "shipped"
BOOK = ROOT / "book"
DATA = ROOT / "data"
SEEDS = ROOT / "seeds"
BUILD = ROOT / "_build" if IN_CHECKOUT else _CACHE / "rebuilt"


def chapters(root: Path = ROOT) -> list[Path]:
    """Files of all pages of a repository, by name."""
    return sorted((root / "book").glob("*.md"))
