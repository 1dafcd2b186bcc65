"""What the status page reports: coverage, exactness, faults, times and budgets, all from tables.

Nothing is measured here. Times, faults and budgets are committed tables that `make` targets renew.
"""

import polars as pl

from rebuilt.cost.fit.validation import measured_rows
from rebuilt.evidence import tables

SOURCE_COLUMNS = ("source", "config_source")
BUDGETS = "page_budgets"
SOURCED = "source in the row"
COMPUTED = "computed here"
SET = "set by us"
ORIGINS = (SOURCED, COMPUTED, SET)


def coverage() -> pl.DataFrame:
    """Count the numbers of every data table by where they come from.

    A number is a filled cell of a column whose type is number or integer. Tables that a command
    writes say so in their description; what remains without a source is set by us.

    Returns
    -------
    polars.DataFrame
        `table`, `origin` (one of ORIGINS), `numbers`; in the order of the descriptor. A table some
        of whose rows name no source has two rows; tables without numbers have none.
    """
    rows = [row for name in tables.names() for row in _coverage_of(name)]
    return pl.DataFrame([row for row in rows if row["numbers"]])


def exact_rows() -> tuple[int, int]:
    """Rows of reference_flops that the model meets to the last operation, and all of them."""
    rows = measured_rows()
    return sum(row.ours == row.measured for row in rows), len(rows)


def faults() -> pl.DataFrame:
    """Faults by kind of damage: `fault`, `parts`, `planted`, `caught`; in the order of planting."""
    return (
        tables.load("faults_caught")
        .group_by("fault", maintain_order=True)
        .agg(parts=pl.len(), planted=pl.col("planted").sum(), caught=pl.col("caught").sum())
        .sort("parts", "fault", descending=[True, False])
    )


def budgets() -> pl.DataFrame | None:
    """Weight and speed of every page; None while nobody has measured them."""
    return tables.load(BUDGETS) if BUDGETS in tables.names() else None


def _coverage_of(name: str) -> list[dict[str, str | int]]:
    resource = tables.describe(name)
    fields = resource["schema"]["fields"]
    numeric = [field["name"] for field in fields if field["type"] in ("number", "integer")]
    frame = tables.load(name)
    filled = pl.sum_horizontal([pl.col(column).is_not_null() for column in numeric] or [pl.lit(0)])
    sources = [column for column in SOURCE_COLUMNS if column in frame.columns]
    sourced = pl.any_horizontal([pl.col(column).is_not_null() for column in sources] or [False])
    found = frame.select(
        numbers=filled.sum(), with_source=pl.when(sourced).then(filled).otherwise(0).sum()
    ).row(0, named=True)
    otherwise = COMPUTED if resource["description"].startswith("Written by") else SET
    return [
        {"table": name, "origin": SOURCED, "numbers": int(found["with_source"])},
        {
            "table": name,
            "origin": otherwise,
            "numbers": int(found["numbers"]) - int(found["with_source"]),
        },
    ]
