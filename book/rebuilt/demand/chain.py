"""Run the chain: rows of numbers in the order of `names` into the kernel and back."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rebuilt.cost.engine.design import Rates, rates_of
from rebuilt.cost.engine.design_kernels import SIZE
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.demand import kernels
from rebuilt.demand.assumptions import Assumption
from rebuilt.demand.names import GIVEN, LINKS

Floats = NDArray[np.float64]
MACHINE_FIELDS = 1 + len(Rates.__dataclass_fields__)


def machine_row(accelerator: str) -> Floats:
    """Return what the kernel knows of an accelerator: design.Rates, then its peak in FLOP/s.

    Raises
    ------
    UnknownNameError
        If the accelerator is unknown.
    """
    peak = load_accelerator(accelerator).peak_tflops * 1e12
    return np.array([*rates_of(accelerator).row(), peak])


def run_chain(given: Floats, machine: Floats) -> Floats:
    """Run the chain for a table of draws.

    Parameters
    ----------
    given : float64 array of shape (n, 42)
        Values in the order of GIVEN.
    machine : float64 array of shape (21,)
        From `machine_row`.

    Returns
    -------
    float64 array of shape (n, 27)
        Figures in the order of LINKS.
    """
    out = np.zeros((given.shape[0], len(LINKS)))
    kernels.run_table(given, machine, np.zeros(SIZE), out)
    return out


def central(known: Mapping[str, Assumption], accelerator: str) -> dict[str, float]:
    """Run the chain once with every assumption at its central value: figures by name of link."""
    given = np.array([[known[name].central for name in GIVEN]])
    found = run_chain(given, machine_row(accelerator))[0]
    return {link.name: float(value) for link, value in zip(LINKS, found, strict=True)}
