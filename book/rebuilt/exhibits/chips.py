"""Figures of accelerators: side by side, divided by each other, and as they were measured."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from rebuilt import page
from rebuilt.evidence import tables


def figures(subjects: Mapping[str, str], quantities: Mapping[str, str]) -> pl.DataFrame:
    """Return what the book uses for some figures of some accelerators.

    Parameters
    ----------
    subjects, quantities : mapping of str to str
        Ids of `data/accelerators.csv`, each with the name that a chart gives it.

    Returns
    -------
    polars.DataFrame
        Columns chip, figure, value, unit, source; in the order of the mappings, unknown ones left
        out.
    """
    rows = tables.load("accelerators").filter(
        pl.col("subject").is_in(list(subjects)),
        pl.col("quantity").is_in(list(quantities)),
        pl.col("value").is_not_null(),
    )
    chosen = tables.choose("accelerators", rows).select(
        pl.col("subject").replace_strict(subjects).cast(pl.Enum(subjects.values())).alias("chip"),
        pl.col("quantity")
        .replace_strict(quantities)
        .cast(pl.Enum(quantities.values()))
        .alias("figure"),
        "value",
        "unit",
        "source",
    )
    return chosen.sort("figure", "chip").with_columns(pl.col("chip", "figure").cast(pl.String))


def ratios(figures: pl.DataFrame, chip: str) -> pl.DataFrame:
    """Divide the figures of one chip by those of each other one.

    Returns
    -------
    polars.DataFrame
        Columns figure, against, ratio, source: the keys of both rows.
    """
    own = figures.filter(chip=chip).select("figure", own="value", own_source="source")
    return (
        figures.filter(pl.col("chip") != chip)
        .join(own, on="figure", maintain_order="left")
        .select(
            "figure",
            against="chip",
            ratio=pl.col("own") / pl.col("value"),
            source=pl.concat_list("own_source", "source").list.unique().list.sort(),
        )
    )


def gains(ratios: pl.DataFrame) -> dict[tuple[str, str], float]:
    """Return what `ratios` found, by figure and by the chip that it is divided by."""
    found = ratios.select("figure", "against", "ratio").iter_rows()
    return {(figure, against): ratio for figure, against, ratio in found}


def values(subjects: Mapping[str, str], quantity: str) -> dict[str, float]:
    """Return one figure of some accelerators by the names that the mapping gives their ids."""
    found = figures(subjects, {quantity: quantity})
    return dict(found.select("chip", "value").iter_rows())


def matrix_products() -> pl.DataFrame:
    """Return how fast a plain matrix product in BF16 ran, and what the data sheet promises.

    Columns chip, maker, peak_tflops (dense), measured_tflops, source; by maker.
    """
    subject = pl.col("subject")
    rates = tables.load("matmul_rates").filter(quantity="measured_bf16_matmul_tflops")
    peaks = tables.load("accelerators").filter(
        subject.is_in(rates["subject"].to_list()), quantity="bf16_dense_tflops"
    )
    peak = tables.choose("accelerators", peaks).select(
        "subject", peak_tflops="value", peak_source="source"
    )
    measured = rates.select("subject", "source", measured_tflops="value")
    return (
        measured.join(peak, on="subject")
        .join(_named(), on="subject")
        .sort("maker", "chip", descending=[True, False])
        .select(
            "chip",
            "maker",
            "peak_tflops",
            "measured_tflops",
            source=pl.concat_list("source", "peak_source").list.unique().list.sort(),
        )
    )


def clips_per_s(round_: str) -> dict[str, float]:
    """Return the best rates at which systems of eight made clips in one round of MLPerf, by chip.

    The page that asks cites them. Closed division, Offline: rules are common, software is not.
    """
    runs = _clips(round_)
    page.used(runs["source"])
    best = runs.join(_named(), left_on="accelerator", right_on="subject").group_by("chip")
    return dict(best.agg(pl.col("value").max()).iter_rows())


def clips_day(round_: str) -> dt.date:
    """Return the day on which the clips of `clips_per_s` became public."""
    return min(_clips(round_)["known_since"].to_list())


def _clips(round_: str) -> pl.DataFrame:
    return tables.load("mlperf").filter(
        benchmark="wan-2.2-t2v-a14b",
        division="closed",
        scenario="Offline",
        round=round_,
        accelerators=8,
    )


def _named() -> pl.DataFrame:
    """Return short names of accelerators, without brackets, product line, socket and size."""
    beside = r" \(.*\)|Tesla |Instinct | SXM\d?( \d+ GB)?"
    return tables.load("subjects").select(
        subject="id", chip=pl.col("name").str.replace_all(beside, ""), maker="vendor"
    )
