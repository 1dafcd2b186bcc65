"""Archives hold what they were given, and nothing of the moment."""

import io
import time
import zipfile

from rebuilt.site import archive


def test_an_archive_holds_its_files_and_no_time(tmp_path):
    """Sorted by name, readable, dated 1980, whatever the order and the hour."""
    files = {"b.txt": b"2", "a/é.txt": "一".encode()}

    first = archive.write(tmp_path / "one.zip", files).read_bytes()
    time.sleep(2.1)  # the format counts in steps of two seconds
    second = archive.write(tmp_path / "two.zip", dict(reversed(files.items()))).read_bytes()

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == files
        assert opened.namelist() == ["a/é.txt", "b.txt"]
        assert {entry.date_time for entry in opened.infolist()} == {archive.EPOCH}


def test_a_tree_is_named_from_its_folder(tmp_path):
    """Folders of any depth, with the prefix that was asked for."""
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "x.txt").write_bytes(b"x")
    (tmp_path / "y.txt").write_bytes(b"y")

    assert archive.tree(tmp_path, "site/") == {"site/deep/er/x.txt": b"x", "site/y.txt": b"y"}
