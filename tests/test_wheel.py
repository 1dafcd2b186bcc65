"""A wheel of the package carries everything that the package reads beside its modules."""

import subprocess
import sys
import zipfile

import pytest

from rebuilt.paths import BOOK, ROOT


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """Build a wheel without network and without isolation; names of its files."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    listed = subprocess.run(
        [
            "git",
            "-C",
            ROOT,
            "ls-files",
            "-z",
            "book/rebuilt",
            "pyproject.toml",
            "README.md",
            "LICENSE",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index"]
    options = ["--no-build-isolation", "-q", "-w", str(folder), str(source)]
    subprocess.run([*command, *options], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_file_of_the_package_is_in_the_wheel(names):
    """Modules, styles, scripts, fonts, templates, the calculator, lists of names."""
    files = {
        path.relative_to(BOOK).as_posix()
        for path in (BOOK / "rebuilt").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert {
        "rebuilt/site/static/fonts/Inter-Bold.ttf",
        "rebuilt/site/templates/layout.html",
    } <= files
    assert files - names == set()


def test_the_wheel_holds_nothing_else_than_the_package(names):
    """No chapter, no data: they are the repository's."""
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rebuilt"}
