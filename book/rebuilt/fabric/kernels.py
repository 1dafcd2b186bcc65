"""Switch counts of leaf-spine networks, compiled by Numba, and their parallel twin (`_many`).

Everything is int64 and exact inside the limits of `model.py`, which callers check; nothing here
checks or raises. Only + - * // and comparisons, so every scalar also compiles to WebAssembly
without imports. Each has a reference of the same name in `exact.py`, found by trying all designs.

Arguments of all: endpoints (network ports of accelerators), radix (ports of a switch at that
speed), oversubscription (ports down for each port up, 1 is non-blocking), rails (groups of leaves).
"""

# mypy: allow-untyped-defs, allow-untyped-calls
from numba import njit, prange


@njit(cache=True, error_model="numpy")
def leaves_with(endpoints, down, rails):
    """Leaves with `down` ports each: every rail is rounded up to whole leaves."""
    per_rail = (endpoints + rails - 1) // rails
    return rails * ((per_rail + down - 1) // down)


@njit(cache=True, error_model="numpy")
def spines_with(leaves, uplinks, radix):
    """Spines for `leaves` with `uplinks` each: enough ports, and an even share for every spine."""
    spines = (leaves * uplinks + radix - 1) // radix
    while uplinks - (uplinks // spines) * spines != 0:
        spines += 1
    return spines


@njit(cache=True, error_model="numpy")
def tiers(endpoints, radix, oversubscription, rails):
    """Fewest tiers of switches that reach all endpoints; 0 if three are not enough."""
    if rails == 1 and endpoints <= radix:
        return 1
    leaves = leaves_with(endpoints, oversubscription * (radix // (1 + oversubscription)), rails)
    if leaves <= radix:
        return 2
    if leaves <= radix * (radix // 2):
        return 3
    return 0


@njit(cache=True, error_model="numpy")
def uplinks(endpoints, radix, oversubscription, rails):
    """Uplinks of a leaf; in two tiers so many that leaves and spines together are fewest."""
    most = radix // (1 + oversubscription)
    n_tiers = tiers(endpoints, radix, oversubscription, rails)
    if n_tiers < 2:
        return 0
    if n_tiers > 2:
        return most
    chosen, best, least_spines = most, radix * radix, endpoints // (oversubscription * radix)
    for up in range(most, 0, -1):
        leaves = leaves_with(endpoints, oversubscription * up, rails)
        if leaves > radix or leaves + least_spines >= best:
            break
        total = leaves + spines_with(leaves, up, radix)
        if total < best:
            chosen, best = up, total
    return chosen


@njit(cache=True, error_model="numpy")
def leaf(endpoints, radix, oversubscription, rails):
    """Leaf switches; 0 if three tiers are not enough."""
    n_tiers = tiers(endpoints, radix, oversubscription, rails)
    if n_tiers < 2:
        return n_tiers
    up = uplinks(endpoints, radix, oversubscription, rails)
    return leaves_with(endpoints, oversubscription * up, rails)


@njit(cache=True, error_model="numpy")
def spine(endpoints, radix, oversubscription, rails):
    """Spine switches; in three tiers half of a spine's ports look down."""
    n_tiers = tiers(endpoints, radix, oversubscription, rails)
    if n_tiers < 2:
        return 0
    up = uplinks(endpoints, radix, oversubscription, rails)
    leaves = leaves_with(endpoints, oversubscription * up, rails)
    if n_tiers == 2:
        return spines_with(leaves, up, radix)
    return (leaves * up + radix // 2 - 1) // (radix // 2)


@njit(cache=True, error_model="numpy")
def core(endpoints, radix, oversubscription, rails):
    """Core switches: as many ports as the spines have uplinks, rounded up."""
    if tiers(endpoints, radix, oversubscription, rails) < 3:
        return 0
    spines = spine(endpoints, radix, oversubscription, rails)
    return (spines * (radix // 2) + radix - 1) // radix


@njit(cache=True, error_model="numpy")
def switches(endpoints, radix, oversubscription, rails):
    """Leaf, spine and core switches together."""
    below = leaf(endpoints, radix, oversubscription, rails)
    above = spine(endpoints, radix, oversubscription, rails)
    return below + above + core(endpoints, radix, oversubscription, rails)


@njit(parallel=True, cache=True, error_model="numpy")
def switches_many(endpoints, radix, oversubscription, rails, out):
    """out[i] = switches(endpoints[i], radix[i], ...); int64 arrays of shape (n,)."""
    for i in prange(out.size):
        out[i] = switches(endpoints[i], radix[i], oversubscription[i], rails[i])
