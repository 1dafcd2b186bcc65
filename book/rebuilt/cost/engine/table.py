"""Bill a table of jobs of one model on one accelerator: arrays in, arrays out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rebuilt.cost.algebra.places import J_DECODE_FLOPS, J_TILED, JOB, R_SHARED_HEADS, ROWS
from rebuilt.cost.hardware.bill import MAX_GPUS, best_ulysses, ring_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rebuilt.cost.engine.lowered import Lowered
    from rebuilt.cost.hardware.bill import Machine

WHOLE = ("tokens", "parameters", "flops", "bytes_moved")
FIGURES = ("seconds", "joules", "usd", "memory_bytes")
RECORD = WHOLE + FIGURES
TIME = {"frames", "frames_stride", "patch_frames"}
SPACE = {"height", "width_px", "side_stride", "patch_side", "tiled"}
RESHAPED = {"frames_stride", "side_stride", "patch_frames", "patch_side", "heads"}
SHAPE = {*JOB[JOB.index("depth") : JOB.index("decode_flops")], "text_tokens"}


class Billed(NamedTuple):
    """Records of a table of n jobs.

    Attributes
    ----------
    counts : int64 (or float64) array of shape (4, n)
        In the order of WHOLE; exact within the range that `Lowered.check` declares.
    figures : float64 array of shape (4, n)
        In the order of FIGURES; meaningless, as `counts` are, where a job cannot be.
    codes : uint8 array of shape (n,)
        0: fits; `codes.UNCOUNTED`: fits without its decoder, of which nothing is known;
        `codes.TOO_LARGE`: does not; else a place in codes.REFUSALS.
    """

    counts: NDArray[np.int64] | NDArray[np.float64]
    figures: NDArray[np.float64]
    codes: NDArray[np.uint8]

    @classmethod
    def room(cls, count: int, *, whole: bool = True) -> Billed:
        """Return memory for records that are still to be written."""
        shape = len(WHOLE), count
        return cls(
            np.empty(shape, np.int64) if whole else np.empty(shape, np.float64),
            np.empty((len(FIGURES), count)),
            np.empty(count, np.uint8),
        )


def bill_table(
    lowered: Lowered,
    columns: NDArray[np.float64],
    machine: Machine,
    out: Billed | None = None,
    *,
    whole: bool = True,
) -> Billed:
    """Bill jobs of one model on one accelerator.

    Parameters
    ----------
    lowered : Lowered
        From `lower_model`; `lowered.check` says whether its whole numbers hold these jobs.
    columns : float64 array of shape (varying, n)
        A row for each of `lowered.varying`.
    machine : Machine
        From `machine_of`.
    out : Billed, optional
        Where the records go; new memory costs a third of the time.
    whole : bool
        Whether counts are whole numbers of 64 bits. Else the same text runs on float64, for draws
        beyond them, of which only distributions are told.
    """
    import numba

    from rebuilt.cost.engine import job_kernels

    billed = out or Billed.room(columns.shape[1], whole=whole)
    threads = numba.get_num_threads()
    program, constants = _apart(lowered.program)
    job_kernels.bill_many(
        program,
        constants,
        lowered.rules,
        np.array(lowered.job),
        np.ascontiguousarray(columns),  # for another layout Numba would compile all of it again
        np.array([JOB.index(name) for name in lowered.varying], np.int64),
        _varies(lowered),
        _layouts(lowered),
        machine,
        np.empty((threads, job_kernels.FLOATS)),
        np.empty((threads, job_kernels.WHOLE), billed.counts.dtype),
        *billed,
    )
    return billed


def _varies(lowered: Lowered) -> tuple[bool, ...]:
    """Say what has to be worked out for every tile, in the order that `bill_many` takes it."""
    varying = set(lowered.varying)
    return (
        bool(varying & TIME),
        bool(varying & SPACE),
        bool(varying & SHAPE),
        bool(varying & RESHAPED),
        bool(varying & {"gpus", "heads"}),
        "heads" not in varying,
        "decode_flops" in varying or lowered.job[J_DECODE_FLOPS] > 0,
        "tiled" in varying or lowered.job[J_TILED] > 0,
    )


def _apart(program: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Take the constants of the rows out of a program: they are the same for all jobs."""
    products, terms = program[:2]
    first = 2 + 2 * products
    constants, kept = [0] * len(ROWS), []
    for place in range(first, first + 3 * terms, 3):
        row, product, coefficient = program[place : place + 3]
        if product:
            kept += [row, product, coefficient]
        else:
            constants[row] += coefficient
    flat = [products, len(kept) // 3, *program[2:first], *kept]
    return np.array(flat, np.int64), np.array(constants, np.int64)


def _layouts(lowered: Lowered) -> NDArray[np.float64]:
    """Lay out what Ulysses keeps, the ring, and one part, by number of accelerators from 0."""
    heads = lowered.rules[R_SHARED_HEADS] or lowered.job[JOB.index("heads")]
    numbers = [1.0, *(float(gpus) for gpus in range(1, MAX_GPUS + 1))]
    degrees = [best_ulysses(heads, gpus) for gpus in numbers]
    rings = [ring_of(gpus, degree) for gpus, degree in zip(numbers, degrees, strict=True)]
    return np.array([[1.0 / degree for degree in degrees], rings, [1.0 / g for g in numbers]])
