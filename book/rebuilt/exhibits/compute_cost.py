"""What the chapter on the price of a minute shows: bills, lengths, machines, fleets, and Sora.

Times, intervals and dollars are those of `rebuilt.cost`; nothing is computed here but frames of it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import altair as alt
import polars as pl

from rebuilt.cost import default_clip, load_model
from rebuilt.cost.hardware.accelerators import NEEDED, RENT, load_accelerator, rent_of
from rebuilt.cost.hardware.efficiencies import constant
from rebuilt.cost.hardware.estimate import Estimate, estimate, price, timed
from rebuilt.cost.hardware.fleet import Fleet
from rebuilt.cost.hardware.minutes import Minute, growth, minute_of
from rebuilt.cost.hardware.software import Software, load_software
from rebuilt.cost.models.architectures import Undisclosed
from rebuilt.cost.models.catalogue import load_kind
from rebuilt.cost.sweep.drawn import undisclosed_clip
from rebuilt.cost.sweep.montecarlo import Spread
from rebuilt.errors import DataError
from rebuilt.evidence import tables
from rebuilt.evidence.ending import Ending, ending
from rebuilt.page import charts, formats, labels, prose, provenance

MODELS = (
    "ltx-video-2b",
    "cogvideox-2b",
    "wan2.1-t2v-1.3b",
    "mochi-1",
    "cogvideox-5b",
    "allegro",
    "cogvideox1.5-5b",
    "wan2.1-t2v-14b",
    "hunyuanvideo",
)
PARTS = {"products": "product", "attention": "attention", "memory traffic": "traffic"}
SINGLE = "text and decoder"
GROWING = {"wan2.1-t2v-14b": "Wan 2.1 14B", "hunyuanvideo": "HunyuanVideo"}
LENGTHS = (17, 33, 65, 129, 257, 513, 961)  # frames of one clip; the last is a minute of Wan 2.1
RENTED = ("rtx-4090", "a100-sxm-80gb", "h100-sxm", "h200-sxm", "b200-sxm")
FLEET = ("rtx-4090", "rtx-5090", "h100-sxm", "h200-sxm", "b200-sxm", "mi300x")
FIRST_LIST = RENT  # of prices, before the median of all others
TERMINALS = ("rtx-4060-laptop", "rtx-4090", "rtx-5090")
AT_HOME: dict[str, tuple[str, dict[str, Any]]] = {
    "LTX-Video 2B": ("ltx-video-2b", {}),
    "Wan 2.1 1.3B": ("wan2.1-t2v-1.3b", {}),
    "Wan 2.1 14B": ("wan2.1-t2v-14b", {}),
    "Wan 2.1 14B in four steps": ("wan2.1-t2v-14b", {"steps": 4, "passes": 1}),
}
WAYS: list[dict[str, Any]] = [
    {"offload": offload, "format": form}
    for offload in ("none", "model", "blocks")
    for form in ("bf16", "fp8-weights")
]
BINS_A_DECADE = 4
UNKNOWNS = {
    "patch_side": "side of a patch",
    "side_stride": "compression per side",
    "frames_stride": "compression in time",
    "patch_frames": "length of a patch",
    "passes": "passes of a step",
    "hardware model": "error of our hardware model",
    "fps": "frames a second",
}


def fitted_on() -> pl.DataFrame:
    """Return the sources of the measured runs behind every run time: one column, source."""
    return _fitted().select(source="measured_by").unique().sort("source")


def behind_constants() -> dict[str, int]:
    """Count the runs that constants are fitted to: runs, sources, and runs of the largest one."""
    fitted = _fitted()
    sizes = fitted["measured_by"].value_counts(sort=True)
    return {"runs": fitted.height, "sources": sizes.height, "largest": sizes["count"][0]}


def _fitted() -> pl.DataFrame:
    """Return the runs to which the constants behind the answers are fitted: batches are not."""
    return tables.load("validation_errors").filter(batch=1)


def listed_elsewhere() -> str:
    """Name the chips of this page whose rent is the median of several price lists."""
    rents = {chip: rent_of(chip) for chip in (*RENTED, *FLEET)}
    several = [chip for chip, rent in rents.items() if rent is not None and rent.prices > 1]
    return " and ".join(map(chip_name, several)) or "none of this page"


def minutes(gpu: str) -> pl.DataFrame:
    """Return what a minute of video costs, cheapest model first.

    Columns model, usd, usd_low, usd_high (ends of the 90 % interval), gpu_hours, kwh, clip_s,
    source; the published clip of each model, on one accelerator.
    """
    rows = [
        {
            "model": labels.short(load_model(minute.model).name),
            "usd": minute.clips * rent(minute.one),
            "usd_low": minute.clips * rent(minute.one) * minute.one.low / minute.one.seconds,
            "usd_high": minute.clips * rent(minute.one) * minute.one.high / minute.one.seconds,
            "gpu_hours": minute.gpu_hours,
            "kwh": minute.kwh,
            "clip_s": minute.clip_s,
            "source": of_job([minute.model], [gpu]),
        }
        for minute in _minutes(gpu)
    ]
    return pl.DataFrame(rows)


def shares(gpu: str) -> pl.DataFrame:
    """Return what each part takes of a run: columns model, part, share (percent), source."""
    rows = []
    for minute in _minutes(gpu):
        one = minute.one
        seconds = {part: one.steps * getattr(one.parts, field) for part, field in PARTS.items()}
        rows += [
            {
                "model": labels.short(load_model(minute.model).name),
                "part": part,
                "share": 100 * taken / one.seconds,
                "source": of_job([minute.model], [gpu]),
            }
            for part, taken in (seconds | {SINGLE: one.parts.single}).items()
        ]
    return pl.DataFrame(rows)


def clips_of_lengths(gpu: str) -> pl.DataFrame:
    """Return the time of one clip by its length: columns model, clip_s, gpu_hours, source."""
    return pl.DataFrame(
        [
            {
                "model": name,
                "clip_s": minute.clip_s,
                "gpu_hours": minute.one.seconds / 3600,
                "source": of_job([model], [gpu]),
            }
            for model, name in GROWING.items()
            for minute in growth(model, LENGTHS, gpu=gpu)
        ]
    )


def by_steps(model: str, gpu: str, most: int) -> pl.DataFrame:
    """Return what one published clip takes by the steps of its sampler, in words.

    Columns steps, time, rent, source; a row for each number of steps up to `most`.
    """
    found = {
        steps: estimate(load_model(model), gpu=gpu, steps=steps) for steps in range(1, most + 1)
    }
    return pl.DataFrame(
        [
            {
                "steps": f"{steps} step{'s' if steps > 1 else ''}",
                "time": formats.number(one.seconds / 60, "minutes", 1),
                "rent": formats.number(rent(one), "USD", 2),
                "source": of_job([model], [gpu]),
            }
            for steps, one in found.items()
        ]
    )


def accelerators(model: str) -> pl.DataFrame:
    """Return what one published clip takes on each accelerator that is often rented.

    Columns accelerator, minutes, low, high (ends of the 90 % interval), usd, peak_tflops (dense
    BF16), attention_reaches (of that peak, with FlashAttention-2), fits (in memory), source.
    """
    return pl.DataFrame(
        [
            {
                "accelerator": chip_name(chip),
                "minutes": found.seconds / 60,
                "low": found.low / 60,
                "high": found.high / 60,
                "usd": found.usd,
                "peak_tflops": found.accelerator.peak_tflops,
                "attention_reaches": constant("attention_fa2", chip),
                "fits": found.memory.fits,
                "source": of_job([model], [chip]),
            }
            for chip, found in ((chip, estimate(load_model(model), gpu=chip)) for chip in RENTED)
        ]
    )


def beside_peak(chips: pl.DataFrame, base: str) -> pl.DataFrame:
    """Put beside each time what it were if only the peak counted, from one accelerator's time.

    Columns accelerator (with a word where the job does not fit), minutes, low, high, by, source;
    what the peak alone says comes first.
    """
    own = chips.row(by_predicate=pl.col("accelerator") == base, named=True)
    by_peak = own["minutes"] * own["peak_tflops"] / pl.col("peak_tflops")
    named = chips.with_columns(
        accelerator=pl.col("accelerator")
        + pl.when("fits").then(pl.lit("")).otherwise(pl.lit(" (needs more memory)"))
    )
    columns = ("accelerator", "minutes", "low", "high", "by", "source")
    ours = named.with_columns(by=pl.lit("our model"))
    peak = named.with_columns(
        minutes=by_peak, low=by_peak, high=by_peak, by=pl.lit(f"peak alone, from the {base}")
    )
    return pl.concat([peak.select(columns), ours.select(columns)])


def engines() -> list[Software]:
    """Return the engines on which fleets are priced: a plain one, and one made to be fast."""
    return [load_software("diffusers"), load_software("sglang")]


def cheapest_offers(offers: Iterable[Fleet], model: str) -> pl.DataFrame:
    """Return, of each accelerator, the offers that no quicker one undercuts.

    Columns accelerator (cheapest first), minutes (of one clip), usd_per_clip, gpus, gpus_low,
    gpus_high, layout, software, source; the quickest first within an accelerator.
    """
    rows = [
        {
            "accelerator": chip_name(one.job.accelerator.id),
            "minutes": one.job.seconds / 60,
            "usd_per_clip": one.usd_per_clip,
            "gpus": one.gpus,
            "gpus_low": one.gpus_between[0],
            "gpus_high": one.gpus_between[1],
            "layout": str(one.job.layout),
            "software": one.job.software.name,
            "source": of_job([model], [one.job.accelerator.id]),
        }
        for one in offers
    ]
    floor = pl.col("usd_per_clip").cum_min().over("accelerator")
    cheapest = pl.col("usd_per_clip").min().over("accelerator")
    quickest_first = pl.DataFrame(rows).sort("minutes")
    kept = quickest_first.filter(pl.col("usd_per_clip") == floor)
    return kept.sort(cheapest, "accelerator", "minutes")


def haste(offers: pl.DataFrame, accelerator: str) -> tuple[float, float]:
    """Return how much faster the quickest offer of an accelerator is, and how much more it costs.

    Time of the slowest over that of the quickest, and rent of the quickest over that of the slowest
    minus one.
    """
    own = offers.filter(accelerator=accelerator).sort("minutes")
    quick, slow = own.row(0, named=True), own.row(-1, named=True)
    return slow["minutes"] / quick["minutes"], quick["usd_per_clip"] / slow["usd_per_clip"] - 1


def terminals() -> pl.DataFrame:
    """Return the video that each terminal makes in a minute, by the fastest way that fits it.

    Columns model, terminal, video_s (none where no way fits), software, offload, format, memory,
    source.
    """
    rows = []
    for model, (name, sampler) in AT_HOME.items():
        counted = timed(load_model(name), **sampler)
        clip_s = default_clip(counted.model).frames / (counted.model.clip.fps or math.nan)
        for chip in TERMINALS:
            tried = [
                price(counted, gpu=chip, software=replace(load_software("sglang"), **way))
                for way in WAYS
            ]
            fitting = [one for one in tried if one.memory.fits]
            best = min(fitting, key=lambda one: one.seconds) if fitting else tried[-1]
            rows.append(
                {
                    "model": model,
                    "terminal": chip_name(chip),
                    "video_s": 60 * clip_s / best.seconds if fitting else None,
                    "software": f"{best.software.name} of {best.software.as_of}",
                    "offload": best.software.offload,
                    "format": best.software.format,
                    "memory": best.memory.verdict,
                    "source": of_job([name], [chip]),
                }
            )
    return pl.DataFrame(rows)


def most_made(made: pl.DataFrame, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return, for each of these terminals, the row of `terminals` with the most video."""
    ordered = made.sort("video_s", descending=True)
    return [ordered.filter(terminal=name).row(0, named=True) for name in names]


