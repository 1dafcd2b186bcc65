"""The note's taxonomy of the AI industry: upstream, midstream, downstream.

A taxonomy is a convention and cannot be false. What can be tested is whether others divide the
same way: each element is looked up in an earlier public taxonomy of three layers.
"""

import polars as pl

from rebuilt.claims import verdicts
from rebuilt.claims.verdicts import Claim, Finding
from rebuilt.evidence.facts import Fact, Facts

TABLE = "industry_chain"
LAYER = {"upstream": "foundation", "midstream": "technology", "downstream": "application"}


def upstream(claim: Claim, facts: Facts) -> Finding:
    """Ask of each of the groups whether the earlier taxonomy has a part of it in that layer."""
    return _same_layer(claim, facts, "upstream", "group")


def midstream(claim: Claim, facts: Facts) -> Finding:
    """Ask of each technology whether the earlier taxonomy has it in that layer."""
    return _same_layer(claim, facts, "midstream", "element")


def downstream(claim: Claim, facts: Facts) -> Finding:
    """Ask of each use whether the earlier taxonomy has it in that layer."""
    return _same_layer(claim, facts, "downstream", "element")


def _same_layer(claim: Claim, facts: Facts, tier: str, column: str) -> Finding:
    rows = facts.frame(TABLE).filter(tier=tier)
    layer = LAYER[tier]
    rule = f"parts of the {tier} layer that an earlier taxonomy (2019) has in its {layer} layer"
    if rows.is_empty():
        return verdicts.no_evidence(rule)
    parts = rows.group_by(column, maintain_order=True).agg(
        same=(pl.col("earlier_layer") == layer).any()
    )
    same = int(parts["same"].sum())
    agrees = same == parts.height == int(claim.number)
    computed = f"{same} of {parts.height}"
    evidence = [
        Fact(value=None, text=row["element"], unit="text", source=row["source"],
             known_since=row["known_since"])
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    return verdicts.states(computed, agrees, evidence, rule, partly=same > 0)
