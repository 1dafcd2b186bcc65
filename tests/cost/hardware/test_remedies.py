"""What would make a job fit: it does, nothing of its kind is cheaper, and the command says it."""

import json
from dataclasses import replace

import pytest

from rebuilt import cli
from rebuilt.cost import load_model
from rebuilt.cost.hardware.estimate import estimate, price, timed
from rebuilt.cost.hardware.remedies import FITS, REMEDIES, remedy_of
from rebuilt.cost.hardware.software import load_software

ASKED = [
    ("hunyuanvideo", "h100-sxm", 1), ("wan2.1-t2v-14b", "rtx-4090", 1),
    ("wan2.2-t2v-a14b", "rtx-5090", 1), ("ltx-video-2b", "rtx-3090", 4),
    ("flux.1-dev", "rtx-4090", 1),
]  # fmt: skip


def job(model, gpu, batch):
    """Return a counted job and what it takes."""
    counted = timed(load_model(model))
    return counted, price(counted, gpu=gpu, batch=batch)


def test_what_fits_needs_nothing():
    """A small model on a large accelerator."""
    counted, found = job("wan2.1-t2v-1.3b", "h200-sxm", 1)

    assert found.memory.verdict == FITS
    assert remedy_of(counted, found) is None


@pytest.mark.parametrize(("model", "gpu", "batch"), ASKED)
def test_a_remedy_fits_and_is_the_cheapest_of_its_kind(model, gpu, batch):
    """Each option alone is asked again by the plain estimate; two are taken if no one suffices."""
    counted, found = job(model, gpu, batch)
    remedy = remedy_of(counted, found)
    software = load_software()
    alone = [
        estimate(load_model(model), gpu=gpu, batch=batch, software=replace(software, **changes))
        for changes in ({"compiled": True}, {"format": "fp8-weights"}, {"format": "int4-weights"},
                        {"offload": "model"}, {"offload": "blocks"})
    ]  # fmt: skip
    fitting = [one.usd for one in alone if one.memory.verdict == FITS]

    assert found.memory.verdict != FITS
    assert remedy is not None
    assert remedy.found.memory.verdict == FITS
    if fitting:
        assert remedy.changes in REMEDIES
        assert remedy.found.usd / remedy.found.batch <= min(fitting) / batch


def test_none_is_said_where_nothing_helps(capsys):
    """An hour of video fits no laptop."""
    asked = ["cost", "wan2.1-t2v-14b", "--frames", "20001", "--gpu", "rtx-4060-laptop"]
    assert cli.main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["remedy"] is None

    assert cli.main(asked) == 0
    assert "with none of the options tried" in capsys.readouterr().out


@pytest.mark.parametrize(("model", "gpu", "batch"), ASKED)
def test_the_command_with_the_options_gives_what_was_said(capsys, model, gpu, batch):
    """What is printed after "with" can be typed."""
    asked = ["cost", model, "--gpu", gpu, "--batch", str(batch), "--json"]
    assert cli.main(asked) == 0
    said = json.loads(capsys.readouterr().out)["remedy"]
    options = said["options"].split()
    if "--batch" in options:
        asked = [word for word in asked if word not in ("--batch", str(batch))]
    assert cli.main([*asked, *options]) == 0
    again = json.loads(capsys.readouterr().out)

    assert (again["seconds"], again["usd"], again["memory_gb"]) == (
        said["seconds"], said["usd"], said["memory_gb"]
    )  # fmt: skip
    assert again["fits_probability"] >= 0.9
