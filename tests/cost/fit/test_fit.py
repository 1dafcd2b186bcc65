"""The committed constants are what a fresh fit gives, and the errors are what the book says."""

import csv
import math
from statistics import median

import pytest

from rebuilt.cli.fit_command import differences, table
from rebuilt.cost.fit.borrowing import completed
from rebuilt.cost.fit.fit_scores import predictions
from rebuilt.cost.fit.fitting import ALL, blind, bounded, fitted, fold_of
from rebuilt.cost.fit.quantiles import weighted_quantile
from rebuilt.cost.fit.runs import held_out, left_aside, runs
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.software import load_software
from rebuilt.evidence import tables
from rebuilt.paths import DATA


def errors(chosen):
    """Logarithmic errors in the committed table of the rows that are chosen."""
    with (DATA / "validation_errors.csv").open(encoding="utf-8", newline="") as file:
        return [
            math.log(float(row["predicted_s"]) / float(row["measured_s"]))
            for row in csv.DictReader(file)
            if chosen(row)
        ]


def test_committed_constants_equal_a_fresh_fit():
    """Nobody typed into data/efficiencies.csv."""
    old = (DATA / "efficiencies.csv").read_text(encoding="utf-8")

    assert differences(old, table()) == []


def test_committed_errors_equal_fresh_ones():
    """Rows of every table and kind, to the digits that optimisers share."""
    with (DATA / "validation_errors.csv").open(encoding="utf-8", newline="") as file:
        old = {
            (row["table"], row["row"]): float(row["predicted_s"]) for row in csv.DictReader(file)
        }
    new = dict(zip(((run.table, run.row) for run in runs()), predictions()[0], strict=True))

    assert old.keys() == new.keys()
    assert [old[key] for key in sorted(old)] == pytest.approx(
        [new[key] for key in sorted(old)], rel=2e-2
    )


def test_a_typed_constant_is_found():
    """The comparison can fail: it names constant, accelerator and both values."""
    header = "accelerator,constant,value,basis,prior,spread,runs,note\n"
    found = differences(f"{header}h20,product,0.5,,,,1,\n", f"{header}h20,product,0.6,,,,1,\n")

    assert found == ["product of h20 is 0.5 in the file and 0.6 in a fresh fit"]


def test_every_row_is_priced_or_has_its_reason():
    """No row of a table of runs is lost in silence."""
    rows = tables.load("software_runs").height

    assert sum(run.table == "software_runs" for run in runs()) + sum(left_aside().values()) == rows
    assert sum(run.table == "run_times" for run in runs()) == tables.load("run_times").height


def test_what_is_held_out_is_in_no_fit():
    """Its sources are in no fold, and wrong seconds there change no constant that is scored."""
    assert held_out()
    assert not held_out() & fold_of().keys()
    assert {run.source for run in runs() if run.held_out} <= held_out()
    assert blind().keys() == fitted().keys()


def test_no_constant_belongs_to_a_model_or_a_source():
    """Keys are names of constants and accelerators."""
    owners = {accelerator for _, accelerator in fitted()}

    assert owners - {ALL} <= set(accelerator_ids())


def test_every_accelerator_has_what_a_bill_asks():
    """Own or borrowed, with its basis; only kernels may be missing."""
    found = list(completed(fitted()))
    by_card = {
        gpu: {one.constant for one in found if one.accelerator == gpu} for gpu in accelerator_ids()
    }

    for gpu, names in by_card.items():
        assert f"attention_{load_software().kernel(load_accelerator(gpu).family)}" in names
        assert {"product", "traffic", "convolution", "power_product"} <= names
    assert all(one.basis and one.value > 0 for one in found)


@pytest.mark.parametrize(
    ("role", "kind", "target"),
    [
        ("held out", "plain", 0.15),
        ("held out", "software", 0.20),
        ("held out", "format", 0.15),
        ("left out in turn", "software", 0.15),
    ],
)
def test_told_runs_are_met_on_the_whole(role, kind, target):
    """The page prints every error; this guards the middle ones of sources that tell their job."""
    found = errors(lambda row: (row["role"], row["kind"], row["told"]) == (role, kind, "in full"))

    assert len(found) >= 5
    assert median(map(abs, found)) <= target


def test_a_wrong_row_moves_nothing_much():
    """An error of a hundred deviations weighs like one of four."""
    far, near = bounded([100.0, 1.0])

    assert far < 4
    assert near == pytest.approx(math.log(2) ** 0.5)


def test_quantile_gives_every_source_its_weight():
    """A source with many rows does not outvote one with few, unless it may."""
    many = [("a", 0.1)] * 50 + [("b", 0.5)]

    assert weighted_quantile(many, 0.5) == 0.1
    assert weighted_quantile(many, 0.51) == 0.5
    assert weighted_quantile(many, 0.9, most=50) == 0.1
    assert math.isclose(weighted_quantile([("a", 0.2)]), 0.2)
