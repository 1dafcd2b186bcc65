"""A compiled design equals the plain-Python reference, and refuses the same points."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rebuilt.cost.engine import design
from rebuilt.cost.engine.billing import bill_table

RATES = [design.rates_of("h100-sxm"), design.rates_of("b200-sxm")]
POINTS = st.tuples(
    st.integers(0, 2),
    st.integers(0, 64),
    st.sampled_from([1000, 1152, 1536, 3072, 6144]),
    st.integers(1, 20000),
    st.sampled_from([64, 72, 96, 128, 256]),
    st.integers(0, 400),
    st.sampled_from([100, 480, 720, 1088]),
    st.sampled_from([832, 1280, 1920]),
    st.sampled_from([8, 16]),
    st.sampled_from([1, 4, 8]),
    st.sampled_from([1, 2, 4]),
    st.sampled_from([1, 2]),
    st.integers(-1, 512),
    st.integers(1, 100),
    st.integers(1, 3),
    st.integers(0, 1),
    st.sampled_from([1, 2, 3, 4, 6, 8]),
    st.sampled_from([0.0, 2.1e7]),
)
WAN = (0, 30, 1536, 8960, 128, 81, 480, 832, 8, 4, 2, 1, 512, 50, 2, 0, 1, 8.5e6)


def compiled(point):
    columns = np.array(point, float)[:, None]
    figures, codes = bill_table(columns, np.arange(18), np.zeros(18), RATES)
    return int(codes[0]), figures[:, 0]


@example(WAN)
@given(POINTS)
def test_compiled_design_equals_reference(point):
    """Code for code and, where a design exists, figure for figure to 1e-12."""
    code, record = design.evaluate_design(point, RATES)
    found, figures = compiled(point)

    assert found == code
    if record:
        np.testing.assert_allclose(figures, record, rtol=1e-12)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("width", 1000, "width is not a multiple of head_width"),
        ("frames", 80, "frames is not 1 + a multiple of frames_stride"),
        ("height", 100, "height or width_px is not a multiple of side_stride x patch_side"),
        ("steps", 0, "a column is below its least value"),
        ("depth", 1000, "does not fit the accelerator's memory"),
    ],
)
def test_each_refusal_has_its_reason(column, value, reason):
    """One broken value is enough, and the sentence names it."""
    point = list(WAN)
    point[design.COLUMNS.index(column)] = value

    assert design.REASONS[compiled(point)[0]] == reason


def test_odd_depth_of_a_factorised_transformer_is_refused():
    """Half of its layers attend in a frame, half over time."""
    code, _ = compiled((1, 29, *WAN[2:]))

    assert design.REASONS[code] == "depth of a factorised transformer is odd"


@given(depth=st.integers(1, 60), steps=st.integers(1, 99))
def test_more_layers_or_steps_never_cost_less(depth, steps):
    """Time, energy and rent grow with depth and with steps."""
    less = design.evaluate_design((0, depth, *WAN[2:13], steps, *WAN[14:]), RATES)[1]
    deeper = design.evaluate_design((0, depth + 1, *WAN[2:13], steps, *WAN[14:]), RATES)[1]
    longer = design.evaluate_design((0, depth, *WAN[2:13], steps + 1, *WAN[14:]), RATES)[1]

    for place in (4, 5, 6):
        assert less[place] < deeper[place]
        assert less[place] < longer[place]
