"""Quantiles in which every model has the same weight, whatever its number of rows."""

from collections import Counter
from collections.abc import Iterable

LEVEL = 0.9


def weighted_quantile(residuals: Iterable[tuple[str, float]], level: float = LEVEL) -> float:
    """Return the least residual below which at least `level` of the weight lies.

    Parameters
    ----------
    residuals : pairs of model and residual
        At least one.
    level : float
        0 to 1.

    Examples
    --------
    >>> weighted_quantile([("a", 0.1)] * 50 + [("b", 0.5)], 0.5)
    0.1
    """
    pairs = sorted(residuals, key=lambda pair: pair[1])
    rows = Counter(name for name, _ in pairs)
    reached = 0.0
    for name, residual in pairs:
        reached += 1 / rows[name]
        if reached >= level * len(rows) - 1e-9:
            return residual
    return pairs[-1][1]
