"""Where the repository lies, who runs it and with which settings changes nothing."""

import os
import re
import shutil
import socket
import stat
import subprocess

import pytest

from rebuilt.build import serving
from rebuilt.build.workplace import publish
from rebuilt.paths import ROOT

FAKE = """#!/bin/sh
echo "$0 $*" >> "$LOG"
packages=.venv/lib/python3.11/site-packages
case "$*" in
  "-m venv .venv") mkdir -p .venv/bin $packages && cp "$0" .venv/bin/python ;;
  *"-e .") printf '%s\\n' "$PWD/book" > $packages/__editable__.rebuilt-1.pth ;;
esac
"""
MADE_FROM = (
    "Makefile",
    "requirements.lock",
    "requirements-lab.lock",
    "requirements-test.lock",
    "pyproject.toml",
    "setup.py",
)


@pytest.fixture
def checkout(tmp_path):
    """Copy what an environment is made of, with a Python that only says what it was asked."""
    folder = tmp_path / "here"
    folder.mkdir()
    for name in MADE_FROM:
        shutil.copy(ROOT / name, folder)
    python = tmp_path / "python"
    python.write_text(FAKE, encoding="utf-8")
    python.chmod(0o755)
    return folder


def made(folder, target="env"):
    """Lines that the fake Python was called with by one `make`."""
    log = folder.parent / "log"
    log.write_text("", encoding="utf-8")
    command = ["make", "-s", "-C", str(folder), target, f"PYTHON={folder.parent / 'python'}"]
    subprocess.run(command, check=True, env=os.environ | {"LOG": str(log)}, capture_output=True)
    return [line for line in log.read_text("utf-8").splitlines() if not line.endswith("-c ")]


def installs(lines):
    return sum("pip install" in line for line in lines)


def test_an_environment_is_made_once(checkout):
    """The second time nothing is installed, whatever the times of files say."""
    assert installs(made(checkout)) == 2
    for name in MADE_FROM:
        os.utime(checkout / name)
    assert made(checkout) == []
    assert installs(made(checkout, "test-env")) == 2  # JupyterLab, and the checks
    assert made(checkout, "test-env") == []


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_another_lock_is_installed_even_if_it_is_older(checkout, name):
    """Its content counts: a checkout of an earlier commit has earlier times."""
    made(checkout)
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    os.utime(checkout / name, (0, 0))

    assert installs(made(checkout)) == 2


def test_a_copied_or_moved_environment_is_made_anew(checkout):
    """It would import from where it was."""
    made(checkout)
    (checkout / ".venv" / "old").touch()
    copy = shutil.copytree(checkout, checkout.parent / "copy")
    lines = made(copy)

    assert installs(lines) == 2
    assert not (copy / ".venv" / "old").exists()
    assert (checkout / ".venv" / "old").exists()
    assert made(checkout) == []


NAMES = ["a $(touch made)b", "a `touch made`b", "it's; touch made;'", "a b"]


@pytest.mark.parametrize("name", NAMES)
def test_the_command_runs_the_python_beside_it(checkout, name):
    """Whatever the folder is called, from another one, and by a link."""
    folder = checkout.rename(checkout.parent / name)
    made(folder)
    link = checkout.parent / "link"
    link.symlink_to(folder / ".venv" / "bin" / "rebuilt")
    log = folder.parent / "log"
    for command in (folder / ".venv" / "bin" / "rebuilt", link):
        log.write_text("", encoding="utf-8")
        run = [str(command), "cost", "a b"]
        subprocess.run(run, check=True, cwd=folder.parent, env=os.environ | {"LOG": str(log)})

        assert log.read_text("utf-8").endswith("-P -m rebuilt.cli cost a b\n")
    assert not list(folder.parent.rglob("made"))


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_folder_is_no_command(tmp_path, name):
    """Nor make's, nor the shell's."""
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    run = subprocess.run(
        ["make", "-f", str(folder / "Makefile"), "help"], cwd=tmp_path, capture_output=True
    )

    assert run.returncode == 0, run.stderr
    assert b"make chapter" in run.stdout
    assert not list(tmp_path.rglob("made"))


