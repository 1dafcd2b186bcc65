"""Distributions of any transformer: draws are what the exact model says; indices find them."""

import json

import numpy as np
import pytest

from rebuilt import cli
from rebuilt.cost import Clip, ShapeError, count, load_model
from rebuilt.cost.counting.totals import inference
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.models.architectures import Unknown
from rebuilt.cost.models.variants import altered
from rebuilt.cost.sweep.drawn import distributed, undisclosed_clip
from rebuilt.cost.sweep.montecarlo import SHARED

WAN = load_model("wan2.1-t2v-1.3b")
CLIP = Clip(frames=81, height=480, width=832)
DRAWS = 512


def unknown(low, central, high, shape="triangular", *, integer=True):
    return Unknown(
        low=low,
        central=central,
        high=high,
        shape=shape,
        integer=integer,
        reason="a test",
        source="test-of-draws-2026: here",
    )


def test_a_single_value_is_the_exact_model():
    """A distribution that allows one value gives the exact counts of that architecture."""
    fixed = {
        "depth": unknown(20, 20, 20),
        "heads": unknown(16, 16, 16),
        "steps": unknown(10, 10, 10),
        "passes": unknown(1, 1, 1),
    }
    found = distributed(WAN, CLIP, unknowns=fixed, draws=DRAWS).figures
    model = altered(WAN, {"depth": 20, "heads": 16})
    job = inference(model, CLIP, steps=10, passes=1)

    assert found["parameters"].median == count(model, CLIP).parameters
    assert found["tokens"].low == found["tokens"].high == job.forward.tokens
    assert found["flops"].median == pytest.approx(job.total, rel=1e-12)


def test_only_the_hardware_is_uncertain_without_distributions():
    """The spread of run times is then the interval of the hardware model, around its estimate."""
    found = distributed(WAN, CLIP, unknowns={}, draws=4096).figures
    expected = estimate(WAN, CLIP, gpu="h100-sxm")

    assert found["seconds"].median == pytest.approx(expected.seconds, rel=0.01)
    assert found["seconds"].low == pytest.approx(expected.low, rel=0.02)
    assert found["seconds"].high == pytest.approx(expected.high, rel=0.02)
    assert found["seconds"].indices["hardware model"] > 0.95


def test_utilisation_takes_the_place_of_the_hardware_model():
    """Seconds are FLOPs over a fraction of the peak; the index finds the only input."""
    half = {"mfu": unknown(0.25, 0.5, 0.5, "uniform", integer=False)}
    found = distributed(WAN, CLIP, unknowns=half, gpus=2, draws=4096).figures
    peak = estimate(WAN, CLIP, gpu="h100-sxm").accelerator.peak_tflops * 1e12
    fastest = inference(WAN, CLIP).total / (0.5 * 2 * peak)

    assert found["seconds"].values.min() == pytest.approx(fastest, rel=1e-3)
    assert found["seconds"].values.max() == pytest.approx(2 * fastest, rel=1e-3)
    assert found["seconds"].indices["mfu"] > 0.95
    assert "hardware model" not in found["seconds"].indices


def test_steps_scale_the_run_time():
    """Drawn steps take the time that the estimate gives for so many."""
    few, many = (
        distributed(WAN, CLIP, unknowns={"steps": unknown(n, n, n)}, draws=DRAWS).figures
        for n in (20, 40)
    )
    expected = [estimate(WAN, CLIP, gpu="h100-sxm", steps=n).seconds for n in (20, 40)]

    assert many["seconds"].median / few["seconds"].median == pytest.approx(
        expected[1] / expected[0], rel=1e-9
    )


def test_clips_follow_the_strides_that_are_drawn():
    """With other strides each draw rounds the clip to what it takes, so that none is refused."""
    strides = {"side_stride": unknown(4, 8, 16, "uniform"), "frames_stride": unknown(2, 4, 8)}
    found = distributed(WAN, CLIP, unknowns=strides, draws=DRAWS)

    assert found.refused == 0
    assert found.figures["tokens"].low < count(WAN, CLIP).tokens < found.figures["tokens"].high


def test_the_same_seed_gives_the_same_draws():
    """Whatever the number of threads."""
    once, again = (
        distributed(WAN, CLIP, unknowns={"depth": unknown(20, 30, 40)}, draws=DRAWS) for _ in "ab"
    )

    assert np.array_equal(once.figures["joules"].values, again.figures["joules"].values)


