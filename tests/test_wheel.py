"""A wheel of the package, installed outside the checkout, answers as the checkout does."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rebuilt.paths import BOOK, DATA, ROOT, SEEDS

SOURCES = ("book/rebuilt", "data", "seeds", "pyproject.toml", "setup.py", "README.md", "LICENSE")
COMMANDS = {
    "cost": ["hunyuanvideo", "--gpu", "h100-sxm", "--json"],
    "claims": ["--json"],
    "sweep": ["--model", "dit-xl-2", "--axis", "depth=20,30", "--json"],
    "fabric": ["--gpus", "2048", "--json"],
    "demand": ["--draws", "64", "--json"],
    "uncertainty": ["sora-2024", "--draws", "64", "--json"],
}
# Runs the command and names the distributions whose modules it imported.
CHILD = """
import sys
from importlib.metadata import packages_distributions
from rebuilt import cli, paths
code = cli.main(sys.argv[1:])
tops = {name.partition(".")[0] for name in sys.modules} - {"_distutils_hack"}
used = {dist for top, dists in packages_distributions().items() if top in tops for dist in dists}
print(*sorted(used), paths.PACKAGE, sep="\\n", file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build a wheel of the files that git knows or would add, without network or isolation."""
    folder = tmp_path_factory.mktemp("wheel")
    listing = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run([*listing, *SOURCES], check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if not (ROOT / name).exists():  # deleted, and not yet committed
            continue
        target = folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index", "-q"]
    options = ["--no-build-isolation", "-w", str(folder), str(folder / "source")]
    subprocess.run([*command, *options], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Install the wheel into a folder of its own; a function that runs its command there.

    Kernels run there as the plain text that they are, which is shorter than to compile them; in
    the checkout they are compiled, and the answers are the same.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    target = folder / "packages"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "-q"]
    subprocess.run([*command, "--target", str(target), str(wheel)], check=True)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        own = {"PYTHONPATH": str(target), "XDG_CACHE_HOME": str(folder / "cache"),
               "NUMBA_DISABLE_JIT": "1"}  # fmt: skip
        kept = {name: text for name, text in os.environ.items() if name != "NUMBA_CACHE_DIR"}
        return subprocess.run(
            [sys.executable, "-c", CHILD, *words],
            cwd=folder,
            env=kept | own,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_wheel_holds_the_package_and_the_data_of_its_commands(wheel):
    """Modules, styles, fonts, tables and models; no weights, no chapters and nothing private."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = [path for path in (BOOK / "rebuilt").rglob("*") if path.is_file()]
    files = {
        path.relative_to(BOOK).as_posix() for path in package if "__pycache__" not in path.parts
    }
    shipped = {name.removeprefix("rebuilt/shipped/") for name in names if "/shipped/" in name}
    folders = ("models", "classes", "configs", "text_encoders")
    read = [path for folder in folders for path in (DATA / folder).iterdir()]
    read += [*DATA.glob("*.csv"), *DATA.glob("*.bib"), *SEEDS.glob("*.csv")]
    read += [DATA / "datapackage.json", SEEDS / "datapackage.json"]

    assert files - names == set()
    assert shipped == {path.relative_to(ROOT).as_posix() for path in read}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rebuilt"}


@pytest.mark.weekly  # what they compute is compared elsewhere
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_answers_outside_the_checkout(installed, command):
    """The same numbers as in the checkout, from the packaged data and the core's packages only."""
    here = subprocess.run(
        [sys.executable, "-m", "rebuilt.cli", command, *COMMANDS[command]],
        capture_output=True,
        text=True,
        check=True,
    )
    there = installed(command, *COMMANDS[command])

    assert there.returncode == 0, there.stderr
    *used, package = there.stderr.splitlines()
    assert not Path(package).is_relative_to(ROOT)
    assert json.loads(there.stdout) == json.loads(here.stdout)
    assert set(used) & of_extras() == set()


@pytest.mark.weekly
@pytest.mark.parametrize("command", ["check", "fit"])
def test_a_command_about_the_checkout_says_that_there_is_none(installed, command):
    """Checking and fitting are done to data/ of a repository."""
    done = installed(command)

    assert done.returncode == 2
    assert f"rebuilt {command}: this package lies outside a checkout" in done.stderr


def of_extras() -> set[str]:
    """Distributions that only extras ask for."""
    asked = importlib.metadata.requires("rebuilt") or []
    return {re.match(r"[\w.-]+", line)[0] for line in asked if "extra ==" in line}
