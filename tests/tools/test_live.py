"""What `make live` builds when files are saved."""

import pytest
from tools.live import BUILD, command

from rebuilt.paths import BOOK, DATA


@pytest.mark.parametrize(
    ("files", "options"),
    [
        ([BOOK / "nvidia.md"], ["--chapter", "nvidia"]),
        ([BOOK / "nvidia.md", BOOK / "amd.md"], []),
        ([BOOK / "nvidia.md", DATA / "accelerators.csv"], []),
        ([BOOK / "rebuilt" / "page" / "charts.py"], []),
    ],
    ids=["a chapter", "two chapters", "a chapter and a table", "a module"],
)
def test_a_chapter_is_built_alone_and_all_else_together(files, options):
    """The watcher hands over every file that has changed since it last looked."""
    assert command([str(file) for file in files]) == [*BUILD, *options]
