"""The text of the engine run by other libraries: on NumPy arrays, and on Polars expressions.

A choice between two numbers is the one thing that arrays do not do as Python writes it, so
`a if c else b` becomes `where(c, a, b)`, `and` and `or` become `&` and `|`; the rest of the text
is taken as it stands.
"""

import ast
import inspect
from functools import cache, reduce
from types import FunctionType

import numpy as np
import polars as pl

from rebuilt.cost.algebra import places as p
from rebuilt.cost.algebra.program import FIRST
from rebuilt.cost.algebra.sizes import refusal_of
from rebuilt.cost.hardware.bill import count_job, in_sequence, price_job


class Choices(ast.NodeTransformer):
    """Write choices as calls, and joined conditions as operators."""

    def visit_IfExp(self, node):
        """Call `where` with condition and both values."""
        self.generic_visit(node)
        return ast.Call(ast.Name("where", ast.Load()), [node.test, node.body, node.orelse], [])

    def visit_BoolOp(self, node):
        """Join the conditions by & or |."""
        self.generic_visit(node)
        operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        return reduce(lambda left, right: ast.BinOp(left, operator, right), node.values)


def polars_where(condition, then, otherwise):
    """Choose by row; conditions on numbers that all jobs share are no expressions."""
    if isinstance(condition, pl.Expr):
        return pl.when(condition).then(then).otherwise(otherwise)
    return then if condition else otherwise


def polars_whole(value):
    """Return a whole number of 64 bits, rounded down."""
    return value.floor().cast(pl.Int64) if isinstance(value, pl.Expr) else int(value // 1)


# What the text takes for granted, by library.
NUMPY = {
    "where": np.where,
    "max": np.maximum,
    "min": np.minimum,
    "floor": lambda value: np.floor(value).astype(np.int64),
    "int": lambda value: np.asarray(value).astype(np.int64),
}
POLARS = {
    "where": polars_where,
    "max": pl.max_horizontal,
    "min": pl.min_horizontal,
    "floor": polars_whole,
    "int": polars_whole,
}
LIBRARIES = {"numpy": NUMPY, "polars": POLARS}


@cache
def written_for(library, function):
    """Return a function of the text, with all that it calls, for one of the libraries."""
    tree = ast.parse(inspect.getsource(function))
    tree = ast.fix_missing_locations(Choices().visit(tree))
    bound = dict(LIBRARIES[library])
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if name not in bound and value is not None:
            is_text = isinstance(value, FunctionType)
            bound[name] = written_for(library, value) if is_text else value
    exec(compile(tree, inspect.getsourcefile(function), "exec"), bound)
    return bound[function.__name__]


def bill(library, lowered, machine, column):
    """Bill jobs with a library: codes, whole numbers and floats, each one array or expression.

    lowered, machine : as `bill_table` takes them
    column : function that gives the column of a name
    """
    job = [column(name) if name in lowered.varying else value
           for name, value in zip(p.JOB, lowered.job, strict=True)]  # fmt: skip
    values, rows = [0] * (FIRST + lowered.program[0]), [0] * len(p.ROWS)
    counts, out = [0] * len(p.COUNTS), [0.0] * len(p.FIGURES)
    code = written_for(library, refusal_of)(lowered.rules, job)
    written_for(library, count_job)(lowered.program, lowered.rules, job, values, rows, counts)
    heads = lowered.rules[p.R_SHARED_HEADS] or job[p.J_HEADS]
    degrees = written_for(library, in_sequence)(heads, job[p.J_GPUS])
    written_for(library, price_job)(job, rows, counts, degrees, machine, out)
    return code, counts, out


def by_numpy(lowered, machine, columns):
    """Codes, whole numbers and floats of a table, in the orders of COUNTS and FIGURES."""
    with np.errstate(all="ignore"):
        return bill("numpy", lowered, machine, dict(zip(lowered.varying, columns, strict=True)).get)


def by_polars(lowered, machine, frame):
    """Return the same of a frame with a column for each name that varies."""
    code, counts, out = bill("polars", lowered, machine, pl.col)
    named = {"code": code, **dict(zip(p.COUNTS, counts, strict=True)),
             **dict(zip(p.FIGURES, out, strict=True))}  # fmt: skip
    wanted = ("code", "tokens", "parameters", "flops", "bytes_moved", "seconds", "joules", "usd",
              "memory_bytes")  # fmt: skip
    return frame.select(**{name: named[name] for name in wanted})
