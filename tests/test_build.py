"""The site is replaced as a whole or not at all."""

import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from rebuilt import build
from rebuilt.errors import UnknownNameError
from rebuilt.site.stale import ONLY_VARIABLE


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Return a repository with a finished site, a newer build and three chapters."""
    files = {
        "_build/html/index.html": "old",
        "_build/html/gone.html": "old",
        "_build/work/_build/html/index.html": "new",
        "_build/work/_build/html/_static/new.css": "new",
        "book/index.md": "",
        "book/nvidia.md": "",
        "book/scorecard.md": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    site = tmp_path / "_build" / "html"
    work = tmp_path / "_build" / "work"
    for name, path in {"ROOT": tmp_path, "BOOK": tmp_path / "book", "WORK": work}.items():
        monkeypatch.setattr(build, name, path)
    monkeypatch.setattr(build, "SITE", site)
    monkeypatch.delenv(ONLY_VARIABLE, raising=False)
    return SimpleNamespace(site=site, built=work / "_build" / "html")


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


NEW = {"index.html": "new", "_static/new.css": "new"}
OLD = {"index.html": "old", "gone.html": "old"}


def test_publishing_replaces_the_whole_site(folders):
    """No page of the old site survives, and the build stays where it is for the next one."""
    build.publish(folders.built, folders.site)

    assert content(folders.site) == NEW
    assert content(folders.built) == NEW
    assert sorted(path.name for path in folders.site.parent.iterdir()) == ["html", "work"]


def test_the_first_site_needs_no_old_one(folders):
    """A clone has no `_build/html` yet."""
    shutil.rmtree(folders.site)

    build.publish(folders.built, folders.site)

    assert content(folders.site) == NEW


def test_publishing_is_two_renames(folders, monkeypatch):
    """Before, between and after them there is no half-written page at the site's address."""
    seen: list[dict[str, str]] = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        seen.append(content(folders.site))
        moved = rename(self, target)
        seen.append(content(folders.site))
        return moved

    monkeypatch.setattr(Path, "rename", watched)
    build.publish(folders.built, folders.site)

    assert seen == [OLD, {}, {}, NEW]


def test_what_an_interrupted_build_left_is_cleared_away(folders):
    """Folders of an earlier crash neither stop the next build nor get into the site."""
    for suffix in (".new", ".old"):
        leftover = folders.site.with_name(f"html{suffix}")
        leftover.mkdir()
        (leftover / "stray.html").write_text("stray", encoding="utf-8")

    build.publish(folders.built, folders.site)

    assert content(folders.site) == NEW
    assert sorted(path.name for path in folders.site.parent.iterdir()) == ["html", "work"]


def test_a_copy_that_fails_leaves_the_old_site(folders, monkeypatch):
    """A full disk costs the new site, not the old one."""

    def full(source: Path, target: Path) -> None:
        Path(target).mkdir()
        raise OSError("no space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(OSError, match="no space left on device"):
        build.publish(folders.built, folders.site)

    assert content(folders.site) == OLD


def test_chapters_are_the_markdown_files_of_the_book(folders):
    """Sorted by name, without their ending."""
    assert build.chapters() == ["index", "nvidia", "scorecard"]


@pytest.mark.parametrize(
    ("chapter", "near"),
    [("nvida", "nvidia"), ("score-card", "scorecard"), ("zzz", "index, nvidia, scorecard")],
)
def test_an_unknown_chapter_gives_near_names(folders, capsys, chapter, near):
    """Nothing runs; the message says what there is; bad input exits with 2."""
    code = build.main(["--chapter", chapter])

    shown = capsys.readouterr()
    message = f"there is no chapter {chapter!r}; did you mean: {near}"
    assert (code, shown.out, shown.err) == (2, "", f"build: {message}\n")
    with pytest.raises(UnknownNameError) as caught:
        build._environment(chapter)
    assert str(caught.value) == message


@pytest.fixture
def builder(monkeypatch):
    """Return the calls of a builder that does nothing, and its exit code."""
    calls = SimpleNamespace(returncode=0, environments=[])

    def run(command: list[str], environment: dict[str, str]) -> bool:
        calls.environments.append(environment)
        return calls.returncode == 0

    monkeypatch.setattr(build, "_run", run)
    return calls


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_progress_names_each_chapter_that_ran(capsys):
    """Of all that the builder says only what a reader waits for is shown."""
    said = "print('noise'); print('x/nvidia.md: Executed notebook in 6.04 seconds [mystnb]')"

    assert build._run(python(said), dict(os.environ))

    assert capsys.readouterr().out == "  nvidia: executed in 6.0 s\n"


def test_a_failed_run_shows_everything_that_was_said(capsys):
    """The reason is never swallowed."""
    said = "import sys; print('WARNING: claim is not in the ledger'); sys.exit(1)"

    assert not build._run(python(said), dict(os.environ))

    assert "WARNING: claim is not in the ledger" in capsys.readouterr().out


def test_a_build_says_where_the_site_is(folders, builder, capsys):
    """The last lines are an address and what to do with it."""
    code = build.main([])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert content(folders.site) == NEW
    assert lines[-2].endswith(f" s: {folders.site / 'index.html'}")
    assert lines[-1] == "Open that file in a browser, or run `make serve`."


def test_a_failed_build_leaves_the_site_and_says_so(folders, builder, capsys):
    """Exit code 1, and the old site stays up."""
    builder.returncode = 2

    code = build.main([])

    assert code == 1
    assert content(folders.site) == OLD
    assert capsys.readouterr().err == (
        "\nThe book was NOT built; the first error above says why.\n"
    )


def test_one_chapter_is_named_to_the_builder(folders, builder, capsys):
    """`--chapter` reaches the Sphinx extension through the environment, and its page is shown."""
    build.main([])
    build.main(["--chapter", "nvidia"])

    whole, single = builder.environments
    assert ONLY_VARIABLE not in whole
    assert single[ONLY_VARIABLE] == "nvidia"
    assert str(folders.site / "nvidia.html") in capsys.readouterr().out


def test_two_builds_of_a_commit_share_seed_and_epoch(folders, builder):
    """What would make their bytes differ is fixed."""
    build.main([])

    fixed = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "PYTHONUTF8": "1"}
    assert fixed.items() <= builder.environments[0].items()
