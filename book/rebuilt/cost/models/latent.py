"""From a clip in pixels to the token grid of a model: compression, padding, patches, refusals.

A causal autoencoder keeps the first frame alone and groups the rest; an even one groups all; a
chunked one starts afresh every `chunk` frames. Nothing here knows FLOPs, time or money.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra.grid import Grid
from rebuilt.cost.algebra.sizes import (
    about,
    cut,
    latent_frames,
    multiple_of,
    near,
    refusal_at,
    refusal_of,
)
from rebuilt.cost.models.architectures import Autoencoder, Denoiser, Transformer
from rebuilt.cost.models.catalogue import autoencoder_of
from rebuilt.cost.models.codes import (
    BEYOND,
    FRAMES_RULES,
    MAX_FRAMES,
    MAX_SIDE,
    MAX_TEXT,
    NOT_WHOLE,
    REFUSALS,
    SENTENCES,
)
from rebuilt.cost.models.groups import choices_of, main_blocks
from rebuilt.errors import ShapeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One clip: frames, height and width in pixels, text tokens (None: what the model pads to)."""

    height: int
    width: int
    frames: int = 1
    text_tokens: int | None = None

    def __str__(self) -> str:
        frames = "1 frame" if self.frames == 1 else f"{self.frames} frames"
        return f"{frames} of {self.height}x{self.width}"


@dataclass(frozen=True, slots=True)
class Latent:
    """What a clip becomes: latent frames, rows and columns before and after cutting patches."""

    frames: int
    height: int
    width: int
    patch_frames: int
    patch_rows: int
    patch_columns: int
    text: int

    @property
    def tokens(self) -> int:
        """Video tokens."""
        return self.patch_frames * self.patch_rows * self.patch_columns

    @property
    def grid(self) -> Grid:
        """Sizes that transformer blocks count with."""
        return Grid(self.patch_frames, self.patch_rows * self.patch_columns, self.text)


Numbers = tuple[float, ...]
TILES_ONLY = (None, "whole", "over")
REACH = 256  # above what was asked: farther than any stride or multiple of a published model


def rules_of(model: Denoiser) -> Numbers:
    """Collect what a model says that is no polynomial, in the order of places.RULES."""
    autoencoder = autoencoder_of(model)
    geometry, text = autoencoder.geometry, model.text
    said: dict[str, float] = {
        "rule": p.IMAGE if model.clip.image else FRAMES_RULES.index(geometry.frames_rule),
        "chunk": geometry.chunk or 1,
        "frames_maximum": model.clip.frames_maximum or 0,
        "side_multiple": model.clip.side_multiple or 0,
        "side_patches_maximum": model.clip.side_patches_maximum or 0,
        "square": model.clip.square,
        "pads": isinstance(model, Transformer) and model.patch.pads,
        "rounds_down": geometry.rounds_down,
        "text_minimum": 1 if text else 0,
        "text_maximum": text.maximum if text else 0,
        "shared_heads": shared_heads(model) if isinstance(model, Transformer) else 0,
        "has_decoder": autoencoder.decodes,
        "own_rule": FRAMES_RULES.index(geometry.frames_rule),
        "own_frames_stride": geometry.frames_stride,
        "own_side_stride": geometry.side_stride,
        "own_channels": geometry.channels,
        **tile_rules(autoencoder),
        **{
            "audio_fps": 1,
            "text_multiple": text.multiple if text else 1,
            "area_multiple": 1,
            "experts": 1,
        },
    }
    if isinstance(model, Transformer):
        said |= {"area_multiple": model.patch.area_multiple, "history": model.patch.history}
        said["experts"] = model.experts
        if model.audio is not None:
            said |= {"audio_fps": model.audio.fps, "audio_rate": model.audio.tokens_per_second}
    return tuple(float(said.get(name, 0)) for name in p.RULES)


def tile_rules(autoencoder: Autoencoder) -> dict[str, float]:
    """Tiles of a decoder, by name of places.RULES; 0 where it works in none."""
    tiling, names = autoencoder.tiling, p.RULES[p.R_TILE : p.R_TILE + 6]
    sizes = (*tiling.tile, *tiling.step) if tiling else (0,) * len(names)
    only = {"tiles_only": float(TILES_ONLY.index(tiling.only if tiling else None))}
    return dict(zip(names, map(float, sizes), strict=True)) | only


