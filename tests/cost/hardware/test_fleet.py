"""Fleets: what is recommended meets what was asked, and nothing cheaper does."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt import cli
from rebuilt.cost import load_model
from rebuilt.cost.hardware.estimate import timed
from rebuilt.cost.hardware.fleet import Service, fleets
from rebuilt.cost.hardware.software import load_software

JOB = timed(load_model("wan2.1-t2v-1.3b"))
CHIPS, ENGINES = ("h100-sxm", "rtx-4090"), (load_software(), load_software("xdit"))
COMMAND = ["fleet", "wan2.1-t2v-1.3b", "--clips-per-day", "1e5", "--gpu", "h100,b200"]


@settings(max_examples=20)
@given(
    clips=st.floats(1, 1e6),
    latency=st.floats(10, 1000),
    peak=st.floats(1, 4),
    occupancy=st.floats(0.3, 1),
)
def test_every_fleet_meets_what_is_asked(clips, latency, peak, occupancy):
    """It fits, answers in time, can make the clips of the busiest hour; the first is cheapest."""
    service = Service(clips, latency, peak, occupancy)
    found = fleets(JOB, service, CHIPS, ENGINES, groups=(1, 2), batches=(1, 2))

    for one in found:
        low, high = one.gpus_between
        assert one.job.memory.fits
        assert one.job.seconds <= latency
        assert one.clips_per_day * occupancy >= clips * peak * (1 - 1e-9)
        assert low <= one.gpus <= high
        assert one.usd_per_day >= found[0].usd_per_day


def test_more_clips_never_need_fewer_accelerators():
    """Twice the clips, about twice the fleet."""
    few, many = (
        fleets(JOB, Service(clips), CHIPS[:1], ENGINES[:1], groups=(1,), batches=(1,))[0].gpus
        for clips in (1e5, 2e5)
    )

    assert many == pytest.approx(2 * few, abs=2)


def test_the_command_recommends_and_gives_its_reason(capsys):
    """The first line names accelerators and why; JSON has every fleet, sorted by rent."""
    assert cli.main(COMMAND) == 0
    text = capsys.readouterr().out
    assert cli.main([*COMMAND, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert "least rent a day of" in text
    rents = [one["usd_per_day"] for one in found]
    assert rents == sorted(rents)
    assert f"take {found[0]['gpus']:,} x " in text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--latency", "0.001"], "nothing meets the latency and fits"),
        (["--gpus", "0"], "--gpus is 0; it must be a whole number from 1 to 1024"),
        (["--occupancy", "2"], "--occupancy is 2; it must be above 0 and at most 1"),
        (["--software", "magic"], "no software 'magic' in data/software.csv"),
    ],
)
def test_what_cannot_be_is_one_sentence(capsys, more, sentence):
    """Exit code 2."""
    assert cli.main([*COMMAND, *more]) == 2

    assert sentence in capsys.readouterr().err
