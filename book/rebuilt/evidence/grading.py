"""How far the numbers of the data can be looked up: source opened or not, place exact or not.

A number about the world is a filled cell of a numeric column that is neither part of a table's key
nor listed under `settings` in the descriptor: keys, settings and flags say what was measured, not
what was found. What each source is and how far it was read stands in its `keywords` in sources.bib;
a place is exact if it leads a reader to the line, table or paragraph, not to the whole document.
"""

from enum import StrEnum
from typing import Any

import polars as pl

from rebuilt.evidence import bibliography, tables
from rebuilt.evidence.bibliography import Source


class Nature(StrEnum):
    """What a source is to the numbers that cite it."""

    # By whoever made, measured, sold, forecast or reported what it tells: the document itself,
    # at its own address or as an unaltered file that others keep, which its note says.
    PRIMARY = "primary"
    COPY = "copy"  # its words or numbers on another's page or list; the note says of what
    SECONDARY = "secondary"  # reports, press and copies of them, data sets and relays


class Reading(StrEnum):
    """How much of a source was before our eyes."""

    OPENED = "opened"
    EXCERPT = "excerpt"
    UNOPENED = "unopened"


class Grade(StrEnum):
    """What a reader finds who looks a number up, best first."""

    PRIMARY = "primary source opened, exact place"
    COPY = "copy of a primary source opened, exact place"
    SECONDARY = "secondary source opened, exact place"
    PLACE = "source opened, place not exact"
    EXCERPT = "only an excerpt read"
    UNOPENED = "source not opened"
    ESTIMATE = "estimate, the source's or ours"
    COMPUTED = "computed here"
    OURS = "set by us"


LOCATED = (Grade.PRIMARY, Grade.COPY, Grade.SECONDARY)
OF_NATURE = {
    Nature.PRIMARY: Grade.PRIMARY,
    Nature.COPY: Grade.COPY,
    Nature.SECONDARY: Grade.SECONDARY,
}
NOT_OF_THE_WORLD = (Grade.COMPUTED, Grade.OURS)
FROM_FILES = ("mlperf", "run_times")  # read by programs from files of results, not by hand
OWN = ("assumptions", "quantities", "training_mix")  # chosen or limited by us, whoever is cited
AIM = 0.9  # of hand-made numbers from an opened primary source
WRITTEN = "Written by"  # so begins the description of a table that a command wrote
VAGUE = frozenset(
    {
        "", "article", "article body", "article text", "blog text", "body", "context",
        "description", "excerpt", "opening", "page", "readme", "release text", "summary", "text",
        "text of the page", "thread", "whole article", "whole page", "whole text",
    }
)  # fmt: skip


def is_exact(locator: str | None) -> bool:
    """Whether a place leads to the line, table or paragraph, and not to a whole document."""
    return (locator or "").strip().lower() not in VAGUE


def payload(resource: dict[str, Any]) -> list[str]:
    """Columns of a table that hold numbers about the world or computed from them."""
    schema = resource["schema"]
    key = schema.get("primaryKey", [])
    aside = {*([key] if isinstance(key, str) else key), *resource.get("settings", [])}
    numeric = [f["name"] for f in schema["fields"] if f["type"] in ("number", "integer")]
    return [name for name in numeric if name not in aside]


def grade(row: dict[str, Any], sources: dict[str, Source]) -> Grade:
    """Return what a reader finds who looks up the numbers of one row that names a source."""
    source = sources[row["source"]]
    if row.get("status") == "estimated":
        return Grade.ESTIMATE
    if row.get("status") == "derived":
        return Grade.COMPUTED
    if source.reading == Reading.UNOPENED:
        return Grade.UNOPENED
    if source.reading == Reading.EXCERPT:
        return Grade.EXCERPT
    if not is_exact(row.get("locator")):
        return Grade.PLACE
    return OF_NATURE[Nature(source.nature)]


def numbers() -> pl.DataFrame:
    """Count the numbers of every table by grade.

    Returns
    -------
    polars.DataFrame
        `table`, `by_hand` (rows typed from sources by hand), `grade`, `nature` (of the source;
        null without one) and `numbers`, in the order of the descriptor; nothing for an empty group.
    """
    sources = bibliography.load()
    found = [row for name in tables.names() for row in _numbers_of(name, sources)]
    keys = ["table", "by_hand", "grade", "nature"]
    frame = pl.DataFrame(found, schema=[*keys, "numbers"], orient="row", infer_schema_length=None)
    return frame.group_by(keys, maintain_order=True).agg(pl.col("numbers").sum())


_Counted = tuple[str, bool, str, str | None, int]


def _numbers_of(name: str, sources: dict[str, Source]) -> list[_Counted]:
    resource, frame = tables.describe(name), tables.load(name)
    columns = payload(resource)
    if not columns:
        return []
    filled = frame.select(pl.sum_horizontal(pl.col(c).is_not_null() for c in columns)).to_series()
    sourced = "source" in frame.columns and name not in OWN
    by_hand = sourced and name not in FROM_FILES
    found: list[_Counted] = []
    for row, count in zip(frame.iter_rows(named=True), filled, strict=True):
        if not count:
            continue
        if sourced and row["source"]:
            nature = sources[row["source"]].nature
            found.append((name, by_hand, str(grade(row, sources)), nature, count))
        else:
            run = resource["description"].startswith(WRITTEN) or "config_source" in frame.columns
            found.append((name, False, str(Grade.COMPUTED if run else Grade.OURS), None, count))
    return found


def headline(counted: pl.DataFrame) -> tuple[int, int]:
    """Numbers about the world with an opened source and an exact place, and all of them."""
    world = counted.filter(~pl.col("grade").is_in([str(word) for word in NOT_OF_THE_WORLD]))
    located = world.filter(pl.col("grade").is_in([str(word) for word in LOCATED]))
    return int(located["numbers"].sum()), int(world["numbers"].sum())


def official(counted: pl.DataFrame, *natures: Nature) -> tuple[int, int]:
    """Numbers of hand-made tables from an opened source of these natures, and all of them.

    A place that is not exact does not count against the source; an excerpt and an estimate do.
    """
    hand = _of_the_world_by_hand(counted)
    opened = [str(word) for word in (*LOCATED, Grade.PLACE)]
    found = hand.filter(
        pl.col("grade").is_in(opened), pl.col("nature").is_in([str(word) for word in natures])
    )
    return int(found["numbers"].sum()), int(hand["numbers"].sum())


def searches(counted: pl.DataFrame) -> pl.DataFrame:
    """Hand-made tables with their shares of primary sources, and what was looked for beyond.

    Returns
    -------
    polars.DataFrame
        `table`, `numbers` (about the world), `primary` and `copies` (shares of these from an opened
        primary source and from an opened copy of one) and `sought` (the sentence of the descriptor;
        empty where the aim is met), the largest table first.
    """
    rows = []
    for (table,), part in _of_the_world_by_hand(counted).group_by("table", maintain_order=True):
        primary, numbers = official(part, Nature.PRIMARY)
        copies, _ = official(part, Nature.COPY)
        sought = tables.describe(str(table)).get("sought", "")
        rows.append((table, numbers, primary / numbers, copies / numbers, sought))
    frame = pl.DataFrame(
        rows, schema=["table", "numbers", "primary", "copies", "sought"], orient="row"
    )
    return frame.sort("numbers", descending=True, maintain_order=True)


def _of_the_world_by_hand(counted: pl.DataFrame) -> pl.DataFrame:
    return counted.filter("by_hand", ~pl.col("grade").is_in([str(w) for w in NOT_OF_THE_WORLD]))
