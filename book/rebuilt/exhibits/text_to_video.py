"""What the chapter on video models shows: lengths, peers of Sora, networks, access, its days."""

import polars as pl

from rebuilt import page
from rebuilt.evidence import tables

LONG_S = 10  # a version is drawn if either of its lengths is as long as this
PEERS = {
    "gen-2": "Gen-2, March 2023",
    "gen-2-august": "Gen-2, August 2023",
    "phenaki": "Phenaki, a paper of 2022",
}
NETWORKS = ("U-Net", "transformer", "transformer without diffusion", "undisclosed")
ACCESS = {
    "weights": "weights",
    "product": "product",
    "paper": "paper or demonstration only",
}
NAMED = ("animatediff-1", "make-a-video", "magicanimate", "svd", "emu-video")


def models() -> pl.DataFrame:
    """Return every version of a video model that we found, in order of time.

    Columns as in `data/video_models.csv`.
    """
    return tables.load("video_models").sort("last_day", "id")


def lengths() -> pl.DataFrame:
    """Return the longest clips of the versions that reach ten seconds, in order of time.

    Columns version, seconds, which (in users' hands, or claimed where the claim is longer), source.
    """
    long = models().filter(pl.max_horizontal("claimed_s", "shipped_s") >= LONG_S)
    name = pl.format(
        "{}: {}",
        pl.col("last_day").dt.strftime("%b %Y"),
        pl.col("name").str.replace(r", (from|preview).*$", ""),
    )
    kinds = (
        ("shipped_s", "in users' hands", pl.col("shipped_s").is_not_null()),
        ("claimed_s", "claimed", pl.col("claimed_s") > pl.col("shipped_s").fill_null(0)),
    )
    parts = [
        long.filter(kept).select(
            "last_day",
            "id",
            name.alias("version"),
            pl.col(field).alias("seconds"),
            pl.lit(which).alias("which"),
            "source",
        )
        for field, which, kept in kinds
    ]
    return pl.concat(parts).sort("last_day", "id", "which").drop("last_day", "id")


def peers() -> pl.DataFrame:
    """Return three models to hold Sora's claim against: columns against, seconds, source."""
    rows = {row["id"]: row for row in models().iter_rows(named=True)}
    return pl.DataFrame(
        {
            "against": list(PEERS.values()),
            "seconds": [rows[name]["claimed_s"] for name in PEERS],
            "source": [[rows[name]["source"], rows["sora"]["source"]] for name in PEERS],
        }
    )


def networks() -> pl.DataFrame:
    """Count versions by half-year and network: columns half, network, models, source.

    The sources of a count are those of all versions of its half-year.
    """
    half = pl.format(
        "{} H{}", pl.col("last_day").dt.year(), (pl.col("last_day").dt.month() + 5) // 6
    )
    frame = models().with_columns(half=half, network=pl.col("backbone").replace("u-net", "U-Net"))
    return _counted(frame, "half", "network", NETWORKS)


def access() -> pl.DataFrame:
    """Count versions by year and by what others got: columns year, access, models, source.

    The sources of a count are those of all versions of its year.
    """
    got = pl.col("access").replace_strict(ACCESS)
    year = pl.col("last_day").dt.year().cast(pl.String)
    frame = models().with_columns(year=year, access=got)
    return _counted(frame, "year", "access", tuple(ACCESS.values()))


def _counted(frame: pl.DataFrame, period: str, kind: str, kinds: tuple[str, ...]) -> pl.DataFrame:
    """Count rows by period and kind, zeros too, in the order of the kinds."""
    periods = frame.group_by(period).agg(pl.col("source").unique().sort()).sort(period)
    counts = frame.group_by(period, kind).agg(pl.len().alias("models"))
    return (
        periods.join(pl.DataFrame({kind: kinds}), how="cross")
        .join(counts, on=[period, kind], how="left", maintain_order="left")
        .select(period, kind, pl.col("models").fill_null(0), "source")
    )


def projects() -> pl.DataFrame:
    """Return the projects that the note names and what of them others got.

    Columns project, others_got, made_from, licence, public_on (date), source.
    """
    return (
        models()
        .filter(pl.col("id").is_in(NAMED))
        .select(
            pl.col("name").alias("project"),
            pl.col("access").replace_strict(ACCESS).alias("others_got"),
            pl.col("input").alias("made_from"),
            "licence",
            pl.col("last_day").alias("public_on"),
            "source",
        )
    )


def days() -> pl.DataFrame:
    """Return the dated events of Sora in order of time: columns day, what, source."""
    events = tables.load("roadmap").filter(subject="sora").sort("first_day")
    return events.select(pl.col("first_day").alias("day"), pl.col("text").alias("what"), "source")


def kling_revenue() -> float:
    """Return the least that Kling earned in the second quarter of 2025 (million yuan)."""
    earned = tables.load("statements").filter(subject="kling", quantity="revenue_rmb_mn")
    page.used(earned["source"])
    return float(earned["value"][0])
