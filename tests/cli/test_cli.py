"""The `rebuilt` command."""

import subprocess
import sys

import pytest

from rebuilt import cli
from rebuilt.errors import DataError


def test_every_command_is_listed_with_its_help(capsys):
    """`rebuilt --help` names each sub-command."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])

    shown = capsys.readouterr().out
    assert stopped.value.code == 0
    assert all(name in shown for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_its_options(name, capsys):
    """`rebuilt COMMAND --help` works for each."""
    with pytest.raises(SystemExit) as stopped:
        cli.main([name, "--help"])

    assert stopped.value.code == 0
    assert f"usage: rebuilt {name}" in capsys.readouterr().out


def test_an_error_for_people_is_one_sentence_and_exit_code_two(capsys):
    """A RebuiltError becomes a line on stderr, without a traceback."""
    code = cli.main(["claims", "--as-of", "yesterday"])

    shown = capsys.readouterr()
    assert code == 2
    assert shown.out == ""
    assert shown.err.startswith("rebuilt claims: 'yesterday' is not a date; write YYYY-MM-DD")
    assert issubclass(DataError, ValueError)


def test_cost_imports_neither_numba_nor_polars():
    """`rebuilt cost` answers from the exact reference, so it starts at once."""
    script = (
        "import sys, rebuilt.cli.cost_command; "
        "print(sorted({'numba', 'polars', 'altair'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
