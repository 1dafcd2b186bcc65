"""The language of counts: sizes, operations on them, polynomials, and programs that evaluate."""
