"""The text that rates an accelerator: the layouts it lists, and what makes a run hard to tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost import load_model
from rebuilt.cost.hardware.layouts import Layout, check_layout, layouts
from rebuilt.cost.hardware.machines import WIDTHS
from rebuilt.cost.hardware.rates import BORROWED, SEVERAL, held_share, widest
from rebuilt.errors import ShapeError

MODELS = ("wan2.1-t2v-14b", "wan2.1-t2v-1.3b", "cogvideox-2b")


@given(
    st.sampled_from(MODELS),
    st.integers(1, 24),
    st.integers(1, 3),
    st.integers(1, 3),
    st.data(),
)
def test_the_listed_layouts_are_those_that_a_model_allows(name, gpus, passes, batch, data):
    """Each is allowed and takes all accelerators; each that is allowed and whole is listed."""
    model = load_model(name)
    found = layouts(model, gpus, passes, batch)
    for one in found:
        check_layout(model, one, passes, batch)
        assert one.gpus == gpus
    assert len(set(found)) == len(found)
    ways = {way: data.draw(st.integers(1, 4)) for way in ("guidance", "ulysses", "tensor", "data")}
    ring, left = divmod(gpus, ways["guidance"] * ways["ulysses"] * ways["tensor"] * ways["data"])
    other = Layout(**ways, ring=max(ring, 1))
    try:
        check_layout(model, other, passes, batch)
    except ShapeError:
        assert other not in found
    else:
        assert (other in found) == (left == 0)


@pytest.mark.parametrize("kind", range(len(WIDTHS) - 1))
def test_an_interval_is_the_widest_of_what_a_run_falls_under(kind):
    """Several accelerators and borrowed constants only ever widen it."""
    widths = tuple(1.0 + 0.1 * place for place in range(len(WIDTHS)))

    assert widest(widths, kind, 1.0, 0.0) == widths[kind]
    assert widest(widths, kind, 2.0, 0.0) == max(widths[kind], widths[SEVERAL])
    assert widest(widths, kind, 1.0, 1.0) == widths[BORROWED]


def test_two_blocks_stay_where_blocks_come_one_by_one():
    """All of a model of two blocks or fewer."""
    assert held_share(40.0) == 0.05
    assert held_share(1.0) == 1.0
