"""What the page on the accuracy of counts shows: our integers beside measured and printed ones."""

from functools import cache

import polars as pl

from rebuilt.cost import measured_rows, published_rows
from rebuilt.evidence import tables
from rebuilt.page import formats, labels, provenance

TOTAL = "total"
MODULES = {
    "transformer": "transformer",
    "unet": "U-Net",
    "encode": "encoder",
    "decode": "decoder",
}
QUANTITIES = {
    "forward_flops": "FLOPs, one pass",
    "training_flops": "FLOPs, training",
    "parameters": "parameters",
    "tokens": "tokens",
    "script_operations": "operations (script)",
}


def measured() -> pl.DataFrame:
    """Return every measured group of operations beside our count.

    Columns model, module, clip, group (`total` for all of them), measured, ours, difference
    (FLOPs), source.
    """
    rows = measured_rows()
    names = labels.model_names({row.model for row in rows})
    return pl.DataFrame(
        [
            {
                "model": names[row.model],
                "module": MODULES[row.module],
                "clip": str(row.clip),
                "group": row.group,
                "measured": row.measured,
                "ours": row.ours,
                "difference": row.difference,
                "source": _keys(row.model),
            }
            for row in rows
        ]
    )


def whole_passes(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of whole passes, transformers first, without group and difference."""
    order = pl.col("module").cast(pl.Enum(list(MODULES.values())))
    return rows.filter(group=TOTAL).sort(order, maintain_order=True).drop("group", "difference")


def by_model(rows: pl.DataFrame) -> pl.DataFrame:
    """Return how many shapes of each module are exact.

    Columns model, module, exact, shapes, largest_difference_flops, largest_pass_tflop.
    """
    whole = rows.filter(group=TOTAL)
    return whole.group_by("model", "module", maintain_order=True).agg(
        exact=(pl.col("difference") == 0).sum(),
        shapes=pl.len(),
        largest_difference_flops=pl.col("difference").abs().max(),
        largest_pass_tflop=pl.col("measured").max() / 1e12,
    )


def printed() -> pl.DataFrame:
    """Return every figure that authors printed, beside ours where we have one.

    Columns model, quantity, value, unit, condition, note, converted_value, ours, percent (ours over
    the printed figure minus one), source; by model.
    """
    table = tables.load("published_costs")
    found = published_rows()
    percent = [None if row.error is None else 100 * row.error for row in found]
    names = labels.model_names(table["model"].unique())
    return table.select(
        pl.col("model").replace(names),
        pl.col("quantity").replace_strict(QUANTITIES),
        *("value", "unit", "condition", "note", "converted_value"),
        pl.Series("ours", [row.ours for row in found], pl.Float64),
        pl.Series("percent", percent, pl.Float64),
        "source",
    )


def compared(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the printed figures of which we have a count, by model with a short name."""
    short = pl.col("model").map_elements(labels.short, return_dtype=pl.String)
    return figures.drop_nulls("ours").drop("note").with_columns(short).sort("model", "quantity")


def unanswered(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the printed figures without a count of ours.

    Columns model, printed (with its unit), why, quantity, source.
    """
    value = pl.col("value").map_elements(formats.number, return_dtype=pl.String)
    condition = pl.when(pl.col("condition") != "").then(pl.format("{}: ", "condition"))
    return figures.filter(pl.col("ours").is_null()).select(
        "model",
        printed=pl.format("{} {}", value, "unit"),
        why=condition.otherwise(pl.lit("")) + pl.col("note"),
        quantity="quantity",
        source="source",
    )


@cache
def _keys(model: str) -> list[str]:
    return provenance.of_models(model)["source"].to_list()
