"""The committed constants are what a fresh fit gives, and the accuracy is what the book says."""

import csv
import math

import pytest

from rebuilt.cli.fit_command import differences, table
from rebuilt.cost.fit.fit_scores import table as score_table
from rebuilt.cost.fit.fitting import MEASURED, left_out, predict, runs
from rebuilt.cost.fit.quantiles import weighted_quantile
from rebuilt.paths import DATA

TARGETS = {"one": 0.06, "several": 0.10, "energy": 0.07}
WORST = 0.15


def errors(gpu, chosen):
    return [
        predict(run, left_out()[run.model])[0] / run.seconds - 1
        for run in runs()
        if run.gpu == gpu and chosen(run)
    ]


def mean(values):
    return sum(abs(value) for value in values) / len(values)


def test_committed_constants_equal_a_fresh_fit():
    """Nobody typed into data/efficiencies.csv."""
    old = (DATA / "efficiencies.csv").read_text(encoding="utf-8")

    assert differences(old, table()) == []


def test_committed_errors_equal_fresh_ones():
    """Every row of the accuracy table, to the digits that optimisers share."""
    old = csv.reader((DATA / "validation_errors.csv").read_text(encoding="utf-8").splitlines())
    new = csv.reader(score_table().splitlines())
    next(old), next(new)

    for before, after in zip(old, new, strict=True):
        assert before[:6] == after[:6]
        assert [float(x) for x in after[6:]] == pytest.approx([float(x) for x in before[6:]], 5e-3)


def test_a_typed_constant_is_found():
    """The comparison can fail: it names constant, accelerator and both values."""
    header = "accelerator,constant,value,prior,spread,runs,note\n"
    found = differences(f"{header}h20,product,0.5,,,1,\n", f"{header}h20,product,0.6,,,1,\n")

    assert found == ["product of h20 is 0.5 in the file and 0.6 in a fresh fit"]


@pytest.mark.parametrize("gpu", MEASURED)
def test_single_accelerator_meets_its_target(gpu):
    """Leave-one-model-out: mean at most 6 %, worst at most 15 %."""
    found = errors(gpu, lambda run: run.single)

    assert mean(found) <= TARGETS["one"]
    assert max(abs(error) for error in found) <= WORST


@pytest.mark.parametrize("gpu", MEASURED)
@pytest.mark.parametrize("image", [False, True])
def test_several_accelerators_meet_their_target(gpu, image):
    """Leave-one-model-out, two to eight accelerators: mean at most 10 %."""
    found = errors(gpu, lambda run: not run.single and run.image == image)

    assert mean(found) <= TARGETS["several"]


@pytest.mark.parametrize("gpu", MEASURED)
def test_energy_of_videos_meets_its_target(gpu):
    """Leave-one-model-out, all layouts of the video models: mean at most 7 %."""
    found = [
        predict(run, left_out()[run.model])[1] / run.joules - 1
        for run in runs()
        if run.gpu == gpu and not run.image
    ]

    assert mean(found) <= TARGETS["energy"]


def test_quantile_gives_every_model_the_same_weight():
    """A model with many rows does not outvote one with few."""
    many = [("a", 0.1)] * 50 + [("b", 0.5)]

    assert weighted_quantile(many, 0.5) == 0.1
    assert weighted_quantile(many, 0.51) == 0.5
    assert math.isclose(weighted_quantile([("a", 0.2)]), 0.2)
