"""The compression network's own cost: encoding and decoding a clip.

The real path is counted: chunks, caches and all; and tiles, which repeat work at their borders,
where decoding is asked to work in them. A network is listed as operations, or its polynomials were
solved from counts and stand in its file. Reference: `encode` and `decode` of the
diffusers classes under torch's FLOP counter (data/reference_flops.csv).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from rebuilt.cost.algebra.operations import (
    GROUPS,
    KINDS,
    Operation,
    convolution,
    flops_by_group,
    flops_by_kind,
    pointwise,
)
from rebuilt.cost.algebra.places import RULES, SIZES
from rebuilt.cost.algebra.polynomial import Polynomial, symbol, total, whole
from rebuilt.cost.algebra.program import FIRST
from rebuilt.cost.algebra.sizes import fill_tiles, later_frames, tiles
from rebuilt.cost.autoencoders.miniature_autoencoder import miniature_decoder, miniature_encoder
from rebuilt.cost.autoencoders.mixed_autoencoders import (
    allegro_decoder,
    allegro_encoder,
    mochi_decoder,
    mochi_encoder,
    svd_decoder,
)
from rebuilt.cost.autoencoders.peaks import WHOLE, decoding_rows, over_tiles, polynomial_of
from rebuilt.cost.autoencoders.video_autoencoders import (
    WAN_CHUNK,
    cogvideox_decoder,
    cogvideox_encoder,
    ltx_decoder,
    ltx_encoder,
    wan_decoder,
    wan_encoder,
)
from rebuilt.cost.autoencoders.volumes import CUBE, GROUP, PLANE, Style, Volume, middle, residuals
from rebuilt.cost.models.architectures import Autoencoder
from rebuilt.cost.models.codes import FRAMES_RULES
from rebuilt.cost.models.convolutional import AutoencoderNetwork
from rebuilt.cost.models.latent import Clip, compress, tile_rules

KINDS_OF = {"convolution": "convolution", "attention": "attention"}  # else a product
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
    network, sizes = autoencoder.network, _sizes(autoencoder, clip)
    if autoencoder.counted is not None:
        return _valued(_terms(autoencoder.counted.encode), sizes)
    if network is None:
        return None
    pixels = Volume(clip.frames, clip.height, clip.width, tiles=sizes["tiles"])
    operations = _ENCODERS[network.family](network, pixels)
    return Coding(flops_by_group(operations), flops_by_kind(operations))


def decode(autoencoder: Autoencoder, clip: Clip, *, tiled: bool = False) -> Coding | None:
    """Count decoding a clip from its latent; arguments and result as for `encode`.

    `tiled` cuts the latent as the autoencoder's file says, where it is larger than a tile.
    """
    found = decoder_flops(autoencoder)
    return None if found is None else _valued(found, _sizes(autoencoder, clip, tiled))


def decoding_bytes(autoencoder: Autoencoder, clip: Clip, *, tiled: bool = False) -> int | None:
    """Bytes alive at the widest moment of decoding a clip, weights and workspaces apart.

    Values are in BF16 and attention is fused. None where nobody counted it; arguments as for
    `decode`.
    """
    sizes = _sizes(autoencoder, clip, tiled)
    return max((row.value(**sizes) for row in decoding_rows(autoencoder)), default=None)


@cache  # models share autoencoders, and every change of one has the same
def decoder_flops(autoencoder: Autoencoder) -> dict[tuple[str, str], Polynomial] | None:
    """FLOPs of decoding by group and kind, in the sizes of the engine; None if not modelled."""
    if autoencoder.counted is not None:
        counted = _terms(autoencoder.counted.decode)
    elif autoencoder.network is None:
        return None
    else:
        latent = Volume(
            symbol("latent_frames"),
            symbol("latent_area"),
            1,
            odd=symbol("odd_frames"),
            tiles=symbol("tiles"),
        )
        operations = decoder_operations(autoencoder.network, latent)
        places = {(item.group, item.kind) for item in operations}
        counted = {
            place: total(item.flops for item in operations if (item.group, item.kind) == place)
            for place in sorted(places)
        }
    return {place: over_tiles(flops) for place, flops in counted.items()}


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
    return Volume(latent.frames, latent.height, latent.width, odd=latent.frames % 2)


@cache
def autoencoder_parameters(autoencoder: Autoencoder) -> int | None:
    """Parameters of both halves; None where only the geometry of the network is known."""
    network = autoencoder.network
    if autoencoder.counted is not None:
        return autoencoder.counted.parameters
    if network is None:
        return None
    side, stride = autoencoder.geometry.side_stride, autoencoder.geometry.frames_stride
    two_chunks = Volume(1 + max(stride, WAN_CHUNK), side, side)  # so that every layer runs
    encoder = _ENCODERS[network.family](network, two_chunks)
    return whole(item.parameters for item in (*encoder, *_decoder_layers(network)))


def decoder_parameters(autoencoder: Autoencoder) -> int | None:
    """Parameters of the decoder; None where only the geometry of the network is known."""
    if autoencoder.counted is not None:
        return autoencoder.counted.decoder_parameters
    if autoencoder.network is None:
        return None
    return whole(item.parameters for item in _decoder_layers(autoencoder.network))


def _decoder_layers(network: AutoencoderNetwork) -> list[Operation]:
    return decoder_operations(network, Volume(1, 1, 1))


def _terms(groups: dict[str, dict[str, int]]) -> dict[tuple[str, str], Polynomial]:
    return {
        (group, KINDS_OF.get(group, "product")): polynomial_of(terms, WHOLE)
        for group, terms in groups.items()
    }


def _valued(flops: dict[tuple[str, str], Polynomial], sizes: dict[str, int]) -> Coding:
    """Put the sizes of a clip into polynomials by group and kind."""
    by_group: dict[str, int] = dict.fromkeys(GROUPS, 0)
    by_kind: dict[str, int] = dict.fromkeys(KINDS, 0)
    for (group, kind), polynomial in flops.items():
        value = polynomial.value(**sizes)
        by_group[group] += value
        by_kind[kind] += value
    return Coding(*({name: n for name, n in found.items() if n} for found in (by_group, by_kind)))


def _sizes(autoencoder: Autoencoder, clip: Clip, tiled: bool = False) -> dict[str, int]:
    """Sizes of a clip's latent and of its tiles, by name of places.SIZES."""
    volume, values = latent_volume(autoencoder, clip), [0] * FIRST
    own, geometry = tile_rules(autoencoder), autoencoder.geometry
    rules = [own.get(name, 0.0) for name in RULES]
    fill_tiles(
        rules, float(tiled), float(whole([volume.frames])), volume.height, volume.width, values
    )
    sizes = dict(zip(SIZES, values[1:], strict=True))
    parts = tiles(rules, volume.frames, volume.height, volume.width)
    of_a_frame = tiles(rules, 1, volume.height, volume.width)
    rule, frames = FRAMES_RULES.index(geometry.frames_rule), whole([volume.frames])
    return sizes | {
        "latent_frames": frames,
        "latent_area": whole([volume.area]),
        "odd_frames": whole([volume.odd]),
        "tile_rows": whole([volume.height]),
        "tiles": parts,
        "frame_tiles": of_a_frame,
        "follows": int(frames > 1),
        "later_frames": int(later_frames(rule, clip.frames, frames, geometry.chunk or 1)),
    }


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
