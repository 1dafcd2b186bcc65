"""Layouts: written and read alike, checked against heads and passes, searched without gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import ShapeError, load_model
from rebuilt.cost.hardware.estimate import fastest, price, timed
from rebuilt.cost.hardware.layouts import (
    Layout,
    best_layout,
    check_layout,
    head_counts,
    layouts,
    read_layout,
)
from rebuilt.cost.hardware.software import load_software
from rebuilt.errors import OptionError

WAN, SMALL = load_model("wan2.1-t2v-14b"), load_model("wan2.1-t2v-1.3b")
JOB = timed(WAN)
DEGREES = st.sampled_from([1, 2, 3, 4, 8])


@given(
    guidance=st.integers(1, 3),
    ulysses=DEGREES,
    ring=DEGREES,
    tensor=DEGREES,
    pipeline=DEGREES,
    data=DEGREES,
    shard=st.booleans(),
)
def test_a_layout_reads_as_it_is_written(**said):
    """Its text is what `--layout` takes; the product of its degrees is its accelerators."""
    layout = Layout(**said)
    text = str(layout)

    assert (text == "one accelerator") == (layout == Layout())
    if layout != Layout():
        assert read_layout(text) == layout
    product = 1
    for name, degree in said.items():
        product *= degree if name != "shard" else 1
    assert layout.gpus == product


@pytest.mark.parametrize(
    "text", ["", "ulysses", "ulysses=0", "ulysses=2,ulysses=2", "rings=2", "tp=-1", "tp=2.0"]
)
def test_a_layout_that_is_none_is_one_sentence(text):
    """It says what was found and how to write one."""
    with pytest.raises(OptionError, match=r"--layout is .*; write degrees such as"):
        read_layout(text)


def test_names_that_engines_use_are_understood():
    """`cfg`, `tp`, `dp`, `pp`, `sp` and `fsdp` mean what xDiT and vLLM mean."""
    assert read_layout("cfg=2,tp=4,fsdp") == Layout(guidance=2, tensor=4, shard=True)
    assert read_layout("sp=2,dp=3,pp=5") == Layout(ulysses=2, data=3, pipeline=5)


def test_more_guidance_than_passes_is_refused():
    """There is nothing for the third accelerator to do; so with clips."""
    with pytest.raises(ShapeError, match="guidance is 2, and there are 1 passes of a step"):
        check_layout(WAN, Layout(guidance=2), passes=1)
    with pytest.raises(ShapeError, match="data is 4, and there are 2 clips of a batch"):
        check_layout(WAN, Layout(data=4), batch=2)


def test_heads_must_divide():
    """Twelve heads cannot be shared by eight; the message says which degrees can."""
    with pytest.raises(ShapeError) as caught:
        check_layout(SMALL, Layout(ulysses=8))

    assert str(caught.value) == (
        "wan2.1-t2v-1.3b has 12 heads, which 8 GPUs of a Ulysses or tensor group cannot share "
        "evenly; choose a degree of 1, 2, 3, 4 or 6 and a ring for the rest"
    )
    assert best_layout(SMALL, 8) == Layout(ulysses=4, ring=2)


@given(gpus=st.integers(1, 16), passes=st.integers(1, 3), batch=st.integers(1, 3))
def test_every_layout_of_a_search_is_allowed_and_whole(gpus, passes, batch):
    """Each takes all accelerators, passes the check, and none comes twice."""
    found = list(layouts(SMALL, gpus, passes, batch))

    assert len(set(found)) == len(found) > 0
    for layout in found:
        assert layout.gpus == gpus
        check_layout(SMALL, layout, passes, batch)
        assert all(heads % (layout.ulysses * layout.tensor) == 0 for heads in head_counts(SMALL))


@given(gpus=st.sampled_from([1, 2, 4, 8]), chip=st.sampled_from(["h100-sxm", "rtx-4090", "mi300x"]))
def test_the_fastest_layout_is_the_fastest_that_fits(gpus, chip):
    """No other layout that fits is faster; where none fits, none needs less memory."""
    found = fastest(JOB, gpu=chip, gpus=gpus, batch=1, software=load_software())
    others = [price(JOB, gpu=chip, layout=one) for one in layouts(WAN, gpus, JOB.job.passes)]
    fitting = [one for one in others if one.memory.fits]

    if fitting:
        assert found.memory.fits
        assert found.seconds == min(one.seconds for one in fitting)
    else:
        assert found.memory_bytes == min(one.memory_bytes for one in others)


@given(degree=st.sampled_from([2, 4, 8]))
def test_sharing_passes_moves_nothing(degree):
    """Two accelerators that take a pass each halve the steps; sequence and width exchange."""
    pair = price(JOB, gpu="h100-sxm", layout=Layout(guidance=2))
    one = price(JOB, gpu="h100-sxm")

    assert pair.parts.exchange == 0
    assert pair.parts.device == pytest.approx(one.parts.device / 2)
    for name in ("ulysses", "ring", "tensor"):
        shared = price(JOB, gpu="h100-sxm", layout=Layout(**{name: degree}))
        assert shared.parts.exchange > 0
        assert shared.memory.activations < one.memory.activations
    tensor = price(JOB, gpu="h100-sxm", layout=Layout(tensor=degree))
    sharded = price(JOB, gpu="h100-sxm", layout=Layout(ulysses=degree, shard=True))
    assert max(tensor.memory.weights, sharded.memory.weights) < one.memory.weights


def test_beyond_a_server_the_network_counts():
    """Sixteen accelerators exchange slower than eight; those of a rack stay on their links."""
    inside, outside = (
        price(JOB, gpu="h100-sxm", layout=Layout(ulysses=8, ring=ring)) for ring in (1, 2)
    )
    rack = price(JOB, gpu="gb200", layout=Layout(ulysses=8, ring=2))

    assert outside.parts.exchange > inside.parts.exchange
    assert rack.parts.exchange < outside.parts.exchange
    with pytest.raises(ShapeError, match="no source states the network between servers"):
        price(JOB, gpu="rtx-4090", layout=Layout(ulysses=8, ring=2))


@given(
    chip=st.sampled_from(["h100-sxm", "rtx-4090", "b200-sxm"]),
    gpus=st.sampled_from([1, 2, 4]),
    batch=st.sampled_from([1, 2]),
    engine=st.sampled_from(["diffusers", "lightx2v"]),
)
def test_a_search_finds_what_pricing_every_layout_finds(chip, gpus, batch, engine):
    """The quick search and the whole estimates agree, tiles and all."""
    counted, software = timed(load_model("wan2.1-t2v-14b")), load_software(engine)
    every = [
        price(counted, gpu=chip, layout=layout, batch=batch, software=software)
        for layout in layouts(counted.model, gpus, counted.job.passes, batch)
    ]
    fitting = [one for one in every if one.memory.fits]
    best = min(fitting, key=lambda one: one.seconds) if fitting else None
    found = fastest(counted, gpu=chip, gpus=gpus, batch=batch, software=software)

    assert found.memory.fits == bool(fitting)
    assert found.seconds == best.seconds if best else True
    assert best or found.memory_bytes == min(one.memory_bytes for one in every)
