"""What a second of video costs and sells for: list prices, rents, and runs that others measured.

Prices and costs are in US dollars for a second of video, rents in US dollars for an hour of one
accelerator.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from rebuilt import page
from rebuilt.cost import Clip, default_clip, load_model
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.hardware.minutes import minute_of
from rebuilt.cost.hardware.software import load_software
from rebuilt.evidence import tables
from rebuilt.evidence.ending import ending
from rebuilt.exhibits import clip_draws
from rebuilt.page import provenance

LATE = dt.date(2026, 6, 1)  # first day of what the chapter calls late 2026
THIS_YEAR = dt.date(2026, 1, 1)
HALF_YEAR = 183  # days
H100 = ("h100", "h100-sxm", "h100-pcie")
NEAR_720P = ("720p", "768p", "720p-1080p")
WAN = "wan-2.2-t2v-a14b"  # of the video benchmark of MLPerf
CHIP = {  # of the runs, as readers know them
    "b200-sxm": "B200",
    "b300-sxm": "B300",
    "gb200": "GB200",
    "gb300": "GB300",
    "h200-sxm": "H200",
    "mi350x": "MI350X",
    "mi355x": "MI355X",
}
# Open models by id of data/models: their id in data/video_models.csv.
OPENED = {
    "latte-1": "latte",
    "open-sora-1.2": "open-sora-1.2",
    "cogvideox-5b": "cogvideox-5b",
    "mochi-1": "mochi-1",
    "hunyuanvideo": "hunyuanvideo",
    "wan2.1-t2v-14b": "wan-2.1-14b",
    "wan2.1-t2v-1.3b": "wan-2.1-1.3b",
    "wan2.2-t2v-a14b": "wan-2.2-a14b",
}
# HunyuanVideo as it was published: the start of the path of levers; its rent is of its day.
AS_PUBLISHED = {
    "model": "hunyuanvideo",
    "gpu": "h100-sxm",
    "software": "diffusers",
    "steps": 50,
    "day": dt.date(2024, 12, 3),
}
# Families with a smaller or faster variant on the same list: the large one and the small one.
VARIANTS = {
    "Veo 3.1": ("veo-3.1", "veo-3.1-fast"),
    "Ray 2": ("ray-2", "ray-2-flash"),
    "Gen-4": ("gen-4", "gen-4-turbo"),
    "LTX-2": ("ltx-2-pro", "ltx-2-fast"),
    "Seedance 2.0": ("seedance-2", "seedance-2-mini"),
    "Seedance 1.0 Pro": ("seedance-1-pro", "seedance-1-pro-fast"),
}


def rents(
    chips: Collection[str], since: dt.date, until: dt.date, term: str | None = None
) -> pl.DataFrame:
    """Return listed rents in a window of time: columns chip, day, term, usd_h, source.

    Rows that their note calls doubtful are left out; without a `term` all terms count.
    """
    rows = tables.load("accelerator_rents").filter(
        pl.col("subject").is_in(list(chips)),
        pl.col("day").is_between(since, until),
        ~pl.col("note").fill_null("").str.starts_with("doubt"),
    )
    if term is not None:
        rows = rows.filter(term=term)
    return rows.select("day", "term", "source", chip="subject", usd_h="value")


def late_rents(*chips: str) -> pl.DataFrame:
    """Return the rents on demand since June 2026, as `rents` does."""
    return rents(chips, LATE, tables.freeze_date(), "on demand")


def rents_about(day: dt.date) -> pl.DataFrame:
    """Return the rents of an H100 on demand in the half years before and after a day."""
    near = dt.timedelta(days=HALF_YEAR)
    return rents(H100, day - near, day + near, "on demand")


def h100_through_time() -> tuple[float, float, float]:
    """Return the median rent of an H100 on demand: in 2023, in late 2025 and in late 2026."""
    first, second, third = (
        _median(rents(H100, since, until, "on demand")["usd_h"])
        for since, until in (
            (dt.date(2023, 1, 1), dt.date(2024, 2, 29)),
            (dt.date(2025, 7, 1), dt.date(2025, 12, 31)),
            (LATE, tables.freeze_date()),
        )
    )
    return first, second, third


def _median(values: pl.Series) -> float:
    return float(values.median())  # type: ignore[arg-type]


def listed() -> pl.DataFrame:
    """Return list prices by the second.

    Columns subject, model, maker, offer (``"maker"``, ``"host"``, ...), resolution, sound,
    first_day, last_day, usd, source; in the order of days.
    """
    named = tables.load("subjects").select(subject="id", model="name", maker="vendor")
    rows = tables.load("video_prices").drop_nulls("value").join(named, on="subject", how="left")
    fields = ("subject", "model", "maker", "offer", "resolution", "sound", "first_day", "last_day")
    return rows.sort("first_day", "value", maintain_order=True).select(
        *fields, usd="value", source="source"
    )


def measured_clips() -> pl.DataFrame:
    """Return what MLPerf measured of Wan 2.2: 81 frames at 720p in twenty steps, Offline.

    Columns id and chip of the accelerator, division, round, submitter, clip_s (seconds of one
    accelerator for a clip), second_s (for a second of video), source.
    """
    video = tables.load("video_models").filter(id="wan-2.2-a14b")
    seconds = video["frames"].item() / video["fps"].item()
    rows = tables.load("mlperf").filter(
        ~pl.col("note").fill_null("").str.contains("doubtful"), benchmark=WAN, scenario="Offline"
    )
    clip = pl.col("accelerators") / pl.col("value")
    return rows.select(
        "division",
        "round",
        "submitter",
        "source",
        id="accelerator",
        chip=pl.col("accelerator").replace_strict(CHIP),
        clip_s=clip,
        second_s=clip / seconds,
    )


def seconds_and_rents() -> pl.DataFrame:
    """Return what a second of Wan 2.2 takes of each accelerator with a listed rent of late 2026.

    Columns chip, seconds, seconds_low, seconds_high (of one accelerator), rent, rent_low,
    rent_high (USD an hour), source.
    """
    rows = []
    for (name, chip), runs in measured_clips().group_by("id", "chip", maintain_order=True):
        market = late_rents(str(name))
        if market.is_empty():
            continue
        row: dict[str, object] = {"chip": chip}
        for key, values in (("seconds", runs["second_s"]), ("rent", market["usd_h"])):
            row[key] = _median(values)
            row[f"{key}_low"], row[f"{key}_high"] = values.min(), values.max()
        rows.append(row | {"source": _keys(runs["source"], market["source"])})
    return pl.DataFrame(rows)


def estimated_clips() -> pl.DataFrame:
    """Return what our model makes of the clips of MLPerf, with the software of two years.

    Columns chip, software (``"software of 2025"``, ``"software of 2026"``), measured_s (median of
    the closed division), estimated_s (seconds of one accelerator for a clip), source.
    """
    closed = measured_clips().filter(division="closed").group_by("id", "chip")
    record = closed.agg(pl.median("clip_s"), pl.col("source").unique().sort()).sort("chip")
    model, clip = load_model("wan2.2-t2v-a14b"), Clip(frames=81, height=720, width=1280)
    counted = provenance.of_models(model.id)["source"].to_list()
    rows = []
    for row in record.to_dicts():
        for year, engine in (("2025", "diffusers"), ("2026", "vllm-omni")):
            software = load_software(engine)
            found = estimate(model, clip, gpu=row["id"], steps=20, software=software)
            rows.append(
                {
                    "chip": row["chip"],
                    "software": f"software of {year}",
                    "measured_s": row["clip_s"],
                    "estimated_s": found.seconds,
                    "source": sorted({*row["source"], *counted}),
                }
            )
    return pl.DataFrame(rows)


def clips_of(division: str, round_: str) -> dict[str, float]:
    """Return the median clip of each chip in a round, in seconds of one accelerator."""
    runs = measured_clips().filter(pl.col("round") == round_, division=division)
    return dict(runs.group_by("chip").agg(pl.median("clip_s")).iter_rows())


def clips_by(submitter: str) -> list[float]:
    """Return the clips of a submitter, closed division first and in the order of rounds."""
    return (
        measured_clips().filter(submitter=submitter).sort("division", "round")["clip_s"].to_list()
    )


def list_prices(subject: str, offer: str, sound: str | None = None) -> pl.Series:
    """Return what makers or hosts ask for a second at 720p, in the order of days."""
    rows = listed().filter(
        pl.col("resolution").is_in(["720p", "720p-1080p"]), subject=subject, offer=offer
    )
    return rows["usd"] if sound is None else rows.filter(sound=sound)["usd"]


def sold_this_year() -> pl.DataFrame:
    """Return the cheapest offer of each maker that began this year and stands.

    Columns maker, usd, model, resolution, subject; the cheapest first.
    """
    rows = listed().filter(
        pl.col("last_day").is_null(), pl.col("first_day") >= THIS_YEAR, offer="maker"
    )
    page.used(rows["source"])
    cheapest = rows.sort("usd", maintain_order=True).unique(
        "maker", keep="first", maintain_order=True
    )
    return cheapest.select("maker", "usd", "model", "resolution", "subject")


def oldest() -> tuple[dt.date, dt.date]:
    """Return the first day of the oldest price that we have, and of the oldest near 720p.

    The first is a price within a plan, which the charts leave out.
    """
    return listed()["first_day"].min(), near_720p()["day"].min()  # type: ignore[return-value]


def margins(measured: pl.DataFrame, sora: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """Return rent and list prices of a second, side by side.

    Parameters
    ----------
    measured : polars.DataFrame
        Rent of Wan 2.2 by chip: columns chip, low, usd, high, source.
    sora : polars.DataFrame
        Rent of a clip of ten seconds; the first and the last row count. Columns draws, low,
        median, high, source.
    then : polars.DataFrame
        Rents while the app was open.

    Returns
    -------
    polars.DataFrame
        Columns what, kind (``"rent"`` or ``"list price"``), low, usd, high, source.
    """
    rows = [_cost(f"Wan 2.2 on {row['chip']}", row) for row in measured.to_dicts()]
    for name, short in (("hunyuanvideo", "HunyuanVideo"), ("wan2.1-t2v-14b", "Wan 2.1")):
        for when, market in (("late 2026", late_rents("h100-sxm")), ("Sora's life", then)):
            rows.append(_cost(f"{short}, rents of {when}", _estimated(name, market)))
    for row in (sora.row(0, named=True), sora.row(-1, named=True)):
        second = {"usd": row["median"] / 10, "low": row["low"] / 10, "high": row["high"] / 10}
        rows.append(_cost(f"Sora 2, {row['draws']}", second | {"source": row["source"]}))
    sellers = {
        "Wan 2.2": "wan-2.2-a14b",
        "HunyuanVideo": "hunyuanvideo",
        "Wan 2.1": "wan-2.1-14b",
        "Sora 2": "sora-2",
    }
    every = listed().filter(pl.col("offer").is_in(["host", "maker"]), resolution="720p")
    tagged = []
    for row in rows:
        tagged.append(row)
        model = next(key for name, key in sellers.items() if str(row["what"]).startswith(name))
        for price in every.filter(subject=model).unique("usd").sort("usd").to_dicts():
            ends = {"low": price["usd"], "usd": price["usd"], "high": price["usd"]}
            tagged.append(row | {"kind": "list price", **ends, "source": [price["source"]]})
    return pl.DataFrame(tagged)


def _cost(what: str, row: Mapping[str, Any]) -> dict[str, object]:
    return {"what": what, "kind": "rent"} | {k: row[k] for k in ("low", "usd", "high", "source")}


def _estimated(model: str, market: pl.DataFrame) -> dict[str, object]:
    """Bill a second of an open model on an H100: least to most rent, with the model's interval."""
    hours, low, high = _hours(model)
    usd = market["usd_h"]
    return {
        "low": hours * low * usd.min(),  # type: ignore[operator]
        "usd": hours * _median(usd),
        "high": hours * high * usd.max(),  # type: ignore[operator]
        "source": _keys(market["source"], provenance.of_models(model)["source"]),
    }


