"""Which files a chapter opened, and what they held, is written down, and only in a build."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rebuilt import claims
from rebuilt.evidence import bibliography, inputs, tables
from rebuilt.evidence.inputs import LOG_VARIABLE
from rebuilt.paths import DATA, ROOT


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Return the log of a chapter whose kernel has just started."""
    path = tmp_path / "chapter.log"
    monkeypatch.setenv(LOG_VARIABLE, str(path))
    monkeypatch.setattr(inputs, "_lines", {})
    return path


def lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines()


def opened(log: Path) -> list[str]:
    return [line.rpartition(" ")[0] for line in lines(log)]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_path_comes_back_unchanged(log):
    """Callers can open what they passed in."""
    path = DATA / "sources.bib"

    assert inputs.open_input(path) is path


def test_each_file_is_appended_relative_to_the_repository(log):
    """No path of this machine gets into a record; an earlier line stays."""
    inputs.open_input(DATA / "roadmap.csv")
    inputs.open_input(DATA / ".." / "data" / "mlperf.csv")

    assert opened(log) == ["data/roadmap.csv", "data/mlperf.csv"]


def test_a_line_is_the_path_and_the_digest_of_what_was_read(log):
    """A later build can tell what the file held, not only that it was opened."""
    inputs.open_input(DATA / "roadmap.csv")

    assert lines(log) == [f"data/roadmap.csv {sha256(DATA / 'roadmap.csv')}"]


def test_a_file_that_changes_between_two_cells_is_recorded_in_both_states(
    log, tmp_path, monkeypatch
):
    """Each state has a line of its own, however soon one follows the other."""
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    path = tmp_path / "a.csv"
    digests = []
    for text in ("1", "2"):
        path.write_text(text, encoding="utf-8")
        inputs.open_input(path)
        digests.append(sha256(path))

    assert lines(log) == [f"a.csv {digest}" for digest in digests]


def test_a_file_that_is_opened_again_and_again_is_recorded_once(log):
    """A chapter opens the descriptor thousands of times."""
    for name in ("roadmap", "mlperf", "roadmap"):
        inputs.open_input(DATA / f"{name}.csv")

    assert opened(log) == ["data/roadmap.csv", "data/mlperf.csv"]


def test_a_file_that_has_long_been_as_it_is_is_read_once(log, tmp_path, monkeypatch):
    """Until its time stamp, its size or the file itself is another one."""
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    path, reads = tmp_path / "a.csv", []
    monkeypatch.setattr(inputs, "digest", lambda file: reads.append(file) or file.read_text())
    for text, changed in (("1", 1), ("2", 2), ("2", 2)):
        path.write_text(text, encoding="utf-8")
        os.utime(path, (changed, changed))
        inputs.open_input(path)

    assert lines(log) == ["a.csv 1", "a.csv 2"]
    assert len(reads) == 2


def test_the_first_file_of_a_process_begins_the_log_anew(log):
    """What an earlier execution opened is no input of this one."""
    log.write_text("data/gone.csv 1\n", encoding="utf-8")

    inputs.open_input(DATA / "roadmap.csv")
    inputs.open_input(DATA / "mlperf.csv")

    assert opened(log) == ["data/roadmap.csv", "data/mlperf.csv"]


def test_two_chapters_of_one_process_have_two_logs(log, monkeypatch):
    """Each log is begun once, and going back to the first one keeps its lines."""
    other = log.with_name("other.log")
    for path, name in ((log, "roadmap"), (other, "mlperf"), (log, "accelerators")):
        monkeypatch.setenv(LOG_VARIABLE, str(path))
        inputs.open_input(DATA / f"{name}.csv")

    assert opened(log) == ["data/roadmap.csv", "data/accelerators.csv"]
    assert opened(other) == ["data/mlperf.csv"]


CHAPTER = """
import rebuilt.paths
from rebuilt.evidence import tables
print(*sorted(name for name in __import__("sys").modules if name.startswith("rebuilt")))
"""


