"""What the chapter on the upgrade shows: revenue, spending, modules in pieces, switch chips."""

import datetime as dt

import polars as pl

from rebuilt.claims import wording
from rebuilt.evidence import tables
from rebuilt.exhibits import optics

NVIDIA, BUYERS = "NVIDIA, data center", "four buyers, capital spending"
SUPPLIERS = {"arista": "Arista, switches", "coherent": "Coherent, modules and lasers"}
SPENDERS = ("microsoft", "amazon", "alphabet", "meta")
WITH_LEASES = "company definition with finance leases"
PIECES = {
    "transceivers-400g-up": "modules of 400G and above",
    "transceivers-800g-up": "modules of 800G and above",
}
MONEY = "NVIDIA's data-center revenue"
INNOLIGHT = "InnoLight, 2023 to the four quarters to September 2025"
WAVE = dt.date(2022, 11, 1)  # from when a chip counts as announced in the AI wave


def series() -> pl.DataFrame:
    """Return four series by calendar quarter, million USD.

    Columns series, quarter (such as 2024Q1), day (its last), usd_m, source (keys). NVIDIA's
    quarters end a month later than those of the calendar.
    """
    suppliers = tables.load("company_quarters").filter(
        pl.col("value").is_not_null(),
        pl.col("subject").is_in(list(SUPPLIERS)),
        quantity="revenue_usd_m",
        condition="quarter",
    )
    frames = [
        _named(_nvidia(), pl.lit(NVIDIA), pl.col("calendar_quarter").str.slice(2)),
        _capex(),
        _named(
            suppliers.sort("subject", "calendar_quarter"),
            pl.col("subject").replace_strict(SUPPLIERS),
            pl.col("calendar_quarter").str.slice(2),
        ),
    ]
    day = pl.col("quarter").map_elements(_last_day, pl.Date)
    return pl.concat(frames).select("series", "quarter", day.alias("day"), "usd_m", "source")


def _nvidia() -> pl.DataFrame:
    rows = tables.load("nvidia_revenue").filter(
        pl.col("value").is_not_null(), quantity="data_center_revenue_usd_m"
    )
    return rows.sort("calendar_quarter")


def _named(rows: pl.DataFrame, series: pl.Expr, quarter: pl.Expr) -> pl.DataFrame:
    return rows.select(
        series=series,
        quarter=quarter,
        usd_m=pl.col("value"),
        source=pl.concat_list("source"),
    )


def spending() -> pl.DataFrame:
    """Return rows of capital spending by quarter that the sum of the four counts."""
    return tables.load("capex_quarters").filter(
        pl.col("value").is_not_null(),
        pl.col("period").str.contains(r"^20\d\dQ[1-4]$"),
        pl.col("subject").is_in(SPENDERS),
        ~pl.col("condition").str.starts_with(WITH_LEASES),
    )


def _capex() -> pl.DataFrame:
    """Add up the four, for the quarters in which all of them are known."""
    found = (
        spending()
        .group_by(quarter="period")
        .agg(
            usd_m=pl.col("value").sum(), source=pl.col("source").unique().sort(), companies=pl.len()
        )
    )
    whole = found.filter(companies=len(SPENDERS)).sort("quarter")
    return whole.select(pl.lit(BUYERS).alias("series"), "quarter", "usd_m", "source")


def indexed(series: pl.DataFrame, start: str) -> pl.DataFrame:
    """Divide each series by its own value in a quarter: column index, from that quarter on."""
    base = series.filter(quarter=start).select("series", base="usd_m")
    return (
        series.filter(pl.col("quarter") >= start)
        .join(base, on="series", maintain_order="left")
        .with_columns(index=(pl.col("usd_m") / pl.col("base")).round_sig_figs(4))
        .drop("base")
    )


def last_common(series: pl.DataFrame) -> str:
    """Return the last quarter for which every series has a value."""
    ends = series.group_by("series").agg(pl.col("quarter").max())
    return str(ends["quarter"].min())


def named(quarter: str) -> str:
    """Write 2024Q1 as readers know it."""
    return f"Q{quarter[-1]} {quarter[:4]}"


def side_by_side(series: pl.DataFrame) -> pl.DataFrame:
    """Return revenue beside spending: columns quarter, nvidia_usd_m, capex_usd_m, source."""
    spent = series.filter(series=BUYERS).select("quarter", capex_usd_m="usd_m", theirs="source")
    return (
        series.filter(series=NVIDIA)
        .join(spent, on="quarter", maintain_order="left")
        .select(
            "quarter",
            "capex_usd_m",
            nvidia_usd_m="usd_m",
            source=pl.concat_list("source", "theirs").list.unique().list.sort(),
        )
    )


