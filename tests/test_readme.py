"""The README names every room of the package, and every command of make that it lists exists."""

import re
import subprocess
import sys

from rebuilt.paths import PACKAGE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_room_is_in_the_table():
    """Rooms, and those inside the cost model."""
    for folder in (PACKAGE, PACKAGE / "cost"):
        rooms = {path.parent.name for path in folder.glob("*/__init__.py")}
        assert rooms
        assert {room for room in rooms if f"`{room}`" not in README} == set()


def test_every_make_command_exists():
    """What the README tells to run is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_weekly_tests_are_counted():
    """CONTRIBUTING says how many there are; CI runs them."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    mark = "pytest.mark." + "weekly"
    files = [
        str(path) for path in (ROOT / "tests").rglob("test_*.py") if mark in path.read_text("utf-8")
    ]
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-m", "weekly", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    workflow = (ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8")

    assert f"the {len(collected)} tests that are marked `weekly`" in text
    assert "run: make weekly" in workflow
