"""Which sources stand behind a model file, in the form that charts and tables take."""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from rebuilt.cost import load_model


def of_models(*names: str, dates: bool = False) -> pl.DataFrame:
    """Bibliography keys of everything that is counted from the files of these models.

    Parameters
    ----------
    names : str
        Ids of data/models, autoencoders included.
    dates : bool
        Whether the sources of their dates belong to it, as where models stand in order of time.

    Returns
    -------
    polars.DataFrame
        One column `source`, sorted, each key once.
    """
    left_out = None if dates else {"released"}
    keys = {key for name in names for key in _keys(load_model(name).model_dump(exclude=left_out))}
    return pl.DataFrame({"source": sorted(keys)})


def _keys(part: Any) -> Iterator[str]:
    """Every `source` field reads "key: place in the source"."""
    if isinstance(part, dict):
        for field, value in part.items():
            if isinstance(value, str) and field.endswith("source"):
                yield value.partition(":")[0]
            else:
                yield from _keys(value)
    elif isinstance(part, Iterable) and not isinstance(part, str):
        for item in part:
            yield from _keys(item)
