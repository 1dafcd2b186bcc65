"""Figures of data/terminals.csv: forecasts, estimates and counts of devices, by issuer.

Issuers count different things and change their taxonomies, so a figure is always asked for with
its period, its issuer and its kind, and series are never joined.
"""

import polars as pl

from rebuilt.errors import DataError
from rebuilt.evidence.facts import Fact, Facts

FIELDS = list(Fact.__dataclass_fields__)


def newest(
    facts: Facts, subject: str, quantity: str, period: str, issuer: str, *kinds: str
) -> Fact | None:
    """Return the youngest figure that an issuer had given by the day of `facts`.

    Parameters
    ----------
    facts : Facts
        What was known on a day.
    subject, quantity : str
        As in data/subjects.csv and data/quantities.csv.
    period : str
        Year, quarter or half-year that the figure is about, such as ``"2024"``.
    issuer : str
        Who says it.
    *kinds : str
        Any of forecast, estimate, actual; all if none is named.

    Returns
    -------
    Fact or None
        None if nothing was known on that day.
    """
    rows = facts.rows(
        "terminals",
        pl.col("status") != "unknown",
        pl.col("kind").is_in(kinds) if kinds else pl.lit(True),
        subject=subject,
        quantity=quantity,
        period=period,
        issuer=issuer,
    )
    if rows.is_empty():
        return None
    row = rows.sort("known_since", "source").row(-1, named=True)
    return Fact(**{name: row[name] for name in FIELDS})


def need(facts: Facts, subject: str, quantity: str, period: str, issuer: str, *kinds: str) -> Fact:
    """Return what `newest` returns, where a chapter cannot do without it.

    Raises
    ------
    DataError
        If nothing was known on the day.
    """
    found = newest(facts, subject, quantity, period, issuer, *kinds)
    if found is None:
        msg = f"terminals.csv: {subject} {quantity} of {period} by {issuer} was not known on "
        raise DataError(f"{msg}{facts.as_of}")
    return found
