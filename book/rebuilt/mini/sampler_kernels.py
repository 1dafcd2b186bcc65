"""Rectified flow as kernels: noise from a seed, one Euler step with guidance, and pixels."""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import sqrt

import numpy as np
from numba import njit

from rebuilt.mini.primitive_kernels import TURN, cosine
from rebuilt.mini.transformer_kernels import GRID, INPUTS, length_of, velocity, work_size

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # SplitMix64
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
BY_30, BY_27, BY_31, BY_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
UNIT = 2.0**-53
LN2 = 0.6931471805599453


@njit(cache=True, error_model="numpy")
def uniform(state):
    """SplitMix64: a number in (0, 1] from one 64-bit state."""
    z = (state ^ (state >> BY_30)) * MIX_1
    z = (z ^ (z >> BY_27)) * MIX_2
    z = z ^ (z >> BY_31)
    return (np.float64(z >> BY_11) + 1.0) * UNIT


@njit(cache=True, error_model="numpy")
def logarithm(x):
    """Natural logarithm of a float64 in (0, 1]: doubled into (1/2, 1], then a series of powers."""
    halvings = 0
    while x <= 0.5:
        x = x * 2.0
        halvings += 1
    ratio = (x - 1.0) / (x + 1.0)
    square, power, total = ratio * ratio, ratio, 0.0
    for order in range(20):
        total += power / (2 * order + 1)
        power = power * square
    return 2.0 * total - halvings * LN2


@njit(cache=True, error_model="numpy")
def normals(seed, out):
    """Fill `out` with float32 normals of a seed: SplitMix64, then Box and Muller's cosine."""
    state = np.uint64(seed) * GOLDEN
    for place in range(out.size):
        state = state + GOLDEN
        length = sqrt(-2.0 * logarithm(uniform(state)))
        state = state + GOLDEN
        out[place] = np.float32(length * cosine(TURN * uniform(state)))


@njit(cache=True, error_model="numpy")
def step_size(sizes, grid):
    """Values of scratch that `step` needs."""
    return 2 * patches_of(grid) * sizes[INPUTS] + 2 + work_size(sizes, grid)


@njit(cache=True, error_model="numpy")
def patches_of(grid):
    """Patches of all clips."""
    total = 0
    for clip in range(grid.size // GRID):
        total += length_of(grid, clip) - grid[GRID * clip]
    return total


@njit(cache=True, error_model="numpy")
def step(weights, places, sizes, grid, tokens, patches, times, guidance, work):
    """Move one clip's patches from times[0] to times[1], in place.

    `grid` and `tokens` hold the clip twice: with its caption, then with the empty one.
    """
    size = patches.size
    both, flow = work[: 2 * size], work[2 * size : 4 * size]
    now, rest = work[4 * size : 4 * size + 2], work[4 * size + 2 :]
    now[0], now[1] = times[0], times[0]
    for place in range(size):
        both[place] = patches[place]
        both[size + place] = patches[place]
    velocity(weights, places, sizes, grid, tokens, both, now, flow, rest)
    change = times[1] - times[0]
    for place in range(size):
        without = flow[size + place]
        wanted = without + guidance * (flow[place] - without)
        patches[place] = patches[place] + change * wanted
