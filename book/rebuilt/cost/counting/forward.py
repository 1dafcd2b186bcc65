"""One forward pass of a published architecture on one clip: FLOPs by group, parameters, traffic.

A transformer is a polynomial, found by running its operations on symbols; a U-Net, whose levels
halve sizes with rounding, is counted on the sizes of the clip. Both are evaluated by one program.
"""

from dataclasses import dataclass
from functools import lru_cache

from rebuilt.cost.algebra.operations import GROUPS, flops_by_kind
from rebuilt.cost.algebra.places import GROUP_ROWS, ROWS, SIZES
from rebuilt.cost.algebra.program import FIRST, Program, evaluate, lower
from rebuilt.cost.algebra.sizes import fill
from rebuilt.cost.counting.rows import polynomials, sorted_out, surroundings_of
from rebuilt.cost.counting.unet import unet_operations
from rebuilt.cost.models.architectures import (
    Autoencoder,
    TextEncoder,
    Transformer,
    Undisclosed,
    UNet,
)
from rebuilt.cost.models.catalogue import Model
from rebuilt.cost.models.latent import (
    Clip,
    Latent,
    default_clip,
    job_of,
    latent_of,
    rules_of,
    with_text,
)
from rebuilt.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Count:
    """Exact cost of one forward pass of one model on one clip.

    Attributes
    ----------
    by_kind : dict of str to int
        FLOPs by kind of operation: product, attention, convolution.
    experts : int
        Networks of this size that take turns; one works in a pass.
    sizes, rows : dict of str to int
        What the pass was counted in, and every count, by name of places.SIZES and places.ROWS.
    """

    model: str
    clip: Clip
    latent: Latent
    by_kind: dict[str, int]
    experts: int
    sizes: dict[str, int]
    rows: dict[str, int]

    @property
    def tokens(self) -> int:
        """Video tokens (latent pixels for a U-Net)."""
        return self.latent.tokens

    @property
    def text_tokens(self) -> int:
        """Text tokens as fed."""
        return self.latent.text

    @property
    def parameters(self) -> int:
        """All parameters of the denoiser, fixed position tables included where it stores them."""
        return self.rows["parameters"]

    @property
    def by_group(self) -> dict[str, int]:
        """FLOPs of each group of operations that has any, 2 per multiply-accumulate."""
        flops = (self.rows[name] for name in ROWS[GROUP_ROWS:])
        return {group: count for group, count in zip(GROUPS, flops, strict=True) if count}

    @property
    def flops(self) -> int:
        """FLOPs of one forward pass."""
        return self.rows["forward"]

    def bytes_moved(self, bytes_per_value: int = 2) -> int:
        """Bytes of weights and activations that one pass reads and writes when nothing is fused."""
        return bytes_per_value * (self.parameters + self.rows["elements"])


def count(model: Model, clip: Clip | None = None, *, tiled: bool = False) -> Count:
    """Count one forward pass exactly.

    Parameters
    ----------
    model : Transformer or UNet
        From `load_model`.
    clip : Clip, optional
        Default: the clip for which the model was published.
    tiled : bool
        Whether the clip is decoded in tiles, where its autoencoder can.

    Returns
    -------
    Count
        Tokens, parameters, FLOPs by group (2 x MAC, batch 1) and activation traffic.

    Raises
    ------
    ShapeError
        If the model refuses the clip, is no denoiser, or does not disclose its architecture.

    Examples
    --------
    >>> from rebuilt.cost import Clip, count, load_model
    >>> count(load_model("dit-xl-2"), Clip(height=256, width=256)).flops
    237242843136
    """
    denoiser = denoiser_of(model)
    clip = with_text(denoiser, clip or default_clip(denoiser))
    latent = latent_of(denoiser, clip)
    if isinstance(denoiser, Transformer):
        program = _program_of(denoiser)
    else:
        operations = unet_operations(denoiser, latent)
        program = lower(sorted_out(operations) | surroundings_of(denoiser))
    values, rows = [0] * (FIRST + program[0]), [0] * len(ROWS)
    fill(rules_of(denoiser), job_of(denoiser, clip, tiled=tiled), values)
    evaluate(program, values, rows)
    found = dict(zip(ROWS, rows, strict=True))
    kinds = {"product": found["product"], "attention": found["forward"] - found["product"]}
    return Count(
        denoiser.id,
        clip,
        latent,
        kinds if isinstance(denoiser, Transformer) else flops_by_kind(operations),
        denoiser.experts if isinstance(denoiser, Transformer) else 1,
        dict(zip(SIZES, values[1:FIRST], strict=True)),
        found,
    )


@lru_cache(maxsize=128)
def _program_of(model: Transformer) -> Program:
    """Rows of a transformer as a program, kept because a model is asked for many clips."""
    return lower(polynomials(model))


def denoiser_of(model: Model) -> Transformer | UNet:
    """Return the model if it can be counted as a denoiser, or say what to do instead."""
    if isinstance(model, Undisclosed):
        raise ShapeError(
            f"{model.id} does not disclose its architecture, "
            "so it has no exact count; choose values within the distributions of its file, or ask "
            f"`rebuilt uncertainty {model.id}`"
        )
    if isinstance(model, Autoencoder | TextEncoder):
        raise ShapeError(
            f"{model.id} is of architecture {model.architecture} and denoises nothing; "
            "ask for a model that uses it"
        )
    return model
