"""A build ends early only if every byte of what the site is made of, and of the site, is known."""

import sqlite3
import subprocess

import pytest

from rebuilt.build import builder, unchanged
from rebuilt.build.workplace import Workplace
from rebuilt.site import revision

INPUTS = (
    "data/runs.csv",
    "data/datapackage.json",
    "seeds/claims.csv",
    "book/index.md",
    "book/rebuilt/page/charts.py",
    "book/rebuilt/site/templates/layout.html",
    "book/rebuilt/site/static/rebuilt.css",
    "_config.yml",
    "_toc.yml",
    "requirements.lock",
    "CITATION.cff",
)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a repository with a commit and one file of each kind."""
    root = tmp_path / "repository"
    for name in INPUTS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("{}", encoding="utf-8")
    (root / ".gitignore").write_text("_build/\n", encoding="utf-8")
    git(root, "init", "-q")
    commit(root)
    for module in (builder, revision):
        monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(builder, "BOOK", root / "book")
    monkeypatch.setattr(builder, "_epoch", lambda: 0)
    monkeypatch.setattr(unchanged.state, "_installed", lambda: "packages")  # thousands of files
    passing = (*unchanged.PASSING, "PYTEST_CURRENT_TEST")
    monkeypatch.setattr(unchanged, "PASSING", passing)
    return root


def git(root, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def commit(root) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "x")


@pytest.fixture
def place(root):
    """Return its workplace."""
    return Workplace(root / "_build")


@pytest.fixture
def builds(root, place, monkeypatch):
    """Return a list with an entry for each build that was not spared; the site is built once."""
    calls: list[dict[str, str]] = []

    def run(command, environment, lock, passed) -> bool:
        calls.append(environment | {"PAGES": "kept" if place.pages.exists() else "none"})
        write(place)
        return True

    monkeypatch.setattr(builder, "_run", run)
    build()
    calls.clear()
    return calls


def write(place) -> None:
    """Write what Jupyter Book leaves: a page, what was read, executed cells and their tables."""
    place.pages.mkdir(parents=True, exist_ok=True)
    place.doctrees.mkdir(exist_ok=True)
    (place.pages / "index.html").write_text("new</html>", encoding="utf-8")
    notebook = place.cache / "executed" / "key" / "base.ipynb"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    notebook.write_text("{}", encoding="utf-8")
    with sqlite3.connect(place.cache / "global.db") as database:
        database.execute("CREATE TABLE IF NOT EXISTS nbcache (hashkey TEXT)")
    database.close()


def build(*arguments: str) -> None:
    assert builder.main(["--output", str(builder.ROOT / "_build"), *arguments]) == 0


def test_nothing_changed_builds_nothing_and_says_so(builds, place, capsys):
    """The address of the site is given all the same."""
    build()

    assert builds == []
    assert f"Nothing has changed: {place.site / 'index.html'}" in capsys.readouterr().out


@pytest.mark.parametrize("name", INPUTS)
def test_a_changed_input_builds_once(builds, root, name):
    """One byte of any kind of file."""
    (root / name).write_text("{ }", encoding="utf-8")

    build()
    build()

    assert len(builds) == 1


@pytest.mark.parametrize("name", INPUTS)
def test_a_new_or_removed_input_builds(builds, root, name):
    """A name is as good as a byte."""
    (root / name).rename(root / f"{name}.new")

    builder.main(["--output", str(root / "_build")])

    assert len(builds) == 1


@pytest.mark.parametrize("name", INPUTS)
def test_pages_are_kept_where_nothing_but_a_chapter_changed(builds, root, name):
    """Whatever else changed may be in any file of the site."""
    (root / name).write_text("{ }", encoding="utf-8")

    build()

    assert [call["PAGES"] for call in builds] == ["kept" if name == "book/index.md" else "none"]


@pytest.mark.parametrize("name", ["html/index.html", "html/new.html", ".doctrees/index.doctree"])
def test_pages_that_somebody_wrote_to_are_not_kept(builds, root, place, name):
    """Nor what Sphinx has read; they are no longer those of the last build."""
    (root / "book" / "index.md").write_text("{ }", encoding="utf-8")
    (place.state / name).write_text("new</html>", encoding="utf-8")

    build()

    assert [call["PAGES"] for call in builds] == ["none"]


def test_pages_are_not_kept_for_a_chapter_that_is_new_or_after_a_build_of_one(builds, root):
    """The first is in every list of pages; after the second other pages may be old."""
    (root / "book" / "new.md").touch()
    builder.main(["--output", str(root / "_build")])
    (root / "book" / "new.md").unlink()
    build()
    build("--chapter", "index")
    build()

    assert [call["PAGES"] for call in builds] == ["none"] * 4


def test_another_commit_builds(builds, root):
    """Its name stands in every page, though no file has changed."""
    commit(root)

    build()

    assert [call["PAGES"] for call in builds] == ["kept"]


@pytest.mark.parametrize("name", ["html/index.html", "html/.new", "work/_build/.jupyter_cache/x"])
def test_an_output_that_was_edited_or_added_builds(builds, place, name):
    """Nobody may have changed what stands there."""
    (place.folder / name).write_text("new</htmk>", encoding="utf-8")

    build()

    assert len(builds) == 1
    assert (place.site / "index.html").read_text(encoding="utf-8") == "new</html>"


@pytest.mark.parametrize(
    "name",
    [
        "html/index.html",
        "work/complete",
        "work/_build/.jupyter_cache/executed/key/base.ipynb",
        "work/_build/.jupyter_cache/global.db",
    ],
)
def test_an_output_that_was_removed_builds(builds, place, name):
    """Page, executed cells, and the digest itself."""
    (place.folder / name).unlink()

    build()

    assert len(builds) == 1
    assert (place.folder / name).exists()


def test_a_variable_that_the_builder_gets_builds(builds, monkeypatch):
    """Whatever its name; what a shell sets anew for each call never reaches the builder."""
    monkeypatch.setenv("SHLVL", "7")
    build()
    monkeypatch.setenv("REBUILT_BASE_PATH", "/book/")
    build()

    (environment,) = builds
    assert environment["REBUILT_BASE_PATH"] == "/book/"
    assert "SHLVL" not in environment


def test_another_package_builds(builds, monkeypatch):
    """What is installed is part of every state."""
    monkeypatch.setattr(unchanged.state, "_installed", lambda: "another")

    build()

    assert len(builds) == 1


def test_a_file_that_is_written_during_a_build_builds_again(builds, root, monkeypatch):
    """The pages may show either state, even if the file was put back."""
    run = builder._run

    def edited(*arguments) -> bool:
        (root / "data" / "runs.csv").write_text("{}", encoding="utf-8")
        return run(*arguments)

    (root / "book" / "index.md").write_text("new", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(builder, "_run", edited)
        build()
    build()

    assert len(builds) == 2


def test_one_chapter_is_always_built_and_the_whole_after_it(builds):
    """It leaves other pages as they are, so that its site is not that of a whole build."""
    build("--chapter", "index")
    build()

    assert len(builds) == 2


def test_a_build_that_failed_is_not_complete(builds, root, monkeypatch):
    """The next one builds, though no file has changed between them."""
    (root / "book" / "index.md").write_text("new", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(builder, "_run", lambda *_: False)
        assert builder.main(["--output", str(root / "_build")]) == 1
    build()

    assert len(builds) == 1
