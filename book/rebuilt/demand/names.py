"""Names and units of what goes into the chain and of what comes out; nothing is computed here."""

from dataclasses import dataclass

# Rows of data/assumptions.csv in the order of the kernel.
GIVEN = (
    *("video_minutes", "attempts", "clip_length", "height"),
    *("depth", "width", "hidden_ratio", "head_width", "side_stride", "frames_stride"),
    *("patch_side", "patch_frames", "fps", "text_tokens", "steps", "passes", "decode_flops"),
    *("gpus_per_clip", "hardware_error", "software_gain", "peak_to_mean", "occupancy", "spare"),
    *("training_clips", "training_length", "training_height", "training_utilisation"),
    *("host_watts", "pue", "network_share", "cluster", "switch_radix", "port_speed"),
    *(
        "ports_per_module",
        "optical_share",
        "module_watts",
        "switch_watts",
        "module_price",
        "modules_sold",
    ),
    *("accelerator_price", "lifetime", "electricity_price", "rent"),
)
MACHINES = {"2024": "h100-sxm", "2026": "b200-sxm"}


@dataclass(frozen=True, slots=True)
class Link:
    """One figure of the chain: its name, its unit, and what it is in a few words."""

    name: str
    unit: str
    label: str


LINKS = (
    Link("generated_minutes", "minutes/day", "Video generated"),
    Link("clips", "clips/day", "Clips generated"),
    Link("tokens", "tokens", "Tokens of one clip"),
    Link("parameters", "parameters", "Parameters of the model"),
    Link("flops_per_minute", "FLOP", "FLOPs for a minute of video"),
    Link("flops_per_day", "FLOP/day", "FLOPs of a day"),
    Link("hours_per_minute", "h", "Accelerator-hours for a minute"),
    Link("utilisation", "share", "FLOPs over peak while working"),
    Link("busy_accelerators", "accelerators", "Accelerators at work on average"),
    Link("accelerators", "accelerators", "Accelerators to own"),
    Link("power_mw", "MW", "Power when all work"),
    Link("energy_gwh", "GWh/year", "Electricity of a year"),
    Link("ports", "ports", "Network ports in use"),
    Link("switches", "switches", "Switches"),
    Link("cables", "cables", "Links between servers and switches"),
    Link("modules_server", "modules", "Modules between server and leaf"),
    Link("modules_spine", "modules", "Modules between leaf and spine"),
    Link("modules_core", "modules", "Modules between spine and core"),
    Link("modules", "modules", "Optical modules"),
    Link("network_mw", "MW", "Power of modules and switch chips"),
    Link("modules_usd", "USD", "Price of the modules"),
    Link("usd_per_year", "USD/year", "Cost of a year, owned"),
    Link("rent_per_year", "USD/year", "Cost of a year, rented"),
    Link("usd_per_minute", "USD/minute", "Cost of a minute that is kept"),
    Link("module_share", "share", "Modules over those sold in the year"),
    Link("training_accelerators", "accelerators", "Accelerators to train in a month"),
    Link("break_even_minutes", "minutes", "Minutes that cost as much as training"),
)
PLACES = {link.name: place for place, link in enumerate(LINKS)}
