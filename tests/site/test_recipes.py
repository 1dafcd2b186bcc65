"""Every recipe of CONTRIBUTING, followed to the letter in a copy of the repository.

The commands are read from the text, so that it and this test cannot drift apart: each `sh` block
is run as it stands, in the order of the text, where each recipe finds what the ones before it left.
What is open is filled in from `ANSWERS` before the next command that is not `rebuilt new`.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import checkout
import pytest

from rebuilt.paths import ROOT
from rebuilt.validate.material import Material
from rebuilt.validate.placeholders import CODE, PLACEHOLDER, check_placeholders

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECIPES = {
    title: "".join(BLOCK.findall(section)).splitlines()
    for title, section in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    if BLOCK.search(section)
}
NEW = ".venv/bin/rebuilt new "
WRITTEN = ["data/*.csv", "data/sources.bib", "data/models/*.yaml", "seeds/*.csv", "book/*.md",
           *(f"{folder}/*.py" for folder in CODE)]  # fmt: skip

# How what is left open begins -> what belongs there, in all recipes.
ANSWERS = {
    "the title as published": "What the chips of Acme can do",
    "a person or an organisation": "Acme",
    "the day of publication": "2024-01-15",
    "the address": "https://example.org/@key@",
    "the day on which you read it": "2026-02-03",
    "one of primary, copy": "primary, opened",
    "the answer in the unit w;": "700",
    "the answer in the unit date": "2024-01-15",
    "the answer in the unit gb_s": "900",
    "the answer in the unit gb;": "141",
    "the answer in the unit tb_s": "4.8",
    "the answer in the unit tflops": "989",
    "where in the source": "table of page 2",
    "how the value came here": "reported",
    "first day on which": "2024-01-16",
    "key in sources.bib of the dated": "acme-chips-2024",
    "why this source": "the first one that was public",
    "what a value of the unit": "watts",
    "the claim in one English": "The H200 draws a power of 700 watts.",
    "key term or figure": "700W",
    "what is compared": "Compare the power that the board draws.",
    "the rule for people": "H200, power of the board (W)",
    "what a user of the model": "an example",
    "bibliography-key": "@model@: table 1",
    "the family to which": "Acme",
    "the first day on which it was": "2024-01-16",
    "the subject of the page": "Chips of the example",
    "what the note says about it": "The note says little.",
    "what the evidence says": "The evidence says more.",
    "the question, with": "Which chip holds most?",
    "the formula or the data": "A table has a row for each chip.",
    "a table of data/": "accelerators",
    "a quantity of it": "memory_gb",
    "what is shown": "Memory (GB)",
    "the answer, as a sentence": "The newest chips hold most",
    "the takeaway": "The largest holds {eval}`number(largest)`.",
    "what has become public": "New chips came.",
    "an observation that": "a chip that holds less than its predecessor",
    "a question that a reader": "Which chip holds least?",
}


def edit_assumption(book):
    """Keep a wider range of one assumption."""
    path = book.root / "data/assumptions.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?m)^(2024,attempts,)[\d.]+,", r"\g<1>0.9,", text), encoding="utf-8")


def edit_freeze_date(book):
    """Move it by a month."""
    path = book.root / "data/datapackage.json"
    text = path.read_text(encoding="utf-8")
    moved = re.sub(r'"freeze_date": "[^"]*"', '"freeze_date": "2026-12-31"', text)
    path.write_text(moved, encoding="utf-8")


WITH_TORCH = "make learn "  # needs an environment of 2 GB; tests/cost/learn has its own cases
BY_HAND = {"Change an assumption": edit_assumption, "Move the freeze date": edit_freeze_date}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a copy in which each recipe finds what the ones before it left."""
    return copied(tmp_path_factory.mktemp("recipes") / "repository")


