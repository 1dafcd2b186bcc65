"""Bill a table of designs: arrays in, arrays out, around the parallel kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rebuilt.cost.engine.design import RECORD, Rates
from rebuilt.cost.engine.design_kernels import SIZE, TILE, TILES, bill_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def bill_table(
    columns: NDArray[np.float64],
    places: NDArray[np.int64],
    fixed: NDArray[np.float64],
    rates: Sequence[Rates],
    out: tuple[NDArray[np.float64], NDArray[np.uint8]] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Figures and codes of many designs.

    Parameters
    ----------
    columns : float64 array of shape (varying, n)
        Columns that vary, one row each.
    places : int64 array of shape (18,)
        Row of `columns` for each of design.COLUMNS, -1 where it is fixed.
    fixed : float64 array of shape (18,)
        Value of each fixed column.
    rates : sequence of Rates
        The accelerators that the column `accelerator` counts.
    out : pair of arrays, optional
        Where figures and codes go; new memory costs a third of the time.

    Returns
    -------
    float64 array of shape (7, n), uint8 array of shape (n,)
        Figures in the order of design.RECORD, meaningless where the code is above 1; codes of
        design.REASONS.
    """
    count = columns.shape[1]
    figures, codes = out or (np.empty((len(RECORD), count)), np.empty(count, np.uint8))
    scratch = np.empty((-(-count // (TILE * TILES)), SIZE))
    table = np.array([rate.row() for rate in rates])
    bill_many(columns, places, fixed, table, figures, codes, scratch)
    return figures, codes
