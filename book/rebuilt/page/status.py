"""What the status page reports: coverage, exactness, faults, times and budgets, all from tables.

Nothing is measured here. Times, faults and budgets are committed tables that `make` targets renew.
"""

from collections import Counter
from typing import Any

import polars as pl

from rebuilt import claims
from rebuilt.claims import scoring
from rebuilt.cost.fit.validation import measured_rows
from rebuilt.evidence import bibliography, grading, tables

BUDGETS = "page_budgets"


def coverage(counted: pl.DataFrame) -> pl.DataFrame:
    """Spread `grading.numbers()` out: a row for each table, a column for each grade that occurs.

    Returns
    -------
    polars.DataFrame
        `table` and one column of counts for every grade, best first; in the order of the tables.
    """
    grades = [str(word) for word in grading.Grade if word in counted["grade"].unique().to_list()]
    wide = counted.pivot("grade", index="table", values="numbers", aggregate_function="sum")
    return wide.select("table", *grades).fill_null(0)


def as_object() -> dict[str, Any]:
    """Return what `rebuilt status --json` prints: how far data and verdicts can be checked."""
    counted = grading.numbers()
    by_hand = counted.filter("by_hand")
    located, world = grading.headline(counted)
    located_hand, hand = grading.headline(by_hand)
    primary, _ = grading.official(counted, grading.Nature.PRIMARY)
    official, _ = grading.official(counted, grading.Nature.PRIMARY, grading.Nature.COPY)
    entries = claims.ledger()
    evidence = scoring.grades(entries)
    sources = Counter(
        f"{source.nature}, {source.reading}" for source in bibliography.load().values()
    )
    exact, compared = exact_rows()
    return {
        "numbers_about_the_world": world,
        "located": {"numbers": located, "share": located / world},
        "by_hand": {
            "numbers": hand,
            "located": {"numbers": located_hand, "share": located_hand / hand},
            "primary_opened": {"numbers": primary, "share": primary / hand, "aim": grading.AIM},
            "primary_or_copy_opened": {"numbers": official, "share": official / hand},
            "tables": grading.searches(counted).to_dicts(),
        },
        "grades": _by_grade(counted),
        "tables": {
            table: _by_grade(counted.filter(table=table))
            for table in counted["table"].unique(maintain_order=True)
        },
        "sources": dict(sorted(sources.items())),
        "claims": {
            "all": len(entries),
            "with_evidence": evidence.height,
            "on_a_primary_source": int(evidence["primary"].sum()),
            "on_a_copy_of_one": int(evidence["copies"].sum()),
            "on_reports_and_excerpts_only": int(evidence["others"].sum()),
            "rest_on": {
                row["rests on"]: {"on the day": row["on the day"], "today": row["today"]}
                for row in scoring.witnesses(entries).iter_rows(named=True)
            },
        },
        "flop_rows_met_exactly": {"rows": exact, "of": compared},
        "faults": {
            "planted": int(faults()["planted"].sum()),
            "caught": int(faults()["caught"].sum()),
        },
    }


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


def _by_grade(counted: pl.DataFrame) -> dict[str, int]:
    sums = dict(counted.group_by("grade").agg(pl.col("numbers").sum()).iter_rows())
    return {str(word): sums[word] for word in grading.Grade if word in sums}
