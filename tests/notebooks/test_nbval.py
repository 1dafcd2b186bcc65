"""Every chapter runs again and gives the outputs that the built site shows.

nbval is run on notebooks whose reference outputs come from the site's own execution cache. A cell
without an execution count would be compared with nothing, so the cells are counted first.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from rebuilt.build.builder import chapters
from rebuilt.paths import BOOK
from rebuilt.site import notebooks

# A chapter that compares fewer cells than this has lost its outputs or its sources.
FLOOR = {
    "ai-terminals": 11,
    "amd": 12,
    "calculator": 3,
    "chain": 13,
    "compute-cost": 10,
    "data": 4,
    "index": 4,
    "industry-chain": 6,
    "latent-patches": 10,
    "method": 3,
    "miniature": 14,
    "mixed-reality": 8,
    "nvidia": 11,
    "optics": 11,
    "scorecard": 12,
    "sora": 16,
    "sora-closed": 16,
    "status": 5,
    "switching": 12,
    "text-to-video": 12,
    "upgrade": 8,
    "validation": 6,
    "validation-hardware": 8,
}
EXECUTED = [name for name in chapters() if "kernelspec" in (BOOK / f"{name}.md").read_text("utf-8")]


def run_nbval(notebook: Path) -> subprocess.CompletedProcess[str]:
    """Re-execute a notebook in a fresh kernel and compare every output strictly."""
    options = ["--nbval", "--nbval-cell-timeout=120", "-p", "no:cacheprovider", "-q", "-rN"]
    command = [sys.executable, "-m", "pytest", *options, "--rootdir", str(notebook.parent)]
    # The chapter runs where the site build runs it, and records nothing.
    environment = {key: value for key, value in os.environ.items() if "REBUILT_INPUTS" not in key}
    return subprocess.run(
        [*command, str(notebook)],
        cwd=notebook.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("chapter", EXECUTED)
def test_chapter_gives_the_outputs_that_the_site_shows(chapter, tmp_path, record_property):
    """All cells pass, and at least the floor of them had an output to compare."""
    path = notebooks.write(chapter, tmp_path)
    compared = notebooks.compared_cells(notebooks.executed(chapter))

    done = run_nbval(path)

    record_property("compared_cells", compared)
    passed = re.search(r"(\d+) passed", done.stdout)
    code_cells = sum(c.cell_type == "code" for c in notebooks.executed(chapter).cells)
    assert done.returncode == 0, done.stdout[-4000:]
    assert passed is not None
    assert int(passed.group(1)) == code_cells
    assert compared >= FLOOR[chapter]


def test_a_wrong_number_in_prose_turns_nbval_red(tmp_path):
    """Change one digit of one glued number in the reference, and the comparison fails."""
    path = notebooks.write("nvidia", tmp_path)
    notebook = nbformat.read(path, as_version=4)
    planted = _plant(notebook)
    nbformat.write(notebook, path)

    done = run_nbval(path)

    assert done.returncode == 1
    assert planted in done.stdout


def _plant(notebook: nbformat.NotebookNode) -> str:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "scrapbook" in output.get("metadata", {}):
                (mime, text) = next(iter(output["data"].items()))
                if re.search(r"\d", text):
                    wrong = re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), text, count=1)
                    output["data"][mime] = wrong
                    return wrong.strip("'")
    raise AssertionError("the chapter has no glued number to damage")


def test_a_notebook_that_was_never_executed_counts_no_cells():
    """The counter sees what nbval passes over in silence."""
    cell = nbformat.v4.new_code_cell("1 + 1")
    cell.outputs = [nbformat.v4.new_output("stream", text="2")]

    assert notebooks.compared_cells(nbformat.v4.new_notebook(cells=[cell])) == 0


def test_a_chapter_edited_after_the_build_is_refused(monkeypatch, tmp_path):
    """Outputs of an older text are never taken for those of the present one."""
    text = (BOOK / "nvidia.md").read_text(encoding="utf-8")
    (tmp_path / "nvidia.md").write_text(text.replace("```{code-cell}", "```{code-cell}\n1", 1))
    monkeypatch.setattr(notebooks, "BOOK", tmp_path)

    with pytest.raises(ValueError, match="has changed since the site was built"):
        notebooks.executed("nvidia")
