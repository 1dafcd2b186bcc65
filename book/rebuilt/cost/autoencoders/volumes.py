"""What convolutional autoencoders are made of: volumes and residual blocks on them."""

from dataclasses import dataclass, replace

from rebuilt.cost.algebra.operations import (
    ACTIVATION_PASSES,
    NORM_PASSES,
    RESIDUAL_PASSES,
    Operation,
    attention,
    convolution,
    linear,
    pointwise,
)
from rebuilt.cost.algebra.polynomial import Size, whole

PLANE, CUBE, LINE = 9, 27, 3  # taps of 3 x 3, 3 x 3 x 3 and of 3 frames
GROUP = "convolution"


@dataclass(frozen=True, slots=True)
class Volume:
    """Frames, height and width of a feature map, whole numbers or symbols.

    A latent on symbols has its area in the place of the height and width 1. `odd` is 1 where the
    latent frames are odd, and `tiles` how many tiles a decoder that works in them fits in.
    """

    frames: Size
    height: Size
    width: Size
    odd: Size = 0
    tiles: Size = 0

    @property
    def rows(self) -> Size:
        """Positions of all frames."""
        return self.frames * self.height * self.width

    @property
    def area(self) -> Size:
        """Positions of one frame."""
        return self.height * self.width

    def smaller(self) -> "Volume":
        """Half the height and width, as a stride of 2 behind one row of padding gives."""
        height, width = _numbers(self.height, self.width)
        return replace(self, height=height // 2, width=width // 2)

    def larger(self) -> "Volume":
        """Twice the height and width."""
        return replace(self, height=2 * self.height, width=2 * self.width)

    def halved(self) -> "Volume":
        """Half the frames; of an odd number the first stays alone."""
        (frames,) = _numbers(self.frames)
        return replace(self, frames=(frames + 1) // 2)

    def doubled(self) -> "Volume":
        """Twice the frames, but the first stays alone."""
        return replace(self, frames=2 * self.frames - 1)


def _numbers(*sizes: Size) -> list[int]:
    """Sizes that are divided, which only encoders do, on whole numbers."""
    return [whole([size]) for size in sizes]


@dataclass(frozen=True, slots=True)
class Style:
    """What differs between families: taps, norm parameters per channel, latent-guided norms."""

    taps: int
    norm: int = 2
    guide: int = 0
    shortcut_norm: int = 0


def residual(volume: Volume, width: int, out: int, style: Style) -> list[Operation]:
    """Two convolutions behind norms, and a 1 x 1 shortcut where the width changes."""
    operations = [
        *norm(volume, width, style),
        convolution(GROUP, volume.rows, width, out, style.taps),
        *norm(volume, out, style),
        convolution(GROUP, volume.rows, out, out, style.taps),
        pointwise(GROUP, volume.rows, out, RESIDUAL_PASSES),
    ]
    if width != out:
        operations.append(pointwise(GROUP, volume.rows, width, 0, style.shortcut_norm * width))
        operations.append(convolution(GROUP, volume.rows, width, out, 1))
    return operations


def residuals(volume: Volume, width: int, out: int, times: int, style: Style) -> list[Operation]:
    """Several residual blocks, the first of which changes the width."""
    first = residual(volume, width, out, style)
    return [*first, *(item for _ in range(times - 1) for item in residual(volume, out, out, style))]


def norm(volume: Volume, width: int, style: Style) -> list[Operation]:
    """Normalise; CogVideoX's decoder scales and shifts it by 1 x 1 convolutions of the latent."""
    own = pointwise(GROUP, volume.rows, width, NORM_PASSES + ACTIVATION_PASSES, style.norm * width)
    guided = convolution(GROUP, volume.rows, style.guide, width, 1)
    return [own, guided, guided] if style.guide else [own]


def middle(volume: Volume, width: int, style: Style, attends: str) -> list[Operation]:
    """Two residual blocks, with attention between them over a frame, over all frames or none."""
    block = residual(volume, width, width, style)
    if attends == "none":
        return [*block, *block]
    return [*block, *self_attention(volume, width, style, attends), *block]


def self_attention(volume: Volume, width: int, style: Style, attends: str) -> list[Operation]:
    """Attention of one head over a frame or over all frames, with its norm and projections."""
    copies, length = (volume.frames, volume.area) if attends == "frame" else (1, volume.rows)
    return [
        pointwise("projection", volume.rows, width, NORM_PASSES, style.norm * width),
        *(linear("projection", volume.rows, width, width) for _ in range(4)),
        attention("attention", copies, length, length, width),
    ]
