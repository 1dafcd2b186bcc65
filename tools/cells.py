"""Hold the code of chapters to the rules of the package: ruff and mypy read it with their cells.

Each chapter is written to `_build/cells` as a module whose lines have the numbers of the chapter's,
so that what is found can be looked up there. Cells are not reformatted: a call that draws a chart
reads best with what belongs together on one line. Where mypy is less strict with them, the settings
are in pyproject.toml: it reads cells and package in one go, for two would each forget the other.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

from rebuilt.paths import BOOK, BUILD, PACKAGE, ROOT
from rebuilt.site import sentences
from rebuilt.validate.myst import Piece, read_pieces

FOLDER = BUILD / "cells"
# A cell ends with what it shows, prints what a reader asked for, imports what it needs and has no
# docstring.
IGNORED = "B018,T201,D,INP001,N999,I001,E402,RUF100"


def code_of(cell: Piece) -> tuple[int, str]:
    """Return the first line of a cell's code in its file, and the code without settings."""
    lines = cell.text.splitlines()
    skipped = next((n for n, line in enumerate(lines) if line and line[0] != ":"), len(lines))
    return cell.line + skipped, "\n".join(lines[skipped:]).rstrip()


def write(chapter: Path) -> Path | None:
    """Write the cells of a chapter, and the expressions of its sentences, as a module.

    Lines have the same numbers. None where no cells are.
    """
    text = chapter.read_text(encoding="utf-8")
    lines = ["" for _ in text.splitlines()]
    cells = [code_of(piece) for piece in read_pieces(text) if piece.kind == "code"]
    for first, code in cells:
        own = re.sub(r"(?m)^[%!]", "# ", code).splitlines()
        lines[first - 1 : first - 1 + len(own)] = own
    for number, prose in enumerate(text.splitlines()):
        said = sentences.expressions(prose)
        if said and not lines[number]:
            lines[number] = f"print({', '.join(said)})  # noqa: E501"
    if not cells:
        return None
    module = FOLDER / f"{chapter.stem.replace('-', '_')}.py"
    module.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return module


def main() -> int:
    """Check the cells of the named chapters, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapters", nargs="*", help="names of chapters; all of them by default")
    names = parser.parse_args().chapters
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "__init__.py").touch()
    chapters = [BOOK / f"{name}.md" for name in names] or sorted(BOOK.glob("*.md"))
    modules = [str(module) for module in map(write, chapters) if module is not None]
    ruff = ["ruff", "check", "--no-cache", "--config=exclude=[]", f"--extend-ignore={IGNORED}"]
    calls = [[*ruff, *modules], ["mypy", str(PACKAGE), str(FOLDER)]]
    codes = [subprocess.run([sys.executable, "-m", *call], cwd=ROOT).returncode for call in calls]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
