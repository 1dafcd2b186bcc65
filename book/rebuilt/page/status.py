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
from rebuilt.evidence.grading import Grade, Nature
from rebuilt.page import cards

# What the book counts of itself has no source outside: the rows behind its charts.
OURS = pl.DataFrame(schema={"source": pl.String})
GROUPS = {  # of grades, as charts and tables show them, best first
    Grade.PRIMARY: "primary source",
    Grade.COPY: "copy of one",
    Grade.SECONDARY: "secondary source",
    Grade.PLACE: "less exact or estimated",
    Grade.EXCERPT: "less exact or estimated",
    Grade.UNOPENED: "less exact or estimated",
    Grade.ESTIMATE: "less exact or estimated",
    Grade.COMPUTED: "computed or set by us",
    Grade.OURS: "computed or set by us",
}


def coverage(counted: pl.DataFrame) -> pl.DataFrame:
    """Spread `grading.numbers()` out: a row for each table, a column for each group of grades.

    Returns
    -------
    polars.DataFrame
        `table` and one column of counts for every group, best first; the largest table first.
    """
    groups = list(dict.fromkeys(GROUPS.values()))
    named = counted.with_columns(
        pl.col("grade").replace_strict({str(word): group for word, group in GROUPS.items()})
    )
    wide = named.pivot("grade", index="table", values="numbers", aggregate_function="sum")
    every = wide.with_columns(pl.lit(0).alias(name) for name in groups if name not in wide.columns)
    full = every.select("table", *groups).fill_null(0)
    return full.sort(pl.sum_horizontal(groups), descending=True, maintain_order=True)


def at_a_glance(counted: pl.DataFrame) -> pl.DataFrame:
    """Count what has been checked: columns what, count, of; `counted` as for `coverage`."""
    by_hand = counted.filter("by_hand")
    located, world = grading.headline(counted)
    located_hand, hand = grading.headline(by_hand)
    primary, _ = grading.official(counted, Nature.PRIMARY)
    official, _ = grading.official(counted, Nature.PRIMARY, Nature.COPY)
    entries = claims.ledger()
    tested = len(cards.checked(entries))
    exact, compared = exact_rows()
    times = tables.load("chapter_times")
    rows = [
        ("numbers about the world: source opened, place exact", located, world),
        ("the same, in tables made by hand", located_hand, hand),
        ("numbers typed by hand from a primary source", primary, hand),
        ("the same, or from a copy of one", official, hand),
        ("claims of the note put to the test", tested, len(entries)),
        ("reference counts of FLOPs met to the last operation", exact, compared),
        ("faults planted that a check named", faults()["caught"].sum(), faults()["planted"].sum()),
        (
            "code cells compared with a second execution",
            times["compared_cells"].sum(),
            times["code_cells"].sum(),
        ),
    ]
    return pl.DataFrame(rows, schema=["what", "count", "of"], orient="row")


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


def weights() -> pl.DataFrame:
    """Return weight and speed of every page as measured, the heaviest first.

    Columns page, compressed_KB, first_chart_ms, requests, layout_shift, WCAG_violations,
    best_practice.
    """
    fields = {
        "page": "page",
        "compressed_kb": "compressed_KB",
        "first_chart_ms": "first_chart_ms",
        "requests": "requests",
        "layout_shift": "layout_shift",
        "axe_violations": "WCAG_violations",
        "axe_best_practice": "best_practice",
    }
    measured = tables.load("page_budgets").select(*fields)
    return measured.sort("compressed_kb", "page", descending=[True, False]).rename(fields)


def _by_grade(counted: pl.DataFrame) -> dict[str, int]:
    sums = dict(counted.group_by("grade").agg(pl.col("numbers").sum()).iter_rows())
    return {str(word): sums[word] for word in grading.Grade if word in sums}
