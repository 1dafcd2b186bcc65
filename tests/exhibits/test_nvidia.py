"""Generations, pairs, energy and windows as the chapter on NVIDIA shows them."""

import pytest

from rebuilt import claims
from rebuilt.errors import DataError
from rebuilt.evidence import tables
from rebuilt.exhibits import chips, nvidia

SPEED = claims.claimed("nvidia-inference-speed")


def test_what_the_note_could_see_is_parted_by_the_day_of_the_note():
    frame = nvidia.generations()
    known = frame["public_since"] <= tables.note_date()

    assert frame["chip"].to_list() == list(nvidia.GENERATIONS.values())
    assert (frame["day"] == "before the note").to_list() == known.to_list()
    assert frame.filter(chip="H200")["memory_gb"].item() == claims.claimed("nvidia-h200-memory")


def test_the_best_offline_pair_is_that_of_the_verdict():
    speeds = nvidia.speeds(SPEED)
    measured = speeds.filter(kind=nvidia.MEASURED)
    offline = measured.filter(measured["test"].str.contains("Offline"))["ratio"]

    assert offline.max() == claims.entry("nvidia-inference-speed").computed_since
    assert speeds.filter(kind="claimed")["ratio"].item() == SPEED


def test_figures_beside_the_note_are_those_of_the_verdicts():
    figures = chips.figures(nvidia.H200_AND_A100, nvidia.MEMORY)
    over = chips.gains(chips.ratios(figures, chip="H200"))

    for figure in ("capacity", "bandwidth"):
        judged = claims.entry(f"nvidia-{figure}-vs-a100").computed
        assert over[figure, "A100 80 GB"] == pytest.approx(judged)


def test_energy_and_pairs_are_those_of_the_verdicts():
    energy = nvidia.energy()["joules_per_token"]
    pairs = nvidia.b200_pairs()["ratio"]

    said = claims.entry("nvidia-inference-energy").computed_since
    assert all(f"{joules:.2f}" in said for joules in energy)
    said = claims.entry("nvidia-b100-vs-h200").computed_since
    assert f"{pairs.min():.2f} to {pairs.max():.2f}" in said


def test_a_line_holds_no_window_inside_another_and_a_part_comes_once():
    windows = nvidia.windows()
    came = windows.filter(kind=nvidia.CAME)

    assert came["part"].is_unique().all()
    for _, line in windows.group_by("line"):
        ordered = line.sort("start", "end")
        assert (ordered["start"][1:] > ordered["end"][:-1]).all()


def test_parts_without_a_delivery_are_those_that_the_roadmap_has_none_for():
    roadmap = tables.load("roadmap").filter(event="shipping", kind="actual")
    dated = set(roadmap.drop_nulls("first_day")["subject"])
    came = set(nvidia.windows().filter(kind=nvidia.CAME)["part"])

    assert {nvidia.PARTS[name] for name in dated & set(nvidia.PARTS)} | {"B200"} == came


def test_an_entry_that_nobody_made_is_refused():
    with pytest.raises(DataError, match=r"7 b100-sxm in v4\.1"):
        nvidia.tokens_per_s("b100-sxm", "v4.1", accelerators=7)
