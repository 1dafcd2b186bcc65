"""Our counts beside everybody else's: integers measured on real implementations, printed figures.

The rows come from `data/reference_flops.csv` (measured) and `data/published_costs.csv` (printed).
Rows that our model cannot answer stay, without a value of ours.
"""

from typing import Any

import polars as pl

from rebuilt import tables
from rebuilt.cost import Clip, ShapeError, count, load_model, model_ids
from rebuilt.cost.architectures import Autoencoder, Transformer, UNet
from rebuilt.cost.autoencoder import autoencoder_parameters, decode, encode

SIZES = ["clip_frames", "clip_height", "clip_width", "text_tokens"]


def with_measured() -> pl.DataFrame:
    """Total FLOPs and parameters of every measured module and clip, ours beside.

    Returns
    -------
    polars.DataFrame
        `model, module, clip_frames, clip_height, clip_width, text_tokens, measured_flops,
        our_flops, measured_parameters, our_parameters, implementation`; int64 counts.
    """
    rows = tables.load("reference_flops").filter(pl.col("group") == "total")
    ours = [_counted(row) for row in rows.iter_rows(named=True)]
    return rows.select(
        "model",
        "module",
        *SIZES,
        pl.col("flops").alias("measured_flops"),
        pl.Series("our_flops", [flops for flops, _ in ours], pl.Int64),
        pl.col("parameters").alias("measured_parameters"),
        pl.Series("our_parameters", [parameters for _, parameters in ours], pl.Int64),
        "implementation",
    )


def with_published() -> pl.DataFrame:
    """Printed figures with their conversion to our convention, and our count where we have one.

    Returns
    -------
    polars.DataFrame
        The rows of `data/published_costs.csv` with `ours` (null where the model is not described
        or the quantity is not ours to count) and `ratio`, ours over the converted figure.
    """
    rows = tables.load("published_costs")
    ours = [_answer(row) for row in rows.iter_rows(named=True)]
    return rows.with_columns(pl.Series("ours", ours, pl.Float64)).with_columns(
        ratio=pl.col("ours") / pl.col("converted_value")
    )


def _counted(row: dict[str, Any]) -> tuple[int, int | None]:
    model = load_model(row["model"])
    clip = Clip(
        frames=row["clip_frames"],
        height=row["clip_height"],
        width=row["clip_width"],
        text_tokens=row["text_tokens"],
    )
    if isinstance(model, Autoencoder):
        half = encode if row["module"] == "encode" else decode
        return sum((half(model, clip) or {}).values()), autoencoder_parameters(model)
    counted = count(model, clip)
    return counted.flops, counted.parameters


def _answer(row: dict[str, Any]) -> float | None:
    if row["model"] not in model_ids():
        return None
    model = load_model(row["model"])
    if isinstance(model, Autoencoder):
        return autoencoder_parameters(model) if row["quantity"] == "parameters" else None
    if not isinstance(model, Transformer | UNet):
        return None
    clip = None
    if row["clip_frames"] is not None:
        clip = Clip(
            frames=row["clip_frames"], height=row["clip_height"], width=row["clip_width"]
        )
    try:
        counted = count(model, clip)
    except ShapeError:
        return None
    answers = {
        "forward_flops": counted.flops,
        "parameters": counted.parameters,
        "tokens": counted.tokens,
    }
    return answers.get(row["quantity"])
