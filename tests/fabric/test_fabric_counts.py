"""Counts of leaf-spine networks: the printed tables, and what must hold for every network."""

import math
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rebuilt.compiled import compiled
from rebuilt.evidence import tables
from rebuilt.fabric import Plan, design, leaf_spine
from rebuilt.fabric.network import MAX_GPUS, MAX_PARTS, MAX_RADIX

COUNTS = ("leaf", "spine", "core", "tiers", "uplinks", "switches")
PRINTED = (
    "leaf_switches",
    "spine_switches",
    "core_switches",
    "leaf_spine_cables",
    "spine_core_cables",
    "network_ports",
    "network_tiers",
)
PLAIN = 12  # rows that follow from rounding up
FITTED = ("superpod-h100-03su", "superpod-b300-xdr-04su", "superpod-b300-xdr-08su")
CONTRADICTED = "superpod-b300-xdr-18su"

networks = st.tuples(
    st.integers(1, 6000), st.integers(4, 160), st.integers(1, 3), st.sampled_from([1, 2, 8])
)


def printed() -> pl.DataFrame:
    """One row for each printed size of NVIDIA's four reference designs."""
    rows = tables.load("network_reference").filter(
        pl.col("subject").str.starts_with("superpod"), pl.col("value").is_not_null()
    )
    wide = rows.pivot("quantity", index="subject", values="value").drop_nulls("leaf_switches")
    return wide.fill_null(0).sort("subject")


SIZES = printed()
ROWS = {row["subject"]: row for row in SIZES.iter_rows(named=True)}


def rebuilt_row(row):
    fabric = design(
        Plan(
            gpus=int(row["network_ports"]),
            radix=int(row["switch_radix"]),
            port_gbps=int(row["port_gbps"]),
            planes=int(row["network_planes"]),
        )
    )
    return (
        fabric.leaf,
        fabric.spine,
        fabric.core,
        fabric.leaf_spine_cables,
        fabric.spine_core_cables,
        fabric.node_leaf_cables,
        fabric.tiers,
    )


def test_there_are_twenty_printed_sizes():
    """Four H100, six B200, five B300 with Ethernet and five B300 with InfiniBand."""
    assert len(ROWS) == 20


@pytest.mark.parametrize("subject", ROWS)
def test_every_printed_size_is_reproduced(subject):
    """Leaf, spine and core switches, cables and tiers equal the vendor's table exactly."""
    row = ROWS[subject]

    assert rebuilt_row(row) == tuple(int(row[name]) for name in PRINTED)


def test_rounding_up_explains_twelve_sizes_and_three_need_the_even_share():
    """The even share is a fit to three rows; the five with two planes rest on an inferred radix."""
    single = [row for row in ROWS.values() if row["network_planes"] == 1]
    plain = []
    for row in single:
        leaves, spines = leaf_spine.rounded_up(int(row["network_ports"]), int(row["switch_radix"]))
        spines = leaves if row["network_tiers"] == 3 else spines
        if (leaves, spines) == (row["leaf_switches"], row["spine_switches"]):
            plain.append(row["subject"])

    assert len(plain) == PLAIN
    assert sorted(set(ROWS) - set(plain) - set(FITTED)) == [
        f"superpod-b300-spectrum-x-{size:02d}su" for size in (1, 2, 4, 8, 16)
    ]


def test_one_printed_row_contradicts_itself():
    """The printed accelerators of the largest XDR size are fewer than its nodes and cables give."""
    row = ROWS[CONTRADICTED]

    assert row["gpus"] == 9216
    assert 8 * row["compute_nodes"] == row["network_ports"] == 10368
    assert all(
        abs(8 * other["compute_nodes"] - other["gpus"]) < 1
        for subject, other in ROWS.items()
        if subject != CONTRADICTED
    )


