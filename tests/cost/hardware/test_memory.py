"""Memory: parts add up, sharding and offload lower it, and it says by how much it does not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, ShapeError, count, load_model
from rebuilt.cost.fit.fit_memory import figures
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.memory import Memory, inference_memory, training_memory

WAN, CHIP = load_model("wan2.1-t2v-14b"), load_accelerator("h100-sxm")
CLIP = Clip(frames=81, height=720, width=1280)


def test_too_large_says_by_how_much():
    """The sentence names need, capacity and what is missing."""
    memory = Memory(60.0, 30.0, 0.0, 0.0, capacity=80.0)

    assert str(memory) == (
        "does not fit: 90.0 GB are needed and the accelerator has 80 GB, 10.0 GB too few"
    )


def test_training_state_is_sixteen_bytes_a_parameter():
    """Two for weights, two for gradients, twelve for Adam."""
    found = training_memory(WAN, CLIP, CHIP)

    assert found.weights + found.optimizer == pytest.approx(16e-9 * count(WAN, CLIP).parameters)


@given(gpus=st.sampled_from([1, 2, 4, 8]), batch=st.integers(1, 3))
def test_sharding_and_offload_never_need_more(gpus, batch):
    """Each way of saving saves, or changes nothing."""
    plain = inference_memory(WAN, CLIP, CHIP, gpus=gpus, batch=batch)
    shared = inference_memory(WAN, CLIP, CHIP, gpus=gpus, batch=batch, shard_weights=True)
    streamed = inference_memory(WAN, CLIP, CHIP, gpus=gpus, batch=batch, offload="layers")

    assert shared.total <= plain.total
    assert streamed.total < plain.total


def test_unknown_offload_is_named():
    """The message lists the three kinds."""
    with pytest.raises(ShapeError) as caught:
        inference_memory(WAN, CLIP, CHIP, offload="disk")

    assert str(caught.value) == "offload is 'disk'; choose one of none, model, layers"


def test_half_of_the_published_peaks_are_met_within_two_fifths():
    """The page prints every error; this guards the middle one."""
    errors = sorted(abs(found.error) for found in figures())

    assert errors[len(errors) // 2] < 2 / 5
