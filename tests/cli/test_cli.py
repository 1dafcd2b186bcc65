"""The `rebuilt` command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rebuilt import cli
from rebuilt.errors import DataError, nearest

COMMAND = (sys.executable, "-m", "rebuilt.cli")
# As users have it: what is buffered is written at the end, when the reader may be gone.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["cost", "dit-xl-2", "--gpu", "h100", "--gpus", "1", "--gpus", "8"],
         "--gpus is given twice; give it once"),
        (["cost", "hunyuanvideo", "--gpu", "h100", "--tile", "--no-tile"],
         "--tile or --no-tile is given twice; give it once"),
        (["sweep", "--model", "dit-xl-2", "--how", "sobol", "--how=grid"],
         "--how is given twice; give it once"),
        (["sweep", "--model", "dit-xl-2", "--model", "hunyuanvideo", "--axis", "steps=4"],
         "--model is given twice; give it once"),
        (["fabric", "--gpus", "8", "--gpus", "8"], "--gpus is given twice; give it once"),
        *((["fleet", "dit-xl-2", "--clips-per-day", "9", name, values], f"{name}: {said}")
          for name, values, said in (
              ("--gpu", "h100,h100-sxm", "h100-sxm is given twice; give it once"),
              ("--gpus", "1,2,1", "1 is given twice; give it once"),
              ("--batch", "2,02", "2 is given twice; give it once"),
          )),
        (["claims", "--section", ""], "--section is empty; give it a value, or leave it out"),
        (["fleet", "dit-xl-2", "--clips-per-day", "9", "--batch", ""],
         "--batch is empty; give it a value, or leave it out"),
        *((["sweep", "--model", "dit-xl-2", "--axis", "steps=4,5", f"--{name}="],
           f"--{name} is empty; give it a value, or leave it out")
          for name in ("records", "state", "table", "pareto", "sensitivity", "histogram")),
    ],
)  # fmt: skip
def test_an_option_is_given_once_and_not_empty(words, sentence, capsys):
    """Of every command: the last of two would win, and an empty one would be as if not given."""
    assert cli.main(words) == 2
    assert capsys.readouterr() == ("", f"rebuilt {words[0]}: {sentence}\n")


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


@pytest.mark.parametrize("words", [["claims", "--json"], ["claims"], ["cost", "sd1.5"]])
def test_a_reader_that_goes_away_is_no_error(words):
    """As in `rebuilt claims --json | head -c 10`: no traceback, and the code of SIGPIPE."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, *words], stdout=writing, stderr=subprocess.PIPE, text=True, env=BUFFERED
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("words", [["claims", "--json"], ["cost", "sd1.5"]])
def test_a_full_device_is_one_sentence(words):
    """Nothing can be written, and the command says so."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, text=True, env=BUFFERED
        )

    assert done.returncode == 3
    assert done.stderr == (
        "rebuilt: the output could not be written or read: No space left on device\n"
    )


def test_an_interrupted_command_says_nothing(monkeypatch, capsys):
    """Ctrl-C is the user's wish: no traceback, and the code of SIGINT."""
    from rebuilt.cli import claims_command

    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(claims_command, "run", interrupted)

    assert cli.main(["claims"]) == 130
    assert capsys.readouterr() == ("", "")


def test_exit_codes_are_documented(capsys):
    """`rebuilt --help` lists every code that a command can end with."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])

    shown = " ".join(capsys.readouterr().out.split())
    assert all(f"{code} " in shown.partition("exit codes:")[2] for code in (0, 1, 2, 3, 130, 141))


def test_a_long_wrong_name_is_compared_and_shown_in_part(capsys):
    """A million letters would take minutes, and hide what is expected."""
    wrong = "wan2.1-t2v" + "x" * 100_000

    assert nearest(wrong, ["wan2.1-t2v-14b", "flux.1-dev"])[0] == "wan2.1-t2v-14b"
    assert cli.main(["cost", wrong]) == cli.BAD_INPUT
    told = capsys.readouterr().err
    assert len(told) < 2 * cli.LONGEST
    assert "wan2.1-t2v-14b" in told
