"""Which files a chapter opened is written down, and only during a build."""

from pathlib import Path

import pytest

from rebuilt import bibliography, claims, inputs, tables
from rebuilt.inputs import LOG_VARIABLE
from rebuilt.paths import DATA, ROOT


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Return the log of a running chapter."""
    path = tmp_path / "chapter.log"
    monkeypatch.setenv(LOG_VARIABLE, str(path))
    return path


def opened(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines()


def test_the_path_comes_back_unchanged(log):
    """Callers can open what they passed in."""
    path = DATA / "sources.bib"

    assert inputs.open_input(path) is path


def test_each_file_is_appended_relative_to_the_repository(log):
    """No path of this machine gets into a record; an earlier line stays."""
    inputs.open_input(DATA / "roadmap.csv")
    inputs.open_input(DATA / ".." / "data" / "mlperf.csv")

    assert opened(log) == ["data/roadmap.csv", "data/mlperf.csv"]


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
    log.unlink()

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
