"""Numba kernels as WebAssembly modules that import nothing.

Numba compiles a kernel to LLVM IR; everything that speaks to Python is dropped from it, llvmlite
emits it for wasm32, and LLD links the objects. Modules are committed, because no reader needs a
linker; tests that CI runs rebuild them and compare the bytes.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rebuilt.errors import DataError

TRIPLE = "wasm32-unknown-unknown"
VECTORS = "+simd128,+nontrapping-fptoint"
LINKERS = ("wasm-ld", *(f"wasm-ld-{version}" for version in range(23, 13, -1)))
STACK_BYTES = 16_384
WRAPPER = "cfunc."  # of the function that Python would call; the kernel's own name follows
COUNTED = re.compile(r"^(define )[^\n]*(@NRT_(?:inc|dec)ref)\(.*?^}$", re.DOTALL | re.MULTILINE)
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


def renew(module: Path, build: Callable[[str], bytes]) -> None:
    """Write a committed module anew.

    Parameters
    ----------
    module : Path
        The file.
    build : callable
        Takes the path of the linker and returns the bytes of the module.

    Raises
    ------
    DataError
        If there is no linker, or compiler or linker fail.
    """
    linker = find_linker()
    if linker is None:
        raise DataError("no wasm-ld found; install one, on Debian: apt-get install lld")
    module.write_bytes(build(linker))


def link(linker: str, child: str, entries: Sequence[str]) -> bytes:
    """Compile in a process of its own, then link one object file for each entry.

    Parameters
    ----------
    linker : str
        Path of `wasm-ld`, such as Debian's package lld has.
    child : str
        Python code that calls `emit` for each entry, with the folder in sys.argv[1].
    entries : sequence of str
        Names of the functions that the module exports beside `memory` and `__heap_base`. Each
        takes two scratch addresses of 8 bytes first; the first receives what it returns.

    Returns
    -------
    bytes
        The module.

    Raises
    ------
    DataError
        If compiler or linker fail.
    """
    with tempfile.TemporaryDirectory() as folder:
        linked = Path(folder, "linked.wasm")
        _run([sys.executable, "-c", child, folder], NEUTRAL | {"NUMBA_CACHE_DIR": folder})
        options = ["--no-entry", *(f"--export={name}" for name in (*entries, "__heap_base"))]
        options += ["--gc-sections", "--strip-all", "--stack-first"]
        options += ["-z", f"stack-size={STACK_BYTES}"]
        compiled = [str(Path(folder, f"{entry}.o")) for entry in entries]
        _run([linker, *options, *compiled, "-o", str(linked)], {})
        return linked.read_bytes()


def emit(kernel: Any, entry: str, folder: str, *, vectors: bool = False) -> None:
    """Write the object file of one kernel.

    Parameters
    ----------
    kernel : cfunc
        A function behind plain addresses, compiled under NEUTRAL.
    entry : str
        The name that the module exports.
    folder : str
        Where `<entry>.o` is written.
    vectors : bool
        Whether loops work on four float32 at a time where that leaves the order of adding alone.
    """
    from llvmlite import binding  # type: ignore[import-untyped]

    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    machine = binding.Target.from_triple(TRIPLE).create_target_machine(
        opt=2, reloc="static", features=VECTORS if vectors else ""
    )
    module = binding.parse_assembly(_without_reference_counts(kernel.inspect_llvm()))
    _keep_only_the_kernel(module, kernel.native_name.removeprefix(WRAPPER), entry)
    module.triple = TRIPLE
    module.data_layout = str(machine.target_data)
    options = binding.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = vectors
    builder = binding.create_pass_builder(machine, options)
    manager = binding.create_new_module_pass_manager()
    manager.add_global_dead_code_eliminate_pass()
    manager.run(module, builder)
    builder.getModulePassManager().run(module, builder)
    module.verify()
    Path(folder, f"{entry}.o").write_bytes(machine.emit_object(module))


def _without_reference_counts(assembly: str) -> str:
    """Make counting references do nothing: the arrays are plain memory that nobody owns."""
    return COUNTED.sub(r"\1internal void \2(ptr %unused) {\n  ret void\n}", assembly)


def _keep_only_the_kernel(module: Any, name: str, entry: str) -> None:
    """Leave one function visible, so that what only Python called is removed as dead."""
    for function in module.functions:
        if function.name == name:
            function.name = entry
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
