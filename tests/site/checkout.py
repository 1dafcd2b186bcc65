"""A small repository: our package and data, with the two-page fixture book for its chapters."""

import csv
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rebuilt.paths import BOOK, BUILD, ROOT, SEEDS

FIXTURE = Path(__file__).parent / "fixture_book"


@dataclass(frozen=True)
class Checkout:
    """A repository that can be damaged and built."""

    root: Path

    @property
    def output(self) -> Path:
        """Where a build writes if it is not told otherwise."""
        return self.root / "_build"

    def command(self, *arguments: str | Path) -> list[str]:
        """Command line of a build."""
        return [sys.executable, "-m", "rebuilt.build", *map(str, arguments)]

    def environment(self, **changes: str) -> dict[str, str]:
        """Environment in which this repository's package is found, and not ours."""
        other = ("REBUILT_", "NUMBA_", "PYTEST_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(other)}
        return {**kept, "PYTHONPATH": str(self.root / "book"), **changes}

    def build(self, *arguments: str | Path, cwd: Path | None = None, **run):
        """Build and wait; everything that was said is in `stdout`."""
        return subprocess.run(
            self.command(*arguments),
            cwd=cwd or self.root,
            **{"env": self.environment(), "check": False, "text": True,
               "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} | run,
        )  # fmt: skip

    def start(self) -> subprocess.Popen:
        """Build in the background, in a group of its own."""
        return subprocess.Popen(
            self.command(),
            cwd=self.root,
            env=self.environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def edit(self, file: str, old: str, new: str) -> None:
        """Exchange the first `old` of a file for `new`."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise LookupError(f"{file} has no {old!r}")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def make(root: Path) -> Checkout:
    """Put the fixture book, the package, data and claims into the empty folder `root`."""
    compiled = shutil.ignore_patterns("__pycache__", "note.txt")
    shutil.copytree(FIXTURE, root / "book")
    shutil.copytree(BOOK / "rebuilt", root / "book" / "rebuilt", ignore=compiled)
    for folder in ("data", "seeds"):
        shutil.copytree(ROOT / folder, root / folder, ignore=compiled)
    for file in ("_config.yml", "requirements.lock", "CITATION.cff"):
        shutil.copy(ROOT / file, root)
    shutil.move(root / "book" / "_toc.yml", root)
    hand_over(Checkout(root).output / "work" / "_build")
    name_a_claim(root / "book")
    return Checkout(root)


def jupyter_book(book: Path, target: Path) -> tuple[int, str]:
    """Build a small book in the folder `target` by Jupyter Book's own command; code and words."""
    source = target / "book"
    shutil.copytree(book, source)
    hand_over(target / "_build")
    shutil.copy(FIXTURE / "sources.bib", source / "sources.bib")
    shutil.copy(ROOT / "_config.yml", target / "_config.yml")
    shutil.move(source / "_toc.yml", target / "_toc.yml")
    name_a_claim(source)
    program = Path(sys.executable).with_name("jupyter-book")
    options = ["--config", "_config.yml", "--toc", target / "_toc.yml", "--path-output", "."]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REBUILT_")}
    done = subprocess.run(
        [program, "build", "book", *options, "-W", "-n", "--keep-going"],
        cwd=target,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout


def name_a_claim(book: Path) -> None:
    """Put the first claim of the ledger where the pages of a small book name one."""
    with (SEEDS / "claims.csv").open(encoding="utf-8", newline="") as lines:
        claim = next(csv.DictReader(lines))["id"]
    for page in book.glob("*.md"):
        page.write_text(page.read_text(encoding="utf-8").replace("@claim@", claim), "utf-8")


def hand_over(folder: Path) -> None:
    """Give a build the files that ours made once for what they are made of, where there are any."""
    folder.mkdir(parents=True)
    for file in (BUILD / "work" / "_build").glob("*.js"):
        shutil.copy(file, folder)


def manifest(folder: Path) -> dict[str, str]:
    """Digest of every file of a folder by its name; empty without the folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
