"""The WebAssembly modules of the pages, run as a page runs them, without a browser.

Wasmtime compiles the committed bytes, whose seals the data checks verify. Arrays lie one after
another from `__heap_base` on, as `rebuilt-form.js` lays them, and a kernel gets their addresses.
"""

from functools import cache
from pathlib import Path

import numpy as np
from wasmtime import Engine, Instance, Module, Store

from rebuilt.cost.algebra.places import COUNTS, FIGURES, JOB, ROWS, RULES
from rebuilt.cost.hardware.bill import Degrees
from rebuilt.cost.hardware.machines import WIDTHS
from rebuilt.cost.hardware.rates import Chip, Common, Run
from rebuilt.cost.models.choices import CHOICES, LARGEST, LEAST
from rebuilt.widgets import calculator_form, calculator_module
from rebuilt.widgets.calculator_text import ANSWER, ASKED, CLIP

PAGE_BYTES = 65_536
SCRATCH = 2  # numbers that every kernel takes first


class PageModule:
    """A module with its arrays, of float64 by name; `[name]` is what lies in the memory now."""

    def __init__(self, path: Path, sizes: dict[str, int]) -> None:
        engine = Engine()
        self.store = Store(engine)
        self.exports = Instance(self.store, Module.from_file(engine, str(path)), []).exports(
            self.store
        )
        self.sizes = {"scratch": SCRATCH} | sizes
        start = -(-self.exports["__heap_base"].value(self.store) // 8) * 8
        ends = start + 8 * np.cumsum([0, *self.sizes.values()])
        self.addresses = dict(zip(self.sizes, ends[:-1].tolist(), strict=True))
        memory = self.exports["memory"]
        missing = int(ends[-1]) - memory.data_len(self.store)
        memory.grow(self.store, max(0, -(-missing // PAGE_BYTES)))

    def __getitem__(self, name: str) -> np.ndarray:
        address, size = self.addresses[name], self.sizes[name]
        whole = self.exports["memory"].get_buffer_ptr(self.store, size=8 * size, offset=address)
        return np.frombuffer(whole, np.float64)

    def call(self, kernel: str, *names: str) -> None:
        """Run a kernel on the arrays of these names."""
        scratch = self.addresses["scratch"]
        given = [self.addresses[name] for name in names]
        self.exports[kernel](self.store, scratch, scratch + 8, *given)


@cache
def calculator() -> PageModule:
    """Load the calculator's module; what is the same for every job stands in its arrays."""
    module = PageModule(
        calculator_module.MODULE,
        {
            **{"program": calculator_module.PROGRAM, "rules": len(RULES), "job": len(JOB)},
            **{"clip": len(CLIP), "largest": len(CLIP), "heads": 1},
            **{"chip": len(Chip._fields), "run": len(Run._fields)},
            **{"common": len(Common._fields), "widths": len(WIDTHS), "asked": len(ASKED)},
            "degrees": len(Degrees._fields),
            **dict.fromkeys(("room", "exact", "tiles"), calculator_module.ROOM),
            **dict.fromkeys(("figures", "spare"), len(FIGURES)),
            "answer": len(ANSWER),
            **dict.fromkeys(("choice", "least", "most"), len(CHOICES)),
            **{"has": 2, "refusal": 3},
        },
    )
    module["largest"][:] = calculator_form.LARGEST
    module["least"][:], module["most"][:] = LEAST, LARGEST
    return module


def calculate(program, rules, job, clip, heads, chip, run, common, widths, asked, degrees):
    """Answer of the module to one job, and its whole numbers."""
    module = calculator()
    module["program"].view(np.int64)[: len(program)] = program
    given = (rules, job, clip, heads, chip, run, common, widths, asked, degrees)
    names = ("rules", "job", "clip", "heads", "chip", "run", "common", "widths", "asked", "degrees")
    for name, values in zip(names, given, strict=True):
        module[name][:] = values
    module.call(
        "calculate",
        *("program", "rules", "job", "clip", "largest", "heads", "chip", "run", "common", "widths"),
        *("asked", "degrees", "room", "exact", "tiles", "figures", "spare", "answer"),
    )
    counts = module["exact"].view(np.int64)[calculator_module.VALUES + len(ROWS) :]
    return module["answer"].tolist(), counts[: len(COUNTS)].tolist()


def refuse(choices, has):
    """Code of an architecture that cannot be, 0 of one that can, and the widths beside its own."""
    module = calculator()
    module["choice"][:], module["has"][:] = choices, has
    module.call("refuse", "choice", "least", "most", "has", "refusal")
    return module["refusal"].tolist()
