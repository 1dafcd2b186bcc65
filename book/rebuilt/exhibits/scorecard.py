"""What the scorecard shows: standings by section, shares with intervals, ratios, tolerances."""

from collections.abc import Iterable, Sequence

import altair as alt
import polars as pl

from rebuilt.claims import scoring
from rebuilt.claims.entries import Entry
from rebuilt.claims.scoring import Standing
from rebuilt.page import cards, charts, formats, labels
from rebuilt.page.looks import LETTERS_NARROW, LETTERS_WIDE, Look

PAIRS = {  # of two chips, by claim: how a chart names them
    "nvidia-capacity-vs-a100": "H200/A100 memory",
    "nvidia-bandwidth-vs-a100": "H200/A100 bandwidth",
    "nvidia-inference-speed": "H200/H100 speed",
    "nvidia-inference-energy": "H200/H100 energy",
    "nvidia-b100-vs-h200": "B100/H200 speed",
    "amd-compute-units": "MI300X/MI250X units",
    "amd-memory-vs-mi250x": "MI300X/MI250X memory",
    "amd-bandwidth-vs-mi250x": "MI300X/MI250X bandwidth",
    "amd-performance-vs-h100": "MI300X/H100 speed",
}


def evidence(entries: Iterable[Entry]) -> pl.DataFrame:
    """Return every source of some claims once: column source."""
    return pl.DataFrame({"source": sorted({key for entry in entries for key in entry.sources})})


def sections(entries: Sequence[Entry]) -> pl.DataFrame:
    """Return how the claims of each section stand today: columns section, standing, claims.

    The section with most claims stands first, and standings in the order of `Standing`.
    """
    total = pl.col("claims").sum().over("section")
    order = pl.col("standing").cast(pl.Enum([*map(str, Standing)]))
    return (
        scoring.counts(entries, "section")
        .with_columns(pl.col("section").replace_strict(labels.SECTIONS))
        .sort(total, "section", order, descending=[True, False, False])
    )


def sections_chart(counted: pl.DataFrame, *, narrow: bool = False) -> alt.TopLevelMixin:
    """Draw the claims of each section as a bar in the colours of standings.

    Parameters
    ----------
    counted : polars.DataFrame
        From `sections`.
    narrow : bool
        Whether names of sections break into short lines.
    """
    words = [str(word) for word in Standing]
    look = Look(
        counted.with_columns(place=pl.col("standing").replace_strict(words, range(len(words)))),
        letters=LETTERS_NARROW if narrow else LETTERS_WIDE,
    )
    colours = alt.Scale(domain=words, range=list(charts.STANDING_COLOURS))
    return (
        alt.Chart(look.wrapped("section"))
        .mark_bar(height=15)
        .encode(
            x=alt.X("claims:Q", title="Claims (count)"),
            y=look.category("section"),
            color=alt.Color("standing:N", sort=words, title=None, scale=colours),
            order=alt.Order("place:Q"),
        )
        .properties(height=look.height_px("section", 26))
    )


def intervals(shares: pl.DataFrame) -> pl.DataFrame:
    """Name groups with the claims that are decided today; the best of today stand first.

    Parameters
    ----------
    shares : polars.DataFrame
        From `scoring.shares`.

    Returns
    -------
    polars.DataFrame
        Columns group, when, kept, decided, share, low, high (whole percent).
    """
    today = shares.filter(when="today").sort("share", "group", descending=[True, False])
    names = {row["group"]: f"{row['group']} ({row['decided']})" for row in today.to_dicts()}
    order = pl.col("group").cast(pl.Enum(list(names.values())))
    return (
        shares.filter(pl.col("group").is_in(list(names)))
        .with_columns(
            pl.col("group").replace_strict(names),
            pl.col("share", "low", "high").round().cast(pl.Int64),
        )
        .sort(order, "when")
    )


def ratios(entries: Sequence[Entry]) -> pl.DataFrame:
    """Return what was found of ratios of two chips over what was claimed.

    Columns pair, family, claimed, found (times as much), percent (found over claimed), source.
    """
    sources = {entry.id: list(entry.sources) for entry in entries}
    found = scoring.gains(entries).sort("family", "kept", "claim", descending=[True, True, False])
    return found.select(
        pair=pl.col("claim").replace(PAIRS),
        family="family",
        claimed=pl.col("claimed").round(3),
        found=pl.col("found").round(3),
        percent=(100 * pl.col("kept")).round(1),
        source=pl.Series([sources[claim] for claim in found["claim"]]),
    )


def tolerances(changes: pl.DataFrame, factors: Sequence[float]) -> pl.DataFrame:
    """Count the standings of today that change with each multiple of our tolerance.

    Columns multiple, changed.
    """
    today = changes.filter(when="today")
    return pl.DataFrame(
        [
            {"multiple": f"{factor:g}", "changed": today.filter(factor=factor).height}
            for factor in factors
        ]
    )


def changed(changes: pl.DataFrame) -> pl.DataFrame:
    """Return claims whose standing of today changes: columns claim, was, now, at (multiples)."""
    at = pl.col("factor").map_elements(lambda factor: f"{factor:g}", pl.String)
    return (
        changes.filter(when="today")
        .sort("factor")
        .with_columns(at=at)
        .group_by("claim", "was", "now")
        .agg(pl.col("at").str.join(", "))
        .sort("claim", "now")
    )


def changed_said(changes: pl.DataFrame) -> dict[str, str]:
    """Write how the standing of each claim changes, and at which multiples of our tolerance."""
    said: dict[str, list[str]] = {}
    for claim, was, now, at in changed(changes).iter_rows():
        said.setdefault(claim, []).append(f"{was} becomes {now} at {at} times our tolerance")
    return {claim: "; ".join(words) for claim, words in said.items()}


def bridge(entries: Sequence[Entry]) -> pl.DataFrame:
    """Count claims by how they stood on the day and stand today.

    Columns on_the_day, one for each standing of today that occurs, and total; the last row is the
    sum of the others.
    """
    pairs = [(scoring.on_the_day(entry), scoring.today(entry)) for entry in entries]
    now = [standing for standing in Standing if any(after is standing for _, after in pairs)]
    rows = []
    for standing in Standing:
        if found := [after for before, after in pairs if before is standing]:
            row = {f"today {after}": found.count(after) for after in now}
            rows.append({"on_the_day": str(standing)} | row | {"total": len(found)})
    after_all = [after for _, after in pairs]
    last = {f"today {after}": after_all.count(after) for after in now}
    return pl.DataFrame([*rows, {"on_the_day": "all"} | last | {"total": len(pairs)}])


def found_then(entries: Iterable[Entry]) -> dict[str, str]:
    """Write what the day of the note gave, by claim."""
    return {e.id: f"found: {cards.found_then(e) or '–'}" for e in entries}


def found_since(entries: Iterable[Entry], *, gaps: bool = False) -> dict[str, str]:
    """Write what was found since, or on the day where nothing is newer, by claim.

    With `gaps`, how far it is from the claim as well.
    """
    said = {}
    for entry in entries:
        gap = scoring.gap(entry) if gaps else None
        off = "" if gap is None else f", {formats.percent(gap)} off"
        found = cards.found_since(entry) or cards.found_then(entry) or "–"
        said[entry.id] = f"found: {found}{off}"
    return said
