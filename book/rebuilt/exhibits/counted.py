"""What several chapters need of counted models: the model as a transformer, and its sources."""

import polars as pl

from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import load_kind
from rebuilt.page import provenance


def transformer(name: str) -> Transformer:
    """Return a published transformer by its id in data/models."""
    return load_kind(name, Transformer, "exhibits")


def keys(*names: str) -> list[str]:
    """Return the keys of all sources behind what is counted of these models."""
    found: list[str] = provenance.of_models(*names)["source"].to_list()
    return found


def sourced(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Add a column `source` that says in each row what these models rest on."""
    return frame.with_columns(source=pl.Series([keys(*names)] * frame.height))
