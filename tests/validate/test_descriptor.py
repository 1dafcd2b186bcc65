"""Seals and inventory: a changed cell is named, a change that is meant can be sealed."""

import json
import subprocess

import pytest

from rebuilt.errors import DataError
from rebuilt.validate.descriptor import measure, seal
from rebuilt.validate.material import Material


def commit_all(root):
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "start"], check=True)


def test_a_changed_cell_is_named_from_the_version_in_git(book):
    """The sealed version is in git, so the message can say which cell was another one."""
    commit_all(book.root)
    book.replace("data/accelerators.csv", "memory_gb,40", "memory_gb,48")

    assert book.found(sealed=False) == [
        "data/accelerators.csv row 4, column value: found 48, "
        "expected 40, as sealed in data/datapackage.json; "
        "if the change is meant, run `rebuilt check --seal`, else restore the file"
    ]


def test_a_removed_and_an_added_row_are_named_from_the_version_in_git(book):
    """A whole row that came or went is one finding, not one for every cell."""
    commit_all(book.root)
    book.replace("data/runs.csv", "a100,16,1700,list-chips\n", "")
    book.replace("data/subjects.csv", "h200,H200\n", "h200,H200\nh300,H300\n")

    advice = "if the change is meant, run `rebuilt check --seal`, else restore the file"
    assert book.found(sealed=False) == [
        "data/runs.csv: found one row less, expected the row a100, 16, 1700, "
        f"as sealed in data/datapackage.json; {advice}",
        "data/subjects.csv row 4: found a new row, expected no such row, "
        f"as sealed in data/datapackage.json; {advice}",
    ]


def test_without_git_a_broken_seal_names_the_file(book):
    """An unpacked archive has no history: the file and both hashes are what can be said."""
    before = measure("data/runs.csv", (book.root / "data/runs.csv").read_bytes())["hash"]
    book.replace("data/runs.csv", "a100,8,800", "a100,8,801")
    now = measure("data/runs.csv", (book.root / "data/runs.csv").read_bytes())["hash"]

    assert book.found(sealed=False) == [
        f"data/runs.csv: found {now}, expected {before}, as sealed in data/datapackage.json; "
        "if the change is meant, run `rebuilt check --seal`, else restore the file"
    ]


def test_sealing_says_what_changed_and_makes_the_check_pass(book):
    """One new row changes the hash, the bytes and the rows, and nothing else."""
    book.replace("data/runs.csv", "a100,4,390,", "a100,2,200,list-chips\na100,4,390,")
    changes = seal(book.root)

    assert [line.split(" sha256")[0] for line in changes] == [
        "data/runs.csv: hash",
        "data/runs.csv: bytes 92 -> 114",
        "data/runs.csv: rows 3 -> 4",
    ]
    assert seal(book.root) == []
    assert book.found(sealed=False) == []


def test_a_wrong_count_is_found_even_where_the_hash_is_right(book):
    """Bytes and rows are shown in the catalogue, so they must be true too."""
    file = book.root / "data/datapackage.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"rows": 3', '"rows": 5', 1),
                    encoding="utf-8")  # fmt: skip

    assert book.found(sealed=False) == [
        "data/datapackage.json, property parts.rows: found 5, expected 3; "
        "run `rebuilt check --seal`"
    ]


def test_a_file_without_an_entry_is_found(book):
    """A table that the descriptor forgot would have no licence and no seal."""
    (book.root / "data/extra.csv").write_text("id\n1\n", encoding="utf-8")

    assert book.found() == [
        "data/extra.csv: found a file without an entry, expected a resource with this path in "
        "data/datapackage.json; describe it there, then run `rebuilt check --seal`"
    ]


def test_an_entry_without_a_file_is_found(book):
    """A table that was deleted is still promised by the descriptor."""
    (book.root / "data/runs.csv").unlink()

    assert book.found() == [
        "data/datapackage.json, property runs.path: found runs.csv, which is not on disk, "
        "expected an existing file; restore the file or remove the entry"
    ]


def test_a_table_without_a_licence_is_found(book):
    """Every table names its licence."""
    file = book.root / "data/datapackage.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["resources"][0]["licenses"]
    file.write_text(json.dumps(content), encoding="utf-8")

    assert book.found() == [
        "data/datapackage.json, property accelerators.licenses: found nothing, "
        "expected the licence of every table; name the licence of the table and its address"
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"resources"',
            "resources",
            "data/datapackage.json line 1: Expecting property name enclosed in double quotes "
            "(column 74); it must be JSON",
        ),
    ],
)
def test_a_descriptor_that_is_not_json_stops_the_check(book, old, new, message):
    """Nothing can be checked without the descriptor."""
    file = book.root / "data/datapackage.json"
    content = json.dumps(json.loads(file.read_text(encoding="utf-8")))
    file.write_text(content.replace(old, new), encoding="utf-8")

    with pytest.raises(DataError) as caught:
        _ = Material(book.root).descriptors
    assert str(caught.value) == message


def test_a_bibliography_that_is_not_bibtex_stops_the_check(book):
    """The message names the line at which the entry is still open."""
    book.replace("data/sources.bib", "{A100 announced}", "{A100 announced")

    with pytest.raises(DataError) as caught:
        book.found()
    assert str(caught.value) == (
        "data/sources.bib line 17: '}' expected; close the braces of that entry"
    )


def test_a_new_model_gets_its_entry_when_it_is_sealed(book):
    """Whoever writes the file need not touch the descriptor; the entry comes in its place."""
    tiny = (book.root / "data/models/tiny.yaml").read_text(encoding="utf-8")
    small = tiny.replace("id: tiny", "id: small")
    (book.root / "data/models/small.yaml").write_text(small, encoding="utf-8")

    before = book.found(sealed=False)
    said = seal(book.root)

    assert before == [
        "data/models/small.yaml: found a file without an entry, expected a resource with this path "
        "in data/datapackage.json; run `rebuilt check --seal`"
    ]
    assert said[0] == (
        'data/models/small.yaml: a new model, described as "Architecture of small" under CC-BY-4.0'
    )
    files = json.loads((book.root / "data/datapackage.json").read_text("utf-8"))["files"]
    assert [file["path"] for file in files] == [
        "models/small.yaml", "models/tiny.yaml", "sources.bib",
    ]  # fmt: skip
    assert book.found(sealed=False) == []
