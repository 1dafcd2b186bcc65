"""Operations of which the miniature is made, as kernels over flat float32 arrays.

Only + - * / sqrt floor, comparisons and casts of bits are used, in an order that vector units keep:
the same source compiled for a page's WebAssembly gives the same bits. Arrays are row-major, `rows`
times `width`; no kernel allocates, checks or raises. Callers check shapes.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import floor, sqrt

import numpy as np
from numba import njit

ONE = np.float32(1.0)
HALF = np.float32(0.5)
ZERO = np.float32(0.0)
# e^x = 2^n e^r with |r| <= ln(2) / 2; ln(2) in two parts, then Cephes' polynomial for e^r.
LOG2_E = np.float32(1.44269504)
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
EXP_5, EXP_4 = np.float32(1.9875691500e-4), np.float32(1.3981999507e-3)
EXP_3, EXP_2 = np.float32(8.3334519073e-3), np.float32(4.1665795894e-2)
EXP_1, EXP_0 = np.float32(1.6666665459e-1), np.float32(5.0000001201e-1)
SMALLEST, LARGEST = np.float32(-87.0), np.float32(88.0)
GELU_INNER, GELU_CUBE = np.float32(2 * 0.7978845608028654), np.float32(0.044715)
TURN = 6.283185307179586


@njit(cache=True, error_model="numpy")
def exponential(x):
    """e^x of a float32 within 1e-7 of itself; x is cut to [-87, 88]."""
    x = min(max(x, SMALLEST), LARGEST)
    shifted = x * LOG2_E + HALF
    whole = np.int32(shifted)
    whole -= np.int32(np.float32(whole) > shifted)  # a cast cuts towards zero; this is the floor
    n = np.float32(whole)
    r = x - n * LN2_HIGH - n * LN2_LOW
    series = EXP_5 * r + EXP_4
    series = series * r + EXP_3
    series = series * r + EXP_2
    series = series * r + EXP_1
    series = series * r + EXP_0
    power = np.int32((whole + 127) << 23).view(np.float32)
    return (series * r * r + r + ONE) * power


@njit(cache=True, error_model="numpy")
def sine(x):
    """Sine of a float64 from 0 to 1e6, within 1e-9: whole turns are dropped, then 21 powers."""
    x = x - TURN * floor(x / TURN + 0.5)
    square = x * x
    term, total = x, x
    for order in range(1, 13):
        term = -term * square / (2 * order * (2 * order + 1))
        total += term
    return total


@njit(cache=True, error_model="numpy")
def cosine(x):
    """Cosine of a float64 from 0 to 1e6."""
    return sine(x + TURN / 4)


@njit(cache=True, error_model="numpy")
def silu(x, out):
    """X / (1 + e^-x), elementwise."""
    for place in range(x.size):
        out[place] = x[place] / (ONE + exponential(-x[place]))


@njit(cache=True, error_model="numpy")
def gelu(x):
    """GELU in its tanh form, in place: x times the sigmoid of 1.6 (x + 0.045 x^3)."""
    for place in range(x.size):
        inner = GELU_INNER * (x[place] + GELU_CUBE * x[place] * x[place] * x[place])
        x[place] = x[place] / (ONE + exponential(-inner))


@njit(cache=True, error_model="numpy")
def product(x, weight, out, rows, into, width):
    """Out += x @ weight, for x [rows, into] and weight [into, width].

    Four rows of the weight at a time: the inner loop runs over columns, so that vectors of any
    length add in the same order.
    """
    for row in range(rows):
        line = out[row * width : (row + 1) * width]
        values = x[row * into : (row + 1) * into]
        whole = into - into % 4
        for k in range(0, whole, 4):
            first = weight[k * width : (k + 1) * width]
            second = weight[(k + 1) * width : (k + 2) * width]
            third = weight[(k + 2) * width : (k + 3) * width]
            fourth = weight[(k + 3) * width : (k + 4) * width]
            a, b, c, d = values[k], values[k + 1], values[k + 2], values[k + 3]
            for j in range(width):
                line[j] = line[j] + (
                    (a * first[j] + b * second[j]) + (c * third[j] + d * fourth[j])
                )
        for k in range(whole, into):
            first = weight[k * width : (k + 1) * width]
            for j in range(width):
                line[j] = line[j] + values[k] * first[j]


@njit(cache=True, error_model="numpy")
def linear(x, weight, bias, out, rows, into, width):
    """Out = x @ weight + bias."""
    for row in range(rows):
        line = out[row * width : (row + 1) * width]
        for j in range(width):
            line[j] = bias[j]
    product(x, weight, out, rows, into, width)


@njit(cache=True, error_model="numpy")
def layer_norm(x, gain, shift, epsilon, out):
    """Normalise one row to mean 0 and variance 1, then scale and shift; sums are float64."""
    mean, square = 0.0, 0.0
    for j in range(x.size):
        mean += x[j]
    mean /= x.size
    for j in range(x.size):
        square += (x[j] - mean) * (x[j] - mean)
    scale = np.float32(1.0 / sqrt(square / x.size + epsilon))
    centre = np.float32(mean)
    for j in range(x.size):
        out[j] = (x[j] - centre) * scale * gain[j] + shift[j]


@njit(cache=True, error_model="numpy")
def softmax(x):
    """Softmax of one row, in place."""
    largest = x[0]
    for j in range(x.size):
        largest = max(largest, x[j])
    total = ZERO
    for j in range(x.size):
        x[j] = exponential(x[j] - largest)
        total += x[j]
    for j in range(x.size):
        x[j] = x[j] / total


@njit(cache=True, error_model="numpy")
def paint(clip, out):
    """Turn float RGB in [-1, 1] into bytes, red, green, blue and opaque."""
    for place in range(clip.size // 3):
        for channel in range(3):
            level = floor((float(clip[3 * place + channel]) + 1.0) * 127.5 + 0.5)
            out[4 * place + channel] = np.uint8(min(max(level, 0), 255))
        out[4 * place + 3] = np.uint8(255)
