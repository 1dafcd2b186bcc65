"""From a clip in pixels to the token grid of a model: compression, padding, patches, refusals.

A causal autoencoder keeps the first frame alone and groups the rest; an even one groups all; a
chunked one starts afresh every `chunk` frames. Nothing here knows FLOPs, time or money.
"""

from dataclasses import asdict, astuple, dataclass, replace

from rebuilt.cost.counting import exact
from rebuilt.cost.counting.grid import Grid
from rebuilt.cost.models.architectures import Denoiser, Transformer
from rebuilt.cost.models.catalogue import autoencoder_of
from rebuilt.cost.models.codes import (
    ACCEPTED,
    BEYOND,
    FRAMES_RULES,
    IMAGE,
    MAX_FRAMES,
    MAX_SIDE,
    MAX_TEXT,
    NOT_WHOLE,
    REFUSALS,
    SENTENCES,
)
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


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides whether a model takes a clip, as numbers that kernels read too.

    Maxima are 0 where there is none; sides are pixels; `square` is 0 or 1.
    """

    rule: int
    stride: int
    frames_maximum: int
    side_minimum: int
    side_multiple: int
    side_maximum: int
    square: int
    text_minimum: int
    text_maximum: int

    def refusal(self, clip: Clip) -> int:
        """Code of the first broken rule (codes.REFUSALS), 0 if the model takes the clip."""
        text = clip.text_tokens or 0
        return exact.refusal(clip.frames, clip.height, clip.width, text, *astuple(self))


def rules_of(model: Denoiser) -> Rules:
    """Collect the rules of a model: its own, its autoencoder's and its patches'."""
    geometry = autoencoder_of(model).geometry
    patch = model.patch.height if isinstance(model, Transformer) else 1
    whole_latents = 1 if geometry.rounds_down else geometry.side_stride
    whole_patches = geometry.side_stride * patch
    pads = isinstance(model, Transformer) and model.patch.pads
    multiple = model.clip.side_multiple or (whole_latents if pads else whole_patches)
    side = model.clip.side_patches_maximum or 0
    return Rules(
        rule=IMAGE if model.clip.image else FRAMES_RULES.index(geometry.frames_rule),
        stride=geometry.frames_stride,
        frames_maximum=model.clip.frames_maximum or 0,
        side_minimum=geometry.side_stride,
        side_multiple=multiple,
        side_maximum=side * patch * geometry.side_stride,
        square=int(model.clip.square),
        text_minimum=1 if model.text else 0,
        text_maximum=model.text.maximum if model.text else 0,
    )


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
    frames = exact.latent_frames(FRAMES_RULES.index(frames_rule), clip.frames, frames_stride, chunk)
    height = exact.latent_side(clip.height, side_stride)
    width = exact.latent_side(clip.width, side_stride)
    cut = [
        exact.patches(size, length)
        for size, length in zip((frames, height, width), patch, strict=True)
    ]
    return Latent(frames, height, width, cut[0], cut[1], cut[2], clip.text_tokens or 0)


def with_text(model: Denoiser, clip: Clip) -> Clip:
    """Fill in the number of text tokens to which the model's pipeline pads."""
    if clip.text_tokens is not None:
        return clip
    return replace(clip, text_tokens=model.text.tokens if model.text else 0)


def check(model: Denoiser, clip: Clip) -> None:
    """Raise ShapeError if the model refuses the clip or it lies beyond the limits of the counts."""
    _check_limits(clip)
    rules = rules_of(model)
    code = rules.refusal(clip)
    if code != ACCEPTED:
        raise ShapeError(f"{model.id} does not take {clip}: {explain(rules, clip, code)}")


def explain(rules: Rules, clip: Clip, code: int) -> str:
    """Say which rule a clip breaks and which values nearby keep it."""
    name = REFUSALS[code]
    near = _near(rules, clip, name.split("_")[0]) if "{near}" in SENTENCES[name] else ""
    return SENTENCES[name].format(
        frames=clip.frames,
        height=clip.height,
        width=clip.width,
        text=clip.text_tokens,
        near=near,
        **asdict(rules),
    )


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


def _near(rules: Rules, clip: Clip, field: str) -> str:
    """Values of one field below and above the given one that keep all rules about this field."""
    own = [index for index, name in enumerate(REFUSALS) if name.startswith(field)]
    value = getattr(clip, field)
    reach = max(rules.stride, rules.side_multiple)

    def kept(candidate: int) -> bool:
        return rules.refusal(replace(clip, **{field: candidate})) not in own

    below = (step for step in range(value - 1, max(0, value - reach - 1), -1) if kept(step))
    above = (step for step in range(value + 1, value + reach + 1) if kept(step))
    found = [next(steps, None) for steps in (below, above)]
    return " and ".join(str(step) for step in found if step is not None)
