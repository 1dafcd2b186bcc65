"""Quarterly figures of companies as facts: one cell of data/company_quarters.csv, as of a day.

Fiscal quarters are named as the company names them; `condition` says which kind of figure is meant,
and a change of segments is another condition, so that no series is ever joined across it.
"""

import polars as pl

from rebuilt.evidence.facts import Fact, Facts

TABLE = "company_quarters"
QUARTER = "quarter"


def figure(
    facts: Facts, company: str, fiscal_quarter: str, quantity: str, condition: str = QUARTER
) -> Fact | None:
    """Return one figure, or None where it was not known on the day or was not found."""
    rows = facts.rows(
        TABLE,
        pl.col("value").is_not_null(),
        subject=company,
        fiscal_quarter=fiscal_quarter,
        quantity=quantity,
        condition=condition,
    )
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    return Fact(
        value=row["value"],
        text=None,
        unit=row["unit"],
        source=row["source"],
        known_since=row["known_since"],
    )


def revenue(facts: Facts, company: str, fiscal_quarter: str) -> Fact | None:
    """Revenue of one fiscal quarter in 1e6 US dollars."""
    return figure(facts, company, fiscal_quarter, "revenue_usd_m")


def latest(facts: Facts, company: str) -> str | None:
    """Name the last fiscal quarter whose revenue was known on the day."""
    rows = facts.rows(
        TABLE,
        pl.col("value").is_not_null(),
        subject=company,
        quantity="revenue_usd_m",
        condition=QUARTER,
    )
    return None if rows.is_empty() else str(rows["fiscal_quarter"].max())


def before(fiscal_quarter: str, quarters: int) -> str:
    """Name the fiscal quarter that lies so many quarters earlier.

    Examples
    --------
    >>> before("FY2024Q2", 4), before("FY2024Q2", 2)
    ('FY2023Q2', 'FY2023Q4')
    """
    index = 4 * int(fiscal_quarter[2:6]) + int(fiscal_quarter[7]) - 1 - quarters
    return f"FY{index // 4}Q{index % 4 + 1}"