def test_the_users_variables_of_python_are_set_aside(checkout):
    """None reaches a command of make."""
    hostile = {"PYTHONPATH": "/evil", "PYTHONHOME": "/evil", "PYTHONSTARTUP": "/evil.py",
               "PYTHONOPTIMIZE": "2", "PYTHONWARNINGS": "error", "PYTHONHASHSEED": "x"}  # fmt: skip
    text = (ROOT / "Makefile").read_text("utf-8")
    text = text.replace("endif\n", "told:\n\tenv\nendif\n")  # one more target, of this test
    (checkout / "Makefile").write_text(text, encoding="utf-8")
    run = subprocess.run(
        ["make", "-s", "-C", str(checkout), "told"],
        env=os.environ | hostile, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert not {line.partition("=")[0] for line in run.stdout.splitlines()} & set(hostile)


@pytest.mark.parametrize("port", ["nan", "0", "65536", "80a", ""])
def test_a_port_that_is_none_is_one_sentence(capsys, port):
    """As of any number."""
    assert serving.main(["--port", port]) == 2
    assert "PORT is " in capsys.readouterr().err


def test_a_port_that_is_taken_is_one_sentence(capsys):
    """And says how to name another."""
    with socket.socket() as taken:
        taken.bind((serving.HOST, 0))
        taken.listen()
        code = serving.main(["--port", str(taken.getsockname()[1])])

    assert code == 2
    assert "name another: make serve PORT=8001" in capsys.readouterr().err


def test_a_site_can_be_read_whatever_the_umask(tmp_path):
    """A web server may be another user."""
    before = os.umask(0o077)
    try:
        (tmp_path / "html.new" / "_static").mkdir(parents=True)
        (tmp_path / "html.new" / "_static" / "a.css").touch()
        publish(tmp_path / "html")
    finally:
        os.umask(before)
    modes = [
        stat.S_IMODE((tmp_path / "html" / one).stat().st_mode) for one in ("_static/a.css", "")
    ]

    assert modes == [0o644, 0o755]


def test_tables_keep_their_line_ends_in_every_checkout():
    """Hashes are of bytes, and core.autocrlf would change them."""
    files = ["data/accelerators.csv", "book/index.md", "data/weights/transformer.safetensors"]
    command = ["git", "-C", str(ROOT), "check-attr", "eol", "text", "--", *files]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert f"{files[0]}: eol: lf" in said
    assert f"{files[1]}: eol: lf" in said
    assert f"{files[2]}: text: unset" in said


def test_actions_are_named_by_their_commit():
    """A tag can be moved; Dependabot renews what a commit names."""
    workflow = (ROOT / ".github/workflows/book.yml").read_text("utf-8")
    uses = re.findall(r"uses: (\S+)", workflow)

    assert uses
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", one) for one in uses)
    assert "github-actions" in (ROOT / ".github/dependabot.yml").read_text("utf-8")
    assert workflow.index("permissions:\n  contents: read") < workflow.index("jobs:")


@pytest.mark.parametrize("sudo", [True, False])
def test_ci_runs_as_an_ordinary_user(tmp_path, sudo):
    """With sudo it installs what is missing; without it says what is, and tests."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "grep", "cat"):
        (tools / name).symlink_to(shutil.which(name))
    fakes = {"id": "echo 1000", "make": 'echo "make $*"', "apt-get": 'echo "apt-get $*"'}
    for name, body in (fakes | ({"sudo": 'echo "sudo $*"'} if sudo else {})).items():
        (tools / name).write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    run = subprocess.run(
        [str(tools / "bash"), str(tmp_path / ".ci/run")],
        env={"PATH": str(tools)}, capture_output=True, text=True,
    )  # fmt: skip

    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "make test"
    assert ("sudo -n apt-get install" in run.stdout) is sudo
    assert ("neither root nor sudo" in run.stderr) is not sudo
