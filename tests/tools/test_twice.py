"""The comparison of two builds can fail."""

from tools import twice


def test_a_byte_and_a_missing_file_are_differences(tmp_path, capsys):
    """Each is named."""
    for place, text in (("one", b"a"), ("two", b"b")):
        (tmp_path / place / "_static").mkdir(parents=True)
        (tmp_path / place / "index.html").write_bytes(text)
        (tmp_path / place / "_static" / "same.css").write_bytes(b"same")
    (tmp_path / "two" / "more.html").write_bytes(b"more")
    one, two = (twice.digests(tmp_path / place) for place in ("one", "two"))

    assert twice.compare(one, one) == 0
    assert twice.compare(one, two) == 1
    assert capsys.readouterr().out.splitlines() == [
        "2 of 2 files are the same",
        "differs: index.html",
        "differs: more.html",
        "1 of 3 files are the same",
    ]
