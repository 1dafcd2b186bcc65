"""The autoencoder's layers as kernels over channel-last volumes (frames, height, width, channels).

`layers` has a row of six numbers per layer: its kind, channels in and out, the side of a
convolution's cube, and the factors by which time and sides shrink (CONVOLVE) or grow (DOUBLE).
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit

from rebuilt.mini.primitive_kernels import ZERO, linear, paint, silu
from rebuilt.mini.transformer_kernels import tensor

CONVOLVE, SILU, DOUBLE = 0, 1, 2
KIND, INTO, OUT, SIDE, BY_TIME, BY_SPACE, ROW = 0, 1, 2, 3, 4, 5, 6


@njit(cache=True, error_model="numpy")
def grown(layer, shape, out):
    """Write the frames, height and width that a layer makes of `shape`."""
    time, space = layer[BY_TIME], layer[BY_SPACE]
    if layer[KIND] == CONVOLVE:
        out[0], out[1], out[2] = (shape[0] - 1) // time + 1, shape[1] // space, shape[2] // space
    elif layer[KIND] == DOUBLE:
        out[0], out[1], out[2] = time * (shape[0] - 1) + 1, shape[1] * space, shape[2] * space
    else:
        out[0], out[1], out[2] = shape[0], shape[1], shape[2]


@njit(cache=True, error_model="numpy")
def gather(x, shape, layer, frame, row, columns, line):
    """Write what one row of a convolution sees: per column, every position of the cube.

    Before the first frame lies the first frame; beside the sides lie zeros.
    """
    inputs, side, place = layer[INTO], layer[SIDE], 0
    for column in range(columns):
        for turn in range(side * side * side):
            t = frame * layer[BY_TIME] + turn // (side * side) - (side - 1)
            y = row * layer[BY_SPACE] + turn // side % side - side // 2
            u = column * layer[BY_SPACE] + turn % side - side // 2
            seen = line[place : place + inputs]
            place += inputs
            if y < 0 or y >= shape[1] or u < 0 or u >= shape[2]:
                for channel in range(inputs):
                    seen[channel] = ZERO
            else:
                at = ((max(t, 0) * shape[1] + y) * shape[2] + u) * inputs
                there = x[at : at + inputs]
                for channel in range(inputs):
                    seen[channel] = there[channel]


@njit(cache=True, error_model="numpy")
def convolve(x, shape, layer, weight, bias, after, out, line):
    """Causal 3D convolution; `after` is the shape of `out`."""
    outputs, values = layer[OUT], layer[INTO] * layer[SIDE] ** 3
    for frame in range(after[0]):
        for row in range(after[1]):
            gather(x, shape, layer, frame, row, after[2], line)
            made = out[(frame * after[1] + row) * after[2] * outputs :]
            linear(line, weight, bias, made, after[2], values, outputs)


@njit(cache=True, error_model="numpy")
def double(x, shape, layer, after, out):
    """Repeat frames, and rows and columns if asked; the first frame is not repeated."""
    channels, time, space = layer[INTO], layer[BY_TIME], layer[BY_SPACE]
    for frame in range(after[0]):
        t = (frame + time - 1) // time
        for row in range(after[1]):
            for column in range(after[2]):
                at = ((t * shape[1] + row // space) * shape[2] + column // space) * channels
                there = x[at : at + channels]
                place = ((frame * after[1] + row) * after[2] + column) * channels
                here = out[place : place + channels]
                for channel in range(channels):
                    here[channel] = there[channel]


@njit(cache=True, error_model="numpy")
def half_size(layers, shape, sizes):
    """Values of the largest volume between layers; scratch for sizes: six numbers."""
    before, after = sizes[:3], sizes[3:6]
    before[0], before[1], before[2] = shape[0], shape[1], shape[2]
    most = shape[0] * shape[1] * shape[2] * layers[INTO]
    for number in range(layers.size // ROW):
        layer = layers[ROW * number : ROW * (number + 1)]
        grown(layer, before, after)
        before[0], before[1], before[2] = after[0], after[1], after[2]
        most = max(most, after[0] * after[1] * after[2] * layer[OUT])
    return most


@njit(cache=True, error_model="numpy")
def line_size(layers, longest):
    """Values that one row of the widest convolution sees; rows have at most `longest` columns."""
    most = 0
    for number in range(layers.size // ROW):
        layer = layers[ROW * number : ROW * (number + 1)]
        if layer[KIND] == CONVOLVE:
            most = max(most, layer[INTO] * layer[SIDE] ** 3)
    return most * longest


@njit(cache=True, error_model="numpy")
def run(weights, places, layers, shape, x, sizes, work, out):
    """Run all layers on `x` and copy what the last makes to `out`.

    Scratch: `sizes` six numbers; `work` twice `half_size`, then `line_size`.
    """
    half = half_size(layers, shape, sizes)
    here, there, line = work[:half], work[half : 2 * half], work[2 * half :]
    before, after = sizes[:3], sizes[3:6]
    before[0], before[1], before[2] = shape[0], shape[1], shape[2]
    for place in range(x.size):
        here[place] = x[place]
    count, learned = x.size, 0
    for number in range(layers.size // ROW):
        layer = layers[ROW * number : ROW * (number + 1)]
        grown(layer, before, after)
        if layer[KIND] == CONVOLVE:
            weight = tensor(weights, places, learned)
            bias = tensor(weights, places, learned + 1)
            convolve(here, before, layer, weight, bias, after, there, line)
            learned += 2
        elif layer[KIND] == DOUBLE:
            double(here, before, layer, after, there)
        else:
            silu(here[:count], there)
        here, there = there, here
        before[0], before[1], before[2] = after[0], after[1], after[2]
        count = after[0] * after[1] * after[2] * layer[OUT]
    for place in range(count):
        out[place] = here[place]


@njit(cache=True, error_model="numpy")
def fold(x, shape, side, channels, inverse, out):
    """Fold side x side pixels into channels (row, column, channel), or undo it.

    `shape` counts the positions of the folded volume.
    """
    folded = 0
    for frame in range(shape[0]):
        for row in range(shape[1]):
            for column in range(shape[2]):
                for y in range(side):
                    for u in range(side):
                        down = (frame * shape[1] + row) * side + y
                        flat = ((down * shape[2] + column) * side + u) * channels
                        for channel in range(channels):
                            if inverse:
                                out[flat + channel] = x[folded]
                            else:
                                out[folded] = x[flat + channel]
                            folded += 1


@njit(cache=True, error_model="numpy")
def unscale(x, mean, spread):
    """Give latents of mean 0 and spread 1 the mean and spread of their channel, in place."""
    channels = mean.size
    for place in range(x.size // channels):
        for channel in range(channels):
            at = place * channels + channel
            x[at] = x[at] * spread[channel] + mean[channel]


@njit(cache=True, error_model="numpy")
def scratch_size(layers, shape, sizes):
    """Values of scratch that `show` needs for latents of `shape`; `sizes` has six numbers."""
    half = half_size(layers, shape, sizes)
    return 3 * half + line_size(layers, max(shape[2], sizes[5]))


@njit(cache=True, error_model="numpy")
def show(weights, places, layers, shape, patch, patches, sizes, work, clip, pixels):
    """Turn patches into a clip and its bytes: join, unscale, decode, unfold, paint.

    Behind the decoder's tensors lie the mean and the spread of the latents.
    """
    half, learned = half_size(layers, shape, sizes), 0
    for number in range(layers.size // ROW):
        learned += 2 * (layers[ROW * number + KIND] == CONVOLVE)
    latent, rest = work[: patches.size], work[half:]
    channels = layers[INTO]
    cut, after = sizes[:3], sizes[3:6]
    cut[0], cut[1], cut[2] = shape[0], shape[1] // patch, shape[2] // patch
    fold(patches, cut, patch, channels, True, latent)
    mean = tensor(weights, places, learned)[:channels]
    unscale(latent, mean, tensor(weights, places, learned + 1)[:channels])
    run(weights, places, layers, shape, latent, sizes, rest, work[:half])
    fold(work[:half], after, 2, 3, True, clip)
    paint(clip, pixels)
