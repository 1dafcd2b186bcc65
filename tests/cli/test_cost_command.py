"""`rebuilt cost` prints exact integers or one clear sentence, never a number for bad input."""

import json
import subprocess
import sys

import pytest

from rebuilt import cli
from rebuilt.cost import Clip, inference, load_model
from rebuilt.cost.models.architectures import Autoencoder, TextEncoder
from rebuilt.paths import DATA

WAN = ["cost", "wan2.1-t2v-1.3b", "--frames", "81", "--height", "480", "--width", "832"]


def answer(capsys, *arguments):
    assert cli.main([*arguments]) == 0
    return capsys.readouterr().out


def test_json_holds_the_measured_integers(capsys):
    """One object; counts are whole numbers, not floats."""
    found = json.loads(answer(capsys, *WAN, "--json"))

    assert found["model"] == "wan2.1-t2v-1.3b"
    assert (found["tokens"], found["text_tokens"]) == (32760, 512)
    assert found["parameters"] == 1418996800
    assert found["flops_per_forward"] == 283001787777024
    assert sum(found["flops_by_group"].values()) == 283001787777024


def test_an_architecture_can_be_changed(capsys):
    """`--set` counts a model that nobody published; half the blocks have half the attention."""
    half = json.loads(answer(capsys, *WAN, "--set", "depth=15", "--json"))
    whole = json.loads(answer(capsys, *WAN, "--json"))

    assert 2 * half["flops_by_group"]["attention"] == whole["flops_by_group"]["attention"]
    assert half["tokens"] == whole["tokens"]


