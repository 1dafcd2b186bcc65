"""How Sora ended, for every page that speaks of it: days, the bill, and what the app earned."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from rebuilt.evidence import tables


@dataclass(frozen=True, slots=True)
class Ending:
    """Days of the end, and what it cost and earned; `sources` are the keys behind them.

    `bill_usd_mn` is what a day of compute was reported to cost, `earned_usd_mn` what the app
    stores took over its life, both in 1e6 US dollars; `price_usd_per_s` the list price by API.
    """

    announced: dt.date
    app_closed: dt.date
    api_closed: dt.date
    bill_usd_mn: float
    earned_usd_mn: float
    price_usd_per_s: float
    sources: list[str]


def ending() -> Ending:
    """Return how Sora ended, by the rows that the book prefers."""
    days = tables.load("sora_events").filter(pl.col("quantity").is_in(["cancelled", "closed"]))
    statements = tables.load("statements").filter(subject="sora-app", quantity="usd_mn_per_day")
    bill = tables.choose("statements", statements)
    earned = tables.load("video_demand").filter(
        subject="sora-app", condition="in-app purchases over its life"
    )
    price = tables.load("video_prices").filter(subject="sora-2", source="openai-sora2-docs-2026")
    rows = {(row["quantity"], row["subject"]): row for row in days.iter_rows(named=True)}
    keys = pl.concat([frame["source"] for frame in (days, bill, earned, price)])
    return Ending(
        announced=rows["cancelled", "sora-app"]["first_day"],
        app_closed=rows["closed", "sora-app"]["first_day"],
        api_closed=rows["closed", "sora-2"]["first_day"],
        bill_usd_mn=float(bill["value"].item()),
        earned_usd_mn=float(earned["value"].item()),
        price_usd_per_s=float(price["value"].item()),
        sources=keys.unique().sort().to_list(),
    )