def shared_heads(model: Transformer) -> int:
    """Greatest number of which the heads of every attention layer of video are a multiple."""
    return math.gcd(*(block.heads for block in main_blocks(model)))


def job_of(
    model: Denoiser,
    clip: Clip,
    *,
    steps: int | None = None,
    passes: int | None = None,
    batch: int = 1,
    gpus: int = 1,
    tiled: bool = False,
) -> list[float]:
    """Lay out a job in the order of places.JOB; steps and passes as published unless given."""
    geometry = autoencoder_of(model).geometry
    said: dict[str, float] = {
        "frames": clip.frames,
        "height": clip.height,
        "width_px": clip.width,
        "text_tokens": with_text(model, clip).text_tokens or 0,
        "steps": model.sampler.steps if steps is None else steps,
        "passes": model.sampler.passes if passes is None else passes,
        "batch": batch,
        "gpus": gpus,
        "tiled": tiled,
        "frames_stride": geometry.frames_stride,
        "side_stride": geometry.side_stride,
        "channels": geometry.channels,
    }
    if isinstance(model, Transformer):
        said = choices_of(model) | said
    return [float(said.get(name, name not in ("tiled", "decode_flops"))) for name in p.JOB]


def latent_of(model: Denoiser, clip: Clip) -> Latent:
    """Compress and cut a clip as the real model does.

    Parameters
    ----------
    model : Transformer or UNet
        Any model that denoises latents; for a U-Net a patch is one latent pixel.
    clip : Clip
        Pixels and text tokens, whole numbers above zero (text may be zero).

    Returns
    -------
    Latent
        Latent sizes, patches along each axis, and text tokens as the model sees them.

    Raises
    ------
    ShapeError
        If the model refuses the clip; the message names field, value and rule and says which
        clips nearby it takes.
    """
    clip = with_text(model, clip)
    check(model, clip)
    geometry = autoencoder_of(model).geometry
    patch = model.patch if isinstance(model, Transformer) else None
    return compress(
        clip,
        frames_rule=geometry.frames_rule,
        frames_stride=geometry.frames_stride,
        side_stride=geometry.side_stride,
        chunk=geometry.chunk or 1,
        patch=(patch.frames, patch.height, patch.width) if patch else (1, 1, 1),
    )


def compress(
    clip: Clip,
    *,
    frames_rule: str = "causal",
    frames_stride: int = 4,
    side_stride: int = 8,
    chunk: int = 1,
    patch: tuple[int, int, int] = (1, 2, 2),
) -> Latent:
    """Compress and cut a clip by any numbers, not only those of a published model.

    Parameters
    ----------
    clip : Clip
        Pixels; a last latent pixel that is not full is dropped, a last patch is padded.
    frames_rule : {"each", "even", "causal", "chunked"}
        How the autoencoder treats time; see `architectures.Geometry`.
    frames_stride, side_stride : int
        Frames and pixels per side that make one latent frame and one latent pixel; 1 and 1 with
        rule "each" leaves pixels as they are.
    chunk : int
        Frames per chunk, for "chunked" only.
    patch : (int, int, int)
        Latent frames, rows and columns of one token.

    Returns
    -------
    Latent
        Its `tokens` is the length of the transformer's sequence.

    Examples
    --------
    >>> compress(Clip(frames=81, height=720, width=1280)).tokens
    75600
    """
    rule = FRAMES_RULES.index(frames_rule)
    frames = int(latent_frames(rule, clip.frames, frames_stride, chunk))
    height, width = clip.height // side_stride, clip.width // side_stride
    sizes = zip((frames, height, width), patch, strict=True)
    along, down, across = (int(cut(size, length)) for size, length in sizes)
    return Latent(frames, height, width, along, down, across, clip.text_tokens or 0)


def default_clip(model: Denoiser) -> Clip:
    """Return the clip for which the model was published."""
    shape = model.clip.default
    return Clip(frames=shape.frames, height=shape.height, width=shape.width)


