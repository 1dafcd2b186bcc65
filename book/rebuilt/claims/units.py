"""Units of claimed values, from seeds/units.csv: how they are written, printed and bounded."""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass

from rebuilt.evidence.inputs import open_input
from rebuilt.paths import SEEDS

PLAIN = r"-?\d+(\.\d+)?"  # how a value is written where its unit does not say otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit: what follows a printed number, the form and range of values, its plain size.

    A range is open where the table leaves it empty; `scale` is 1e9 for billions of something.
    """

    name: str
    printed: str
    form: str
    minimum: float
    maximum: float
    scale: float

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> "Unit":
        """Read one row of the table."""
        return cls(
            name=cells["unit"],
            printed=cells["printed"],
            form=cells["form"] or PLAIN,
            minimum=float(cells["minimum"] or "-inf"),
            maximum=float(cells["maximum"] or "inf"),
            scale=float(cells["scale"] or 1.0),
        )


@functools.cache
def units() -> dict[str, Unit]:
    """All units of the table, by name."""
    with open_input(SEEDS / "units.csv").open(encoding="utf-8", newline="") as lines:
        return {row["unit"]: Unit.of(row) for row in csv.DictReader(lines)}
