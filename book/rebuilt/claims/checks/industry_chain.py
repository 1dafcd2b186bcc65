"""The note's taxonomy of the AI industry: upstream, midstream, downstream.

A taxonomy is a convention and cannot be false, so no sentence is passed on it. What is shown is how
many of its parts an earlier public taxonomy of three layers has in the same place.
"""

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Finding
from rebuilt.claims.wording import Claim
from rebuilt.evidence.facts import Fact, Facts

TABLE = "industry_chain"
LAYER = {"upstream": "foundation", "midstream": "technology", "downstream": "application"}


def upstream(claim: Claim, facts: Facts) -> Finding:
    """Ask of each of the groups whether the earlier taxonomy has a part of it in that layer."""
    del claim
    return _same_layer(facts, "upstream", "group")


def midstream(claim: Claim, facts: Facts) -> Finding:
    """Ask of each technology whether the earlier taxonomy has it in that layer."""
    del claim
    return _same_layer(facts, "midstream", "element")


def downstream(claim: Claim, facts: Facts) -> Finding:
    """Ask of each use whether the earlier taxonomy has it in that layer."""
    del claim
    return _same_layer(facts, "downstream", "element")


def _same_layer(facts: Facts, tier: str, column: str) -> Finding:
    rows = facts.rows(TABLE, tier=tier)
    layer = LAYER[tier]
    rule = (
        f"parts of the {tier} layer that a taxonomy of 2019 has in its {layer} layer; "
        "a taxonomy is a convention"
    )
    parts = rows.group_by(column, maintain_order=True).agg(
        same=(pl.col("earlier_layer") == layer).any()
    )
    evidence = [
        Fact(value=None, text=row["element"], unit="text", source=row["source"],
             known_since=row["known_since"])
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    computed = None if rows.is_empty() else f"{int(parts['same'].sum())} of {parts.height}"
    return verdicts.opinion(computed, evidence, rule)