def _hours(model: str) -> tuple[float, float, float]:
    """Hours of an H100 for a second of a model as published, and its interval as two factors."""
    found = minute_of(model, gpu="h100-sxm")
    one = found.one
    return found.gpu_hours / 60, one.low / one.seconds, one.high / one.seconds


def _keys(*columns: pl.Series) -> list[str]:
    return sorted({key for column in columns for key in column})


def services(seconds: Mapping[str, clip_draws.Floats]) -> pl.DataFrame:
    """Set prices of closed models against draws of what a second costs.

    Parameters
    ----------
    seconds : mapping of str to array
        Rent of a second, all draws: first the market of Sora's life, which meets the first list
        price that could be opened of each maker that sold by then, then that of late 2026, which
        meets its lowest price of this year.

    Returns
    -------
    polars.DataFrame
        Columns maker, when, model, day (on which the price began), usd (the price), low, median,
        high (price over rent), covers (share of draws whose rent the price covers), source; makers
        with the highest ratio first.
    """
    near = listed().filter(pl.col("resolution").is_in(NEAR_720P), offer="maker")
    begun = near.filter(pl.col("first_day") >= THIS_YEAR).sort("usd", maintain_order=True)
    opened = near.filter(pl.col("first_day") <= ending().app_closed)
    rows = []
    for (when, drawn), offers in zip(seconds.items(), (opened, begun), strict=True):
        low, median, high = clip_draws.quantiles(drawn)
        for row in offers.unique("maker", keep="first", maintain_order=True).to_dicts():
            usd = row["usd"]
            over = {"low": usd / high, "median": usd / median, "high": usd / low}
            own = {"maker": row["maker"], "when": when, "model": row["model"]}
            own |= {"day": row["first_day"], "usd": usd}
            rows.append(own | over | {"covers": (drawn < usd).mean(), "source": row["source"]})
    first = pl.col("when") == next(iter(seconds))
    order = pl.DataFrame(rows).filter(first).sort("median", descending=True)["maker"].to_list()
    return pl.DataFrame(rows).sort(
        pl.col("maker").replace_strict(order, range(len(order)), default=len(order)),
        maintain_order=True,
    )


