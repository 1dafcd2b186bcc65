"""The smallest kernels against NumPy and SciPy, over the whole range that they declare."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal, special, stats

from rebuilt.mini import autoencoder_kernels, primitive_kernels, sampler_kernels
from rebuilt.mini.autoencoder_kernels import CONVOLVE

SMALL = st.integers(1, 9)


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def test_the_exponential_is_within_a_float32_of_numpy():
    """From the smallest to the largest argument; beyond them it is cut."""
    x = np.linspace(-87, 88, 100_001, dtype=np.float32)
    ours = np.array([primitive_kernels.exponential(value) for value in x])

    assert np.abs(ours / np.exp(np.float64(x)) - 1).max() < 1.2e-7
    assert primitive_kernels.exponential(np.float32(200)) == primitive_kernels.exponential(
        np.float32(88)
    )


@given(st.floats(0, 1e6))
def test_the_sine_and_cosine_are_those_of_the_library(x):
    """Whole turns are dropped without losing digits that matter."""
    assert primitive_kernels.sine(x) == pytest.approx(math.sin(x), abs=1e-9)
    assert primitive_kernels.cosine(x) == pytest.approx(math.cos(x), abs=1e-9)


@given(st.floats(1e-16, 1.0))
def test_the_logarithm_is_that_of_the_library(x):
    """Over every number that the generator can draw."""
    assert sampler_kernels.logarithm(x) == pytest.approx(math.log(x), rel=1e-12, abs=1e-14)


@given(rows=SMALL, into=st.integers(1, 40), width=SMALL, seed=st.integers(0, 99))
def test_a_linear_layer_is_a_product_and_a_bias(rows, into, width, seed):
    """Also where rows of the weight are no multiple of four."""
    x, weight, bias = normal(seed, rows, into), normal(seed + 1, into, width), normal(seed, width)
    out = np.empty((rows, width), np.float32)
    flat = (part.reshape(-1) for part in (x, weight))
    primitive_kernels.linear(*flat, bias, out.reshape(-1), rows, into, width)

    assert np.abs(out - (x @ weight + bias)).max() < 1e-4


def test_activations_are_those_of_scipy():
    """SiLU, GELU in its tanh form, and softmax."""
    x = np.linspace(-12, 12, 4001, dtype=np.float32)
    silu, gelu, shares = np.empty_like(x), x.copy(), x.copy()
    primitive_kernels.silu(x, silu)
    primitive_kernels.gelu(gelu)
    primitive_kernels.softmax(shares)
    tanh = np.tanh(np.sqrt(2 / np.pi) * (np.float64(x) + 0.044715 * np.float64(x) ** 3))

    assert np.abs(silu - x * special.expit(np.float64(x))).max() < 2e-6
    assert np.abs(gelu - 0.5 * x * (1 + tanh)).max() < 2e-6
    assert np.abs(shares - special.softmax(np.float64(x))).max() < 1e-8


@given(
    frames=st.integers(1, 5),
    rows=st.integers(1, 4),
    columns=st.integers(1, 4),
    stride=st.sampled_from([(1, 1), (2, 2), (2, 1)]),
    seed=st.integers(0, 99),
)
def test_a_causal_convolution_is_scipys_on_a_clip_with_its_first_frame_repeated(
    frames, rows, columns, stride, seed
):
    """Zeros beside the sides, the first frame before the beginning, nothing of the future."""
    time, space = stride
    frames, rows, columns = 2 * frames - 1, 2 * rows, 2 * columns
    x, weight, bias = normal(seed, frames, rows, columns, 3), normal(1, 3, 3, 3, 3, 2), normal(2, 2)
    padded = np.pad(np.concatenate([x[:1], x[:1], x]), ((0, 0), (1, 1), (1, 1), (0, 0)))
    expected = np.stack(
        [
            sum(signal.correlate(padded[..., i], weight[..., i, o], "valid") for i in range(3))
            for o in range(2)
        ],
        axis=-1,
    )[::time, ::space, ::space]
    layer = np.array([CONVOLVE, 3, 2, 3, time, space])
    shape, after = np.array([frames, rows, columns]), np.zeros(3, int)
    autoencoder_kernels.grown(layer, shape, after)
    out = np.empty((*after, 2), np.float32)
    line = np.empty(int(after[2]) * 81, np.float32)
    flat = (x.reshape(-1), shape, layer, weight.reshape(-1), bias, after, out.reshape(-1), line)
    autoencoder_kernels.convolve(*flat)

    assert tuple(after) == expected.shape[:3]
    assert np.abs(out - (expected + bias)).max() < 1e-4


def test_noise_is_normal_and_its_own_for_each_seed():
    """Kolmogorov and Smirnov find nothing in 100,000 numbers; neighbours do not go together."""
    first, second = np.empty(100_000, np.float32), np.empty(100_000, np.float32)
    sampler_kernels.normals(0, first)
    sampler_kernels.normals(1, second)

    assert stats.kstest(first, "norm").pvalue > 0.01
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.01
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 0.01


def test_pixels_are_rounded_and_cut():
    """-1 is 0, 1 is 255, and nothing wraps around."""
    clip = np.array([-3, -1, -0.5, 0, 0.5, 1, 3, 0, 0], np.float32)
    out = np.empty(12, np.uint8)
    primitive_kernels.paint(clip, out)

    assert out.tolist() == [0, 0, 64, 255, 128, 191, 255, 255, 255, 128, 128, 255]