def offers_then() -> pl.DataFrame:
    """Return the offers of an H100 on demand that were public on the day of the note.

    Columns provider, day, usd_per_h, source.
    """
    offers = tables.load("accelerator_rents", tables.note_date()).filter(
        pl.col("value").is_not_null(), subject="h100-sxm", term="on demand"
    )
    return offers.select("provider", "day", usd_per_h="value", source="source")


def published_estimates() -> dict[str, float]:
    """Return what Factorial Funds and the press said of Sora, by quantity of `statements`.

    Minutes of video from an hour of an H100, and accelerators of the whole service at peak.
    """
    told = _estimates().unique("quantity", keep="first", maintain_order=True)
    return dict(told.select("quantity", "value").iter_rows())


def sora_minute() -> dict[str, Spread]:
    """Bill a minute at 1080p on eight H100, over everything that Sora did not disclose."""
    sora = load_kind("sora-2024", Undisclosed, "sora-2024")
    return undisclosed_clip(sora, seconds=60, height=1080, width=1920, gpus=8).figures


def sora_hours(hours: Spread) -> pl.DataFrame:
    """Count the draws of a Monte Carlo in equal steps of the logarithm.

    Columns low, high (H100-hours), draws, share (percent), source.
    """
    step = 1 / BINS_A_DECADE
    bins = (pl.col("hours").log10() / step).floor() * step
    return (
        pl.DataFrame({"hours": hours.values})
        .group_by(low=bins)
        .agg(draws=pl.len())
        .sort("low")
        .with_columns(low=10 ** pl.col("low"), high=10 ** (pl.col("low") + step))
        .with_columns(share=100 * pl.col("draws") / pl.col("draws").sum())
        .select("low", "high", "draws", "share")
        .with_columns(source=pl.lit(_of_sora()))
    )


