"""Templates: a model file in which some values are expressions over the fields of a configuration.

A text that begins with `=` is an expression; a mapping with `if` stands only where that holds, and
a value that comes out as None is left out. Expressions are whole-number arithmetic, comparisons,
`and`, `or`, `not`, `a if b else c`, elements `a[0]`, `len`, `sum` and `product`: no more, so that
other programs can evaluate the same files.
"""

import ast
import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rebuilt.errors import DataError

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}
_COMPARED: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: bool(a == b),
    ast.NotEq: lambda a, b: bool(a != b),
    ast.Lt: lambda a, b: bool(a < b),
    ast.Gt: lambda a, b: bool(a > b),
    ast.In: lambda a, b: a in b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": len,
    "sum": sum,
    "max": max,
    "product": math.prod,
    "round": round,
    "whole": int,
}
ABSENT = object()


def fill(template: Any, names: Mapping[str, Any]) -> Any:
    """Put values in the place of expressions; ABSENT where a condition does not hold."""
    if isinstance(template, str):
        return evaluate(template[1:], names) if template.startswith("=") else template
    if isinstance(template, list):
        return [item for item in (fill(one, names) for one in template) if item is not ABSENT]
    if not isinstance(template, dict):
        return template
    if "if" in template and not evaluate(str(template["if"]), names):
        return ABSENT
    filled = {key: fill(value, names) for key, value in template.items() if key != "if"}
    return {
        key: value for key, value in filled.items() if value is not ABSENT and value is not None
    }


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """Value of an expression."""
    return _value(_parsed(text.strip()), names, text)


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _value(node: ast.expr, names: Mapping[str, Any], text: str) -> Any:
    def value(part: ast.expr) -> Any:
        return _value(part, names, text)

    match node:
        case ast.Constant(value=constant):
            return constant
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](value(left), value(right))
        case ast.BoolOp(op=op, values=parts):
            return _either(isinstance(op, ast.Or), parts, value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not value(operand)
        case ast.IfExp(test=test, body=body, orelse=other):
            return value(body) if value(test) else value(other)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
            return _COMPARED[type(op)](value(left), value(right))
        case ast.Subscript(value=of, slice=place):
            return value(of)[value(place)]
        case ast.List(elts=parts):
            return [value(part) for part in parts]
        case ast.Call(func=ast.Name(id=name), args=parts) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(value(part) for part in parts))
    raise DataError(f"the expression {text.strip()!r} has {ast.unparse(node)!r}, which is unknown")


def _either(wanted: bool, parts: list[ast.expr], value: Callable[[ast.expr], Any]) -> Any:
    found: Any = not wanted
    for part in parts:
        found = value(part)
        if bool(found) == wanted:
            break
    return found
