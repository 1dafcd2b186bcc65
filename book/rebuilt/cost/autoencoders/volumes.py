"""What convolutional autoencoders are made of: volumes and residual blocks on them."""

from dataclasses import dataclass, replace

from rebuilt.cost.counting.operations import (
    ACTIVATION_PASSES,
    NORM_PASSES,
    RESIDUAL_PASSES,
    Operation,
    attention,
    convolution,
    linear,
    pointwise,
)

PLANE, CUBE, LINE = 9, 27, 3  # taps of 3 x 3, 3 x 3 x 3 and of 3 frames
GROUP = "convolution"


@dataclass(frozen=True, slots=True)
class Volume:
    """Frames, height and width of a feature map."""

    frames: int
    height: int
    width: int

    @property
    def rows(self) -> int:
        """Positions of all frames."""
        return self.frames * self.height * self.width

    @property
    def area(self) -> int:
        """Positions of one frame."""
        return self.height * self.width

    def smaller(self) -> "Volume":
        """Half the height and width, as a stride of 2 behind one row of padding gives."""
        return replace(self, height=self.height // 2, width=self.width // 2)

    def larger(self) -> "Volume":
        """Twice the height and width."""
        return replace(self, height=2 * self.height, width=2 * self.width)

    def halved(self) -> "Volume":
        """Half the frames; of an odd number the first stays alone."""
        return replace(self, frames=(self.frames + 1) // 2)

    def doubled(self) -> "Volume":
        """Twice the frames, but the first stays alone."""
        return replace(self, frames=2 * self.frames - 1)


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
    copies = volume.frames if attends == "frame" else 1
    return [*block, *self_attention(volume, width, style, copies), *block]


def self_attention(volume: Volume, width: int, style: Style, copies: int) -> list[Operation]:
    """Attention of one head in `copies` parts of the volume, with its norm and projections."""
    length = volume.rows // copies
    return [
        pointwise("projection", volume.rows, width, NORM_PASSES, style.norm * width),
        *(linear("projection", volume.rows, width, width) for _ in range(4)),
        attention("attention", copies, length, length, width),
    ]
