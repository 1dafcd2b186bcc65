"""Whole jobs: guidance, steps, encoders, decoding, training."""

import pytest

from rebuilt.cost import Clip, ShapeError, count, inference, load_model, training
from rebuilt.cost.algebra.polynomial import lift
from rebuilt.cost.autoencoders.coding import decode, encode
from rebuilt.cost.counting.rows import encoder_flops as polynomial

WAN = Clip(frames=17, height=480, width=832)


def encoder_flops(encoder, tokens):
    return lift(polynomial(encoder, tokens)).value()


@pytest.mark.parametrize("passes", [1, 2, 3])
def test_each_pass_of_guidance_is_a_whole_forward(passes):
    """One, two or three passes per step multiply the denoising work."""
    job = inference(load_model("wan2.1-t2v-1.3b"), WAN, steps=10, passes=passes)

    assert job.denoise == 10 * passes * count(load_model("wan2.1-t2v-1.3b"), WAN).flops


def test_published_sampler_is_the_default():
    """Distilled guidance needs one pass, image conditions a third."""
    jobs = {name: inference(load_model(name)) for name in ("flux.1-dev", "open-sora-2.0", "svd")}

    assert {name: (job.steps, job.passes) for name, job in jobs.items()} == {
        "flux.1-dev": (28, 1),
        "open-sora-2.0": (50, 3),
        "svd": (25, 2),
    }


def test_text_is_encoded_twice_under_guidance():
    """The prompt, and the empty or negative prompt."""
    model = load_model("wan2.1-t2v-1.3b")
    once = encoder_flops(load_model("umt5-xxl"), 512)

    assert inference(model, WAN, passes=1).text_encoder == once
    assert inference(model, WAN, passes=2).text_encoder == 2 * once
    assert inference(model, WAN, passes=3).text_encoder == 2 * once


def test_t5_encoder_equals_products_worked_by_hand():
    """24 layers of 4 projections of 4096, three matrices of 10240 and attention, on 77 tokens."""
    layer = 2 * 77 * (4 * 4096**2 + 3 * 4096 * 10240) + 4 * 77**2 * 4096

    assert encoder_flops(load_model("t5-xxl"), 77) == 24 * layer


def test_decoding_is_counted_once_per_clip():
    """The denoiser runs steps x passes times, the decoder once."""
    job = inference(load_model("wan2.1-t2v-1.3b"), WAN, steps=3, passes=1)

    assert job.decode == decode(load_model("wan2.1-vae"), WAN).flops
    assert job.total - job.denoise - job.text_encoder == job.decode


@pytest.mark.parametrize(
    ("name", "coder", "frames", "flops"),
    [
        ("ltx-2-19b", "ltx2-vae", 49, 403_475_728_384),
        ("ltx-2-19b", "ltx2-vae", 121, 1_004_177_680_384),
        ("ltx-2.5", "ltx2.3-vae", 49, 577_124_204_904),
        ("ltx-2.5", "ltx2.3-vae", 121, 1_436_990_022_504),
    ],
)
def test_sound_is_decoded_beside_frames(name, coder, frames, flops):
    """Audio autoencoder and vocoder, as diffusers 0.42.1 counts 51 and 126 tokens of sound."""
    clip = Clip(frames=frames, height=512, width=768)
    seen = decode(load_model(coder), clip).flops

    assert inference(load_model(name), clip).decode - seen == flops


def test_an_unmodelled_decoder_is_not_a_zero():
    """Where only the geometry is known the part is missing, and says so."""
    assert inference(load_model("movie-gen-30b")).decode is None
    assert encode(load_model("movie-gen-tae"), WAN) is None


@pytest.mark.parametrize(("recompute", "forwards"), [(False, 3), (True, 4)])
def test_training_costs_three_forwards_and_one_more_with_recomputation(recompute, forwards):
    """Backward passes cost twice the forward; encoding happens once per clip."""
    model = load_model("wan2.1-t2v-1.3b")
    encoding = encode(load_model("wan2.1-vae"), WAN).flops

    job = training(model, WAN, clips=1000, recompute=recompute)

    assert job.total == 1000 * (forwards * count(model, WAN).flops + encoding)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps is 0; it must be a whole number from 1 to 10000"),
        ({"passes": 4}, "passes is 4; it must be a whole number from 1 to 3"),
        ({"steps": 2.5}, "steps is 2.5; it must be a whole number from 1 to 10000"),
        ({"passes": True}, "passes is True; it must be a whole number from 1 to 3"),
    ],
)
def test_steps_and_passes_have_a_stated_range(arguments, message):
    """A wrong number is named with its range."""
    with pytest.raises(ShapeError) as caught:
        inference(load_model("sd1.5"), **arguments)

    assert str(caught.value) == message


def test_clips_must_be_counted():
    """Training on no clip has no cost."""
    with pytest.raises(ShapeError) as caught:
        training(load_model("sd1.5"), clips=0)

    assert str(caught.value) == "clips is 0; it must be a whole number from 1 to 1000000000000000"
