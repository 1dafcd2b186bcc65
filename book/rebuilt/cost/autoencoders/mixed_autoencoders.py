"""Autoencoders that put layers over time behind layers within frames: SVD and Allegro; and Mochi.

SVD encodes frame by frame and decodes with 3-frame convolutions. Allegro works on overlapping
tiles only, so its cost counts whole tiles. Mochi attends over frames behind its convolutions.
"""

from dataclasses import replace

from rebuilt.cost.algebra.operations import (
    NORM_PASSES,
    Operation,
    attention,
    convolution,
    linear,
    pointwise,
    share,
)
from rebuilt.cost.algebra.polynomial import whole
from rebuilt.cost.autoencoders.volumes import (
    CUBE,
    GROUP,
    LINE,
    PLANE,
    Style,
    Volume,
    norm,
    residual,
    self_attention,
)
from rebuilt.cost.models.convolutional import AutoencoderNetwork

FRAME_STYLE, LINE_STYLE = Style(PLANE), Style(LINE)
PAIR = 18  # taps of 2 x 3 x 3
FOURIER = 5  # every colour, and its sine and cosine at two frequencies
TILE_FRAMES, TILE_SIDE = 24, 320  # of pixels
TILE = (6, 40, 40)  # latent frames, rows and columns of the same


def svd_decoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Decode with a residual block over 3 frames behind every one within frames."""
    widths = network.widths[::-1]
    width = widths[0]
    operations = [convolution(GROUP, volume.rows, network.latent_channels, width, PLANE)]
    operations += _svd_block(volume, width, width)
    operations += self_attention(volume, width, FRAME_STYLE, "frame")
    operations += _svd_block(volume, width, width)
    for level, out in enumerate(widths):
        for _ in range(network.layers[level] + 1):
            operations += _svd_block(volume, width, out)
            width = out
        if level + 1 < len(widths):
            volume = volume.larger()
            operations.append(convolution(GROUP, volume.rows, width, width, PLANE))
    operations += norm(volume, width, FRAME_STYLE)
    operations.append(convolution(GROUP, volume.rows, width, 3, PLANE))
    return [*operations, convolution(GROUP, volume.rows, 3, 3, LINE)]


def allegro_encoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Encode overlapping tiles of 24 frames of 320 x 320, then map the whole latent once."""
    moments = 2 * network.latent_channels
    tile = _allegro_encode(network, Volume(TILE_FRAMES, TILE_SIDE, TILE_SIDE))
    positions = volume.tiles * TILE[0] * TILE[1] * TILE[2]
    return [*share(volume.tiles, tile), convolution(GROUP, positions, moments, moments, 1)]