def every_design(n_tiers, endpoints, radix, over, rails):
    """Try every number of uplinks and spines; switches, leaves and dark uplinks of valid designs.

    Rules 1 to 4 of the module, one by one.
    """
    half = radix // 2
    for up in range(1, radix // (1 + over) + 1):
        leaves = rails * math.ceil(Fraction(math.ceil(Fraction(endpoints, rails)), over * up))
        if n_tiers == 2:
            for spines in range(1, up + 1):
                if up % spines == 0 and leaves * up // spines <= radix:
                    yield leaves + spines, leaves, -up
        elif leaves <= radix * half:
            spines = math.ceil(Fraction(leaves * up, half))
            cores = math.ceil(Fraction(spines * half, radix))
            yield leaves + spines + cores, leaves, -up


@example((10368, 144, 1, 1))
@example((2400, 64, 1, 8))
@given(networks)
def test_the_chosen_design_wins_against_every_other(network):
    """The first number of tiers that has a valid design, and its design with fewest switches."""
    n_tiers = leaf_spine.tiers(*network)
    chosen = (leaf_spine.switches(*network), leaf_spine.leaf(*network))

    if n_tiers == 1:
        assert chosen == (1, 1)
        return
    two, three = (list(every_design(number, *network)) for number in (2, 3))
    assert n_tiers == (2 if two else 3 if three else 0)
    assert (*chosen, -leaf_spine.uplinks(*network)) == min(two or three or [(0, 0, 0)])


@pytest.mark.parametrize("radix", [4, 5, 64, 144, MAX_RADIX])
@pytest.mark.parametrize("endpoints", [1, 2047, 2048, 2049, 9216, 2**19, MAX_GPUS * MAX_PARTS])
def test_compiled_counts_equal_the_plain_ones(endpoints, radix):
    """The smallest, odd and largest sizes give the same whole numbers from the same text."""
    for rails in (1, 8):
        for name in COUNTS:
            plain = getattr(leaf_spine, name)
            assert compiled(plain)(endpoints, radix, 1, rails) == plain(endpoints, radix, 1, rails)


@example((768, 64, 1, 1))
@given(networks)
def test_there_are_always_enough_ports(network):
    """Every endpoint and every link finds a port on each of its ends."""
    endpoints, radix, over, _ = network
    n_tiers = leaf_spine.tiers(*network)
    if n_tiers == 0:
        return
    leaf, spine, core = (getattr(leaf_spine, name)(*network) for name in ("leaf", "spine", "core"))
    up = leaf_spine.uplinks(*network)

    assert min(leaf, spine, core, up) >= 0
    if n_tiers == 1:
        assert endpoints <= radix
        return
    assert leaf * over * up >= endpoints
    assert up * (1 + over) <= radix
    if n_tiers == 2:
        assert up % spine == 0
        assert leaf * (up // spine) <= radix
    else:
        half = radix // 2
        assert spine * half >= leaf * up
        assert core * radix >= spine * half


@given(networks, st.integers(0, 3000))
def test_more_accelerators_never_need_fewer_switches(network, more):
    """A network of the larger size also joins the smaller."""
    endpoints, *rest = network
    larger = leaf_spine.switches(endpoints + more, *rest)

    assert larger == 0 or larger >= leaf_spine.switches(endpoints, *rest)


@example((252, 64, 1, 1), 10)
@given(networks, st.integers(0, 100))
def test_a_larger_radix_never_needs_more_switches(network, more):
    """A larger switch can leave ports dark and do what the smaller one does."""
    endpoints, radix, over, rails = network
    before = leaf_spine.switches(*network)

    assert before == 0 or leaf_spine.switches(endpoints, radix + more, over, rails) <= before


@given(st.integers(1, MAX_GPUS), st.sampled_from([64, 128, 144, 512]))
def test_more_ports_than_the_classic_fat_tree_are_refused_and_fewer_are_not(gpus, radix):
    """Three tiers of k-port switches reach k**3 / 4 endpoints, the textbook's limit."""
    assert (leaf_spine.tiers(gpus, radix, 1, 1) == 0) == (gpus > radix**3 // 4)
