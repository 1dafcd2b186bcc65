"""Times of a GPU become rows of the table of runs that the fit takes and never fits."""

import csv
import os
import subprocess

import pytest
from tools.gpu_rows import add, row_of

from rebuilt.cost.fit.kinds import can_be_fitted
from rebuilt.cost.fit.runs import ONE_STEP, _run
from rebuilt.evidence import bibliography
from rebuilt.paths import DATA, ROOT

PYTHON = ROOT / ".venv-reference" / "bin" / "python"
SOURCE = "own-gpu-times-test-2026"
SETTING = {
    "model": "wan2.1-t2v-1.3b", "frames": 81, "height": 480, "width": 832, "attention": "cudnn",
    "compiled": "yes", "format": "fp8-weights", "torch": "torch 2.13.0",
}  # fmt: skip
NUMBERS = {"density": None, "seconds": None, "seconds_per_step": 0.5}


def made(place=1, **changes):
    return row_of(place, "h200-sxm", "H200", SOURCE, "2026-11-30", SETTING | changes, 0.5)


@pytest.fixture
def known(monkeypatch):
    """Give the bibliography an entry for the source of this test."""
    entries = bibliography.load() | {SOURCE: None}
    monkeypatch.setattr(bibliography, "load", lambda: entries)


def test_a_row_is_a_run_that_the_model_can_price():
    """One forward pass on one accelerator, with the kernel and the format that were measured."""
    run = _run({"also_in": None, "flags": None} | made() | NUMBERS | {"pair_id": "a"})

    assert run.scope == ONE_STEP
    assert run.told
    assert (run.kernel, run.software.format, run.software.compiled) == (
        "cudnn",
        "fp8-weights",
        True,
    )
    assert not can_be_fitted({name: str(value) for name, value in made().items()})


def test_rows_take_the_place_of_those_of_their_source(tmp_path, known):
    """All others stay as they are, sorted; every column is one of the table's."""
    table = tmp_path / "software_runs.csv"
    table.write_bytes((DATA / "software_runs.csv").read_bytes())
    before = table.read_text(encoding="utf-8")
    add([made(), made(2, compiled="no")], table)
    add([made()], table)
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert [row["seconds_per_step"] for row in rows if row["source"] == SOURCE] == ["0.5"]
    assert len(rows) == before.count("\n")


@pytest.mark.parametrize("source", ["own-gpu-times-nobody", "somebody-2026"])
def test_a_source_without_an_entry_is_refused(tmp_path, source):
    """And one that is not named as ours."""
    with pytest.raises(SystemExit, match="give it an entry first"):
        add([made() | {"source": source}], tmp_path / "unread.csv")


@pytest.mark.skipif(
    not PYTHON.exists(),
    reason="TIMES ON A GPU ARE NOT TRIED: no .venv-reference with torch; `make reference` makes it",
)
def test_a_dry_run_times_a_network_on_the_cpu():
    """A layer of a real class with random weights, in two formats; nothing is written."""
    found = subprocess.run(
        [PYTHON, "-W", "ignore", "tools/reference/gpu_times.py", "--dry-run"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "book:."},
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.count("wan2.1-t2v-1.3b 5 64 64 fa2 no") == 2
