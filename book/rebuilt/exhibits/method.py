"""What the page on method shows: the words of verdicts, and how many claims have each."""

import polars as pl

from rebuilt import claims
from rebuilt.claims.vocabulary import MEANING, Verdict
from rebuilt.page import cards


def verdicts() -> pl.DataFrame:
    """Return the words of verdicts, with claims by both days: columns verdict, means, then, since.

    The order is that of the vocabulary; a word that no claim has counts zero.
    """
    entries = claims.ledger()
    counted = {day: dict(cards.counts(entries, day).iter_rows()) for day in ("then", "since")}
    rows = [
        {"verdict": str(word), "means": MEANING[word]}
        | {day: counted[day].get(str(word), 0) for day in counted}
        for word in Verdict
    ]
    return pl.DataFrame(rows)
