"""Cells and lines that nobody means: every one is a finding in its row, or no change of sense."""

from random import Random

import pytest
from tests.validate.conftest import FILES

from rebuilt.cost.models.catalogue import MODELS, read_model
from rebuilt.errors import DataError
from rebuilt.validate import every_rule
from rebuilt.validate.descriptor import seal
from rebuilt.validate.file_form import check_form
from rebuilt.validate.material import Material

CELLS = {
    "value": (
        "nan",
        "inf",
        "1e400",
        "-1e999",
        "0x10",
        "1_000",
        "1,000",
        "\u0661",
        "1e",
        "--1",
        "4 8",
    ),
    "known_since": (
        "2024-5-2",
        "24-05-02",
        "2024-13-01",
        "0000-00-00",
        "2024/05/02",
        "soon",
        "\x00",
    ),
    "note": ("a\x00b", "\u202ea", "a\u200b", "a\u00a0b", "=1+1", "@x", "+cmd|x", "a" * 9000, " a"),
}
MUTANTS = 150


@pytest.mark.parametrize("column", CELLS)
def test_a_cell_that_nobody_means_is_found(book, column):
    """In the row and column where it stands."""
    file = "data/accelerators.csv"
    text = FILES[file]
    header, *rows = text.splitlines()
    at = header.split(",").index(column)
    missed = []
    for cell in CELLS[column]:
        cells = rows[1].split(",")
        cells[at] = f'"{cell}"' if "," in cell else cell
        lines = [header, rows[0], ",".join(cells), *rows[2:]]
        (book.root / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        if not any(f"{file} row 3" in line for line in book.found()):
            missed.append(cell[:20])

    assert missed == []


def mutated(random, text):
    """Return a text with a few places changed, doubled, moved or lost."""
    lines = text.splitlines()
    for _ in range(random.randint(1, 3)):
        place, other = random.randrange(len(lines)), random.randrange(len(lines))
        line = lines[place]
        lines[place] = random.choice(
            [
                line + "\n" + line,
                line[: random.randrange(len(line) + 1)],
                line.replace(": ", f": {random.choice(WORDS)} #", 1),
                lines[other],
                "  " + line,
                line.replace(" ", "", 1),
            ]
        )
    return "\n".join(lines) + "\n"


WORDS = (
    *("true", "-1", "0", "1e3", ".nan", "2.5", "~", "[]", "{}", "&a 1", "*a", "!!set {}", "'"),
    *("9999999999999999999999", "2024-13-45", '"', "\t", "- -", "? x", "<<: x", "%", "@", "`"),
)


def test_no_text_of_a_model_breaks_its_reader(tmp_path):
    """A file with a few lines changed is a model or a sentence, in a moment."""
    random = Random(7)
    refused = 0
    for turn in range(MUTANTS):
        name = ("dit-xl-2", "hunyuanvideo", "wan2.1-vae", "t5-xxl", "sora-2024")[turn % 5]
        whole = (MODELS / f"{name}.yaml").read_text(encoding="utf-8")
        path = tmp_path / f"{name}.yaml"
        path.write_text(mutated(random, whole), encoding="utf-8")
        try:
            read_model(path)
        except DataError as error:
            refused += 1
            assert str(error).startswith(path.name), error  # noqa: PT017
    assert refused > MUTANTS // 2


def test_the_form_of_a_file_is_said_whatever_stands_in_it(book):
    """Of any bytes: a finding, never another error."""
    random = Random(8)
    for _ in range(30):
        raw = bytes(random.choices(b'abc:,-&*[]{}"\n \x00\xff\xe2\x80\x8b', k=80))
        (book.root / "data/models/tiny.yaml").write_bytes(raw)
        assert all(item.file for item in check_form(Material(book.root)))


@pytest.mark.parametrize("content", ["", "- 1\n- 2\n", "a word\n", "id: tiny\nname: Tiny\n"])
def test_a_model_file_that_is_no_model_is_found(book, content):
    """Empty, a list, a word, or without the line that says its architecture."""
    (book.root / "data/models/tiny.yaml").write_text(content, encoding="utf-8")

    assert any(line.startswith("data/models/tiny.yaml: found") for line in book.found())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("M\u00c3\u00bcnchen", "M\u00fc"),
        ("\u00e2\u20ac\u201c a dash", "\u2013, whose bytes were read as Windows-1252"),
        ("lost \ufffd", "found the character U+FFFD"),
        ("\u1112\u1161 of parts", "found the letter \ud558 in parts"),
        ("Mu\u0308nchen", "found the letter \u00fc in parts"),
    ],
)
def test_a_text_that_some_program_spoiled_is_found(book, text, sentence):
    """Bytes of UTF-8 read as Windows-1252, a letter that was lost, a letter in parts."""
    book.replace("data/subjects.csv", "h200,H200", f"h200,{text}")

    sentence = sentence.replace("M\u00fc", "\u00fc, whose bytes were read as Windows-1252")
    assert any("data/subjects.csv" in line and sentence in line for line in book.found())


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"a\xe2\x80\xaeb\n", "line 1: found the character U+202E, which cannot be seen"),
        (b"# A\n\na\xe2\x80\x8bb\n", "line 3: found the character U+200B, which cannot be seen"),
        (b"a\x00b\n", "line 1: found the character U+0000, which cannot be seen"),
        (b"# A\n\nM\xfcnchen\n", "line 3: found the byte 0xfc, expected UTF-8 text"),
        (b"\xef\xbb\xbf# A\n", "line 1: found a byte order mark"),
        (b"# A\r\n", "line 1: found a carriage return"),
    ],
)
def test_a_chapter_is_written_as_any_text(book, raw, found):
    """What cannot be seen in it would be published."""
    (book.root / "book/other.md").write_bytes(raw)

    assert any(line.startswith(f"book/other.md {found}") for line in book.found())


