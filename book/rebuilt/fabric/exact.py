"""Reference for `kernels`: every design is tried, and the smallest one wins.

A two-tier design is a number of uplinks for each leaf and a number of spines. It is valid when

1. a leaf has at most `radix` ports: uplinks, and `oversubscription` times as many down;
2. all endpoints find a port, each rail on leaves of its own;
3. every spine has a port for each of its links;
4. every leaf spreads its uplinks evenly, so the number of spines divides the number of uplinks.

Rule 4 is a fit: three rows of NVIDIA's tables need it, and NVIDIA does not state it in what we
read. Rule 1 says "at most": ports may stay dark. Together they make "more accelerators never need
fewer switches" and "a larger radix never needs more" true without exception: every design of a
smaller network or switch remains valid in the larger.
"""


def tiers(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Fewest tiers of switches that reach all endpoints; 0 if three are not enough."""
    if rails == 1 and endpoints <= radix:
        return 1
    if _two_tier_designs(endpoints, radix, oversubscription, rails):
        return 2
    pods_of_leaves = radix * (radix // 2)
    return 3 if _leaves(endpoints, radix, oversubscription, rails) <= pods_of_leaves else 0


def uplinks(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Uplinks of a leaf in the chosen design."""
    n_tiers = tiers(endpoints, radix, oversubscription, rails)
    if n_tiers == 2:
        return _best(endpoints, radix, oversubscription, rails)[2]
    return radix // (1 + oversubscription) if n_tiers == 3 else 0


def leaf(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Leaf switches; 0 if three tiers are not enough."""
    n_tiers = tiers(endpoints, radix, oversubscription, rails)
    if n_tiers == 2:
        return _best(endpoints, radix, oversubscription, rails)[0]
    return _leaves(endpoints, radix, oversubscription, rails) if n_tiers == 3 else n_tiers


def spine(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Spine switches; in three tiers half of a spine's ports look down."""
    n_tiers = tiers(endpoints, radix, oversubscription, rails)
    if n_tiers == 2:
        return _best(endpoints, radix, oversubscription, rails)[1]
    if n_tiers < 3:
        return 0
    links = _leaves(endpoints, radix, oversubscription, rails) * (radix // (1 + oversubscription))
    return _up(links, radix // 2)


def core(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Core switches: as many ports as the spines have uplinks, rounded up."""
    if tiers(endpoints, radix, oversubscription, rails) < 3:
        return 0
    links = spine(endpoints, radix, oversubscription, rails) * (radix // 2)
    return _up(links, radix)


def switches(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    """Leaf, spine and core switches together."""
    count = (leaf, spine, core)
    return sum(tier(endpoints, radix, oversubscription, rails) for tier in count)


def rounded_up(endpoints: int, radix: int) -> tuple[int, int]:
    """Leaves and spines of a non-blocking two-tier network without rule 4, to compare with."""
    leaves = _up(endpoints, radix // 2)
    return leaves, _up(leaves * (radix // 2), radix)


def _leaves(endpoints: int, radix: int, oversubscription: int, rails: int) -> int:
    down = oversubscription * (radix // (1 + oversubscription))
    return rails * _up(_up(endpoints, rails), down)


def _two_tier_designs(
    endpoints: int, radix: int, oversubscription: int, rails: int
) -> list[tuple[int, int, int]]:
    """(leaves, spines, uplinks of a leaf) of all valid designs."""
    designs = []
    for up in range(1, radix // (1 + oversubscription) + 1):
        leaves = rails * _up(_up(endpoints, rails), oversubscription * up)
        designs += [
            (leaves, spines, up)
            for spines in range(1, up + 1)
            if up % spines == 0 and leaves * (up // spines) <= radix
        ]
    return designs


def _best(endpoints: int, radix: int, oversubscription: int, rails: int) -> tuple[int, int, int]:
    """Fewest switches; of equals the one with the fewest leaves, then with most uplinks."""
    designs = _two_tier_designs(endpoints, radix, oversubscription, rails)
    return min(designs, key=lambda design: (design[0] + design[1], -design[2]))


def _up(things: int, size: int) -> int:
    """Boxes of `size` for so many things."""
    return -(-things // size)
