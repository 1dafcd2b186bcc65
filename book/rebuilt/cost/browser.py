"""The calculator's kernel as a WebAssembly module of a few kilobytes, without imports.

Numba compiles a kernel to LLVM IR; everything that speaks to Python is dropped from it, llvmlite
emits it for wasm32, and LLD links it. The module is committed, because no reader needs a linker:
`make wasm` renews it, and a test that CI runs rebuilds it and compares the bytes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rebuilt.errors import DataError
from rebuilt.paths import ROOT

MODULE = ROOT / "book" / "rebuilt" / "site" / "static" / "calculator.wasm"
ENTRY = "calculate"
TRIPLE = "wasm32-unknown-unknown"
LINKERS = ("wasm-ld", *(f"wasm-ld-{version}" for version in range(23, 13, -1)))
STACK_BYTES = 16_384
WRAPPER = "cfunc."  # of the function that Python would call; the kernel's own name follows
COUNTED = re.compile(r"^(define )[^\n]*(@NRT_(?:inc|dec)ref)\(.*?^}$", re.DOTALL | re.MULTILINE)
CHILD = "import sys; from rebuilt.cost.browser import write_object; write_object(sys.argv[1])"
# Numba optimises for the processor it runs on; without these the bytes would depend on it.
NEUTRAL = {
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_SLP_VECTORIZE": "0",
}


def find_linker() -> str | None:
    """Path of LLVM's WebAssembly linker, None if there is none."""
    return next(filter(None, map(shutil.which, LINKERS)), None)


def build_module(linker: str, child: str = CHILD) -> bytes:
    """Compile and link the calculator.

    Parameters
    ----------
    linker : str
        Path of `wasm-ld`, such as Debian's package lld has.
    child : str
        Program of the process that compiles: Python that calls `write_object` with its argument.

    Returns
    -------
    bytes
        A module that imports nothing and exports `memory`, `__heap_base` and `calculate`, which
        takes two scratch addresses of 8 bytes and then the addresses of the five arrays of
        `calculator_kernels.calculate`.

    Raises
    ------
    DataError
        If compiler or linker fail.
    """
    with tempfile.TemporaryDirectory() as folder:
        compiled, linked = Path(folder, "kernel.o"), Path(folder, "kernel.wasm")
        _run([sys.executable, "-c", child, str(compiled)], NEUTRAL | {"NUMBA_CACHE_DIR": folder})
        options = ["--no-entry", f"--export={ENTRY}", "--export=__heap_base", "--gc-sections"]
        options += ["--strip-all", "--stack-first", "-z", f"stack-size={STACK_BYTES}"]
        _run([linker, *options, str(compiled), "-o", str(linked)], {})
        return linked.read_bytes()


def write_object(target: str, kernel: Any = None) -> None:
    """Compile the kernel for WebAssembly and write the object file, in a process of its own."""
    from llvmlite import binding  # type: ignore[import-untyped]

    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    machine = binding.Target.from_triple(TRIPLE).create_target_machine(opt=2, reloc="static")
    kernel = kernel or _compiled()
    module = binding.parse_assembly(_without_reference_counts(kernel.inspect_llvm()))
    _keep_only_the_kernel(module, kernel.native_name.removeprefix(WRAPPER))
    module.triple = TRIPLE
    module.data_layout = str(machine.target_data)
    options = binding.create_pipeline_tuning_options(speed_level=2)
    builder = binding.create_pass_builder(machine, options)
    manager = binding.create_new_module_pass_manager()
    manager.add_global_dead_code_eliminate_pass()
    manager.run(module, builder)
    builder.getModulePassManager().run(module, builder)
    module.verify()
    Path(target).write_bytes(machine.emit_object(module))


def _compiled() -> Any:
    """Compile the kernel behind plain addresses instead of arrays."""
    from numba import carray, cfunc, types  # type: ignore[attr-defined]

    from rebuilt.cost import calculator, calculator_kernels

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


def _without_reference_counts(assembly: str) -> str:
    """Make counting references do nothing: the arrays are plain memory that nobody owns."""
    return COUNTED.sub(r"\1internal void \2(ptr %unused) {\n  ret void\n}", assembly)


def _keep_only_the_kernel(module: Any, name: str) -> None:
    """Leave one function visible, so that what only Python called is removed as dead."""
    for function in module.functions:
        if function.name == name:
            function.name = ENTRY
            function.linkage = "external"
        elif not function.is_declaration:
            function.linkage = "internal"
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"  # Numba leaves `common` ones, which wasm has not


def _run(command: list[str], more: dict[str, str]) -> None:
    done = subprocess.run(
        command, env=os.environ | more, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DataError(f"{command[0]} failed: {done.stderr.strip()[-2000:]}")


def main() -> int:
    """Renew the committed module."""
    linker = find_linker()
    if linker is None:
        raise DataError("no wasm-ld found; install one, on Debian: apt-get install lld")
    MODULE.write_bytes(build_module(linker))
    return 0


if __name__ == "__main__":
    sys.exit(main())
