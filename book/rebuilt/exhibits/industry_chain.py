"""What the chapter on the industry chain shows: the note's map, an earlier one, and money."""

from typing import Any

import altair as alt
import polars as pl

from rebuilt.claims.checks.industry_chain import LAYER, TABLE
from rebuilt.evidence import tables
from rebuilt.page import charts

TIERS = ("upstream", "midstream", "downstream")
SAME, OTHER, NOT_NAMED = "same layer", "another layer", "not named"
CHAPTERS = {
    "nvidia": "NVIDIA",
    "sora": "Sora",
    "text-to-video": "text to video",
    "upgrade": "the upgrade",
}
# Links of the note's argument that its map lacks, where we draw them, and our pages on them.
MISSING = (
    ("upstream", "network", "switches", "switches"),
    ("upstream", "network", "optical modules", "optical modules"),
    ("downstream", "devices", "PCs and phones", "AI terminals"),
    ("downstream", "devices", "headsets", "mixed reality"),
)
CHAPTER, PLAIN, LACKING, HEADING = "chapter", "plain", "lacking", "heading"
GAP = 0.04  # between columns of the map, in columns
QUARTERS = 4
SPENDERS = ("microsoft", "amazon", "alphabet", "meta")
WITH_LEASES = "company definition with finance leases"  # Microsoft's other series, not counted
SPENDING, NVIDIA = "four buyers spend", "NVIDIA, data center"
SUPPLIERS = {"arista": "Arista, switches", "coherent": "Coherent, optics and lasers"}


def elements() -> pl.DataFrame:
    """Return the elements of the note's three lists, in its order.

    Columns tier, position, group, element, term_zh, chapter (a page of this book, or null),
    earlier_layer, where (an earlier taxonomy has it: same layer, another layer, not named), source.
    """
    same = pl.col("earlier_layer") == pl.col("tier").replace_strict(LAYER)
    where = (
        pl.when(pl.col("earlier_layer") == NOT_NAMED)
        .then(pl.lit(NOT_NAMED))
        .when(same)
        .then(pl.lit(SAME))
        .otherwise(pl.lit(OTHER))
    )
    return (
        tables.load(TABLE)
        .sort(pl.col("tier").cast(pl.Enum(TIERS)), "position")
        .select(
            *("tier", "position", "group", "element", "term_zh", "chapter", "earlier_layer"),
            where=where,
            source="source",
        )
    )


def by_layer(elements: pl.DataFrame) -> pl.DataFrame:
    """Count where an earlier taxonomy has them: columns tier, where, elements, source."""
    order = pl.col("where").cast(pl.Enum([SAME, OTHER, NOT_NAMED]))
    return (
        elements.group_by("tier", "where")
        .agg(pl.len().alias("elements"), pl.col("source").unique())
        .sort(order, pl.col("tier").cast(pl.Enum(TIERS)))
    )


def diagram(elements: pl.DataFrame, columns: int) -> alt.TopLevelMixin:
    """Draw the note's map in three columns, or in one; full boxes have a chapter of this book.

    Dashed boxes are what the map lacks. Words repeat it, so no meaning hangs on colour alone.
    """
    boxes = _boxes(elements, columns)
    scale = alt.Scale(domain=[0, columns], nice=False)
    y = alt.Y("line:O", axis=None, scale=alt.Scale(paddingInner=0.25))
    left = alt.X("left:Q", axis=None, scale=scale)
    middle = alt.X("middle:Q", axis=None, scale=scale)
    looks: dict[str, dict[str, Any]] = {
        CHAPTER: {"fill": charts.BLUE, "stroke": charts.BLUE},
        PLAIN: {"fill": "transparent", "stroke": charts.GREY},
        LACKING: {"fill": "transparent", "stroke": charts.ORANGE, "strokeDash": [4, 3]},
    }
    drawn = [
        alt.Chart(boxes.filter(style=style)).mark_bar(**look).encode(x=left, x2="right:Q", y=y)
        for style, look in looks.items()
    ]
    written: tuple[tuple[list[str], dict[str, Any]], ...] = (
        ([CHAPTER], {"color": charts.SURFACE}),
        ([PLAIN, LACKING], {"color": charts.INK}),
        ([HEADING], {"color": charts.INK, "fontWeight": "bold"}),
    )
    words = [
        alt.Chart(boxes.filter(pl.col("style").is_in(styles)))
        .mark_text(fontSize=11, **look)
        .encode(x=middle, y=y, text="label:N")
        for styles, look in written
    ]
    return alt.layer(*drawn, *words).properties(height=26 * boxes["line"].n_unique())


