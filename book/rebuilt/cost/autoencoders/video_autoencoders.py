"""Autoencoders that treat time in their own way: CogVideoX, Wan and LTX.

CogVideoX and Wan code a clip in chunks of frames with one set of weights and a cache between
chunks, so their cost is a sum over chunks and parameters are counted once.
"""

from collections.abc import Iterable
from dataclasses import replace

from rebuilt.cost.algebra.operations import (
    Operation,
    attention,
    convolution,
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
    middle,
    norm,
    residual,
    residuals,
)
from rebuilt.cost.models.convolutional import AutoencoderNetwork

FIRST_FRAME = 1
WAN_CHUNK = 4


def cogvideox_encoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Encode `chunk` frames at a time; frames are halved by averaging, which costs no FLOPs."""
    frames = whole([volume.frames])
    parts = _batches(frames, network.chunk or frames)
    return _chunks(
        _cogvideox_encode(network, Volume(frames, volume.height, volume.width)) for frames in parts
    )


def cogvideox_decoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Decode two latent frames at a time, three the first time if they are odd.

    No layer looks across frames but by its taps, so the batches cost what the whole clip would:
    only the first frame of an odd clip is not doubled.
    """
    style, widths = Style(CUBE, guide=network.latent_channels), network.widths[::-1]
    width = widths[0]
    operations = [convolution(GROUP, volume.rows, network.latent_channels, width, CUBE)]
    operations += middle(volume, width, style, "none")
    for level, out in enumerate(widths):
        operations += residuals(volume, width, out, network.layers[level] + 1, style)
        width = out
        if level + 1 < len(widths):
            volume = volume.larger()
            if network.frames_doubled[level]:
                volume = replace(volume, frames=2 * volume.frames - volume.odd)
            operations.append(convolution(GROUP, volume.rows, width, width, PLANE))
    operations += norm(volume, width, style)
    return [*operations, convolution(GROUP, volume.rows, width, 3, CUBE)]


def wan_encoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Encode the first frame alone, then four frames at a time."""
    parts = [FIRST_FRAME] + [WAN_CHUNK] * ((whole([volume.frames]) - FIRST_FRAME) // WAN_CHUNK)
    moments = 2 * network.latent_channels
    coded = _chunks(
        _wan_encode(network, Volume(frames, volume.height, volume.width)) for frames in parts
    )
    shrunk = 2 ** (len(network.widths) - 1)
    height, width = whole([volume.height]), whole([volume.width])
    positions = len(parts) * (height // shrunk) * (width // shrunk)
    return [*coded, convolution(GROUP, positions, moments, moments, 1)]


def wan_decoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Decode one latent frame at a time; all but the first become four frames."""
    latent = network.latent_channels
    one = replace(volume, frames=1)
    first = [replace(item, parameters=0) for item in _wan_decode(network, one, first=True)]
    rest = share(volume.frames - 1, _wan_decode(network, one, first=False))
    return [convolution(GROUP, volume.rows, latent, latent, 1), *first, *rest]


def ltx_encoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Cut patches of 4 x 4 pixels, then halve frames and sides three times."""
    style, widths = Style(CUBE, norm=0, shortcut_norm=2), network.widths
    patch = network.patch
    height, width = whole([volume.height]), whole([volume.width])
    volume = Volume(volume.frames, height // patch, width // patch)
    operations = [convolution(GROUP, volume.rows, 3 * patch**2, widths[0], CUBE)]
    for level, width in enumerate(widths):
        operations += residuals(volume, width, width, network.layers[level], style)
        if level + 1 < len(widths):
            volume = volume.smaller().halved()
            operations.append(convolution(GROUP, volume.rows, width, width, CUBE))
            if widths[level + 1] != width:
                operations += residual(volume, width, widths[level + 1], style)
    operations += residuals(volume, widths[-1], widths[-1], network.layers[-1], style)
    one_variance = network.latent_channels + 1
    return [*operations, convolution(GROUP, volume.rows, widths[-1], one_variance, CUBE)]


def ltx_decoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Double frames and sides three times by rearranging eight times as many channels."""
    style, widths = Style(CUBE, norm=0, shortcut_norm=2), network.widths[::-1]
    layers = network.layers[::-1]
    width = widths[0]
    operations = [convolution(GROUP, volume.rows, network.latent_channels, width, CUBE)]
    operations += residuals(volume, width, width, layers[0], style)
    for level, out in enumerate(widths):
        if width != out:
            operations += residual(volume, width, out, style)
        width = out
        if level:
            operations.append(convolution(GROUP, volume.rows, width, 8 * width, CUBE))
            volume = volume.larger().doubled()
        operations += residuals(volume, width, width, layers[level + 1], style)
    return [*operations, convolution(GROUP, volume.rows, width, 3 * network.patch**2, CUBE)]