def histogram(hours: pl.DataFrame, marked: float) -> alt.TopLevelMixin:
    """Draw the shares of `sora_hours` on a logarithmic scale, with a line at one value."""
    x = alt.X(
        "low:Q",
        title="One H100's time for a minute of 1080p video (hours, log scale)",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(values=[0.1, 1, 10, 100, 1e3, 1e4, 1e5], format=",~r"),
    )
    height = alt.Y("share:Q", title="Share of draws (%)")
    bars = alt.Chart(hours).mark_bar(color=charts.BLUE, binSpacing=1)
    line = alt.Chart(pl.DataFrame({"low": [marked], "name": ["Factorial Funds"]})).encode(x=x)
    rule = line.mark_rule(color=charts.INK, strokeWidth=1.5, strokeDash=[5, 3])
    word = line.mark_text(align="left", dx=4, dy=8, color=charts.INK, fontSize=11)
    return alt.layer(
        bars.encode(x=x, x2="high:Q", y=height, y2=alt.datum(0)),
        rule,
        word.encode(y=alt.value(0), text="name:N"),
    ).properties(height=240)


def unknowns(hours: Spread, most: int = 10) -> pl.DataFrame:
    """Return the share of the spread that each unknown explains by itself.

    Columns unknown, share (percent), source; the largest first.
    """
    keys = provenance.of_models("sora-2024")["source"].to_list()
    return pl.DataFrame(
        [
            {"unknown": UNKNOWNS.get(name, name), "share": 100 * share, "source": keys}
            for name, share in hours.indices.items()
        ]
    ).head(most)


