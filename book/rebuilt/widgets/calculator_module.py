"""The calculator's engine as one WebAssembly module; see `rebuilt.widgets.wasm`."""

from collections.abc import Callable
from typing import Any

from rebuilt.cost.algebra.places import COUNTS, FIGURES, JOB, ROWS, RULES
from rebuilt.cost.algebra.program import FIRST
from rebuilt.cost.hardware.bill import Machine
from rebuilt.cost.models.choices import CHOICES
from rebuilt.paths import ROOT
from rebuilt.widgets.calculator_text import ANSWER, CLIP
from rebuilt.widgets.wasm import emit, link, renew

MODULE = ROOT / "book" / "rebuilt" / "site" / "static" / "calculator.wasm"
CHILD = (
    "import sys; from rebuilt.widgets.calculator_module import write_objects; "
    "write_objects(sys.argv[1])"
)
PRODUCTS, TERMS = 1536, 2048  # most that a program of the page has; a test holds all models to it
PROGRAM = 2 + 2 * PRODUCTS + 3 * TERMS
VALUES = FIRST + PRODUCTS
ROOM = VALUES + len(ROWS) + len(COUNTS)


def build_module(linker: str) -> bytes:
    """Compile and link the calculator; its entries are `calculate` and `refuse`."""
    return link(linker, CHILD, list(ENTRIES))


def write_objects(folder: str) -> None:
    """Compile every entry for WebAssembly and write its object file."""
    for name, make in ENTRIES.items():
        emit(make(), name, folder)


def _calculate() -> Any:
    """Compile the calculator behind plain addresses instead of arrays."""
    from numba import carray, cfunc, types  # type: ignore[attr-defined]

    from rebuilt.cost.engine.row_kernels import machine_of, rules_of
    from rebuilt.widgets.calculator_kernels import calculate

    rules_size, machine_size = len(RULES), len(Machine._fields)
    jobs, clips, answers, figures_size = len(JOB), len(CLIP), len(ANSWER), len(FIGURES)
    rows, counts = len(ROWS), len(COUNTS)
    floats: Any = types.CPointer(types.float64)
    whole: Any = types.CPointer(types.int64)

    @cfunc(
        types.void(
            whole, floats, floats, floats, floats, floats, floats, floats, whole, floats, floats
        ),
        error_model="numpy",
    )
    def entry(program, rules, job, clip, largest, heads, machine, room, exact, figures, out):  # type: ignore[no-untyped-def]
        reals, integers = carray(room, (ROOM,)), carray(exact, (ROOM,))
        calculate(
            carray(program, (PROGRAM,)),
            rules_of(carray(rules, (rules_size,))),
            carray(job, (jobs,)),
            carray(clip, (clips,)),
            carray(largest, (clips,)),
            carray(heads, (1,))[0],
            machine_of(carray(machine, (machine_size,))),
            (
                reals[:VALUES],
                reals[VALUES : VALUES + rows],
                reals[VALUES + rows : VALUES + rows + counts],
            ),
            (
                integers[:VALUES],
                integers[VALUES : VALUES + rows],
                integers[VALUES + rows : VALUES + rows + counts],
            ),
            carray(figures, (figures_size,)),
            carray(out, (answers,)),
        )

    return entry


def _refuse() -> Any:
    """Compile the rules of choices behind plain addresses."""
    from numba import carray, cfunc, types  # type: ignore[attr-defined]

    from rebuilt.widgets.calculator_kernels import refused, width_near

    chosen = len(CHOICES)
    address: Any = types.CPointer(types.float64)

    @cfunc(types.void(*[address] * 5), error_model="numpy")
    def entry(choice, least, largest, has, out):  # type: ignore[no-untyped-def]
        own, known = carray(choice, (chosen,)), carray(has, (2,))
        limits = carray(least, (chosen,)), carray(largest, (chosen,))
        found = carray(out, (3,))
        found[0] = 1.0 * refused(own, limits[0], limits[1], known[0], known[1])
        found[1] = width_near(own, limits[1], -1.0)
        found[2] = width_near(own, limits[1], 1.0)

    return entry


ENTRIES: dict[str, Callable[[], Any]] = {"calculate": _calculate, "refuse": _refuse}


if __name__ == "__main__":
    renew(MODULE, build_module)
