"""Memory: parts add up, sharing and offload lower it, and it says how sure it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import Clip, load_model
from rebuilt.cost.counting.rows import encoder_parameters
from rebuilt.cost.hardware.estimate import price, timed
from rebuilt.cost.hardware.layouts import Layout
from rebuilt.cost.hardware.memory import Memory
from rebuilt.cost.hardware.software import load_software

WAN = load_model("wan2.1-t2v-14b")
CLIP = Clip(frames=81, height=720, width=1280)
WHOLE, TILED = (timed(WAN, CLIP, tiled=tiled) for tiled in (False, True))


def memory_of(*, weights=20.0, activations=10.0, decoding=5.0, capacity=80.0, **beside):
    return Memory(weights, activations, 0.0, 1.0, 0.0, capacity, decoding, **beside)


def test_too_large_says_by_how_much():
    """The sentence names need, capacity and what is missing."""
    assert str(memory_of(weights=150.0, capacity=80.0)) == (
        "does not fit: 161.0 GB are needed and the accelerator has 80 GB, 81.0 GB too few"
    )


def test_the_edge_has_a_probability():
    """Near the capacity neither word is said; far below it fits, and the peak is named."""
    edge, sure = memory_of(weights=66.0), memory_of()

    assert str(edge).startswith("uncertain: 77.0 GB of 80 GB, fits with a probability of ")
    assert 0.1 < edge.probability < 0.9
    assert str(sure) == "31.0 GB of 80 GB"
    assert str(memory_of(decoding=15.0)).endswith("most while decoding")
    assert str(memory_of(encoding=40.0)).endswith("most while encoding")
    assert str(replace(sure, decoding=None)).endswith("the decoder's peak is not counted")


@given(
    weights=st.floats(0.1, 200),
    activations=st.floats(0.1, 200),
    decoding=st.floats(0.1, 200),
    encoding=st.floats(0, 200),
    kept=st.sampled_from([0.0, 1.0]),
)
def test_the_peak_is_the_worst_of_three_moments(weights, activations, decoding, encoding, kept):
    """Its parts add up to it, and the probability falls from one to nothing as it grows."""
    found = memory_of(
        weights=weights, activations=activations, decoding=decoding, encoding=encoding, kept=kept
    )
    moments = (weights + activations, kept * weights + decoding, encoding)

    assert sum(found.by_part.values()) == pytest.approx(found.total)
    assert found.total == pytest.approx(max(moments) + 1)
    assert (found.probability >= 0.5) == found.fits


@given(gpus=st.sampled_from([2, 4, 8]), batch=st.integers(1, 3))
def test_sharing_never_needs_more(gpus, batch):
    """Shared weights need less than whole ones, and tiles never more than the whole picture."""
    plain = price(WHOLE, gpu="h100-sxm", layout=Layout(ulysses=gpus), batch=batch)
    shared = price(WHOLE, gpu="h100-sxm", layout=Layout(ulysses=gpus, shard=True), batch=batch)
    tiled = price(TILED, gpu="h100-sxm", layout=Layout(ulysses=gpus), batch=batch)

    assert shared.memory.total < plain.memory.total
    assert tiled.memory.decoding <= plain.memory.decoding


def test_the_estimate_and_the_bill_tell_one_peak():
    """`memory_bytes` is what records of sweeps hold; offloaded weights are gone while decoding."""
    for offload in ("none", "model", "blocks", "sequential"):
        found = price(WHOLE, gpu="h100-sxm", software=replace(load_software(), offload=offload))

        assert found.memory.total == pytest.approx(found.memory_bytes / 1e9)


@pytest.mark.parametrize(
    ("name", "encoder"),
    [("pixart-alpha", "t5-xxl"), ("wan2.1-t2v-1.3b", "umt5-xxl"), ("sd3-medium", "t5-xxl")],
)
def test_an_encoder_that_runs_alone_needs_its_weights(name, encoder):
    """Its vocabulary too: what a small model needs most where networks come one after another."""
    memory = price(
        timed(load_model(name)), gpu="h100-sxm", software=replace(load_software(), offload="model")
    ).memory
    alone = 2e-9 * encoder_parameters(load_model(encoder))

    assert memory.moment == "encoding"
    assert memory.total == pytest.approx(alone + memory.reserve)