def open_since() -> pl.DataFrame:
    """Return the versions of video models with open weights since the note."""
    later = tables.load("video_models").filter(
        pl.col("last_day") > tables.note_date(), access="weights"
    )
    prose.used(later["source"])
    return later


def how_it_ended() -> Ending:
    """Return how Sora ended, and note its sources for the page."""
    found = ending()
    prose.used(found.sources)
    return found


def rent(found: Estimate) -> float:
    """Return the rent of a job in US dollars.

    Raises
    ------
    DataError
        If its accelerator has no sourced price.
    """
    if found.usd is None:
        raise DataError(f"{found.accelerator.id} has no rent; add a row to accelerators.csv")
    return found.usd


def chip_name(chip: str) -> str:
    """Name an accelerator as a chart does: without maker, form and memory."""
    name = load_accelerator(chip).name
    return name.removeprefix("GeForce ").removeprefix("Instinct ").split(" SXM")[0].split(" (")[0]


def of_job(models: Sequence[str], chips: Sequence[str]) -> list[str]:
    """Return the sources of the models and of the accelerators that a job needs."""
    return sorted({*provenance.of_models(*models)["source"], *_of_chips(*chips)})


@cache
def _of_chips(*chips: str) -> list[str]:
    rows = tables.load("accelerators").filter(pl.col("subject").is_in(chips))
    figures = rows.filter(pl.col("quantity").is_in(list(NEEDED.values())))
    rented = rows.filter(quantity="cloud_usd_per_gpu_h", condition=RENT)
    listed = tables.load("accelerator_rents").filter(
        pl.col("subject").is_in(set(chips) - set(rented["subject"])),
        pl.col("day") > pl.col("day").max().dt.offset_by("-1y"),
        term="on demand",
    )
    chosen = tables.choose("accelerators", figures)
    return pl.concat([frame["source"] for frame in (chosen, rented, listed)]).unique().to_list()


@cache
def _minutes(gpu: str) -> list[Minute]:
    return sorted(
        (minute_of(name, gpu=gpu) for name in MODELS), key=lambda one: one.clips * rent(one.one)
    )


def _estimates() -> pl.DataFrame:
    quantities = ["gpu_minutes_per_hour", "fleet_accelerators"]
    return tables.load("statements").filter(
        pl.col("quantity").is_in(quantities), subject="sora-2024"
    )


@cache
def _of_sora() -> list[str]:
    keys = {*_estimates()["source"], *provenance.of_models("sora-2024")["source"]}
    return sorted(keys)
