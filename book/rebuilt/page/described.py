"""What a chart shows, in words computed from its frame, for a reader who does not see it."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from rebuilt.page import formats
from rebuilt.page.looks import in_order

MOST_NAMED = 6  # groups that are described one by one


def amounts(form: str, frame: pl.DataFrame, x: str, x_title: str, y: str, group: str | None) -> str:
    """Describe amounts of categories: how many, of which groups, the least and the most."""
    known = frame.filter(pl.col(x).is_not_null())
    least, most = (known.sort(x, descending=way).row(0, named=True) for way in (False, True))
    names = in_order(frame, y)
    parts = [f"{form} of {x_title} for {len(names)} {'lines' if len(names) > 1 else 'line'}"]
    if group is not None:
        parts.append(f"each by {_listed(in_order(frame, group))}")
    return (
        f"{', '.join(parts)}. The least is {_amount(least[x])} ({_whose(least, y, group)}), "
        f"the most {_amount(most[x])} ({_whose(most, y, group)})."
    )


def courses(
    frame: pl.DataFrame, x: str, x_title: str, y: str, y_title: str, group: str | None
) -> str:
    """Describe lines: where each begins and ends."""
    told = [f"Lines of {y_title} against {x_title}." if x_title else f"Lines of {y_title} in time."]
    for name in [None] if group is None else in_order(frame, group)[:MOST_NAMED]:
        own = frame if name is None else frame.filter(pl.col(str(group)) == name)
        own = own.filter(pl.col(y).is_not_null()).sort(x, maintain_order=True)
        if own.is_empty():
            continue
        (first_x, first_y), (last_x, last_y) = own.select(x, y).row(0), own.select(x, y).row(-1)
        if own.height == 1:
            told.append(f"{name or 'The line'} is {_amount(first_y)} at {_amount(first_x)}.")
            continue
        told.append(
            f"{name or 'The line'} goes from {_amount(first_y)} (at {_amount(first_x)}) "
            f"to {_amount(last_y)} (at {_amount(last_x)})."
        )
    return " ".join(told)


def cloud(
    frame: pl.DataFrame, x: str, x_title: str, y: str, y_title: str, label: str | None
) -> str:
    """Describe points: their ranges, and who stands at the ends."""
    least, most = (frame.sort(y, descending=way).row(0, named=True) for way in (False, True))
    ends = "".join(
        f" {place} stands {row[label]}."
        for place, row in (("Lowest", least), ("Highest", most))
        if label is not None and row[label] is not None
    )
    against = f"against {x_title}" if x_title else "in time"
    return (
        f"{frame.height} points of {y_title} {against}: across from "
        f"{_amount(frame[x].min())} to {_amount(frame[x].max())}, up from "
        f"{_amount(least[y])} to {_amount(most[y])}.{ends}"
    )


def windows(frame: pl.DataFrame, start: str, end: str, y: str, group: str | None) -> str:
    """Describe windows of time: each with its first and last day."""
    told = [
        f"{row[y]}{'' if group is None else f', {row[group]}'}: {row[start]} to {row[end]}"
        for row in frame.iter_rows(named=True)
    ]
    return f"Windows of time. {'; '.join(told)}."


def _whose(row: dict[str, Any], y: str, group: str | None) -> str:
    return str(row[y]) if group is None else f"{row[y]}, {row[group]}"


def _listed(names: Sequence[Any]) -> str:
    *most, last = map(str, names)
    return f"{', '.join(most)} and {last}" if most else last


def _amount(value: Any) -> str:
    if isinstance(value, int | float):
        return formats.number(float(f"{value:.3g}"))
    return str(value)
