"""Scenario sliders of the chain: a form, and everything that its script needs, inside the page.

The script passes values to the compiled kernel and shows the ends that come back. Draws of all
assumptions are written into the page as float64 and the module as base64, so that it works from a
file; `rebuilt demand --draws 128` runs the same draws.
"""

import base64
import html
import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from rebuilt import page
from rebuilt.cost.engine.design_kernels import SIZE
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.demand.assumptions import SCENARIOS, Assumption, assumptions
from rebuilt.demand.chain import machine_row
from rebuilt.demand.names import GIVEN, LINKS, MACHINES, Link
from rebuilt.demand.sampling import draws
from rebuilt.page import markup
from rebuilt.page.blocks import Block
from rebuilt.widgets.chain_module import DRAWS, MODULE

STOPS = 48  # places of a slider
BEYOND = 4.0  # times the widest range that a slider reaches
FARTHEST = 100.0  # times the widest range that may be typed
FIRST = "2026"


@dataclass(frozen=True, slots=True)
class Field:
    """One assumption that a reader can fix: its label, unit, and the ends of what it can be."""

    name: str
    label: str
    unit: str
    least: float = 0.0
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
    Field("peak_to_mean", "Peak", "over the mean", least=1.0),
    Field("occupancy", "At work in the peak", "share", most=1.0),
    Field("network_share", "On a full network", "share", most=1.0),
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
    """Show the sliders; without scripts their place says so and points to the table."""
    known = [item for scenario in SCENARIOS for item in assumptions(scenario).values()]
    page.used(item.source for item in known if item.source)
    data = json.dumps(exported(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    body = "\n".join(
        [
            '<section class="rb-chain" aria-labelledby="chain-sliders-name">',
            '<p class="rb-title" id="chain-sliders-name">Fix an assumption: what follows?</p>',
            '<p class="rb-chain-off">The sliders need JavaScript and WebAssembly; the worked cases '
            "below do not.</p>",
            f'<div class="rb-chain-on" hidden>\n{_form()}\n{_results()}\n</div>',
            '<script type="application/json" class="rb-chain-data">'
            f"{markup.json_in_html(data)}</script>",
            "</section>",
        ]
    )
    text = "<p>Sliders for the assumptions, on the site.</p>"
    return Block("calculator", {"html": body}, text, "sliders for the assumptions")


def exported() -> dict[str, Any]:
    """Everything that the page's script reads: names, sizes, draws, stops and the module."""
    return {
        "module": base64.b64encode(MODULE.read_bytes()).decode("ascii"),
        "tile": SIZE,
        "draws": DRAWS,
        "given": GIVEN,
        "links": [asdict(link) for link in LINKS],
        "first": FIRST,
        "fields": [_exported(field) for field in FIELDS],
        "scenarios": {scenario: _scenario(scenario) for scenario in SCENARIOS},
    }


def _scenario(scenario: str) -> dict[str, Any]:
    known = assumptions(scenario)
    _, values = draws(known, DRAWS)
    return {
        "name": f"{scenario}, {load_accelerator(MACHINES[scenario]).name}",
        "machine": [None if math.isnan(v) else float(v) for v in machine_row(MACHINES[scenario])],
        "base": base64.b64encode(values.astype("<f8").tobytes()).decode("ascii"),
        "assumed": {field.name: _assumed(known[field.name]) for field in FIELDS},
    }


def _exported(field: Field) -> dict[str, Any]:
    known = [assumptions(scenario)[field.name] for scenario in SCENARIOS]
    low, high = min(item.low for item in known), max(item.high for item in known)
    whole = field.name in WHOLE
    least = 1.0 if whole else field.least
    most = min(high * FARTHEST, field.most)
    return {
        "name": field.name,
        "label": field.label,
        "stops": stops(max(low / BEYOND, least), min(high * BEYOND, most), whole),
        "low": max(low / FARTHEST, least),
        "high": most,
    }


def stops(low: float, high: float, whole: bool) -> list[float]:
    """Values of a slider from `low` to `high`, equal steps on a logarithmic scale, two digits."""
    ratio = high / low
    made = [low * ratio ** (turn / (STOPS - 1)) for turn in range(STOPS)]
    rounded = [float(f"{value:.2g}") for value in made[:-1]] + [high]
    return sorted({float(round(value)) if whole else value for value in rounded})


def _assumed(item: Assumption) -> str:
    """How an assumption that is left open reads beside its slider."""
    if item.low == item.high:
        return f"{item.low:,g} assumed"
    return f"{item.low:,.15g} to {item.high:,.15g} assumed"


def _form() -> str:
    options = "".join(
        f'<option value="{scenario}"{" selected" if scenario == FIRST else ""}>'
        f"{html.escape(_scenario_name(scenario))}</option>"
        for scenario in SCENARIOS
    )
    fields = "\n".join(map(_field, FIELDS))
    return (
        '<form class="rb-chain-form" aria-label="Scenario and assumptions">\n'
        '<p class="rb-chain-menu"><label for="chain-scenario">Scenario</label>'
        f'<select id="chain-scenario" name="scenario">{options}</select></p>\n'
        f'<div class="rb-chain-fields">{fields}</div>\n'
        '<p class="rb-chain-problem" role="alert"></p></form>'
    )


def _scenario_name(scenario: str) -> str:
    return f"{scenario}, {load_accelerator(MACHINES[scenario]).name}"


def _field(field: Field) -> str:
    name, label = field.name, html.escape(field.label)
    return (
        f'<div class="rb-chain-field"><label for="chain-{name}">{label} '
        f'<span class="rb-chain-unit">{html.escape(field.unit)}</span></label>'
        f'<input type="number" id="chain-{name}" name="{name}" step="any" inputmode="decimal" '
        f'aria-describedby="chain-{name}-state">'
        f'<input type="range" name="{name}" step="1" aria-label="{label}, slider">'
        f'<span class="rb-chain-state" id="chain-{name}-state"></span>'
        f'<button type="button" class="rb-chain-free" data-frees="{name}" '
        f'aria-label="{label} as assumed">as assumed</button></div>'
    )


def _caption(link: Link) -> str:
    """Label and unit, unless the label says the unit already or the figure has a percent sign."""
    said = link.unit == "share" or link.unit in link.label.lower()
    return link.label if said else f"{link.label} ({link.unit})"


def _results() -> str:
    labels = {link.name: _caption(link) for link in LINKS}
    figures = "".join(
        f'<div><dt>{html.escape(labels[name])}</dt><dd data-shows="{name}"></dd></div>'
        for name in SHOWN
    )
    return (
        f'<dl class="rb-chain-figures">{figures}</dl>\n'
        '<p class="rb-chain-brief" aria-hidden="true"></p>\n'
        '<p class="rb-chain-command"><code tabindex="0" aria-label="The same as a command"></code>'
        '<button type="button" class="rb-chain-button rb-chain-copy">Copy command</button>'
        '<button type="button" class="rb-chain-button rb-chain-reset">All as assumed</button>'
        '<span class="rb-chain-copied rb-hidden" role="status"></span>'
        '<span class="rb-chain-said rb-hidden" role="status"></span></p>'
    )
