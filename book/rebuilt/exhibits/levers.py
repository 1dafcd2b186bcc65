"""What makes a clip cheaper: settings of software, changes of an architecture, years.

Shown on the page on the price of a minute.
"""

from dataclasses import replace
from typing import Any

import polars as pl

from rebuilt.cost import Clip, default_clip, load_model
from rebuilt.cost.fit import pairs
from rebuilt.cost.hardware.estimate import Estimate, estimate
from rebuilt.cost.hardware.minutes import minute_of
from rebuilt.cost.hardware.software import Software, load_software
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import load_kind
from rebuilt.cost.models.config_reading import class_names, not_counted
from rebuilt.cost.models.variants import altered
from rebuilt.evidence import tables
from rebuilt.exhibits.compute_cost import of_job
from rebuilt.exhibits.video_prices import late_rents

MODEL, CHIP = "wan2.1-t2v-14b", "h100-sxm"
LIBRARY = "huggingface-diffusers-2026"
SHORT = {"attention kernel": "kernel", "fused steps": "fused", "number format": "format"}
STACKED: dict[str, dict[str, Any]] = {
    "fused steps": {"compiled": True},
    "FlashAttention-3": {"attention": "fa3"},
    "FP8 products": {"format": "fp8"},
    "a cache (TeaCache)": {"cache": "teacache"},
}
ALTERED: dict[str, dict[str, Any]] = {
    "no compression in time": {"frames_stride": 1},
    "half the compression per side": {"side_stride": 4},
    "patches of one latent": {"patch_side": 1},
    "patches of two frames": {"patch_frames": 2},
}
SAMPLED: dict[str, dict[str, Any]] = {
    "distilled to four steps": {"steps": 4},
    "no second pass for guidance": {"passes": 1},
}
CHIPS = {
    "on an RTX 4090": "rtx-4090",
    "on an A100": "a100-sxm-80gb",
    "on a B200": "b200-sxm",
}
SQUARE = "square instead of wide, same side"
PUBLISHED = "as published, on an H100"
ENGINE = "sglang"
SINCE: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "the same at rents of late 2026": (CHIP, {}, {}),
    "and with an engine of today": (CHIP, {"name": ENGINE}, {}),
    "and with a cache besides": (CHIP, {"name": ENGINE, "cache": "teacache"}, {}),
    "or in four steps, without a cache": (CHIP, {"name": ENGINE}, {"steps": 4, "passes": 1}),
    "or with that engine on a B200": ("b200-sxm", {"name": ENGINE}, {}),
}


def measured_pairs() -> pl.DataFrame:
    """Return pairs of runs of one source that differ in one setting of software or in several.

    Columns lever, settings (how many differ), model, gpu, measured, predicted (time before over
    time after), source.
    """
    frames = [
        pl.DataFrame(pairs.pairs(together=together)).select(
            "lever", "model", "gpu", "measured", "predicted", "source"
        )
        for together in (False, True)
    ]
    settings = pl.col("lever").str.count_matches(" + ", literal=True) + 1
    return pl.concat(frames).with_columns(settings=settings)


def medians(tried: pl.DataFrame, least: int = 2) -> pl.DataFrame:
    """Return the middle gain of each set of settings that has at least so many pairs.

    Columns lever, label (with the number of pairs), by (measured or predicted), gain, pairs,
    source; one setting first, then several, the largest measured gain first.
    """
    found = (
        tried.group_by("lever", "settings")
        .agg(
            pl.col("measured", "predicted").median(),
            pairs=pl.len(),
            source=pl.col("source").unique().sort(),
        )
        .filter(pl.col("pairs") >= least)
        .sort(pl.col("settings") > 1, "measured", descending=[False, True])
    )
    short = pl.col("lever").str.replace_many(list(SHORT), list(SHORT.values()))
    several = pl.when(pl.col("settings") > 1).then(short).otherwise("lever")
    named = found.with_columns(lever=several).with_columns(
        label=pl.format("{} ({} pairs)", "lever", "pairs")
    )
    return named.unpivot(
        ["measured", "predicted"],
        index=["lever", "label", "pairs", "source"],
        variable_name="by",
        value_name="gain",
    )


def stacked() -> pl.DataFrame:
    """Return what levers of software buy on one clip, alone and with all levers above them.

    Columns lever, how (alone or together), gain (time at first over time now), minutes, source.
    """
    rows: list[dict[str, Any]] = []
    together: dict[str, Any] = {}
    first = _priced().seconds
    for lever, change in STACKED.items():
        together |= change
        for how, changes in (("alone", change), ("together", together)):
            seconds = _priced(software=replace(load_software(), **changes)).seconds
            rows.append(
                {"lever": lever, "how": how, "gain": first / seconds, "minutes": seconds / 60}
            )
    return pl.DataFrame(rows).with_columns(source=pl.lit(of_job([MODEL], [CHIP])))


