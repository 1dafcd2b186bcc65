"""Packing loses no token and fills no sequence beyond its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebuilt.cost.counting.sequence_packing import first_fit
from rebuilt.errors import ShapeError


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(50, 120))
def test_every_token_is_packed_once_and_no_sequence_overflows(lengths, capacity):
    """And at most one sequence is half empty or less."""
    used = first_fit(lengths, capacity)

    assert sum(used) == sum(lengths)
    assert all(full <= capacity for full in used)
    assert sum(2 * full <= capacity for full in used) <= 1


@pytest.mark.parametrize("length", [0, 9])
def test_a_clip_that_fits_no_sequence_is_refused(length):
    """The message says both sizes and what to give."""
    with pytest.raises(ShapeError) as refused:
        first_fit([3, length], capacity=8)

    assert str(refused.value) == (
        f"a clip of {length} tokens does not fit a sequence of 8; "
        "give clips of 1 token or more and sequences as long as the longest clip"
    )
