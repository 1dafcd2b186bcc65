"""Published peaks and steps of training beside ours: fresh, and met on the whole."""

import csv
import math
from statistics import median

import pytest

from rebuilt.cost.fit.fit_training import (
    backward_rate,
    sessions,
    training_constants,
    training_lines,
)
from rebuilt.cost.hardware.efficiencies import constant
from rebuilt.paths import DATA


def errors(unit, told, role, measures=("peak", "step time", "step rate")):
    """Relative errors of the committed table."""
    with (DATA / "training_errors.csv").open(encoding="utf-8", newline="") as file:
        return [
            abs(float(row["predicted"]) / float(row["measured"]) - 1)
            for row in csv.DictReader(file)
            if (row["unit"], row["told"], row["role"]) == (unit, told, role)
            and row["measure"] in measures
        ]


def test_committed_errors_equal_fresh_ones():
    """Every figure that can be expressed has its row."""
    with (DATA / "training_errors.csv").open(encoding="utf-8", newline="") as file:
        old = {(row["table"], row["row"]): float(row["predicted"]) for row in csv.DictReader(file)}
    new = {(line[0], line[1]): float(line[-2]) for line in training_lines()}

    assert old == pytest.approx(new, rel=1e-3)
    assert len(new) == len(sessions())


def test_constants_are_what_they_mean():
    """Less than all values are kept; attention runs slower backward, as kernels are printed."""
    found = training_constants()

    assert 0 < found["training_kept"] < 1
    assert 1 < found["attention_backward"] == backward_rate() < 2
    assert found["training_kept"] == pytest.approx(constant("training_kept"), rel=1e-3)


@pytest.mark.parametrize("unit", ["GB", "s"])
def test_what_was_never_fitted_is_met_on_the_whole(unit):
    """The target: fifteen percent in the middle, of memory and of seconds."""
    found = errors(unit, "in full", "held out")

    assert len(found) >= 4
    assert median(found) <= 0.15


def test_no_publisher_that_is_held_out_is_fitted():
    """The constant of memory does not move with what is held out."""
    kept, fitted = (
        {one.source for one in sessions() if one.held_out == held_out} for held_out in (True, False)
    )

    assert kept
    assert not kept & fitted
    assert math.isfinite(training_constants()["deviation_training"])
