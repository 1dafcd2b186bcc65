"""`rebuilt check` prints one line a finding and a summary; its code says whether all is well."""

import json

import pytest

from rebuilt.cli import check_command, main
from rebuilt.validate import every_rule


def test_a_clean_repository_gives_one_line_and_code_zero(book, capsys):
    """Nothing found is said, too."""
    code = main(["check", "--root", str(book.root)])

    assert (code, capsys.readouterr().out) == (
        0,
        f"check: everything in order under {book.root.name}/\n",
    )


@pytest.mark.parametrize("root", [".", "", "../{name}"])
def test_a_folder_is_named_however_it_is_given(book, capsys, monkeypatch, root):
    """Also the one in which the command runs."""
    monkeypatch.chdir(book.root)
    root = root.format(name=book.root.name)

    assert main(["check", "--root", root]) == 0
    assert capsys.readouterr().out.endswith(f" under {book.root.name}/\n")


def test_findings_are_printed_one_a_line_and_give_code_one(book, capsys):
    """The last line counts findings and files."""
    book.replace("seeds/claims.csv", "nvidia.h200_memory", "")
    code = main(["check", "--root", str(book.root), "--seal"])
    lines = capsys.readouterr().out.splitlines()

    assert code == 1
    assert lines[-2:] == [
        "seeds/claims.csv row 2, column check: found neither a check nor a reason, expected one of "
        "check and untestable; name the check, or say why no evidence could decide",
        "check: 1 finding(s) in 1 file(s)",
    ]
    assert lines[1] == "seeds/claims.csv: bytes 279 -> 261"


def test_json_gives_every_part_of_a_finding(book, capsys):
    """A machine reads place, found, expected and advice apart."""
    book.replace("data/runs.csv", "a100,8,800", "a100,8,8000")
    main(["check", "--root", str(book.root), "--seal"])
    capsys.readouterr()
    code = main(["check", "--root", str(book.root), "--json"])
    found = json.loads(capsys.readouterr().out)

    assert code == 1
    assert found[1] == {
        "file": "data/runs.csv",
        "row": 2,
        "column": "value",
        "found": "8000 (1000 per chips)",
        "expected": "24.38 to 425, as other rows of a100 have 97.5 to 106.2",
        "advice": "check the decimal point and the unit in the cited source",
    }


def test_an_unreadable_descriptor_gives_code_two(book, capsys):
    """Bad input is one sentence on the error stream."""
    (book.root / "seeds/datapackage.json").unlink()
    code = main(["check", "--root", str(book.root)])

    assert (code, capsys.readouterr().err) == (
        2,
        "rebuilt check: seeds/datapackage.json is missing under "
        f"{book.root.name}/; every table needs its entry there\n",
    )


@pytest.fixture
def own(book, monkeypatch):
    """Return the repository as our own: what passes is kept; and the rules that were asked."""
    asked: list[int] = []
    check = every_rule.check

    def counted(root, rules=every_rule.RULES):
        asked.append(len(rules))
        return check(root, rules)

    monkeypatch.setattr(every_rule, "check", counted)
    monkeypatch.setattr(check_command, "ROOT", book.root)
    monkeypatch.setattr(check_command, "PASSED", book.root / "_build" / "checked")
    monkeypatch.setattr(check_command, "IN_CHECKOUT", True)
    (book.root / "book" / "rebuilt").mkdir(parents=True, exist_ok=True)
    return book, asked


ALL, PAGES = len(every_rule.RULES), len(every_rule.OF_PAGES)


@pytest.mark.parametrize(
    ("name", "text", "code", "rules"),
    [
        (None, "", 0, []),
        ("book/new.md", "# A page\n", 0, [PAGES]),
        ("book/new.md", "It has 80 GB.\n", 1, [PAGES]),
        ("book/rebuilt/rule.py", "new", 0, [ALL]),
        ("book/rebuilt/README.md", "new", 0, [ALL]),
        ("data/new.csv", "new", 1, [ALL]),
        ("seeds/new.csv", "new", 1, [ALL]),
        ("tests/claims/checks/test_new.py", "new", 0, [ALL]),
    ],
)
def test_what_passed_is_not_asked_again_until_a_byte_changes(own, name, text, code, rules):
    """A chapter asks the rules that read chapters, any other file asks all."""
    book, asked = own
    check = ["check", "--root", str(book.root)]
    assert main(check) == 0
    asked.clear()
    if name:
        (book.root / name).parent.mkdir(parents=True, exist_ok=True)
        (book.root / name).write_text(text, encoding="utf-8")

    assert main(check) == code
    assert asked == rules


def test_what_was_found_is_found_again(own):
    """Only what passed is kept."""
    book, asked = own
    (book.root / "book" / "new.md").write_text("It has 80 GB.\n", encoding="utf-8")
    check = ["check", "--root", str(book.root)]

    assert (main(check), main(check)) == (1, 1)
    assert asked == [ALL, ALL]
