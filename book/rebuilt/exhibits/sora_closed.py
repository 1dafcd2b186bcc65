"""What the chapter on the end of Sora shows: its life, the reasons given, bills, and earnings.

Amounts of a day are in million US dollars, those of a clip in US dollars.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from rebuilt import page
from rebuilt.evidence import tables
from rebuilt.evidence.ending import ending
from rebuilt.exhibits import clip_draws, video_prices
from rebuilt.exhibits.clip_draws import Clips, Floats
from rebuilt.page import formats

CLIP_S = 10.0  # of the estimates that others printed
ACCELERATOR = "h100-sxm"
NAMES = ("h100", "h100-sxm")  # how price lists call it
# Steps of the story in data/sora_events.csv, by subject, quantity and condition.
STEPS = {
    ("sora-app", "launched", "app, by invitation"): "app opens, by invitation",
    ("sora-2", "shipped_clip_s", "by API, at the launch"): "sold by API: {} s",
    ("sora-app", "free_videos_per_day", "standard"): "app: {} free clips a day",
    ("sora-app", "price_usd_per_pack", "ten extra generations"): "app: ten more for {} USD",
    ("sora-app", "free_videos_per_day", "standard, after the cut"): "app: {} free clips a day",
    ("disney", "investment_usd_mn", "planned"): "Disney plans to invest {} million USD",
    ("sora-2", "shipped_clip_s", "by API, from March 2026"): "sold by API: {} s",
    ("sora-app", "cancelled", "announcement"): "end announced",
    ("sora-app", "closed", "web and app"): "app and web closed",
    ("sora-2", "closed", "API and models"): "API closed",
}
ALL, BOTH = "all draws", "weighed by both"


def _keys(*columns: Iterable[str]) -> list[str]:
    """Return every key of some columns once, sorted."""
    return sorted({key for column in columns for key in column})


def _events(*key: str) -> pl.DataFrame:
    """Return the rows of one step of the story, the most telling source last."""
    fields = zip(("subject", "quantity", "condition"), key, strict=True)
    return tables.load("sora_events").filter(**dict(fields))


def opened() -> dt.date:
    """Return the day on which the app opened."""
    day: dt.date = _events("sora-app", "launched", "app, by invitation")["first_day"].item()
    return day


def life() -> pl.DataFrame:
    """Return the steps of Sora's life: columns event, start, end, source."""
    models = tables.load("video_models")
    road = tables.load("roadmap").filter(subject="sora").sort("first_day")
    rows = []
    for step, model, field, text in (
        ("announced", "sora", "claimed_s", "longest clip shown: {} s"),
        ("shipping", "sora-turbo", "shipped_s", "sold to subscribers: {} s"),
    ):
        seconds = models.filter(id=model)
        found = road.filter(event=step)
        day = found["first_day"][0]
        keys = _keys(seconds["source"], found["source"])
        rows.append(_step(text, seconds[field].item(), day, day, keys))
    for key, text in STEPS.items():
        found = _events(*key)
        last = found.row(-1, named=True)
        days = last["first_day"], last["last_day"]
        rows.append(_step(text, last["value"], *days, _keys(found["source"])))
    return pl.DataFrame(rows)


def _step(
    text: str, value: float | None, start: dt.date, end: dt.date, source: list[str]
) -> dict[str, object]:
    event = text.format("" if value is None else formats.number(value))
    return {"event": event, "start": start, "end": end, "source": source}


def free_clips() -> pl.DataFrame:
    """Return how many clips a day the app gave for nothing: columns day, clips, source."""
    rows = tables.load("sora_events").filter(
        pl.col("condition").str.starts_with("standard"),
        subject="sora-app",
        quantity="free_videos_per_day",
    )
    return rows.sort("first_day").select("source", day="first_day", clips="value")


