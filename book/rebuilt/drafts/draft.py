"""A draft: the whole texts of some files as they would be, and what is left to fill in."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rebuilt.validate.placeholders import PLACEHOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one command adds.

    Attributes
    ----------
    files : dict of str to str
        New text of each file, by its path below the root.
    said : list of str
        For people: each place that is new, and under it what belongs there.
    """

    files: dict[str, str]
    said: list[str] = field(default_factory=list)

    def tell(self, place: str, parts: Mapping[str, str]) -> None:
        """Say that `place` is new, and which of its named parts are placeholders."""
        left = [
            f"  {name}: {what}"
            for name, text in parts.items()
            for what in PLACEHOLDER.findall(text)
        ]
        self.said.append(f"New: {place}. {'Fill in:' if left else 'Nothing is left open.'}")
        self.said.extend(left)

    def write(self, root: Path) -> None:
        """Write all files below `root`, or none where one of them cannot be written."""
        written: dict[Path, Path] = {}
        try:
            for file, text in self.files.items():
                target = root / file
                handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
                written[Path(name)] = target
                with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                    stream.write(text)
                mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
                Path(name).chmod(mode)
            for temporary, target in written.items():
                temporary.replace(target)
        finally:
            for temporary in written:
                temporary.unlink(missing_ok=True)


def by_line(text: str) -> dict[str, str]:
    """Name the parts of a text by its lines, as `Draft.tell` wants them."""
    return {f"line {number}": line for number, line in enumerate(text.splitlines(), 1)}
