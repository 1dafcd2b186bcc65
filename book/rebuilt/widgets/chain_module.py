"""The chain with its sliders as a WebAssembly module without imports, beside the calculator's.

`make wasm` renews both; a test that CI runs rebuilds them and compares the bytes.
"""

from typing import Any

from rebuilt.paths import ROOT
from rebuilt.widgets.wasm import emit, link, renew

MODULE = ROOT / "book" / "rebuilt" / "site" / "static" / "chain.wasm"
ENTRIES = ("spread",)
CHILD = (
    "import sys; from rebuilt.widgets.chain_module import write_objects; write_objects(sys.argv[1])"
)
DRAWS = 128  # in the page: every draw costs bytes there


def build_module(linker: str) -> bytes:
    """Compile and link the kernel of the sliders; see `rebuilt.widgets.wasm.link`."""
    return link(linker, CHILD, ENTRIES)


def write_objects(folder: str) -> None:
    """Compile the kernel for WebAssembly and write its object file."""
    (entry,) = ENTRIES
    emit(_compiled(), entry, folder)


def _compiled() -> Any:
    """Compile the kernel behind plain addresses instead of arrays."""
    from numba import carray, cfunc, types  # type: ignore[attr-defined]

    from rebuilt.cost.engine.design_kernels import SIZE
    from rebuilt.demand.chain import MACHINE_FIELDS
    from rebuilt.demand.names import GIVEN, LINKS
    from rebuilt.demand.spread_kernels import ENDS, pinned_spread

    inputs, links = len(GIVEN), len(LINKS)
    address: Any = types.CPointer(types.float64)  # type: ignore[no-untyped-call]

    @cfunc(types.void(*[address] * 7), error_model="numpy")
    def entry(base, pins, machine, given, tile, out, ends):  # type: ignore[no-untyped-def]
        pinned_spread(
            carray(base, (DRAWS, inputs)),
            carray(pins, (inputs,)),
            carray(machine, (MACHINE_FIELDS,)),
            carray(given, (DRAWS, inputs)),
            carray(tile, (SIZE,)),
            carray(out, (DRAWS, links)),
            carray(ends, (ENDS, links)),
        )

    return entry


if __name__ == "__main__":
    renew(MODULE, build_module)