def nearest_clip(model: Denoiser, wanted: Clip) -> Clip:
    """Return the clip nearest to the one wanted that a model takes.

    Parameters
    ----------
    model : Transformer or UNet
        Any model that denoises latents.
    wanted : Clip
        Frames, height and width are moved one after the other, each to the nearest value that no
        rule of the model refuses, at most REACH above; of two equally near the smaller one.

    Returns
    -------
    Clip
        `wanted` itself where the model takes it.

    Raises
    ------
    ShapeError
        If a rule binds several sizes together, or no value within reach keeps the rules.

    Examples
    --------
    >>> from rebuilt.cost import Clip, load_model
    >>> str(nearest_clip(load_model("ltx-video-2b"), Clip(frames=120, height=720, width=1280)))
    '121 frames of 704x1280'
    """
    _check_limits(wanted)
    rules, job = rules_of(model), job_of(model, wanted)
    asked = (wanted.frames, wanted.height, wanted.width)
    sizes = list(asked)
    # A refusal of one size hides that of another, so that each has a second turn.
    for turn, place in [*enumerate((p.J_FRAMES, p.J_HEIGHT, p.J_WIDTH_PX))] * 2:
        for size in _by_distance(asked[turn]):
            sizes[turn] = size
            if not about(refusal_at(rules, job, *map(float, sizes)), place):
                break
        else:
            sizes[turn] = asked[turn]
    found = replace(wanted, frames=sizes[0], height=sizes[1], width=sizes[2])
    check(model, found)
    return found


def _by_distance(asked: int) -> list[int]:
    return sorted(range(1, asked + REACH + 1), key=lambda size: (abs(size - asked), size))


def with_text(model: Denoiser, clip: Clip) -> Clip:
    """Fill in the number of text tokens to which the model's pipeline pads."""
    if clip.text_tokens is not None:
        return clip
    return replace(clip, text_tokens=model.text.tokens if model.text else 0)


def check(model: Denoiser, clip: Clip) -> None:
    """Raise ShapeError if the model refuses the clip or it lies beyond the limits of the counts."""
    _check_limits(clip)
    rules, job = rules_of(model), job_of(model, clip)
    code = int(refusal_of(rules, job))
    if code:
        raise ShapeError(f"{model.id} does not take {clip}: {explain(rules, job, code)}")


def explain(rules: Sequence[float], job: Sequence[float], code: int) -> str:
    """Say which rule a job breaks and which values nearby keep it."""
    name = REFUSALS[code]
    return SENTENCES[name].format(**named(rules, job, name.split("_")[0]))


def named(rules: Sequence[float], job: Sequence[float], field: str) -> dict[str, object]:
    """Name what the sentences of refusals speak of; `near` are values of one field."""
    side, patch = job[p.J_SIDE_STRIDE], job[p.J_PATCH_SIDE]
    places = {"frames": 0, "height": p.J_HEIGHT, "width": p.J_WIDTH_PX}
    found = [near(rules, job, places[field], step) for step in (-1.0, 1.0) if field in places]
    numbers = {
        **{"frames": job[0], "height": job[p.J_HEIGHT], "width": job[p.J_WIDTH_PX]},
        **{"text": job[3], "stride": job[p.J_FRAMES_STRIDE], "side_minimum": side},
        "frames_maximum": rules[p.R_FRAMES_MAXIMUM],
        "side_multiple": multiple_of(rules, side, patch),
        "side_maximum": rules[p.R_SIDE_PATCHES] * patch * side,
        **{"text_minimum": rules[p.R_TEXT_MINIMUM], "text_maximum": rules[p.R_TEXT_MAXIMUM]},
        **{"channels": job[p.J_WIDTH], "heads": job[p.J_HEADS]},
    }
    said: dict[str, object] = {name: int(value) for name, value in numbers.items()}
    return said | {"near": " and ".join(str(int(value)) for value in found if value)}


def _check_limits(clip: Clip) -> None:
    limits = (
        ("frames", clip.frames, MAX_FRAMES),
        ("height", clip.height, MAX_SIDE),
        ("width", clip.width, MAX_SIDE),
        ("text_tokens", clip.text_tokens or 0, MAX_TEXT),
    )
    for field, value, limit in limits:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ShapeError(NOT_WHOLE.format(field=field, value=value))
        if value > limit:
            raise ShapeError(BEYOND.format(field=field, value=value, limit=limit))
