"""Quantiles in which no source outvotes the others by its number of rows."""

from collections import Counter
from collections.abc import Iterable

LEVEL = 0.9


def weighted_quantile(
    residuals: Iterable[tuple[str, float]], level: float = LEVEL, most: float = 1.0
) -> float:
    """Return the least residual below which at least `level` of the weight lies.

    Parameters
    ----------
    residuals : pairs of source and residual
        At least one.
    level : float
        0 to 1.
    most : float
        Rows as which a source with more of them weighs; 1 gives every source the same weight.

    Examples
    --------
    >>> weighted_quantile([("a", 0.1)] * 50 + [("b", 0.5)], 0.5)
    0.1
    >>> weighted_quantile([("a", 0.1)] * 50 + [("b", 0.5)], 0.9, most=50)
    0.1
    """
    pairs = sorted(residuals, key=lambda pair: pair[1])
    rows = Counter(name for name, _ in pairs)
    weight = {name: min(1.0, most / number) for name, number in rows.items()}
    whole = sum(weight[name] for name, _ in pairs)
    reached = 0.0
    for name, residual in pairs:
        reached += weight[name]
        if reached >= level * whole - 1e-9:
            return residual
    return pairs[-1][1]
