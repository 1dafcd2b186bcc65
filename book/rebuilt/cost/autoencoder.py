"""The compression network's own cost: encoding and decoding a clip."""

from rebuilt.cost.architectures import Autoencoder
from rebuilt.cost.latent import Clip


def decode_flops(autoencoder: Autoencoder, clip: Clip) -> int | None:
    """FLOPs of decoding a clip; None where only the geometry of the network is known."""
    return None if autoencoder.network is None else 0


def encode_flops(autoencoder: Autoencoder, clip: Clip) -> int | None:
    """FLOPs of encoding a clip; None where only the geometry of the network is known."""
    return None if autoencoder.network is None else 0