def test_every_module_that_a_chapter_imports_is_recorded(log):
    """Those that the package itself begins with, and those that come later."""
    done = subprocess.run(
        [sys.executable, "-c", CHAPTER], env=os.environ | {LOG_VARIABLE: str(log)},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    files = {name for name in opened(log) if name.endswith(".py")}
    modules = {
        name.removesuffix(".py").removesuffix("/__init__").removeprefix("book/").replace("/", ".")
        for name in files
    }

    assert modules == set(done.stdout.split())
    assert {line for line in lines(log) if ".py " in line} == {
        f"{name} {sha256(ROOT / name)}" for name in files
    }


def package(folder: Path, name: str = "datapackage.json", **changes: object) -> Path:
    """Write a descriptor of one sealed table and one sealed file."""
    table = {"name": "chips", "path": "chips.csv", "hash": "sha256:1", "bytes": 10, "rows": 2}
    file = {"path": "sources.bib", "hash": "sha256:2", "bytes": 20}
    described = {"note_date": "2024-02-20", "resources": [table | changes], "files": [file]}
    path = folder / name
    path.write_text(json.dumps(described), encoding="utf-8")
    return path


@pytest.mark.parametrize("change", [{"hash": "sha256:9"}, {"bytes": 11}, {"rows": 3}])
def test_a_seal_is_no_part_of_the_digest_of_a_descriptor(tmp_path, change):
    """A table that was sealed again reaches only those that opened the table."""
    before = inputs.digest(package(tmp_path))

    assert inputs.digest(package(tmp_path, **change)) == before


def test_a_seal_of_a_file_beside_the_tables_is_no_part_of_it_either(tmp_path):
    """The bibliography is recorded by itself too."""
    path = package(tmp_path)
    before = inputs.digest(path)
    path.write_text(path.read_text(encoding="utf-8").replace("sha256:2", "sha256:8"), "utf-8")

    assert inputs.digest(path) == before


@pytest.mark.parametrize("change", [{"title": "Chips"}, {"path": "other.csv"}, {"name": "x"}])
def test_whatever_else_a_descriptor_says_is_part_of_its_digest(tmp_path, change):
    """Columns, titles and dates reach all that looked a table up."""
    before = inputs.digest(package(tmp_path))

    assert inputs.digest(package(tmp_path, **change)) != before


def test_of_any_other_file_every_byte_counts(tmp_path):
    """Only `datapackage.json` has seals."""
    before = package(tmp_path, "other.json")

    assert inputs.digest(before) == sha256(before)
    assert inputs.digest(before) != inputs.digest(package(tmp_path, "other.json", rows=3))


@pytest.mark.parametrize("value", [None, ""])
def test_outside_a_build_nothing_is_recorded(tmp_path, monkeypatch, value):
    """A reader's own session leaves no files behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LOG_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(LOG_VARIABLE, value)

    inputs.open_input(DATA / "roadmap.csv")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("read", "files"),
    [
        (lambda: tables.load("roadmap"), {"data/datapackage.json", "data/roadmap.csv"}),
        (lambda: tables.names(), {"data/datapackage.json"}),
        (lambda: tables.note_date(), {"data/datapackage.json"}),
        (lambda: bibliography.load(), {"data/sources.bib"}),
        (lambda: claims.read(), {"seeds/claims.csv"}),
    ],
    ids=["table", "names", "note date", "bibliography", "claims"],
)
def test_every_reader_records_its_file_even_from_its_cache(log, read, files):
    """A table that an earlier cell has loaded is an input of this chapter too."""
    read()
    inputs._lines.clear()  # the next chapter of this process

    read()

    assert set(opened(log)) == files
    assert all((ROOT / name).is_file() for name in files)


def test_choosing_a_source_depends_on_the_preferences(log):
    """A changed preference must run the chapter again."""
    tables.choose("accelerators", tables.load("accelerators"))

    assert "data/preferences.csv" in opened(log)


def test_the_ledger_depends_on_all_that_its_checks_read(log):
    """The claims themselves, and the tables behind the checks of one section."""
    claims.ledger(section="nvidia")

    assert {
        "seeds/claims.csv",
        "data/accelerators.csv",
        "data/mlperf.csv",
        "data/roadmap.csv",
        "data/statements.csv",
        "data/preferences.csv",
    } <= set(opened(log))
