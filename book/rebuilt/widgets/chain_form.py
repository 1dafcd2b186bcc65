"""Scenario sliders of the chain: what its form asks and shows, and what its script needs.

The script passes values to the compiled kernels and shows the ends that come back. The page makes
the draws itself, from the points of the sequence and the ranges; they are those of every figure on
the page and of `rebuilt demand`, bit for bit.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rebuilt import page
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.cost.sweep.montecarlo import said
from rebuilt.demand.assumptions import SCENARIOS, Assumption, assumptions
from rebuilt.demand.chain import chip_of, relative
from rebuilt.demand.names import GIVEN, LINKS, MACHINES, Link
from rebuilt.demand.sampling import DRAWS, draws, sequence
from rebuilt.evidence.inputs import open_input
from rebuilt.page.blocks import Block
from rebuilt.widgets import form
from rebuilt.widgets.calculator_rows import numbers
from rebuilt.widgets.chain_module import MODULE, room_sizes

STOPS = 48  # places of a slider
BEYOND = 4.0  # times the widest range that a slider reaches
FARTHEST = 100.0  # times the widest range that may be typed
FIRST = "2026"


@dataclass(frozen=True, slots=True)
class Field:
    """One assumption that a reader can fix: its label, its unit, and the most that is drawn."""

    name: str
    label: str
    unit: str
    most: float = math.inf


FIELDS = (
    Field("video_minutes", "Video kept", "minutes a day"),
    Field("attempts", "Attempts", "clips for each kept"),
    Field("clip_length", "Length of a clip", "seconds"),
    Field("height", "Height", "pixels"),
    Field("depth", "Layers", "of the model"),
    Field("width", "Width", "channels"),
    Field("patch_side", "Patch", "latents a side"),
    Field("steps", "Steps", "of the sampler"),
    Field("software_gain", "Better software", "times as fast"),
    Field("peak_to_mean", "Peak", "over the mean"),
    Field("occupancy", "At work in the peak", "share"),
    Field("network_share", "On a full network", "share"),
    Field("cluster", "Size of a network", "accelerators", most=65536.0),
)
SHOWN = (
    "generated_minutes",
    "hours_per_minute",
    "accelerators",
    "power_mw",
    "switches",
    "modules",
    "module_share",
    "usd_per_year",
    "usd_per_minute",
)
WHOLE = ("attempts", "height", "depth", "width", "patch_side", "steps", "cluster")


def show() -> Block:
    """Show the sliders."""
    known = [item for scenario in SCENARIOS for item in assumptions(scenario).values()]
    page.used(item.source for item in known if item.source)
    labels = {link.name: _caption(link) for link in LINKS}
    scenarios = {scenario: _scenario_name(scenario) for scenario in SCENARIOS}
    return form.block(
        "chain",
        "Fix an assumption: what follows?",
        exported(),
        form.menu("scenario", "Scenario", scenarios, FIRST) + form.grid(*map(_number, FIELDS)),
        form.command("All as assumed"),
        found=[form.figures({name: labels[name] for name in SHOWN})],
        lacks=("The sliders need", "the worked cases below do not"),
        kind="form",
    )


def exported() -> dict[str, Any]:
    """Everything that the page's script reads: names, sizes, points, stops and the module."""
    first, steps = sequence()
    return {
        "module": form.encoded(open_input(MODULE).read_bytes()),
        "draws": DRAWS,
        "first": numbers(first),
        "steps": numbers(steps.ravel()),
        "program": relative().program,
        "rules": relative().rules,
        "job": relative().job,
        "room": room_sizes(),
        "given": GIVEN,
        "links": [link.name for link in LINKS],
        "stops": {field.name: stops(field) for field in FIELDS},
        "scenarios": {scenario: _scenario(scenario) for scenario in SCENARIOS},
    }


def _scenario(scenario: str) -> dict[str, Any]:
    known = assumptions(scenario)
    machine, peak, idle_w = chip_of(MACHINES[scenario])
    ranges = np.array([said(known[name]) for name in GIVEN])
    normal = {place: draws(known)[1][:, place] for place in np.flatnonzero(ranges[:, 0] < 0)}
    return {
        "chip": numbers([*machine, peak, idle_w]),
        "ranges": numbers(ranges.ravel()),
        "normal": {int(place): _bytes(column) for place, column in normal.items()},
        "assumed": {field.name: _assumed(known[field.name]) for field in FIELDS},
    }


def _bytes(column: NDArray[np.float64]) -> str:
    return form.encoded(column.astype("<f8").tobytes())


def limits(field: Field) -> tuple[float, float]:
    """Least and greatest value that may be typed."""
    (low, high), (least, most) = _assumed_ends(field), _possible(field)
    return max(low / FARTHEST, least), min(high * FARTHEST, most, field.most)


def stops(field: Field) -> list[float]:
    """Values of a slider, from end to end."""
    low, high = _assumed_ends(field)
    ends = max(low / BEYOND, _possible(field)[0]), min(high * BEYOND, limits(field)[1])
    return spaced(*ends, field.name in WHOLE)


def spaced(low: float, high: float, whole: bool) -> list[float]:
    """Values from `low` to `high`, equal steps on a logarithmic scale, two digits."""
    ratio = high / low
    made = [low * ratio ** (turn / (STOPS - 1)) for turn in range(STOPS)]
    rounded = [float(f"{value:.2g}") for value in made[:-1]] + [high]
    return sorted({float(round(value)) if whole else value for value in rounded})


def _assumed_ends(field: Field) -> tuple[float, float]:
    known = [assumptions(scenario)[field.name] for scenario in SCENARIOS]
    return min(item.low for item in known), max(item.high for item in known)


def _possible(field: Field) -> tuple[float, float]:
    return assumptions(FIRST)[field.name].limits


def _assumed(item: Assumption) -> str:
    """How an assumption that is left open reads beside its slider."""
    if item.low == item.high:
        return f"{item.low:,g} assumed"
    return f"{item.low:,.15g} to {item.high:,.15g} assumed"


def _scenario_name(scenario: str) -> str:
    return f"{scenario}, {load_accelerator(MACHINES[scenario]).name}"


def _number(field: Field) -> str:
    low, high = (f"{end:.15g}" for end in limits(field))
    return form.number(
        field.name,
        field.label,
        field.unit,
        slider={"min": 0, "max": len(stops(field)) - 1},
        frees="as assumed",
        min=low,
        max=high,
        data_refusal=f"{field.label} must be {low} to {high}, or empty for the assumed range.",
    )


def _caption(link: Link) -> str:
    """Label and unit, unless the label says the unit already or the figure has a percent sign."""
    said = link.unit == "share" or link.unit in link.label.lower()
    return link.label if said else f"{link.label} ({link.unit})"
