"""U-Nets: SD 1.5, AnimateDiff and SVD as lists of operations on integer sizes."""

from rebuilt.cost.architectures import UNet
from rebuilt.cost.latent import Latent
from rebuilt.cost.operations import Operation


def unet_operations(model: UNet, latent: Latent) -> list[Operation]:
    """All operations of one forward pass of a U-Net."""
    raise NotImplementedError
