"""Switch counts of leaf-spine networks, in plain text that Python runs and Numba compiles.

A design is a number of uplinks for each leaf, and spines and cores for them. It is valid when

1. a leaf has at most `radix` ports: uplinks, and `oversubscription` times as many down;
2. all endpoints find a port, each rail on leaves of its own;
3. every spine and core has a port for each of its links; in three tiers half of the spines' ports
   look up, and there are at most `radix` times half a `radix` leaves;
4. in two tiers every leaf spreads its uplinks evenly, so the number of spines divides the number
   of uplinks.

With the fewest tiers that have a valid design, the one with the fewest switches is chosen, of
equals the one with the fewest leaves, then with most uplinks. Rule 4 is a fit: three rows of
NVIDIA's tables need it, and NVIDIA does not state it in what we read. Rule 1 says "at most": ports
may stay dark. Together they make "more accelerators never need fewer switches" and "a larger radix
never needs more" true without exception: every design of a smaller network or switch remains valid
in the larger.

Arguments of all: endpoints (network ports of accelerators), radix (ports of a switch at that
speed), oversubscription (ports down for each port up, 1 is non-blocking), rails (groups of leaves).
Whole numbers and + - * // only, so that every function also compiles by name
(`rebuilt.compiled`). Nothing here checks or raises: inside the limits of `network.py`, which
callers check, no count leaves int64.
"""


def leaves_with(endpoints: int, down: int, rails: int) -> int:
    """Leaves with `down` ports each: every rail is rounded up to whole leaves."""
    per_rail = (endpoints + rails - 1) // rails
    return rails * ((per_rail + down - 1) // down)


def spines_with(leaves: int, uplinks: int, radix: int, n_tiers: int) -> int:
    """Spines for `leaves` with `uplinks` each: enough ports down, in two tiers an even share."""
    if n_tiers < 2:
        return 0
    if n_tiers > 2:
        return (leaves * uplinks + radix // 2 - 1) // (radix // 2)
    spines = (leaves * uplinks + radix - 1) // radix
    while uplinks - (uplinks // spines) * spines != 0:
        spines += 1
    return spines


def cores_with(spines: int, radix: int, n_tiers: int) -> int:
    """Cores: as many ports as the spines have uplinks, rounded up."""
    return (spines * (radix // 2) + radix - 1) // radix if n_tiers > 2 else 0


def tiers(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Fewest tiers of switches that reach all endpoints; 0 if three are not enough."""
    if rails == 1 and endpoints <= radix:
        return 1
    leaves = leaves_with(endpoints, oversubscription * (radix // (1 + oversubscription)), rails)
    if leaves <= radix:
        return 2
    if leaves <= radix * (radix // 2):
        return 3
    return 0


def uplinks(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Uplinks of a leaf in the chosen design; 0 if there is one tier, or none."""
    n_tiers = tiers(endpoints, radix, oversubscription, rails)
    if n_tiers < 2:
        return 0
    most_leaves, least_above = radix, endpoints // (oversubscription * radix)
    if n_tiers > 2:
        most_leaves = radix * (radix // 2)
        least_above += endpoints // (oversubscription * (radix // 2))
    chosen, best = 0, 2 * radix * radix  # more than three tiers ever have
    for up in range(radix // (1 + oversubscription), 0, -1):
        leaves = leaves_with(endpoints, oversubscription * up, rails)
        if leaves > most_leaves or leaves + least_above >= best:
            break  # fewer uplinks only need more leaves
        spines = spines_with(leaves, up, radix, n_tiers)
        total = leaves + spines + cores_with(spines, radix, n_tiers)
        if total < best:
            chosen, best = up, total
    return chosen


def leaf(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Leaf switches; 0 if three tiers are not enough."""
    n_tiers = tiers(endpoints, radix, oversubscription, rails)
    if n_tiers < 2:
        return n_tiers
    up = uplinks(endpoints, radix, oversubscription, rails)
    return leaves_with(endpoints, oversubscription * up, rails)


def spine(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Spine switches; 0 if there is one tier, or none."""
    leaves = leaf(endpoints, radix, oversubscription, rails)
    up = uplinks(endpoints, radix, oversubscription, rails)
    return spines_with(leaves, up, radix, tiers(endpoints, radix, oversubscription, rails))


def core(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Core switches; 0 if there are less than three tiers."""
    spines = spine(endpoints, radix, oversubscription, rails)
    return cores_with(spines, radix, tiers(endpoints, radix, oversubscription, rails))


def switches(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Leaf, spine and core switches together."""
    below = leaf(endpoints, radix, oversubscription, rails)
    above = spine(endpoints, radix, oversubscription, rails)
    return below + above + core(endpoints, radix, oversubscription, rails)


def rounded_up(endpoints: int, radix: int) -> tuple[int, int]:
    """Leaves and spines of a non-blocking two-tier network without rule 4, to compare with."""
    leaves = leaves_with(endpoints, radix // 2, 1)
    return leaves, (leaves * (radix // 2) + radix - 1) // radix
