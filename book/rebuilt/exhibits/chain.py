"""What the chapter on the whole chain shows: its links, causes and cases, and others' estimates."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from rebuilt.cost.sweep.montecarlo import Spread
from rebuilt.demand import published
from rebuilt.demand.assumptions import SCENARIOS, Assumption, assumptions, changed
from rebuilt.demand.effects import effects
from rebuilt.demand.names import GIVEN, MACHINES
from rebuilt.demand.sampling import spreads
from rebuilt.evidence import bibliography, tables
from rebuilt.page import formats, labels
from rebuilt.page.looks import LETTERS_NARROW, LETTERS_WIDE, Look

Spreads = Mapping[str, Spread]  # by name of link
CASES = {"2024": "2024, H100", "2026": "2026, B200"}
DIGITS = 4  # more than any of these figures deserves
FLOW = {  # what the drawing of the chain shows: label, and what it is divided by
    "generated_minutes": ("Video generated (minutes a day)", 1.0),
    "flops_per_day": ("Operations (EFLOP a day)", 1e18),
    "accelerators": ("Accelerators", 1.0),
    "power_mw": ("Power (MW)", 1.0),
    "switches": ("Switches", 1.0),
    "modules": ("Optical modules", 1.0),
    "usd_per_year": ("Cost of the fleet (USD a year)", 1.0),
}
PLACES = {
    "modules_server": "server to leaf",
    "modules_spine": "leaf to spine",
    "modules_core": "spine to core",
}
BINS = np.arange(-6.0, 4.01, 0.25)  # of the decimal logarithm of a share
TURNED_AROUND = {
    "generated_minutes": "Video (minutes a day)",
    "accelerators": "Accelerators",
    "power_mw": "Power (MW)",
    "switches": "Switches",
    "modules": "Optical modules",
    "usd_per_year": "Owned (USD a year)",
    "rent_per_year": "Rented (USD a year)",
}
WORKED = (
    ("2024", ""),
    ("2024", "steps=25"),
    ("2024", "depth=80"),
    ("2024", "patch_side=2"),
    ("2026", ""),
    ("2026", "steps=4"),
    ("2026", "video_minutes=10000000"),
    ("2026", "network_share=0.25"),
)
PLATFORMS = ("TikTok", "YouTube")
SAID = {
    "generated_videos_mn": "videos made (millions)",
    "generated_videos_mn_per_day": "videos made a day (millions)",
    "usd_per_video": "cost of a video (USD)",
    "usd_mn_per_day": "cost of a day (million USD)",
}


def sources(**cells: str) -> pl.DataFrame:
    """Return the assumptions with a source whose cells are these: rows of data/assumptions.csv."""
    return tables.load("assumptions").filter(pl.col("source").is_not_null(), **cells)


def flow(found: Mapping[str, Spreads]) -> pl.DataFrame:
    """Return the links that the drawing shows: columns link, case, low, median, high.

    The unit of a link stands in its name.
    """
    rows = [
        {"link": label, "case": CASES[year]}
        | {end: getattr(found[year][name], end) / unit for end in ("low", "median", "high")}
        for name, (label, unit) in FLOW.items()
        for year in SCENARIOS
    ]
    return _tidy(pl.DataFrame(rows))


def flow_chart(links: pl.DataFrame, *, narrow: bool = False) -> alt.TopLevelMixin:
    """Draw how far the draws of each link lie apart, over their middle, with its numbers.

    Parameters
    ----------
    links : polars.DataFrame
        From `flow`.
    narrow : bool
        Whether names of links break into short lines.
    """
    low, middle, high = (
        pl.col(end).map_elements(formats.coarse, pl.String) for end in ("low", "median", "high")
    )
    drawn = links.select(
        "link",
        "case",
        least=pl.col("low") / pl.col("median"),
        most=pl.col("high") / pl.col("median"),
        one=1.0,
        words=pl.format("{} ({} to {})", middle, low, high),
    )
    look = Look(drawn, "case", letters=LETTERS_NARROW - 3 if narrow else LETTERS_WIDE)
    across: dict[str, Any] = {
        "title": "Over the middle of the draws (ratio, log scale)",
        "scale": alt.Scale(type="log", domain=[1e-2, 1e2], nice=False),
        "axis": alt.Axis(values=[0.01, 0.1, 1, 10, 100]),
    }
    offset = alt.YOffset("case:N", sort=look.groups())
    base = alt.Chart().encode(y=look.category("link"), yOffset=offset)
    one, least = alt.X("one:Q", **across), alt.X("least:Q", **across)
    layers = [
        base.mark_rule(strokeWidth=4).encode(x=least, x2="most:Q", color=look.colour()),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=one, color=look.colour(), shape=look.shape()
        ),
        base.mark_text(dy=-13, fontSize=10 if narrow else 11).encode(x=one, text="words:N"),
    ]
    return alt.layer(*layers, data=look.wrapped("link")).properties(height=80 * len(FLOW))


def places(found: Mapping[str, Spreads]) -> pl.DataFrame:
    """Return where modules are, mean of all draws: columns case, link, percent, source."""
    rows = [
        {"case": CASES[year], "link": label, "percent": 100 * mean_part(found[year], name)}
        for year in SCENARIOS
        for name, label in PLACES.items()
    ]
    keys = sources(group="network")["source"].unique().sort().to_list()
    return _tidy(pl.DataFrame(rows)).with_columns(source=pl.lit(keys, pl.List(pl.String)))


def mean_part(found: Spreads, name: str) -> float:
    """Return which part of the modules is at one place of the network, mean of all draws."""
    return float(np.mean(found[name].values / found["modules"].values))


def shares(found: Mapping[str, Spreads]) -> pl.DataFrame:
    """Return how draws spread over the share of modules that video needs.

    Columns case, needed_percent (where a bin begins), draws_percent; a row of zero ends each case.
    """
    rows = []
    for year in SCENARIOS:
        values = found[year]["module_share"].values
        counts, _ = np.histogram(np.log10(values), BINS)
        first, last = np.flatnonzero(counts)[[0, -1]]
        for place in range(int(first), int(last) + 2):
            part = counts[place] / values.size if place < counts.size else 0.0
            begins = 100 * 10 ** float(BINS[place])
            rows.append((CASES[year], begins, 100 * float(part)))
    return _tidy(pl.DataFrame(rows, ["case", "needed_percent", "draws_percent"], orient="row"))


def minutes(now: Spreads, needed: Spreads) -> pl.DataFrame:
    """Return the video of a day as reported and as needed: columns what, low, median, high."""
    named = (("as reported", now), ("for a tenth", needed))
    return _tidy(
        pl.DataFrame(
            [
                {"what": what}
                | {end: getattr(one["generated_minutes"], end) for end in ("low", "median", "high")}
                for what, one in named
            ]
        )
    )


def turned_around(now: Spreads, needed: Spreads) -> pl.DataFrame:
    """Return the links of both chains in words: columns link, as_reported, for_a_tenth."""
    return pl.DataFrame(
        [
            {
                "link": label,
                "as_reported": in_words(now[name]),
                "for_a_tenth": in_words(needed[name]),
            }
            for name, label in TURNED_AROUND.items()
        ]
    )


def uploads() -> float:
    """Return the minutes a day that people uploaded to two platforms, by the estimate of 2024."""
    parts = [published.printed("video_minutes_mn_per_day", f"to {name}") for name in PLATFORMS]
    return 1e6 * sum(parts)


def largest_service() -> pl.DataFrame:
    """Return rows of the largest yearly rate of revenue (million USD) that a service tells."""
    told = tables.load("video_demand").filter(
        pl.col("value").is_not_null(), subject="kling-service", quantity="run_rate_usd_mn"
    )
    return told.sort("value").tail(1)


def demand_sources() -> pl.DataFrame:
    """Return the sources of the chart that turns the chain around: column source."""
    return pl.concat(
        frame.select("source") for frame in (sources(), published.facts(), largest_service())
    )


def causes(found: Mapping[str, Spreads], most: int = 9) -> pl.DataFrame:
    """Return which assumptions explain the doubt of the share: columns assumption, case, percent.

    The largest stand first; first-order Sobol indices of the logarithm.
    """
    both = {year: found[year]["module_share"].indices for year in SCENARIOS}
    order = sorted(GIVEN, key=lambda name: -max(both[y].get(name, 0.0) for y in SCENARIOS))
    return _tidy(
        pl.DataFrame(
            [
                {"assumption": plain(name), "case": CASES[y], "percent": 100 * both[y].get(name, 0)}
                for name in order[:most]
                for y in SCENARIOS
            ]
        )
    )


def by_group(indices: Mapping[str, float]) -> dict[str, float]:
    """Add up first-order indices by the part of the chain that an assumption belongs to."""
    known = assumptions("2026")
    found = dict.fromkeys(sorted({item.group for item in known.values()}), 0.0)
    for name, index in indices.items():
        found[known[name].group] += index
    return found


def one_at_a_time(known: Mapping[str, Mapping[str, Assumption]], most: int = 9) -> pl.DataFrame:
    """Move one assumption from end to end, the others at their central values.

    Columns case, assumption, at_low_end and at_high_end (modules needed over modules sold),
    elasticity.
    """
    rows = [
        (CASES[year], plain(one.name), one.at_low, one.at_high, one.elasticity)
        for year in SCENARIOS
        for one in effects(known[year], MACHINES[year], "module_share")[:most]
    ]
    names = ["case", "assumption", "at_low_end", "at_high_end", "elasticity"]
    return pl.DataFrame(rows, names, orient="row").with_columns(
        pl.col("elasticity").fill_nan(None).round(2),
        pl.col("at_low_end", "at_high_end").round_sig_figs(2),
    )


def assumed() -> pl.DataFrame:
    """Return every assumption in words: assumption, year, low_central_high, why_and_source."""
    values = pl.concat_str(
        [pl.col(end).map_elements(formats.number, pl.String) for end in ("low", "central", "high")],
        separator=" · ",
    )
    named = {key: source.label for key, source in bibliography.load().items()}
    source = pl.col("source").replace(named).fill_null("ours")
    return (
        tables.load("assumptions")
        .sort("name", "scenario")
        .select(
            assumption=pl.col("name").str.replace_all("_", " "),
            year="scenario",
            low_central_high=values + " " + pl.col("unit"),
            why_and_source=pl.format("{}: {}", pl.col("reason"), source),
        )
    )


def worked() -> pl.DataFrame:
    """Return the chain with one assumption fixed, in words.

    Columns year, fixed, accelerators, modules, nine_of_ten (of the modules), usd (for a minute).
    """
    rows = []
    for year, fixed in WORKED:
        known = changed(assumptions(year), [fixed] if fixed else [])
        found = spreads(known, MACHINES[year])
        low, high = (formats.coarse(end) for end in (found["modules"].low, found["modules"].high))
        rows.append(
            {
                "year": year,
                "fixed": _fixed(fixed),
                "accelerators": formats.coarse(found["accelerators"].median),
                "modules": formats.coarse(found["modules"].median),
                "nine_of_ten": f"{low} to {high}",
                "usd": formats.coarse(found["usd_per_minute"].median),
            }
        )
    return pl.DataFrame(rows)


def _fixed(change: str) -> str:
    if not change:
        return "nothing"
    name, value = change.split("=")
    return f"{plain(name)} {formats.scaled(float(value))}"


def estimates() -> pl.DataFrame:
    """Return public estimates and the same by our links: estimate, printed, repeated, off, from."""
    return pl.DataFrame(
        [
            {
                "estimate": one.what,
                "printed": one.printed,
                "repeated": round(one.ours),
                "off": formats.percent(one.off, decimals=1, signed=True),
                "from": one.how,
            }
            for one in published.repeated()
        ]
    )


def replaced(then: Spreads, known: Mapping[str, Assumption]) -> pl.DataFrame:
    """Replace one assumption behind the printed fleet by our range; the widest fleet first.

    Columns assumption, stated, low, high, fleet_as_stated, fleet_low, fleet_high (accelerators).
    """
    names = ("video_minutes", "attempts", "peak_to_mean", "occupancy")
    ranges = {name: (known[name].low, known[name].high) for name in names}
    as_stated = next(one.ours for one in published.repeated() if one.what == "H100 at peak")
    found = published.replaced(then, ranges).with_columns(
        pl.col("assumption").str.replace_all("_", " "), fleet_as_stated=pl.lit(as_stated)
    )
    return _tidy(found.sort(pl.col("fleet_high") / pl.col("fleet_low"), descending=True))


def estimate_sources() -> pl.DataFrame:
    """Return the sources of the printed estimates and of our assumptions: column source."""
    return pl.concat(frame.select("source") for frame in (published.facts(), sources()))


def said() -> pl.DataFrame:
    """Return what was said of services: columns service, what, value, condition, source (keys)."""
    rows = tables.load("statements").filter(
        pl.col("value").is_not_null(), pl.col("quantity").is_in(list(SAID))
    )
    return (
        rows.select(
            service=pl.col("subject").replace_strict(labels.chip_names()),
            what=pl.col("quantity").replace_strict(SAID),
            value="value",
            condition="condition",
            source="source",
        )
        .group_by("service", "what", "value", "condition", maintain_order=True)
        .agg(pl.col("source").unique().sort())
    )


def told(quantity: str) -> float:
    """Return the one figure that the book uses of what was said of services."""
    rows = tables.load("statements").filter(pl.col("value").is_not_null(), quantity=quantity)
    return float(tables.choose("statements", rows)["value"].item())


def uploaded_as_measured() -> float:
    """Return the minutes a day that were uploaded to TikTok, as later measured."""
    rows = tables.load("statements").filter(
        subject="sora-2024", condition="uploaded to TikTok, measured"
    )
    return 1e6 * float(rows["value"].item())


def in_words(spread: Spread) -> str:
    """Write the middle of some draws, and where nine of ten lie."""
    low, middle, high = map(formats.coarse, (spread.low, spread.median, spread.high))
    return f"{middle} ({low} to {high})"


def plain(name: str) -> str:
    """Write the name of an assumption as words."""
    return name.replace("_", " ")


def _tidy(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Float64).round_sig_figs(DIGITS))
