"""What the front page shows: one number for each link of the chain, findings, standings."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import altair as alt
import polars as pl

from rebuilt import claims
from rebuilt.claims import scoring
from rebuilt.claims.entries import Entry
from rebuilt.claims.scoring import Standing
from rebuilt.cost import count, default_clip, load_model
from rebuilt.cost.counting.forward import denoiser_of
from rebuilt.cost.hardware.minutes import minute_of
from rebuilt.cost.sweep.montecarlo import Spread
from rebuilt.demand.assumptions import assumptions
from rebuilt.demand.names import MACHINES
from rebuilt.demand.sampling import spreads
from rebuilt.evidence import tables
from rebuilt.evidence.ending import ending
from rebuilt.exhibits import compute_cost, nvidia, scorecard
from rebuilt.fabric import Plan, design, parts
from rebuilt.page import blocks, charts, provenance
from rebuilt.page.findings import Finding
from rebuilt.page.formats import number, percent, times

MODEL, SMALL_MODEL = "hunyuanvideo", "wan2.1-t2v-1.3b"
GPUS = 16384  # of the cluster whose switches are counted
LONGEST = 4  # times the published clip, in the chart of lengths
SCENARIO = "2026"


def links() -> dict[str, str]:
    """Return a phrase with one number of its page for each link of `rebuilt.page.note_chain`."""
    clip = default_clip(denoiser_of(load_model(MODEL)))
    shown = min(_announced()["first_day"].to_list())
    tokens = number(count(load_model(MODEL)).tokens)
    rents, ratios = _rents()["usd"].to_list(), _measured()["ratio"].to_list()
    joined = number(design(Plan(gpus=GPUS)).switches)
    price = parts.module_price_usd("800G")
    hours = number(minute_of(SMALL_MODEL, gpu="rtx-4090").gpu_hours, "hours", 1)
    return {
        "Video": f"shown in {shown:%B %Y}, closed in {ending().api_closed:%B %Y}",
        "Patches": f"{tokens} tokens for {clip.frames} frames at 720p",
        "Compute": f"{number(min(rents), decimals=2)} to {number(max(rents), 'USD', 1)} of rent "
        "for a minute of video, by open model",
        "Accelerators": f"a standard H200 was measured at {times(max(ratios), 2)} an H100 "
        "at most, not 2×",
        "Switches": f"{joined} to join {number(GPUS)} accelerators",
        "Optical modules": f"{number(price.low, decimals=0)} to {number(price.high, 'USD', 0)} for "
        "one of 800G",
        "Terminals": f"{hours} of an RTX 4090 for a minute of video from a small model",
    }


def sources() -> list[str]:
    """Return what the numbers of the chain rest on, beside the findings."""
    frames = [provenance.of_models(MODEL, SMALL_MODEL), _announced(), _rents(), _measured()]
    assumed = tables.load("assumptions").filter(pl.col("source").is_not_null(), scenario=SCENARIO)
    return [*blocks.source_keys([*frames, assumed], "the chain"), *ending().sources]


def _rents() -> pl.DataFrame:
    return compute_cost.minutes("h100-sxm")


def _measured() -> pl.DataFrame:
    return nvidia.speeds(claims.claimed("nvidia-inference-speed")).filter(kind=nvidia.MEASURED)


def _announced() -> pl.DataFrame:
    return tables.load("roadmap").filter(subject="sora", event="announced")


@cache
def _modules() -> Spread:
    return spreads(assumptions(SCENARIO), MACHINES[SCENARIO])["module_share"]


def findings() -> list[Finding]:
    """Return four findings, each a sentence with a small chart and the page behind it."""
    return [_of_the_ending(), _of_kinds(), _of_length(), _of_modules()]


def _of_the_ending() -> Finding:
    end = ending()
    amounts = [end.earned_usd_mn, end.bill_usd_mn]
    money = pl.DataFrame(
        {"what": ["app stores, whole life", "compute, one day"], "usd_mn": amounts}
    )
    days = end.earned_usd_mn / end.bill_usd_mn
    amount = alt.X("usd_mn:Q", title="Amount (million USD)", axis=alt.Axis(tickCount=4))
    return Finding(
        "ending",
        f"Sora's app earned in its whole life what {days:.0f} days of its compute cost, by the "
        "lower of two published bills",
        "sora-closed",
        alt.Chart(money).mark_bar(height=18).encode(x=amount, y=_line("what")),
        "Two bars: what the app took in the stores over its life, and what one day of compute was "
        "reported to cost.",
        pl.DataFrame({"source": end.sources}),
    )


def _of_kinds() -> Finding:
    kinds = kept_by_kind()
    of = {row["kind"]: row["kept"] for row in kinds.iter_rows(named=True)}
    ratios = scorecard.ratios(_entries()).filter(family="specification ratios")["percent"]
    furthest = 1 - min(ratios.to_list()) / 100
    return Finding(
        "kinds",
        f"{of['specification figures']} figures of a data sheet stand as worded, and "
        f"{of['specification ratios']} of the ratios made of them; read as ratios all come within "
        f"{percent(furthest)}",
        "scorecard",
        _interval(kinds, "kind", ("low", "share", "high"), "Decided claims that stand (percent)"),
        "A dot for each kind of claim, the share of the decided ones that stand today, with the "
        "interval that so few claims leave.",
        pl.DataFrame({"source": sorted({key for entry in _entries() for key in entry.sources})}),
    )


def _of_length() -> Finding:
    clip = default_clip(denoiser_of(load_model(MODEL)))
    minutes = [
        minute_of(MODEL, gpu="h100-sxm", gpus=8, clip=replace(clip, frames=frames))
        for frames in range(clip.frames, LONGEST * clip.frames, clip.frames - 1)
    ]
    lengths = pl.DataFrame([{"seconds": m.clip_s, "minutes": m.one.seconds / 60} for m in minutes])
    grows = lengths["minutes"][1] / lengths["minutes"][0]
    drawn = alt.Chart(lengths).mark_line(point=True, strokeWidth=2)
    return Finding(
        "length",
        f"A clip of twice the length takes {grows:.1f} times the time, because every patch looks "
        "at every other",
        "compute-cost",
        drawn.encode(
            x=alt.X("seconds:Q", title="Length of the clip (seconds)"),
            y=alt.Y("minutes:Q", title="Time on eight H100 (minutes)"),
        ).properties(height=120),
        "A line that bends upwards: the time to make a clip over its length.",
        provenance.of_models(MODEL),
    )


def _of_modules() -> Finding:
    share = _modules()
    ends = {"low": share.low, "median": share.median, "high": share.high}
    return Finding(
        "modules",
        f"All AI video of 2026 explains {share.median:.1%} of the fast optical modules sold, with "
        f"a range of {share.low:.2%} to {share.high:.0%}",
        "chain",
        _interval(
            pl.DataFrame([{"what": "all AI video"} | ends]),
            "what",
            ("low", "median", "high"),
            "Share of modules sold (percent, log scale)",
            scale=alt.Scale(type="log"),
            axis=alt.Axis(format="%", values=[0.001, 0.01, 0.1]),
        ),
        "One interval on a logarithmic scale with its middle: nine of ten draws of what is not "
        "known lie inside.",
        tables.load("assumptions").filter(pl.col("source").is_not_null(), scenario=SCENARIO),
    )


def _line(field: str) -> alt.Y:
    return alt.Y(f"{field}:N", sort=None, title=None)


def _interval(
    frame: pl.DataFrame, line: str, fields: tuple[str, str, str], title: str, **options: Any
) -> alt.TopLevelMixin:
    """Draw an interval and its middle for each row."""
    low, middle, high = fields
    rule = alt.Chart(frame).mark_rule(strokeWidth=5)
    dot = alt.Chart(frame).mark_point(filled=True, size=90, opacity=1, color=charts.ORANGE)
    drawn: alt.TopLevelMixin = alt.layer(
        rule.encode(x=alt.X(f"{low}:Q", title=title, **options), x2=f"{high}:Q", y=_line(line)),
        dot.encode(x=alt.X(f"{middle}:Q", title=title, **options), y=_line(line)),
    )
    return drawn


@cache
def _entries() -> list[Entry]:
    return claims.ledger()


def kept_by_kind() -> pl.DataFrame:
    """Return how many decided claims of each kind stand today, the best kind first.

    Columns kind, kept (in words), share, low, high; the interval is that of so few claims.
    """
    shares = scoring.shares(scoring.by_family(_entries())).filter(when="today")
    return shares.sort("share", descending=True).select(
        "share",
        "low",
        "high",
        kind="group",
        kept=pl.format("{} of {}", "kept", "decided"),
    )


@dataclass(frozen=True, slots=True)
class Standings:
    """How many claims there are, held on the day, and how they stand today.

    Of those that held `fell` do not stand today: `fell_to` says how they stand. `gained` stand
    without having held.
    """

    claims: int
    held: int
    fell: int
    gained: int
    stand: int
    ended: int
    in_part: int
    failed: int
    undecided: int
    not_judged: int
    fell_to: dict[str, int]


def standings() -> Standings:
    """Count the claims by how they stood on the day of the note and stand today."""
    entries = _entries()
    today = {word: sum(scoring.today(e) is word for e in entries) for word in Standing}
    held = {e.id for e in entries if scoring.on_the_day(e) is Standing.KEPT}
    stand = {e.id for e in entries if scoring.today(e) is Standing.KEPT}
    return Standings(
        claims=len(entries),
        held=len(held),
        fell=len(held - stand),
        gained=len(stand - held),
        stand=len(stand),
        ended=today[Standing.ENDED],
        in_part=today[Standing.IN_PART],
        failed=today[Standing.FAILED],
        undecided=today[Standing.UNDECIDED],
        not_judged=today[Standing.NOT_JUDGED],
        fell_to=Counter(str(scoring.today(e)) for e in entries if e.id in held - stand),
    )


def facts() -> int:
    """Count the sourced facts of all tables."""
    found = [tables.load(name) for name in tables.names()]
    return sum(table.height for table in found if "known_since" in table.columns)