@pytest.mark.parametrize(
    ("model", "change", "sentence"),
    [
        ("wan2.1-t2v-1.3b", "depth", "--set is 'depth'; it must be NAME=VALUE, such as depth=20"),
        ("sd1.5", "depth=3", "--set changes transformers and sd1.5 is of architecture unet; "
         "start from a transformer"),
        ("wan2.1-t2v-1.3b", "heads=11", "wan2.1-t2v-1.3b, changed: width 1536 is not a multiple "
         "of heads 11; nearest 1529 and 1540"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_one_sentence(capsys, model, change, sentence):
    """Form, kind of model, and an impossible architecture."""
    assert cli.main(["cost", model, "--set", change]) == 2

    assert capsys.readouterr().err.strip() == f"rebuilt cost: {sentence}"


def test_total_is_the_sum_of_the_stated_parts(capsys):
    """Steps x passes forwards, text encoder and decoding."""
    found = json.loads(answer(capsys, *WAN, "--steps", "4", "--passes", "3", "--json"))

    assert found["flops_denoise"] == 12 * found["flops_per_forward"]
    assert found["flops_total"] == (
        found["flops_denoise"] + found["flops_text_encoder"] + found["flops_decode"]
    )
    assert found["not_counted"] == []


def test_tiles_take_less_memory_and_more_work(capsys):
    """`--tile` is of the decoder alone; memory is the worse of denoising and decoding."""
    asked = ("cost", "hunyuanvideo", "--gpu", "h100-sxm", "--json")
    whole, tiled = (
        json.loads(answer(capsys, *asked, *more)) for more in (("--no-tile",), ("--tile",))
    )

    assert tiled["flops_decode"] > whole["flops_decode"]
    assert tiled["flops_denoise"] == whole["flops_denoise"]
    assert tiled["decoding_bytes"] < whole["decoding_bytes"] / 10
    assert (tiled["fits"], whole["fits"]) == (True, False)
    assert whole["memory_bytes"] > whole["decoding_bytes"]


def test_tiles_are_taken_where_whole_does_not_fit(capsys):
    """Where nothing is said the answer is that of `--tile`, and says why."""
    asked = ("cost", "hunyuanvideo", "--gpu", "h100-sxm", "--json")
    unsaid, tiled = (json.loads(answer(capsys, *asked, *more)) for more in ((), ("--tile",)))
    why, none = unsaid.pop("assumed_of_hardware"), tiled.pop("assumed_of_hardware")

    assert unsaid == tiled
    assert ["decoded in tiles" in sentence for sentence in why] == [True]
    assert none == []


def test_counts_beyond_two_to_53_are_printed_as_whole_numbers(capsys):
    """HunyuanVideo at 720p passes the integers that a float64 can hold."""
    found = json.loads(answer(capsys, "cost", "hunyuanvideo", "--json"), parse_float=str)
    job = inference(load_model("hunyuanvideo"), Clip(frames=129, height=720, width=1280))

    assert found["flops_per_forward"] == 12068592207003648 > 2**53
    assert found["flops_total"] == job.total


def test_a_bare_name_is_the_sxm_part(capsys):
    """`--gpu h100` answers as `--gpu h100-sxm` does, and says so."""
    bare, full = (
        json.loads(answer(capsys, *WAN, "--gpu", gpu, "--json")) for gpu in ("h100", "h100-sxm")
    )

    assert bare == full
    assert bare["gpu"] == "h100-sxm"


def test_several_accelerators_stand_beside_each_other(capsys):
    """One count, and a column or a record for each, which is that of the accelerator alone."""
    both = json.loads(answer(capsys, *WAN, "--gpu", "h100, rtx-4090", "--gpus", "2", "--json"))
    ids = ["h100-sxm", "rtx-4090"]
    for gpu, found in zip(ids, both.pop("accelerators"), strict=True):
        alone = json.loads(answer(capsys, *WAN, "--gpu", gpu, "--gpus", "2", "--json"))
        assert alone == both | found
        assert found["gpu"] == gpu

    text = answer(capsys, *WAN, "--gpu", ",".join(ids), "--gpus", "2")
    (row,) = (line for line in text.splitlines() if line.startswith("  accelerator"))
    assert row.split("  ")[-1].strip() == "2 x GeForce RTX 4090"
    assert "2 x H100 SXM5 80 GB" in row
    assert text.count("  run time  ") == 1


def test_a_rent_of_the_reader_takes_the_place_of_the_listed_one(capsys):
    """Dollars follow from it, also of a remedy and of training; nothing else moves."""
    asked = ("cost", "hunyuanvideo", "--gpu", "h100", "--no-tile")
    listed, own = (
        json.loads(answer(capsys, *asked, *more, "--json")) for more in ((), ("--rent", "5.38"))
    )
    times = 5.38 / listed["rent_usd_h"]

    assert listed["rent_basis"] == "RunPod, on demand, 2026-03-21"
    assert (own["rent_usd_h"], own["rent_basis"]) == (5.38, "given by you")
    assert own["usd"] == pytest.approx(times * listed["usd"], rel=1e-12)
    assert own["remedy"]["usd"] == pytest.approx(times * listed["remedy"]["usd"], rel=1e-12)
    assert (own["seconds"], own["memory_gb"]) == (listed["seconds"], listed["memory_gb"])
    assert "USD, at 5.38 USD an hour, given by you" in answer(capsys, *asked, "--rent", "5.38")
    assert "given by you" not in answer(capsys, *asked)


def test_every_accelerator_has_a_rent_of_its_own(capsys):
    """One without a listed price has one when it is given; so has a step of training."""
    asked = ("cost", "flux.1-dev", "--gpu", "h100,tpu-v5p", "--rent", "2,3")
    two = json.loads(answer(capsys, *asked, "--json"))["accelerators"]
    steps = json.loads(answer(capsys, *asked, "--train", "lora", "--json"))["accelerators"]

    for found, usd_h in zip(two, (2, 3), strict=True):
        assert found["usd"] == pytest.approx(found["seconds"] * usd_h / 3600, rel=1e-12)
    for found, usd_h in zip(steps, (2, 3), strict=True):
        assert found["usd_per_step"] == pytest.approx(
            found["gpus"] * found["seconds_per_step"] * usd_h / 3600, rel=1e-12
        )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("--gpu h100 --rent 0", "--rent is 0; it must be above 0 and at most 1000"),
        ("--gpu h100 --rent 1000.5", "--rent is 1000.5; it must be above 0 and at most 1000"),
        ("--gpu h100 --rent nan", "--rent is 'nan'; it must be a finite number"),
        ("--gpu h100 --rent 2,3", "--rent is given for 2 and --gpu names 1; give one for each "
         "accelerator of --gpu, such as --rent 2.5"),
        ("--gpu h100,b200 --rent 2", "--rent is given for 1 and --gpu names 2; give one for each "
         "accelerator of --gpu, such as --rent 2.5,2.5"),
        ("--rent 2", "--rent is given and no accelerator is named; add --gpu, such as --gpu "
         "h100-sxm"),
    ],
)  # fmt: skip
def test_a_rent_that_cannot_be_is_one_sentence(capsys, given, sentence):
    """Not above zero, too high, no number, not one for each accelerator, of none."""
    assert cli.main(["cost", "dit-xl-2", *given.split()]) == 2

    assert capsys.readouterr().err.strip() == f"rebuilt cost: {sentence}"


def test_an_unmodelled_part_is_null_and_listed(capsys):
    """A missing decoder is not a zero."""
    found = json.loads(answer(capsys, "cost", "movie-gen-30b", "--json"))

    assert found["flops_decode"] is None
    assert found["not_counted"] == ["decode", "decoding_bytes"]
    assert "the decoder's peak is not counted" in answer(
        capsys, "cost", "movie-gen-30b", "--gpu", "h100-sxm"
    )


def test_without_json_a_table_names_every_group(capsys):
    """For people: groups with shares, then the parts of one clip."""
    lines = answer(capsys, *WAN).splitlines()

    assert lines[:4] == [
        "wan2.1-t2v-1.3b: 81 frames of 480x832",
        "  latent       21 x 60 x 104",
        "  tokens       32,760 video, 512 text",
        "  parameters   1,418,996,800",
    ]
    assert "  attention               1.978e+14    69.9%" in lines
    assert "  one clip, 50 steps x 2 passes" in lines


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--height", "0"], "wan2.1-t2v-1.3b does not take 81 frames of 0x832: "
         "height is 0 and must be at least 1"),
        (["--height=-480"], "wan2.1-t2v-1.3b does not take 81 frames of -480x832: "
         "height is -480 and must be at least 1"),
        (["--frames", "80"], "wan2.1-t2v-1.3b does not take 80 frames of 480x832: "
         "frames 80 is not 1 + a multiple of 4; nearest 77 and 81"),
        (["--width", "nan"], "--width is 'nan'; it must be a whole number"),
        (["--width", "832.0"], "--width is '832.0'; it must be a whole number"),
        (["--steps", "1e2"], "--steps is '1e2'; it must be a whole number"),
        (["--steps", "0"], "steps is 0; it must be a whole number from 1 to 10000"),
        (["--passes", "4"], "passes is 4; it must be a whole number from 1 to 3"),
        (["--text-tokens", "513"], "wan2.1-t2v-1.3b does not take 81 frames of 480x832: "
         "text_tokens 513 is above the model's maximum; nearest 512"),
        (["--text-tokens", "0"], "wan2.1-t2v-1.3b does not take 81 frames of 480x832: "
         "text_tokens is 0 and must be at least 1"),
        (["--text-tokens", ""], "--text-tokens is empty; give it a value, or leave it out"),
        (["--height", "490"], "wan2.1-t2v-1.3b does not take 81 frames of 490x832: "
         "height 490 is not a multiple of 16; nearest 480 and 496, to which pipelines crop or pad"),
        (["--gpus", "8"], "--gpus is 8 and no accelerator is named; add --gpu, such as "
         "--gpu h100-sxm"),
        (["--gpu", "h1000"], "no accelerator 'h1000' with peak, bandwidth, memory and power in "
         "data/accelerators.csv; nearest names: h100-nvl, h100-sxm, gh200, h100-pcie"),
        (["--frames", "9" * 30], f"--frames is '{'9' * 30}'; it must be a whole number "
         "of at most 18 digits"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_no_number(capsys, arguments, sentence):
    """Exit code 2, nothing on standard output."""
    assert cli.main(["cost", "wan2.1-t2v-1.3b", *arguments]) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"rebuilt cost: {sentence}\n"


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("sd-vae", "sd-vae is of architecture autoencoder and denoises nothing; "
         "ask for a model that uses it"),
        ("sora-2024", "sora-2024 does not disclose its architecture, so it has no exact count; "
         "choose values within the distributions of its file, or ask "
         "`rebuilt uncertainty sora-2024`"),
    ],
)  # fmt: skip
def test_a_model_without_a_count_is_one_sentence(capsys, model, sentence):
    """Autoencoders and undisclosed models have no cost to print."""
    assert cli.main(["cost", model, "--json"]) == 2

    assert capsys.readouterr().err == f"rebuilt cost: {sentence}\n"


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("wan2.1-14b", ["wan2.1-t2v-14b", "wan2.1-i2v-14b"]),
        ("wan", ["wan2.1-t2v-14b", "wan2.2-ti2v-5b"]),
        ("../models/hunyuanvideo", ["hunyuanvideo"]),
        ("clip-vit", []),
    ],
)
def test_an_unknown_model_lists_the_nearest_that_make_clips(capsys, wrong, meant):
    """Four names, neither text encoders nor autoencoders, and not the whole catalogue."""
    assert cli.main(["cost", wrong]) == 2

    named = capsys.readouterr().err.strip().partition("; nearest names: ")[2].split(", ")
    assert set(meant) <= set(named)
    assert len(named) == 4
    assert not [name for name in named if isinstance(load_model(name), Autoencoder | TextEncoder)]


