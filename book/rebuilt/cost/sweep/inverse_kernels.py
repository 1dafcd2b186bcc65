"""The inverse distributions, compiled."""

from rebuilt.compiled import compiled
from rebuilt.cost.sweep import inverse

fill_column = compiled(inverse.fill_column)
