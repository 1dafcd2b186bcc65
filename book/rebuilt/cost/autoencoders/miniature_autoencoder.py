"""The autoencoder of the miniature (rebuilt.mini): six convolutions over time and space.

Pixels are folded 2 x 2 into channels, so the first and the last layer work on half the sides.
"""

from rebuilt.cost.algebra.operations import ACTIVATION_PASSES, Operation, convolution, pointwise
from rebuilt.cost.algebra.polynomial import whole
from rebuilt.cost.autoencoders.volumes import CUBE, GROUP, Volume
from rebuilt.cost.models.convolutional import AutoencoderNetwork


def miniature_encoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Fold, convolve, halve frames and sides, halve frames, then mix channels to the latent."""
    first, second, third = network.widths
    height, width = whole([volume.height]), whole([volume.width])
    folded = Volume(volume.frames, height // network.patch, width // network.patch)
    halved = folded.smaller().halved()
    short = halved.halved()
    return [
        *_layer(folded, 3 * network.patch**2, first),
        *_layer(halved, first, second),
        *_layer(short, second, third),
        convolution(GROUP, short.rows, third, network.latent_channels, 1),
    ]


def miniature_decoder(network: AutoencoderNetwork, volume: Volume) -> list[Operation]:
    """Double frames, then frames and sides, by repetition; unfold what the last layer makes."""
    first, second, third = network.decoder_widths
    longer = volume.doubled()
    large = longer.doubled().larger()
    return [
        *_layer(volume, network.latent_channels, first),
        *_layer(longer, first, second),
        *_layer(large, second, third),
        convolution(GROUP, large.rows, third, 3 * network.patch**2, CUBE),
    ]


def _layer(volume: Volume, into: int, out: int) -> list[Operation]:
    return [
        convolution(GROUP, volume.rows, into, out, CUBE),
        pointwise(GROUP, volume.rows, out, ACTIVATION_PASSES),
    ]
