"""What the chapter on NVIDIA shows: generations, speeds, energy, and when parts were to come."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from rebuilt.errors import DataError
from rebuilt.evidence import mlperf, tables
from rebuilt.evidence.facts import Fact, Facts
from rebuilt.evidence.mlperf import Entry

GENERATIONS = {
    "p100-sxm": "P100",
    "v100-sxm-32gb": "V100",
    "a100-sxm-40gb": "A100 40 GB",
    "a100-sxm-80gb": "A100 80 GB",
    "h100-sxm": "H100",
    "h200-sxm": "H200",
    "b200-sxm": "B200",
    "b300-sxm": "B300",
    "rubin": "Rubin",
}
NAMES = GENERATIONS | {"b100-sxm": "B100"}
H200_AND_A100 = {
    "h200-sxm": "H200",
    "a100-sxm-80gb": "A100 80 GB",
    "a100-sxm-40gb": "A100 40 GB",
}
MEASURED, COOLED = "measured", "measured, more power"
SYSTEMS = {"h200-sxm": MEASURED, "h200-sxm-cts": COOLED}
MEMORY = {"memory_gb": "capacity", "bandwidth_tb_s": "bandwidth"}
CHOSEN = "nvidia-tensorrt-llm-h200-2023"  # where NVIDIA shows the tests that it chose
ENERGY = {"H100": ("h100-sxm", "v4.0"), "H200": ("h200-sxm", "v4.1")}  # rounds that measured it
PARTS = {
    "h200-sxm": "H200",
    "b100-sxm": "B100",
    "b200-sxm": "B200",
    "gb200": "GB200",
    "x100": "X100",
    "blackwell-ultra": "Blackwell Ultra",
    "gb300": "Blackwell Ultra",
    "rubin": "Rubin",
}
PLAN, PRESS, CAME = "NVIDIA's plan", "press or analyst", "first delivery"
KINDS = {"plan": PLAN, "forecast": PRESS, "actual": CAME}
WHO = {PLAN: "plan of ", PRESS: "press in ", CAME: ""}
IN_A_CLOUD = "AWS EC2 P6-B200 instances, general availability"


def generations() -> pl.DataFrame:
    """Return memory of NVIDIA's accelerators, oldest first.

    Columns chip, memory_gb, bandwidth_tb_s, public_since, day (before the note or after it),
    source.
    """
    subject, quantity = pl.col("subject"), pl.col("quantity")
    rows = tables.load("accelerators").filter(
        subject.is_in(list(GENERATIONS)), quantity.is_in(list(MEMORY))
    )
    figures = {name: pl.col("value").filter(quantity == name).first() for name in MEMORY}
    found = (
        tables.choose("accelerators", rows)
        .group_by("subject")
        .agg(
            **figures,
            public_since=pl.col("known_since").min(),
            source=pl.col("source").unique().sort(),
        )
    )
    before = pl.col("public_since") <= tables.note_date()
    return found.sort(subject.cast(pl.Enum(list(GENERATIONS)))).select(
        subject.replace_strict(GENERATIONS).alias("chip"),
        *MEMORY,
        "public_since",
        day=pl.when(before).then(pl.lit("before the note")).otherwise(pl.lit("after it")),
        source="source",
    )


def beside_the_note(ratios: pl.DataFrame, claimed: Mapping[str, float]) -> pl.DataFrame:
    """Return ratios of `chips.ratios`, and what the note claims of the same figure.

    Columns which (figure and base), ratio, whose (data sheets or the note), source.
    """
    named = ratios.with_columns(which=pl.format("{} over the {}", "figure", "against"))
    whole = [
        named.with_columns(whose=pl.lit("data sheets")),
        named.with_columns(
            pl.col("figure").replace_strict(claimed).alias("ratio"),
            whose=pl.lit("the note"),
        ),
    ]
    return pl.concat(whole).select("which", "ratio", "whose", "source")


def speeds(claimed: float) -> pl.DataFrame:
    """Return every comparison of an H200 with an H100: columns test, kind, ratio, source.

    Parameters
    ----------
    claimed : float
        What the note says, which rests on the first test that NVIDIA chose.
    """
    today = Facts(tables.freeze_date())
    tests = tables.load("statements").filter(
        subject="h200-sxm", quantity="inference_speedup", source=CHOSEN
    )
    rows = [_speed("the note", "claimed", claimed, CHOSEN)]
    for row in tests.sort("value", descending=True).iter_rows(named=True):
        model = row["condition"].split(", ")[1]
        rows.append(_speed(f"NVIDIA: {model}", "chosen test", row["value"], row["source"]))
    above, below = (
        today.need("accelerators", chip, "bandwidth_tb_s") for chip in ("h200-sxm", "h100-sxm")
    )
    bound = above.number / below.number
    rows.append(_speed("memory bandwidth", "paper", bound, above.source, below.source))
    for scenario in ("Offline", "Server"):
        for chip, kind in SYSTEMS.items():
            for pair in mlperf.pairs(today, chip, "h100-sxm", scenario=scenario):
                name = f"MLPerf {pair.round} {scenario}, {pair.submitter}"
                rows.append(_speed(name, kind, pair.ratio, *(f.source for f in pair.facts)))
    return pl.DataFrame(rows)


def _speed(test: str, kind: str, ratio: float, *sources: str) -> dict[str, object]:
    return {"test": test, "kind": kind, "ratio": ratio, "source": sorted(set(sources))}


def energy() -> pl.DataFrame:
    """Return what eight power-capped accelerators used: columns system, joules_per_token, source.

    The two were measured in different rounds.
    """
    today = Facts(tables.freeze_date())
    rows = []
    for name, (chip, round_) in ENERGY.items():
        fact = _needed(mlperf.joules_per_token(today, chip, round_), f"energy of {name}")
        rows.append(
            {
                "system": f"eight {name}, {round_}",
                "joules_per_token": fact.number,
                "source": fact.source,
            }
        )
    return pl.DataFrame(rows)


def tokens_per_s(chip: str, round_: str, accelerators: int = 8) -> float:
    """Return what one accelerator of NVIDIA's own MLPerf entry made: Llama 2 70B, Offline."""
    entry = Entry(accelerator=chip, round=round_, accelerators=accelerators)
    fact = mlperf.result(Facts(tables.freeze_date()), entry)
    return _needed(fact, f"{accelerators} {chip} in {round_}").number