def other_designs() -> pl.DataFrame:
    """Return how long a clip takes with one thing changed, over its time as published.

    Columns change, kind, ratio, hours, source; the slowest first. A decoder of other strides is
    not known, and left out.
    """
    model = load_kind(MODEL, Transformer, MODEL)
    wide = default_clip(model)
    square = Clip(frames=wide.frames, height=wide.height, width=wide.height)
    found = {
        (PUBLISHED, "architecture"): _priced(),
        (SQUARE, "clip"): estimate(model, square, gpu=CHIP),
    }
    for change, choices in ALTERED.items():
        found[change, "architecture"] = estimate(altered(model, choices), wide, gpu=CHIP)
    for change, sampler in SAMPLED.items():
        found[change, "sampler"] = estimate(model, wide, gpu=CHIP, **sampler)
    for change, chip in CHIPS.items():
        found[change, "accelerator"] = estimate(model, wide, gpu=chip)
    rows = [
        {
            "change": change,
            "kind": kind,
            "hours": one.seconds / 3600,
            "source": of_job([MODEL], [one.accelerator.id]),
        }
        for (change, kind), one in found.items()
    ]
    published = pl.col("hours").first()
    timed = pl.DataFrame(rows).with_columns(ratio=pl.col("hours") / published)
    return timed.sort("ratio", descending=True)


def cheaper_since(then: pl.DataFrame) -> pl.DataFrame:
    """Return the rent for one minute of video in late 2026, below what it was in February 2024.

    Columns run, usd, times (cheaper than then), usd_per_h (median of the offers), offers, source.

    Parameters
    ----------
    then : polars.DataFrame
        Offers of that day, as `compute_cost.offers_then` returns them.
    """
    minute = minute_of(MODEL, gpu=CHIP)
    late = {chip: late_rents(chip) for chip, _, _ in SINCE.values()}
    rows = [_at("as in February 2024", CHIP, minute.gpu_hours, then["usd_per_h"], then["source"])]
    for run, (chip, settings, sampler) in SINCE.items():
        found = estimate(load_model(MODEL), gpu=chip, software=_software(**settings), **sampler)
        hours = minute.clips * found.seconds / 3600
        rows.append(_at(run, chip, hours, late[chip]["usd_h"], late[chip]["source"]))
    return pl.DataFrame(rows).with_columns(times=pl.col("usd").first() / pl.col("usd"))


def _at(run: str, chip: str, hours: float, offers: pl.Series, sources: pl.Series) -> dict[str, Any]:
    """Hours of a chip at the middle of some offers."""
    usd_per_h = float(offers.median())  # type: ignore[arg-type]
    of = sorted({*of_job([MODEL], [chip]), *sources})
    return {"run": run, "usd": hours * usd_per_h, "usd_per_h": usd_per_h, "offers": len(offers),
            "source": of}  # fmt: skip


def classes() -> pl.DataFrame:
    """Return the classes of the library: columns transformer_class, counted, why_not, source."""
    counted = [{"transformer_class": name, "counted": True} for name in class_names()]
    others = [
        {"transformer_class": name, "counted": False, "why_not": reason}
        for name, reason in not_counted().items()
    ]
    return pl.DataFrame([*others, *counted]).with_columns(source=pl.lit(LIBRARY))


def learned() -> tuple[pl.DataFrame, list[str]]:
    """Return what `rebuilt learn` found of each class, and the classes that it refused.

    Columns model, transformer_class, quantity, solved_on, verified_on (shapes), counted, written
    (by hand, where we have such blocks), source.
    """
    checks = tables.load("learned_checks").select(
        *("model", "quantity", "solved_on", "verified_on", "counted", "written"),
        transformer_class="class",
        source=pl.lit(LIBRARY),
    )
    refused = checks.filter(quantity="refused")["transformer_class"]
    return checks.filter(pl.col("quantity") != "refused"), refused.to_list()


def learned_first(checks: pl.DataFrame) -> list[str]:
    """Return the classes that were learned from their defaults before blocks were written."""
    late = checks.filter(pl.col("model").str.ends_with("-defaults"))
    return late["transformer_class"].unique().sort().to_list()


def values_moved(checks: pl.DataFrame) -> pl.DataFrame:
    """Return what pointwise steps move in the code over what our blocks say, least first.

    Columns transformer_class, ratio, counted, written (values), model, source.
    """
    moved = checks.filter(
        pl.col("written").is_not_null(), quantity="values moved by steps on rows"
    ).with_columns(
        ratio=pl.col("counted") / pl.col("written"),
    )
    columns = ("transformer_class", "ratio", "counted", "written", "model", "source")
    return moved.select(columns).sort("ratio")


def _priced(software: Software | None = None) -> Estimate:
    return estimate(load_model(MODEL), gpu=CHIP, software=software)


def _software(name: str = "", **settings: Any) -> Software:
    return replace(load_software(name) if name else load_software(), **settings)
