"""What a minute of video costs: clips of a published length, or one clip as long as the minute.

Plain numbers for chapters and demand; every estimate comes from `hardware.estimate`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rebuilt.cost.hardware.estimate import Estimate, estimate
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import load_model
from rebuilt.cost.models.latent import Clip, default_clip
from rebuilt.errors import ShapeError

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of video made of clips of one length.

    `clips` may be a fraction: twelve and a half clips of 4.8 seconds. `usd` is None without a
    sourced price.
    """

    model: str
    clip_s: float
    clips: float
    one: Estimate

    @property
    def gpu_hours(self) -> float:
        """Accelerator-hours for the minute."""
        return self.clips * self.one.seconds * self.one.layout.gpus / 3600

    @property
    def usd(self) -> float | None:
        """Rent for the minute."""
        return None if self.one.usd is None else self.clips * self.one.usd

    @property
    def kwh(self) -> float:
        """Energy of the accelerators for the minute."""
        return self.clips * self.one.joules / 3.6e6


def minute_of(name: str, *, gpu: str, gpus: int = 1, clip: Clip | None = None) -> Minute:
    """Bill a minute of video of a model.

    Parameters
    ----------
    name : str
        A model of data/models that states its frame rate.
    gpu, gpus
        As in `estimate`.
    clip : Clip, optional
        Default: the clip for which the model was published.

    Raises
    ------
    ShapeError
        If the model is no transformer for video, or states no frame rate.
    """
    model = load_model(name)
    if not isinstance(model, Transformer) or model.clip.fps is None:
        raise ShapeError(f"{name} states no frame rate, so its minute has no number of frames")
    clip = clip or default_clip(model)
    length = clip.frames / model.clip.fps
    found = estimate(model, clip, gpu=gpu, gpus=gpus)
    return Minute(name, length, MINUTE_S / length, found)


def growth(name: str, frames: Sequence[int], *, gpu: str) -> list[Minute]:
    """Bill one clip of each length, all else as published."""
    model = load_model(name)
    if not isinstance(model, Transformer):
        raise ShapeError(f"{name} is no transformer")
    published = default_clip(model)
    return [minute_of(name, gpu=gpu, clip=replace(published, frames=count)) for count in frames]


def exponent(lengths: Sequence[float], costs: Sequence[float]) -> float:
    """Slope of cost over length on logarithmic scales, between the first and the last point."""
    return math.log(costs[-1] / costs[0]) / math.log(lengths[-1] / lengths[0])
