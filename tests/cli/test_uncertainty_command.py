"""`rebuilt uncertainty` refuses clips that nobody means."""

import json

import pytest

from rebuilt import cli

FEW = ["--draws", "64"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--seconds", "0"], "--seconds is 0; it must be above 0 and at most 3600"),
        (["--seconds", "-1"], "--seconds is -1; it must be above 0 and at most 3600"),
        (["--seconds", "36000"], "--seconds is 36000; it must be above 0 and at most 3600"),
        (["--seconds", "nan"], "--seconds is 'nan'; it must be a finite number"),
        (["--height", "0"], "--height is 0; it must be a whole number from 1 to 16384"),
        (["--gpus", "16"], "--gpus is 16; it must be a whole number from 1 to 8"),
        (["--seed=-1"], "--seed is -1; it must be a whole number of at least 0"),
    ],
)
def test_a_size_out_of_range_is_one_sentence(capsys, words, sentence):
    """Option, value and limits; exit code 2 and no number."""
    assert cli.main(["uncertainty", "sora-2024", *FEW, f"{words[0]}", *words[1:]]) == 2

    assert capsys.readouterr() == ("", f"rebuilt uncertainty: {sentence}\n")


def test_a_bare_name_is_the_sxm_part(capsys):
    """`--gpu b200` draws what `--gpu b200-sxm` does."""
    assert cli.main(["uncertainty", "sora-2024", *FEW, "--gpu", "b200", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["gpu"] == "b200-sxm"