def cheapest_with_sound() -> pl.DataFrame:
    """Return the cheapest list price so far of a second with sound at 720p, by who asked for it.

    Columns maker (``"Google"``, ``"OpenAI"``, ``"all others"``), day, usd, model, source: the days
    on which it fell, and the last day of the sale.
    """
    rows = listed().filter(
        pl.col("resolution").is_in(["720p", "720p-1080p"]), offer="maker", sound="with sound"
    )
    who = pl.when(pl.col("maker").is_in(["Google", "OpenAI"])).then("maker")
    named = rows.with_columns(maker=who.otherwise(pl.lit("all others")))
    parts = []
    for name in ("Google", "OpenAI", "all others"):
        own = named.filter(maker=name).with_columns(least=pl.col("usd").cum_min())
        fell = own.filter(pl.col("usd") == pl.col("least")).unique(
            "usd", keep="first", maintain_order=True
        )
        kept = fell.select("maker", "usd", "model", "source", day="first_day")
        ended = own["last_day"].max() if own["last_day"].null_count() == 0 else None
        last = pl.lit(ended or tables.freeze_date(), pl.Date)
        parts += [kept, kept.tail(1).with_columns(day=last)]
    return pl.concat(parts)


def variants() -> pl.DataFrame:
    """Return prices of a large model and its smaller or faster variant, for equal size and sound.

    Columns family, resolution, large, small (USD), source.
    """
    asked = listed().filter(pl.col("offer").is_in(["maker", "host"]))
    alike = ["resolution", "sound"]
    parts = []
    for family, (large, small) in VARIANTS.items():
        both = asked.filter(subject=large).join(asked.filter(subject=small), on=alike, suffix="_2")
        keys = _keys(both["source"], both["source_2"])
        parts.append(
            both.select(
                "resolution",
                family=pl.lit(family),
                large="usd",
                small="usd_2",
                source=pl.lit(keys),
            )
        )
    return pl.concat(parts)


