"""The chain for a table of draws, and what the page's sliders compute: draws with some pinned.

The text of `links` is compiled by name; only comparisons stand here besides, so that it compiles to
WebAssembly without imports.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from math import floor

from numba import njit

from rebuilt.compiled import compiled
from rebuilt.cost.sweep.inverse import fill_column, fill_points
from rebuilt.demand.links import chain_of

chain = compiled(chain_of)
points_of, values_of = compiled(fill_points), compiled(fill_column)
ENDS = 3  # low, middle, high


@njit(cache=True, error_model="numpy")
def run_table(given, program, rules, machine, peak, idle_w, room, out):
    """Run the chain for a table of draws.

    given, out : float64 arrays of shapes (n, 43) and (n, 27), in the order of GIVEN and LINKS
    program, rules, machine, peak, idle_w, room : as for `links.chain_of`
    """
    for i in range(given.shape[0]):
        chain(given[i], program, rules, machine, peak, idle_w, room, out[i])


@njit(cache=True, error_model="numpy")
def draw_table(first, steps, said, units, base):
    """Write draws of all assumptions, as `sampling.draws` makes them.

    first, steps : float64 arrays of shapes (43,) and (digits, 43), from `sampling.sequence`
    said : float64 array of shape (43, 5), from `montecarlo.said`; normal columns are left alone
    units : float64 array of shape (n,), contents ignored
    base : float64 array of shape (n, 43), for the result
    """
    for column in range(first.size):
        if said[column, 0] >= 0.0:
            points_of(first[column], steps[:, column], units)
            values_of(said[column], units, base[:, column])


@njit(cache=True, error_model="numpy")
def sort_column(table, column):
    """Sort one column of a table in place, upwards: Shell's method with halved gaps."""
    total = table.shape[0]
    gap = total // 2
    while gap > 0:
        for start in range(gap, total):
            value = table[start, column]
            place = start
            while place >= gap and table[place - gap, column] > value:
                table[place, column] = table[place - gap, column]
                place -= gap
            table[place, column] = value
        gap = gap // 2


@njit(cache=True, error_model="numpy")
def pinned_spread(base, pins, program, rules, machine, peak, idle_w, room, given, out, ends):
    """Write the 5, 50 and 95 % ends of every link with some assumptions pinned.

    base : float64 array of shape (n, 43), draws of all assumptions
    pins : float64 array of shape (43,), a value, or nan where the draws are kept
    program ... room : as for `run_table`
    given, out : float64 arrays of shapes (n, 43) and (n, 27), contents ignored
    ends : float64 array of shape (3, 27), for the result
    """
    total = base.shape[0]
    for row in range(total):
        for column in range(pins.size):
            pin = pins[column]
            given[row, column] = pin if pin == pin else base[row, column]
    run_table(given, program, rules, machine, peak, idle_w, room, out)
    low = floor(0.05 * (total - 1) + 0.5)
    middle = floor(0.5 * (total - 1) + 0.5)
    high = floor(0.95 * (total - 1) + 0.5)
    for link in range(ends.shape[1]):
        sort_column(out, link)
        ends[0, link] = out[low, link]
        ends[1, link] = out[middle, link]
        ends[2, link] = out[high, link]