def test_a_text_of_any_language_is_fine(book):
    """Chinese, accents and dashes are letters like any."""
    book.replace(
        "data/subjects.csv", "h200,H200", "h200,M\u00fcnchen \u4ece\u8865 \u2013 \u00ab\u00e9\u00bb"
    )

    assert book.found() == []


def lose(path, how):
    """Leave nothing of a table, nothing in its file, its header alone or the rows alone."""
    header, rows = path.read_text(encoding="utf-8").split("\n", 1)
    left = {
        "empty": "",
        "header": f"{header}\n",
        "columns": f"other_{header}\n{rows}",
    }
    path.unlink() if how == "file" else path.write_text(left[how], encoding="utf-8")


@pytest.mark.parametrize("how", ["file", "empty", "header", "columns"])
@pytest.mark.parametrize("name", ["accelerators", "quantities", "subjects", "runs"])
def test_a_lost_table_is_said_alone(book, name, how):
    """Else whatever looks into it would complain, hundreds of times, of rows that are right."""
    lose(book.root / f"data/{name}.csv", how)
    found = book.found()

    assert 1 <= len(found) <= 2
    for line in found:
        assert line.startswith((f"data/{name}.csv", f"data/datapackage.json, property {name}."))


WRITTEN = {
    "tabs": lambda text: text.replace(",", "\t"),
    "semicolons": lambda text: text.replace(",", ";"),
    "spaces after commas": lambda text: text.replace(",", ", "),
    "a column twice": lambda text: text.replace(",", ",chip,", 1),
    "a column less": lambda text: text.replace("chip,", "", 1),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_a_table_that_is_written_otherwise_is_found(book, write):
    """What reads tables reads commas, quotes and the columns of the schema, in their order."""
    path = book.root / "data/runs.csv"
    path.write_text(write(path.read_text(encoding="utf-8")), encoding="utf-8")
    advice = "name and order the columns as the descriptor does, with commas between them"

    found = [line for line in book.found() if line.startswith("data/runs.csv row 1, column ")]
    assert len(found) == 1
    assert found[0].endswith(f"expected chip, chips, value, source; {advice}")


def test_beside_a_lost_table_others_are_still_read(book):
    """Two tables damaged by one slip are both named at once."""
    lose(book.root / "data/subjects.csv", "header")
    book.replace("data/runs.csv", "a100,8,800", "a100,8,many")

    assert [line.split(": found ")[0] for line in book.found()] == [
        "data/runs.csv row 2, column value",
        "data/subjects.csv",
    ]


def test_a_table_that_cannot_be_read_is_said_without_the_claims(monkeypatch, book):
    """The checks of claims would each say that they cannot read it; they are asked later."""
    asked = []
    running = [lambda material: iter(asked.append(material.root) or ())]
    monkeypatch.setattr(every_rule, "RUNNING", running)
    rules = [*every_rule.RULES, *running]
    assert every_rule.check(book.root, rules) == []
    assert asked == [book.root]

    book.replace("data/accelerators.csv", "memory_gb,40", 'memory_gb,"40,5"')
    seal(book.root)

    assert 4 in [one.row for one in every_rule.check(book.root, rules)]
    assert asked == [book.root]


def test_an_empty_line_is_called_one(book):
    """And not a row that lacks a comma."""
    book.replace("data/subjects.csv", "h200,H200", "\nh200,H200")

    assert "data/subjects.csv row 3: found an empty line, expected a row; remove it" in book.found()
