"""What the chapter shows: intervals, latents, noise and attention, and what a run costs."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rebuilt.evidence import tables
from rebuilt.mini import results, views
from rebuilt.mini.packing import from_patches


@given(st.integers(1, 400), st.data())
def test_intervals_are_those_of_scipy(clips, data):
    """Wilson's, of 90 percent, also where nothing or everything held."""
    held = data.draw(st.integers(0, clips))
    expected = stats.binomtest(held, clips).proportion_ci(0.90, "wilson")

    assert results.interval(held, clips) == pytest.approx(
        (100 * expected.low, 100 * expected.high), abs=2e-2
    )


def test_noise_is_that_of_the_examinations():
    """NumPy's PCG64 in the order of the latent, cut into patches."""
    patches = views.noise_like_training(7, 9, 24, 40, 2)
    drawn = np.random.Generator(np.random.PCG64(7)).standard_normal((3, 6, 10, 8), np.float32)

    assert np.array_equal(from_patches(patches, (3, 3, 5), 2), drawn)


def test_latents_are_shown_channel_by_channel():
    """Black is three spreads below the mean, white three above; beyond them it is cut."""
    latent = np.zeros((2, 3, 4, 8), np.float32)
    latent[1, :, :, 5] = 9.0
    frames = views.latent_frames(latent)

    assert len(frames) == 16
    assert {frame.shape for frame in frames} == {(9, 12, 4)}
    assert int(frames[0][0, 0, 0]) == 127
    assert int(frames[5 * 2 + 1][0, 0, 0]) == 255


def test_attention_adds_up(miniature):
    """What a frame looks at is the whole of what it looks at, in every block."""
    grid = miniature.grid(9, 24, 40)
    table = views.attention_table(miniature, "red circle left", miniature.noise(1, grid), grid, 0.5)
    sums = table.group_by("block", "frame").agg(pl.col("share").sum())

    assert sums.height == 5 * 3
    assert sums["share"].to_numpy() == pytest.approx(100.0, abs=0.05)


def test_decibels_are_twenty_for_a_tenth_of_the_range():
    """An error of 0.2 in a range of 2 is 20 dB below the peak."""
    clip = np.zeros((1, 4, 4, 3), np.float32)

    assert views.decibels(clip, clip + np.float32(0.2)) == pytest.approx(20.0, abs=1e-4)


def test_the_cost_model_counts_a_run_as_the_training_did():
    """Two formulas written by two people, for the mean clip of every run, to four digits."""
    runs = tables.load("miniature_runs")
    stated = dict(runs.select("run", "forward_flops_per_clip").iter_rows())

    assert {run: results.forward_flops(run) for run in stated} == pytest.approx(stated, rel=1e-3)
