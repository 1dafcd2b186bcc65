"""Run the chain: rows of numbers in the order of `names` into the text of `links` and back."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rebuilt.cost.algebra.places import COUNTS, FIGURES, JOB, ROWS
from rebuilt.cost.algebra.program import FIRST
from rebuilt.cost.counting.design import DRAWN
from rebuilt.cost.engine.lowered import Lowered, lower_model
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.bill import Machine
from rebuilt.cost.hardware.machines import machine_of
from rebuilt.cost.models.architectures import Transformer, Undisclosed
from rebuilt.cost.models.catalogue import load_kind
from rebuilt.demand.assumptions import Assumption
from rebuilt.demand.names import GIVEN, LINKS

MODEL = "sora-2024"  # whose relative's blocks the chain runs
Floats = NDArray[np.float64]


class Chip(NamedTuple):
    """What the chain knows of an accelerator: the bill's numbers, peak in FLOP/s, idle watts."""

    machine: Machine
    peak: float
    idle_w: float


def chip_of(accelerator: str) -> Chip:
    """Read an accelerator; UnknownNameError if there is none of that name."""
    machine = machine_of(accelerator)
    return Chip(machine, load_accelerator(accelerator).peak_tflops * 1e12, machine.watts_idle)


@cache
def relative() -> Lowered:
    """Lower the published model whose kind of blocks stands in, with all its numbers varying."""
    undisclosed = load_kind(MODEL, Undisclosed, "the chain")
    return lower_model(load_kind(undisclosed.blocks_of, Transformer, MODEL), JOB)


def room_for(lowered: Lowered) -> tuple[Floats, ...]:
    """Room for a draw, a job, values, rows, counts and figures: floats, since draws pass 2^63."""
    sizes = (len(ROWS), len(COUNTS), len(FIGURES))
    values = np.zeros(FIRST + lowered.program[0])
    return (
        np.zeros(len(DRAWN)),
        np.array(lowered.job),
        values,
        *(np.zeros(size) for size in sizes),
    )


def run_chain(given: Floats, chip: Chip) -> Floats:
    """Run the chain for a table of draws.

    Parameters
    ----------
    given : float64 array of shape (n, 43)
        Values in the order of GIVEN.
    chip : Chip
        From `chip_of`.

    Returns
    -------
    float64 array of shape (n, 27)
        Figures in the order of LINKS.
    """
    from rebuilt.demand.chain_kernels import run_table

    out, lowered = np.zeros((given.shape[0], len(LINKS))), relative()
    arguments: tuple[Any, ...] = (np.array(lowered.program), lowered.rules, *chip)
    run_table(given, *arguments, room_for(lowered), out)
    return out


def central(known: Mapping[str, Assumption], accelerator: str) -> dict[str, float]:
    """Run the chain once with every assumption at its central value: figures by name of link."""
    given = np.array([[known[name].central for name in GIVEN]])
    found = run_chain(given, chip_of(accelerator))[0]
    return {link.name: float(value) for link, value in zip(LINKS, found, strict=True)}
