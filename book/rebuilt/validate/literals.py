"""What an expression shows by itself: its literals, and a mark for all that is computed."""

import ast

COMPUTED = "\0"


def words_of_expression(source: str) -> str:
    r"""Text of the literals of an expression; the mark alone for what is no expression.

    Examples
    --------
    >>> words_of_expression("'700' + ' W'"), words_of_expression("watts + ' W'")
    ('700 W', '\x00 W')
    """
    try:
        return words_of(ast.parse(source.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return COMPUTED  # the build reports it


def words_of(node: ast.expr) -> str:
    """Text of the literals below a node, joined as the expression joins them."""
    match node:
        case ast.Constant():
            return str(node.value)
        case ast.JoinedStr():
            return "".join(map(words_of, node.values))
        case ast.FormattedValue():
            return words_of(node.value)
        case ast.BinOp(op=ast.Add()):
            return _joined(node.left) + _joined(node.right)
        case ast.Call(func=ast.Name("str"), args=[value]):
            return words_of(value)
    return COMPUTED


def _joined(side: ast.expr) -> str:
    """Side of a sum: a number there is added and not shown."""
    added = isinstance(side, ast.Constant) and not isinstance(side.value, str)
    return COMPUTED if added else words_of(side)