def yearly() -> pl.DataFrame:
    """Return modules in pieces and NVIDIA's revenue by calendar year, from 2023 on.

    Columns year, series, amount (million modules; billion USD), kind (actual, estimate or
    forecast), known_since (first public day, of modules only), source (keys).
    """
    pieces = tables.load("optics_market").filter(
        ~pl.col("condition").str.contains("Google"),
        pl.col("subject").is_in(list(PIECES)),
        issuer="TrendForce",
        quantity="units_mn",
    )
    money = (
        _nvidia()
        .group_by(year=pl.col("calendar_quarter").str.slice(2, 4).cast(pl.Int64))
        .agg(
            amount=pl.col("value").sum() / 1000,
            source=pl.col("source").unique().sort(),
            quarters=pl.len(),
        )
        .filter(pl.col("year") >= pieces["year"].min(), quarters=4)
        .select(
            "year",
            "amount",
            "source",
            series=pl.lit(MONEY),
            kind=pl.lit("actual"),
            known_since=pl.lit(None, pl.Date),
        )
    )
    counted = pieces.select(
        "year",
        amount="value",
        source=pl.concat_list("source"),
        series=pl.col("subject").replace_strict(PIECES),
        kind="kind",
        known_since="known_since",
    )
    both = pl.concat([counted, money.select(counted.columns)])
    order = pl.Enum([*PIECES.values(), MONEY])
    return both.sort("year", pl.col("series").cast(order)).select(
        pl.col("year").cast(pl.String), "series", "amount", "kind", "known_since", "source"
    )


def over_same_spans(series: pl.DataFrame, start: str) -> pl.DataFrame:
    """Return how much each supplier of links grew, and NVIDIA over the same span.

    Whole companies, Coherent's networking segment as long as it was reported, and the largest
    maker of modules, of which years and not quarters were found.

    Returns
    -------
    polars.DataFrame
        Columns supplier (with its span), who (the supplier or NVIDIA), grew (ratio), source.
    """
    segment = optics.segments().filter(segment="Networking")
    networking = segment.select(
        quarter=pl.format(
            "{}Q{}", pl.col("period_end").dt.year(), pl.col("period_end").dt.quarter()
        ),
        usd_m="usd_m",
        source=pl.concat_list("source"),
    )
    last = last_common(series)
    rows = []
    for name, own, end in (
        ("Arista, whole company", series.filter(series=SUPPLIERS["arista"]), last),
        ("Coherent, whole company", series.filter(series=SUPPLIERS["coherent"]), last),
        ("Coherent, networking segment", networking, networking["quarter"].max()),
    ):
        spanned = f"{name}, {named(start)} to {named(str(end))}"
        for who, frame in (("the supplier", own), (NVIDIA, series.filter(series=NVIDIA))):
            first, final = (frame.filter(quarter=quarter).row(0, named=True)
                            for quarter in (start, str(end)))  # fmt: skip
            source = sorted({*first["source"], *final["source"]})
            rows.append(
                {
                    "supplier": spanned,
                    "who": who,
                    "grew": final["usd_m"] / first["usd_m"],
                    "source": source,
                }
            )
    return pl.DataFrame([*rows, *_largest_maker()]).with_columns(pl.col("grew").round_sig_figs(4))


def _largest_maker() -> list[dict[str, object]]:
    """Compare InnoLight's year 2023 with its four quarters to September 2025, and NVIDIA's."""
    maker, chips = optics.innolight(), _nvidia()
    quarter = pl.col("calendar_quarter").str.slice(2)
    year, final = (
        chips.filter(quarter.is_between(pl.lit(first), pl.lit(last)))
        for first, last in (("2023Q1", "2023Q4"), ("2024Q4", "2025Q3"))
    )
    amount = maker["rmb_bn"]
    return [
        {"supplier": INNOLIGHT, "who": who, "grew": grew, "source": sorted({*source})}
        for who, grew, source in (
            ("the supplier", amount[-1] / amount[0], maker["source"]),
            (
                NVIDIA,
                sum(final["value"].to_list()) / sum(year["value"].to_list()),
                [*year["source"], *final["source"]],
            ),
        )
    ]


def generations() -> pl.DataFrame:
    """Return the first Tomahawk switch chip of each capacity, in the order of time.

    Columns step (capacities in Tbit/s), announced (first day of the month), when, source.
    """
    line = tables.load("switch_silicon").filter(pl.col("subject").str.starts_with("tomahawk"))
    days = line.filter(quantity="announced").select(
        "subject",
        announced=pl.col("text").map_elements(lambda text: wording.period(text)[0], pl.Date),
        source="source",
    )
    capacity = line.filter(quantity="capacity_tb_s").select("subject", tb_s="value")
    first = (
        days.join(capacity, on="subject")
        .sort("announced")
        .unique("tb_s", keep="first", maintain_order=True)
    )
    name = pl.col("tb_s").map_elements(lambda value: f"{value:g}", pl.String)
    waved = pl.col("announced") >= WAVE
    return first.select(
        "announced",
        "source",
        step=name.shift() + " to " + name + " Tbit/s",
        when=pl.when(waved).then(pl.lit("in the AI wave")).otherwise(pl.lit("before the AI wave")),
    )


def leases() -> pl.DataFrame:
    """Return Microsoft's spending with finance leases and in cash: quarter, with_leases, cash."""
    wide = tables.load("capex_quarters").filter(
        pl.col("condition").str.starts_with(WITH_LEASES), subject="microsoft"
    )
    cash = spending().filter(subject="microsoft").select("period", cash="value")
    both = wide.select("period", with_leases="value").join(cash, on="period")
    return both.sort("period").rename({"period": "quarter"})


def _last_day(quarter: str) -> dt.date:
    return wording.period(f"{quarter[:4]}-{quarter[4:]}")[1]