def _batches(frames: int, size: int) -> list[int]:
    """Lengths of equal batches, the first of which also takes what does not fill one."""
    number = max(frames // size, 1)
    first = size + frames % size if frames >= size else frames
    return [first] + [size] * (number - 1)


def _chunks(parts: Iterable[list[Operation]]) -> list[Operation]:
    """Join chunks that share their weights: each operation's parameters count once.

    A later chunk may hold operations that the first lacks; the longest list owns the parameters.
    """
    every = list(parts)
    owner = max(range(len(every)), key=lambda index: len(every[index]))
    return [
        item if index == owner else Operation(item.group, item.kind, item.flops, 0, item.elements)
        for index, part in enumerate(every)
        for item in part
    ]


def _cogvideox_encode(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    style, widths = Style(CUBE), network.widths
    width = widths[0]
    operations = [convolution(GROUP, volume.rows, 3, width, CUBE)]
    for level, out in enumerate(widths):
        operations += residuals(volume, width, out, network.layers[level], style)
        width = out
        if level + 1 < len(widths):
            volume = volume.halved() if network.frames_halved[level] else volume
            volume = volume.smaller()
            operations.append(convolution(GROUP, volume.rows, width, width, PLANE))
    moments = 2 * network.latent_channels
    operations += middle(volume, width, style, "none")
    operations += norm(volume, width, style)
    return [*operations, convolution(GROUP, volume.rows, width, moments, CUBE)]


def _wan_middle(volume: Volume, width: int, style: Style) -> list[Operation]:
    """Residual, attention within each frame by 1 x 1 convolutions, residual."""
    block = residual(volume, width, width, style)
    return [
        *block,
        pointwise("projection", volume.rows, width, 2, width),
        convolution("projection", volume.rows, width, 3 * width, 1),
        attention("attention", volume.frames, volume.area, volume.area, width),
        convolution("projection", volume.rows, width, width, 1),
        *block,
    ]


def _wan_encode(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    style, widths = Style(CUBE, norm=1), network.widths
    first, width = volume.frames == FIRST_FRAME, widths[0]
    operations = [convolution(GROUP, volume.rows, 3, width, CUBE)]
    for level, out in enumerate(widths):
        operations += residuals(volume, width, out, network.layers[level], style)
        width = out
        if level + 1 < len(widths):
            volume = volume.smaller()
            operations.append(convolution(GROUP, volume.rows, width, width, PLANE))
            if network.frames_halved[level] and not first:
                volume = volume.halved()
                operations.append(convolution(GROUP, volume.rows, width, width, LINE))
    operations += _wan_middle(volume, width, style)
    operations += norm(volume, width, style)
    return [*operations, convolution(GROUP, volume.rows, width, 2 * network.latent_channels, CUBE)]


def _wan_decode(network: AutoencoderNetwork, volume: Volume, first: bool) -> list[Operation]:
    """Sides double by a convolution that halves the width, frames by one that doubles it."""
    style, widths = Style(CUBE, norm=1), network.widths[::-1]
    width = widths[0]
    operations = [convolution(GROUP, volume.rows, network.latent_channels, width, CUBE)]
    operations += _wan_middle(volume, width, style)
    for level, out in enumerate(widths):
        operations += residuals(volume, width, out, network.layers[level] + 1, style)
        width = out
        if level + 1 < len(widths):
            if network.frames_doubled[level] and not first:
                operations.append(convolution(GROUP, volume.rows, width, 2 * width, LINE))
                volume = replace(volume, frames=2 * volume.frames)
            volume = volume.larger()
            operations.append(convolution(GROUP, volume.rows, width, width // 2, PLANE))
            width //= 2
    operations += norm(volume, width, style)
    return [*operations, convolution(GROUP, volume.rows, width, 3, CUBE)]
