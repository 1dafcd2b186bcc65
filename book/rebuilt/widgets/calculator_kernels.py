"""The calculator's text, compiled."""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit
from numba.cpython.unsafe.tuple import tuple_setitem

from rebuilt.compiled import compiled
from rebuilt.cost.hardware.rates import Chip, Common, Run
from rebuilt.cost.models import choices
from rebuilt.widgets import calculator_text

calculate = compiled(calculator_text.calculate)
refused, width_near = compiled(choices.refused), compiled(choices.width_near)


def _reader(names):
    """Make what reads a row of numbers as one of the tuples of the text."""
    nothing = tuple(0.0 for _ in names._fields)

    @njit(error_model="numpy")
    def read(row):
        fields = nothing
        for place in range(len(nothing)):
            fields = tuple_setitem(fields, place, row[place])
        return names(*fields)

    return read


chip_of, run_of, common_of = _reader(Chip), _reader(Run), _reader(Common)
