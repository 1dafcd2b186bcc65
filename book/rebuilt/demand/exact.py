"""Reference of `kernels`: the same chain in plain Python, on the exact counts.

FLOPs come from `cost.design` (integers), seconds and joules from its timing, the network from
`fabric.design`. Nothing here imports Numba.
"""

import math
from collections.abc import Mapping

from rebuilt.cost.counting.exact import patches, transformer_flops
from rebuilt.cost.engine.design import COLUMNS, RECORD, Rates, evaluate_design, rates_of
from rebuilt.cost.hardware.accelerators import load_accelerator
from rebuilt.fabric.network import Fabric, Plan, design

SERVER = 8  # accelerators of a server: the most that make one clip together
MONTH_H = 730.5


def chain(given: Mapping[str, float], accelerator: str) -> dict[str, float]:
    """Every link of the chain for one set of values, by name of names.LINKS.

    Parameters
    ----------
    given : mapping of str to float
        A value for each name of names.GIVEN, in the units of data/assumptions.csv.
    accelerator : str
        Id of the accelerator.
    """
    rates, peak = rates_of(accelerator), load_accelerator(accelerator).peak_tflops * 1e12
    point = design_of(given)
    _, record = evaluate_design([point[name] for name in COLUMNS], [rates])
    figures = dict(zip(RECORD, record, strict=True))
    clips_per_minute = 60 * given["fps"] / point["frames"]
    hours = figures["seconds"] * point["gpus"] / 3600 * clips_per_minute
    hours *= given["hardware_error"] / given["software_gain"]
    generated = given["video_minutes"] * given["attempts"]
    busy = generated * hours / 24
    owned = busy * given["peak_to_mean"] / given["occupancy"] * (1 + given["spare"])
    per_minute = figures["flops"] * clips_per_minute
    found = {
        "generated_minutes": generated,
        "clips": generated * clips_per_minute,
        "tokens": figures["tokens"],
        "parameters": figures["parameters"],
        "flops_per_minute": per_minute,
        "flops_per_day": per_minute * generated,
        "hours_per_minute": hours,
        "utilisation": per_minute / hours / 3600 / peak,
        "busy_accelerators": busy,
        "accelerators": owned,
        **network(given, owned),
    }
    watts = figures["joules"] / figures["seconds"] / point["gpus"]
    found |= money(given, found, rates, watts)
    trained = training_flops(given, point)
    month = trained / (peak * given["training_utilisation"]) / (MONTH_H * 3600)
    return found | {
        "training_accelerators": month,
        "break_even_minutes": month * MONTH_H / hours,
    }


def design_of(given: Mapping[str, float]) -> dict[str, float]:
    """Round the values to a design and a clip that can exist (columns of design.COLUMNS)."""
    head = 8 * _least(given["head_width"] / 8)
    width = head * _least(given["width"] / head)
    stride = _power_of_two(given["side_stride"])
    time, patch = _least(given["frames_stride"]), _least(given["patch_side"])
    side = stride * patch
    return {
        "layout": 0.0,
        "depth": _least(given["depth"]),
        "width": width,
        "hidden": _least(given["hidden_ratio"] * width),
        "head_width": head,
        "frames": 1 + time * _least((given["clip_length"] * given["fps"] - 1) / time),
        "height": side * _least(given["height"] / side),
        "width_px": side * _least(given["height"] * (16 / 9) / side),
        "side_stride": stride,
        "frames_stride": time,
        "patch_side": patch,
        "patch_frames": _least(given["patch_frames"]),
        "text": max(_nearest(given["text_tokens"]), 0.0),
        "steps": _least(given["steps"]),
        "passes": _least(given["passes"]),
        "accelerator": 0.0,
        "gpus": min(_power_of_two(given["gpus_per_clip"]), float(SERVER)),
        "decode": given["decode_flops"],
    }


def training_flops(given: Mapping[str, float], point: Mapping[str, float]) -> float:
    """FLOPs of a training run: forward and backward are three forward passes of each clip."""
    time, side = point["frames_stride"], point["side_stride"] * point["patch_side"]
    latent = 1 + int(_least((given["training_length"] * given["fps"] - 1) / time))
    rows = int(_least(given["training_height"] / side))
    columns = int(_least(given["training_height"] * (16 / 9) / side))
    sizes = (patches(latent, int(point["patch_frames"])), rows * columns, int(point["text"]))
    shape = (int(point["depth"]), int(point["width"]), int(point["hidden"]))
    return given["training_clips"] * 3 * transformer_flops(0, *shape, *sizes)


def fabric_of(given: Mapping[str, float], attached: float) -> Fabric:
    """Count one cluster of the size that is assumed, or of all accelerators if they are fewer."""
    radix = max(int(given["switch_radix"]), 4)
    largest = radix * (radix // 2) ** 2
    gpus = min(max(int(given["cluster"]), 1), max(int(attached), 1), largest)
    plan = Plan(gpus=gpus, radix=radix, port_gbps=int(given["port_speed"]), twin_server=True)
    return design(plan)


def network(given: Mapping[str, float], accelerators: float) -> dict[str, float]:
    """Ports, switches, cables, modules and watts for the accelerators that are on a network."""
    attached = accelerators * given["network_share"]
    fabric = fabric_of(given, attached)
    times = attached / fabric.plan.gpus
    inner = fabric.transceivers()
    ends = math.floor((fabric.plan.gpus * given["optical_share"] + 1) / 2)
    modules = {
        "modules_server": times * 2 * ends,
        "modules_spine": times * sum(inner["leaf to spine"].values()),
        "modules_core": times * sum(inner["spine to core"].values()),
    }
    switches = times * fabric.switches
    chip_w = given["switch_watts"] * fabric.plan.radix * given["port_speed"] / 1000
    total = sum(modules.values())
    return {
        "ports": times * (fabric.ports_used + fabric.plan.gpus),
        "switches": switches,
        "cables": times * fabric.cables,
        **modules,
        "modules": total,
        "network_mw": (total * given["module_watts"] + switches * chip_w) / 1e6,
    }


def money(
    given: Mapping[str, float], found: Mapping[str, float], rates: Rates, watts: float
) -> dict[str, float]:
    """Power, electricity and dollars; `watts` is what a working accelerator draws."""
    owned, busy = found["accelerators"], found["busy_accelerators"]
    always = owned * given["host_watts"] + found["network_mw"] * 1e6
    mean = busy * watts + (owned - busy) * rates.watts_idle + always
    energy = mean * given["pue"] * 8766 / 1e9
    price = found["modules"] * given["module_price"]
    written_off = (owned * given["accelerator_price"] + price) / given["lifetime"]
    year = written_off + energy * 1e6 * given["electricity_price"]
    return {
        "power_mw": (owned * watts + always) * given["pue"] / 1e6,
        "energy_gwh": energy,
        "modules_usd": price,
        "usd_per_year": year,
        "rent_per_year": owned * given["rent"] * 8766,
        "usd_per_minute": year / 365.25 / given["video_minutes"],
        "module_share": found["modules"] / (given["modules_sold"] * 1e6),
    }


def _power_of_two(value: float) -> float:
    return 2.0 ** min(max(math.ceil(math.log2(value) - 0.5), 0), 10)


def _nearest(value: float) -> float:
    return float(math.floor(value + 0.5))


def _least(value: float) -> float:
    return max(_nearest(value), 1.0)