def opened_models() -> pl.DataFrame:
    """Return open models with what a second takes of an H100, and rents about their first day.

    Columns model, day, hours, hours_low, hours_high (of one H100), rent, rent_low, rent_high,
    source; in the order of days.
    """
    dates = {row["id"]: row for row in tables.load("video_models").iter_rows(named=True)}
    rows = []
    for name, product in OPENED.items():
        hours, low, high = _hours(name)
        market = rents_about(dates[product]["last_day"])
        rows.append(
            {
                "model": dates[product]["name"],
                "day": dates[product]["last_day"],
                "hours": hours,
                "hours_low": hours * low,
                "hours_high": hours * high,
                "rent": _median(market["usd_h"]),
                "rent_low": market["usd_h"].min(),
                "rent_high": market["usd_h"].max(),
                "source": _keys(market["source"], provenance.of_models(name)["source"]),
            }
        )
    return pl.DataFrame(rows).sort("day", maintain_order=True)


def near_720p() -> pl.DataFrame:
    """Return list prices of makers and hosts near 720p: columns day, usd, model, source."""
    rows = listed().filter(
        pl.col("resolution").is_in(NEAR_720P), pl.col("offer").is_in(["maker", "host"])
    )
    return rows.select("usd", "model", "source", day="first_day")


