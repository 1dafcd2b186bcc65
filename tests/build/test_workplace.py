"""The site is replaced as a whole or not at all, and nothing doubtful is built upon."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from rebuilt.build.workplace import BusyError, Workplace, is_whole, publish
from rebuilt.errors import DataError
from rebuilt.site.names import COMMIT as COMMIT_MARK

NEW = {"index.html": "new</html>\n", "_static/new.css": "new"}
COMMIT = "c0ffee with local changes"
OLD = {"index.html": "old", "gone.html": "old"}


@pytest.fixture
def place(tmp_path):
    """Return a folder with a finished site, a newer build and Sphinx's own digest."""
    write(tmp_path / "html", OLD)
    write(tmp_path / "work" / "_build" / "html", NEW | {".buildinfo": "config: 1"})
    return Workplace(tmp_path)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def publish_pages(place: Workplace) -> None:
    place.prepare(COMMIT)
    publish(place.site)


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_publishing_replaces_the_whole_site(place):
    """No page of the old site survives, nor Sphinx's digest of its settings."""
    publish_pages(place)

    assert content(place.site) == NEW
    assert names(place.folder) == ["html", "work"]


def test_the_first_site_needs_no_old_one(place):
    """A clone has no site yet."""
    shutil.rmtree(place.site)

    publish_pages(place)

    assert content(place.site) == NEW


@pytest.mark.parametrize("kind", ["a file", "a link to a folder", "a link to nowhere"])
def test_what_is_no_folder_gives_way_to_the_site(place, tmp_path, kind):
    """Of a link the link alone: whoever put it there keeps what it led to."""
    shutil.rmtree(place.site)
    elsewhere = tmp_path / "elsewhere"
    write(elsewhere, {"index.html": "theirs"})
    if kind == "a file":
        place.site.write_text("no folder", encoding="utf-8")
    else:
        place.site.symlink_to(elsewhere if kind == "a link to a folder" else tmp_path / "nowhere")

    publish_pages(place)

    assert content(place.site) == NEW
    assert not place.site.is_symlink()
    assert content(elsewhere) == {"index.html": "theirs"}


def test_publishing_is_two_renames(place, monkeypatch):
    """Before, between and after them there is no half-written page at the site's address."""
    seen: list[dict[str, str]] = []
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        seen.append(content(place.site))
        moved = rename(self, target)
        seen.append(content(place.site))
        return moved

    monkeypatch.setattr(Path, "rename", watched)
    publish_pages(place)

    assert seen == [OLD, {}, {}, NEW]


def test_what_an_interrupted_build_left_is_cleared_away(place):
    """Folders of an earlier crash neither stop the next build nor get into the site."""
    for suffix in (".new", ".old"):
        write(place.site.with_name(f"html{suffix}"), {"stray.html": "stray"})

    publish_pages(place)

    assert content(place.site) == NEW
    assert names(place.folder) == ["html", "work"]


def test_a_copy_that_fails_leaves_the_old_site(place, monkeypatch):
    """A full disk costs the new site, not the old one."""

    def full(source: Path, target: Path, **_) -> None:
        Path(target).mkdir()
        raise OSError("no space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(OSError, match="no space left on device"):
        publish_pages(place)

    assert content(place.site) == OLD


def test_a_build_cut_short_between_two_renames_gives_the_old_site_back(place):
    """It was moved aside and nothing came in its place."""
    place.site.rename(place.site.with_name("html.old"))

    place.begin()

    assert content(place.site) == OLD


def cache(place: Workplace, notebook: str = '{"cells": []}') -> Path:
    """Write an execution cache with one notebook."""
    folder = place.state / ".jupyter_cache"
    write(folder / "executed" / "key", {"base.ipynb": notebook})
    with sqlite3.connect(folder / "global.db") as database:
        database.execute("CREATE TABLE nbcache (hashkey TEXT)")
    database.close()
    write(place.state / ".doctrees", {"index.doctree": ""})
    return folder


def test_the_commit_is_put_in_when_pages_are_published(place):
    """In pages and scripts; a file that a reader downloads is left as it is."""
    said = f"made of {COMMIT_MARK}"
    for name in ("index.html", "_static/search.js", "_static/data.csv"):
        write(place.pages, {name: said})

    publish_pages(place)

    found = content(place.site)
    assert found["index.html"] == found["_static/search.js"] == f"made of {COMMIT}"
    assert found["_static/data.csv"] == content(place.pages)["index.html"] == said


def test_pages_are_kept_where_that_is_asked_for(place):
    """Only the text of chapters is another."""
    place.begin(keep_pages=True)

    assert content(place.pages) == NEW | {".buildinfo": "config: 1"}
    assert place.unfinished.exists()


def test_pages_are_written_anew_and_the_rest_is_kept(place):
    """A chart or a chapter that is gone leaves no file behind."""
    executed = cache(place)

    place.begin()

    assert not place.pages.exists()
    assert executed.exists()
    assert (place.state / ".doctrees").exists()
    assert place.unfinished.exists()


def test_after_a_build_that_did_not_end_well_all_pages_are_read_again(place):
    """Sphinx would have forgotten its warnings; executed cells are kept."""
    executed = cache(place)
    place.begin()

    place.begin()

    assert not (place.state / ".doctrees").exists()
    assert executed.exists()


@pytest.mark.parametrize("notebook", ["", '{"cells": ['])
def test_a_cache_that_was_cut_off_is_dropped(place, notebook):
    """Half a notebook is worth nothing."""
    place.begin()
    executed = cache(place, notebook)

    place.begin()

    assert not executed.exists()


def test_a_cache_without_its_tables_is_dropped(place):
    """As it is when the first build dies early."""
    executed = cache(place)
    (executed / "global.db").write_bytes(b"")

    assert not is_whole(executed)


def test_a_cache_with_an_empty_folder_is_dropped(place):
    """Jupyter's cache would stumble over it."""
    executed = cache(place)
    (executed / "executed" / "other").mkdir()

    assert not is_whole(executed)
    assert not is_whole(executed / "nothing")


def test_a_whole_cache_is_kept(place):
    """The notebook is complete JSON and the tables can be read."""
    executed = cache(place, json.dumps({"cells": [{"source": "1 + 1"}]}))

    assert is_whole(executed)


def test_a_build_ends_when_it_has_been_published(place):
    """The mark goes last."""
    place.unfinished.touch()
    place.prepare(COMMIT)

    place.end()

    assert content(place.site) == NEW
    assert not place.unfinished.exists()


@pytest.mark.parametrize("page", [None, "<html><p>new"])
def test_a_page_that_is_missing_or_cut_off_is_noticed(place, page):
    """The last thing a writer writes is the closing tag."""
    place.check(["index"])
    if page is not None:
        (place.pages / "nvidia.html").write_text(page, encoding="utf-8")

    with pytest.raises(DataError) as caught:
        place.check(["index", "nvidia"])

    assert str(caught.value) == "the page of nvidia is missing or cut off; run `make book` again"


def test_one_builder_at_a_time(place):
    """The second is told so; when the first is done the folder is free."""
    with place.alone(), pytest.raises(BusyError) as caught, place.alone():
        pass
    with place.alone():
        free = True

    assert free
    assert str(caught.value) == (
        f"another build is writing to {place.folder}; wait until it has ended, or name another "
        "folder with --output"
    )
