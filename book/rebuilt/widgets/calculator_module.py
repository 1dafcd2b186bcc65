"""The calculator's kernels as one WebAssembly module; see `rebuilt.widgets.wasm`."""

from collections.abc import Callable
from typing import Any

from rebuilt.paths import ROOT
from rebuilt.widgets.wasm import emit, link, renew

MODULE = ROOT / "book" / "rebuilt" / "site" / "static" / "calculator.wasm"
CHILD = (
    "import sys; from rebuilt.widgets.calculator_module import write_objects; "
    "write_objects(sys.argv[1])"
)


def build_module(linker: str) -> bytes:
    """Compile and link the calculator; its entries are `calculate` and `compose`."""
    return link(linker, CHILD, list(ENTRIES))


def write_objects(folder: str) -> None:
    """Compile every entry for WebAssembly and write its object file."""
    for name, make in ENTRIES.items():
        emit(make(), name, folder)


def _calculate() -> Any:
    """Compile the calculator behind plain addresses instead of arrays."""
    from numba import carray, cfunc, types  # type: ignore[attr-defined]

    from rebuilt.cost.engine import calculator, calculator_kernels

    calculate = calculator_kernels.calculate
    rows = calculator_kernels.ROWS + calculator_kernels.ROW * len(calculator.ROW_NAMES)
    clips, machines = len(calculator.CLIP), len(calculator.MACHINE)
    results = len(calculator.RESULT)
    address: Any = types.CPointer(types.float64)  # type: ignore[no-untyped-call]

    @cfunc(types.void(*[address] * 5), error_model="numpy")
    def entry(model, clip, machine, largest, out):  # type: ignore[no-untyped-def]
        calculate(
            carray(model, (rows,)),
            carray(clip, (clips,)),
            carray(machine, (machines,)),
            carray(largest, (clips,)),
            carray(out, (results,)),
        )

    return entry


def _compose() -> Any:
    """Compile what makes a row of a model from a published one and the reader's choices."""
    from numba import carray, cfunc, types  # type: ignore[attr-defined]

    from rebuilt.cost.engine import calculator, calculator_kernels, custom_kernels, custom_rows
    from rebuilt.cost.models import choices

    compose = custom_kernels.compose
    published = custom_rows.SIZE
    chosen, composed = len(choices.CHOICES), len(choices.COMPOSED)
    rows = calculator_kernels.ROWS + calculator_kernels.ROW * len(calculator.ROW_NAMES)
    address: Any = types.CPointer(types.float64)  # type: ignore[no-untyped-call]

    @cfunc(types.void(*[address] * 6), error_model="numpy")
    def entry(own, choice, least, largest, model, out):  # type: ignore[no-untyped-def]
        compose(
            carray(own, (published,)),
            carray(choice, (chosen,)),
            carray(least, (chosen,)),
            carray(largest, (chosen,)),
            carray(model, (rows,)),
            carray(out, (composed,)),
        )

    return entry


ENTRIES: dict[str, Callable[[], Any]] = {"calculate": _calculate, "compose": _compose}


if __name__ == "__main__":
    renew(MODULE, build_module)
