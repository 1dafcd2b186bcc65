"""Every chapter runs again and gives the outputs that the built site shows.

nbval is run on notebooks whose reference outputs come from the site's own execution cache. A cell
without an execution count would be compared with nothing, so the cells are counted first.
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from rebuilt.build.builder import chapters
from rebuilt.paths import BOOK
from rebuilt.site import notebooks, preloaded

SPEAKERS = frozenset({"print", "say", "display"})  # calls that leave an output wherever they stand
SILENT = frozenset({"used"})  # calls that leave none
EXECUTED = [name for name in chapters() if "kernelspec" in (BOOK / f"{name}.md").read_text("utf-8")]


def speaks(source: str) -> bool:
    """Whether a code cell must leave an output: it ends in an expression or calls a speaker."""
    statements = ast.parse(source).body
    if statements and isinstance(statements[-1], ast.Expr):
        last = statements[-1].value
        return not (isinstance(last, ast.Call) and getattr(last.func, "attr", "") in SILENT)
    called = [
        node.func
        for statement in statements
        if isinstance(statement, ast.Expr | ast.For | ast.If)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    ]
    return any(getattr(f, "attr", getattr(f, "id", "")) in SPEAKERS for f in called)


def uncompared(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the code of every cell that must leave an output and has none that nbval compares."""
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code"
        and speaks(cell.source)
        and not (cell.execution_count is not None and cell.outputs)
    ]


def whole(chapter: str, folder: Path) -> Path:
    """Write a chapter as it ran, with the cells that give its sentences their numbers."""
    path = folder / f"{chapter}.ipynb"
    nbformat.write(notebooks.executed(chapter), path)
    return path


def run_nbval(*paths: Path) -> subprocess.CompletedProcess[str]:
    """Re-execute notebooks of one folder, each in a fresh kernel, and compare every output."""
    folder = paths[0].parent
    options = ["--nbval", "--nbval-cell-timeout=120", "-p", "no:cacheprovider", "-q", "-rp"]
    # Not `-m pytest`: a process that is forked imports the main module of the one that asked.
    main = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    command = [sys.executable, "-c", main, *options, "--rootdir", str(folder)]
    # The chapters run where the site build runs them, and record nothing.
    environment = {key: value for key, value in os.environ.items() if "REBUILT_INPUTS" not in key}
    environment[preloaded.VARIABLE] = preloaded.NAME
    return subprocess.run(
        [*command, *map(str, paths)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def compared(request, tmp_path_factory):
    """Run all chapters that are asked for, one after another: the folder and what was said."""
    folder = tmp_path_factory.mktemp("notebooks")
    asked = [item.callspec.params["chapter"] for item in request.session.items
             if "compared" in getattr(item, "fixturenames", ())]  # fmt: skip
    return run_nbval(*[whole(chapter, folder) for chapter in asked]).stdout


def about(said: str, chapter: str) -> str:
    """Part of what nbval said that is about one chapter, from the line that names its cell."""
    parts = re.split(r"^_+ (?=[\w/.-]+\.ipynb::)", said, flags=re.MULTILINE)
    return "".join(part for part in parts[1:] if f"{chapter}.ipynb::" in part.splitlines()[0])


@pytest.mark.parametrize("chapter", EXECUTED)
def test_chapter_gives_the_outputs_that_the_site_shows(chapter, compared, record_property):
    """All cells pass, and every one that must leave an output had one to compare."""
    executed = notebooks.executed(chapter)
    passed = re.findall(rf"^PASSED (?:.*/)?{chapter}\.ipynb::", compared, re.MULTILINE)
    code_cells = sum(cell.cell_type == "code" for cell in executed.cells)

    record_property("compared_cells", notebooks.compared_cells(executed))
    assert len(passed) == code_cells, about(compared, chapter)[-4000:] or compared[-4000:]
    assert uncompared(executed) == []


def test_a_wrong_number_in_prose_turns_nbval_red(tmp_path):
    """Change one digit of one glued number in the reference, and the comparison fails."""
    path = whole("nvidia", tmp_path)
    notebook = nbformat.read(path, as_version=4)
    planted = _plant(notebook)
    nbformat.write(notebook, path)

    done = run_nbval(path)

    assert done.returncode == 1
    assert planted in done.stdout


def _plant(notebook: nbformat.NotebookNode) -> str:
    """Damage the first glued number; what stands behind it need not run."""
    for place, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if "scrapbook" in output.get("metadata", {}):
                (mime, text) = next(iter(output["data"].items()))
                if re.search(r"\d", text):
                    wrong = re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), text, count=1)
                    output["data"][mime] = wrong
                    del notebook.cells[place:]
                    return wrong.strip("'")
    raise AssertionError("the chapter has no glued number to damage")


def test_a_notebook_that_was_never_executed_counts_no_cells():
    """The counter sees what nbval passes over in silence."""
    cell = nbformat.v4.new_code_cell("1 + 1")
    cell.outputs = [nbformat.v4.new_output("stream", text="2")]

    assert notebooks.compared_cells(nbformat.v4.new_notebook(cells=[cell])) == 0


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 1", True),
        ("page.say(a=1)\nb = 2", True),
        ("for i in range(2):\n    print(i)", True),
        ("import os\na = print", False),
        ("a = 1\npage.used(a)", False),
        ("def say():\n    print(1)", False),
        ("", False),
    ],
)
def test_what_a_cell_must_leave_is_read_from_its_code(source, expected):
    """An expression at the end, or a call that prints or glues."""
    assert speaks(source) is expected


def test_a_cell_that_lost_its_output_is_named():
    """Whatever was lost: the output, or the execution count without which nothing is compared."""
    output = nbformat.v4.new_output("stream", text="2")
    cells = [
        nbformat.v4.new_code_cell("whole()", execution_count=1, outputs=[output]),
        nbformat.v4.new_code_cell("lost()", execution_count=2),
        nbformat.v4.new_code_cell("uncounted()", outputs=[output]),
        nbformat.v4.new_code_cell("a = silent()", execution_count=3),
    ]

    assert uncompared(nbformat.v4.new_notebook(cells=cells)) == ["lost()", "uncounted()"]


def test_a_chapter_edited_after_the_build_is_refused(monkeypatch, tmp_path):
    """Outputs of an older text are never taken for those of the present one."""
    text = (BOOK / "nvidia.md").read_text(encoding="utf-8")
    (tmp_path / "nvidia.md").write_text(text.replace("```{code-cell}", "```{code-cell}\n1", 1))
    monkeypatch.setattr(notebooks, "BOOK", tmp_path)

    with pytest.raises(ValueError, match="has changed since the site was built"):
        notebooks.executed("nvidia")
