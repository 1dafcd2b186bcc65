"""Templates: a model file in which some values are expressions over the fields of a configuration.

A text that begins with `=` is an expression; a mapping with `if` stands only where that holds, and
a value that comes out as None is left out. Expressions are whole-number arithmetic, comparisons,
`and`, `or`, `not`, `a if b else c`, elements `a[0]`, `len`, `sum`, `max`, `product`, `whole` and
`digits`, which writes a number as a text: no more. They are read as trees, which other programs
evaluate as this one does: a name is a text, a number stands for itself, and a list is an operation
of _OPERATIONS, or one that looks at some of its parts only, and its parts.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rebuilt.errors import DataError

Tree = Any  # nested lists of operations, names and numbers
TEXT, LIST = "text", "list"
_SYMBOLS: dict[type, str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%"},
    **{ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.Gt: ">", ast.In: "in"},
    **{ast.Is: "is", ast.IsNot: "is not", ast.And: "and", ast.Or: "or"},
}
MOST_REPEATED = 1_000_000  # places of a list that an expression may make


def _times(left: Any, right: Any) -> Any:
    """Multiply; a list or text is repeated only so often that it stays small."""
    for whole, number in ((left, right), (right, left)):
        if isinstance(whole, list | str) and isinstance(number, int):
            if len(whole) * number > MOST_REPEATED:
                raise OverflowError
            break
    return left * right


_OPERATIONS: dict[str, Callable[..., Any]] = {
    **{"+": operator.add, "-": operator.sub, "*": _times},
    **{"/": operator.truediv, "//": operator.floordiv, "%": operator.mod},
    **{"==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt},
    **{"in": lambda a, b: a in b, "is": operator.is_, "is not": operator.is_not},
    **{"not": operator.not_, "[]": operator.getitem, LIST: lambda *parts: list(parts)},
    **{"len": len, "sum": sum, "max": max, "product": math.prod, "whole": int},
    "digits": lambda number: str(operator.index(number)),
}
_CALLED = ("len", "sum", "max", "product", "whole", "digits")
_WITHOUT_VALUE = (TypeError, ValueError, IndexError, KeyError, ArithmeticError)
ABSENT = object()


class NoValueError(DataError):
    """An expression that has no value on these fields, such as a product with None."""


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
    """Value of an expression.

    Raises
    ------
    DataError
        If it has a part that no expression may have, or a name that is not known.
    NoValueError
        If it cannot be worked out on these values; the sentence is the expression alone.
    """
    try:
        return _value(tree(text), names)
    except _WITHOUT_VALUE as error:
        if isinstance(error, DataError):
            raise
        raise NoValueError(text.strip()) from error


@cache
def tree(text: str) -> Tree:
    """Read an expression as nested lists."""
    return _tree(ast.parse(text.strip(), mode="eval").body, text.strip())


def _tree(node: ast.expr, text: str) -> Tree:
    def read(*parts: ast.expr) -> list[Tree]:
        return [_tree(part, text) for part in parts]

    match node:
        case ast.Constant(value=str(constant)):
            return [TEXT, constant]
        case ast.Constant(value=constant):
            return constant
        case ast.Name(id=name):
            return name
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SYMBOLS:
            return [_SYMBOLS[type(op)], *read(left, right)]
        case ast.BoolOp(op=op, values=parts):
            return [_SYMBOLS[type(op)], *read(*parts)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ["not", *read(operand)]
        case ast.IfExp(test=test, body=body, orelse=other):
            return ["if", *read(test, body, other)]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _SYMBOLS:
            return [_SYMBOLS[type(op)], *read(left, right)]
        case ast.Subscript(value=of, slice=place):
            return ["[]", *read(of, place)]
        case ast.List(elts=parts):
            return [LIST, *read(*parts)]
        case ast.Call(func=ast.Name(id=name), args=parts) if name in _CALLED:
            return [name, *read(*parts)]
    raise DataError(f"the expression {text!r} has {ast.unparse(node)!r}, which is unknown")


def _value(part: Tree, names: Mapping[str, Any]) -> Any:
    if isinstance(part, str):
        if part not in names:
            raise DataError(f"an expression has the name {part!r}, which is unknown")
        return names[part]
    if not isinstance(part, list):
        return part
    operation, *parts = part
    if operation == TEXT:
        return parts[0]
    if operation == "if":
        return _value(parts[1] if _value(parts[0], names) else parts[2], names)
    if operation in ("and", "or"):
        return _first(operation == "or", parts, names)
    return _OPERATIONS[operation](*(_value(one, names) for one in parts))


def _first(wanted: bool, parts: list[Tree], names: Mapping[str, Any]) -> Any:
    """Value of the first part that decides, else of the last one."""
    found: Any = not wanted
    for part in parts:
        found = _value(part, names)
        if bool(found) == wanted:
            break
    return found
