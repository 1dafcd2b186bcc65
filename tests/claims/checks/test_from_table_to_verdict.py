"""A number of data/ reaches the verdict: changed in a copy of the repository, it changes there."""

import shutil

import pytest

from rebuilt import claims
from rebuilt.claims import entries as entries_module
from rebuilt.claims.vocabulary import Verdict
from rebuilt.evidence import tables
from rebuilt.paths import DATA, SEEDS

MEMORY = "h200-sxm,memory_gb,141,,gb,nominal,"


def forget() -> None:
    for cached in (tables._parse_descriptor, tables._parse, entries_module._facts):
        cached.cache_clear()


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Return accelerators.csv of a copy of data/ and seeds/ that the package reads instead."""
    for folder in (DATA, SEEDS):
        shutil.copytree(folder, tmp_path / folder.name)
    monkeypatch.setattr(tables, "DATA", tmp_path / "data")
    monkeypatch.setattr(entries_module, "SEEDS", tmp_path / "seeds")
    forget()
    yield tmp_path / "data" / "accelerators.csv"
    forget()


def judged() -> dict[str, claims.Entry]:
    forget()
    return {entry.id: entry for entry in claims.ledger()}


def test_a_changed_cell_changes_the_verdict_and_back(table):
    """The H200 has 141 GB, so the note is right; with 200 GB in the table it would be wrong."""
    text = table.read_text(encoding="utf-8")
    before = judged()
    table.write_text(text.replace(MEMORY, MEMORY.replace("141", "200")), encoding="utf-8")
    after = judged()
    table.write_text(text, encoding="utf-8")

    assert text.count(MEMORY) == 1
    memory = [
        (found.then, found.computed)
        for found in (before["nvidia-h200-memory"], after["nvidia-h200-memory"])
    ]
    assert memory == [(Verdict.HOLDS, 141.0), (Verdict.WRONG, 200.0)]
    assert judged() == before


def test_a_changed_cell_reaches_only_the_claims_that_rest_on_it(table):
    """Memory, its ratio over the A100 and the comparison with the B100; nothing else."""
    text = table.read_text(encoding="utf-8")
    before = judged()
    table.write_text(text.replace(MEMORY, MEMORY.replace("141", "200")), encoding="utf-8")
    after = judged()

    assert {identifier for identifier in before if before[identifier] != after[identifier]} == {
        "nvidia-h200-memory",
        "nvidia-capacity-vs-a100",
        "nvidia-b100-capacity",
    }
