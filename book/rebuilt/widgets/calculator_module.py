"""The calculator's engine as one WebAssembly module; see `rebuilt.widgets.wasm`."""

from collections.abc import Callable
from typing import Any

from rebuilt.cost.algebra.places import COUNTS, FIGURES, JOB, ROWS, RULES
from rebuilt.cost.algebra.program import FIRST
from rebuilt.cost.hardware.bill import Degrees
from rebuilt.cost.hardware.machines import WIDTHS
from rebuilt.cost.hardware.rates import Chip, Common, Run
from rebuilt.cost.models.choices import CHOICES
from rebuilt.paths import ROOT
from rebuilt.widgets.calculator_text import ANSWER, ASKED, CLIP
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
    from numba import carray, cfunc, types

    from rebuilt.cost.engine.row_kernels import degrees_of, rules_of
    from rebuilt.widgets.calculator_kernels import calculate, chip_of, common_of, run_of

    rules_size, jobs, clips, answers = len(RULES), len(JOB), len(CLIP), len(ANSWER)
    chips, runs, commons = len(Chip._fields), len(Run._fields), len(Common._fields)
    kinds, wishes, ways, figures_size = len(WIDTHS), len(ASKED), len(Degrees._fields), len(FIGURES)
    rows, counts = len(ROWS), len(COUNTS)
    floats: Any = types.CPointer(types.float64)
    whole: Any = types.CPointer(types.int64)

    @cfunc(
        types.void(whole, *[floats] * 12, whole, whole, *[floats] * 3),
        error_model="numpy",
    )
    def entry(  # type: ignore[no-untyped-def]
        program, rules, job, clip, largest, heads, chip, run, common, widths, asked, degrees,
        room, exact, tiles, figures, spare, out,
    ):  # fmt: skip
        reals, integers = carray(room, (ROOM,)), carray(exact, (ROOM,))
        pieces = carray(tiles, (ROOM,))
        calculate(
            carray(program, (PROGRAM,)),
            rules_of(carray(rules, (rules_size,))),
            carray(job, (jobs,)),
            carray(clip, (clips,)),
            carray(largest, (clips,)),
            carray(heads, (1,))[0],
            chip_of(carray(chip, (chips,))),
            run_of(carray(run, (runs,))),
            common_of(carray(common, (commons,))),
            carray(widths, (kinds,)),
            carray(asked, (wishes,)),
            degrees_of(carray(degrees, (ways,))),
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
            (
                pieces[:VALUES],
                pieces[VALUES : VALUES + rows],
                pieces[VALUES + rows : VALUES + rows + counts],
            ),
            carray(figures, (figures_size,)),
            carray(spare, (figures_size,)),
            carray(out, (answers,)),
        )

    return entry


def _refuse() -> Any:
    """Compile the rules of choices behind plain addresses."""
    from numba import carray, cfunc, types

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
