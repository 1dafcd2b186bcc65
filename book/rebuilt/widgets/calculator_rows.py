"""Models as the rows of numbers that the calculator's page holds.

A model is its polynomial, cut where the page may change it: what stands beside the main blocks, and
each of its groups of blocks; published blocks of every kind come besides. All are in the sizes of a
changed architecture, so that one set of terms serves the published model and every change of it.
"""

import math
from collections.abc import Iterable
from functools import cache
from typing import Any

from rebuilt.cost.algebra.places import ROWS, RULES, SIZES
from rebuilt.cost.algebra.polynomial import Polynomial, symbol
from rebuilt.cost.counting.rows import group_of, rest_of
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.catalogue import load_kind, model_ids
from rebuilt.cost.models.choices import KINDS
from rebuilt.cost.models.groups import choices_of, kind_of, main_blocks
from rebuilt.cost.models.latent import default_clip, job_of, rules_of
from rebuilt.cost.models.variants import SYMBOLIC, altered, group_in_place, symbolic

SLOTS = ("depth", "more_depth")  # the choice that is the depth of each group of blocks
Terms = list[list[int]]
Numbers = list[float | int | None]


@cache
def offered() -> tuple[str, ...]:
    """Ids of the models that the calculator can count: all transformers."""
    return tuple(model_ids(Transformer))


def model_rows(name: str) -> dict[str, Any]:
    """Terms, rules and published choices of a model, and the same for every change of it.

    `fixed`: one that was learned from its code has no changes.
    """
    model = load_kind(name, Transformer, "the calculator")
    fixed, main = model.learned is not None, main_blocks(model)
    rest = model if fixed else symbolic(model, SYMBOLIC)
    return {
        "fixed": fixed,
        "choices": list(choices_of(model).values()),
        "job": numbers(job_of(model, default_clip(model))),
        "rules": numbers(rules_of(model)),
        "changedRules": numbers(rules_of(model if fixed else altered(model, {}))),
        "has": [float(model.text is not None), float(bool(_chunk(model)))],
        "rest": terms(rest_of(rest)),
        "groups": [
            terms(group_of(block, 1 + slot)) if fixed else _group(model, slot, kind_of(block))
            for slot, block in enumerate(main)
        ],
    }


def stand_ins() -> list[list[Terms]]:
    """Terms of published blocks of every kind in each place, those of kind `none` empty."""
    anyone = load_kind(offered()[0], Transformer, "the calculator")
    return [
        [[] if kind == 0 else _group(anyone, slot, kind, own=False) for kind in range(len(KINDS))]
        for slot in range(len(SLOTS))
    ]


def terms(rows: dict[str, Polynomial]) -> Terms:
    """Polynomials as [row, coefficient, sizes ...]; places of SIZES count from 1."""
    return [
        [ROWS.index(row), coefficient, *(1 + SIZES.index(name) for name in monomial)]
        for row, polynomial in rows.items()
        for monomial, coefficient in sorted(polynomial.terms.items())
    ]


def numbers(values: Iterable[float]) -> Numbers:
    """Whole numbers without a point; None for what no source gives, since JSON has no nan."""
    return [
        None if math.isnan(value) else int(value) if float(value).is_integer() else value
        for value in values
    ]


def _group(model: Transformer, slot: int, kind: int, *, own: bool = True) -> Terms:
    block = group_in_place(model, slot if own else None, kind, symbol(SLOTS[slot]))
    return terms(group_of(block, 1 + slot))


def _chunk(model: Transformer) -> float:
    return rules_of(model)[RULES.index("chunk")] - 1
