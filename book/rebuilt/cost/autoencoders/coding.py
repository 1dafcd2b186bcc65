"""The compression network's own cost: encoding and decoding a clip.

The real path is counted: chunks, caches and all. Tiles, which some pipelines switch on to save
memory and which repeat work at their borders, are not. Reference: `encode` and `decode` of the
diffusers classes under torch's FLOP counter (data/reference_flops.csv).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from rebuilt.cost.algebra.operations import (
    Operation,
    convolution,
    flops_by_group,
    flops_by_kind,
    pointwise,
)
from rebuilt.cost.algebra.polynomial import whole
from rebuilt.cost.autoencoders.miniature_autoencoder import miniature_decoder, miniature_encoder
from rebuilt.cost.autoencoders.mixed_autoencoders import (
    allegro_decoder,
    allegro_encoder,
    mochi_decoder,
    mochi_encoder,
    svd_decoder,
)
from rebuilt.cost.autoencoders.video_autoencoders import (
    cogvideox_decoder,
    cogvideox_encoder,
    ltx_decoder,
    ltx_encoder,
    wan_decoder,
    wan_encoder,
)
from rebuilt.cost.autoencoders.volumes import CUBE, GROUP, PLANE, Style, Volume, middle, residuals
from rebuilt.cost.models.architectures import Autoencoder
from rebuilt.cost.models.convolutional import TILE, TILE_STEP, AutoencoderNetwork
from rebuilt.cost.models.latent import Clip, compress

Half = Callable[[AutoencoderNetwork, Volume], list[Operation]]


@dataclass(frozen=True, slots=True)
class Coding:
    """One encoding or decoding of a clip: FLOPs by group and by kind of operation."""

    by_group: dict[str, int]
    by_kind: dict[str, int]

    @property
    def flops(self) -> int:
        """FLOPs in all."""
        return sum(self.by_group.values())


def encode(autoencoder: Autoencoder, clip: Clip) -> Coding | None:
    """Count encoding a clip.

    Parameters
    ----------
    autoencoder : Autoencoder
        From `load_model`.
    clip : Clip
        Pixels; frames and sides must fill latents (the denoiser's check sees to that).

    Returns
    -------
    Coding or None
        FLOPs, 2 x MAC; None where only the geometry of the network is known.
    """
    network = autoencoder.network
    if network is None:
        return None
    tiles = latent_volume(autoencoder, clip).tiles
    pixels = Volume(clip.frames, clip.height, clip.width, tiles=tiles)
    return _coding(_ENCODERS[network.family](network, pixels))


def decode(autoencoder: Autoencoder, clip: Clip) -> Coding | None:
    """Count decoding a clip from its latent; same arguments and result as `encode`."""
    if autoencoder.network is None:
        return None
    return _coding(decoder_operations(autoencoder.network, latent_volume(autoencoder, clip)))


def decoder_operations(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """All operations of decoding a latent, on whole numbers or on symbols."""
    return _DECODERS[network.family](network, volume)


def latent_volume(autoencoder: Autoencoder, clip: Clip) -> Volume:
    """Latent of a clip, with what a decoder that works in parts needs to know of it."""
    geometry = autoencoder.geometry
    latent = compress(
        clip,
        frames_rule=geometry.frames_rule,
        frames_stride=geometry.frames_stride,
        side_stride=geometry.side_stride,
        chunk=geometry.chunk or 1,
    )
    sizes = latent.frames, latent.height, latent.width
    along = (max((a - b) // c + 1, 0) for a, b, c in zip(sizes, TILE, TILE_STEP, strict=True))
    return Volume(*sizes, odd=latent.frames % 2, tiles=math.prod(along))


def autoencoder_parameters(autoencoder: Autoencoder) -> int | None:
    """Parameters of both halves; None where only the geometry of the network is known."""
    network = autoencoder.network
    if network is None:
        return None
    side, stride = autoencoder.geometry.side_stride, autoencoder.geometry.frames_stride
    two_chunks = Volume(1 + stride, side, side)  # so that every layer runs
    encoder = _ENCODERS[network.family](network, two_chunks)
    return whole(item.parameters for item in (*encoder, *_decoder_layers(network)))


def decoder_parameters(autoencoder: Autoencoder) -> int | None:
    """Parameters of the decoder; None where only the geometry of the network is known."""
    if autoencoder.network is None:
        return None
    return whole(item.parameters for item in _decoder_layers(autoencoder.network))


def _decoder_layers(network: AutoencoderNetwork) -> list[Operation]:
    return decoder_operations(network, Volume(1, 1, 1))


def _coding(operations: list[Operation]) -> Coding:
    return Coding(flops_by_group(operations), flops_by_kind(operations))


def _taps(network: AutoencoderNetwork) -> int:
    return CUBE if network.family == "hunyuan" else PLANE


def _attends(network: AutoencoderNetwork) -> str:
    return "all" if network.family == "hunyuan" else "frame"


def _encoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Stable Diffusion's encoder and HunyuanVideo's, which is the same with cubes for squares."""
    taps, widths = _taps(network), network.widths
    style = Style(taps)
    operations = [convolution(GROUP, volume.rows, 3, widths[0], taps)]
    width = widths[0]
    for level, out in enumerate(widths):
        operations += residuals(volume, width, out, network.layers[level], style)
        width = out
        if level + 1 < len(widths):
            halves = bool(network.frames_halved) and network.frames_halved[level]
            volume = volume.smaller().halved() if halves else volume.smaller()
            operations.append(convolution(GROUP, volume.rows, width, width, taps))
    moments = 2 * network.latent_channels
    operations += middle(volume, width, style, _attends(network))
    operations.append(pointwise(GROUP, volume.rows, width, 0, style.norm * width))
    operations.append(convolution(GROUP, volume.rows, width, moments, taps))
    if network.quant:
        operations.append(convolution(GROUP, volume.rows, moments, moments, 1))
    return operations


def _decoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Go back to pixels; each level has one residual block more than in the encoder."""
    taps, latent = _taps(network), network.latent_channels
    style, widths = Style(taps), network.widths[::-1]
    operations = [convolution(GROUP, volume.rows, latent, latent, 1)] if network.quant else []
    operations.append(convolution(GROUP, volume.rows, latent, widths[0], taps))
    operations += middle(volume, widths[0], style, _attends(network))
    width = widths[0]
    for level, out in enumerate(widths):
        operations += residuals(volume, width, out, network.layers[level] + 1, style)
        width = out
        if level + 1 < len(widths):
            doubles = bool(network.frames_doubled) and network.frames_doubled[level]
            volume = volume.larger().doubled() if doubles else volume.larger()
            operations.append(convolution(GROUP, volume.rows, width, width, taps))
    operations.append(pointwise(GROUP, volume.rows, width, 0, style.norm * width))
    return [*operations, convolution(GROUP, volume.rows, width, 3, taps)]


_ENCODERS: dict[str, Half] = {
    "image": _encoder,
    "hunyuan": _encoder,
    "cogvideox": cogvideox_encoder,
    "wan": wan_encoder,
    "ltx": ltx_encoder,
    "svd": _encoder,
    "allegro": allegro_encoder,
    "mochi": mochi_encoder,
    "miniature": miniature_encoder,
}
_DECODERS: dict[str, Half] = {
    "image": _decoder,
    "hunyuan": _decoder,
    "cogvideox": cogvideox_decoder,
    "wan": wan_decoder,
    "ltx": ltx_decoder,
    "svd": svd_decoder,
    "allegro": allegro_decoder,
    "mochi": mochi_decoder,
    "miniature": miniature_decoder,
}