def copied(root: Path) -> checkout.Checkout:
    """Return a copy with the small book for its chapters, and an environment that is ours."""
    made = checkout.make(root)
    for file in ROOT.iterdir():
        if file.is_file() and not (made.root / file.name).exists():
            shutil.copy(file, made.root)
    shutil.copytree(ROOT / "tests", made.root / "tests",
                    ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
    programs = made.root / ".venv" / "bin"
    programs.mkdir(parents=True)
    own = f'#!/bin/sh\nexport PYTHONPATH="{made.root}/book"\nexec "{sys.executable}"'
    for name, arguments in {"python": "", "rebuilt": "-m rebuilt.cli"}.items():
        (programs / name).write_text(f'{own} {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    # As an environment of this folder with the packages of these files: nothing is to be installed.
    packages = made.root / ".venv" / "lib" / "python3" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "__editable__.rebuilt.pth").write_text(f"{made.root}/book\n")
    locks = ("requirements.lock", "pyproject.toml", "setup.py")
    said = b"".join((made.root / name).read_bytes() for name in locks)
    (made.root / ".venv" / "ready").write_bytes(said)
    return made


def run(book, command: str) -> str:
    """Run one line of a recipe and return what it said."""
    environment = {k: v for k, v in book.environment().items() if not k.startswith("PYTEST")}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=book.root,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        pytest.fail(f"{command}\nended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def fill_in(book) -> None:
    """Answer everything that is left open; what has no answer here is named."""
    for pattern in WRITTEN:
        for path in book.root.glob(pattern):
            text = path.read_text(encoding="utf-8")
            if PLACEHOLDER.search(text):
                path.write_text(answered(text), encoding="utf-8")


def answered(text: str) -> str:
    """Return a text with all its placeholders answered."""

    def answer(found: re.Match) -> str:
        begins = [start for start in ANSWERS if found[1].startswith(start)]
        if not begins:
            raise LookupError(f"no answer to {found[1]!r}")
        key = re.findall(r"^@\w+\{([^,]+),", text[: found.start()], re.M)[-1:] or [""]
        model = "acme-config-2026" if "acme-config-2026" in text else "acme-video-2026"
        return ANSWERS[begins[0]].replace("@key@", key[0]).replace("@model@", model)

    return PLACEHOLDER.sub(answer, text)


def follow(book, title: str) -> None:
    """Run the commands of a recipe, which end well: `make seal` checks everything.

    What `rebuilt new` leaves open is refused until it has been filled in.
    """
    opened = False
    for line in RECIPES[title]:
        if line.startswith(WITH_TORCH):
            continue
        command = line.replace("after=optics", "after=second")  # a page of the small book
        if not command.startswith(NEW):
            assert bool([*check_placeholders(Material(book.root))]) is opened
            fill_in(book)
        if command == "make seal" and title in BY_HAND:
            BY_HAND[title](book)
        run(book, command)
        opened = command.startswith(NEW)


@pytest.mark.weekly  # of the text of CONTRIBUTING, not of a number
@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_works_to_the_letter(book, title):
    """In the order of the text."""
    follow(book, title)


@pytest.mark.weekly  # it follows the recipes
def test_the_new_page_shows_what_was_filled_in(book):
    """The chapter of the recipe is a page of the site, in its place in the contents."""
    html = (book.output / "html" / "weights.html").read_text(encoding="utf-8")

    assert "Which chip holds most?" in html
    assert 'id="chart-weights-largest"' in html
    assert "fill in" not in html
    assert (book.root / "_toc.yml").read_text("utf-8").endswith("- file: second\n- file: weights\n")


@pytest.mark.weekly  # it follows the recipes
def test_the_new_rows_stand_where_the_commands_said(book):
    """One row each, found by its key."""
    rows = (book.root / "data/accelerators.csv").read_text("utf-8").splitlines()

    assert sum(row.startswith("h200-sxm,tdp_w,700,") for row in rows) == 2
    assert sum(row.startswith("acme-x1,") for row in rows) == 6


def test_every_command_of_make_that_the_text_names_is_there():
    """Also those that take too long to be run here."""
    named = set(re.findall(r"`make ([a-z]+)", TEXT)) | set(
        re.findall(r"^make ([a-z]+)", TEXT, re.M)
    )
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))

    assert named
    assert named <= targets


def test_every_path_that_the_text_names_is_there():
    """A file, a folder or a pattern of the repository or of the package."""
    paths = set(re.findall(r"`((?:[\w.*-]+/)+[\w.*-]*)`", TEXT)) - {"seeds/note.txt"}
    bases = [ROOT, ROOT / "book" / "rebuilt"]
    missing = [path for path in paths if not any(any(base.glob(path)) for base in bases)]

    assert paths
    assert missing == []


def test_each_recipe_of_something_new_has_its_commands():
    """So that a heading cannot lose its block, and with it its test."""
    titles = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)

    assert len(titles) == len(set(titles))
    assert {t for t in titles if t.startswith(("Add", "Change", "Move"))} == set(RECIPES)
    assert all("make seal" in lines for title, lines in RECIPES.items() if title != "Add a source")


@pytest.mark.weekly  # it follows the recipes
def test_the_folder_of_the_copy_is_not_ours(book):
    """What the recipes changed lies elsewhere."""
    assert Path(book.root).resolve() not in (ROOT, *ROOT.parents)
    assert "acme" not in (ROOT / "data" / "subjects.csv").read_text(encoding="utf-8")