def allegro_decoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Decode the same tiles."""
    latent = network.latent_channels
    tile = _allegro_decode(network, Volume(*TILE))
    return [convolution(GROUP, volume.rows, latent, latent, 1), *share(volume.tiles, tile)]


def mochi_encoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Encode with strided convolutions; every layer but the first ones also attends over time."""
    style, widths, layers = Style(CUBE), network.widths, network.layers
    width = widths[0]
    operations = [linear(GROUP, volume.rows, 3 * FOURIER, width)]
    operations += [item for _ in range(layers[0]) for item in residual(volume, width, width, style)]
    for stride, out, times in zip(network.strides, widths[1:], layers[1:], strict=False):
        frames = -(-whole([volume.frames]) // stride)
        volume = replace(volume.smaller(), frames=frames)
        operations.append(convolution(GROUP, volume.rows, width, out, 4 * stride))
        operations += [item for _ in range(times) for item in _mochi_layer(volume, out, style)]
        width = out
    operations += [item for _ in range(layers[-1]) for item in _mochi_layer(volume, width, style)]
    moments = 2 * network.latent_channels
    return [
        *operations,
        *norm(volume, width, style),
        linear(GROUP, volume.rows, width, moments, bias=False),
    ]


def mochi_decoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Decode by rearranging channels into frames and pixels; surplus first frames are dropped."""
    style, widths, layers = Style(CUBE), network.decoder_widths, network.layers[::-1]
    width = widths[0]
    operations = [convolution(GROUP, volume.rows, network.latent_channels, width, 1)]
    operations += [item for _ in range(layers[0]) for item in residual(volume, width, width, style)]
    steps = zip(network.strides[::-1], widths[1:], layers[1:], strict=False)
    for stride, out, times in steps:
        operations += [item for _ in range(times) for item in residual(volume, width, width, style)]
        operations.append(linear(GROUP, volume.rows, width, 4 * stride * out))
        volume = Volume(stride * volume.frames, 2 * volume.height, 2 * volume.width)
        width = out
    operations += [
        item for _ in range(layers[-1]) for item in residual(volume, width, width, style)
    ]
    return [*operations, linear(GROUP, volume.rows, width, 3)]


def _svd_block(volume: Volume, width: int, out: int) -> list[Operation]:
    """Within frames, over frames, and one learned number that blends the two."""
    return [
        *residual(volume, width, out, FRAME_STYLE),
        *residual(volume, out, out, LINE_STYLE),
        pointwise(GROUP, volume.rows, out, NORM_PASSES, 1),
    ]


def _over_time(volume: Volume, width: int) -> list[Operation]:
    """Four convolutions over 3 frames, each behind a norm."""
    one = [*norm(volume, width, LINE_STYLE), convolution(GROUP, volume.rows, width, width, LINE)]
    return [item for _ in range(4) for item in one]


def _cubes(volume: Volume, width: int) -> list[Operation]:
    one = [*norm(volume, width, LINE_STYLE), convolution(GROUP, volume.rows, width, width, CUBE)]
    return [item for _ in range(3) for item in one]


def _allegro_layer(volume: Volume, width: int, out: int) -> list[Operation]:
    return [*residual(volume, width, out, FRAME_STYLE), *_over_time(volume, out)]


def _allegro_middle(volume: Volume, width: int) -> list[Operation]:
    layer = _allegro_layer(volume, width, width)
    return [*layer, *self_attention(volume, width, FRAME_STYLE, "frame"), *layer]


def _allegro_encode(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    width = network.widths[0]
    operations = [
        convolution(GROUP, volume.rows, 3, width, PLANE),
        convolution(GROUP, volume.rows, width, width, LINE),
    ]
    for level, out in enumerate(network.widths):
        for _ in range(network.layers[level]):
            operations += _allegro_layer(volume, width, out)
            width = out
        if level + 1 < len(network.widths):
            if network.frames_halved[level]:
                operations += norm(volume, width, LINE_STYLE)
                volume = volume.halved()
                operations.append(convolution(GROUP, volume.rows, width, width, PAIR))
                operations += _cubes(volume, width)
            volume = volume.smaller()
            operations.append(convolution(GROUP, volume.rows, width, width, PLANE))
    return [
        *operations,
        *_allegro_middle(volume, width),
        *norm(volume, width, FRAME_STYLE),
        convolution(GROUP, volume.rows, width, width, LINE),
        convolution(GROUP, volume.rows, width, 2 * network.latent_channels, PLANE),
    ]


def _allegro_decode(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    widths = network.widths[::-1]
    width = widths[0]
    operations = [
        convolution(GROUP, volume.rows, network.latent_channels, width, PLANE),
        convolution(GROUP, volume.rows, width, width, LINE),
        *_allegro_middle(volume, width),
    ]
    for level, out in enumerate(widths):
        for _ in range(network.layers[level] + 1):
            operations += _allegro_layer(volume, width, out)
            width = out
        if level + 1 < len(widths):
            if network.frames_doubled[level]:
                operations += norm(volume, width, LINE_STYLE)
                operations.append(convolution(GROUP, volume.rows, width, 2 * width, PLANE))
                volume = Volume(2 * volume.frames, volume.height, volume.width)
                operations += _cubes(volume, width)
            volume = volume.larger()
            operations.append(convolution(GROUP, volume.rows, width, width, PLANE))
    return [
        *operations,
        *norm(volume, width, FRAME_STYLE),
        convolution(GROUP, volume.rows, width, width, LINE),
        convolution(GROUP, volume.rows, width, 3, PLANE),
    ]


def _mochi_layer(volume: Volume, width: int, style: Style) -> list[Operation]:
    """Follow a residual block by attention of every place over all frames."""
    return [
        *residual(volume, width, width, style),
        pointwise("projection", volume.rows, width, NORM_PASSES, style.norm * width),
        *(linear("projection", volume.rows, width, width, bias=False) for _ in range(3)),
        attention("attention", volume.area, volume.frames, volume.frames, width),
        linear("projection", volume.rows, width, width),
    ]
