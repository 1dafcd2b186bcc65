"""`rebuilt demand`: what-ifs in one command."""

import json

import pytest

from rebuilt import cli
from rebuilt.demand.names import GIVEN, LINKS

FEW = ["--draws", "256"]


def record(capsys, *words):
    assert cli.main(["demand", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def figure(found, name):
    return next(item for item in found["links"] if item["name"] == name)


def test_what_if_steps_halve(capsys):
    """The FLOPs of the sampler halve; the decoder's do not, so a little more than half is left."""
    found = record(capsys, *FEW, "--set", "steps=x0.5")

    assert 0.49 < figure(found, "flops_per_minute")["over_usual"] < 0.55
    assert list(found["changed"]) == ["steps"]
    assert figure(found, "generated_minutes")["over_usual"] == 1


def test_what_if_sora_were_twice_as_large(capsys):
    """Twice the layers are twice the parameters, and not less than that in FLOPs of training."""
    found = record(capsys, *FEW, "--set", "depth=x2")

    assert figure(found, "parameters")["over_usual"] == pytest.approx(2, rel=0.02)
    assert figure(found, "training_accelerators")["over_usual"] == pytest.approx(2, rel=0.05)


def test_what_would_need_a_tenth_of_all_modules(capsys):
    """The chain turned around: every draw has that share, and needs more video than is made."""
    found = record(capsys, *FEW, "--scenario", "2026", "--module-share", "0.1")

    assert figure(found, "module_share")["median"] == pytest.approx(0.1, rel=1e-3)
    assert figure(found, "generated_minutes")["over_usual"] > 1
    assert cli.main(["demand", *FEW, "--scenario", "2026", "--module-share", "0"]) == 2
    assert "--module-share is 0; it must be above 0" in capsys.readouterr().err


def test_every_link_is_printed_with_its_unit(capsys):
    """For people: label, unit, ends and what the result hangs on."""
    assert cli.main(["demand", "--set", "steps=25"]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith("scenario 2024 on h100-sxm\n  steps 25 to 25 steps\n")
    assert all(link.label in shown for link in LINKS)
    assert all(f"({link.unit})" in shown for link in LINKS if link.unit not in link.label.lower())
    assert "accelerators hangs on: video_minutes" in shown


def test_the_assumptions_can_be_listed(capsys):
    """Each with reason and source, and null where the range is ours."""
    assert cli.main(["demand", "--list", "--json", "--scenario", "2026"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(GIVEN)
    assert {row["source"] is None for row in rows} == {True, False}
    assert all(row["reason"] for row in rows)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--draws", "1e3"],
            "rebuilt demand: --draws is '1e3'; it must be a power of two from 1 to 1048576\n",
        ),
        (
            ["--scenario", "2025"],
            "rebuilt demand: scenario '2025' is unknown; choose 2024 or 2026\n",
        ),
    ],
)
def test_bad_words_are_one_sentence(words, message, capsys):
    """Exit code 2 and what to write instead."""
    assert cli.main(["demand", *words]) == 2

    assert capsys.readouterr().err == message


def test_an_unknown_link_lists_the_links(capsys):
    """All of them, since their names are not to be guessed."""
    assert cli.main(["demand", "--link", "gpus"]) == 2

    shown = capsys.readouterr().err
    assert shown.startswith("rebuilt demand: link 'gpus' is unknown; choose generated_minutes, ")


def test_what_is_asked_for_cannot_be_given_too(capsys):
    """The figures would be those without it."""
    asked = ["demand", "--scenario", "2026", "--module-share", "0.1", "--set", "video_minutes=5"]

    assert cli.main(asked) == 2
    assert "--module-share asks for video_minutes, and --set gives them" in capsys.readouterr().err
