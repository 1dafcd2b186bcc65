"""The committed table of faults speaks of every table and every kind of damage."""

from dataclasses import FrozenInstanceError

import pytest
from tests.faults import caught

from rebuilt.evidence import tables

PARTS = {"bibliography", "chapter", "model file", "package", "site", "table claims"}


def test_the_committed_table_covers_every_part():
    """A table that is new has not been damaged yet: run `make faults`."""
    parts = {plant.part for plant in caught.read()}

    assert parts >= PARTS | {f"table {name}" for name in tables.names()}


def test_everything_but_shifted_decimals_was_caught():
    """A shift is found in nearly every cell; its floors are in test_decimal_shift."""
    missed = [p for p in caught.read() if p.fault != "decimal shift" and p.caught < p.planted]

    assert missed == []


class Report:
    """What pytest keeps of a test."""

    def __init__(self, *plants):
        self.user_properties = [("other", 1), *(("fault", plant) for plant in plants)]


def test_the_table_is_made_of_the_reports_of_a_run():
    """Sorted, each line once, whatever order the tests ran in."""
    reports = [Report(("table b", "type", 1, 1)), object(), Report(("table a", "sign", 2, 1))]

    assert caught.lines(caught.collect([*reports, reports[0]])) == [
        "part     damage  planted  caught",
        "table a  sign          2       1",
        "table b  type          1       1",
    ]


def test_a_part_of_the_faults_renews_its_lines_only():
    """A run of some tests keeps what it has not tried, and drops tables that are gone."""
    old = [caught.Plant(part, "type", 1, 0) for part in ("table mlperf", "site", "table gone")]
    new = [caught.Plant("table mlperf", "type", 1, 1)]

    assert caught.renewed(old, new) == [
        caught.Plant("site", "type", 1, 0),
        caught.Plant("table mlperf", "type", 1, 1),
    ]


def test_what_is_saved_can_be_read(tmp_path, monkeypatch):
    """The book reads the same numbers."""
    monkeypatch.setattr(caught, "FILE", tmp_path / "faults.csv")
    plants = [caught.Plant("table a", "sign", 2, 1)]

    caught.save(plants)

    assert caught.read() == plants
    with pytest.raises(FrozenInstanceError):
        plants[0].caught = 2
