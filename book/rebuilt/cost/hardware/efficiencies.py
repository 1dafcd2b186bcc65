"""The fitted constants of the hardware model, read from data/efficiencies.csv.

`rebuilt fit` writes that file from measured run times and kernel rates; nobody types into it. It
has a row for every accelerator and constant; the basis says where a value was borrowed. Rows of
`all` hold for every one, rows of `any` for one that came after the fit.
"""

import csv
from functools import cache
from typing import NamedTuple

from rebuilt.errors import DataError
from rebuilt.evidence.inputs import open_input
from rebuilt.paths import DATA

SHARED, ANYONE = "all", "any"  # what all have in common; and what stands in for a new one
MEASURED = "measured"  # basis of a constant to which runs of its own accelerator were fitted


class Constant(NamedTuple):
    """A constant and what it rests on: measured runs, kernel rates, or a neighbour's name."""

    value: float
    basis: str
    runs: int = 0


def constant(name: str, accelerator: str = SHARED) -> float:
    """One constant.

    Parameters
    ----------
    name : str
        `product`, `convolution` and `attention_KERNEL` are fractions of the dense BF16 peak,
        `traffic` of the bandwidth, `link` of the link's rate; `power_*` are fractions of TDP; the
        notes of the table say what the others are.
    accelerator : str
        Id, or `all`.

    Raises
    ------
    DataError
        When the table lacks it.
    """
    return _found(name, accelerator).value


def borrowed(name: str, accelerator: str) -> str:
    """Whose constant an accelerator has: empty for its own, else the id of another or a rule."""
    basis = _found(name, accelerator).basis
    return "" if basis == MEASURED else basis


def runs_behind(name: str, accelerator: str) -> int:
    """How many measured runs of an accelerator a constant was fitted to; rates are no runs."""
    return _found(name, accelerator).runs


def has(name: str, accelerator: str = SHARED) -> bool:
    """Whether the table has a constant."""
    return _key(name, accelerator) in _table()


def _key(name: str, accelerator: str) -> tuple[str, str]:
    """Row of a constant; an accelerator that came after the fit has those of ANYONE."""
    fitted = accelerator == SHARED or (accelerator, "product") in _table()
    return (accelerator if fitted else ANYONE, name)


def _found(name: str, accelerator: str) -> Constant:
    found = _table().get(_key(name, accelerator))
    if found is None:
        raise DataError(
            f"data/efficiencies.csv has no {name} for {accelerator}; run `rebuilt fit` to renew it"
        )
    return found


@cache
def _table() -> dict[tuple[str, str], Constant]:
    path = open_input(DATA / "efficiencies.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["accelerator"], row["constant"]): Constant(
                float(row["value"]), row["basis"], int(row["runs"] or 0)
            )
            for row in csv.DictReader(file)
        }
