"""Polynomials are recovered exactly from a counter; whatever is none is refused and named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.cost.algebra.polynomial import Polynomial
from rebuilt.cost.learn.shapes import Axes, Shape, monomials
from rebuilt.cost.learn.solving import period, solve
from rebuilt.errors import ShapeError

AXES = (
    Axes(),
    Axes(video=False),
    Axes(text=False),
    Axes(audio=True),
    Axes(frames_step=2, side_step=4, text_step=32),
)
COEFFICIENTS = st.integers(-(10**15), 10**15).filter(bool)


@st.composite
def counted(draw):
    """Axes, and polynomials in their sizes by name."""
    axes = draw(st.sampled_from(AXES))
    terms = st.dictionaries(st.sampled_from(monomials(axes.names)), COEFFICIENTS, max_size=6)
    return axes, draw(st.dictionaries(st.sampled_from("abc"), terms.map(Polynomial), min_size=1))


def counter_of(polynomials):
    return lambda shape: {name: one.value(**shape.sizes) for name, one in polynomials.items()}


@settings(max_examples=40, deadline=None)
@given(case=counted())
def test_whole_polynomials_are_recovered_to_the_last_digit(case):
    """Whatever the coefficients: as many shapes as unknowns, others for the check."""
    axes, wanted = case

    solved = solve(counter_of(wanted), axes)

    assert solved.polynomials == wanted
    assert len(solved.solved_on) == len(monomials(axes.names))
    assert not {*solved.solved_on} & {shape for shape, _ in solved.verified}
    assert all(left == right for _, seen in solved.verified for left, right in seen.values())


@settings(max_examples=20, deadline=None)
@given(case=counted(), step=st.integers(2, 4), size=st.sampled_from(["frames", "columns", "text"]))
def test_a_ceiling_is_refused_with_its_size_and_step(case, step, size):
    """The sentence names the count, the size that is rounded, and by how much."""
    name = {"columns": "area"}.get(size, size)
    _, wanted = case

    def counter(shape):
        sizes = dict.fromkeys(("frames", "area", "text", "audio"), 1) | shape.sizes
        exact = {"smooth": 7 * sizes["area"]}
        return exact | {"rounded": len(wanted) * -(-getattr(shape, size) // step)}

    with pytest.raises(
        ShapeError, match=rf"rounded: .*it rounds {name} by steps of {step}"
    ) as told:
        solve(counter, Axes())

    assert "smooth" not in str(told.value).split("rounded:", maxsplit=1)[0].split("sizes:")[1]


@pytest.mark.parametrize(
    ("count", "where"),
    [
        (lambda shape: min(shape.text, 20) * shape.frames, "not smooth in text"),
        (lambda shape: max(shape.frames - 6, 0), "not smooth in frames"),
        (lambda shape: -(-shape.rows // 2) * -(-shape.columns // 2), "area"),
        (lambda shape: shape.text**3, "not smooth in text"),
        (lambda shape: shape.text**2 * shape.frames, "more of them are"),
        (lambda shape: shape.rows, ""),
    ],
)
def test_windows_maxima_and_other_shapes_are_refused_at_a_shape(count, where):
    """Data that stop growing, grids counted by their sides, and higher powers."""
    with pytest.raises(ShapeError, match="odd: .*" + where):
        solve(lambda shape: {"odd": count(shape)}, Axes())


def test_a_count_that_appears_at_larger_shapes_only_is_refused():
    """A name that no small shape had is expected to be zero."""
    with pytest.raises(ShapeError, match=r"late: at .* gives 0 and 1 is counted"):
        solve(lambda shape: {"late": 1} if shape.frames > 6 else {"a": 1}, Axes())


def test_a_half_is_no_coefficient():
    """Counts that are polynomials with fractions are said to be so."""
    with pytest.raises(ShapeError, match=r"its coefficient of .* would be .*/2"):
        solve(lambda shape: {"pairs": shape.text * (shape.text - 1) // 2}, Axes())


@pytest.mark.parametrize(("step", "found"), [(1, 1), (2, 2), (3, 3), (4, 4)])
def test_the_period_of_a_ceiling(step, found):
    """And a series that grows as a power of two has none."""
    assert period([-(-n // step) * n for n in range(16)]) == found
    assert period([2**n for n in range(16)]) == 0


def test_a_shape_says_what_it_is():
    """Streams that are not there are not named."""
    assert str(Shape(frames=2, rows=3, columns=4, text=7)) == "2 x 3 x 4 and 7 text tokens"
    assert str(Shape(rows=3, columns=4)) == "1 x 3 x 4"
