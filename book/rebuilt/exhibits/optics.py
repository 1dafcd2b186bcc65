"""What the chapter on optical modules shows: Coherent's figures, counts, prices and watts."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from rebuilt import claims, page
from rebuilt.claims.checks import optics as checks
from rebuilt.evidence import quarters, tables
from rebuilt.evidence.facts import Facts
from rebuilt.fabric import parts
from rebuilt.fabric.network import SPEED_NAMES
from rebuilt.page import charts

NOTED = checks.QUARTER  # the fiscal quarter that the note calls 2023Q4
BEFORE, THEN, AFTER = "before the note's quarter", "the note's quarter", "after it"
RATES = {"optics-revenue-yoy": "on the year before", "optics-revenue-qoq": "on the quarter before"}
ORIGINS = ("thousands of dollars", "whole millions", "printed in the note")
OLD, NEW = "segments of fiscal 2023 to 2025: ", "segments from fiscal 2026: "
SEGMENTS = {
    "networking": "Networking",
    "materials": "Materials",
    "lasers": "Lasers",
    "datacenter and communications": "Datacenter & Communications",
    "industrial": "Industrial",
}
CLASSES = {
    "transceivers-400g-up": "400G and above",
    "transceivers-800g-up": "800G and above",
    "transceiver-800g": "800G",
    "transceiver-1.6t": "1.6T",
}
CONTRACT, LIST, OURS = "contract talk", "reseller's list", "our estimate"
PLUGGABLE, BESIDE, MEDIAN = (
    "pluggable module",
    "light beside the chip, claimed",
    "median of modules",
)
# text, left, right, bottom, top, what it does; places are those of the drawing only
BLOCKS = (
    ("switch\nchip", -1, 12, 0, 62, "outside the module: electrical lanes"),
    ("signal\nprocessor", 18, 37, 0, 62, "cleans and re-times the pulses, both ways"),
    ("driver", 41, 53, 36, 62, "makes the pulses strong enough for the modulator"),
    ("laser +\nmodulator", 57, 77, 36, 62, "turns electrical pulses into light"),
    ("amplifier", 41, 58, 0, 26, "makes the tiny current of the photodiode readable"),
    ("photo-\ndiode", 62, 77, 0, 26, "turns light into a current"),
    ("fibre", 86, 98, 0, 62, "outside the module: glass"),
)
CASE = (15, 80, -5, 80)
SENDING, RECEIVING = (
    ((12, 18), (37, 41), (53, 57), (77, 86)),
    ((86, 77), (62, 58), (41, 37), (18, 12)),
)
SMALL_PX = 10  # letters of the drawing on a phone


def revenue() -> pl.DataFrame:
    """Return Coherent's revenue: columns quarter, usd_m, fiscal, period_end, when, source.

    Quarters are those of the calendar; `when` is seen from the quarter of the note.
    """
    rows = _coherent().filter(quantity="revenue_usd_m", condition="quarter").sort("period_end")
    noted = rows.filter(fiscal_quarter=NOTED)["period_end"][0]
    after = pl.when(pl.col("period_end") > noted).then(pl.lit(AFTER)).otherwise(pl.lit(THEN))
    return rows.select(
        quarter=pl.col("calendar_quarter").str.slice(2),
        usd_m="value",
        fiscal="fiscal_quarter",
        period_end="period_end",
        when=pl.when(pl.col("period_end") < noted).then(pl.lit(BEFORE)).otherwise(after),
        source="source",
    )


def decimals(exact: Sequence[float], rounded: Sequence[float]) -> pl.DataFrame:
    """Return how far each way to a growth rate lies from the exact one.

    Parameters
    ----------
    exact, rounded : sequence of float
        Growth from thousands of dollars and from whole millions, for each claim of `RATES`.

    Returns
    -------
    polars.DataFrame
        Columns rate, origin, off_points (percentage points off the exact rate), percent, low and
        high (what the printed digits leave open), source.
    """
    rows = []
    for (claim, rate), *computed in zip(RATES.items(), exact, rounded, strict=True):
        printed = claims.entry(claim).claim.claimed
        half_step = 0.5 * 10.0 ** -len(printed.partition(".")[2])
        values = [100 * value for value in computed] + [claims.claimed(claim)]
        for origin, value, step in zip(ORIGINS, values, (0.0, 0.0, half_step), strict=True):
            off = value - values[0]
            rows.append({"rate": rate, "origin": origin, "off_points": off, "percent": value,
                         "low": off - step, "high": off + step})  # fmt: skip
    sources = revenue()["source"].unique().sort().to_list()
    return pl.DataFrame(rows).with_columns(source=pl.lit(sources, dtype=pl.List(pl.String)))


def segments() -> pl.DataFrame:
    """Return revenue by segment: columns segment, period_end, usd_m, reported, source.

    `reported` is false where the figure was rebuilt from rounded growth rates.
    """
    rows = _coherent().filter(
        pl.col("calendar_quarter") != "year",
        pl.col("condition").str.starts_with(OLD) | pl.col("condition").str.starts_with(NEW),
        quantity="segment_revenue_usd_m",
    )
    named = rows.select(
        segment=pl.col("condition").str.split(": ").list.last().replace_strict(SEGMENTS),
        period_end="period_end",
        usd_m="value",
        reported=pl.col("status") != "estimated",
        source="source",
    )
    return named.sort(pl.col("segment").cast(pl.Enum(SEGMENTS.values())), "period_end")


def revenue_800g() -> tuple[float, float]:
    """Return what Coherent told of its 800G revenue in two quarters (1e6 USD).

    It was above the first figure, and then nearly the second.
    """
    today = Facts(tables.freeze_date())
    told = (
        quarters.figure(today, "coherent", quarter, "revenue_800g_usd_m", bound)
        for quarter, bound in ((NOTED, "more than"), (quarters.before(NOTED, -1), "nearly"))
    )
    first, second = (fact.number for fact in told if fact)
    return first, second


def counts() -> pl.DataFrame:
    """Return counts of modules in a year, by class: a row for each source.

    Columns modules (class and year), million, issuer, kind, least and most (of the class and
    year), source.
    """
    rows = _market().filter(
        pl.col("subject").is_in(list(CLASSES)),
        ~pl.col("condition").str.contains("quarter|Google"),
        quantity="units_mn",
    )
    named = rows.with_columns(sizes=pl.col("subject").replace_strict(CLASSES))
    named = named.sort(pl.col("sizes").cast(pl.Enum(CLASSES.values())), "year")
    return named.select(
        modules=pl.format("{}, {}", "sizes", "year"),
        million="value",
        issuer="issuer",
        kind=_without("year", "issuer"),
        least=pl.col("value").min().over("sizes", "year"),
        most=pl.col("value").max().over("sizes", "year"),
        source="source",
    )


def prices() -> pl.DataFrame:
    """Return quoted prices of a module.

    Columns quoted (speed and basis), usd, basis, said, least and most (of speed and basis), source.
    """
    rows = _modules("module_price_usd").filter(pl.col("speed").is_in(["400G", "800G", "1.6T"]))
    listed = pl.col("condition").str.contains("reseller, ")
    basis = pl.when(listed).then(pl.lit(LIST)).otherwise(pl.lit(CONTRACT))
    estimated = pl.col("status") == "estimated"
    named = rows.with_columns(basis=pl.when(estimated).then(pl.lit(OURS)).otherwise(basis))
    named = named.sort("gbit_s", pl.col("basis").cast(pl.Enum([OURS, CONTRACT, LIST])), "value")
    return named.select(
        quoted=pl.format("{}, {}", "speed", "basis"),
        usd="value",
        basis="basis",
        said="condition",
        least=pl.col("value").min().over("speed", "basis"),
        most=pl.col("value").max().over("speed", "basis"),
        source="source",
    )


def with_medians(quoted: pl.DataFrame) -> pl.DataFrame:
    """Return prices with equal reports as one row, and the median of each line that has several.

    Columns quoted, usd, basis (or ``"median"``), reports (how many), said, least, most, source.
    """
    line = ["quoted", "least", "most"]
    told = once(quoted, *line, "basis", "usd")
    middle = (
        quoted.group_by(line, maintain_order=True)
        .agg(
            pl.median("usd"),
            reports=pl.len().cast(pl.Int64),
            source=pl.col("source").unique().sort(),
        )
        .filter(pl.col("reports") > 1)
        .with_columns(basis=pl.lit("median"), said=pl.lit("our arithmetic"))
    )
    order = pl.col("quoted").cast(pl.Enum(quoted["quoted"].unique(maintain_order=True)))
    return pl.concat([told, middle.select(told.columns)]).sort(order, maintain_order=True)


def once(reports: pl.DataFrame, *fields: str) -> pl.DataFrame:
    """Return reports that are equal in some fields as one row, which says how many they are.

    Columns: the fields, reports, said (joined), source (keys).
    """
    keys = pl.col("source").explode() if reports.schema["source"] == pl.List else pl.col("source")
    return reports.group_by(fields, maintain_order=True).agg(
        reports=pl.len().cast(pl.Int64),
        said=pl.col("said").str.join("; "),
        source=keys.unique().sort(),
    )


def power() -> pl.DataFrame:
    """Return watts of modules, and the median of each speed that has several.

    Columns speed, kind, watts, gbit_s, said, source.
    """
    rows = _modules("module_power_w", "link_power_w")
    beside = pl.col("condition").str.contains("co-packaged|in the package")
    told = rows.select(
        "speed",
        kind=pl.when(beside).then(pl.lit(BESIDE)).otherwise(pl.lit(PLUGGABLE)),
        watts="value",
        gbit_s="gbit_s",
        said=pl.col("condition").str.strip_prefix("undated, "),
        source=pl.concat_list("source"),
    )
    several = rows.filter(quantity="module_power_w").group_by("speed", "gbit_s")
    medians = several.agg(pl.len(), source=pl.col("source").unique().sort()).filter(
        pl.col("len") > 1
    )
    middle = medians.select(
        "speed",
        kind=pl.lit(MEDIAN),
        watts=pl.Series([parts.module_power_w(speed).central for speed in medians["speed"]]),
        gbit_s="gbit_s",
        said=pl.lit("our arithmetic"),
        source="source",
    )
    order = pl.col("kind").cast(pl.Enum([PLUGGABLE, MEDIAN, BESIDE]))
    return pl.concat([told, middle]).sort("gbit_s", order)


def innolight() -> pl.DataFrame:
    """Return the revenue of the largest maker: columns period, rmb_bn, source; earliest first."""
    rows = tables.load("statements").filter(
        pl.col("value").is_not_null(), subject="innolight", quantity="revenue_rmb_mn"
    )
    page.used(rows["source"])
    return rows.sort("condition").select(
        period="condition", rmb_bn=pl.col("value") / 1000, source="source"
    )


def stake() -> tuple[float, str]:
    """Return what NVIDIA put into Coherent (1e6 USD) and the month of its announcement.

    The source on the supply of lasers, which stands in the same paragraph, is used as well.
    """
    rows = tables.load("statements").filter(subject="coherent")
    row = rows.filter(quantity="investment_usd_mn").row(0, named=True)
    lasers = rows.filter(pl.col("condition").str.starts_with("supply,"))["source"]
    page.used([row["source"], *lasers])
    return row["value"], row["known_since"].isoformat()[:7]


def beside_the_chip() -> pl.DataFrame:
    """Return what is expected of co-packaged optics: columns quantity, year, value, source."""
    rows = _market().filter(subject="co-packaged-optics")
    page.used(rows["source"])
    return rows.select("quantity", "year", "value", "source")


def anatomy() -> pl.DataFrame:
    """Return the parts of a module: columns part, task, source."""
    told = tables.load("optics_market").filter(
        pl.col("issuer").is_in(["Allrun Opti", "EFFECT Photonics"]),
        subject="transceiver-800g",
        quantity="statement",
    )
    sources = told["source"].to_list()
    named = [(text.replace("-\n", "").replace("\n", " "), task) for text, *_, task in BLOCKS]
    return pl.DataFrame(named, schema=["part", "task"], orient="row").with_columns(
        source=pl.lit(sources, dtype=pl.List(pl.String))
    )


def inside(size_px: int) -> alt.TopLevelMixin:
    """Draw the parts of a module between a switch chip and a fibre, in letters of one size."""
    fields = ["text", "left", "right", "bottom", "top", "task"]
    blocks = pl.DataFrame(BLOCKS, schema=fields, orient="row").with_columns(
        x=(pl.col("left") + pl.col("right")) / 2,
        y=(pl.col("bottom") + pl.col("top")) / 2,
        outside=pl.col("task").str.starts_with("outside"),
    )
    case = pl.DataFrame([CASE], schema=fields[1:5], orient="row")
    ways = pl.DataFrame({"x": [57, 57], "y": [72, 31], "text": ["sending", "receiving"]})
    line_px = size_px + 3
    words = alt.Chart(blocks).mark_text(
        lineBreak="\n", fontSize=size_px, lineHeight=line_px, baseline="middle", dy=-line_px / 4
    )
    names = alt.Chart(ways).mark_text(fontSize=size_px, color=charts.MUTED)
    spot: dict[str, object] = {"x": _place("x"), "y": _place("y"), "text": "text:N"}
    layers = [
        _boxes(case, charts.MUTED, [1, 0]),
        _boxes(blocks.filter(~pl.col("outside")), charts.INK, [1, 0]),
        _boxes(blocks.filter("outside"), charts.INK, [4, 3]),
        *_arrows(70 if size_px > SMALL_PX else 45),
        words.encode(**spot),
        names.encode(**spot),
    ]
    return alt.layer(*layers).properties(height=190)


def _arrows(head_px2: int) -> tuple[alt.Chart, alt.Chart]:
    ends = [(*ends, 49, "right") for ends in SENDING] + [(*ends, 13, "left") for ends in RECEIVING]
    frame = pl.DataFrame(ends, schema=["start", "end", "height", "way"], orient="row")
    ways = ["right", "left"]
    hue = alt.Scale(domain=ways, range=[charts.BLUE, charts.ORANGE])
    form = alt.Scale(domain=ways, range=["triangle-right", "triangle-left"])
    colour = alt.Color("way:N", legend=None, scale=hue)
    shafts = alt.Chart(frame).mark_rule(strokeWidth=2)
    heads = alt.Chart(frame).mark_point(filled=True, size=head_px2, opacity=1)
    return (
        shafts.encode(x=_place("start"), x2="end:Q", y=_place("height"), color=colour),
        heads.encode(
            x=_place("end"),
            y=_place("height"),
            color=colour,
            shape=alt.Shape("way:N", legend=None, scale=form),
        ),
    )


def _boxes(frame: pl.DataFrame, stroke: str, dash: list[int]) -> alt.Chart:
    drawn = alt.Chart(frame).mark_rect(
        stroke=stroke, strokeWidth=1.5, strokeDash=dash, cornerRadius=4, fill="transparent"
    )
    return drawn.encode(x=_place("left"), x2="right:Q", y=_place("bottom"), y2="top:Q")


def _place(name: str) -> alt.X | alt.Y:
    across = name in ("x", "left", "start", "end")
    span = alt.Scale(domain=[-2, 100] if across else [-8, 84])
    return (alt.X if across else alt.Y)(f"{name}:Q", axis=None, title="place (none)", scale=span)


def _coherent() -> pl.DataFrame:
    return tables.load("company_quarters").filter(pl.col("value").is_not_null(), subject="coherent")


def _market() -> pl.DataFrame:
    return tables.load("optics_market").filter(pl.col("value").is_not_null())


def _without(*fields: str) -> pl.Expr:
    """Take what stands in these fields off the front of a condition."""
    front = pl.concat_str([pl.col(field).cast(pl.String) + ", " for field in fields])
    return pl.col("condition").str.slice(front.str.len_chars())


def _modules(*quantities: str) -> pl.DataFrame:
    """Return rows on modules of one speed, with columns speed and gbit_s, slowest first."""
    rates = {parts.SUBJECT.format(name.lower()): rate for rate, name in SPEED_NAMES.items()}
    rows = _market().filter(
        pl.col("subject").is_in(list(rates)), pl.col("quantity").is_in(quantities)
    )
    rate = pl.col("subject").replace_strict(rates)
    return rows.with_columns(gbit_s=rate, speed=rate.replace_strict(SPEED_NAMES)).sort("gbit_s")
