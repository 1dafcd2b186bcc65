"""Rows of numbers as the tuples that compiled text takes, and many bills of unlike machines."""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit
from numba.cpython.unsafe.tuple import tuple_setitem

from rebuilt.compiled import compiled
from rebuilt.cost.algebra.places import RULES
from rebuilt.cost.hardware.bill import Degrees, Machine, price_job

NO_RULES = tuple(0.0 for _ in RULES)
NO_MACHINE = tuple(0.0 for _ in Machine._fields)
NO_DEGREES = tuple(0.0 for _ in Degrees._fields)
priced = compiled(price_job)


@njit(cache=True, error_model="numpy")
def rules_of(row):
    """Rules as a tuple, whose places the compiler knows."""
    rules = NO_RULES
    for place in range(len(NO_RULES)):
        rules = tuple_setitem(rules, place, row[place])
    return rules


@njit(cache=True, error_model="numpy")
def machine_of(row):
    """Machine of a row of numbers in the order of its fields."""
    fields = NO_MACHINE
    for place in range(len(NO_MACHINE)):
        fields = tuple_setitem(fields, place, row[place])
    return Machine(*fields)


@njit(cache=True, error_model="numpy")
def degrees_of(row):
    """Degrees of a row of numbers in the order of its fields."""
    fields = NO_DEGREES
    for place in range(len(NO_DEGREES)):
        fields = tuple_setitem(fields, place, row[place])
    return Degrees(*fields)


@njit(cache=True, error_model="numpy")
def price_rows(jobs, rows, counts, degrees, machines, which, figures):
    """Price counted jobs, each on a machine of its own.

    jobs, rows, counts, degrees : float64 arrays of shape (n, places)
    machines : float64 array of shape (kinds, fields); which : its row for each job, int64
    figures : float64 array of shape (n, places) in the order of FIGURES, written
    """
    for i in range(which.size):
        machine, spread = machine_of(machines[which[i]]), degrees_of(degrees[i])
        priced(jobs[i], rows[i], counts[i], spread, machine, figures[i])
