"""The chain from minutes of video to dollars: one text, plain and compiled, and what it must do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebuilt.cost import Clip, load_model
from rebuilt.cost.algebra.places import JOB
from rebuilt.cost.counting.design import DRAWN, fill_job, power_of_two
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.hardware.machines import half_width
from rebuilt.cost.hardware.software import load_software
from rebuilt.cost.models.variants import altered
from rebuilt.demand import links
from rebuilt.demand.assumptions import SCENARIOS, assumptions
from rebuilt.demand.chain import Chip, central, chip_of, relative, room_for, run_chain
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


def chain(values, accelerator):
    """All links of one draw, from the text as Python runs it."""
    out, lowered = np.zeros(len(LINKS)), relative()
    chip, row = chip_of(accelerator), [values[name] for name in GIVEN]
    links.chain_of(row, lowered.program, lowered.rules, *chip, room_for(lowered), out)
    return dict(zip((link.name for link in LINKS), out.tolist(), strict=True))


@given(scenario=st.sampled_from(SCENARIOS), places=positions)
def test_compiled_links_are_the_plain_ones(scenario, places):
    """Every link, anywhere within the assumptions, bit for bit."""
    values, accelerator = values_at(scenario, places), MACHINES[scenario]
    table = np.array([[values[name] for name in GIVEN]])

    assert run_chain(table, chip_of(accelerator))[0].tolist() == list(
        chain(values, accelerator).values()
    )


def test_what_passes_64_bits_is_the_same_too():
    """A reader may fix clips so large that decoding them passes the whole numbers."""
    values = {name: item.central for name, item in assumptions("2024").items()}
    values |= {"height": 45_000.0, "clip_length": 4000.0}
    table = np.array([[values[name] for name in GIVEN]])
    found = run_chain(table, chip_of("h100-sxm"))[0].tolist()

    assert found == list(chain(values, "h100-sxm").values())
    assert found[PLACES["flops_per_minute"]] > 2**63


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_draw_is_the_same_alone_and_among_others(scenario):
    """Bit for bit, wherever it stands in a table."""
    _, table = draws(assumptions(scenario), 256)
    chip = chip_of(MACHINES[scenario])
    together = run_chain(table, chip)

    for place in (0, 63, 64, 255):
        assert run_chain(table[place : place + 1], chip)[0].tolist() == together[place].tolist()


def test_places_of_the_text_are_the_names():
    """The constants of the text point at the assumptions that they are named after."""
    places = {
        "video_minutes": links.MINUTES,
        "depth": links.DEPTH,
        "decode_flops": links.DECODE,
        "gpus_per_clip": links.GPUS,
        "spare": links.SPARE,
        "training_utilisation": links.TRAIN_SHARE,
        "port_speed": links.SPEED,
        "modules_sold": links.SOLD,
        "rent": links.RENT,
    }

    assert {name: GIVEN[place] for name, place in places.items()} == {name: name for name in places}
    assert Chip._fields == ("machine", "peak", "idle_w")


@settings(max_examples=25)
@given(
    places=positions,
    name=st.sampled_from(["video_minutes", "attempts", "peak_to_mean", "hardware_error"]),
    factor=st.floats(1.01, 10),
)
def test_more_demand_never_needs_less(places, name, factor):
    """Minutes, attempts, peaks and slower hardware make nothing smaller but cost per minute."""
    values = values_at("2024", places)
    before = chain(values, "h100-sxm")
    after = chain(values | {name: values[name] * factor}, "h100-sxm")

    for link in ("accelerators", "power_mw", "switches", "modules", "usd_per_year"):
        assert after[link] >= before[link] * (1 - 1e-9)


@given(places=positions)
def test_links_hold_together(places):
    """FLOPs of a day are what busy accelerators do; parts add up; twice as much takes twice."""
    values = values_at("2026", places)
    found = chain(values, "b200-sxm")
    peak = chip_of("b200-sxm").peak
    twice = chain(values | {"video_minutes": 2 * values["video_minutes"]}, "b200-sxm")

    done = found["busy_accelerators"] * peak * found["utilisation"] * 86400
    assert done == pytest.approx(found["flops_per_day"])
    assert found["modules"] == pytest.approx(
        found["modules_server"] + found["modules_spine"] + found["modules_core"]
    )
    assert found["accelerators"] >= found["busy_accelerators"]
    assert twice["accelerators"] == pytest.approx(2 * found["accelerators"])


def test_a_clip_costs_what_the_estimate_says():
    """The central clip is a changed model that `rebuilt cost` could be asked for."""
    values = {name: item.central for name, item in assumptions("2024").items()}
    job, drawn = np.array(relative().job), np.zeros(len(DRAWN))
    links.design_of([values[name] for name in GIVEN], drawn, job)
    named = dict(zip(JOB, job.astype(int).tolist(), strict=True))
    same = ("depth", "width", "heads", "hidden", "side_stride", "frames_stride")
    same += ("patch_side", "patch_frames", "text_tokens")
    model = altered(load_model(relative().model), {name: named[name] for name in same})
    clip = Clip(frames=named["frames"], height=named["height"], width=named["width_px"])
    sampler = {"steps": named["steps"], "passes": named["passes"]}
    found = estimate(model, clip, gpu="h100-sxm", gpus=named["gpus"], **sampler)
    decode = clip.frames * clip.height * clip.width * values["decode_flops"]
    parts = central(assumptions("2024"), "h100-sxm")

    clips = 60 * values["fps"] / clip.frames
    flops = parts["flops_per_minute"] / clips
    assert flops == pytest.approx(found.job.denoise + found.job.text_encoder + decode, rel=1e-12)
    assert parts["tokens"] == found.job.forward.tokens
    assert parts["parameters"] == found.job.forward.parameters


def test_a_drawn_job_can_be():
    """Heads share the width, strides are powers of two, and the clip fills whole latents."""
    drawn = dict(
        zip(DRAWN, (30.4, 3000.0, 3.9, 100.0, 11.0, 3.6, 2.2, 1.3, 24.0, 77.4), strict=False)
    )
    drawn |= {"steps": 49.7, "passes": 1.6, "decode_flops": 2e6}
    drawn |= {"seconds": 10.0, "height": 1080.0, "width_px": 1920.0, "gpus": 9.0}
    job = np.array(relative().job)
    fill_job([drawn[name] for name in DRAWN], job)
    found = dict(zip(JOB, job.tolist(), strict=True))

    assert (found["width"], found["heads"]) == (29 * 104, 29)
    assert (found["side_stride"], found["frames_stride"], found["patch_side"]) == (8, 4, 2)
    assert (found["frames"], found["height"], found["width_px"]) == (241, 1088, 1920)
    assert (found["depth"], found["steps"], found["passes"], found["gpus"]) == (30, 50, 2, 8)


def test_a_cluster_has_the_modules_of_the_fabric():
    """At one whole cluster the chain counts what `rebuilt fabric` counts."""
    values = {name: item.central for name, item in assumptions("2024").items()}
    values |= {"cluster": 2048.0, "optical_share": 1.0, "network_share": 1.0}
    out = np.zeros(len(LINKS))
    links.join([values[name] for name in GIVEN], 2048.0, out)
    found = {name: out[place] for name, place in PLACES.items()}
    fabric = design(Plan(gpus=2048, radix=64, twin_server=True))

    assert found["modules"] == sum(fabric.transceivers_by_speed().values())
    assert (found["switches"], found["cables"]) == (fabric.switches, fabric.cables)
    assert found["ports"] == fabric.ports_used + 2048


@pytest.mark.parametrize(
    ("value", "power"), [(0.3, 1), (2, 2), (5.6, 4), (5.7, 8), (11, 8), (12, 16)]
)
def test_powers_of_two_are_the_nearest_on_a_logarithmic_scale(value, power):
    """The kernel does without a logarithm."""
    assert power_of_two(value) == power


def test_no_link_is_empty():
    """Every figure of the central chain is a number above zero."""
    found = central(assumptions("2024"), "h100-sxm")

    assert all(found[name] > 0 for name in NEVER_ZERO)
    assert len(PLACES) == len(LINKS) == len(found)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_error_of_the_hardware_is_the_interval_of_the_model(scenario):
    """The chain and `rebuilt cost` trust the same hardware model equally far."""
    told = assumptions(scenario)["hardware_error"]
    width = half_width(load_accelerator(MACHINES[scenario]), load_software(), gpus=8)

    assert told.low == pytest.approx(np.exp(-width), abs=5e-4)
    assert told.high == pytest.approx(np.exp(width), abs=5e-4)
