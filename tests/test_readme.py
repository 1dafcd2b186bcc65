"""The README names every room of the package, and every command of make that it lists exists."""

import re

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
