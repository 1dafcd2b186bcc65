"""What the tables of published runs promise to whoever fits them."""

import csv
from math import prod

import pytest

from rebuilt.cost.models.catalogue import model_ids
from rebuilt.paths import DATA

DEGREES = ("ulysses", "ring", "cfg_parallel", "tensor", "data_parallel", "pipeline")
GIB = {"GiB": 1.073741824, "GB": 1.073741824, "MiB": 1.073741824 / 1024}


def read(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RUNS, MEMORY = read("software_runs"), read("software_memory")


@pytest.mark.parametrize("rows", [RUNS, MEMORY])
def test_a_stated_layout_uses_every_accelerator(rows):
    """Degrees multiply to the accelerators, or the weights are sharded over them besides."""
    for row in rows:
        own = prod(int(row[name]) for name in DEGREES)
        fsdp, gpus = int(row["fsdp"]), int(row["gpus"])
        told = row["layout_known"] != "stated" or gpus in (own, fsdp, own * fsdp)
        assert told, row["id"]


@pytest.mark.parametrize("rows", [RUNS, MEMORY])
def test_every_model_is_of_the_catalogue(rows):
    """What is not in it is told by its printed name alone."""
    assert {row["model"] for row in rows} - {""} <= set(model_ids())
    assert all(row["model_printed"] for row in rows)


@pytest.mark.parametrize("rows", [RUNS, MEMORY])
def test_memory_is_decimal_and_the_printed_figure_is_kept(rows):
    """Nearly every source reads torch or the driver, and means GiB where it prints GB."""
    told = [row for row in rows if row["memory_gb"]]
    assert len(told) > 150
    for row in told:
        meant = float(row["memory_printed"]) * GIB[row["unit_printed"]]
        assert float(row["memory_gb"]) == pytest.approx(meant, rel=1e-3), row["id"]


def test_every_run_has_a_time_and_a_throughput_is_no_latency():
    """A row without seconds has seconds of a step; every rate of a whole system is flagged."""
    for row in RUNS:
        assert row["seconds"] or row["seconds_per_step"], row["id"]
        flagged = "throughput" in row["flags"].split(";")
        assert (row["scope"] == "throughput") == flagged, row["id"]


def test_what_was_computed_from_a_ratio_is_derived():
    """17 rows of one page that prints one time and many ratios."""
    ratios = [row for row in RUNS if "from speed-up" in row["flags"]]

    assert len(ratios) == 17
    assert {row["status"] for row in ratios} == {"derived"}


def test_figures_of_older_tables_are_named_and_in_them():
    """So that no figure is fitted twice."""
    older = {name for row in RUNS + MEMORY for name in row["also_in"].split(";") if name}

    assert older == {"published_run_times", "memory_figures", "mlperf"}
