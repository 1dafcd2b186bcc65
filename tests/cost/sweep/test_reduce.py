"""Reductions of a sweep, against the plain way to find the same."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

from rebuilt.cost.engine.table import FIGURES, WHOLE, Billed
from rebuilt.cost.sweep.records import Chunk
from rebuilt.cost.sweep.reductions import Pareto, Quantiles
from rebuilt.cost.sweep.space import Axis, Space, sobol_stream

SPACE = Space(models=("dit-xl-2",), axes={"steps": Axis((1.0,))})
FEW = st.sampled_from([1.0, 2.0, 3.0, 4.0, float("nan")])


def chunk_of(points):
    """Return records with seconds and dollars as given and ones elsewhere, all of which fit."""
    figures = np.ones((len(FIGURES), len(points)))
    figures[FIGURES.index("seconds")] = [a for a, _ in points]
    figures[FIGURES.index("usd")] = [b for _, b in points]
    counts = np.ones((len(WHOLE), len(points)), np.int64)
    return Chunk(
        np.ones((1, len(points))), Billed(counts, figures, np.zeros(len(points), np.uint8))
    )


def plain_front(points):
    """Return the points that no other beats: at least as good twice, and better once or earlier."""
    return sorted(
        (a, b, i)
        for i, (a, b) in enumerate(points)
        if a == a
        and b == b
        and not any(
            c <= a and d <= b and ((c, d) != (a, b) or k < i) for k, (c, d) in enumerate(points)
        )
    )


@given(st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=60), st.integers(0, 8))
def test_bins_of_a_histogram_hold_the_values_between_their_edges(values, halvings):
    """Whatever their width; eight halvings make a bin of each factor of two."""
    found = Quantiles("seconds")
    found.add(SPACE, chunk_of([(a, 1.0) for a in values]))
    bins = found.histogram(halvings)

    assert [sum(low <= value < high for value in values) for low, high, _ in bins] == [
        count for _, _, count in bins
    ]
    assert sum(count for _, _, count in bins) == len(values)
    assert all(high <= low * (1 + 2.0 ** (halvings - 8)) for low, high, _ in bins)


@given(st.lists(st.tuples(FEW, FEW), max_size=40), st.integers(0, 40))
def test_front_is_that_of_all_pairs(points, cut):
    """With ties, with figures that are missing, in one chunk or in two."""
    front = Pareto(("seconds", "usd"))
    for part in (points[:cut], points[cut:]):
        later = front.fresh()
        later.add(SPACE, chunk_of(part))
        front.join(later)

    assert front.front() == plain_front(points)


def test_front_of_many_points_is_that_of_all_pairs():
    """More points than the sample that is looked at first."""
    rng = np.random.default_rng(0)
    points = [tuple(pair) for pair in rng.lognormal(size=(5000, 2))]
    front = Pareto(("seconds", "usd"))
    front.add(SPACE, chunk_of(points))
    found = front.front()

    assert [(a, b) for a, b, _ in found] == [points[i] for _, _, i in found]
    assert all(a[0] < b[0] and a[1] > b[1] for a, b in pairwise(found))
    assert all(any(a <= x and b <= y for a, b, _ in found) for x, y in points)


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 400)), max_size=8))
def test_stream_gives_the_same_points_in_any_order(asked):
    """Against SciPy's own sequence, forwards and backwards."""
    whole = qmc.Sobol(3, scramble=True, rng=5).random(4096).T
    stream = sobol_stream(3, 5)
    for start, size in asked:
        np.testing.assert_array_equal(
            stream.take(start, start + size), whole[:, start : start + size]
        )