def median_list_prices(*years: int) -> list[float]:
    """Return the median list price near 720p of the offers that began in each year."""
    listed_in = {year: near_720p().filter(pl.col("day").dt.year() == year) for year in years}
    return [_median(rows["usd"]) for rows in listed_in.values()]


def through_time(born: pl.DataFrame) -> pl.DataFrame:
    """Join our cost of open models with the list prices near 720p of each year.

    Columns offer (model and month, or year), usd (of prices the median), low, high (of prices the
    least and the most), what, source; models in the order of their days, then years.
    """
    ours = born.select(
        "usd",
        "low",
        "high",
        "source",
        offer=pl.format("{}, {}", "model", pl.col("day").dt.strftime("%b %Y")),
        what=pl.lit("our cost of an open model"),
    )
    usd = pl.col("usd")
    asked = (
        near_720p()
        .group_by(year=pl.col("day").dt.year())
        .agg(
            usd.median(),
            low=usd.min(),
            high=usd.max(),
            source=pl.col("source").unique().sort(),
        )
        .sort("year")
        .with_columns(
            offer=pl.format("list prices begun in {}", "year"),
            what=pl.lit("list prices near 720p, middle"),
        )
    )
    return pl.concat([ours, asked.select(ours.columns)])


def with_factors(path: pl.DataFrame) -> pl.DataFrame:
    """Return the path of levers with what each gives in its name: column lever is extended."""
    told = pl.format("{} ({}×)", "lever", pl.col("factor").round(2))
    return path.with_columns(pl.when(pl.col("factor").is_null()).then("lever").otherwise(told))


def lever_path(start: Mapping[str, Any], levers: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """Bill a second at 832 by 480 after each lever, each with all changes above it.

    Parameters
    ----------
    start : mapping
        Settings: model, gpu, software, steps, and the day about which an H100 was rented.
    levers : mapping of str to mapping
        By the name of each lever, the settings that it changes.

    Returns
    -------
    polars.DataFrame
        Columns lever, usd, factor (cost before over cost after), source.
    """
    state, rows = {**start, "rent": _median(rents_about(start["day"])["usd_h"])}, []
    for lever, change in {"as published, December 2024": {}, **levers}.items():
        state |= change
        network = load_model(state["model"])
        clip = Clip(frames=default_clip(network).frames, height=480, width=832)  # type: ignore[arg-type]
        found = estimate(
            network,
            clip,
            gpu=state["gpu"],
            steps=state["steps"],
            software=load_software(state["software"]),
        )
        fps = network.clip.fps  # type: ignore[union-attr]
        rows.append(
            {"lever": lever, "usd": found.seconds / 3600 * state["rent"] * fps / clip.frames}
        )
    market = rents((*H100, "b200-sxm"), dt.date(2024, 6, 1), tables.freeze_date(), "on demand")
    models = {
        str(start["model"]),
        *(change.get("model", start["model"]) for change in levers.values()),
    }
    keys = _keys(market["source"], provenance.of_models(*sorted(models))["source"])
    return pl.DataFrame(rows).with_columns(
        factor=pl.col("usd").shift(1) / pl.col("usd"), source=pl.lit(keys)
    )


def levers_since(*ratios: float) -> pl.DataFrame:
    """Return levers by their ratios, largest first: columns lever, kind, ratio, source.

    Ratios in the order of a newer chip, the same with its rent, reuse, half a year of software,
    rent to late 2025, rent to late 2026.
    """
    lists = rents(H100, dt.date(2023, 1, 1), tables.freeze_date(), "on demand")
    runs, late = measured_clips()["source"], late_rents("h200-sxm", "b300-sxm")["source"]
    keys = {
        "time of a clip": _keys(runs),
        "cost of a second": _keys(runs, late),
        "rent of an hour": _keys(lists["source"]),
    }
    levers = {
        "H200 to B300": "time of a clip",
        "H200 to B300, with rent": "cost of a second",
        "reuse of steps": "time of a clip",
        "half a year of software": "time of a clip",
        "rent, 2023 to late 2025": "rent of an hour",
        "rent, late 2025 to late 2026": "rent of an hour",
    }
    rows = [
        {"lever": lever, "kind": kind, "ratio": ratio, "source": keys[kind]}
        for (lever, kind), ratio in zip(levers.items(), ratios, strict=True)
    ]
    return pl.DataFrame(rows).sort("ratio", descending=True)