def reasons() -> pl.DataFrame:
    """Return what was said about money and about the end.

    Columns day, who_or_what, said, kind (``"statement"``, ``"account"`` of the end, or
    ``"not found"``), source.
    """
    rows = tables.load("sora_events").filter(
        pl.col("quantity").is_in(["reason", "statement"]), subject="sora-app"
    )
    missing = pl.col("text").is_null()
    account = pl.col("quantity") == "reason"
    return rows.sort("first_day", "condition").select(
        day="first_day",
        who_or_what="condition",
        said=pl.when(missing).then(pl.lit("not found: ") + pl.col("note")).otherwise("text"),
        kind=pl.when(missing)
        .then(pl.lit("not found"))
        .when(account)
        .then(pl.lit("account"))
        .otherwise(pl.lit("statement")),
        source="source",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What others said of Sora's app, one number each.

    Attributes
    ----------
    forbes_usd_mn, journal_usd_mn : float
        What a day of compute cost, by Forbes and by The Wall Street Journal.
    analyst_usd, essay_usd, analyst_minutes : float
        A clip of ten seconds: rent by an analyst and by a video essay, and minutes of one
        accelerator by the analyst.
    downloads_mn, at_work, clips_each, clips_mn : float
        What Forbes assumed: downloads, the share of them at work on a day, clips a day of each at
        work, and clips of a day in all.
    users_mn : tuple of float
        The two counts of users that were reported, the lower first.
    source : list of str
        Keys of the rows.
    """

    forbes_usd_mn: float
    journal_usd_mn: float
    analyst_usd: float
    essay_usd: float
    analyst_minutes: float
    downloads_mn: float
    at_work: float
    clips_each: float
    clips_mn: float
    users_mn: tuple[float, float]
    source: list[str]


def told() -> Told:
    """Return what others said of Sora's app."""
    said = tables.load("statements").filter(subject="sora-app").drop_nulls("value")
    counted = tables.load("video_demand").filter(subject="sora-app").drop_nulls("value")
    downloads = counted.filter(pl.col("condition").str.contains("used in the estimate"))
    users = counted.filter(quantity="users_mn")
    values = {
        str(name): rows["value"].sort().to_list() for (name,), rows in said.group_by("quantity")
    }
    return Told(
        forbes_usd_mn=values["usd_mn_per_day"][-1],
        journal_usd_mn=values["usd_mn_per_day"][0],
        analyst_usd=values["usd_per_video"][0],
        essay_usd=values["usd_per_video"][-1],
        analyst_minutes=values["gpu_minutes_per_video"][0],
        downloads_mn=downloads["value"].item(),
        at_work=values["share_percent"][0] / 100,
        clips_each=values["videos_per_user_per_day"][0],
        clips_mn=values["generated_videos_mn_per_day"][0],
        users_mn=(users["value"].min(), users["value"].max()),  # type: ignore[arg-type]
        source=_keys(said["source"], downloads["source"], users["source"]),
    )


def rents() -> pl.DataFrame:
    """Return the listed rents of an H100 while the app was open, as `video_prices.rents`."""
    return video_prices.rents(NAMES, opened(), ending().app_closed)


def rent_ends() -> tuple[float, float, float]:
    """Return the least, the middle and the most of these rents, between which rents are drawn."""
    least, middle, most = (float(rents()["usd_h"].quantile(q) or 0) for q in (0, 0.5, 1))
    return least, middle, most


def clips(*changes: str) -> Clips:
    """Draw Sora's clips of ten seconds on an H100 at these rents; `changes` as for a draw."""
    return clip_draws.clips(CLIP_S, ACCELERATOR, rents()["usd_h"], *changes)


def price_usd() -> float:
    """Return what a clip of ten seconds cost by API."""
    return ending().price_usd_per_s * CLIP_S


def weights(drawn: Clips) -> dict[str, Floats]:
    """Return weights of draws by their witnesses: none, the price list, the analyst, both.

    A seller hardly sells below rent, so the price list speaks against draws that cost more.
    """
    above = np.maximum(drawn.usd, price_usd())
    by_price = clip_draws.agreement(above, price_usd())
    by_analyst = clip_draws.agreement(drawn.minutes, told().analyst_minutes)
    return {
        ALL: np.ones(drawn.usd.size),
        "weighed by the price list": by_price,
        "weighed by the analyst": by_analyst,
        BOTH: by_price * by_analyst,
    }


def costs(drawn: Clips) -> pl.DataFrame:
    """Return the rent of a clip by the witnesses that weigh its draws.

    Columns draws, low, median, high (USD), that_count (draws of equal weight), source.
    """
    rows = []
    for name, weight in weights(drawn).items():
        low, median, high = clip_draws.quantiles(drawn.usd, weight)
        row = {"draws": name, "low": low, "median": median, "high": high}
        rows.append(row | {"that_count": clip_draws.that_count(weight)})
    keys = _keys(told().source, rents()["source"], ending().sources, clip_draws.sources())
    return pl.DataFrame(rows).with_columns(source=pl.lit(keys))


def day_bills(said: Told, cost: pl.DataFrame) -> pl.DataFrame:
    """Return what a day of compute cost, by others and by our draws.

    Columns bill, whose, low, median, high (million USD), source.
    """
    rows: list[dict[str, object]] = [
        {"bill": f"{who}'s bill", "low": usd, "median": usd, "high": usd}
        | {"whose": "published", "source": said.source}
        for who, usd in (
            ("Forbes", said.forbes_usd_mn),
            ("The Wall Street Journal", said.journal_usd_mn),
        )
    ]
    keys = _keys(said.source, cost["source"][0])
    for clips_name, counts in clip_counts(said).items():
        for row in _widest_and_narrowest(cost):
            ends = {"low": row["low"] * counts[0], "high": row["high"] * counts[-1]}
            middle = {"median": row["median"] * sum(counts) / len(counts)}
            named = {"bill": f"ours: {clips_name}, {row['draws']}", "whose": "ours"}
            rows.append(named | ends | middle | {"source": keys})
    return pl.DataFrame(rows)


def _widest_and_narrowest(cost: pl.DataFrame) -> list[dict[str, Any]]:
    return cost.filter(pl.col("draws").is_in([ALL, BOTH])).to_dicts()


def clip_counts(said: Told) -> dict[str, list[float]]:
    """Return million clips a day, lowest first: as Forbes has them, and as many by each user."""
    each = said.clips_mn / said.downloads_mn
    return {"Forbes's clips": [said.clips_mn], "users' clips": [each * n for n in said.users_mn]}


def rebuilt_bills(said: Told, clip_usd: float) -> pl.DataFrame:
    """Return each bill from its parts.

    Columns bill, rebuilt_million_USD, published_million_USD, million_users, clips_a_user,
    USD_a_clip, source.
    """
    each = said.clips_mn / said.downloads_mn
    implied = said.journal_usd_mn / said.analyst_usd
    at_work = said.downloads_mn * said.at_work
    parts: list[tuple[str, float | None, float, float, float]] = [
        ("Forbes", said.forbes_usd_mn, at_work, said.clips_each, said.analyst_usd)
    ]
    for word, users in zip(("fewer", "more"), said.users_mn, strict=True):
        journal = f"the Journal, {word} users"
        parts.append((journal, said.journal_usd_mn, users, implied / users, said.analyst_usd))
    for word, users in zip(("fewer", "more"), said.users_mn, strict=True):
        parts.append((f"ours, {word} users", None, users, each, clip_usd))
    rows = [
        {
            "bill": bill,
            "rebuilt_million_USD": users * per_user * usd,
            "published_million_USD": published,
            "million_users": users,
            "clips_a_user": per_user,
            "USD_a_clip": usd,
        }
        for bill, published, users, per_user, usd in parts
    ]
    return _rounded(pl.DataFrame(rows), said.source)


def estimates(said: Told, cost: pl.DataFrame) -> pl.DataFrame:
    """Return published estimates beside our intervals.

    Columns estimate, draws, published, low, high (USD for a clip, million USD for a day), source.
    """
    counts = clip_counts(said)
    published: list[tuple[str, float, Sequence[float]]] = [
        ("clip: analyst", said.analyst_usd, [1.0]),
        ("clip: essay", said.essay_usd, [1.0]),
    ]
    for who, usd in (("Forbes", said.forbes_usd_mn), ("Journal", said.journal_usd_mn)):
        for name, millions in counts.items():
            published.append((f"day: {who}, {name}", usd, millions))
    rows = [
        {
            "estimate": estimate,
            "draws": row["draws"],
            "published": usd,
            "low": row["low"] * millions[0],
            "high": row["high"] * millions[-1],
        }
        for estimate, usd, millions in published
        for row in _widest_and_narrowest(cost)
    ]
    return pl.DataFrame(rows).with_columns(source=pl.lit(said.source))


def side_by_side(judged: pl.DataFrame) -> pl.DataFrame:
    """Lay out `estimates`, which has got a column outside, a row for each published estimate.

    Columns estimate, published, where (it lies against the narrowest interval), and the interval
    of each weighing as text, the narrowest first; source.
    """
    rows = []
    for (estimate,), pair in judged.group_by("estimate", maintain_order=True):
        widest, narrowest = pair.to_dicts()
        outside = narrowest["outside"]
        where = f"{outside:.1f} times outside" if outside > 1 else "inside"
        row = {"estimate": estimate, "published": narrowest["published"], "where": where}
        for one in (narrowest, widest):
            low, high = (formats.number(float(f"{one[end]:.3g}")) for end in ("low", "high"))
            row[one["draws"]] = f"{low} to {high}"
        rows.append(row)
    return _rounded(pl.DataFrame(rows), judged["source"][0].to_list())


def earned() -> dict[str, float]:
    """Return what the app took in the stores, in million USD: its life, its early part, its peak.

    `peak_days` are the days of the best month.
    """
    rows = tables.load("video_demand").filter(subject="sora-app", quantity="service_revenue_usd_mn")
    page.used(rows["source"])
    part = {
        name: rows.filter(pl.col("condition").str.contains(words))
        for name, words in (
            ("life", "over its life"),
            ("early", "to the end of January"),
            ("peak", "the peak"),
        )
    }
    peak = part["peak"].row(0, named=True)
    days = {"peak_days": (peak["last_day"] - peak["first_day"]).days + 1}
    return {name: found["value"].item() for name, found in part.items()} | days


def extra_clip_usd() -> float:
    """Return what an extra clip of ten seconds cost in the app."""
    pack = tables.load("video_prices").filter(subject="sora-app")
    return float(pack["value"].item()) * CLIP_S


def break_even(*ends: Sequence[float]) -> pl.DataFrame:
    """Lay out what Sora would have needed, and what was.

    Parameters
    ----------
    ends : sequences of float
        What was needed and what was, by turns: minutes of an H100 for a clip by API, US dollars
        for an extra clip, US dollars a month of a user, million US dollars for a day's compute.

    Returns
    -------
    polars.DataFrame
        Columns to_break_even, needed_low, needed_high, was_low, was_high, source.
    """
    what = (
        "minutes of an H100 for a clip by API, at most",
        "USD for an extra clip in the app, at least",
        "USD a month from each user of the app",
        "million USD for the compute of a day, at most",
    )
    rows = [
        {
            "to_break_even": name,
            "needed_low": min(needed),
            "needed_high": max(needed),
            "was_low": min(was),
            "was_high": max(was),
        }
        for name, needed, was in zip(what, ends[::2], ends[1::2], strict=True)
    ]
    prices = tables.load("video_prices").filter(subject="sora-app")["source"]
    keys = _keys(told().source, prices, rents()["source"], ending().sources)
    return _rounded(pl.DataFrame(rows), keys, 2)


def counted_clips() -> pl.DataFrame:
    """Return the counts and estimates of clips that services make.

    Columns service (with the month in which the count became known), what, clips_mn, days
    (over which they were made), kind, source.
    """
    counted = (
        tables.load("video_demand")
        .filter(quantity="generated_videos_mn")
        .with_columns(days=(pl.col("last_day") - pl.col("first_day")).dt.total_days() + 1)
    )
    fields = ("subject", "condition", "value", "days", "known_since", "source")
    daily = [
        tables.load(table)
        .filter(quantity="generated_videos_mn_per_day")
        .drop_nulls("value")
        .with_columns(days=pl.lit(1, pl.Int64))
        for table in ("video_demand", "statements")
    ]
    claimed = pl.col("subject").is_in(["grok-imagine-service", "sora-app"])
    name = pl.col("subject").str.extract("^([a-z]+)").str.to_titlecase()
    return pl.concat([frame.select(fields) for frame in (counted, *daily)]).select(
        "source",
        "days",
        service=name + ", " + pl.col("known_since").dt.strftime("%b %Y"),
        what="condition",
        clips_mn="value",
        kind=pl.when(claimed)
        .then(pl.lit("claimed or assumed"))
        .otherwise(pl.lit("reported count")),
    )


def kling() -> tuple[float, str, str]:
    """Return the highest yearly rate of Kling's revenue (million USD), its month, and on margins.

    The last is what its maker says.
    """
    rows = tables.load("video_demand").filter(subject="kling-service")
    rates, said = rows.filter(quantity="run_rate_usd_mn"), rows.filter(quantity="statement")
    page.used([*rates["source"], *said["source"]])
    most = rates.sort("value").row(-1, named=True)
    return most["value"], most["last_day"].isoformat()[:7], said["text"].item()


def _rounded(frame: pl.DataFrame, source: Sequence[str], digits: int = 3) -> pl.DataFrame:
    rounded = pl.col(pl.Float64).round_sig_figs(digits)
    return frame.with_columns(rounded, source=pl.lit(list(source)))