def b200_pairs() -> pl.DataFrame:
    """Return like pairs of eight B200 and eight H200: columns test, ratio, source; best first."""
    found = mlperf.pairs(Facts(tables.freeze_date()), "b200-sxm", "h200-sxm")
    return pl.DataFrame(
        [
            {
                "test": f"MLPerf {pair.round}, {pair.submitter}",
                "ratio": pair.ratio,
                "source": sorted({fact.source for fact in pair.facts}),
            }
            for pair in found
        ]
    )


def over_the_h200(alone: float, pairs: pl.DataFrame, scaled: pl.Series) -> pl.DataFrame:
    """Return what stands behind the forecast for the B100: columns test, kind, ratio, source.

    Parameters
    ----------
    alone : float
        One B200 over one of eight H200, MLPerf v4.1.
    pairs : polars.DataFrame
        Of `b200_pairs`.
    scaled : polars.Series
        Its ratios, as a B100 would have them.
    """
    today = Facts(tables.freeze_date())
    first = today.rows("mlperf", round="v4.1", accelerator="b200-sxm")["source"].unique().to_list()
    rates = [
        today.need("accelerators", chip, "fp4_dense_tflops").source
        for chip in ("b100-sxm", "b200-sxm")
    ]
    single = pl.DataFrame(
        {
            "test": ["MLPerf v4.1, one beside eight"],
            "kind": ["B200, no like pair"],
            "ratio": [alone],
            "source": [first],
        }
    )
    both = pl.lit(rates).list.set_union("source")
    return pl.concat(
        [
            single,
            pairs.select("test", pl.lit("B200, measured").alias("kind"), "ratio", "source"),
            pairs.select(
                "test", pl.lit("B100, scaled").alias("kind"), scaled, both.alias("source")
            ),
        ]
    )


def windows() -> pl.DataFrame:
    """Return when parts were to be delivered, by whom and when that was said, and what came.

    Columns line (part, who and month), part, kind, start, end, source. Of several windows that one
    side named in a month, those that hold another are left out; of deliveries only the first of a
    part.
    """
    named = _said().with_columns(
        line=pl.format(
            "{}, {}{}",
            "part",
            pl.col("kind").replace_strict(WHO),
            pl.col("said").dt.strftime("%B %Y"),
        )
    )
    named = named.with_columns(
        line=pl.when(kind=CAME).then(pl.format("{}, delivered", "part")).otherwise("line")
    )
    other = named.select("line", inner_start="start", inner_end="end")
    wide = named.join(other, on="line").filter(
        pl.col("start") <= pl.col("inner_start"),
        pl.col("end") >= pl.col("inner_end"),
        pl.col("end") - pl.col("start") > pl.col("inner_end") - pl.col("inner_start"),
    )
    order = [pl.Enum(list(dict.fromkeys(names.values()))) for names in (PARTS, KINDS)]
    return (
        named.join(wide, on=["line", "start", "end"], how="anti")
        .sort(
            pl.col("part").cast(order[0]),
            pl.col("kind") == CAME,
            pl.col("said").dt.month_start(),
            pl.col("kind").cast(order[1]),
            "start",
        )
        .select("line", "part", "kind", "start", "end", "source")
    )


def _said() -> pl.DataFrame:
    """Every window once, with the first month in which it was named, and first deliveries."""
    rows = tables.load("roadmap").filter(
        pl.col("subject").is_in(list(PARTS)), pl.col("first_day").is_not_null(), event="shipping"
    )
    told = rows.select(
        "source",
        part=pl.col("subject").replace_strict(PARTS),
        kind=pl.col("kind").replace_strict(KINDS),
        start="first_day",
        end="last_day",
        said="known_since",
    )
    once = (
        pl.concat([told, _in_a_cloud().select(told.columns)])
        .group_by("part", "kind", "start", "end")
        .agg(pl.col("said").min(), pl.col("source").unique().sort())
    )
    came = pl.col("kind") == CAME
    first = (
        once.filter(came)
        .sort("end", "start", descending=[False, True])
        .unique("part", keep="first")
    )
    return pl.concat([once.filter(~came), first])


def _in_a_cloud() -> pl.DataFrame:
    """Return the day of the B200 that is dated as a date of its offer, not as an event."""
    texts = Facts(tables.freeze_date()).texts(
        "accelerators", "b200-sxm", "first_availability", IN_A_CLOUD
    )
    fact = _needed(next(iter(texts), None), "a B200 in a cloud")
    day = dt.date.fromisoformat(str(fact.text))
    return pl.DataFrame(
        {
            "part": [PARTS["b200-sxm"]],
            "kind": [CAME],
            "start": [day],
            "end": [day],
            "said": [fact.known_since],
            "source": [fact.source],
        }
    )


def _needed(fact: Fact | None, what: str) -> Fact:
    if fact is None:
        msg = f"{what}: not in the tables; the chapter cannot do without it"
        raise DataError(msg)
    return fact
