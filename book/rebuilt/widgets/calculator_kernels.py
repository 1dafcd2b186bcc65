"""The calculator's text, compiled, and rows of numbers as the tuples that it takes."""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit
from numba.cpython.unsafe.tuple import tuple_setitem

from rebuilt.compiled import compiled
from rebuilt.cost.algebra.places import RULES
from rebuilt.cost.hardware.bill import Machine
from rebuilt.cost.models import choices
from rebuilt.widgets import calculator_text

calculate = compiled(calculator_text.calculate)
refused, width_near = compiled(choices.refused), compiled(choices.width_near)
NO_RULES = tuple(0.0 for _ in RULES)
NO_MACHINE = tuple(0.0 for _ in Machine._fields)


@njit(cache=True, error_model="numpy")
def rules_of(row):
    """Rules as a tuple, whose places the compiler knows."""
    rules = NO_RULES
    for place in range(len(NO_RULES)):
        rules = tuple_setitem(rules, place, row[place])  # type: ignore[call-arg]
    return rules


@njit(cache=True, error_model="numpy")
def machine_of(row):
    """Machine of a row of numbers in the order of its fields."""
    fields = NO_MACHINE
    for place in range(len(NO_MACHINE)):
        fields = tuple_setitem(fields, place, row[place])  # type: ignore[call-arg]
    return Machine(*fields)
