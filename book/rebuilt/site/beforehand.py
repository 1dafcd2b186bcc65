"""What nearly every chapter imports and reads, done once by the process that forks their kernels.

Libraries, and the bibliography: whoever asks for it records it as an input, parsed or not. Nothing
else of the package may be imported here, or every chapter would be computed from it.
"""

import contextlib
import importlib

import numba

from rebuilt.evidence import bibliography

LIBRARIES = (
    "altair",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "polars",
    "scipy.stats",
    "vl_convert",
)

for library in LIBRARIES:
    importlib.import_module(library)
# Numba fills its tables of types and functions when it first compiles; this is kept nowhere.
numba.jit("float64(float64[:])")(lambda values: values.sum())
with contextlib.suppress(Exception):  # the chapter that needs it says what is wrong with it
    bibliography.load()
