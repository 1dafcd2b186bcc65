"""Sampling: as fast as promised, the same for a seed, and clear about what it cannot do."""

import time

import numpy as np
import pytest

from rebuilt.errors import ShapeError, UnknownNameError
from rebuilt.mini import sampler

CAPTION = "a red circle moves to the left on a black background"


def test_a_clip_takes_at_most_two_seconds_of_one_core(miniature):
    """The longest and largest clip that it was trained on; compilation is not counted."""
    miniature.generate(CAPTION, frames=9, height=24, width=40, steps=1)
    start = time.thread_time()
    clip = miniature.generate(CAPTION, frames=17, height=48, width=32)

    assert time.thread_time() - start < 2.0
    assert clip.shape == (17, 48, 32, 3)
    assert np.abs(clip).max() <= 1.0


def test_a_seed_gives_the_same_clip_and_another_seed_another(miniature):
    """Bit for bit."""
    made = [miniature.generate(CAPTION, frames=9, seed=seed, steps=2) for seed in (4, 4, 5)]

    assert np.array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


def test_guidance_of_one_is_the_caption_alone(miniature):
    """At weight 1 the empty caption cancels; at 0 the caption does."""
    grid = miniature.grid(9, 24, 40)
    noise = miniature.noise(3, grid)
    ends = {
        (caption, weight): list(
            miniature.denoise(caption, noise, grid, steps=1, guidance=float(weight))
        )[-1]
        for caption, weight in ((CAPTION, 0), (CAPTION, 1), ("", 0), ("", 1))
    }

    assert np.array_equal(ends[CAPTION, 0], ends["", 0])
    assert np.abs(ends["", 0] - ends["", 1]).max() < 1e-5
    assert not np.array_equal(ends[CAPTION, 0], ends[CAPTION, 1])


def test_times_run_from_noise_to_clip():
    """Even without shift; a shift above 1 keeps both ends and stays longer near the noise."""
    assert sampler.times(4) == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert sampler.times(4, 3.0) == pytest.approx([1.0, 0.9, 0.75, 0.5, 0.0])


@pytest.mark.parametrize(
    ("asked", "kind", "message"),
    [
        (
            {"frames": 16},
            ShapeError,
            "a clip of shape (16, 32, 32, 3) does not fit; expected 1 + a multiple of 4 frames, "
            "height and width multiples of 4, and 3 colours",
        ),
        (
            {"height": 36},
            ShapeError,
            "17 frames of 36x32 do not fill patches; height and width are multiples of 8 up to "
            "128, and frames at most 61",
        ),
        ({"seed": -1}, ShapeError, "seed -1 is not a whole number from 0 to 4294967295"),
        ({"steps": 0}, ShapeError, "steps is 0; expected a whole number from 1 to 1000"),
        ({"guidance": 99.0}, ShapeError, "guidance is 99.0; expected a number from 0 to 20"),
        (
            {"caption": "a red horse"},
            UnknownNameError,
            "the miniature knows 56 words and not horse; expand() turns a free prompt into words "
            "that it knows",
        ),
    ],
)
def test_what_cannot_be_made_is_refused(miniature, asked, kind, message):
    """The message gives the value, the rule and the way out."""
    with pytest.raises(kind) as caught:
        miniature.generate(**{"caption": CAPTION} | asked)

    assert str(caught.value) == message


def test_patches_and_times_that_do_not_fit_are_refused(miniature):
    """The network says what the clips of the sequence need."""
    packed = sampler.pack([[1]], [(1, 2, 2)])
    with pytest.raises(ShapeError) as patches:
        miniature.transformer.velocity(packed, np.zeros((3, 32), np.float32), [0.5])
    with pytest.raises(ShapeError) as times:
        miniature.transformer.velocity(packed, np.zeros((4, 32), np.float32), [0.5, 0.5])

    assert str(patches.value) == (
        "patches are float32 of shape (3, 32); these clips need float32 of shape (4, 32)"
    )
    assert str(times.value) == "2 times for 1 clips; give one for each clip"
