"""The table of damage: what was planted, where, and how much of it some check named.

Every test of this folder records its plants as properties of its report, so that the table is the
same whether the tests ran in one process or in several.
"""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from rebuilt.paths import DATA, ROOT
from rebuilt.validate.material import Material

FILE = DATA / "faults_caught.csv"
PROPERTY = "fault"


@dataclass(frozen=True, order=True)
class Plant:
    """Damage of one kind to one part of the book."""

    part: str
    fault: str
    planted: int
    caught: int


def record(record_property, part: str, fault: str, *, planted: int = 1, caught: int = 1) -> None:
    """Put one line of the table into the report of the running test."""
    record_property(PROPERTY, (part, fault, planted, caught))


def collect(reports: Iterable) -> list[Plant]:
    """Lines of the table from the reports of a run, sorted."""
    return sorted(
        {
            Plant(*value)
            for report in reports
            for name, value in getattr(report, "user_properties", ())
            if name == PROPERTY
        }
    )


def lines(plants: list[Plant]) -> list[str]:
    """Write the table: parts down, kinds of damage, planted and caught."""
    width = max([len(plant.part) for plant in plants] + [len("part")])
    kind = max([len(plant.fault) for plant in plants] + [len("damage")])
    head = f"{'part'.ljust(width)}  {'damage'.ljust(kind)}  planted  caught"
    return [head] + [
        f"{plant.part.ljust(width)}  {plant.fault.ljust(kind)}  {plant.planted:7}  {plant.caught:6}"
        for plant in plants
    ]


def save(plants: list[Plant]) -> None:
    """Write data/faults_caught.csv, from which the book reports it."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(Plant.__dataclass_fields__), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(plant) for plant in plants)


def renewed(old: list[Plant], new: list[Plant]) -> list[Plant]:
    """Put new lines in the place of old ones of the same part and kind; tables gone are dropped."""
    parts = {f"table {name}" for name in Material(ROOT).tables}
    lines = {(plant.part, plant.fault): plant for plant in [*old, *new]}
    gone = {part for part, _ in lines if part.startswith("table ")} - parts
    return sorted(plant for plant in lines.values() if plant.part not in gone)


def read() -> list[Plant]:
    """Return what was saved."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Plant(row["part"], row["fault"], int(row["planted"]), int(row["caught"]))
            for row in csv.DictReader(file)
        ]
