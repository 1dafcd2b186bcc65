"""Whole jobs: one generated clip, or training on a number of clips.

A generated clip is steps x passes forward passes of the denoiser, the text encoders on the prompt
(and on the empty or negative prompt where guidance runs more than one pass), and one decoding.
Training is a forward and a backward pass, which costs two more, plus one where activations are
recomputed. Totals are exact integers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rebuilt.cost.algebra.sizes import prompts_of
from rebuilt.cost.autoencoders.coding import encode
from rebuilt.cost.counting.forward import Count, count, denoiser_of
from rebuilt.cost.models.catalogue import Model, autoencoder_of, encoders_of
from rebuilt.cost.models.codes import MAX_PASSES, MAX_STEPS, NOT_COUNTED
from rebuilt.cost.models.latent import Clip
from rebuilt.errors import ShapeError

NO_ENCODER = "text encoder: not modelled, so it counts as nothing"
BACKWARD_FORWARDS = 2  # gradients of inputs and of weights, each as large as the forward pass


@dataclass(frozen=True, slots=True)
class Inference:
    """FLOPs of one generated clip; None marks a part whose network is not modelled.

    `text_encoder` runs once per prompt: twice where guidance needs an empty prompt as well. What
    encodes a given image is in it, and runs once.
    `decoding_bytes` live at the widest moment of decoding, weights apart; None where that was
    not counted.
    """

    forward: Count
    steps: int
    passes: int
    text_encoder: int
    decode: int | None
    approximations: tuple[str, ...]
    tiled: bool = False
    decoding_bytes: int | None = None

    @property
    def denoise(self) -> int:
        """FLOPs of all forward passes."""
        return self.steps * self.passes * self.forward.flops

    @property
    def total(self) -> int:
        """FLOPs of everything that is modelled."""
        return self.denoise + self.text_encoder + (self.decode or 0)


@dataclass(frozen=True, slots=True)
class Training:
    """FLOPs of training on `clips` clips, encoded once each; text encoders left out."""

    forward: Count
    clips: int
    recompute: bool
    encode: int | None

    @property
    def total(self) -> int:
        """FLOPs of forward, backward and recomputed passes and of encoding."""
        passes = 1 + BACKWARD_FORWARDS + int(self.recompute)
        return self.clips * (passes * self.forward.flops + (self.encode or 0))


def inference(
    model: Model,
    clip: Clip | None = None,
    *,
    steps: int | None = None,
    passes: int | None = None,
    tiled: bool = False,
) -> Inference:
    """Count everything that generating one clip takes.

    Parameters
    ----------
    model : Transformer or UNet
        From `load_model`.
    clip : Clip, optional
        Default: the clip for which the model was published.
    steps : int, optional
        Sampler steps, 1 to MAX_STEPS. Default: as published; fewer where the model is distilled.
    passes : int, optional
        Forward passes per step: 1 without guidance or with distilled guidance, 2 with
        classifier-free guidance, 3 with a second kind of guidance. Default: as published.
    tiled : bool
        Whether the clip is decoded in tiles, where its autoencoder can.

    Returns
    -------
    Inference
        FLOPs by part.

    Raises
    ------
    ShapeError
        If the model refuses the clip, or steps or passes lie outside their range.
    """
    denoiser = denoiser_of(model)
    steps = _whole("steps", steps, denoiser.sampler.steps, MAX_STEPS)
    passes = _whole("passes", passes, denoiser.sampler.passes, MAX_PASSES)
    forward = count(denoiser, clip, tiled=tiled)
    encoders = [encoder for encoder, _ in encoders_of(denoiser)]
    autoencoder, alive = autoencoder_of(denoiser), largest_row(forward.rows, "decoding")
    return Inference(
        forward,
        steps,
        passes,
        text_encoder=prompts_of(passes) * forward.rows["encode"] + forward.rows["encode_image"],
        decode=forward.rows["decode"] if autoencoder.decodes else None,
        approximations=(
            *(f"{one.id}: {one.approximate}" for one in encoders if one.approximate),
            *([NO_ENCODER] if denoiser.text and not encoders else []),
        ),
        tiled=tiled,
        decoding_bytes=None if autoencoder.peak is None else alive,
    )


def largest_row(rows: Mapping[str, int], name: str) -> int:
    """Largest of the rows of places.ROWS that have a name and a number."""
    return max(count for row, count in rows.items() if row.startswith(f"{name}_"))


def training(
    model: Model, clip: Clip | None = None, *, clips: int, recompute: bool = False
) -> Training:
    """Count training on a number of clips of one shape.

    Parameters
    ----------
    model : Transformer or UNet
        From `load_model`.
    clip : Clip, optional
        Shape of every clip. Default: the clip for which the model was published.
    clips : int
        How many clips are seen, repeats included; at least 1.
    recompute : bool
        Whether the backward pass computes all activations again.

    Returns
    -------
    Training
        FLOPs; 3 forward passes per clip (4 with recomputation) and one encoding.

    Raises
    ------
    ShapeError
        If the model refuses the clip or `clips` is not a whole number above zero.
    """
    denoiser = denoiser_of(model)
    clips = _whole("clips", clips, 1, 10**15)
    forward = count(denoiser, clip)
    autoencoder = autoencoder_of(denoiser)
    encoded = encode(autoencoder, forward.clip)
    return Training(forward, clips, recompute, None if encoded is None else encoded.flops)


def _whole(field: str, value: int | None, default: int, limit: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= limit:
        raise ShapeError(NOT_COUNTED.format(field=field, value=value, limit=limit))
    return value
