"""The chain from minutes of video to dollars: kernel, exact reference, and what it must do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.cost.engine.design import COLUMNS, Rates, evaluate_design, rates_of
from rebuilt.demand import exact, kernels
from rebuilt.demand.assumptions import SCENARIOS, assumptions
from rebuilt.demand.chain import central, machine_row, run_chain
from rebuilt.demand.names import GIVEN, LINKS, MACHINES, PLACES
from rebuilt.demand.sampling import draws
from rebuilt.fabric.network import Plan, design

NEVER_ZERO = [link.name for link in LINKS if not link.name.startswith("modules_")]
positions = st.lists(st.floats(0, 1), min_size=len(GIVEN), max_size=len(GIVEN))


def values_at(scenario, places):
    """Pick a point between the low and the high end of every assumption."""
    known = assumptions(scenario)
    return {
        name: known[name].low + place * (known[name].high - known[name].low)
        for name, place in zip(GIVEN, places, strict=True)
    }


def compiled(values, accelerator):
    table = np.array([[values[name] for name in GIVEN]])
    found = run_chain(table, machine_row(accelerator))[0]
    return dict(zip((link.name for link in LINKS), found.tolist(), strict=True))


@given(scenario=st.sampled_from(SCENARIOS), places=positions)
def test_the_kernel_equals_the_exact_chain(scenario, places):
    """Every link, anywhere within the assumptions, is what plain Python says on exact counts."""
    values, accelerator = values_at(scenario, places), MACHINES[scenario]

    assert compiled(values, accelerator) == pytest.approx(
        exact.chain(values, accelerator), rel=1e-9
    )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_rest_of_a_tile_does_not_matter(scenario):
    """A draw gives the same bits alone and among others, wherever it stands."""
    _, table = draws(assumptions(scenario), 256)
    machine = machine_row(MACHINES[scenario])
    together = run_chain(table, machine)

    for place in (0, 63, 64, 255):
        assert run_chain(table[place : place + 1], machine)[0].tolist() == together[place].tolist()


def test_places_of_the_kernel_are_the_names():
    """The constants of the kernel point at the assumptions and rates that they are named after."""
    places = {
        "video_minutes": kernels.MINUTES,
        "depth": kernels.DEPTH,
        "decode_flops": kernels.DECODE,
        "gpus_per_clip": kernels.GPUS,
        "spare": kernels.SPARE,
        "training_utilisation": kernels.TRAIN_SHARE,
        "port_speed": kernels.SPEED,
        "modules_sold": kernels.SOLD,
        "rent": kernels.RENT,
    }

    assert {name: GIVEN[place] for name, place in places.items()} == {name: name for name in places}
    assert list(Rates.__dataclass_fields__)[kernels.IDLE_W] == "watts_idle"
    assert len(Rates.__dataclass_fields__) == kernels.RATES == kernels.FLOPS_PEAK


@settings(max_examples=25)
@given(
    places=positions,
    name=st.sampled_from(["video_minutes", "attempts", "peak_to_mean", "hardware_error"]),
    factor=st.floats(1.01, 10),
)
def test_more_demand_never_needs_less(places, name, factor):
    """Minutes, attempts, peaks and slower hardware make nothing smaller but cost per minute."""
    values = values_at("2024", places)
    before = exact.chain(values, "h100-sxm")
    after = exact.chain(values | {name: values[name] * factor}, "h100-sxm")

    for link in ("accelerators", "power_mw", "switches", "modules", "usd_per_year"):
        assert after[link] >= before[link] * (1 - 1e-9)


@given(places=positions)
def test_links_hold_together(places):
    """FLOPs of a day are what busy accelerators do; parts add up; twice as much takes twice."""
    values = values_at("2026", places)
    found = exact.chain(values, "b200-sxm")
    peak = machine_row("b200-sxm")[kernels.FLOPS_PEAK]
    twice = exact.chain(values | {"video_minutes": 2 * values["video_minutes"]}, "b200-sxm")

    done = found["busy_accelerators"] * peak * found["utilisation"] * 86400
    assert done == pytest.approx(found["flops_per_day"])
    assert found["modules"] == pytest.approx(
        found["modules_server"] + found["modules_spine"] + found["modules_core"]
    )
    assert found["accelerators"] >= found["busy_accelerators"]
    assert twice["accelerators"] == pytest.approx(2 * found["accelerators"])


def test_a_clip_costs_what_the_design_says():
    """FLOPs of the central clip are those of the exact design, times clips of a minute."""
    values = {name: item.central for name, item in assumptions("2024").items()}
    point = exact.design_of(values)
    _, record = evaluate_design([point[name] for name in COLUMNS], [rates_of("h100-sxm")])

    clips = 60 * values["fps"] / point["frames"]
    assert central(assumptions("2024"), "h100-sxm")["flops_per_minute"] == pytest.approx(
        record[2] * clips, rel=1e-12
    )


def test_a_cluster_has_the_modules_of_the_fabric():
    """At one whole cluster the chain counts what `rebuilt fabric` counts."""
    values = {name: item.central for name, item in assumptions("2024").items()}
    values |= {"cluster": 2048.0, "optical_share": 1.0, "network_share": 1.0}
    found = exact.network(values, 2048.0)
    fabric = design(Plan(gpus=2048, radix=64, twin_server=True))

    assert found["modules"] == sum(fabric.transceivers_by_speed().values())
    assert (found["switches"], found["cables"]) == (fabric.switches, fabric.cables)
    assert found["ports"] == fabric.ports_used + 2048


@pytest.mark.parametrize(
    ("value", "power"), [(0.3, 1), (2, 2), (5.6, 4), (5.7, 8), (11, 8), (12, 16)]
)
def test_powers_of_two_are_the_nearest_on_a_logarithmic_scale(value, power):
    """The kernel does without a logarithm."""
    assert kernels.power_of_two(value) == power


def test_no_link_is_empty():
    """Every figure of the central chain is a number above zero."""
    found = central(assumptions("2024"), "h100-sxm")

    assert all(found[name] > 0 for name in NEVER_ZERO)
    assert len(PLACES) == len(LINKS) == len(found)
