"""A model as a small table of exact coefficients, ready for one clip or a hundred million.

Every count of a transformer is a polynomial of latent frames, tokens per frame and text tokens.
Its coefficients come from the same list of operations as the exact count, run on symbols.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rebuilt.cost.counting import exact
from rebuilt.cost.counting.forward import operations_of
from rebuilt.cost.counting.grid import SYMBOLS
from rebuilt.cost.counting.operations import GROUPS, KINDS
from rebuilt.cost.counting.polynomial import Size, lift
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.codes import FACTORISED, LAYOUTS, MAX_COUNT, MONOMIALS
from rebuilt.errors import ShapeError

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lowered:
    """Coefficients over codes.MONOMIALS.

    Attributes
    ----------
    groups : tuple of str
        Names of the rows of `flops`, in the order of operations.GROUPS.
    flops : tuple of rows
        FLOPs of each group; integers, all at least 0, so counts grow with every size.
    elements : tuple of rows
        Activation values moved, one row per kind of operations.KINDS.
    parameters : row
        Parameters; more than a constant only where position tables grow with the clip.
    """

    model: str
    groups: tuple[str, ...]
    flops: tuple[Row, ...]
    elements: tuple[Row, ...]
    parameters: Row

    def check(self, frames: int, area: int, text: int) -> None:
        """Raise ShapeError if a count up to these sizes would not fit a signed 64-bit integer.

        All coefficients are positive, so the largest sizes of a sweep bound every clip in it.
        """
        rows = (*self.flops, *self.elements, self.parameters)
        largest = max(
            sum(exact.evaluate(row, frames, area, text) for row in self.flops),
            *(exact.evaluate(row, frames, area, text) for row in rows),
        )
        if largest > MAX_COUNT:
            raise ShapeError(
                f"{self.model} on {frames} latent frames of {area} tokens with {text} text tokens "
                f"needs a count of {largest:.3g}, above the kernels' limit of {MAX_COUNT}; "
                "use the exact count or a smaller range"
            )


def lower(model: Transformer) -> Lowered:
    """Derive the coefficients of a model.

    Parameters
    ----------
    model : Transformer
        From `load_model`; U-Nets halve sizes with rounding and have no such polynomial.

    Returns
    -------
    Lowered
        Rows for `kernels.evaluate` and `kernels.evaluate_many`.
    """
    operations = operations_of(model, SYMBOLS)
    present = tuple(
        group for group in GROUPS if any(item.group == group and item.flops for item in operations)
    )
    return Lowered(
        model.id,
        present,
        tuple(_row(item.flops for item in operations if item.group == group) for group in present),
        tuple(_row(item.elements for item in operations if item.kind == kind) for kind in KINDS),
        _row(item.parameters for item in operations),
    )


def _row(sizes: Iterable[Size]) -> Row:
    """Add up and put the coefficients in the order of MONOMIALS."""
    terms: dict[tuple[int, int, int], int] = {}
    for size in sizes:
        for powers, coefficient in lift(size).terms.items():
            terms[powers] = terms.get(powers, 0) + coefficient
    strange = sorted(set(terms) - set(MONOMIALS))
    if strange:
        raise ShapeError(
            f"a block costs frames^{strange[0][0]} x area^{strange[0][1]} x text^{strange[0][2]}, "
            "which codes.MONOMIALS does not list; add it there and in kernels.evaluate"
        )
    return tuple(terms.get(powers, 0) for powers in MONOMIALS)


def check_design(
    layout: int, depth: int, width: int, hidden: int, frames: int, area: int, text: int
) -> None:
    """Raise ShapeError if `kernels.transformer_flops` could not hold the count of a design.

    The count grows with every size, so the largest sizes of a sweep bound every design in it.
    Sizes are whole numbers from 1 (text from 0); `layout` is a place in codes.LAYOUTS.
    """
    if layout == FACTORISED and depth % 2:
        raise ShapeError(
            f"depth {depth} of a factorised transformer is odd; half of its layers attend within "
            f"frames and half over time, so choose {depth - 1} or {depth + 1}"
        )
    flops = exact.transformer_flops(layout, depth, width, hidden, frames, area, text)
    if flops > MAX_COUNT:
        raise ShapeError(
            f"a {LAYOUTS[layout]} transformer of depth {depth} and width {width} on {frames} "
            f"frames of {area} tokens needs a count of {flops:.3g}, above the kernels' limit of "
            f"{MAX_COUNT}; use rebuilt.cost.counting.exact or smaller sizes"
        )