def test_a_model_answers_to_the_names_that_people_type(capsys):
    """An alias is the model: same id, same counts."""
    named = answer(capsys, "cost", "wan2.2-ti2v-5b", "--json")

    assert answer(capsys, "cost", "wan2.2-5b", "--json") == named


def test_a_configuration_takes_the_place_of_a_model(capsys):
    """What no file says is listed, in the record and in the report; parts not counted are named."""
    config = str(DATA / "configs" / "ltx2-19b.json")
    found = json.loads(answer(capsys, "cost", "--config", config, "--json"))

    assert (found["flops_per_forward"], found["audio_tokens"]) == (198771347030016, 126)
    assert found["not_counted"] == []
    assert any("gemma-3-12b" in said for said in found["approximations"])
    shown = answer(capsys, "cost", "--config", config)
    assert found["assumed"]
    assert all(f"  assumed: {said}" in shown for said in found["assumed"])
    assert "126 audio" in shown


def test_two_experts_are_held_and_one_works(capsys):
    """Parameters at work are those of one network."""
    found = json.loads(answer(capsys, "cost", "wan2.2-t2v-a14b", "--json"))

    assert found["parameters_held"] == 2 * found["parameters"] == 2 * 14288491584
    assert "at work of 28,576,983,168" in answer(capsys, "cost", "wan2.2-t2v-a14b")


@pytest.mark.parametrize("arguments", [[], ["sd1.5", "--config", "config.json"]])
def test_a_model_or_a_configuration_is_given(capsys, arguments):
    """Neither and both are refused alike."""
    assert cli.main(["cost", *arguments]) == 2

    assert "give --config the path of a config.json" in capsys.readouterr().err


def test_the_command_imports_neither_numba_nor_polars():
    """Their import alone takes longer than the answer may."""
    script = (
        "import sys; from rebuilt import cli; cli.main(['cost', 'sd1.5', '--json']); "
        "heavy = {'numba', 'numpy', 'polars', 'altair', 'scipy'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.stderr == ""
    assert done.returncode == 0
