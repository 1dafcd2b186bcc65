"""Clips packed into one sequence are the clips alone; patches lose nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.errors import ShapeError
from rebuilt.mini.packing import from_patches, pack, to_patches

GRIDS = st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6))
CLIPS = st.tuples(GRIDS, st.lists(st.integers(0, 55), min_size=1, max_size=24), st.floats(0, 1))


@settings(max_examples=25)
@given(clips=st.lists(CLIPS, min_size=2, max_size=4), seed=st.integers(0, 2**16))
def test_a_clip_in_a_packed_sequence_is_the_clip_alone(miniature, clips, seed):
    """Bit for bit, whatever the lengths, sizes, captions and times of its neighbours."""
    grids, captions, times = zip(*clips, strict=True)
    rng = np.random.default_rng(seed)
    every = [rng.standard_normal((int(np.prod(grid)), 32), dtype=np.float32) for grid in grids]
    net = miniature.transformer
    together = net.velocity(pack(captions, grids), np.concatenate(every), times)
    alone = [
        net.velocity(pack([words], [grid]), patches, [time])
        for grid, words, time, patches in zip(grids, captions, times, every, strict=True)
    ]

    assert np.array_equal(together, np.concatenate(alone))


def test_a_clip_sees_all_of_itself(miniature):
    """Attention is not so narrow that packing would be trivial: each token reaches each other."""
    packed = pack([[1, 2, 3], [4]], [(2, 3, 2), (1, 2, 2)])
    patches = np.random.default_rng(0).standard_normal((16, 32), dtype=np.float32)
    shares = next(miniature.transformer.attention(packed, patches, [0.5, 0.5]))

    assert shares.shape == (4, 15, 15)
    assert shares.min() > 0
    assert np.abs(shares.sum(axis=-1) - 1).max() < 1e-5


@given(grid=GRIDS, patch=st.sampled_from([1, 2, 4]), channels=st.integers(1, 9))
def test_patches_can_be_put_back(grid, patch, channels):
    """Cutting and joining gives the latent; a patch is a square of one frame."""
    frames, rows, columns = grid
    shape = (frames, rows * patch, columns * patch, channels)
    latent = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    patches = to_patches(latent, patch)

    assert np.array_equal(from_patches(patches, grid, patch), latent)
    assert np.array_equal(patches[0].reshape(patch, patch, channels), latent[0, :patch, :patch])


@pytest.mark.parametrize(
    ("captions", "grids", "message"),
    [
        ([[1]], [], "1 captions and 0 grids; give one grid for each caption"),
        ([[]], [(1, 1, 1)], "caption 0 has no tokens; the empty caption is the token [null]"),
        (
            [[1], [2]],
            [(1, 1, 1), (3, 17, 2)],
            "grid 1 is (3, 17, 2); frames, rows and columns of patches are 1 to 16 each",
        ),
    ],
)
def test_what_cannot_be_packed_is_refused(captions, grids, message):
    """The message names the clip and the rule."""
    with pytest.raises(ShapeError) as caught:
        pack(captions, grids)

    assert str(caught.value) == message


def test_a_latent_that_does_not_fill_patches_is_refused():
    """The message gives the shape and what would fit."""
    with pytest.raises(ShapeError) as caught:
        to_patches(np.zeros((1, 5, 4, 8), np.float32), 2)

    assert str(caught.value) == (
        "a latent of shape (1, 5, 4, 8) does not fill patches of 2 x 2; expected frames, rows, "
        "columns and channels, rows and columns multiples of the patch"
    )