def test_a_clip_that_the_model_refuses_is_refused():
    """The sentence is that of the command."""
    with pytest.raises(ShapeError) as caught:
        distributed(WAN, Clip(frames=82, height=480, width=832), unknowns={}, draws=DRAWS)

    assert str(caught.value) == (
        "wan2.1-t2v-1.3b does not take 82 frames of 480x832: frames 82 is not 1 + a multiple of "
        "4; nearest 81 and 85"
    )


def test_movie_gen_carries_a_distribution_of_its_own():
    """Its paper states one of three text lengths; what that leaves open is drawn."""
    movie = load_model("movie-gen-30b")
    found = distributed(movie, draws=SHARED, gpus=8).figures

    assert set(movie.distributions) == {"text_tokens"}
    assert found["flops"].low < inference(movie).total * 1.01 < found["flops"].high * 1.01
    assert found["flops"].indices["text_tokens"] > 0.9


def answer(capsys, *arguments):
    code = cli.main(["uncertainty", *arguments])
    return code, capsys.readouterr()


def test_the_command_prints_quantiles_and_indices(capsys):
    """For a published model with distributions given, and for an undisclosed one."""
    varied = ("--vary", "steps=20:30:50", "--vary", "mfu=0.2:0.3:0.5:uniform")
    code, said = answer(capsys, "wan2.1-t2v-1.3b", *varied, "--draws", str(SHARED), "--json")
    found = json.loads(said.out)
    seconds = found["figures"]["seconds"]

    assert code == 0
    assert seconds["p5"] < seconds["p50"] < seconds["p95"]
    assert sorted(seconds["first_order"]) == ["mfu", "steps"]

    code, said = answer(capsys, "sora-2024", "--gpus", "8", "--draws", str(SHARED))
    assert code == 0
    assert "sora-2024: 60 s of 1080x1920 on 8 x h100-sxm" in said.out
    assert "patch_side" in said.out


def test_few_draws_tell_no_shares(capsys):
    """Of two draws all unknowns explained everything, seven times over."""
    code, said = answer(capsys, "sora-2024", "--draws", "256")

    assert code == 0
    assert said.out.endswith("\n  not known from fewer than 4,096 draws\n")
    found = undisclosed_clip(load_model("sora-2024"), seconds=60, height=1080, width=1920,
                             draws=SHARED).figures  # fmt: skip
    assert all(0 < sum(one.indices.values()) < 1.1 for one in found.values())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["wan2.1-t2v-1.3b", "--vary", "steps"], "--vary is 'steps'; it must be "
         "NAME=LOW:CENTRAL:HIGH, such as steps=20:30:50"),
        (["wan2.1-t2v-1.3b", "--vary", "steps=3:2:1"], "--vary steps: low 3, central 2, high 1 "
         "must be in ascending order"),
        (["wan2.1-t2v-1.3b", "--vary", "steps=1:2:x"], "--vary steps is 'x'; it must be a number"),
        (["wan2.1-t2v-1.3b", "--vary", "depth=1:2:300"], "--vary: the distribution of depth runs "
         "from 1 to 300; it must stay from 1 to 256"),
        (["wan2.1-t2v-1.3b", "--seconds", "3"], "wan2.1-t2v-1.3b has a published clip; give "
         "--frames instead of --seconds"),
        (["sora-2024", "--frames", "3"], "sora-2024 discloses no frame rate; give --seconds "
         "instead of --frames"),
        (["sora-2024", "--vary", "mfu=0.1:0.2:0.3"], "--vary names 'mfu'; sora-2024 has "
         "distributions of depth, width, hidden_ratio, head_width, side_stride, frames_stride, "
         "patch_side, patch_frames, fps, text_tokens, steps, passes, decode_flops, training_clips"),
        (["sora-2024", "--draws", "1000"], "--draws is 1000; it must be a power of two from 1 to "
         "4194304"),
        (["sora-2024", "--gpus", "9"], "--gpus is 9; it must be a whole number from 1 to 8"),
        (["sd1.5"], "sd1.5 is of architecture unet; distributions are drawn for transformers and "
         "undisclosed models, so choose one"),
    ],
)  # fmt: skip
def test_the_command_refuses_in_one_sentence(capsys, arguments, sentence):
    """What was found, what was expected, what to do."""
    code, said = answer(capsys, *arguments)

    assert code == 2
    assert said.err.strip() == f"rebuilt uncertainty: {sentence}"
