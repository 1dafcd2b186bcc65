"""The chain with its sliders as a WebAssembly module without imports, beside the calculator's.

`make wasm` renews both; a test that CI runs rebuilds them and compares the bytes.
"""

from collections.abc import Callable
from typing import Any

from rebuilt.cost.algebra.places import RULES
from rebuilt.cost.hardware.bill import Machine
from rebuilt.cost.sweep.inverse import RANGE
from rebuilt.demand.chain import relative, room_for
from rebuilt.demand.names import GIVEN, LINKS
from rebuilt.demand.sampling import DRAWS
from rebuilt.paths import ROOT
from rebuilt.widgets.wasm import emit, link, renew

MODULE = ROOT / "book" / "rebuilt" / "site" / "static" / "chain.wasm"
CHILD = (
    "import sys; from rebuilt.widgets.chain_module import write_objects; write_objects(sys.argv[1])"
)


def build_module(linker: str) -> bytes:
    """Compile and link the kernel of the sliders; see `rebuilt.widgets.wasm.link`."""
    return link(linker, CHILD, list(ENTRIES))


def write_objects(folder: str) -> None:
    """Compile the kernels for WebAssembly and write their object files."""
    for name, make in ENTRIES.items():
        emit(make(), name, folder)


def _drawn() -> Any:
    """Compile the draws of all assumptions behind plain addresses instead of arrays."""
    from numba import carray, cfunc, types

    from rebuilt.demand.chain_kernels import draw_table

    inputs, digits = len(GIVEN), DRAWS.bit_length() - 1
    floats: Any = types.CPointer(types.float64)

    @cfunc(types.void(*[floats] * 5), error_model="numpy")
    def entry(first, steps, said, units, base):  # type: ignore[no-untyped-def]
        draw_table(
            carray(first, (inputs,)),
            carray(steps, (digits, inputs)),
            carray(said, (inputs, RANGE)),
            carray(units, (DRAWS,)),
            carray(base, (DRAWS, inputs)),
        )

    return entry


def _spread() -> Any:
    """Compile the spread of every link, likewise."""
    from numba import carray, cfunc, types

    from rebuilt.cost.engine.row_kernels import machine_of, rules_of
    from rebuilt.demand.chain_kernels import ENDS, pinned_spread

    inputs, links, numbers = len(GIVEN), len(LINKS), len(Machine._fields)
    rules_size, program_size = len(RULES), len(relative().program)
    draw, jobs, values, rows, counts, figures = room_sizes()
    floats: Any = types.CPointer(types.float64)
    whole: Any = types.CPointer(types.int64)

    @cfunc(types.void(floats, floats, whole, *[floats] * 11), error_model="numpy")
    def entry(  # type: ignore[no-untyped-def]
        base, pins, program, rules, chip, drawn, job, value, row, count, figure, given, out, ends
    ):
        known = carray(chip, (numbers + 2,))
        pinned_spread(
            carray(base, (DRAWS, inputs)),
            carray(pins, (inputs,)),
            carray(program, (program_size,)),
            rules_of(carray(rules, (rules_size,))),
            machine_of(known),
            known[numbers],
            known[numbers + 1],
            (
                carray(drawn, (draw,)),
                carray(job, (jobs,)),
                carray(value, (values,)),
                carray(row, (rows,)),
                carray(count, (counts,)),
                carray(figure, (figures,)),
            ),
            carray(given, (DRAWS, inputs)),
            carray(out, (DRAWS, links)),
            carray(ends, (ENDS, links)),
        )

    return entry


ENTRIES: dict[str, Callable[[], Any]] = {"drawn": _drawn, "spread": _spread}


def room_sizes() -> tuple[int, ...]:
    """Sizes of the arrays of `chain.room_for`: a draw, a job, values, rows, counts, figures."""
    return tuple(len(array) for array in room_for(relative()))


if __name__ == "__main__":
    renew(MODULE, build_module)
