"""What the data catalogue shows: every table of the book, from its descriptor."""

import polars as pl

from rebuilt.evidence import tables

CHECKSUM = 8  # digits that are shown


def catalogue() -> pl.DataFrame:
    """Return every table of the book.

    Columns table, what it holds, rows, sources (none where no row names one), licence (of Creative
    Commons), sha256 (its first digits).
    """
    rows = []
    for name in tables.names():
        about, frame = tables.describe(name), tables.load(name)
        rows.append(
            {
                "table": name,
                "what it holds": about["title"],
                "rows": frame.height,
                "sources": frame["source"].n_unique() if "source" in frame.columns else 0,
                "licence": ", ".join(
                    licence["name"].removeprefix("CC-") for licence in about["licenses"]
                ),
                "sha256": about["hash"].removeprefix("sha256:")[:CHECKSUM],
            }
        )
    return pl.DataFrame(rows)
