"""Two states are equal exactly when no byte differs and nothing was written between them."""

import os

import pytest

from rebuilt.evidence import state


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a file, one in a folder, and what Python compiled."""
    for name in ("a.csv", "sub/b.md", "sub/__pycache__/b.pyc"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1", encoding="utf-8")
    return tmp_path / "data"


def digest(folder) -> str:
    return state.look(state.below(folder)).digest


def test_nothing_changed_is_the_same_state(folder):
    """Looking changes nothing, and what Python compiles does not count."""
    before = state.look(state.below(folder))
    (folder / "sub" / "__pycache__" / "c.pyc").write_text("2", encoding="utf-8")

    assert state.look(state.below(folder)) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a.csv").write_text("2", encoding="utf-8"),
        lambda folder: (folder / "a.csv").unlink(),
        lambda folder: (folder / "new.csv").touch(),
        lambda folder: (folder / "a.csv").rename(folder / "c.csv"),
        lambda folder: (folder / "new.csv").symlink_to("nowhere"),
    ],
    ids=["edited", "removed", "added", "renamed", "linked to nowhere"],
)
def test_any_change_is_another_state(folder, change):
    """Bytes, names and number of files."""
    before = digest(folder)

    change(folder)

    assert digest(folder) != before


def test_an_edit_that_keeps_size_and_time_is_another_state(folder):
    """Of our own files the bytes are read."""
    before, about = digest(folder), (folder / "a.csv").stat()

    (folder / "a.csv").write_text("2", encoding="utf-8")
    os.utime(folder / "a.csv", ns=(about.st_atime_ns, about.st_mtime_ns))

    assert digest(folder) != before


def test_a_file_that_was_written_and_put_back_is_the_same_digest_and_another_state(folder):
    """Who read it meanwhile may have read something else."""
    before = state.look(state.below(folder))
    (folder / "a.csv").write_text("1", encoding="utf-8")
    os.utime(folder / "a.csv", ns=(1, 1))

    after = state.look(state.below(folder))

    assert after.digest == before.digest
    assert after != before


def test_what_is_said_beside_the_files_counts():
    """A commit, an environment."""
    assert len({state.look([], *said).digest for said in ((), ("a",), ("b",), ("a", "b"))}) == 4


def test_what_is_installed_counts(monkeypatch, folder):
    """A package that was added, and one whose file was written again."""
    monkeypatch.setattr(state.sysconfig, "get_path", lambda _: str(folder))
    before = state.look([]).digest
    (folder / "new.py").touch()
    added = state.look([]).digest
    (folder / "new.py").write_text("1", encoding="utf-8")

    assert len({before, added, state.look([]).digest}) == 3


def test_another_python_is_another_state(monkeypatch):
    """Its version is part of every digest."""
    before = state.look([]).digest
    monkeypatch.setattr(state.sys, "version", "another")

    assert state.look([]).digest != before


def test_a_folder_that_is_missing_is_an_error(tmp_path):
    """Nothing is known of its files."""
    with pytest.raises(FileNotFoundError):
        state.below(tmp_path / "nowhere")