def _boxes(elements: pl.DataFrame, columns: int) -> pl.DataFrame:
    """Return boxes with label, style, left, right, middle and line of the drawing."""
    placed, below = [], 0
    for column, tier in enumerate(TIERS):
        lines = _lines(elements, tier)
        for line, (label, style) in enumerate(lines):
            left, down = (column, line) if columns > 1 else (0, below + line)
            placed.append({"label": label, "style": style, "left": left, "line": down})
        below += len(lines)
    width = 1 - GAP
    return pl.DataFrame(placed).with_columns(
        right=pl.col("left") + width, middle=pl.col("left") + width / 2
    )


def _lines(elements: pl.DataFrame, tier: str) -> list[tuple[str, str]]:
    """Return labels and styles of a tier: its groups as headings, and what the map lacks."""
    lines = [(tier.upper(), HEADING)]
    for (group,), rows in elements.filter(tier=tier).group_by("group", maintain_order=True):
        lines.append((str(group), HEADING))
        for element, chapter in rows.select("element", "chapter").iter_rows():
            label = f"{element} → {CHAPTERS[chapter]}" if chapter else element
            lines.append((label, CHAPTER if chapter else PLAIN))
    lacking = [row for row in MISSING if row[0] == tier]
    for _, group, element, page in lacking:
        if (head := f"{group}, not in the note's map") not in [label for label, _ in lines]:
            lines.append((head, HEADING))
        label = element if element == page else f"{element} → {page}"
        lines.append((label, LACKING))
    return lines


def money(years: tuple[str, str]) -> pl.DataFrame:
    """Return what four buyers spend and what three suppliers take in, the most first.

    Columns who, year, usd_bn (1e9 US dollars in a calendar year), source. A year counts where all
    of its quarters are there, and all four of the buyers.
    """
    value = pl.col("value").is_not_null()
    revenue = tables.load("company_quarters").filter(
        value, quantity="revenue_usd_m", condition="quarter"
    )
    nvidia = tables.load("nvidia_revenue").filter(value, quantity="data_center_revenue_usd_m")
    whole = pl.concat(
        [
            _yearly(spending(), "period", SPENDING).filter(companies=len(SPENDERS)),
            _yearly(nvidia, "calendar_quarter", NVIDIA),
            *(
                _yearly(revenue.filter(subject=company), "calendar_quarter", name)
                for company, name in SUPPLIERS.items()
            ),
        ]
    )
    most = pl.col("usd_bn").max().over("who")
    return (
        whole.filter(pl.col("year").is_in(years))
        .sort(most, "year", descending=[True, False])
        .select("who", "year", "usd_bn", "source")
    )


def spending() -> pl.DataFrame:
    """Return the rows of capital spending by quarter, or by two quarters together, of the four."""
    return tables.load("capex_quarters").filter(
        pl.col("value").is_not_null(),
        pl.col("period").str.contains("Q"),
        pl.col("subject").is_in(SPENDERS),
        ~pl.col("condition").str.starts_with(WITH_LEASES),
    )


def _yearly(rows: pl.DataFrame, quarter: str, who: str) -> pl.DataFrame:
    """Sum the years that have all quarters: year, usd_bn, source, companies, who."""
    named = rows if "subject" in rows.columns else rows.with_columns(subject=pl.lit(who))
    return (
        named.with_columns(
            year=pl.col(quarter).str.extract(r"(20\d\d)"),
            quarters=pl.col(quarter).str.count_matches("Q"),
        )
        .filter(pl.col("quarters").sum().over("subject", "year") == QUARTERS)
        .group_by("year")
        .agg(
            usd_bn=pl.col("value").sum() / 1000,
            source=pl.col("source").unique().sort(),
            companies=pl.col("subject").n_unique(),
        )
        .with_columns(who=pl.lit(who))
    )
