"""A model's coefficients give the same counts as its list of operations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import ShapeError, count, default_clip, load_model, lower, model_ids
from rebuilt.cost.counting import exact as plain
from rebuilt.cost.counting.forward import operations_of
from rebuilt.cost.algebra.grid import Grid
from rebuilt.cost.algebra.operations import GROUPS
from rebuilt.cost.engine import kernels
from rebuilt.cost.models.architectures import Transformer

TRANSFORMERS = model_ids(Transformer)
NAMES = st.sampled_from(TRANSFORMERS)
SIZES = st.tuples(st.integers(1, 120), st.integers(1, 4096), st.integers(0, 600))


def flops_by_group(model, frames, area, text):
    sums = dict.fromkeys(GROUPS, 0)
    for operation in operations_of(model, Grid(frames, area, text)):
        sums[operation.group] += operation.flops
    return sums


@given(name=NAMES, sizes=SIZES)
def test_coefficients_equal_the_added_up_operations(name, sizes):
    """Exact in Python integers and in the compiled kernel, for every group of every model."""
    model = load_model(name)
    lowered = lower(model)
    expected = flops_by_group(model, *sizes)
    lowered.check(*sizes)

    for group, row in zip(lowered.groups, lowered.flops, strict=True):
        compiled = kernels.evaluate(np.array(row, dtype=np.int64), *sizes)
        assert plain.evaluate(row, *sizes) == compiled == expected[group]
    assert sum(flops for group, flops in expected.items() if group not in lowered.groups) == 0


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_coefficients_are_never_negative(name):
    """So counts grow with every size, and the largest sizes of a sweep bound it."""
    lowered = lower(load_model(name))
    rows = (*lowered.flops, *lowered.elements, lowered.parameters)

    assert min(min(row) for row in rows) == 0


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_lowered_parameters_and_traffic_equal_the_count(name):
    """What sweeps read besides FLOPs comes from the same list."""
    model = load_model(name)
    counted = count(model, default_clip(model))
    grid = counted.latent.grid
    sizes = (grid.frames, grid.area, grid.text)
    lowered = lower(model)

    assert plain.evaluate(lowered.parameters, *sizes) == counted.parameters
    assert [plain.evaluate(row, *sizes) for row in lowered.elements] == list(
        counted.elements.values()
    )


def test_counts_beyond_int64_are_an_error():
    """HunyuanVideo at 720p passes 2^53; an hour of it would pass 2^63."""
    with pytest.raises(ShapeError) as caught:
        lower(load_model("hunyuanvideo")).check(5000, 3600, 256)

    assert str(caught.value) == (
        "hunyuanvideo on 5000 latent frames of 3600 tokens with 256 text tokens needs a count of "
        "2.39e+20, above the kernels' limit of 9223372036854775807; "
        "use the exact count or a smaller range"
    )
